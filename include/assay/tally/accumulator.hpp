#pragma once
/// \file
/// One worker's fast counters: dense blocks of small cells, emptied into exact cells now and then.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <assay/core/processor.hpp>
#include <assay/tally/cells.hpp>
#include <assay/tally/lattice.hpp>

namespace assay {

/// Some rows, ready to be counted. Codes by dimension; outcome classes; weights unless empty.
struct EncodedRows {
  std::span<const io::Code* const> codes;
  std::span<const io::Code> bounds;  ///< by dimension, a number no code reaches
  const std::uint8_t* outcomes{nullptr};
  const double* weights{nullptr};
  std::size_t count{0};
};

/// Counts rows for several groupings at once.
///
/// Small combinations of dimensions are counted in dense blocks chosen by `cover`; combinations too large for that
/// go straight to the cells. What is counted does not depend on how rows were split or on the layout of the blocks.
class Accumulator {
 public:
  static constexpr std::size_t block_rows = 512;

  Accumulator(std::vector<Grouping> groupings, std::size_t dimensions, std::size_t classes, std::size_t classes_used,
              bool weighted, std::size_t measures = 0)
      : groupings_{std::move(groupings)}, classes_used_{classes_used}, weighted_{weighted}, sizes_(dimensions, 0) {
    for (const Grouping& grouping : groupings_) cells_.emplace_back(grouping.size(), classes, weighted, measures);
  }

  /// Counts at most block_rows rows.
  void add(const EncodedRows& rows) {
    fit(rows);
    if (pending_ + rows.count > most_pending()) flush();
    pending_ += rows.count;
    if (weighted_) scale(rows);
    for (Block& block : blocks_) {
      if (!block.dense) {
        add_sparse(block, rows);
      } else if (wide_) {
        add_dense_wide(block, rows);
      } else {
        add_dense(block, rows);
      }
    }
  }

  /// The exact cells of one grouping, for sums that do not go through the dense blocks.
  [[nodiscard]] Cells& cells(std::size_t grouping) noexcept { return cells_[grouping]; }

  /// The exact cells of each grouping, in the order given. Nothing is pending afterwards.
  [[nodiscard]] std::vector<Cells>& finish() {
    flush();
    return cells_;
  }

 private:
  static constexpr std::uint64_t most_bytes = 32U << 20U;
  static constexpr std::uint64_t low_mask = (1ULL << 40U) - 1;
  static constexpr unsigned count_bits = 22;

  /// A weighted cell: [high bits of w | number of rows], low bits of w, high bits of w^2, low bits of w^2.
  struct Packed {
    using Four [[gnu::vector_size(32), gnu::aligned(8)]] = std::uint64_t;
    Four parts{};

    ASSAY_INLINE Packed& operator+=(const Packed& other) noexcept {
      parts += other.parts;
      return *this;
    }
  };

  struct Block {
    Grouping dimensions{};
    std::vector<std::size_t> serves{};  ///< groupings that follow from this block
    bool dense{false};
    std::uint64_t cells{0};
    std::vector<std::uint32_t> counts{};
    std::array<std::vector<Packed>, level_count> levels{};
  };

  [[nodiscard]] std::uint64_t most_pending() const noexcept {
    return weighted_ ? (1ULL << count_bits) - 1 : (1ULL << 32U) - 1;
  }

  /// Makes room for codes that were not seen before.
  void fit(const EncodedRows& rows) {
    bool grown = blocks_.empty();
    for (std::size_t d = 0; d < sizes_.size(); ++d) {
      if (rows.bounds[d] <= sizes_[d]) continue;
      io::Code most = 0;
      for (std::size_t i = 0; i < rows.count; ++i) most = rows.codes[d][i] > most ? rows.codes[d][i] : most;
      if (most < sizes_[d]) continue;
      sizes_[d] = sizes_[d] == 0 ? most + 1 : most + 1 + most / 8;
      grown = true;
    }
    if (grown) lay_out();
  }

