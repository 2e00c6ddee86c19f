#pragma once
/// \file
/// Which groupings to count while reading, so that all others follow by adding cells up.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace assay {

/// Positions of the dimensions a grouping is made of, ascending. Empty: everything together.
using Grouping = std::vector<std::size_t>;

[[nodiscard]] inline bool within(const Grouping& part, const Grouping& whole) {
  return std::includes(whole.begin(), whole.end(), part.begin(), part.end());
}

[[nodiscard]] inline Grouping united(const Grouping& one, const Grouping& other) {
  Grouping out;
  std::set_union(one.begin(), one.end(), other.begin(), other.end(), std::back_inserter(out));
  return out;
}

/// The groupings from which all the given ones follow: those that lie in no other. Sorted, without repeats.
[[nodiscard]] inline std::vector<Grouping> maximal(std::vector<Grouping> groupings) {
  for (Grouping& grouping : groupings) std::sort(grouping.begin(), grouping.end());
  std::sort(groupings.begin(), groupings.end());
  groupings.erase(std::unique(groupings.begin(), groupings.end()), groupings.end());
  std::vector<Grouping> kept;
  for (const Grouping& grouping : groupings)
    if (std::none_of(groupings.begin(), groupings.end(),
                     [&](const Grouping& other) { return other != grouping && within(grouping, other); }))
      kept.push_back(grouping);
  return kept;
}

/// Cells of a dense block over these dimensions; the largest number when it overflows.
[[nodiscard]] inline std::uint64_t dense_cells(const Grouping& grouping, const std::vector<std::uint64_t>& sizes) {
  std::uint64_t cells = 1;
  for (const std::size_t dimension : grouping)
    if (__builtin_mul_overflow(cells, sizes[dimension], &cells)) return std::numeric_limits<std::uint64_t>::max();
  return cells;
}

/// Fewer, larger blocks that together cover the wanted groupings at the least cost of one row's additions.
///
/// The steps of the cost are the sizes of usual caches: small groupings are united as long as their block stays near.
/// Blocks larger than `most_bytes` stay as they are (their cells are kept in a hash table).
/// Assumes at most 64 dimensions.
[[nodiscard]] inline std::vector<Grouping> cover(std::vector<Grouping> wanted, const std::vector<std::uint64_t>& sizes,
                                                 std::uint64_t cell_bytes, std::uint64_t most_bytes) {
  const auto cost = [&](std::uint64_t cells) {
    if (cells > most_bytes / cell_bytes) return 20.0;
    const std::uint64_t bytes = cells * cell_bytes;
    return bytes <= 16'384      ? 1.0
           : bytes <= 65'536    ? 1.1
           : bytes <= 262'144   ? 1.4
           : bytes <= 786'432   ? 2.2
           : bytes <= 2'097'152 ? 5.0
                                : 12.0;
  };
  wanted = maximal(std::move(wanted));
  std::vector<std::uint64_t> members;  // a bit for each dimension
  std::vector<double> costs;
  while (true) {
    members.clear();
    costs.clear();
    for (const Grouping& grouping : wanted) {
      std::uint64_t bits = 0;
      for (const std::size_t dimension : grouping) bits |= 1ULL << dimension;
      members.push_back(bits);
      costs.push_back(cost(dense_cells(grouping, sizes)));
    }
    // With very many groupings only near ones (they are sorted) are tried with one another.
    constexpr std::size_t most_trials = 20'000'000;
    const std::size_t near = 1 + most_trials / (1 + wanted.size() * wanted.size());
    double best_gain = 0.0;
    Grouping best;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      for (std::size_t j = i + 1; j < wanted.size() && j - i <= near; ++j) {
        const std::uint64_t bits = members[i] | members[j];
        double gain = 0.0;
        for (std::size_t k = 0; k < members.size(); ++k) gain += (members[k] & ~bits) == 0 ? costs[k] : 0.0;
        if (gain <= best_gain) continue;
        const Grouping both = united(wanted[i], wanted[j]);
        const std::uint64_t cells = dense_cells(both, sizes);
        if (cells > most_bytes / cell_bytes || gain - cost(cells) <= best_gain) continue;
        best_gain = gain - cost(cells);
        best = both;
      }
    if (best.empty()) return wanted;
    wanted.push_back(best);
    wanted = maximal(std::move(wanted));
  }
}

}  // namespace assay
