#pragma once
/// \file
/// Sampford's design: a fixed size with given inclusion probabilities, without any search for working probabilities.

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/sampling/conditional_poisson.hpp>
#include <assay/sampling/inclusion.hpp>

namespace assay::sampling {

/// Draws a fixed number of cases with these inclusion probabilities.
///
/// A sample has a chance proportional to the product of p / (1 - p) over its cases, times the sum of 1 - p over them.
/// So: a Poisson sample of the right size, kept with a chance proportional to that sum. Close to conditional Poisson
/// sampling in every respect; its joint probabilities are known exactly (joint.hpp).
///
/// Use when: a design named in a rule or an older survey must be repeated.
/// Not for: more speed than `conditional_poisson`; it seldom has it.
/// \throws InputError as `size_of` does.
///
/// Reference: Sampford (1967), Biometrika 54(3-4):499-513, doi:10.1093/biomet/54.3-4.499; Grafström (2009), "Repeated
/// Poisson sampling", Statistics & Probability Letters 79(6):760-764.
[[nodiscard]] inline Positions sampford(RealView probabilities, Random& random) {
  const auto open = detail::open_of(probabilities);
  if (open.position.empty()) return open.drawn;
  const auto n = static_cast<std::size_t>(open.size);
  std::vector<double> against(open.chance.size());
  for (std::size_t i = 0; i < against.size(); ++i) against[i] = 1.0 - open.chance[i];
  std::vector<double> most = against;
  std::partial_sort(most.begin(), most.begin() + static_cast<std::ptrdiff_t>(n), most.end(), std::greater<>{});
  double bound = 0.0;
  for (std::size_t i = 0; i < n; ++i) bound += most[i];
  for (;;) {
    const auto drawn = detail::poisson_of_size(open.chance, n, random);
    double sum = 0.0;
    for (const auto i : drawn) sum += against[i];
    if (random.uniform() * bound < sum) return open.with(drawn);
  }
}

}  // namespace assay::sampling
