#pragma once
/// \file
/// Scores of audits whose chances were recorded case by case, whatever they followed: risk, an alert, an outcome.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <assay/score/design.hpp>
#include <assay/score/moments.hpp>
#include <assay/tally/tally.hpp>

namespace assay {
namespace detail {

/// Variance of a share among these cases, each drawn on its own with its recorded chance 1 / w: the sum over the
/// audited of w (w - 1) (y - share x)^2, over the denominator squared. A case that was certain adds nothing.
///
/// Assumes: y is 0 or 1 and part of x, so that the sums of w y^2 and w x^2 are those of w y and w x.
/// Reference: Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, result 3.5.1 (Poisson sampling).
[[nodiscard]] inline double recorded_variance(const Moments& sum, double share, double n) noexcept {
  const double squares = sum.yy - 2.0 * share * sum.xy + share * share * sum.xx;
  const double certain = sum.y * (1.0 - 2.0 * share) + share * share * sum.x;
  return std::fmax(0.0, squares - certain) / (sum.x * sum.x) * (n > 1.0 ? n / (n - 1.0) : 1.0);
}

/// How much of the variance the recorded chances leave, by design alone: 1 where all are small, 0 where all are 1.
[[nodiscard]] inline double recorded_factor(const Moments& sum) noexcept {
  return sum.xx > 0.0 ? std::clamp(1.0 - sum.x / sum.xx, 0.0, 1.0) : 1.0;
}

}  // namespace detail

/// Fills in how many cases each stratum held, as the weights of its audited cases say: for chances that were recorded
/// where nobody counted the cases. Strata of cases that were certain are known whole.
///
/// Use when: weights are inverses of inclusion probabilities. Not for: weights of any other scale.
inline void estimate_populations(const Tally& tally, ScoreDesign& design) {
  const TallySpec& spec = tally.spec();
  const auto names = spec.dimensions();
  std::vector<std::size_t> order;
  for (const std::string& name : spec.strata)
    order.push_back(static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
  const Grouping hidden = spec.grouping_of(spec.strata);
  for (auto& [codes, facts] : design.facts) facts.population = 0.0;
  for (std::size_t g = 0; g < tally.groupings().size(); ++g) {
    const Grouping& kept = tally.groupings()[g];
    if (!within(hidden, kept)) continue;
    const Cells& cells = tally.cells(g);
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
      std::vector<io::Code> codes;
      for (const std::size_t dimension : order)
        codes.push_back(cells.codes(
            cell)[static_cast<std::size_t>(std::lower_bound(kept.begin(), kept.end(), dimension) - kept.begin())]);
      for (std::size_t outcome = 0; outcome < cells.classes(); ++outcome)
        if (cells.counts(cell)[outcome] > 0) design.facts[codes].population += cells.weights(cell, outcome).value();
    }
    break;
  }
  for (auto& [codes, facts] : design.facts) {
    facts.weight = facts.population;
    facts.population = std::max(facts.population, facts.sampled);
  }
  design.recorded = true;
  design.words = spec.strata.empty() ? "recorded chances" : "stratified, recorded chances";
}

}  // namespace assay
