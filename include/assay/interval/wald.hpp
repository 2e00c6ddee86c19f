#pragma once
/// \file
/// The textbook interval, for comparison only.

#include <cmath>

#include <assay/interval/designed_share.hpp>
#include <assay/interval/korn_graubard.hpp>

namespace assay {

/// Wald interval: the share, give or take Student's t standard errors, clamped to [0, 1]. Never a default: it covers
/// far too seldom where shares are near 0 or 1, which is where audits live.
///
/// Assumes: the estimate is normal. At a share of 0 or 1, where the method would claim certainty, korn_graubard
/// answers; where the standard error is 0 at another share, Kish's size gives one. Use when: another interval is to be
/// compared with what a spreadsheet says. Not for: anything else. No data, or no degrees of freedom: [0, 1].
///
/// \throws InputError as effective_size does.
///
/// Reference: Brown, Cai & DasGupta (2001), Statistical Science 16(2):101-133, doi:10.1214/ss/1009213286
[[nodiscard]] inline Interval wald(const DesignedShare& d, Confidence c, EffectiveSize size = EffectiveSize::smaller) {
  const double t = detail::critical_t(c, d.degrees_of_freedom);
  const double effective = effective_size(d, size);
  if (d.share == 0.0 || d.share == 1.0) return korn_graubard(d, c, size);
  return detail::designed_limits(d, effective, t, [&](double n) {
    const double half = t * std::sqrt(d.share * (1.0 - d.share) / n);
    return Interval{d.share - half, d.share + half};
  });
}

}  // namespace assay
