#pragma once
/// \file
/// Clopper and Pearson's exact interval.

#include <algorithm>
#include <cmath>

#include <assay/core/probability.hpp>
#include <assay/numeric/special.hpp>

namespace assay {

namespace detail {

/// The p at which P(X >= x) = tail, for x >= 1 and tail <= 1/2, hence not above x / n.
inline double exact_lower(double x, double n, double tail) {
  return x == n ? std::exp(std::log(tail) / n) : std::min(x / n, beta_quantile(x, n - x + 1.0, tail));
}

/// The p at which P(X <= x) = tail, for x < n and tail <= 1/2, hence not below x / n.
inline double exact_upper(double x, double n, double tail) {
  return x == 0.0 ? -std::expm1(std::log(tail) / n) : std::max(x / n, beta_quantile_complement(x + 1.0, n - x, tail));
}

}  // namespace detail

/// Clopper-Pearson exact interval for a proportion: both one-sided tests at half the chance that is left outside.
///
/// Assumes: trials independent, one common probability.
/// Use when: the level must hold at every probability, each limit must hold on its own, or a rule names the method.
/// Not for: the shortest honest interval (blaker lies inside this one); a sample that is a good part of a finite queue
/// (hypergeometric); clustered samples; peeking.
/// No data: n == 0 answers [0, 1].
///
/// Reference: Clopper & Pearson (1934), Biometrika 26(4):404-413, doi:10.1093/biomet/26.4.404
[[nodiscard]] inline Interval clopper_pearson(Trials t, Confidence c) {
  if (t.trials() == 0) return {0.0, 1.0};
  const double tail = 0.5 * c.alpha();
  const auto n = static_cast<double>(t.trials());
  const auto x = static_cast<double>(t.successes());
  return {t.successes() == 0 ? 0.0 : detail::exact_lower(x, n, tail),
          t.failures() == 0 ? 1.0 : detail::exact_upper(x, n, tail)};
}

}  // namespace assay
