#pragma once
/// \file
/// Limits of a share in a finite queue, from those of an endless process.

#include <algorithm>
#include <cmath>

#include <assay/core/probability.hpp>

namespace assay {

/// Limits drawn in towards their share by the root of what the finite population leaves of the variance: each one's
/// distance to the end of the scale on its side (0 or 1) shrinks towards the share's, as ratios do. A lower limit near
/// 0 then stays near 0, where a part of the plain distance would lift it most of all: after one event among few.
///
/// Assumes: limits between 0 and 1 that hold the share. Use when: limits of weighted events (weighted_beta) are to be
/// about these cases and not about what made them. Not for: one whole stratum (hypergeometric is exact).
/// A factor of 1 changes nothing, one of 0 answers the share.
[[nodiscard]] inline Interval drawn_in(double share, Interval limits, double factor) noexcept {
  const double left = std::sqrt(std::clamp(factor, 0.0, 1.0));
  if (left == 0.0) return {share, share};
  const auto towards = [left](double end, double limit) {
    return limit > 0.0 ? end * std::pow(limit / end, left) : 0.0;
  };
  return {share > 0.0 ? towards(share, limits.lower) : 0.0,
          share < 1.0 ? 1.0 - towards(1.0 - share, 1.0 - limits.upper) : 1.0};
}

}  // namespace assay
