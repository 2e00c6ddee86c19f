#pragma once
/// \file
/// The half-width to expect of one sample of equal weights, by Wilson's and by exact limits, and the samples that have
/// a wished one.
///
/// Reference: Wilson (1927), JASA 22(158):209-212; Clopper & Pearson (1934), Biometrika 26(4):404-413.

#include <algorithm>
#include <cmath>

#include <assay/core/probability.hpp>
#include <assay/numeric/special.hpp>

namespace assay::allocation::detail {

/// Half the width of Wilson's interval at this rate, when the effective sample size is 1 / v.
inline double wilson_half_width(double rate, double v, double z) {
  const double k = z * z * v;
  if (!(k < 1e150)) return 0.5;
  return std::sqrt(k * rate * (1.0 - rate) + 0.25 * k * k) / (1.0 + k);
}

/// The largest 1 / n for which that half-width is at most `width` (a quadratic equation).
inline double wilson_inverse(double rate, double width, double z) {
  const double a = 0.25 - width * width;
  const double b = rate * (1.0 - rate) - 2.0 * width * width;
  return 2.0 * width * width / (b + std::sqrt(b * b + 4.0 * a * width * width)) / (z * z);
}

/// Half the width of exact limits for a whole stratum, v = 1 / size - 1 / population: those of Clopper and Pearson for
/// 1 / v trials, whose step of half a case is as much too small as the whole numbers of the limits are too wide.
inline double exact_half_width(double rate, double v, Confidence confidence) {
  if (!(v > 0.0)) return 0.0;
  const double n = 1.0 / v;
  if (n > 1e9) return wilson_half_width(rate, v, normal_quantile(0.5 * confidence.alpha()));
  if (n < 1e-3) return 0.5;
  const double wrong = rate * n;
  const double tail = 0.5 * confidence.alpha();
  const double lower = beta_quantile(wrong, n - wrong + 1.0, tail);
  const double upper = beta_quantile_complement(wrong + 1.0, n - wrong, tail);
  return 0.5 * (upper - lower);
}

/// The largest v for which a half-width that grows with v is at most `width`, looked for from `guess` on.
template <class HalfWidth>
double inverse_of(const HalfWidth& half_width, double width, double guess) {
  double high = std::log(guess);
  while (high < 7.0 && half_width(std::exp(high)) <= width) high += 0.1;
  double low = high - 1.0;
  while (low > -90.0 && half_width(std::exp(low)) > width) high = low, low -= 1.0;
  double at_low = std::log(half_width(std::exp(low)) / width);
  double at_high = std::log(half_width(std::exp(high)) / width);
  for (int round = 0; round < 60 && high - low > 1e-10; ++round) {  // by secants, halving where they are slow
    const double secant = low - at_low * (high - low) / (at_high - at_low) - 1e-12;
    const double middle = round % 4 == 3 ? 0.5 * (low + high) : std::clamp(secant, low, high);
    const double at = std::log(half_width(std::exp(middle)) / width);
    (at <= 0.0 ? low : high) = middle;
    (at <= 0.0 ? at_low : at_high) = at;
    if (at <= 0.0 && at > -1e-9) break;
  }
  return std::exp(low);
}

/// The largest v for which exact limits have at most this half-width.
inline double exact_inverse(double rate, double width, Confidence confidence) {
  const double z = normal_quantile(0.5 * confidence.alpha());
  return inverse_of([&](double v) { return exact_half_width(rate, v, confidence); }, width,
                    wilson_inverse(rate, width, z));  // about right; for rates near 0 a little too narrow
}

}  // namespace assay::allocation::detail
