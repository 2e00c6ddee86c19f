#pragma once
/// \file
/// The interval on the scale where a share's variance is nearly constant.

#include <algorithm>
#include <cmath>

#include <assay/interval/designed_share.hpp>
#include <assay/interval/korn_graubard.hpp>

namespace assay {

/// Arcsine interval: the angle asin(sqrt(share)), give or take t / (2 sqrt(n effective)), kept within a quarter turn:
/// past its end the sine would turn back and the limits with it.
///
/// Assumes: the angle is about normal. At a share of 0 or 1 it would claim a third of what is honest: korn_graubard
/// answers there.
/// Use when: numbers must agree with software that offers it (with EffectiveSize::plug_in).
/// Not for: a default; it covers too seldom near 0 and 1 (Franco et al. 2019), wilson does not. No data, or no degrees
/// of freedom: [0, 1].
///
/// \throws InputError as effective_size does.
///
/// Reference: Franco, Little, Louis & Slud (2019), J. Surv. Stat. Methodol. 7(3):334-364, doi:10.1093/jssam/smy019
[[nodiscard]] inline Interval arcsine(const DesignedShare& d, Confidence c,
                                      EffectiveSize size = EffectiveSize::smaller) {
  const double t = detail::critical_t(c, d.degrees_of_freedom);
  const double effective = effective_size(d, size);
  if (d.share == 0.0 || d.share == 1.0) return korn_graubard(d, c, size);
  return detail::designed_limits(d, effective, t, [&](double n) {
    constexpr double quarter_turn = 1.57079632679489661923;
    const double angle = std::asin(std::sqrt(d.share));
    const double half = 0.5 * t / std::sqrt(n);
    const auto share = [](double at) { return std::sin(at) * std::sin(at); };
    return Interval{share(std::max(0.0, angle - half)), angle + half >= quarter_turn ? 1.0 : share(angle + half)};
  });
}

}  // namespace assay
