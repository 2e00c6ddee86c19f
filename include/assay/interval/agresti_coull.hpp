#pragma once
/// \file
/// Agresti and Coull's interval.

#include <algorithm>
#include <cmath>

#include <assay/core/probability.hpp>
#include <assay/numeric/special.hpp>

namespace assay {

/// Agresti-Coull interval for a proportion: the textbook interval after adding z^2 / 2 successes and as many failures,
/// clamped to [0, 1].
///
/// Assumes: trials independent, one common probability.
/// Use when: the formula must be explained in one line; it has Wilson's midpoint and is never shorter.
/// Not for: short intervals near 0 or 1 (wilson); a guarantee (blaker, clopper_pearson); clustered samples; peeking.
/// No data: n == 0 answers [0, 1].
///
/// Reference: Agresti & Coull (1998), The American Statistician 52(2):119-126, doi:10.1080/00031305.1998.10480550
[[nodiscard]] inline Interval agresti_coull(Trials t, Confidence c) {
  if (t.trials() == 0) return {0.0, 1.0};
  const double z = normal_quantile(0.5 * c.alpha());
  const double n = static_cast<double>(t.trials()) + z * z;
  const double p = (static_cast<double>(t.successes()) + 0.5 * z * z) / n;
  const double q = (static_cast<double>(t.failures()) + 0.5 * z * z) / n;
  const double half = std::abs(z) * std::sqrt(p * q / n);
  return {std::max(0.0, p - half), q <= half ? 1.0 : p + half};
}

}  // namespace assay
