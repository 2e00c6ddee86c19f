#pragma once
/// \file
/// Poisson sampling: each case on its own, with its own chance.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <assay/core/error.hpp>
#include <assay/core/random.hpp>
#include <assay/sampling/inclusion.hpp>

namespace assay::sampling {

/// Draws each case on its own with its own probability; the sample size is random.
///
/// Use when: chances follow a risk or an uncertainty and cases must not wait for one another.
/// Not for: a fixed number of audits (conditional_poisson.hpp has the same spirit and a fixed size).
/// The number of a case depends on the seed and its position alone, so raising its probability never drops it.
/// \throws InputError for what is not a probability above 0 and at most 1.
///
/// Reference: Hájek (1964), Ann. Math. Statistics 35(4):1491-1523, doi:10.1214/aoms/1177700375
[[nodiscard]] inline Positions poisson(RealView probabilities, Random& random) {
  refuse_unless_probabilities(probabilities);
  Positions drawn;
  for (std::size_t i = 0; i < probabilities.size(); ++i)
    if (random.uniform() < probabilities[i]) drawn.push_back(static_cast<std::int64_t>(i));
  return drawn;
}

/// The same with permanent random numbers (keyed.hpp): a case is drawn when its number is below probability * 2^64. So
/// any partition of the cases, in any order, on any machine gives the same sample, and samples of two periods overlap
/// as much or as little as their keys say.
///
/// \throws InputError for what is not a probability of at least 2^-32 and at most 1, or numbers that are not one a
/// case.
///
/// Reference: Brewer, Early & Joyce (1972), Australian J. Statistics 14(3):231-239.
[[nodiscard]] inline Positions poisson(RealView probabilities, std::span<const std::uint64_t> numbers) {
  refuse_unless_probabilities(probabilities);
  if (numbers.size() != probabilities.size())
    throw InputError("one random number for each of " + std::to_string(probabilities.size()) + " probabilities",
                     std::to_string(numbers.size()));
  Positions drawn;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const double chance = probabilities[i];
    if (chance < 0x1p-32)
      throw InputError("a probability of at least 2^-32 (2.3e-10)", to_text(chance),
                       {"probabilities", static_cast<std::int64_t>(i)});
    if (chance == 1.0 || numbers[i] < static_cast<std::uint64_t>(std::ceil(chance * 0x1p64)))
      drawn.push_back(static_cast<std::int64_t>(i));
  }
  return drawn;
}

}  // namespace assay::sampling
