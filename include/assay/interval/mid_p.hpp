#pragma once
/// \file
/// The mid-P interval.

#include <algorithm>
#include <cmath>

#include <assay/core/probability.hpp>
#include <assay/interval/clopper_pearson.hpp>
#include <assay/numeric/roots.hpp>
#include <assay/numeric/special.hpp>

namespace assay {

/// Mid-P interval for a proportion: Clopper and Pearson's tests with half the chance of the observed count.
///
/// Assumes: trials independent, one common probability.
/// Use when: Clopper-Pearson is felt to be too wide and near-nominal coverage is enough.
/// Not for: a guarantee at every probability (blaker, clopper_pearson); clustered samples; peeking. Far below the usual
/// confidences it need not hold x / n.
/// No data: n == 0 answers [0, 1].
///
/// Reference: Berry & Armitage (1995), The Statistician 44(4):417-423, doi:10.2307/2348891
[[nodiscard]] inline Interval mid_p(Trials t, Confidence c) {
  if (t.trials() == 0) return {0.0, 1.0};
  const double tail = 0.5 * c.alpha();
  const auto n = static_cast<double>(t.trials());
  const auto x = static_cast<double>(t.successes());
  if (t.successes() == 0) return {0.0, -std::expm1(std::log(c.alpha()) / n)};
  if (t.failures() == 0) return {std::exp(std::log(c.alpha()) / n), 1.0};
  const auto above = [&](double p) {
    return 0.5 * (incomplete_beta(x, n - x + 1.0, p) + incomplete_beta(x + 1.0, n - x, p)) - tail;
  };
  const auto below = [&](double p) {
    return 0.5 * (incomplete_beta_complement(x, n - x + 1.0, p) + incomplete_beta_complement(x + 1.0, n - x, p)) - tail;
  };
  // Each root lies between the exact limits for x and for one success more or less; the ends are loosened by more than
  // their rounding, also among very many trials.
  const auto root = [](const auto& f, double low, double high) {
    return find_root(f, low * (1.0 - 1e-3), std::min(1.0, high * (1.0 + 1e-3)));
  };
  // Ordered: at confidences near 0 the limits may be closer than their last digits.
  const auto [lower, upper] =
      std::minmax({root(above, detail::exact_lower(x, n, tail), detail::exact_lower(x + 1.0, n, tail)),
                   root(below, detail::exact_upper(x - 1.0, n, tail), detail::exact_upper(x, n, tail))});
  return {lower, upper};
}

}  // namespace assay
