#pragma once
// Strata of a textbook, small random cases, and all allocations of them, for the tests of allocations.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/sampling/allocation.hpp>
#include <assay_test.hpp>

namespace assay::test {

using allocation::Counts;
using allocation::Wish;

// The textbook strata of golden/A_sampling/sampling_results.csv.
inline const Counts textbook_strata{3000, 4000, 5000, 2000};
inline const std::vector<double> textbook_spread{48, 79, 76, 16};
inline const std::vector<double> no_spread(4, 0.0);
inline const std::vector<double> everything{3000, 4000, 5000, 2000};

inline std::int64_t sum(const Counts& counts) { return std::accumulate(counts.begin(), counts.end(), std::int64_t{0}); }

/// Calls `visit` for every allocation within the limits that adds up to the size.
inline void every(const Counts& populations, Wish wish, const std::function<void(const Counts&)>& visit) {
  Counts sizes(populations.size());
  const std::function<void(std::size_t, std::int64_t)> place = [&](std::size_t h, std::int64_t left) {
    if (h == populations.size()) {
      if (left == 0) visit(sizes);
      return;
    }
    for (std::int64_t n = std::min(wish.minimum, populations[h]); n <= std::min(left, populations[h]); ++n) {
      sizes[h] = n;
      place(h + 1, left - n);
    }
  };
  place(0, wish.size);
}

/// Sum of weight^2 / n; a stratum with weight and no case makes it endless.
inline double variance(const Counts& sizes, const std::vector<double>& weights) {
  double out = 0.0;
  for (std::size_t h = 0; h < sizes.size(); ++h)
    if (weights[h] > 0.0) out += weights[h] * weights[h] / static_cast<double>(sizes[h]);
  return out;
}

struct Case {
  Counts populations;
  Wish wish;
};

inline Case some_case(Random& random) {
  Case out;
  const auto strata = 1 + random.below(4);
  for (std::size_t h = 0; h < strata; ++h) out.populations.push_back(static_cast<std::int64_t>(random.below(13)));
  out.wish.minimum = static_cast<std::int64_t>(random.below(4));
  std::int64_t least = 0;
  for (const auto population : out.populations) least += std::min(out.wish.minimum, population);
  out.wish.size =
      least + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(sum(out.populations) - least) + 1));
  return out;
}

inline void check_limits(const Case& it, const Counts& sizes) {
  REQUIRE(sum(sizes) == it.wish.size);
  for (std::size_t h = 0; h < sizes.size(); ++h) {
    REQUIRE(sizes[h] >= std::min(it.wish.minimum, it.populations[h]));
    REQUIRE(sizes[h] <= it.populations[h]);
  }
}

}  // namespace assay::test
