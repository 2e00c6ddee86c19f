#pragma once
/// \file
/// From the cells a tally keeps to the slices of one grouping, in the order of their values.

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include <assay/tally/tally.hpp>

namespace assay {

/// Slices of one grouping. Slice s owns the cells order[begin[s]] .. order[begin[s + 1] - 1], sorted by what is hidden.
struct Slices {
  Grouping shown{};  ///< dimensions that name a slice
  Grouping whole{};  ///< shown and hidden dimensions, which make a cell
  Cells cells{};
  std::vector<std::size_t> order{};
  std::vector<std::size_t> begin{};

  [[nodiscard]] std::size_t size() const noexcept { return begin.size() - 1; }
  [[nodiscard]] std::span<const std::size_t> cells_of(std::size_t slice) const noexcept {
    return {order.data() + begin[slice], begin[slice + 1] - begin[slice]};
  }
  /// The code of one dimension of `whole` in a cell.
  [[nodiscard]] io::Code code(std::size_t cell, std::size_t dimension) const {
    const auto at = std::lower_bound(whole.begin(), whole.end(), dimension) - whole.begin();
    return cells.codes(cell)[static_cast<std::size_t>(at)];
  }
};

/// Adds up the kept cells to slices of `shown`, apart by `hidden`. Within a slice, cells that agree in `together` (part
/// of what is hidden) follow one another.
/// \throws InputError when the tally did not keep what is needed.
[[nodiscard]] inline Slices slices_of(const Tally& tally, const Grouping& shown, const Grouping& hidden,
                                      const std::vector<std::vector<io::Code>>& ranks, const Grouping& together) {
  Slices out;
  out.shown = shown;
  out.whole = united(shown, hidden);
  const std::size_t none = tally.groupings().size();
  std::size_t best = none;
  for (std::size_t g = 0; g < none; ++g)
    if (within(out.whole, tally.groupings()[g]) && (best == none || tally.cells(g).size() < tally.cells(best).size()))
      best = g;
  if (best == none)
    throw InputError("a grouping that was tallied", "another combination of columns", {},
                     "name it in by= when the tally is made");

  const Grouping& kept = tally.groupings()[best];
  const Cells& from = tally.cells(best);
  if (kept == out.whole) {
    out.cells = from;
  } else {
    out.cells = Cells{out.whole.size(), from.classes(), from.weighted(), from.measures()};
    std::vector<io::Code> own(out.whole.size());
    for (std::size_t cell = 0; cell < from.size(); ++cell) {
      const auto codes = from.codes(cell);
      for (std::size_t d = 0, k = 0; d < own.size(); ++k)
        if (kept[k] == out.whole[d]) own[d++] = codes[k];
      out.cells.absorb_cell(out.cells.cell(own), from, cell);
    }
  }

  // Sort keys: the shown dimensions' ranks, then those to stay together, then the other hidden ones.
  Grouping key = shown;
  for (const bool first : {true, false})
    for (const std::size_t d : out.whole)
      if (!std::binary_search(shown.begin(), shown.end(), d) &&
          std::binary_search(together.begin(), together.end(), d) == first)
        key.push_back(d);
  std::vector<io::Code> keys(out.cells.size() * key.size());
  for (std::size_t cell = 0; cell < out.cells.size(); ++cell)
    for (std::size_t k = 0; k < key.size(); ++k) keys[cell * key.size() + k] = ranks[key[k]][out.code(cell, key[k])];
  out.order.resize(out.cells.size());
  for (std::size_t cell = 0; cell < out.cells.size(); ++cell) out.order[cell] = cell;
  const auto less = [&](std::size_t a, std::size_t b, std::size_t length) {
    const auto* at = keys.data();
    return std::lexicographical_compare(at + a * key.size(), at + a * key.size() + length, at + b * key.size(),
                                        at + b * key.size() + length);
  };
  std::sort(out.order.begin(), out.order.end(), [&](std::size_t a, std::size_t b) { return less(a, b, key.size()); });
  for (std::size_t i = 0; i < out.order.size(); ++i)
    if (i == 0 || less(out.order[i - 1], out.order[i], shown.size())) out.begin.push_back(i);
  out.begin.push_back(out.order.size());
  return out;
}

}  // namespace assay
