#pragma once
/// \file
/// Interval for the mean of values between 0 and 1 that holds at any sample size, by betting.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>

namespace assay {

namespace detail {

/// What is staked at each draw, fixed before the draw is seen: a cautious share of what the spread so far allows.
[[nodiscard]] inline std::vector<double> stakes(std::span<const double> values, double alpha) {
  const auto n = static_cast<double>(values.size());
  const double reach = 2.0 * std::log(2.0 / alpha) / n;
  std::vector<double> out(values.size());
  double sum = 0.5;
  double spread = 0.25;
  double variance = 0.25;
  for (std::size_t i = 0; i < values.size(); ++i) {
    out[i] = std::sqrt(reach / variance);
    const double seen = static_cast<double>(i) + 2.0;
    sum += values[i];
    const double mean = sum / seen;
    spread += (values[i] - mean) * (values[i] - mean);
    variance = spread / seen;
  }
  return out;
}

/// Whether no value between 0 and 1 is expected of what is left: the values seen rule the mean out by themselves.
[[nodiscard]] inline bool impossible(double expected) noexcept {
  constexpr double slack = 1e-12;
  return expected < -slack || expected > 1.0 + slack;
}

/// Whether a gambler who bets that the mean is above `mean` (or below, for `side` -1) ever multiplies the stake by
/// 2 / alpha. Monotone in `mean`. `population` 0: an endless one.
[[nodiscard]] inline bool ruled_out(std::span<const double> values, std::span<const double> stakes, double mean,
                                    double side, double population, double alpha) {
  constexpr double caution = 0.5;  // a stake never risks more than this share of the capital
  const double enough = std::log(2.0 / alpha);
  double log_capital = 0.0;
  double seen = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double expected =
        population > 0.0 ? (population * mean - seen) / (population - static_cast<double>(i)) : mean;
    if (impossible(expected)) return (expected < 0.5) == (side > 0.0);
    const double room = std::fmax(side > 0.0 ? expected : 1.0 - expected, 0.0);
    const double stake = room > 0.0 ? std::min(stakes[i], caution / room) : stakes[i];
    log_capital += std::log1p(side * stake * (values[i] - expected));
    if (log_capital >= enough) return true;
    seen += values[i];
  }
  const double left = population - static_cast<double>(values.size());
  if (!(left > 0.0)) return false;
  const double expected = (population * mean - seen) / left;
  return impossible(expected) && (expected < 0.5) == (side > 0.0);
}

}  // namespace detail

/// Interval for the mean of values between 0 and 1, from the fortunes of gamblers who bet against every wrong mean.
///
/// Assumes: values come in the order of a simple random draw without replacement from `population` of them, or
/// independent of one another where no population is given. Nothing is assumed of their distribution.
/// Use when: few values, rare large ones, and the interval must hold all the same; differences between a judge's
/// prediction and an audit, rescaled, are the case it is here for.
/// Not for: counts of right and wrong (clopper_pearson and hypergeometric are exact and shorter), many values from a
/// known shape. Another order of the same values gives another interval; fix it by the key of the draw.
/// No data: no values answer [0, 1].
///
/// \throws InputError unless every value is in [0, 1] and there are at most `population` of them.
///
/// Reference: Waudby-Smith & Ramdas (2024), J. R. Stat. Soc. B 86(1):1-27, doi:10.1093/jrsssb/qkad009, section 4.
[[nodiscard]] inline Interval betting(std::span<const double> values, std::optional<std::int64_t> population,
                                      Confidence c) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!(values[i] >= 0.0 && values[i] <= 1.0))
      throw InputError("values between 0 and 1", to_text(values[i]), {"", static_cast<std::int64_t>(i)});
  if (population && *population < static_cast<std::int64_t>(values.size()))
    throw InputError("at most as many values as the population holds (" + std::to_string(*population) + ")",
                     std::to_string(values.size()));
  if (values.empty()) return {0.0, 1.0};
  const double all = population ? static_cast<double>(*population) : 0.0;
  double sum = 0.0;
  for (const double value : values) sum += value;
  if (population && *population == static_cast<std::int64_t>(values.size())) return {sum / all, sum / all};
  const std::vector<double> stakes = detail::stakes(values, c.alpha());
  const double centre = population ? std::clamp(sum / static_cast<double>(values.size()), sum / all,
                                                (sum + all - static_cast<double>(values.size())) / all)
                                   : sum / static_cast<double>(values.size());
  // Each side is an interval of ruled-out means that ends before the mean of the values: bisection finds its end.
  const auto limit = [&](double side) {
    double out = side > 0.0 ? 0.0 : 1.0;
    if (!detail::ruled_out(values, stakes, out, side, all, c.alpha())) return out;
    double in = centre;
    for (int step = 0; step < 200 && std::abs(in - out) > 1e-15 + 1e-13 * std::abs(in); ++step) {
      const double middle = 0.5 * (in + out);
      (detail::ruled_out(values, stakes, middle, side, all, c.alpha()) ? out : in) = middle;
    }
    return out;
  };
  return {limit(1.0), limit(-1.0)};
}

}  // namespace assay
