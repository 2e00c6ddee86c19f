#pragma once
/// \file
/// Wilson's score interval on an effective sample size, for weighted, stratified and clustered samples.

#include <cmath>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/interval/wilson.hpp>
#include <assay/numeric/special.hpp>

namespace assay {

/// Wilson score interval for a share that was estimated from a complex sample.
///
/// `effective_n` is the size of a simple random sample that would know as much, share (1 - share) / variance; it need
/// not be whole, and infinity (everything is known) answers [share, share]. The variance was itself estimated, with
/// `degrees_of_freedom` (usually sampled units minus strata; infinity where it is not estimated), so Student's t stands
/// where the normal quantile stood. That is the same as multiplying effective_n by (z / t)^2.
///
/// Assumes: the estimate is about normal on the score scale; effective_n is honest (at most Kish's where weights vary).
/// Use when: the sample has weights, strata or clusters, also when the share is 0 or 1.
/// Not for: a handful of audited cases, or a finite queue with few errors (hypergeometric).
/// No data: effective_n == 0 answers [0, 1].
///
/// \throws InputError unless 0 <= share <= 1, effective_n >= 0 and degrees_of_freedom > 0.
///
/// Reference: Dean & Pagano (2015), J. Surv. Stat. Methodol. 3(4):484-503, doi:10.1093/jssam/smv024; Franco, Little,
/// Louis & Slud (2019), J. Surv. Stat. Methodol. 7(3):334-364, doi:10.1093/jssam/smy019
[[nodiscard]] inline Interval wilson(double share, double effective_n, double degrees_of_freedom, Confidence c) {
  if (!(share >= 0.0 && share <= 1.0)) throw InputError("a share between 0 and 1", to_text(share));
  if (!(effective_n >= 0.0)) throw InputError("an effective sample size of 0 or more", to_text(effective_n));
  const double critical = student_t_quantile(0.5 * c.alpha(), degrees_of_freedom);
  if (effective_n == 0.0) return {0.0, 1.0};
  return detail::score_limits(share, 1.0 - share, critical * critical / effective_n);
}

}  // namespace assay
