#pragma once
/// \file
/// Pairs of numbers (unit and domain, stratum and domain) as one number each.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <assay/io/dictionary.hpp>

namespace assay::survey {

using io::Code;
using io::no_code;

/// The cells that pairs (a, b) fall into, numbered by a and then b.
///
/// Where there are few possible pairs for the number of items, every possible pair is a cell and some stay empty; else
/// only those met are.
struct PairCells {
  std::vector<Code> cell_of_item{};  ///< no_code where either part is
  std::size_t cells{0};
  std::size_t second_count{1};
  std::vector<std::uint64_t> keys{};  ///< of the cells met; empty where all possible pairs are cells

  [[nodiscard]] std::uint64_t key(std::size_t cell) const noexcept {
    return keys.empty() ? static_cast<std::uint64_t>(cell) : keys[cell];
  }
  [[nodiscard]] Code first(std::size_t cell) const noexcept { return static_cast<Code>(key(cell) / second_count); }
  [[nodiscard]] Code second(std::size_t cell) const noexcept { return static_cast<Code>(key(cell) % second_count); }
};

/// Cells of `items` pairs; `first(item)` and `second(item)` answer codes below the counts, or no_code.
template <class First, class Second>
[[nodiscard]] PairCells pair_cells(std::size_t items, const First& first, std::size_t first_count, const Second& second,
                                   std::size_t second_count) {
  PairCells out;
  out.second_count = std::max<std::size_t>(second_count, 1);
  out.cell_of_item.resize(items);
  const std::uint64_t possible = static_cast<std::uint64_t>(first_count) * out.second_count;
  if (possible <= std::max<std::uint64_t>(4 * items, 1U << 16U) && possible < no_code) {
    out.cells = static_cast<std::size_t>(possible);
    const auto width = static_cast<Code>(out.second_count);
    for (std::size_t item = 0; item < items; ++item) {
      const Code a = first(item);
      const Code b = second(item);
      out.cell_of_item[item] = a == no_code || b == no_code ? no_code : a * width + b;
    }
    return out;
  }
  std::vector<std::pair<std::uint64_t, Code>> met;
  met.reserve(items);
  for (std::size_t item = 0; item < items; ++item) {
    const Code a = first(item);
    const Code b = second(item);
    out.cell_of_item[item] = no_code;
    if (a != no_code && b != no_code)
      met.emplace_back(std::uint64_t{a} * out.second_count + b, static_cast<Code>(item));
  }
  std::sort(met.begin(), met.end());
  for (const auto& [key, item] : met) {
    if (out.keys.empty() || out.keys.back() != key) out.keys.push_back(key);
    out.cell_of_item[item] = static_cast<Code>(out.keys.size() - 1);
  }
  out.cells = out.keys.size();
  return out;
}

/// Numbers the cells that hold something from 0 without gaps, in their order; answers how many there are.
[[nodiscard]] inline std::size_t close_gaps(std::vector<Code>& codes, std::size_t count) {
  std::vector<Code> place(count, no_code);
  for (const Code code : codes)
    if (code != no_code) place[code] = 0;
  Code next = 0;
  for (Code& each : place)
    if (each != no_code) each = next++;
  if (next != count)
    for (Code& code : codes)
      if (code != no_code) code = place[code];
  return next;
}

}  // namespace assay::survey
