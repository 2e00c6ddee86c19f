#pragma once
/// \file
/// Rows that wait to be counted: enough of them that one block of counters after the other can go over all.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <assay/core/processor.hpp>
#include <assay/io/dictionary.hpp>
#include <assay/tally/weight.hpp>

namespace assay {

/// Some rows, ready to be counted. Codes by dimension; outcome classes; weights unless empty.
struct EncodedRows {
  std::span<const io::Code* const> codes;
  std::span<const io::Code> bounds;  ///< by dimension, a number no code reaches
  const std::uint8_t* outcomes{nullptr};
  const double* weights{nullptr};
  std::size_t count{0};
};

/// A weight's whole numbers, side by side.
struct alignas(16) WeightPair {
  std::uint64_t size{0};
  std::uint64_t square{0};
};

/// A fixed number of rows, column by column, their weights made whole numbers.
///
/// A row's class is its outcome and the level of its weight in one number: `level * outcomes + outcome`, the levels
/// numbered as they were met, so that a table of counters grows only by levels that occur.
class RowChunk {
 public:
  static constexpr std::size_t most_rows = 1U << 14U;

  RowChunk(std::size_t dimensions, std::size_t outcomes, bool weighted)
      : outcomes_{static_cast<std::uint8_t>(outcomes)}, weighted_{weighted}, sizes_(dimensions, 0), codes_(dimensions) {
    slots_.fill(unmet);
  }

  /// Takes as many of the rows from `from` on as there is room for; answers how many.
  std::size_t append(const EncodedRows& rows, std::size_t from) {
    if (classes_.empty()) make_room();
    const std::size_t count = std::min(rows.count - from, most_rows - size_);
    for (std::size_t d = 0; d < sizes_.size(); ++d) {
      const io::Code* codes = rows.codes[d] + from;
      if (rows.bounds[d] > sizes_[d]) fit(d, codes, count);
      std::copy_n(codes, count, codes_[d].data() + size_);
    }
    if (!weighted_)
      std::copy_n(rows.outcomes + from, count, classes_.data() + size_);
    else if (wide_)
      weigh_wide(rows.outcomes + from, rows.weights + from, count);
    else
      weigh(rows.outcomes + from, rows.weights + from, count);
    size_ += count;
    return count;
  }

  void clear() noexcept { size_ = 0; }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool full() const noexcept { return size_ == most_rows; }
  [[nodiscard]] const io::Code* codes(std::size_t dimension) const noexcept { return codes_[dimension].data(); }
  [[nodiscard]] const std::uint8_t* classes() const noexcept { return classes_.data(); }
  [[nodiscard]] const WeightPair* weights() const noexcept { return weights_.data(); }

  /// By dimension, a number that no code taken so far reaches; it grows a little ahead of the codes.
  [[nodiscard]] const std::vector<std::uint64_t>& sizes() const noexcept { return sizes_; }
  /// The levels met so far, each at its number.
  [[nodiscard]] std::span<const unsigned> levels() const noexcept { return {levels_.data(), level_count_}; }
  [[nodiscard]] std::size_t outcomes() const noexcept { return outcomes_; }
  /// Classes a row taken so far may have.
  [[nodiscard]] std::size_t classes_used() const noexcept { return weighted_ ? outcomes_ * level_count_ : outcomes_; }

 private:
  static constexpr std::uint8_t unmet = 255;

  void make_room() {
    for (auto& codes : codes_) codes.resize(most_rows);
    classes_.resize(most_rows);
    if (weighted_) weights_.resize(most_rows);
  }

  void fit(std::size_t d, const io::Code* codes, std::size_t count) {
    io::Code most = 0;
    for (std::size_t i = 0; i < count; ++i) most = codes[i] > most ? codes[i] : most;
    if (most < sizes_[d]) return;
    sizes_[d] = sizes_[d] == 0 ? std::uint64_t{most} + 1 : std::uint64_t{most} + 1 + most / 8;
  }

  ASSAY_INLINE void weigh_rows(const std::uint8_t* outcomes, const double* weights, std::size_t count) noexcept {
    std::uint8_t* classes = classes_.data() + size_;
    WeightPair* pairs = weights_.data() + size_;
    for (std::size_t i = 0; i < count; ++i) {
      const ScaledWeight weight = scaled(weights[i]);
      if (slots_[weight.level] == unmet) {
        slots_[weight.level] = static_cast<std::uint8_t>(level_count_ * outcomes_);
        levels_[level_count_++] = weight.level;
      }
      classes[i] = static_cast<std::uint8_t>(slots_[weight.level] + outcomes[i]);
      pairs[i] = {weight.size, weight.square};
    }
  }
  void weigh(const std::uint8_t* outcomes, const double* weights, std::size_t count) noexcept {
    weigh_rows(outcomes, weights, count);
  }
  ASSAY_WIDE void weigh_wide(const std::uint8_t* outcomes, const double* weights, std::size_t count) noexcept {
    weigh_rows(outcomes, weights, count);
  }

  std::uint8_t outcomes_;
  bool weighted_;
  bool wide_{has_wide_instructions()};
  std::size_t size_{0};
  std::vector<std::uint64_t> sizes_;
  std::vector<std::vector<io::Code>> codes_;
  std::vector<std::uint8_t> classes_{};
  std::vector<WeightPair> weights_{};
  std::array<std::uint8_t, level_count> slots_{};  ///< by level, the first of its classes
  std::array<unsigned, level_count> levels_{};
  std::size_t level_count_{0};
};

}  // namespace assay
