#pragma once
/// \file
/// Calibration: the weights nearest to the design's that meet known totals.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <assay/numeric/linear.hpp>
#include <assay/survey/auxiliaries.hpp>
#include <assay/survey/calibration_distance.hpp>
#include <assay/survey/design.hpp>

namespace assay::survey {

namespace detail {

/// Where weights d F(x'slopes) stand: the factors, what they add up to, and the convex sum that is minimised.
struct CalibrationPoint {
  std::vector<double> slopes{};
  std::vector<double> u{};
  std::vector<double> adjusted{};
  std::vector<double> gap{};  ///< total - sum, by column
  double objective{0.0};
  double worst{0.0};  ///< the largest gap, as a share of its total's size
  std::size_t worst_column{0};
};

inline CalibrationPoint calibration_point(const Auxiliaries& known, const Factor& factor,
                                          std::span<const double> weights, std::vector<double> slopes,
                                          const std::vector<double>& size) {
  CalibrationPoint out;
  out.slopes = std::move(slopes);
  out.u = known.products(out.slopes);
  out.adjusted.resize(out.u.size());
  for (std::size_t row = 0; row < out.u.size(); ++row) {
    out.adjusted[row] = weights[row] * factor.value(out.u[row]);
    if (weights[row] != 0.0) out.objective += weights[row] * factor.integral(out.u[row]);
  }
  out.gap = known.sums(out.adjusted);
  for (std::size_t j = 0; j < out.gap.size(); ++j) {
    out.objective -= out.slopes[j] * known.totals()[j];
    out.gap[j] = known.totals()[j] - out.gap[j];
    const double off = std::isfinite(out.gap[j]) ? std::fabs(out.gap[j]) / size[j] : HUGE_VAL;
    if (off > out.worst) out.worst = off, out.worst_column = j;
  }
  return out;
}

}  // namespace detail

/// Weights d F(x'slopes) that meet the known totals, by Newton's method on the slopes with halved steps. Totals that
/// say the same thing twice are met together.
///
/// \throws InputError where no weights (within the bounds) meet the totals; the total that is farthest off is named.
[[nodiscard]] inline std::vector<double> calibrated_weights(const Auxiliaries& known, const Factor& factor,
                                                            std::span<const double> weights) {
  constexpr double tolerance = 1e-11;
  if (weights.size() != known.rows())
    throw InputError("a weight for each of " + std::to_string(known.rows()) + " rows", std::to_string(weights.size()));
  if (known.columns() == 0) throw InputError("at least one total to calibrate on", "none");
  // A total of 0 of values that cancel is measured against the sizes of the values.
  std::vector<double> size(known.columns());
  const SquareMatrix squares = known.squares(weights);
  double whole = 0.0;
  for (const double weight : weights) whole += weight;
  for (std::size_t j = 0; j < size.size(); ++j) {
    size[j] = std::max(std::fabs(known.totals()[j]), std::sqrt(std::fabs(squares(j, j) * whole)));
    if (size[j] == 0.0) size[j] = 1.0;
  }
  detail::CalibrationPoint now =
      detail::calibration_point(known, factor, weights, std::vector<double>(known.columns(), 0.0), size);
  std::vector<double> slope(weights.size());
  for (int round = 0; round < 200 && now.worst > tolerance; ++round) {
    for (std::size_t row = 0; row < slope.size(); ++row) slope[row] = weights[row] * factor.slope(now.u[row]);
    const std::vector<double> step = SymmetricSolver{known.squares(slope)}.solve(now.gap);
    double descent = 0.0;
    for (std::size_t j = 0; j < step.size(); ++j) descent -= step[j] * now.gap[j];
    bool moved = false;
    double share = 1.0;
    for (int halving = 0; halving < 40 && !moved; ++halving, share *= 0.5) {
      std::vector<double> slopes = now.slopes;
      for (std::size_t j = 0; j < slopes.size(); ++j) slopes[j] += share * step[j];
      detail::CalibrationPoint next = detail::calibration_point(known, factor, weights, std::move(slopes), size);
      const double enough = now.objective + 1e-4 * share * descent;
      if (next.worst < HUGE_VAL && (next.objective < enough || next.worst < 0.5 * now.worst)) {
        now = std::move(next);
        moved = true;
      }
    }
    if (!moved) break;
  }
  if (!(now.worst <= 1e-9)) {
    const std::size_t j = now.worst_column;
    throw InputError("totals that weights of these rows can meet together",
                     "a total of " + to_text(known.totals()[j]) + " for " + known.name(j) + ", of which " +
                         to_text(known.totals()[j] - now.gap[j]) + " is the nearest that was reached",
                     {}, "mend the totals, widen the bounds, or leave some of them out");
  }
  return std::move(now.adjusted);
}

/// What calibration takes from variances: what a weighted regression on the known columns explains of the scores.
class Calibration final : public Adjustment {
 public:
  /// \throws InputError as calibrated_weights does.
  Calibration(Auxiliaries known, const Factor& factor, std::span<const double> weights)
      : known_{std::move(known)},
        factor_{factor},
        before_(weights.begin(), weights.end()),
        after_{calibrated_weights(known_, factor_, before_)},
        solver_{known_.squares(before_)} {}

  [[nodiscard]] const std::vector<double>& weights() const noexcept { return after_; }

  void take_out(std::span<double> scores) const override { survey::take_out(*explained(), scores); }
  [[nodiscard]] std::optional<Explained> explained() const override {
    Explained out = known_.columns_by_row();
    out.counting = before_;
    out.after = after_;
    out.effects = [this] { return [this](const std::vector<double>& sums) { return solver_.solve(sums); }; };
    return out;
  }
  void reweight(std::span<double> weights) const override {
    const std::vector<double> adjusted = calibrated_weights(known_, factor_, weights);
    std::copy(adjusted.begin(), adjusted.end(), weights.begin());
  }
  [[nodiscard]] std::string words() const override { return "calibrated on " + known_.words(); }

 private:
  Auxiliaries known_;
  Factor factor_;
  std::vector<double> before_;
  std::vector<double> after_;
  SymmetricSolver solver_;
};

/// The design with the weights nearest to its own that meet the known totals.
///
/// Assumes: totals are known without error, and every row has every known number.
/// Use when: totals of numbers (views, earlier scores, predictions) or of levels are known; estimates of what they
/// explain become sharper.
/// Not for: totals that many rows cannot carry: raking and bounded weights may not exist, and the refusal says so.
///
/// Reference: Deville & Särndal (1992), JASA 87(418):376-382
/// \throws InputError as calibrated_weights does.
[[nodiscard]] inline Design calibrated(const Design& design, Auxiliaries known, const Factor& factor) {
  auto adjustment = std::make_shared<const Calibration>(std::move(known), factor, design.weights());
  return design.adjusted(adjustment->weights(), adjustment);
}

}  // namespace assay::survey
