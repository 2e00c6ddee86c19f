#pragma once
/// \file
/// Variances of draws with unequal probabilities and without replacement, from the probabilities of single units.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/survey/unit_scores.hpp>

namespace assay::survey {

/// What is known of pairs. brewer, deville: nothing is needed, the draw being of fixed size and as random as can be.
/// overton, hartley_rao: approximations for draws of fixed size. poisson: each unit was drawn on its own.
enum class PairChances : std::uint8_t { brewer, deville, overton, hartley_rao, poisson };

/// Horvitz & Thompson's estimator of a variance, for any design; Yates & Grundy's, for designs of fixed size.
enum class PairEstimator : std::uint8_t { horvitz_thompson, yates_grundy };

/// Units drawn with probabilities of their own, within strata independently of each other.
///
/// Units drawn for certain (probability 1) add nothing and count in no stratum's size. One left in a stratum on its own
/// shows no spread: it is refused, except under `poisson`.
///
/// Reference: Brewer & Donadio (2003), Survey Methodology 29(2):189-196; Deville (1999), Survey Methodology
/// 25(2):193-203; Overton (1985), "A sampling plan for streams in
/// the national stream survey"; Hartley & Rao (1962), Annals of Mathematical Statistics 33(2):350-374; Berger (2004),
/// Journal of Statistical Planning and Inference 127:305-315
class UnequalProbabilities final : public VarianceMethod {
 public:
  /// \param squares  hartley_rao: the sum of squared probabilities over the whole population; estimated where absent.
  /// \throws InputError for designs of several stages, bad probabilities, `squares` without hartley_rao or strata, and
  ///         strata with one uncertain unit.
  UnequalProbabilities(const Design& design, PairChances chances, PairEstimator estimator,
                       std::optional<double> squares = {})
      : chances_{chances}, estimator_{estimator}, probability_{detail::unit_probabilities(design)} {
    const std::size_t groups = design.first_stage().groups.size();
    if (squares && (chances != PairChances::hartley_rao || groups > 1))
      throw InputError("the population's sum of squared probabilities with pps=\"hartley_rao\" and no strata only",
                       to_text(*squares));
    if (squares && !(*squares > 0.0 && std::isfinite(*squares)))
      throw InputError("a sum of squared probabilities above 0", to_text(*squares));
    sizes_.assign(groups, 0.0);
    squares_.assign(groups, 0.0);
    for (std::size_t unit = 0; unit < probability_.size(); ++unit) {
      double& p = probability_[unit];
      if (p > 1.0 - 1e-12) p = 1.0;
      if (p == 1.0) continue;
      sizes_[design.first_stage().group_of_unit[unit]] += 1.0;
      squares_[design.first_stage().group_of_unit[unit]] += p;  // of p^2 over the population, estimated
    }
    if (squares) squares_.front() = *squares;
    for (std::size_t group = 0; group < groups && chances != PairChances::poisson; ++group)
      if (sizes_[group] == 1.0)
        throw InputError("at least two units with a probability below 1 in each stratum",
                         "one in stratum " + std::to_string(group + 1) + " of " + std::to_string(groups), {},
                         "join it with a like stratum");
  }

  [[nodiscard]] std::vector<double> covariance(const Design& design, std::span<const double> scores,
                                               std::size_t columns) const override {
    const std::vector<double> z = detail::unit_scores(design, scores, columns);
    const std::vector<Code>& group = design.first_stage().group_of_unit;
    const std::size_t units = probability_.size();
    std::vector<double> out(columns * columns, 0.0);
    for (std::size_t i = 0; i < columns; ++i)
      for (std::size_t j = i; j < columns; ++j)
        out[i * columns + j] = out[j * columns + i] =
            pair(std::span{z}.subspan(i * units, units), std::span{z}.subspan(j * units, units), group);
    return out;
  }

