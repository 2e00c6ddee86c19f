#pragma once
/// \file
/// Wilson's score interval of a share from a complex sample.

#include <assay/interval/designed_share.hpp>
#include <assay/interval/effective.hpp>

namespace assay {

/// Wilson score interval on the effective sample size, with Student's t for the normal quantile.
///
/// Assumes: the estimate is about normal on the score scale.
/// Use when: a share from a weighted, stratified or clustered sample needs an interval: the default of this room.
/// Not for: few events behind a headline (stratified_exact, korn_graubard), or a simple random sample (wilson(Trials)).
/// No data, or no degrees of freedom: [0, 1].
///
/// \throws InputError as effective_size does.
///
/// Reference: Franco, Little, Louis & Slud (2019), J. Surv. Stat. Methodol. 7(3):334-364, doi:10.1093/jssam/smy019
[[nodiscard]] inline Interval wilson(const DesignedShare& d, Confidence c,
                                     EffectiveSize size = EffectiveSize::smaller) {
  const double t = detail::critical_t(c, d.degrees_of_freedom);
  return detail::designed_limits(d, effective_size(d, size), t,
                                 [&](double n) { return detail::score_limits(d.share, 1.0 - d.share, t * t / n); });
}

}  // namespace assay
