#pragma once
/// \file
/// Confidence limits of one score, from its estimate and its evidence.
///
/// The interval's method follows from the design and from how many were audited, never from the errors found:
/// one stratum, everything known about its size: exact hypergeometric limits; one stratum otherwise: Wilson (a domain
/// of a finite queue: beta limits, drawn in); several strata, weights or missing audits: beta limits of the weighted
/// events, which allow for an event of the heaviest case, and, where the denominator itself was estimated (recall),
/// those of hits and of misses joined. Shares of views, which are no cases, have Wilson's on the smaller of the plug-in
/// and Kish's effective size, with Student's t. Differences between two simple random samples are found from limits
/// corrected for continuity, because "better" and "worse" are claims: they may be wrong in at most 1 - confidence,
/// whatever the share. Reasons: Franco, Little, Louis & Slud (2019), J. Surv. Stat. Methodol. 7(3):334-364.

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include <assay/interval/drawn_in.hpp>
#include <assay/interval/effective.hpp>
#include <assay/interval/hypergeometric.hpp>
#include <assay/interval/weighted_beta.hpp>
#include <assay/interval/wilson.hpp>
#include <assay/interval/wilson_continuity.hpp>
#include <assay/score/evidence.hpp>
#include <assay/score/slice_weights.hpp>
#include <assay/score/types.hpp>

namespace assay::detail {

/// How much the finite population shrinks the variance by design alone, whatever was found.
[[nodiscard]] inline double finite_factor(std::span<const StratumSample> strata) noexcept {
  double with = 0.0;
  double without = 0.0;
  for (const StratumSample& stratum : strata)
    for (const GroupSample& group : stratum.groups) {
      const double fraction =
          stratum.sampling_fraction() * (group.sampled > 0.0 ? group.answered / group.sampled : 1.0);
      with += stratum.weight_scale > 0.0 ? std::fmax(0.0, group.moments.xx - group.moments.x / stratum.weight_scale)
                                         : (1.0 - fraction) * group.moments.xx;
      without += group.moments.xx;
    }
  return without > 0.0 ? with / without : 1.0;
}

/// Limits of a share, by the method that the design and the number of audits call for.
inline void share_limits(Score& score, const SliceEvidence& evidence, const Estimate& estimate,
                         const ScoreOptions& options, std::optional<double> known_factor = {}) {
  const bool finite = options.about == About::queue;
  const double share = std::clamp(estimate.value, 0.0, 1.0);
  const Confidence confidence = options.confidence;
  // Where the denominator is estimated too, what was found is no guide to where misses may still be: of the strata that
  // hold recall's leaks none may have been met, and the others may have been seen whole.
  const double all_left =
      evidence.denominator_varies && evidence.squares > 0.0 ? evidence.open_squares / evidence.squares : 0.0;
  const double factor = known_factor ? *known_factor : std::max(finite_factor(evidence.strata), all_left);
  if (evidence.equal_weights && evidence.strata.size() == 1 && evidence.hits <= evidence.n && score.n > 0) {
    const Trials trials{evidence.hits, evidence.n};
    score.process_limits = wilson(trials, confidence);
    score.compared_limits = wilson_continuity(trials, confidence);
    score.process_n = static_cast<double>(evidence.n);
    const double population = evidence.denominator_population;
    if (finite && std::isfinite(population) && population >= static_cast<double>(evidence.n)) {
      const auto whole = static_cast<std::int64_t>(std::llround(population));
      score.method = whole == evidence.n ? "census" : "hypergeometric";
      const CountInterval count = hypergeometric(trials, whole, confidence);
      score.limits = {static_cast<double>(count.lower) / population, static_cast<double>(count.upper) / population};
    } else if (finite && factor < 1.0) {
      score.method = factor <= 0.0 ? "census" : "beta, finite population";
      const double each = 1.0 / score.process_n;
      const double events = evidence.events_are_hits ? share : 1.0 - share;
      const Interval found = weighted_beta({events, events * each, each}, confidence);
      score.limits =
          drawn_in(share, evidence.events_are_hits ? found : Interval{1.0 - found.upper, 1.0 - found.lower}, factor);
    } else {
      score.method = "wilson";
      score.limits = score.process_limits;
    }
  } else {
    const double plug_in =
        estimate.process_variance > 0.0 ? share * (1.0 - share) / estimate.process_variance : score.n_effective;
    score.process_n = std::max(1e-9, std::min(plug_in > 0.0 ? plug_in : score.n_effective, score.n_effective));
    const bool cases = std::max(evidence.heaviest_hit, evidence.heaviest_miss) > 0.0;
    score.process_limits = cases ? limits_of(weights_of(evidence), share, confidence)
                                 : wilson(share, score.process_n, score.degrees_of_freedom, confidence);
    score.compared_limits = score.process_limits;
    score.method = !cases ? "wilson on effective n" : evidence.denominator_varies ? "ratio of totals" : "weighted beta";
    score.limits = score.process_limits;
    if (finite && factor < 1.0) {
      if (factor <= 0.0) score.method = "census";
      score.limits = drawn_in(share, score.process_limits, factor);
      if (!cases)
        score.limits = wilson(share, factor <= 0.0 ? std::numeric_limits<double>::infinity() : score.process_n / factor,
                              score.degrees_of_freedom, confidence);
    }
  }
  // What was seen cannot be unseen: the limits never leave what the audited cases alone already settle.
  if (finite && std::isfinite(evidence.denominator_population)) {
    const double all = evidence.denominator_population;
    score.limits.lower = std::min(share, std::max(score.limits.lower, static_cast<double>(evidence.hits) / all));
    score.limits.upper =
        std::max(share, std::min(score.limits.upper, 1.0 - static_cast<double>(evidence.n - evidence.hits) / all));
  }
  score.limits = {std::min(share, score.limits.lower), std::max(share, score.limits.upper)};
}

/// Limits of a ratio of any size: its linearised standard error either way, times Student's t.
inline void ratio_limits(Score& score, const Estimate& estimate, const ScoreOptions& options) {
  score.method = "linearised";
  const double t = student_t_quantile(1.0 - 0.5 * options.confidence.alpha(), score.degrees_of_freedom);
  const auto around = [&](double variance) {
    return Interval{estimate.value - t * std::sqrt(variance), estimate.value + t * std::sqrt(variance)};
  };
  score.process_limits = around(estimate.process_variance);
  score.process_n = score.n_effective;
  score.limits = options.about == About::queue ? around(estimate.finite_variance) : score.process_limits;
}

}  // namespace assay::detail
