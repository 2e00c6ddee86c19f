#pragma once
/// \file
/// Allocations that know how errors spread: more audits where they are harder to measure, in whole or real numbers.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <queue>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/allocation.hpp>

namespace assay::allocation {

using RealView = std::span<const double>;

namespace detail {

inline void refuse_unless_real(RealView values, std::size_t strata, const std::string& name) {
  if (values.size() != strata)
    throw InputError("one " + name + " for each of " + std::to_string(strata) + " strata",
                     std::to_string(values.size()));
  for (std::size_t h = 0; h < strata; ++h)
    if (!(values[h] >= 0.0 && std::isfinite(values[h])))
      throw InputError("a finite " + name + " of 0 or more", to_text(values[h]), {name, static_cast<std::int64_t>(h)});
}

/// The values as parts of the largest; what is below 1e-100 of it counts as 0. So no product of them overflows.
inline std::vector<double> relative(RealView values, std::size_t strata, const std::string& name) {
  refuse_unless_real(values, strata, name);
  std::vector<double> parts(values.begin(), values.end());
  const double largest = parts.empty() ? 0.0 : *std::max_element(parts.begin(), parts.end());
  for (auto& part : parts) part = part > 1e-100 * largest ? part / largest : 0.0;
  return parts;
}

/// q_h = clamp(c weight_h, lower_h, upper_h) with the one c >= 0 for which they add up to `size`. The sum grows with c
/// along straight pieces between the points where a stratum leaves its lower or meets its upper limit: look up the
/// piece, solve it. Strata of weight 0 stay at their lower limit. Assumes a possible size.
inline std::vector<double> scaled(RealView weights, RealView lower, RealView upper, double size) {
  const auto strata = weights.size();
  std::vector<double> bends;
  for (std::size_t h = 0; h < strata; ++h)
    if (weights[h] > 0.0) {
      bends.push_back(lower[h] / weights[h]);
      bends.push_back(upper[h] / weights[h]);
    }
  std::sort(bends.begin(), bends.end());
  const auto sum_at = [&](double scale) {
    double sum = 0.0;
    for (std::size_t h = 0; h < strata; ++h) sum += std::clamp(scale * weights[h], lower[h], upper[h]);
    return sum;
  };
  const auto next = std::partition_point(bends.begin(), bends.end(), [&](double c) { return sum_at(c) < size; });
  const double high = next == bends.end() ? (bends.empty() ? 0.0 : bends.back()) : *next;
  const double low = next == bends.begin() ? high : *(next - 1);
  double fixed = 0.0;
  double free = 0.0;
  for (std::size_t h = 0; h < strata; ++h) {
    if (weights[h] > 0.0 && lower[h] / weights[h] <= low && upper[h] / weights[h] >= high)
      free += weights[h];
    else
      fixed += std::clamp(high * weights[h], lower[h], upper[h]);
  }
  const double scale = free > 0.0 && low < high ? std::clamp((size - fixed) / free, low, high) : high;
  std::vector<double> real(strata);
  for (std::size_t h = 0; h < strata; ++h) real[h] = std::clamp(scale * weights[h], lower[h], upper[h]);
  return real;
}

/// Whole numbers that make the sum of weight_h^2 / n_h as small as it can be. Each next case goes where it takes most
/// away, weight / sqrt(n (n + 1)): optimal because every term is convex. The walk starts at the real solution for one
/// case a stratum less, which that walk is sure to pass, and so takes a few steps a stratum. Strata of weight 0 gain
/// nothing from a case; what is left when all others are taken whole is shared among them proportionally.
inline Counts least_sum(CountView populations, RealView weights, Wish wish) {
  Counts sizes = least_each(populations, wish);
  const auto strata = populations.size();
  std::int64_t useful = 0;
  for (std::size_t h = 0; h < strata; ++h) useful += weights[h] > 0.0 ? populations[h] : sizes[h];
  if (wish.size >= useful) {
    Counts idle(populations.begin(), populations.end());
    for (std::size_t h = 0; h < strata; ++h)
      if (weights[h] > 0.0) {
        sizes[h] = populations[h];
        idle[h] = 0;
      }
    const std::int64_t whole = total(populations) - total(idle);
    const Counts shared = proportional(idle, {.size = wish.size - whole, .minimum = wish.minimum});
    for (std::size_t h = 0; h < strata; ++h)
      if (!(weights[h] > 0.0)) sizes[h] = shared[h];
    return sizes;
  }

  const std::vector<double> lower(sizes.begin(), sizes.end());
  const std::vector<double> upper(populations.begin(), populations.end());
  const auto start = std::max(total(sizes), wish.size - static_cast<std::int64_t>(strata));
  const std::vector<double> real = scaled(weights, lower, upper, static_cast<double>(start));
  std::int64_t left = wish.size;
  for (std::size_t h = 0; h < strata; ++h) {
    sizes[h] = std::clamp(static_cast<std::int64_t>(real[h]), sizes[h], populations[h]);
    left -= sizes[h];
  }

  // (what the next case takes away, weight, population, -stratum): on a tie the larger stratum, then the earlier.
  using Next = std::tuple<double, double, std::int64_t, std::int64_t>;
  std::priority_queue<Next> queue;
  const auto line_up = [&](std::size_t h) {
    const auto n = static_cast<double>(sizes[h]);
    const double gain = n > 0.0 ? weights[h] / std::sqrt(n * (n + 1.0)) : std::numeric_limits<double>::infinity();
    if (weights[h] > 0.0 && sizes[h] < populations[h])
      queue.emplace(gain, weights[h], populations[h], -static_cast<std::int64_t>(h));
  };
  for (std::size_t h = 0; h < strata; ++h) line_up(h);
  for (; left > 0; --left) {
    const auto h = static_cast<std::size_t>(-std::get<3>(queue.top()));
    queue.pop();
    ++sizes[h];
    line_up(h);
  }
  return sizes;
}

}  // namespace detail

/// The allocation with the smallest variance of the overall score; exact, in whole numbers.
///
/// `spreads` holds each stratum's standard deviation of the score; for an error rate p that is sqrt(p (1 - p)).
/// Assumes: spreads known well enough; wrong ones cost sharpness, never validity.
/// Use when: last period's error rates by stratum are at hand, and one overall number matters most.
/// Not for: spreads of 0 that rest on a handful of audits: such a stratum gets the minimum and stays unknown.
/// No data: spreads that are all 0 answer the proportional allocation.
/// \throws InputError when a spread is negative or not finite, or there is not one for each stratum.
///
/// Reference: Neyman (1934), JRSS 97(4):558-625; Wright (2012), "The equivalence of Neyman optimum allocation for
/// sampling and equal proportions for apportioning the U.S. House of Representatives", American Statistician
/// 66(4):217-224; Wright (2017), "Exact optimal sample allocation: more efficient than Neyman", Statistics &
/// Probability Letters 129:50-57.
[[nodiscard]] inline Counts neyman(CountView populations, RealView spreads, Wish wish) {
  std::vector<double> weights = detail::relative(spreads, populations.size(), "spread");
  for (std::size_t h = 0; h < weights.size(); ++h) weights[h] *= static_cast<double>(populations[h]);
  return detail::least_sum(populations, weights, wish);
}

/// Neyman's allocation in real numbers, between limits of one's own: lower_h <= n_h <= upper_h.
///
/// Use when: what-if tables and other optimisers need the exact optimum before rounding.
/// \throws InputError for a population or limits below 0, limits that cross, or a size that lies outside their sums.
///
/// Reference: Wesolowski, Wieczorkowski & Wojciak (2022), "Optimality of the recursive Neyman allocation", J. Survey
/// Statistics and Methodology 10(5):1263-1275 (upper limits); the solution with both kinds of limits is the same
/// clamp(c N_h S_h), whose c is found here by looking up the piece of a piecewise straight line.
[[nodiscard]] inline std::vector<double> neyman_real(CountView populations, RealView spreads, RealView lower,
                                                     RealView upper, double size) {
  const auto strata = populations.size();
  std::vector<double> weights = detail::relative(spreads, strata, "spread");
  detail::refuse_unless_real(lower, strata, "lower limit");
  detail::refuse_unless_real(upper, strata, "upper limit");
  std::vector<double> idle(strata);
  double useful = 0.0;
  for (std::size_t h = 0; h < strata; ++h) {
    if (populations[h] < 0)
      throw InputError("a population of 0 or more", to_text(populations[h]),
                       {"population", static_cast<std::int64_t>(h)});
    if (lower[h] > upper[h])
      throw InputError("a lower limit of at most the upper one, " + to_text(upper[h]), to_text(lower[h]),
                       {"lower limit", static_cast<std::int64_t>(h)});
    weights[h] *= static_cast<double>(populations[h]);
    idle[h] = weights[h] > 0.0 ? 0.0 : static_cast<double>(populations[h]);
    useful += weights[h] > 0.0 ? upper[h] : lower[h];
  }
  const double least = std::accumulate(lower.begin(), lower.end(), 0.0);
  const double most = std::accumulate(upper.begin(), upper.end(), 0.0);
  if (!(size >= least && size <= most))
    throw InputError("a size between " + to_text(least) + " and " + to_text(most) + ", the sums of the limits",
                     to_text(size));
  if (size <= useful) return detail::scaled(weights, lower, upper, size);
  std::vector<double> whole(lower.begin(), lower.end());  // more than the strata with any spread can take
  for (std::size_t h = 0; h < strata; ++h)
    if (weights[h] > 0.0) whole[h] = upper[h];
  return detail::scaled(idle, whole, upper, size);
}

/// Between one sharp overall number and equally sharp strata: makes the sum of (importance_h^exponent times relative
/// standard error_h)^2 as small as it can be; exact, in whole numbers.
///
/// `importance` is how much a stratum counts (its cases, views or total), `variation` the coefficient of variation of
/// the score within it, `exponent` how far importance counts: 0 makes all strata equally sharp, 1 with importance = the
/// stratum's total is Neyman's allocation, 1/2 is a usual compromise.
/// \throws InputError for an exponent outside [0, 1], or values that are negative or not finite.
///
/// Reference: Bankier (1988), "Power allocations: determining sample sizes for subnational areas", American
/// Statistician 42(3):174-177.
[[nodiscard]] inline Counts power(CountView populations, RealView importance, RealView variation, double exponent,
                                  Wish wish) {
  const auto parts = detail::relative(importance, populations.size(), "importance");
  std::vector<double> weights = detail::relative(variation, populations.size(), "variation");
  if (!(exponent >= 0.0 && exponent <= 1.0)) throw InputError("an exponent between 0 and 1", to_text(exponent));
  for (std::size_t h = 0; h < weights.size(); ++h) weights[h] *= std::pow(parts[h], exponent);
  return detail::least_sum(populations, weights, wish);
}

}  // namespace assay::allocation
