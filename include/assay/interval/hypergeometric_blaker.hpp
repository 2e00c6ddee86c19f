#pragma once
/// \file
/// Blaker's exact limits for the number of successes in a finite queue.

#include <algorithm>
#include <cstdint>

#include <assay/core/probability.hpp>
#include <assay/interval/hypergeometric.hpp>
#include <assay/numeric/roots.hpp>

namespace assay {

namespace detail {

/// The smallest accepted number of successes M. M is accepted when P(X >= x) + P(X <= k) > alpha with the largest k for
/// which P(X <= k) <= P(X >= x). While k stays, that sum first falls and then rises in M; k never falls.
inline std::int64_t hypergeometric_blaker_lower(std::int64_t x, std::int64_t n, std::int64_t population, double alpha) {
  if (x == 0) return 0;
  const double bar = std::min(alpha * tie, 1.0 - 1e-12);  // below 1: what is certain is accepted at any confidence
  const std::int64_t centre = central_successes(x, n, population);
  const auto above = [&](std::int64_t successes) { return at_least(x, n, population, successes); };
  const auto below = [&](std::int64_t count, std::int64_t successes) {
    return count < 0 ? 0.0 : at_least(n - count, n, population, population - successes);
  };
  const auto rivals = [&](std::int64_t count, std::int64_t successes) {
    return below(count, successes) <= above(successes) * tie;
  };
  std::int64_t successes = hypergeometric_lower(x, n, population, 0.5 * alpha);
  while (successes < centre) {
    const double tail = above(successes) * tie;
    const auto mirror = static_cast<std::int64_t>(2.0 * static_cast<double>(n) * static_cast<double>(successes) /
                                                  static_cast<double>(population)) -
                        x;
    const std::int64_t next =
        first_true_near(0, x, mirror, 1, [&](std::int64_t count) { return below(count, successes) > tail; });
    const auto accepted = [&](std::int64_t at) { return above(at) + below(next - 1, at) > bar; };
    if (accepted(successes)) return successes;
    const std::int64_t jump = first_true(successes + 1, centre, [&](std::int64_t at) { return rivals(next, at); });
    const std::int64_t crossing = first_true(successes + 1, jump, accepted);
    if (crossing < jump) return crossing;
    successes = jump;
  }
  return centre;
}

}  // namespace detail

/// Blaker's exact limits for the number of successes in a queue of `population` cases of which `sample` was drawn:
/// never wider than the equal-tailed ones, nested in confidence, and covering at least their level for every queue.
/// Where the accepted numbers have a gap, the gap is filled.
///
/// Assumes: a simple random sample drawn without replacement; each case is a success or not.
/// Use when: the question is about this queue and the limits should be close.
/// Not for: one-sided claims (hypergeometric); the process that made the queue (blaker, wilson); unequal chances of
/// being drawn; peeking.
/// No data: no trials answer [0, population].
///
/// \throws InputError unless the trials fit into the population and the population into 2^53.
///
/// Reference: Blaker (2000), Canadian J. Statistics 28(4):783-798, doi:10.2307/3315916
[[nodiscard]] inline CountInterval hypergeometric_blaker(Trials sample, std::int64_t population, Confidence c) {
  detail::require_population(sample, population);
  if (sample.trials() == 0) return {0, population};
  return {detail::hypergeometric_blaker_lower(sample.successes(), sample.trials(), population, c.alpha()),
          population - detail::hypergeometric_blaker_lower(sample.failures(), sample.trials(), population, c.alpha())};
}

}  // namespace assay
