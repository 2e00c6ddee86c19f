#pragma once
/// \file
/// One worker's fast counters: rows are gathered in chunks, counted in dense blocks, and emptied into exact cells.

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <assay/tally/cells.hpp>
#include <assay/tally/chunk.hpp>
#include <assay/tally/dense_block.hpp>
#include <assay/tally/lattice.hpp>

namespace assay {

/// Counts rows for several groupings at once.
///
/// Small combinations of dimensions are counted in dense blocks chosen by `cover`; combinations too large for that
/// go straight to the cells. What is counted does not depend on how rows were split or on the layout of the blocks.
class Accumulator {
 public:
  Accumulator(std::vector<Grouping> groupings, std::size_t dimensions, std::size_t classes, std::size_t outcomes,
              bool weighted, std::size_t measures = 0)
      : groupings_{std::move(groupings)}, weighted_{weighted}, chunk_{dimensions, outcomes, weighted} {
    for (const Grouping& grouping : groupings_) cells_.emplace_back(grouping.size(), classes, weighted, measures);
  }

  void add(const EncodedRows& rows) {
    for (std::size_t done = 0; done < rows.count;) {
      done += chunk_.append(rows, done);
      if (chunk_.full()) count();
    }
  }

  /// The exact cells of one grouping, for sums that do not go through the dense blocks.
  [[nodiscard]] Cells& cells(std::size_t grouping) noexcept { return cells_[grouping]; }

  /// The exact cells of each grouping, in the order given. Nothing is pending afterwards.
  [[nodiscard]] std::vector<Cells>& finish() {
    count();
    empty_blocks();
    return cells_;
  }

 private:
  static constexpr std::uint64_t most_bytes = 32U << 20U;

  /// Counts the chunk.
  void count() {
    if (chunk_.size() == 0) return;
    if (!laid_out_ || chunk_.sizes() != laid_sizes_ || chunk_.classes_used() != laid_classes_) lay_out();
    const std::uint64_t most = weighted_ ? DenseBlock::most_rows_weighted : DenseBlock::most_rows_counted;
    if (pending_ + chunk_.size() > most) empty_blocks();
    pending_ += chunk_.size();
    for (DenseBlock& block : blocks_) block.count(chunk_);
    for (const std::size_t grouping : sparse_) count_sparse(grouping);
    chunk_.clear();
  }

  void lay_out() {
    empty_blocks();
    blocks_.clear();
    sparse_.clear();
    laid_out_ = true;
    laid_sizes_ = chunk_.sizes();
    laid_classes_ = chunk_.classes_used();
    const std::uint64_t cell_bytes = DenseBlock::bytes_per_cell(laid_classes_, weighted_);
    std::vector<Grouping> covers = cover(groupings_, laid_sizes_, cell_bytes, most_bytes);
    std::stable_sort(covers.begin(), covers.end(), [&](const Grouping& one, const Grouping& other) {
      return dense_cells(one, laid_sizes_) < dense_cells(other, laid_sizes_);
    });
    std::vector<std::vector<std::size_t>> serves(covers.size());
    for (std::size_t g = 0; g < groupings_.size(); ++g)
      for (std::size_t c = 0; c < covers.size(); ++c)
        if (within(groupings_[g], covers[c])) {
          serves[c].push_back(g);
          break;
        }
    for (std::size_t c = 0; c < covers.size(); ++c) {
      if (serves[c].empty()) continue;
      if (dense_cells(covers[c], laid_sizes_) <= most_bytes / cell_bytes)
        blocks_.emplace_back(covers[c], laid_sizes_, chunk_, weighted_, serves[c]);
      else
        sparse_.insert(sparse_.end(), serves[c].begin(), serves[c].end());
    }
  }

  void count_sparse(std::size_t g) {
    const Grouping& grouping = groupings_[g];
    own_.resize(grouping.size());
    for (std::size_t i = 0; i < chunk_.size(); ++i) {
      for (std::size_t d = 0; d < grouping.size(); ++d) own_[d] = chunk_.codes(grouping[d])[i];
      const std::size_t cell = cells_[g].cell(own_);
      const std::size_t which = chunk_.classes()[i];
      if (!weighted_) {
        cells_[g].add(cell, which, 1);
        continue;
      }
      const WeightPair& weight = chunk_.weights()[i];
      cells_[g].add(cell, which % chunk_.outcomes(),
                    ScaledWeight{weight.size, weight.square, chunk_.levels()[which / chunk_.outcomes()]});
    }
  }

  void empty_blocks() {
    if (pending_ == 0) return;
    for (DenseBlock& block : blocks_) block.empty(chunk_, groupings_, cells_, pending_);
    pending_ = 0;
  }

  std::vector<Grouping> groupings_;
  bool weighted_;
  RowChunk chunk_;
  bool laid_out_{false};
  std::vector<std::uint64_t> laid_sizes_{};
  std::size_t laid_classes_{0};
  std::vector<DenseBlock> blocks_{};
  std::vector<std::size_t> sparse_{};  ///< groupings too large for a block
  std::vector<Cells> cells_{};
  std::uint64_t pending_{0};  ///< rows in the blocks
  std::vector<io::Code> own_{};
};

}  // namespace assay
