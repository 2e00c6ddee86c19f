#pragma once
/// \file
/// Two phases: many cases screened cheaply, and of each stratum of those some audited.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/survey/design.hpp>

namespace assay::survey {

/// The variance of a second phase drawn within strata of the first, plus that of the first phase.
///
/// The second phase is a simple random sample within each stratum of the screened cases. The first is a simple random
/// sample of the population where its size is known; else screened cases came independently of each other, as from a
/// process.
///
/// Reference: Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, section 9.3
class TwoPhaseVariance final : public VarianceMethod {
 public:
  TwoPhaseVariance(std::vector<double> screened, std::optional<double> population)
      : screened_{std::move(screened)}, population_{population} {
    for (const double each : screened_) all_ += each;
  }

  [[nodiscard]] std::vector<double> covariance(const Design& design, std::span<const double> scores,
                                               std::size_t columns) const override {
    const Stage& stage = design.first_stage();
    const auto rows = static_cast<std::size_t>(design.rows());
    std::vector<double> out(columns * columns, 0.0);
    for (std::size_t a = 0; a < columns; ++a)
      for (std::size_t b = a; b < columns; ++b)
        out[a * columns + b] = out[b * columns + a] =
            pair(stage, scores.subspan(a * rows, rows), scores.subspan(b * rows, rows));
    return out;
  }
  [[nodiscard]] bool finite() const noexcept override { return population_.has_value(); }
  [[nodiscard]] std::string words() const override {
    return "second phase of " + to_text(all_) + " screened" +
           (population_ ? " out of " + to_text(*population_) : std::string{});
  }

 private:
  [[nodiscard]] double pair(const Stage& stage, std::span<const double> a, std::span<const double> b) const {
    const std::size_t groups = stage.groups.size();
    std::vector<double> mean_a(groups, 0.0), mean_b(groups, 0.0);
    double whole_a = 0.0, whole_b = 0.0;
    for (std::size_t row = 0; row < a.size(); ++row) {
      const Code g = stage.group_of_unit[row];
      mean_a[g] += a[row], mean_b[g] += b[row];
      whole_a += a[row], whole_b += b[row];
    }
    for (std::size_t g = 0; g < groups; ++g) {
      mean_a[g] /= static_cast<double>(stage.groups[g].sampled);
      mean_b[g] /= static_cast<double>(stage.groups[g].sampled);
    }
    double second = 0.0;    // given who was screened
    double products = 0.0;  // of the screened cases' own scores, estimated
    for (std::size_t row = 0; row < a.size(); ++row) {
      const Code g = stage.group_of_unit[row];
      const auto n = static_cast<double>(stage.groups[g].sampled);
      const double share = n / screened_[g];
      if (share < 1.0) second += (1.0 - share) * n / (n - 1.0) * (a[row] - mean_a[g]) * (b[row] - mean_b[g]);
      products += share * a[row] * b[row];
    }
    if (!population_) return second + products;
    // without bias for the squared distances of the screened cases' scores from their mean
    const double spread = products - (whole_a * whole_b - second) / all_;
    return second + (1.0 - all_ / *population_) * all_ / (all_ - 1.0) * spread;
  }

  std::vector<double> screened_;  ///< by stratum
  std::optional<double> population_;
  double all_{0.0};
};

/// The audited rows of a two-phase sample. `design` holds them with the second phase's strata; `screened` says, by row,
/// how many cases of the first phase are in the row's stratum.
///
/// Use when: a cheap look (a model, a junior reviewer) sorted many cases into strata, and experts audited some of each.
/// Not for: strata known for the whole population (then they are strata of one phase, and the estimate is sharper).
///
/// \throws InputError for a count that differs within a stratum, is below what was audited or no whole number; for a
///         population below what was screened; for strata with one of several audited; for designs with clusters.
[[nodiscard]] inline Design two_phase(const Design& design, std::span<const double> screened, const std::string& column,
                                      std::optional<double> population) {
  const Stage& stage = design.first_stage();
  if (design.stages().size() > 1 || !stage.rows_are_units())
    throw InputError("rows drawn on their own within strata, for two phases", "clusters");
  if (screened.size() != static_cast<std::size_t>(design.rows()))
    throw InputError("a count of screened cases for each of " + std::to_string(design.rows()) + " rows",
                     std::to_string(screened.size()));
  std::vector<double> by_group(stage.groups.size(), 0.0);
  for (std::size_t row = 0; row < screened.size(); ++row) {
    const Group& group = stage.groups[stage.group_of_unit[row]];
    double& own = by_group[stage.group_of_unit[row]];
    const double count = screened[row];
    const Place place{column, static_cast<std::int64_t>(row)};
    if (!(count >= static_cast<double>(group.sampled)) || std::isinf(count) || count != std::floor(count))
      throw InputError(
          "a whole number of screened cases, at least the " + std::to_string(group.sampled) + " audited of the stratum",
          to_text(count), place);
    if (own != 0.0 && own != count)
      throw InputError("one count of screened cases in each stratum", to_text(own) + " and " + to_text(count), place);
    own = count;
    if (group.sampled == 1 && count > 1.0)
      throw InputError("at least two audited cases in each stratum", "one of " + to_text(count), place,
                       "join the stratum with a like one");
  }
  double all = 0.0;
  for (const double each : by_group) all += each;
  if (population && !(*population >= all && std::isfinite(*population)))
    throw InputError("a population of at least the " + to_text(all) + " screened cases", to_text(*population));
  std::vector<double> weights(screened.size());
  for (std::size_t row = 0; row < weights.size(); ++row)
    weights[row] = screened[row] / static_cast<double>(stage.groups[stage.group_of_unit[row]].sampled) *
                   (population ? *population / all : 1.0);
  Design out{design.rows(), {stage}, std::move(weights), design.lonely()};
  return out.with_variance(std::make_shared<const TwoPhaseVariance>(std::move(by_group), population));
}

}  // namespace assay::survey
