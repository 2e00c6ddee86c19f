#pragma once
/// \file
/// Wilson's score interval with the correction for continuity.

#include <assay/interval/wilson.hpp>

namespace assay {

/// Wilson score interval for a proportion, corrected for continuity: all shares t for which x is no further from n t
/// than half a case beyond what the normal distribution allows.
///
/// Assumes: trials independent, one common probability.
/// Use when: two shares are compared and the claim of a difference must be wrong in at most 1 - level of cases whatever
/// the share is (difference.hpp): what `wilson` keeps on average over shares, this keeps at nearly every one.
/// Not for: reporting one share: it is wider than it need be on average (wilson), and no guarantee (clopper_pearson).
/// No data: n == 0 answers [0, 1].
///
/// Reference: Newcombe (1998), Statistics in Medicine 17(8):857-872, method 4; Blyth & Still (1983), JASA
/// 78(381):108-116
[[nodiscard]] inline Interval wilson_continuity(Trials t, Confidence c) {
  if (t.trials() == 0) return {0.0, 1.0};
  const auto n = static_cast<double>(t.trials());
  const auto x = static_cast<double>(t.successes());
  const auto y = static_cast<double>(t.failures());
  const double z = normal_quantile(0.5 * c.alpha());
  const double k = z * z / n;
  return {x == 0.0 ? 0.0 : detail::score_limits((x - 0.5) / n, (y + 0.5) / n, k).lower,
          y == 0.0 ? 1.0 : detail::score_limits((x + 0.5) / n, (y - 0.5) / n, k).upper};
}

}  // namespace assay