  void lay_out() {
    flush();
    blocks_.clear();
    laid_sizes_ = sizes_;
    const std::uint64_t cell_bytes = classes_used_ * (weighted_ ? sizeof(Packed) : sizeof(std::uint32_t));
    for (Grouping& dimensions : cover(groupings_, sizes_, cell_bytes, most_bytes)) {
      Block block;
      block.cells = dense_cells(dimensions, sizes_);
      block.dense = block.cells <= most_bytes / cell_bytes;
      block.dimensions = std::move(dimensions);
      if (block.dense && !weighted_) block.counts.assign(block.cells * classes_used_, 0);
      blocks_.push_back(std::move(block));
    }
    for (std::size_t g = 0; g < groupings_.size(); ++g)
      for (Block& block : blocks_)
        if (within(groupings_[g], block.dimensions)) {
          block.serves.push_back(g);
          break;
        }
  }

  /// index_[i] = position of row i in a dense block. Outcomes lie apart (all cells of one outcome together), so that
  /// the rare ones do not dilute the cache lines of the frequent.
  ASSAY_INLINE void index(const Block& block, const EncodedRows& rows) noexcept {
    const auto cells = static_cast<std::uint32_t>(block.cells);
    const std::size_t dimensions = block.dimensions.size();
    const std::uint8_t* outcomes = rows.outcomes;
    std::uint32_t* out = index_.data();
    if (dimensions == 0) {
      for (std::size_t i = 0; i < rows.count; ++i) out[i] = outcomes[i];
      return;
    }
    const io::Code* first = rows.codes[block.dimensions[0]];
    if (dimensions == 1) {
      for (std::size_t i = 0; i < rows.count; ++i) out[i] = outcomes[i] * cells + first[i];
      return;
    }
    const auto size = static_cast<std::uint32_t>(laid_sizes_[block.dimensions[1]]);
    const io::Code* second = rows.codes[block.dimensions[1]];
    if (dimensions == 2) {
      for (std::size_t i = 0; i < rows.count; ++i) out[i] = outcomes[i] * cells + first[i] * size + second[i];
      return;
    }
    for (std::size_t i = 0; i < rows.count; ++i) out[i] = first[i] * size + second[i];
    for (std::size_t d = 2; d < dimensions; ++d) {
      const auto next = static_cast<std::uint32_t>(laid_sizes_[block.dimensions[d]]);
      const io::Code* codes = rows.codes[block.dimensions[d]];
      for (std::size_t i = 0; i < rows.count; ++i) out[i] = out[i] * next + codes[i];
    }
    for (std::size_t i = 0; i < rows.count; ++i) out[i] += outcomes[i] * cells;
  }

  /// Counts rows in one dense block.
  ASSAY_INLINE void add_dense_rows(Block& block, const EncodedRows& rows) noexcept {
    index(block, rows);
    if (!weighted_) {
      std::uint32_t* counts = block.counts.data();
      for (std::size_t i = 0; i < rows.count; ++i) ++counts[index_[i]];
      return;
    }
    if (only_level_ >= 0) {
      Packed* cells = block.levels[static_cast<std::size_t>(only_level_)].data();
      for (std::size_t i = 0; i < rows.count; ++i) cells[index_[i]] += packed_[i];
      return;
    }
    std::array<Packed*, level_count> cells{};
    for (std::size_t level = 0; level < level_count; ++level) cells[level] = block.levels[level].data();
    for (std::size_t i = 0; i < rows.count; ++i) cells[level_[i]][index_[i]] += packed_[i];
  }
  void add_dense(Block& block, const EncodedRows& rows) noexcept { add_dense_rows(block, rows); }
  ASSAY_WIDE void add_dense_wide(Block& block, const EncodedRows& rows) noexcept { add_dense_rows(block, rows); }

  void scale(const EncodedRows& rows) {
    unsigned seen = 0;
    for (std::size_t i = 0; i < rows.count; ++i) {
      const ScaledWeight weight = scaled(rows.weights[i]);
      level_[i] = static_cast<std::uint8_t>(weight.level);
      seen |= 1U << weight.level;
      packed_[i].parts = Packed::Four{(weight.size >> 40U) << count_bits | 1U, weight.size & low_mask,
                                      weight.square >> 40U, weight.square & low_mask};
    }
    for (unsigned level = 0; level < level_count; ++level) {
      if ((seen >> level & 1U) == 0) continue;
      only_level_ = seen == 1U << level ? static_cast<int>(level) : -1;
      for (Block& block : blocks_)
        if (block.dense && block.levels[level].empty())
          block.levels[level].assign(block.cells * classes_used_, Packed{});
    }
  }

