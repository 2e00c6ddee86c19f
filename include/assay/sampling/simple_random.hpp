#pragma once
/// \file
/// Simple random sampling without replacement, from a seed.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/random.hpp>
#include <assay/core/text.hpp>

namespace assay {

/// `size` positions out of 0 .. population - 1, in ascending order; every subset of that size is equally likely.
///
/// Assumes: nothing but a good generator; the chances are exact, no rounding enters.
/// Use when: a seed shall describe the draw and all positions are known beforehand.
/// Not for: machines that see different parts of the data, or cases that come later (bottom_k.hpp).
/// No data: size 0 answers no positions.
/// Cost: O(size) memory and random numbers, whatever the population.
/// \throws InputError unless 0 <= size <= population.
///
/// Reference: Bentley & Floyd (1987), "A sample of brilliance", Communications of the ACM 30(9):754-757.
[[nodiscard]] inline std::vector<std::int64_t> simple_random(std::int64_t population, std::int64_t size,
                                                             Random& random) {
  if (population < 0) throw InputError("a population of 0 or more", to_text(population));
  if (size < 0 || size > population)
    throw InputError("a sample size between 0 and the population of " + to_text(population), to_text(size));
  std::unordered_set<std::int64_t> chosen;
  chosen.reserve(static_cast<std::size_t>(size));
  for (std::int64_t last = population - size; last < population; ++last) {
    const auto pick = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(last) + 1));
    if (!chosen.insert(pick).second) chosen.insert(last);
  }
  std::vector<std::int64_t> positions(chosen.begin(), chosen.end());
  std::sort(positions.begin(), positions.end());
  return positions;
}

}  // namespace assay
