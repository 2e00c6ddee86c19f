#pragma once
/// \file
/// Clopper and Pearson's limits on an effective sample size, as survey software calls "beta".

#include <algorithm>

#include <assay/interval/clopper_pearson.hpp>
#include <assay/interval/designed_share.hpp>

namespace assay {

namespace detail {

/// Clopper-Pearson limits for n trials, n not whole, of which the share p = 1 - q succeeded.
[[nodiscard]] inline Interval fractional_exact(double p, double q, double n, double tail) {
  const double x = n * p;
  const double y = n * q;
  if (!(n > 1e-9)) return {0.0, 1.0};
  return {!(x > 1e-300) ? 0.0 : exact_lower(q == 0.0 ? n : x, n, tail), !(y > 1e-300) ? 1.0 : exact_upper(x, n, tail)};
}

}  // namespace detail

/// The beta interval of R's survey package: Clopper-Pearson limits on the effective size, degrees of freedom adjusted,
/// not truncated at n.
///
/// Assumes: the effective size is about right. Where survey software would answer nothing (a share of 0 or 1, a
/// standard error of 0), Kish's size stands in.
/// Use when: numbers must agree with that package (with EffectiveSize::plug_in). Not for: a default; korn_graubard is
/// the same, never more certain than n units are. No data, or no degrees of freedom: [0, 1].
///
/// \throws InputError as effective_size does.
///
/// Reference: Korn & Graubard (1998), Survey Methodology 24(2):193-201
[[nodiscard]] inline Interval beta(const DesignedShare& d, Confidence c, EffectiveSize size = EffectiveSize::smaller) {
  const double t = detail::critical_t(c, d.degrees_of_freedom);
  return detail::designed_limits(d, adjusted_size(d, c, size), t, [&](double n) {
    return detail::fractional_exact(d.share, 1.0 - d.share, n, 0.5 * c.alpha());
  });
}

}  // namespace assay
