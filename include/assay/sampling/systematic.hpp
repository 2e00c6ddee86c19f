#pragma once
/// \file
/// Systematic sampling with unequal probabilities: one random start, then equal steps along the list.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/random.hpp>
#include <assay/sampling/inclusion.hpp>

namespace assay::sampling {

namespace detail {

/// The cumulated probabilities V_1 .. V_N; the last is the sample size exactly, so that every start draws so many.
[[nodiscard]] inline std::vector<double> cumulated(RealView probabilities) {
  const auto size = static_cast<double>(size_of(probabilities));
  std::vector<double> out(probabilities.size());
  CarefulSum sum;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    sum.add(probabilities[i]);
    out[i] = std::min(sum.value(), size);
  }
  out.back() = size;
  return out;
}

/// A random order of 0 .. count - 1 (Fisher & Yates).
[[nodiscard]] inline std::vector<std::size_t> shuffled(std::size_t count, Random& random) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[static_cast<std::size_t>(random.below(i))]);
  return order;
}

}  // namespace detail

/// Draws case i when one of start, start + 1, start + 2, ... lies in (V_(i-1), V_i], V being the cumulated
/// probabilities; a start of 0 counts as 1.
///
/// Assumes: nothing about the order; but the order decides the precision.
/// Use when: the list is sorted by what matters (time, queue, risk): the sample is then spread evenly along it.
/// Not for: an unbiased estimate of the variance: pairs that can never meet have none; nor lists with a period.
/// \throws InputError for a start outside [0, 1], and as `size_of` does.
///
/// Reference: Madow (1949), Ann. Math. Statistics 20(3):333-354, doi:10.1214/aoms/1177729988
[[nodiscard]] inline Positions systematic(RealView probabilities, double start) {
  if (!(start >= 0.0 && start <= 1.0)) throw InputError("a start between 0 and 1", to_text(start));
  const auto upto = detail::cumulated(probabilities);
  Positions drawn;
  double steps = 0.0;
  const double first = start == 0.0 ? 1.0 : start;
  for (std::size_t i = 0; i < upto.size(); ++i)
    if (first + steps <= upto[i] && steps < upto.back()) {
      drawn.push_back(static_cast<std::int64_t>(i));
      steps += 1.0;
    }
  return drawn;
}

/// The same with a random start, along the list as it is.
[[nodiscard]] inline Positions systematic(RealView probabilities, Random& random) {
  return systematic(probabilities, random.uniform());
}

/// The same along a random order of the list: nearly as random as conditional Poisson sampling, at the price of a sort.
/// The order of the list then has no say in the law of the sample.
[[nodiscard]] inline Positions systematic_in_random_order(RealView probabilities, Random& random) {
  refuse_unless_probabilities(probabilities);
  const auto order = detail::shuffled(probabilities.size(), random);
  std::vector<double> moved(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) moved[i] = probabilities[order[i]];
  Positions drawn = systematic(moved, random);
  for (auto& each : drawn) each = static_cast<std::int64_t>(order[static_cast<std::size_t>(each)]);
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

}  // namespace assay::sampling