  /// Units drawn for certain show nothing of the variance: they count only in domains without others.
  [[nodiscard]] double degrees_of_freedom(const Design& design, std::span<const unsigned char> inside) const override {
    return detail::uncertain_degrees(design, probability_, inside);
  }
  [[nodiscard]] bool finite() const noexcept override { return true; }
  [[nodiscard]] std::string words() const override {
    static constexpr const char* names[] = {"Brewer's variance", "Deville's variance", "Overton's pair probabilities",
                                            "Hartley and Rao's pair probabilities", "Poisson sampling"};
    std::string out = std::string{"unequal probabilities, "} + names[static_cast<std::size_t>(chances_)];
    if (chances_ == PairChances::overton || chances_ == PairChances::hartley_rao)
      out += estimator_ == PairEstimator::yates_grundy ? " (Yates-Grundy)" : " (Horvitz-Thompson)";
    return out;
  }

 private:
  /// Sums over the uncertain units of one stratum.
  struct Sums {
    double a{0.0}, b{0.0}, pa{0.0}, pb{0.0}, ab{0.0}, pab{0.0}, p{0.0};
  };

  [[nodiscard]] double pair(std::span<const double> a, std::span<const double> b,
                            const std::vector<Code>& group) const {
    std::vector<Sums> sums(sizes_.size());
    for (std::size_t unit = 0; unit < a.size(); ++unit) {
      const double p = probability_[unit];
      if (p == 1.0) continue;
      Sums& s = sums[group[unit]];
      s.a += a[unit], s.b += b[unit], s.pa += p * a[unit], s.pb += p * b[unit], s.p += p;
      s.ab += a[unit] * b[unit], s.pab += p * a[unit] * b[unit];
    }
    double out = 0.0;
    if (chances_ == PairChances::brewer) {
      for (std::size_t unit = 0; unit < a.size(); ++unit) {
        const Code g = group[unit];
        const double n = sizes_[g];
        if (probability_[unit] < 1.0)
          out += n / (n - 1.0) * (1.0 - probability_[unit]) * (a[unit] - sums[g].a / n) * (b[unit] - sums[g].b / n);
      }
      return out;
    }
    for (std::size_t g = 0; g < sums.size(); ++g) {
      const Sums& s = sums[g];
      const double n = sizes_[g];
      if (n == 0.0) continue;
      if (chances_ == PairChances::deville) {
        out += deville(a, b, group, static_cast<Code>(g), s);
        continue;
      }
      if (chances_ == PairChances::poisson) {
        out += s.ab - s.pab;
        continue;
      }
      // 1 - p_i p_j / p_ij = fixed + each (p_i + p_j) for two units, so that sums over pairs are products of sums
      const bool overton = chances_ == PairChances::overton;
      const double each = (overton ? 0.5 : 1.0) / (n - 1.0);
      const double fixed = -(1.0 + (overton ? 0.0 : squares_[g] / n)) / (n - 1.0);
      const double pairs = fixed * (s.a * s.b - s.ab) + each * (s.pa * s.b + s.pb * s.a - 2.0 * s.pab);
      if (estimator_ == PairEstimator::yates_grundy)
        out += pairs - ((n - 1.0) * fixed * s.ab + each * ((n - 2.0) * s.pab + s.p * s.ab));
      else
        out += s.ab - s.pab + pairs;
    }
    return out;
  }

  /// Squared distances from the mean, both weighted by 1 - p, over 1 less the sum of those weights' squared shares.
  [[nodiscard]] double deville(std::span<const double> a, std::span<const double> b, const std::vector<Code>& group,
                               Code g, const Sums& s) const {
    const double whole = sizes_[g] - s.p;
    const double mean_a = (s.a - s.pa) / whole, mean_b = (s.b - s.pb) / whole;
    double sum = 0.0, squares = 0.0;
    for (std::size_t unit = 0; unit < a.size(); ++unit) {
      if (group[unit] != g || probability_[unit] == 1.0) continue;
      const double open = 1.0 - probability_[unit];
      sum += open * (a[unit] - mean_a) * (b[unit] - mean_b);
      squares += open / whole * (open / whole);
    }
    return sum / (1.0 - squares);
  }

  PairChances chances_;
  PairEstimator estimator_;
  std::vector<double> probability_;
  std::vector<double> sizes_{};
  std::vector<double> squares_{};
};

}  // namespace assay::survey
