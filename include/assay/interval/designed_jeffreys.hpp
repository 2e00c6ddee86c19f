#pragma once
/// \file
/// Jeffreys' interval of a share from a complex sample.

#include <assay/interval/designed_share.hpp>

namespace assay {

/// Jeffreys interval on the effective size, adjusted for the degrees of freedom: equal tails of the beta posterior,
/// with the limit 0 at a share of 0 and 1 at a share of 1.
///
/// Assumes: the effective size is about right.
/// Use when: a Bayesian reading is wanted that also covers near its level on average. Not for: a guarantee
/// (korn_graubard). No data, or no degrees of freedom: [0, 1].
///
/// \throws InputError as effective_size does.
///
/// Reference: Franco, Little, Louis & Slud (2019), J. Surv. Stat. Methodol. 7(3):334-364, doi:10.1093/jssam/smy019
[[nodiscard]] inline Interval jeffreys(const DesignedShare& d, Confidence c,
                                       EffectiveSize size = EffectiveSize::smaller) {
  const double t = detail::critical_t(c, d.degrees_of_freedom);
  return detail::designed_limits(d, adjusted_size(d, c, size), t, [&](double n) {
    const double a = n * d.share + 0.5;
    const double b = n * (1.0 - d.share) + 0.5;
    const double tail = 0.5 * c.alpha();
    return Interval{d.share == 0.0 ? 0.0 : beta_quantile(a, b, tail),
                    d.share == 1.0 ? 1.0 : beta_quantile_complement(a, b, tail)};
  });
}

}  // namespace assay
