#pragma once
/// \file
/// Jeffreys' interval.

#include <algorithm>

#include <assay/core/probability.hpp>
#include <assay/numeric/special.hpp>

namespace assay {

/// Jeffreys interval for a proportion: equal tails of the beta posterior under the prior Beta(1/2, 1/2), with the limit
/// 0 where nothing succeeded and 1 where everything did.
///
/// Assumes: trials independent, one common probability.
/// Use when: a Bayesian reading is wanted that also covers near its level on average.
/// Not for: a guarantee at every probability (blaker, clopper_pearson); clustered samples; peeking. Far below the usual
/// confidences it need not hold x / n, which is not the posterior's median.
/// No data: n == 0 answers [0, 1].
///
/// Reference: Brown, Cai & DasGupta (2001), Statistical Science 16(2):101-133, doi:10.1214/ss/1009213286
[[nodiscard]] inline Interval jeffreys(Trials t, Confidence c) {
  const double tail = 0.5 * c.alpha();
  const double a = static_cast<double>(t.successes()) + 0.5;
  const double b = static_cast<double>(t.failures()) + 0.5;
  // Ordered: at confidences near 0 the limits may be closer than their last digits.
  const auto [lower, upper] = std::minmax({t.successes() == 0 ? 0.0 : beta_quantile(a, b, tail),
                                           t.failures() == 0 ? 1.0 : beta_quantile_complement(a, b, tail)});
  return {lower, upper};
}

}  // namespace assay
