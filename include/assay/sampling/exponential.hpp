#pragma once
/// \file
/// Exponential random numbers made by comparing alone: no logarithm, so the same bits on every machine.

#include <cstdint>

#include <assay/core/random.hpp>

namespace assay::sampling {

/// An exponential number of mean 1.
///
/// Uniform numbers are drawn as long as they fall; the first of a run whose length is odd is the fraction, the number
/// of runs thrown away before it the whole part. Some six uniform numbers each.
///
/// Reference: von Neumann (1951), "Various techniques used in connection with random digits", NBS Applied Mathematics
/// Series 12:36-38.
[[nodiscard]] inline double standard_exponential(Random& random) noexcept {
  for (double whole = 0.0;; whole += 1.0) {
    const std::uint64_t first = random();
    std::uint64_t last = first;
    bool odd = true;  // the length of the falling run so far
    for (;;) {
      const std::uint64_t next = random();
      if (next > last) break;
      last = next;
      odd = !odd;
    }
    if (odd) return whole + static_cast<double>(first) * 0x1p-64;
  }
}

/// An exponential number of mean 1 that is known to be below `limit`.
[[nodiscard]] inline double standard_exponential_below(double limit, Random& random) noexcept {
  for (;;) {
    // Far up, wait for one that is below; near 0, where the density is nearly flat, thin a uniform one.
    const double tried = limit > 1.0 ? standard_exponential(random) : random.uniform() * limit;
    if (limit > 1.0 ? tried < limit : standard_exponential(random) > tried) return tried;
  }
}

}  // namespace assay::sampling
