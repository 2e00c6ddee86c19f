#pragma once
/// \file
/// Korn and Graubard's interval, with the truncation of the National Center for Health Statistics.

#include <algorithm>
#include <cmath>

#include <assay/interval/beta.hpp>
#include <assay/interval/designed_share.hpp>

namespace assay {

/// Korn-Graubard interval: Clopper-Pearson limits on the effective size, adjusted for the degrees of freedom and never
/// above n.
///
/// Assumes: the effective size is about right; then it covers at least its level nearly everywhere.
/// Use when: a share near 0 or 1 from a complex sample must not be understated, or a rule names the method.
/// Not for: the shortest interval (wilson). At a share of 0 or 1 the rule of 2017 takes n itself; here it is Kish's
/// size, because n is dangerous under unequal weights (see effective_size). No data, or no degrees of freedom: [0, 1].
///
/// \throws InputError as effective_size does.
///
/// Reference: Parker et al. (2017), Vital and Health Statistics 2(175), National Center for Health Statistics
[[nodiscard]] inline Interval korn_graubard(const DesignedShare& d, Confidence c,
                                            EffectiveSize size = EffectiveSize::smaller) {
  const double t = detail::critical_t(c, d.degrees_of_freedom);
  const double adjusted = adjusted_size(d, c, size);
  const double truncated = std::isinf(d.kish) ? adjusted : std::min(d.n, adjusted);
  return detail::designed_limits(
      d, truncated, t, [&](double n) { return detail::fractional_exact(d.share, 1.0 - d.share, n, 0.5 * c.alpha()); });
}

}  // namespace assay
