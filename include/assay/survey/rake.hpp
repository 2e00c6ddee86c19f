#pragma once
/// \file
/// Raking: weights brought to several margins at once, of which only the parts are known.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <assay/survey/design.hpp>
#include <assay/survey/margin.hpp>

namespace assay::survey {

namespace detail {

inline void require_margins(std::span<const Margin> margins, std::size_t rows) {
  if (margins.empty()) throw InputError("at least one margin to rake to", "none");
  for (const Margin& margin : margins) require_margin(margin, rows);
  for (const Margin& margin : margins) {
    const double whole = margins.front().whole();
    if (!(std::fabs(margin.whole() - whole) <= 1e-11 * whole))
      throw InputError("margins that add up to one population, " + to_text(whole) + " as " +
                           in_quotes(margins.front().name) + " does",
                       to_text(margin.whole()), {margin.name, {}}, "mend the totals: all margins count the same units");
  }
}

}  // namespace detail

/// Fits weights to margins in turn until each total is met within `tolerance` of itself, whatever the margins fitted
/// after it move; answers the sweeps it took.
/// Cost: rows x margins a sweep.
///
/// \throws InputError for a cell without weight, and where `sweeps` do not suffice: the margin and level that cannot be
///         met together with the others are named.
inline std::size_t fit_margins(std::span<const Margin> margins, std::span<double> weights, double tolerance = 9e-11,
                               std::size_t sweeps = 2000) {
  std::vector<double> factor;  // of the margin before, still to be multiplied in
  const std::vector<Code>* cells = nullptr;
  double worst = 0.0;
  std::string at;
  const Margin* of = nullptr;
  double watched = 0.0;
  for (std::size_t sweep = 1; sweep <= sweeps; ++sweep) {
    worst = 0.0;
    for (const Margin& margin : margins) {
      std::vector<double> held(margin.totals.size(), 0.0);
      if (cells == nullptr) {
        held = held_by(margin, weights);
      } else {
        // four sums a cell, in turn: one alone would wait for itself at every row
        const std::size_t count = held.size();
        std::vector<double> parts(4 * count, 0.0);
        for (std::size_t row = 0; row < weights.size(); ++row) {
          const double weight = weights[row] *= factor[(*cells)[row]];
          parts[(row & 3U) * count + margin.cell_of_row[row]] += weight;
        }
        for (std::size_t cell = 0; cell < count; ++cell)
          held[cell] = (parts[cell] + parts[count + cell]) + (parts[2 * count + cell] + parts[3 * count + cell]);
      }
      for (std::size_t cell = 0; cell < held.size(); ++cell) {
        const double off = std::fabs(held[cell] / margin.totals[cell] - 1.0);
        if (!(held[cell] > 0.0) || !std::isfinite(off))
          throw InputError("weights above 0 in each level of a margin",
                           to_text(held[cell]) + " in " + margin.words(cell), {margin.name, {}},
                           "join it with a like level: too few rows hold it");
        if (off > worst) worst = off, at = margin.words(cell) + " is off by a share of " + to_text(off), of = &margin;
        held[cell] = margin.totals[cell] / held[cell];
      }
      factor = std::move(held);
      cells = &margin.cell_of_row;
    }
    if (worst * static_cast<double>(margins.size()) <= tolerance || margins.size() == 1) {
      for (std::size_t row = 0; row < weights.size(); ++row) weights[row] *= factor[(*cells)[row]];
      return sweep;
    }
    if (sweep % 100 == 0) {  // margins that contradict each other in the rows there are stand still
      if (sweep > 100 && worst > 0.99 * watched) break;
      watched = worst;
    }
  }
  throw InputError("margins that the rows can meet together", at, {of->name, {}},
                   "some crossing of the margins has no rows: join levels, or leave this margin out");
}

/// How rows count when effects of the margins are taken out of scores. design_weights: by the weights before raking,
/// to convergence. r_survey: all alike, in ten rounds, as R's survey does; where weights differ within a level it is
/// not the residual of the raked estimate, and standard errors may come out several times too large or too small.
enum class RakingResiduals : std::uint8_t { r_survey, design_weights };

/// What raking takes from variances: the part of the scores that is a sum of effects of the margins.
class Raking final : public Adjustment {
 public:
  /// \throws InputError as require_margin and fit_margins do, and for margins that add up to different populations.
  Raking(std::vector<Margin> margins, std::span<const double> weights,
         RakingResiduals residuals = RakingResiduals::r_survey)
      : margins_{std::move(margins)}, residuals_{residuals}, after_(weights.begin(), weights.end()) {
    detail::require_margins(margins_, after_.size());
    for (std::size_t row = 0; row < after_.size(); ++row)
      if (!(after_[row] >= 0.0))
        throw InputError("weights of at least 0 to rake", to_text(after_[row]), {"", static_cast<std::int64_t>(row)},
                         "rake before calibrating, or calibrate with bounds");
    for (Margin& margin : margins_) {  // wholes that differ by rounding alone become one
      const double share = margins_.front().whole() / margin.whole();
      for (double& total : margin.totals) total *= share;
    }
    sweeps_ = fit_margins(margins_, after_);
    for (const Margin& margin : margins_) {
      std::vector<double>& count = counts_.emplace_back(margin.totals.size(), 0.0);
      for (std::size_t row = 0; row < margin.cell_of_row.size(); ++row)
        count[margin.cell_of_row[row]] += by_weight() ? weights[row] : 1.0;
    }
    if (by_weight()) before_.assign(weights.begin(), weights.end());
  }

