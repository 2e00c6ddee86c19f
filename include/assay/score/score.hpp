#pragma once
/// \file
/// From a tally to scores: point, interval and evidence for every slice and metric. How limits are found: limits.hpp.

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <assay/score/cell_facts.hpp>
#include <assay/score/evidence.hpp>
#include <assay/score/limits.hpp>
#include <assay/score/moments.hpp>
#include <assay/score/post_stratify.hpp>
#include <assay/score/recorded.hpp>
#include <assay/score/types.hpp>
#include <assay/score/worst_case.hpp>
#include <assay/tally/bytes.hpp>

namespace assay {
namespace detail {

/// A measure whose numerator is part of its denominator, such as the violating share of views.
[[nodiscard]] inline bool is_share(const Measure& measure) {
  return measure.numerator == measure.denominator && measure.numerator_when != any_outcome;
}

/// The score of one slice and metric, but for its place.
[[nodiscard]] inline Score score_slice(const CellFacts& of, const AskedSlice& asked, const Wanted& wanted,
                                       const ScoreOptions& options) {
  SliceEvidence evidence = gather(of, asked, wanted);
  Score score;
  score.n = evidence.n;
  score.share = wanted.metric != nullptr || is_share(of.spec().measures[wanted.measure]);
  if (of.design().modelled) worst_case(score, of, asked, wanted);
  if (evidence.n == 0 || evidence.sum().x == 0.0 || evidence.unanswered_stratum) {
    if (evidence.unanswered_stratum && evidence.n > 0) score.method = "a stratum has no audits";
    return score;
  }
  const bool separate = wanted.metric != nullptr && wanted.metric->denominator_by_decision && post_stratify(evidence);
  Estimate estimate = separate ? post_stratified(evidence.strata) : ratio_of(evidence.strata);
  const Moments sum = evidence.sum();
  const auto n = static_cast<double>(evidence.n);
  if (wanted.metric != nullptr) score.naive = static_cast<double>(evidence.hits) / n;
  const bool poisson = of.design().recorded && of.strata().empty() && wanted.metric != nullptr;
  if (poisson) estimate.finite_variance = recorded_variance(sum, estimate.value, n);
  score.estimate = estimate.value;
  score.numerator = sum.y;
  score.denominator = sum.x;
  score.process_variance = estimate.process_variance;
  score.standard_error =
      std::sqrt(options.about == About::queue ? estimate.finite_variance : estimate.process_variance);
  score.n_effective = std::min(n, sum.xx > 0.0 ? sum.x * sum.x / sum.xx : 0.0);
  score.plain_count = wanted.metric != nullptr && !of.design().modelled && score.n_effective >= n * (1.0 - 1e-9);
  score.degrees_of_freedom = std::max(1.0, n - static_cast<double>(evidence.active_strata()));
  if (score.share)
    share_limits(score, evidence, estimate, options, poisson ? std::optional{recorded_factor(sum)} : std::nullopt);
  else
    ratio_limits(score, estimate, options);
  return score;
}

}  // namespace detail

/// Scores every slice of the asked groupings.
///
/// No data: a slice without audits has no estimate and the limits [0, 1]; a tally without rows is refused.
/// \throws InputError for a tally without rows, an unknown metric, or a grouping that was not tallied.
[[nodiscard]] inline Scored score(const Tally& tally, const ScoreDesign& design, const ScoreOptions& options) {
  if (tally.rows() == 0)
    throw InputError("at least one audited decision",
                     tally.undecided() + tally.excluded() > 0 ? "only undecided or excluded rows" : "no rows", {},
                     tally.undecided() + tally.excluded() > 0 ? std::string{} : std::string{io::read_once});
  tally.check_labels();
  const detail::CellFacts facts{tally, design};
  const auto ranks = detail::ranks_of(tally.dictionaries());
  Scored out;
  for (const std::string& name : options.metrics) out.wanted.push_back(wanted_metric(name, tally.spec()));
  for (std::size_t g = 0; g < options.groupings.size(); ++g) {
    const Grouping shown = tally.spec().grouping_of(options.groupings[g]);
    out.groupings.push_back(slices_of(tally, shown, facts.hidden(), ranks, facts.strata()));
    const Slices& slices = out.groupings.back();
    const detail::SilentCells silent{design, slices};
    const bool whole_strata = facts.whole_strata(options.groupings[g]);
    for (std::size_t slice = 0; slice < slices.size(); ++slice) {
      if (silent.is_absent(slice)) continue;
      for (std::size_t metric = 0; metric < out.wanted.size(); ++metric) {
        Score score = detail::score_slice(facts, {slices, slice, silent.beside(slice), whole_strata},
                                          out.wanted[metric], options);
        score.grouping = g;
        score.slice = slice;
        score.metric = metric;
        out.scores.push_back(score);
      }
    }
  }
  return out;
}

}  // namespace assay
