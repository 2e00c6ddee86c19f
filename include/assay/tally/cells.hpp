#pragma once
/// \file
/// The exact counts of one grouping: a cell for each combination of codes that occurred.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/io/dictionary.hpp>
#include <assay/tally/measure.hpp>
#include <assay/tally/weight.hpp>

namespace assay {

/// Counts per cell and outcome class, and the sums of weights and of their squares where rows are weighted.
class Cells {
 public:
  Cells() = default;
  Cells(std::size_t dimensions, std::size_t classes, bool weighted, std::size_t measures = 0)
      : dimensions_{dimensions}, classes_{classes}, weighted_{weighted}, measures_per_cell_{measures} {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t classes() const noexcept { return classes_; }
  [[nodiscard]] bool weighted() const noexcept { return weighted_; }
  [[nodiscard]] std::span<const io::Code> codes(std::size_t cell) const noexcept {
    return {codes_.data() + cell * dimensions_, dimensions_};
  }
  [[nodiscard]] std::span<const std::uint64_t> counts(std::size_t cell) const noexcept {
    return {counts_.data() + cell * classes_, classes_};
  }
  [[nodiscard]] const WeightSum& weights(std::size_t cell, std::size_t outcome) const noexcept {
    return weights_[cell * classes_ + outcome];
  }
  [[nodiscard]] const WeightSum& squares(std::size_t cell, std::size_t outcome) const noexcept {
    return squares_[cell * classes_ + outcome];
  }

  /// Makes room for so many cells at once.
  void reserve(std::size_t cells) {
    if (cells <= size_) return;
    if (2 * cells > slots_.size()) grow(std::bit_ceil(2 * cells));
    codes_.reserve(cells * dimensions_);
    counts_.reserve(cells * classes_);
    if (weighted_) {
      weights_.reserve(cells * classes_);
      squares_.reserve(cells * classes_);
    }
    measures_.reserve(cells * measures_per_cell_);
  }

  /// The cell of these codes, made at first sight.
  std::size_t cell(std::span<const io::Code> codes) {
    if (2 * (size_ + 1) > slots_.size()) grow(std::max<std::size_t>(16, slots_.size() * 2));
    std::uint64_t at = hash(codes) & (slots_.size() - 1);
    for (; slots_[at] != empty; at = (at + 1) & (slots_.size() - 1))
      if (has(slots_[at], codes)) return slots_[at];
    slots_[at] = size_;
    codes_.insert(codes_.end(), codes.begin(), codes.end());
    counts_.resize(counts_.size() + classes_, 0);
    if (weighted_) {
      weights_.resize(counts_.size());
      squares_.resize(counts_.size());
    }
    measures_.resize(measures_.size() + measures_per_cell_);
    return size_++;
  }

  void add(std::size_t cell, std::size_t outcome, std::uint64_t count) noexcept {
    counts_[cell * classes_ + outcome] += count;
  }
  void add(std::size_t cell, std::size_t outcome, std::uint64_t count, const WeightSum& weights,
           const WeightSum& squares) noexcept {
    counts_[cell * classes_ + outcome] += count;
    weights_[cell * classes_ + outcome].merge(weights);
    squares_[cell * classes_ + outcome].merge(squares);
  }
  [[nodiscard]] const MeasureSums& measure(std::size_t cell, std::size_t which) const noexcept {
    return measures_[cell * measures_per_cell_ + which];
  }
  [[nodiscard]] MeasureSums& measure(std::size_t cell, std::size_t which) noexcept {
    return measures_[cell * measures_per_cell_ + which];
  }
  [[nodiscard]] std::size_t measures() const noexcept { return measures_per_cell_; }

  /// Adds one weighted row.
  void add(std::size_t cell, std::size_t outcome, const ScaledWeight& weight) noexcept {
    counts_[cell * classes_ + outcome] += 1;
    weights_[cell * classes_ + outcome].add_scaled(weight.size, size_exponent(weight.level), false);
    squares_[cell * classes_ + outcome].add_scaled(weight.square, square_exponent(weight.level), false);
  }

  /// Adds all of the other's cells; `translate[d][code]` is a code here for a code there of dimension d.
  template <class Translate>
  void absorb(const Cells& other, const Translate& translate) {
    std::vector<io::Code> own(dimensions_);
    for (std::size_t there = 0; there < other.size(); ++there) {
      const auto theirs = other.codes(there);
      for (std::size_t d = 0; d < dimensions_; ++d) own[d] = translate(d, theirs[d]);
      absorb_cell(cell(own), other, there);
    }
  }

  /// Adds one cell of another set of cells into a cell here.
  void absorb_cell(std::size_t here, const Cells& other, std::size_t there) noexcept {
    for (std::size_t which = 0; which < measures_per_cell_; ++which)
      measure(here, which).merge(other.measure(there, which));
    for (std::size_t outcome = 0; outcome < classes_; ++outcome) {
      const std::size_t from = there * classes_ + outcome;
      if (other.counts_[from] == 0) continue;
      if (weighted_)
        add(here, outcome, other.counts_[from], other.weights_[from], other.squares_[from]);
      else
        add(here, outcome, other.counts_[from]);
    }
  }

 private:
  static constexpr std::size_t empty = static_cast<std::size_t>(-1);

  static std::uint64_t hash(std::span<const io::Code> codes) noexcept {
    std::uint64_t state = 0x9E3779B97F4A7C15ULL;
    for (const io::Code code : codes) {
      state = (state ^ code) * 0xD6E8FEB86659FD93ULL;
      state ^= state >> 32U;
    }
    return state;
  }

  /// A cell has few codes: comparing them one by one is quicker than asking for a comparison of memory.
  [[nodiscard]] bool has(std::size_t cell, std::span<const io::Code> codes) const noexcept {
    const io::Code* own = codes_.data() + cell * dimensions_;
    for (std::size_t d = 0; d < codes.size(); ++d)
      if (own[d] != codes[d]) return false;
    return true;
  }

  void grow(std::size_t slots) {
    slots_.assign(slots, empty);
    for (std::size_t cell = 0; cell < size_; ++cell) {
      std::uint64_t at = hash(codes(cell)) & (slots_.size() - 1);
      while (slots_[at] != empty) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = cell;
    }
  }

  std::size_t dimensions_{0};
  std::size_t classes_{0};
  bool weighted_{false};
  std::size_t size_{0};
  std::vector<std::size_t> slots_{};
  std::vector<io::Code> codes_{};
  std::vector<std::uint64_t> counts_{};
  std::vector<WeightSum> weights_{};
  std::vector<WeightSum> squares_{};
  std::size_t measures_per_cell_{0};
  std::vector<MeasureSums> measures_{};
};

}  // namespace assay
