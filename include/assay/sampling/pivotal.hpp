#pragma once
/// \file
/// The pivotal method: cases fight in pairs for their chances until every case has won or lost.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/sampling/inclusion.hpp>

namespace assay::sampling {

namespace detail {

/// Two chances fight: one of them becomes 0 or 1, the other takes what is left. Each keeps its expectation.
inline void fight(double& one, double& other, Random& random) noexcept {
  const double both = one + other;
  if (both < 1.0) {
    const bool first = random.uniform() * both < one;
    one = first ? both : 0.0;
    other = first ? 0.0 : both;
  } else {
    const bool first = random.uniform() * (2.0 - both) < 1.0 - other;
    one = first ? 1.0 : both - 1.0;
    other = first ? both - 1.0 : 1.0;
  }
}

[[nodiscard]] inline bool decided(double chance) noexcept { return chance <= 0.0 || chance >= 1.0; }

/// Those whose chance ended at 1 (what is left undecided at the end is 0 or 1 but for rounding).
[[nodiscard]] inline Positions winners(const Open& open, const std::vector<double>& chance) {
  std::vector<std::size_t> won;
  for (std::size_t i = 0; i < chance.size(); ++i)
    if (chance[i] > 0.5) won.push_back(i);
  return open.with(won);
}

}  // namespace detail

/// The ordered pivotal method: each case fights the one that is still open before it in the list.
///
/// Use when: a fixed size, exact probabilities and an even spread along the list are wanted in one pass.
/// Not for: an unbiased estimate of the variance (neighbours hardly ever meet in one sample).
/// Order: the list is taken as it is; another order is another design.
/// \throws InputError as `size_of` does.
///
/// Reference: Deville & Tillé (1998), Biometrika 85(1):89-101, doi:10.1093/biomet/85.1.89; Chauvet (2012), "On a
/// characterization of ordered pivotal sampling", Bernoulli 18(4):1320-1340.
[[nodiscard]] inline Positions pivotal(RealView probabilities, Random& random) {
  const auto open = detail::open_of(probabilities);
  std::vector<double> chance = open.chance;
  std::size_t waiting = 0;
  for (std::size_t next = 1; next < chance.size(); ++next) {
    if (!detail::decided(chance[waiting])) detail::fight(chance[waiting], chance[next], random);
    if (detail::decided(chance[waiting])) waiting = next;
  }
  return detail::winners(open, chance);
}

}  // namespace assay::sampling
