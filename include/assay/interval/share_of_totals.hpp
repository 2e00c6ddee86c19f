#pragma once
/// \file
/// The interval of a / (a + b), made from the intervals of the two totals.

#include <algorithm>
#include <cmath>
#include <utility>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>

namespace assay {

namespace detail {

/// The smallest r >= 0 for which a - r b is not further from 0 than its two parts are from their limits.
inline double least_ratio(double a, double below_a, double b, double above_b) noexcept {
  const double settled = a * a - below_a * below_a;
  const double spread = a * a * above_b * above_b + b * b * below_a * below_a - below_a * below_a * above_b * above_b;
  const double divisor = a * b + std::sqrt(std::max(0.0, spread));
  return settled > 0.0 && divisor > 0.0 ? settled / divisor : 0.0;
}

}  // namespace detail

/// Interval of the share a / (a + b) of two totals that are estimated apart, by the method of variance estimates
/// recovery: every share s for which (1 - s) a - s b is within what the two intervals together allow.
///
/// Assumes: both intervals have the same level and limits of 0 or more; the estimates are nearly independent.
/// Use when: the share hangs on a few heavily weighted cases, as recall does on leaks: each total brings its own
/// lopsided limits, and neither is mistaken for the other's sample size. Not for: simple random samples (wilson, of the
/// cases in the denominator). No data: two totals of 0 answer [0, 1].
///
/// \throws InputError unless the totals are finite, 0 or more, and within their limits.
///
/// Reference: Zou & Donner (2008), Statistics in Medicine 27(10):1693-1702, doi:10.1002/sim.3095; Donner & Zou (2012),
/// Statistical Methods in Medical Research 21(4):347-359
[[nodiscard]] inline Interval share_of_totals(double a, Interval limits_a, double b, Interval limits_b) {
  for (const auto& [total, limits] : {std::pair{a, limits_a}, std::pair{b, limits_b}})
    if (!(total >= 0.0 && std::isfinite(total) && limits.lower >= 0.0 && limits.contains(total)))
      throw InputError("totals of 0 or more within their limits",
                       to_text(total) + " and [" + to_text(limits.lower) + ", " + to_text(limits.upper) + "]");
  if (a == 0.0 && b == 0.0) return {0.0, 1.0};
  const double share = a / (a + b);
  const double low = detail::least_ratio(a, a - limits_a.lower, b, limits_b.upper - b);
  const double high = detail::least_ratio(b, b - limits_b.lower, a, limits_a.upper - a);
  return {std::clamp(low / (1.0 + low), 0.0, share), std::clamp(1.0 / (1.0 + high), share, 1.0)};
}

}  // namespace assay
