#pragma once
/// \file
/// Counters for all combinations of some dimensions' codes, side by side in memory.

#include <array>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <assay/core/processor.hpp>
#include <assay/tally/cells.hpp>
#include <assay/tally/chunk.hpp>
#include <assay/tally/lattice.hpp>

namespace assay {

/// Counts the rows of chunks, and empties its counters into exact cells before they can overflow.
///
/// All counters of one class of rows lie together, so that rare classes do not dilute the cache lines of the frequent.
class DenseBlock {
 public:
  /// Rows a block may count between two calls of `empty`.
  static constexpr std::uint64_t most_rows_weighted = (1ULL << 22U) - 1;
  static constexpr std::uint64_t most_rows_counted = (1ULL << 32U) - 1;

  /// Bytes of the counters of one combination of codes.
  [[nodiscard]] static std::size_t bytes_per_cell(std::size_t classes, bool weighted) noexcept {
    return classes * (weighted ? sizeof(Packed) : sizeof(std::uint32_t));
  }

  /// `serves`: the groupings within `dimensions` that are counted here. `sizes`: numbers no code of the rows reaches.
  DenseBlock(Grouping dimensions, const std::vector<std::uint64_t>& sizes, const RowChunk& chunk, bool weighted,
             const std::vector<std::size_t>& serves)
      : dimensions_{std::move(dimensions)}, classes_{chunk.classes_used()}, weighted_{weighted} {
    for (const std::size_t grouping : serves) serves_.push_back({grouping, {}, {}, 0});
    for (const std::size_t d : dimensions_) sizes_.push_back(static_cast<std::uint32_t>(sizes[d]));
    cells_ = static_cast<std::uint32_t>(dense_cells(dimensions_, sizes));
    if (weighted_)
      sums_.resize(cells_ * classes_);
    else
      counts_.resize(cells_ * classes_);
  }

  void count(const RowChunk& chunk) noexcept {
    if (wide_)
      count_wide(chunk);
    else
      count_rows(chunk);
  }

  /// Moves what was counted, `rows` at most, into the cells of the groupings served.
  void empty(const RowChunk& chunk, const std::vector<Grouping>& groupings, std::vector<Cells>& into,
             std::uint64_t rows) {
    for (Served& each : serves_) {
      if (!each.cell_at.empty()) continue;
      each.cell_at.assign(project(groupings[each.grouping], each.steps), no_cell);
      into[each.grouping].reserve(std::min<std::uint64_t>(rows, each.cell_at.size()));
    }
    for (std::size_t which = 0; which < classes_; ++which)
      for_each_place([&](std::uint32_t at) {
        if (weighted_)
          empty_sums(chunk, groupings, into, which, at);
        else
          empty_counts(groupings, into, which, at);
      });
  }

 private:
  static constexpr std::uint32_t no_cell = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::size_t rows_at_once = 1024;
  static constexpr std::size_t rows_ahead = 16;  ///< a counter is asked for so many rows before it is needed
  static constexpr std::uint64_t low_mask = (1ULL << 40U) - 1;
  static constexpr unsigned high_bits = 42;  ///< the high bits of 2^22 weights; the number of rows lies above

  /// A grouping that follows from this block.
  struct Served {
    std::size_t grouping{0};
    std::vector<std::uint32_t> steps{};    ///< by dimension of the block
    std::vector<std::uint32_t> cell_at{};  ///< by combination of the grouping's codes
    std::uint32_t at{0};                   ///< the combination that a walk over the block has come to
  };

  using Four [[gnu::vector_size(32)]] = std::uint64_t;
  using Indices = std::array<std::uint32_t, rows_at_once + rows_ahead>;

  /// A weighted counter: [number of rows | high bits of w], low bits of w, high bits of w^2, low bits of w^2.
  struct alignas(32) Packed {
    Four parts{};
  };

  ASSAY_INLINE void count_rows(const RowChunk& chunk) noexcept {
    Indices index{};
    for (std::size_t from = 0; from < chunk.size(); from += rows_at_once) {
      const std::size_t count = std::min(rows_at_once, chunk.size() - from);
      find(chunk, from, count, index.data());
      if (!weighted_) {
        std::uint32_t* counts = counts_.data();
        for (std::size_t i = 0; i < count; ++i) ++counts[index[i]];
        continue;
      }
      constexpr Four shift{40, 0, 40, 0};
      constexpr Four mask{~0ULL, low_mask, ~0ULL, low_mask};
      constexpr Four one{1ULL << high_bits, 0, 0, 0};
      Packed* sums = sums_.data();
      const WeightPair* weights = chunk.weights() + from;
      for (std::size_t i = 0; i < count; ++i) {
        const Four both{weights[i].size, weights[i].size, weights[i].square, weights[i].square};
        __builtin_prefetch(&sums[index[i + rows_ahead]], 1);
        sums[index[i]].parts += ((both >> shift) & mask) + one;
      }
    }
  }
  ASSAY_WIDE void count_wide(const RowChunk& chunk) noexcept { count_rows(chunk); }

