#pragma once
/// \file
/// Exact limits for the number of successes in a finite queue.

#include <algorithm>
#include <cstdint>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/core/wide.hpp>
#include <assay/interval/discrete.hpp>
#include <assay/interval/wilson.hpp>
#include <assay/numeric/roots.hpp>
#include <assay/numeric/special.hpp>

namespace assay {

/// Two whole limits, both of them possible.
struct CountInterval {
  std::int64_t lower{0};
  std::int64_t upper{0};

  [[nodiscard]] std::int64_t width() const noexcept { return upper - lower; }
  [[nodiscard]] bool contains(std::int64_t count) const noexcept { return lower <= count && count <= upper; }

  /// The same limits as shares of the whole queue; an empty queue answers [0, 1].
  [[nodiscard]] Interval shares_of(std::int64_t population) const noexcept {
    if (population <= 0) return {0.0, 1.0};
    const auto whole = static_cast<double>(population);
    return {static_cast<double>(lower) / whole, static_cast<double>(upper) / whole};
  }

  friend bool operator==(const CountInterval&, const CountInterval&) = default;
};

namespace detail {

/// Chances within this factor of one another count as equal: rounding must not break an exact tie.
inline constexpr double tie = 1.0 + 1e-12;

inline void require_population(Trials sample, std::int64_t population) {
  constexpr std::int64_t most = std::int64_t{1} << 53U;
  if (population < 0 || population > most)
    throw InputError("a population between 0 and " + to_text(most), to_text(population));
  if (population < sample.trials())
    throw InputError("a population of at least the " + to_text(sample.trials()) + " trials", to_text(population));
}

/// P(X >= x) when `successes` of the population are.
inline double at_least(std::int64_t x, std::int64_t n, std::int64_t population, std::int64_t successes) noexcept {
  return hypergeometric_upper_tail(static_cast<double>(x), static_cast<double>(population),
                                   static_cast<double>(successes), static_cast<double>(n));
}

/// The smallest number of successes whose mean count is x or more; P(X >= x) is at least 1/2 there.
inline std::int64_t central_successes(std::int64_t x, std::int64_t n, std::int64_t population) noexcept {
  return static_cast<std::int64_t>((static_cast<Int128>(x) * population + n - 1) / n);
}

/// The smallest number of successes in the population for which P(X >= x) > tail; tail below 1/2.
inline std::int64_t hypergeometric_lower(std::int64_t x, std::int64_t n, std::int64_t population, double tail) {
  if (x == 0) return 0;
  const double z = normal_quantile(tail);
  const auto whole = static_cast<double>(population), size = static_cast<double>(n);
  const double p = (static_cast<double>(x) - 0.5) / size;
  const double k = z * z / size * (whole - size) / std::max(1.0, whole - 1.0);
  const double guess = score_limits(p, 1.0 - p, k).lower * whole;
  return first_true_near(x, central_successes(x, n, population), static_cast<std::int64_t>(guess),
                         1 + static_cast<std::int64_t>((p * whole - guess) / 64.0),
                         [&](std::int64_t successes) { return at_least(x, n, population, successes) > tail * tie; });
}

}  // namespace detail

/// Exact limits for the number of successes in a queue of `population` cases of which `sample` was drawn: every number
/// that neither one-sided test rejects at half the chance left outside.
///
/// Assumes: a simple random sample drawn without replacement; each case is a success or not.
/// Use when: the question is about this queue, above all when the sample is a good part of it; each limit holds alone.
/// Not for: the process that made the queue (clopper_pearson, wilson); unequal chances of being drawn; peeking.
/// No data: no trials answer [0, population].
///
/// \throws InputError unless the trials fit into the population and the population into 2^53.
///
/// Reference: Wright (1991), Exact Confidence Bounds when Sampling from Small Finite Universes, Springer,
/// doi:10.1007/978-1-4612-3140-0; Buonaccorsi (1987), The American Statistician 41(3):215-218
[[nodiscard]] inline CountInterval hypergeometric(Trials sample, std::int64_t population, Confidence c) {
  detail::require_population(sample, population);
  if (sample.trials() == 0) return {0, population};
  const double tail = 0.5 * c.alpha();
  return {detail::hypergeometric_lower(sample.successes(), sample.trials(), population, tail),
          population - detail::hypergeometric_lower(sample.failures(), sample.trials(), population, tail)};
}

}  // namespace assay