  [[nodiscard]] const std::vector<double>& weights() const noexcept { return after_; }
  [[nodiscard]] std::size_t sweeps() const noexcept { return sweeps_; }

  /// Means of the scores of one unit are taken out margin by margin: over and over until nothing is left of them, or
  /// ten times (as RakingResiduals says). The rounds close in on the residuals of a regression on all margins, as fast
  /// as raking does on its weights.
  void take_out(std::span<double> scores) const override {
    std::vector<double> unit(scores.size());
    for (std::size_t row = 0; row < unit.size(); ++row)
      unit[row] = after_[row] == 0.0 ? 0.0 : scores[row] / after_[row];
    double largest = 0.0;
    for (const double each : unit) largest = std::max(largest, std::fabs(each));
    const int sweeps = by_weight() ? 10'000 : 10;
    double left = HUGE_VAL;  // the largest mean that a round met
    for (int sweep = 0; sweep < sweeps; ++sweep) {
      const double before = std::exchange(left, 0.0);
      for (std::size_t m = 0; m < margins_.size(); ++m) {
        const std::vector<Code>& cells = margins_[m].cell_of_row;
        std::vector<double> mean(counts_[m].size(), 0.0);
        for (std::size_t row = 0; row < unit.size(); ++row)
          mean[cells[row]] += by_weight() ? before_[row] * unit[row] : unit[row];
        for (std::size_t cell = 0; cell < mean.size(); ++cell) {
          mean[cell] /= counts_[m][cell];
          left = std::max(left, std::fabs(mean[cell]));
        }
        for (std::size_t row = 0; row < unit.size(); ++row) unit[row] -= mean[cells[row]];
      }
      const bool rounding = left <= 1e-14 * largest || (left <= 1e-10 * largest && left >= before);
      if (by_weight() && rounding) break;
    }
    for (std::size_t row = 0; row < unit.size(); ++row) scores[row] = unit[row] * after_[row];
  }
  /// The same rounds among the sums of cells: what a margin's means take from the others' sums is in the margins'
  /// cross tables.
  [[nodiscard]] std::optional<Explained> explained() const override {
    Explained out;
    for (const Margin& margin : margins_) out.levels.push_back({margin.cell_of_row, margin.totals.size()});
    out.counting = before_;
    out.after = after_;
    out.rounds = 10;
    out.effects = [this] {
      return [this, crossed = cross_tables()](std::vector<double> sums) { return effects(crossed, std::move(sums)); };
    };
    return out;
  }
  void reweight(std::span<double> weights) const override { fit_margins(margins_, weights); }
  [[nodiscard]] std::string words() const override {
    std::string names;
    for (std::size_t m = 0; m < margins_.size(); ++m)
      names += (m == 0 ? "" : m + 1 == margins_.size() ? " and " : ", ") + margins_[m].name;
    return "raked to " + names + (by_weight() ? " (residuals by design weights)" : " (residuals as in R's survey)");
  }

