#pragma once
/// \file
/// Agresti and Coull's interval of a share from a complex sample.

#include <cmath>

#include <assay/interval/designed_share.hpp>

namespace assay {

/// Agresti-Coull interval on the effective size, adjusted for the degrees of freedom: the textbook interval after
/// adding z^2 / 2 successes and as many failures, clamped to [0, 1].
///
/// Assumes: the effective size is about right.
/// Use when: the formula must be explained in one line. Not for: short intervals near 0 or 1 (wilson). No data, or no
/// degrees of freedom: [0, 1].
///
/// \throws InputError as effective_size does.
///
/// Reference: Dean & Pagano (2015), J. Surv. Stat. Methodol. 3(4):484-503, doi:10.1093/jssam/smv024
[[nodiscard]] inline Interval agresti_coull(const DesignedShare& d, Confidence c,
                                            EffectiveSize size = EffectiveSize::smaller) {
  const double t = detail::critical_t(c, d.degrees_of_freedom);
  return detail::designed_limits(d, adjusted_size(d, c, size), t, [&](double effective) {
    const double z = normal_quantile(0.5 * c.alpha());
    const double n = effective + z * z;
    const double p = (effective * d.share + 0.5 * z * z) / n;
    const double q = (effective * (1.0 - d.share) + 0.5 * z * z) / n;
    const double half = std::abs(z) * std::sqrt(p * q / n);
    return Interval{p - half, q <= half ? 1.0 : p + half};
  });
}

}  // namespace assay
