#pragma once
/// \file
/// How often a method's interval holds the truth, by going through every count that can be seen: no simulation.

#include <algorithm>
#include <cstdint>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/interval/discrete.hpp>
#include <assay/interval/hypergeometric.hpp>

namespace assay {

namespace detail {

inline bool holds(Interval limits, std::int64_t successes, std::int64_t population) noexcept {
  return limits.contains(static_cast<double>(successes) / static_cast<double>(population));
}
inline bool holds(CountInterval limits, std::int64_t successes, std::int64_t) noexcept {
  return limits.contains(successes);
}

/// Adds the chances of the counts from `low` to `high` for which `held` is true, from `mode` outwards until what is
/// left cannot matter.
template <class Chance, class Held>
double chance_held(std::int64_t low, std::int64_t high, std::int64_t mode, const Chance& chance, const Held& held) {
  constexpr double negligible = 1e-20;
  double sum = 0.0;
  for (std::int64_t x = mode; x <= high; ++x) {
    const double here = chance(static_cast<double>(x));
    if (here < negligible) break;
    if (held(x)) sum += here;
  }
  for (std::int64_t x = mode - 1; x >= low; --x) {
    const double here = chance(static_cast<double>(x));
    if (here < negligible) break;
    if (held(x)) sum += here;
  }
  return sum;
}

}  // namespace detail

/// The chance that `method(Trials)` holds p, when n independent trials succeed with probability p.
///
/// Use when: an interval method is chosen or defended. Counts rarer than 1e-20 are left out.
/// \throws InputError unless 0 <= p <= 1 and n >= 0.
template <class Method>
[[nodiscard]] double binomial_coverage(double p, std::int64_t n, const Method& method) {
  if (!(p >= 0.0 && p <= 1.0)) throw InputError("a probability between 0 and 1", to_text(p));
  if (n < 0) throw InputError("a number of trials of 0 or more", to_text(n));
  const auto size = static_cast<double>(n);
  return detail::chance_held(
      0, n, static_cast<std::int64_t>(size * p), [&](double x) { return detail::binomial_chance(x, size, p, 1.0 - p); },
      [&](std::int64_t x) { return method(Trials{x, n}).contains(p); });
}

/// The chance that `method(Trials)` holds the truth, when n of `population` cases are drawn without replacement and
/// `successes` of them are successes. The method may answer counts (CountInterval) or shares (Interval).
///
/// Use when: an interval method for a finite queue is chosen or defended. Counts rarer than 1e-20 are left out.
/// \throws InputError unless 0 <= successes <= population and 0 < n <= population.
template <class Method>
[[nodiscard]] double hypergeometric_coverage(std::int64_t population, std::int64_t successes, std::int64_t n,
                                             const Method& method) {
  if (n < 1) throw InputError("a sample of 1 or more", to_text(n));
  detail::require_population(Trials{0, n}, population);
  if (successes < 0 || successes > population)
    throw InputError("successes between 0 and " + to_text(population), to_text(successes));
  const auto whole = static_cast<double>(population), size = static_cast<double>(n);
  const auto good = static_cast<double>(successes);
  const std::int64_t low = n + successes > population ? n + successes - population : 0;
  const std::int64_t high = n < successes ? n : successes;
  return detail::chance_held(
      low, high, std::clamp(static_cast<std::int64_t>(size * (good / whole)), low, high),
      [&](double x) { return detail::hypergeometric_chance(x, whole, good, size); },
      [&](std::int64_t x) { return detail::holds(method(Trials{x, n}), successes, population); });
}

}  // namespace assay
