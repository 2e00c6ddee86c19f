#pragma once
/// \file
/// Wilson's score interval.

#include <algorithm>
#include <cmath>

#include <assay/core/probability.hpp>
#include <assay/numeric/special.hpp>

namespace assay {

namespace detail {

/// The t for which |p - t| = c sqrt(t (1 - t) / n), given p, 1 - p and k = c^2 / n; without cancellation at either end.
inline Interval score_limits(double p, double q, double k) noexcept {
  if (!(k < 1e150)) return {0.0, 1.0};
  if (k == 0.0) return {p, p};
  const double spread = std::sqrt(k * p * q + 0.25 * k * k);
  const double lower_root = p * p / (p + 0.5 * k + spread);
  const double upper_root = q * q / (q + 0.5 * k + spread);
  const double lower = p <= q ? lower_root : 1.0 - (q + 0.5 * k + spread) / (1.0 + k);
  const double upper = q <= p ? 1.0 - upper_root : (p + 0.5 * k + spread) / (1.0 + k);
  return {std::clamp(lower, 0.0, p), std::clamp(upper, p, 1.0)};
}

}  // namespace detail

/// Wilson score interval for a proportion.
///
/// Assumes: trials independent, one common probability.
/// Use when: a headline rate needs an interval and n is at least a handful; coverage is near the level on average.
/// Not for: clustered or weighted samples (give wilson an effective sample size, effective.hpp), a guarantee at every
/// probability (clopper_pearson, blaker), or peeking while data arrive.
/// No data: n == 0 answers [0, 1]: everything is still possible.
///
/// Reference: Wilson (1927), JASA 22(158):209-212, doi:10.1080/01621459.1927.10502953
[[nodiscard]] inline Interval wilson(Trials t, Confidence c) {
  if (t.trials() == 0) return {0.0, 1.0};
  const auto n = static_cast<double>(t.trials());
  const double z = normal_quantile(0.5 * c.alpha());
  return detail::score_limits(static_cast<double>(t.successes()) / n, static_cast<double>(t.failures()) / n, z * z / n);
}

}  // namespace assay