 private:
  /// Counts of all margins' cells with each other, one square of numbers.
  [[nodiscard]] std::vector<double> cross_tables() const {
    std::size_t size = 0;
    for (const std::vector<double>& each : counts_) size += each.size();
    std::vector<double> out(size * size, 0.0);
    std::vector<std::size_t> at(margins_.size());
    for (std::size_t row = 0; row < after_.size(); ++row) {
      std::size_t first = 0;
      for (std::size_t m = 0; m < margins_.size(); ++m) {
        at[m] = first + margins_[m].cell_of_row[row];
        first += counts_[m].size();
      }
      const double counts = by_weight() ? before_[row] : 1.0;
      for (std::size_t m = 0; m < at.size(); ++m)
        for (std::size_t k = m + 1; k < at.size(); ++k) out[at[m] * size + at[k]] += counts;
    }
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t j = 0; j < i; ++j) out[i * size + j] = out[j * size + i] = out[i * size + j] + out[j * size + i];
    return out;
  }
  [[nodiscard]] std::vector<double> effects(const std::vector<double>& crossed, std::vector<double> sums) const {
    const std::size_t size = sums.size();
    std::vector<double> out(size, 0.0);
    double largest = 0.0;
    double left = HUGE_VAL;  // the largest mean that a round met
    for (int sweep = 0; sweep < (by_weight() ? 10'000 : 10); ++sweep) {
      const double before = std::exchange(left, 0.0);
      std::size_t cell = 0;
      for (const std::vector<double>& counts : counts_)
        for (const double count : counts) {
          const double mean = sums[cell] / count;
          left = std::max(left, std::fabs(mean));
          out[cell] += mean;
          sums[cell] = 0.0;
          if (mean != 0.0)
            for (std::size_t other = 0; other < size; ++other) sums[other] -= crossed[cell * size + other] * mean;
          ++cell;
        }
      if (sweep == 0) largest = left;
      const bool rounding = left <= 1e-14 * largest || (left <= 1e-10 * largest && left >= before);
      if (by_weight() && rounding) break;
    }
    return out;
  }
  [[nodiscard]] bool by_weight() const noexcept { return residuals_ == RakingResiduals::design_weights; }

  std::vector<Margin> margins_;
  RakingResiduals residuals_;
  std::vector<double> before_{};  ///< where rows count by them
  std::vector<double> after_;
  std::vector<std::vector<double>> counts_{};  ///< by margin and cell: rows, or their weights before raking
  std::size_t sweeps_{0};
};

/// The design with weights that meet every margin within 1e-10 of each total, each changed by a product of factors of
/// its levels (iterative proportional fitting, starting from the design's weights).
///
/// Assumes: the margins count the same population and are known without error.
/// Use when: margins are known but not their crossing, or the crossing has cells that are too small.
/// Weights that differ within the levels of a margin: take RakingResiduals::design_weights.
/// Not for: totals of numbers (calibrate); many margins for few rows, where weights become wild.
/// No data: a level without rows is refused by name.
///
/// Reference: Deming & Stephan (1940), Annals of Mathematical Statistics 11(4):427-444; Deville, Särndal & Sautory
/// (1993), JASA 88(423):1013-1020
/// \throws InputError as Raking does.
[[nodiscard]] inline Design raked(const Design& design, std::vector<Margin> margins,
                                  RakingResiduals residuals = RakingResiduals::r_survey) {
  auto adjustment = std::make_shared<const Raking>(std::move(margins), design.weights(), residuals);
  return design.adjusted(adjustment->weights(), adjustment);
}

}  // namespace assay::survey
