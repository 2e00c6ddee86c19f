#pragma once
/// \file
/// Allocations between limits of one's own for each stratum, and allocations that weigh what an audit costs.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <queue>
#include <string>
#include <tuple>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/neyman.hpp>

namespace assay::allocation {

/// At least and at most so many cases in each stratum.
struct Limits {
  Counts least{};
  Counts most{};
};

namespace detail {

inline Limits checked(CountView populations, Limits limits) {
  const std::size_t strata = populations.size();
  if (strata == 0) throw InputError("at least one stratum", "none");
  const auto each = [&](const Counts& values, const std::string& name) {
    if (values.size() != strata)
      throw InputError("one " + name + " for each of " + std::to_string(strata) + " strata",
                       std::to_string(values.size()));
  };
  each(limits.least, "least size");
  each(limits.most, "most size");
  for (std::size_t h = 0; h < strata; ++h) {
    const auto row = static_cast<std::int64_t>(h);
    if (populations[h] < 0) throw InputError("a population of 0 or more", to_text(populations[h]), {"population", row});
    if (limits.most[h] > populations[h])
      throw InputError("a most size of at most the population, " + to_text(populations[h]), to_text(limits.most[h]),
                       {"most", row});
    if (limits.least[h] < 0 || limits.least[h] > limits.most[h])
      throw InputError("a least size between 0 and the most size, " + to_text(limits.most[h]), to_text(limits.least[h]),
                       {"least", row});
  }
  return limits;
}

/// From `sizes` upwards, each next case goes where `gain` (weight^2 / (n (n + 1)) over what a case costs) is largest,
/// as long as `pay(h)` agrees. On a tie the larger stratum, then the earlier.
template <class Gain, class Pay>
void climb(CountView populations, const Counts& most, Counts& sizes, const Gain& gain, const Pay& pay) {
  using Next = std::tuple<double, std::int64_t, std::int64_t>;
  std::priority_queue<Next> queue;
  const auto line_up = [&](std::size_t h) {
    if (sizes[h] < most[h]) queue.emplace(gain(h, sizes[h]), populations[h], -static_cast<std::int64_t>(h));
  };
  for (std::size_t h = 0; h < sizes.size(); ++h) line_up(h);
  while (!queue.empty()) {
    const auto h = static_cast<std::size_t>(-std::get<2>(queue.top()));
    queue.pop();
    if (!pay(h)) continue;
    ++sizes[h];
    line_up(h);
  }
}

/// What the next case takes from the sum of weight^2 / n; without weight nothing, and then proportional to the rest.
inline double taken(double weight, std::int64_t n) {
  const auto held = static_cast<double>(n);
  return n == 0 ? (weight > 0.0 ? std::numeric_limits<double>::infinity() : 0.0)
                : weight / (held * (held + 1.0)) * weight;
}

}  // namespace detail

/// Neyman's allocation between limits, in whole numbers that add up: the smallest sum of (N_h S_h)^2 / n_h.
///
/// Assumes: spreads known well enough; wrong ones cost sharpness, never validity.
/// Use when: some strata have a contract, a capacity or a floor of their own.
/// Not for: limits that are wishes for precision: those belong in `domain_allocation`.
/// The real solution is met within one case a stratum and improved by a heap: exact, because each term is convex.
/// \throws InputError for limits that cross, exceed the population or cannot hold the size, and for spreads that are
/// negative or not finite.
///
/// Reference: Wesolowski, Wieczorkowski & Wojciak (2024), "Recursive Neyman algorithm for optimum sample allocation
/// under box constraints on sample sizes in strata", Survey Methodology 50(2); Wright (2017), Statistics & Probability
/// Letters 129:50-57.
[[nodiscard]] inline Counts boxed(CountView populations, RealView spreads, const Limits& wished, std::int64_t size) {
  const Limits limits = detail::checked(populations, wished);
  const std::size_t strata = populations.size();
  std::vector<double> weights = detail::relative(spreads, strata, "spread");
  for (std::size_t h = 0; h < strata; ++h) weights[h] *= static_cast<double>(populations[h]);
  const std::int64_t fewest = detail::total(limits.least);
  const std::int64_t most = detail::total(limits.most);
  if (size < fewest || size > most)
    throw InputError("a size between " + to_text(fewest) + " and " + to_text(most) + ", the sums of the limits",
                     to_text(size));
  // One case a stratum short of the size, so that rounding down never passes the optimum.
  const auto start = std::max(fewest, size - static_cast<std::int64_t>(strata));
  const std::vector<double> lower(limits.least.begin(), limits.least.end());
  const std::vector<double> upper(limits.most.begin(), limits.most.end());
  const auto real = neyman_real(populations, spreads, lower, upper, static_cast<double>(start));
  Counts sizes(strata);
  for (std::size_t h = 0; h < strata; ++h)
    sizes[h] = std::clamp(static_cast<std::int64_t>(real[h]), limits.least[h], limits.most[h]);
  std::int64_t left = size - detail::total(sizes);
  detail::climb(
      populations, limits.most, sizes, [&](std::size_t h, std::int64_t n) { return detail::taken(weights[h], n); },
      [&](std::size_t) { return left > 0 && left-- > 0; });
  return sizes;
}

/// The allocation that a budget buys: as little variance of the overall score as costs allow, in whole numbers.
struct Bought {
  Counts sizes{};
  double cost{0.0};            ///< of these sizes; at most the budget
  double variance{0.0};        ///< sum of (N_h S_h)^2 / n_h
  double least_variance{0.0};  ///< of real numbers at the same budget: no whole numbers can do better
};

/// Cost-optimal allocation: n_h proportional to N_h S_h / sqrt(cost_h) between limits, rounded down, and the money that
/// is left spent where it takes most variance away for its price. Optimal but for the last few audits;
/// `least_variance` says how far.
///
/// Use when: an audit in one queue costs more than in another (language, length, a second expert).
/// \throws InputError for a budget that cannot pay the least sizes, costs that are not finite and above 0, and as
/// `boxed` does.
///
/// Reference: Cochran (1977), Sampling Techniques, 3rd ed., section 5.5.
[[nodiscard]] inline Bought bought(CountView populations, RealView spreads, RealView costs, const Limits& wished,
                                   double budget) {
  const Limits limits = detail::checked(populations, wished);
  const std::size_t strata = populations.size();
  detail::refuse_unless_real(spreads, strata, "spread");
  detail::refuse_unless_real(costs, strata, "cost");
  std::vector<double> weights(strata), paid(strata), lower(strata), upper(strata);
  double fewest = 0.0, all = 0.0;
  for (std::size_t h = 0; h < strata; ++h) {
    if (!(costs[h] > 0.0))
      throw InputError("a finite cost above 0", to_text(costs[h]), {"cost", static_cast<std::int64_t>(h)});
    weights[h] = static_cast<double>(populations[h]) * spreads[h];
    paid[h] = weights[h] * std::sqrt(costs[h]);  // money spent in the stratum is proportional to this
    lower[h] = costs[h] * static_cast<double>(limits.least[h]);
    upper[h] = costs[h] * static_cast<double>(limits.most[h]);
    fewest += lower[h];
    all += upper[h];
  }
  if (!(budget >= fewest && std::isfinite(budget)))
    throw InputError("a budget of at least " + to_text(fewest) + ", what the least sizes cost", to_text(budget), {},
                     "raise the budget, or lower the least sizes");
  const auto money = detail::scaled(paid, lower, upper, std::min(budget, all));
  Bought out{.sizes = Counts(strata)};
  for (std::size_t h = 0; h < strata; ++h) {
    const double n = money[h] / costs[h];
    if (weights[h] > 0.0) out.least_variance += weights[h] / n * weights[h];
    out.sizes[h] = std::clamp(static_cast<std::int64_t>(n), limits.least[h], limits.most[h]);
    out.cost += costs[h] * static_cast<double>(out.sizes[h]);
  }
  detail::climb(
      populations, limits.most, out.sizes,
      [&](std::size_t h, std::int64_t n) { return detail::taken(weights[h], n) / costs[h]; },
      [&](std::size_t h) {
        const bool can = weights[h] > 0.0 && out.cost + costs[h] <= budget;
        out.cost += can ? costs[h] : 0.0;
        return can;
      });
  for (std::size_t h = 0; h < strata; ++h)
    if (weights[h] > 0.0) out.variance += weights[h] / static_cast<double>(out.sizes[h]) * weights[h];
  return out;
}

/// The same shape for a number of audits instead of a budget: n_h proportional to N_h S_h / sqrt(cost_h), whole numbers
/// that add up to the size (the smallest sum of (N_h S_h)^2 / (cost_h n_h)).
[[nodiscard]] inline Counts cost_weighted(CountView populations, RealView spreads, RealView costs, const Limits& limits,
                                          std::int64_t size) {
  detail::refuse_unless_real(spreads, populations.size(), "spread");
  detail::refuse_unless_real(costs, populations.size(), "cost");
  std::vector<double> cheapened(spreads.begin(), spreads.end());
  for (std::size_t h = 0; h < cheapened.size(); ++h) {
    if (!(costs[h] > 0.0))
      throw InputError("a finite cost above 0", to_text(costs[h]), {"cost", static_cast<std::int64_t>(h)});
    cheapened[h] /= std::sqrt(costs[h]);
  }
  return boxed(populations, cheapened, limits, size);
}

}  // namespace assay::allocation