  /// out[i] = place of the counter of row from + i.
  ASSAY_INLINE void find(const RowChunk& chunk, std::size_t from, std::size_t count,
                         std::uint32_t* out) const noexcept {
    const std::uint32_t cells = cells_;
    const std::uint8_t* classes = chunk.classes() + from;
    if (dimensions_.empty()) {
      for (std::size_t i = 0; i < count; ++i) out[i] = classes[i];
      return;
    }
    const io::Code* first = chunk.codes(dimensions_[0]) + from;
    if (dimensions_.size() == 1) {
      for (std::size_t i = 0; i < count; ++i) out[i] = classes[i] * cells + first[i];
      return;
    }
    const std::uint32_t size = sizes_[1];
    const io::Code* second = chunk.codes(dimensions_[1]) + from;
    if (dimensions_.size() == 2) {
      for (std::size_t i = 0; i < count; ++i) out[i] = classes[i] * cells + first[i] * size + second[i];
      return;
    }
    for (std::size_t i = 0; i < count; ++i) out[i] = first[i] * size + second[i];
    for (std::size_t d = 2; d < dimensions_.size(); ++d) {
      const std::uint32_t next = sizes_[d];
      const io::Code* codes = chunk.codes(dimensions_[d]) + from;
      for (std::size_t i = 0; i < count; ++i) out[i] = out[i] * next + codes[i];
    }
    for (std::size_t i = 0; i < count; ++i) out[i] += classes[i] * cells;
  }

  /// How far a step of each dimension's code leads among the combinations of a grouping; answers how many there are.
  std::size_t project(const Grouping& grouping, std::vector<std::uint32_t>& steps) const {
    steps.assign(dimensions_.size(), 0);
    std::uint32_t size = 1;
    for (std::size_t k = dimensions_.size(); k-- > 0;) {
      if (!within({dimensions_[k]}, grouping)) continue;
      steps[k] = size;
      size *= sizes_[k];
    }
    return size;
  }

  /// Calls use(place) for all places, while each grouping's `at` follows along.
  template <class Use>
  void for_each_place(const Use& use) {
    std::vector<std::uint32_t> codes(dimensions_.size(), 0);
    for (Served& each : serves_) each.at = 0;
    for (std::uint32_t place = 0;; ++place) {
      use(place);
      std::size_t k = codes.size();
      while (k > 0 && codes[k - 1] + 1 == sizes_[k - 1]) {
        --k;
        for (Served& each : serves_) each.at -= codes[k] * each.steps[k];
        codes[k] = 0;
      }
      if (k == 0) return;
      ++codes[k - 1];
      for (Served& each : serves_) each.at += each.steps[k - 1];
    }
  }

  /// The cell of a served grouping that its `at` stands for, made at first sight.
  std::size_t cell_of(Served& served, const Grouping& grouping, Cells& into) {
    std::uint32_t& known = served.cell_at[served.at];
    if (known != no_cell) return known;
    own_.clear();
    for (std::size_t k = 0; k < dimensions_.size(); ++k)
      if (within({dimensions_[k]}, grouping)) own_.push_back(served.at / served.steps[k] % sizes_[k]);
    known = static_cast<std::uint32_t>(into.cell(own_));
    return known;
  }

  void empty_counts(const std::vector<Grouping>& groupings, std::vector<Cells>& into, std::size_t which,
                    std::uint32_t at) {
    std::uint32_t& count = counts_[which * cells_ + at];
    if (count == 0) return;
    for (Served& each : serves_) {
      Cells& cells = into[each.grouping];
      cells.add(cell_of(each, groupings[each.grouping], cells), which, count);
    }
    count = 0;
  }

  void empty_sums(const RowChunk& chunk, const std::vector<Grouping>& groupings, std::vector<Cells>& into,
                  std::size_t which, std::uint32_t at) {
    Packed& packed = sums_[which * cells_ + at];
    const Four parts = packed.parts;
    if (parts[0] == 0) return;
    const unsigned level = chunk.levels()[which / chunk.outcomes()];
    const std::size_t outcome = which % chunk.outcomes();
    constexpr std::uint64_t high_mask = (1ULL << high_bits) - 1;
    const std::uint64_t rows = parts[0] >> high_bits;
    WeightSum size;
    WeightSum square;
    size.add_scaled((static_cast<Uint128>(parts[0] & high_mask) << 40U) + parts[1], size_exponent(level), false);
    square.add_scaled((static_cast<Uint128>(parts[2]) << 40U) + parts[3], square_exponent(level), false);
    for (Served& each : serves_) {
      Cells& cells = into[each.grouping];
      cells.add(cell_of(each, groupings[each.grouping], cells), outcome, rows, size, square);
    }
    packed = Packed{};
  }

  Grouping dimensions_;
  std::vector<std::uint32_t> sizes_{};
  std::vector<Served> serves_{};
  std::size_t classes_;
  bool weighted_;
  bool wide_{has_wide_instructions()};
  std::uint32_t cells_{0};
  std::vector<std::uint32_t> counts_{};
  std::vector<Packed> sums_{};
  std::vector<io::Code> own_{};
};

}  // namespace assay