  void add_sparse(const Block& block, const EncodedRows& rows) {
    own_.resize(block.dimensions.size());
    for (const std::size_t g : block.serves) {
      const Grouping& grouping = groupings_[g];
      own_.resize(grouping.size());
      for (std::size_t i = 0; i < rows.count; ++i) {
        for (std::size_t d = 0; d < grouping.size(); ++d) own_[d] = rows.codes[grouping[d]][i];
        const std::size_t cell = cells_[g].cell(own_);
        if (weighted_)
          cells_[g].add(cell, rows.outcomes[i], scaled(rows.weights[i]));
        else
          cells_[g].add(cell, rows.outcomes[i], 1);
      }
    }
  }

  /// Empties the dense blocks into the cells.
  void flush() {
    if (pending_ == 0) return;
    std::vector<io::Code> whole;
    for (Block& block : blocks_) {
      if (!block.dense) continue;
      whole.resize(block.dimensions.size());
      for (std::uint64_t at = 0; at < block.cells; ++at) {
        if (!occupied(block, at)) continue;
        std::uint64_t rest = at;
        for (std::size_t d = block.dimensions.size(); d-- > 0;) {
          whole[d] = static_cast<io::Code>(rest % laid_sizes_[block.dimensions[d]]);
          rest /= laid_sizes_[block.dimensions[d]];
        }
        for (const std::size_t g : block.serves) empty_into(g, block, at, whole);
      }
      std::fill(block.counts.begin(), block.counts.end(), 0U);
      for (auto& level : block.levels) std::fill(level.begin(), level.end(), Packed{});
    }
    pending_ = 0;
  }

  [[nodiscard]] bool occupied(const Block& block, std::uint64_t at) const noexcept {
    for (std::size_t outcome = 0; outcome < classes_used_; ++outcome) {
      if (!weighted_ && block.counts[outcome * block.cells + at] != 0) return true;
      for (const auto& level : block.levels)
        if (!level.empty() && level[outcome * block.cells + at].parts[0] != 0) return true;
    }
    return false;
  }

  void empty_into(std::size_t g, const Block& block, std::uint64_t at, const std::vector<io::Code>& whole) {
    const Grouping& grouping = groupings_[g];
    own_.resize(grouping.size());
    for (std::size_t d = 0, w = 0; d < grouping.size(); ++w)
      if (block.dimensions[w] == grouping[d]) own_[d++] = whole[w];
    const std::size_t cell = cells_[g].cell(own_);
    for (std::size_t outcome = 0; outcome < classes_used_; ++outcome) {
      const std::uint64_t from = outcome * block.cells + at;
      if (!weighted_) {
        cells_[g].add(cell, outcome, block.counts[from]);
        continue;
      }
      for (unsigned level = 0; level < level_count; ++level) {
        if (block.levels[level].empty() || block.levels[level][from].parts[0] == 0) continue;
        const auto& packed = block.levels[level][from].parts;
        constexpr std::uint64_t count_mask = (1ULL << count_bits) - 1;
        WeightSum size;
        WeightSum square;
        size.add_scaled((static_cast<Uint128>(packed[0] >> count_bits) << 40U) + packed[1], size_exponent(level),
                        false);
        square.add_scaled((static_cast<Uint128>(packed[2]) << 40U) + packed[3], square_exponent(level), false);
        cells_[g].add(cell, outcome, packed[0] & count_mask, size, square);
      }
    }
  }

  std::vector<Grouping> groupings_;
  std::size_t classes_used_;
  bool weighted_;
  std::vector<std::uint64_t> sizes_;
  std::vector<std::uint64_t> laid_sizes_{};  ///< the sizes the blocks were laid out with
  std::vector<Block> blocks_{};
  std::vector<Cells> cells_{};
  std::uint64_t pending_{0};
  std::vector<io::Code> own_{};
  int only_level_{-1};
  bool wide_{has_wide_instructions()};
  std::array<std::uint32_t, block_rows> index_{};
  std::array<std::uint8_t, block_rows> level_{};
  std::array<Packed, block_rows> packed_{};
};

}  // namespace assay
