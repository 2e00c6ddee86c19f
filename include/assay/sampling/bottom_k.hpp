#pragma once
/// \file
/// The k smallest random numbers: samples of a fixed size from rows seen in any order, split and merged in any way.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>

namespace assay {

/// Keeps the rows with the k smallest numbers. With permanent random numbers (keyed.hpp) that is a simple random
/// sample without replacement of k cases, the same for every order of the rows and every split and merge.
///
/// Assumes: a row is offered once; rows are counted over the whole table, not over a part of it.
/// Ties: `before(row, other)` says whether the first row's id sorts before the other's. It is asked only when two
/// numbers are equal (for 64-bit hashes, next to never) and must be the same order in every call.
/// No data: fewer than k rows seen answers all of them; k == 0 keeps nothing.
/// Cost: one comparison for nearly every row; memory for at most 2 k + 16 rows; a kept row costs O(1) on average.
///
/// Reference: Ohlsson (1998), "Sequential Poisson sampling", J. Official Statistics 14(2):149-162 (equal sizes: simple
/// random sampling); Cohen & Kaplan (2007), "Summarizing data using bottom-k sketches", PODC (merging).
class BottomK {
 public:
  BottomK() = default;
  /// \throws InputError when k is negative.
  explicit BottomK(std::int64_t k) : k_{static_cast<std::size_t>(k)} {
    if (k < 0) throw InputError("a sample size of 0 or more", to_text(k));
  }

  template <class Before>
  void offer(std::uint64_t number, std::int64_t row, const Before& before) {
    if (number <= threshold_) keep({number, row}, before);
  }

  /// \throws InputError when the other keeps another number of rows.
  template <class Before>
  void merge(const BottomK& other, const Before& before) {
    if (other.k_ != k_)
      throw InputError("a sample of size " + std::to_string(k_) + " to merge",
                       "one of size " + std::to_string(other.k_));
    if (&other == this) return;
    for (const auto& each : other.kept_) offer(each.number, each.row, before);
  }

  /// The rows kept, in ascending order.
  template <class Before>
  [[nodiscard]] std::vector<std::int64_t> rows(const Before& before) const {
    std::vector<Numbered> kept{kept_};
    cut(kept, k_, before);
    std::vector<std::int64_t> rows;
    rows.reserve(kept.size());
    for (const auto& each : kept) rows.push_back(each.row);
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  [[nodiscard]] std::int64_t size() const noexcept { return static_cast<std::int64_t>(k_); }

 private:
  struct Numbered {
    std::uint64_t number;
    std::int64_t row;
  };

  // Rows pile up to twice the size, then the larger half goes: cheaper than a heap, and O(1) a row on average.
  template <class Before>
  void keep(Numbered each, const Before& before) {
    if (k_ == 0) return;
    kept_.push_back(each);
    if (kept_.size() < 2 * k_ + 16) return;
    cut(kept_, k_, before);
    threshold_ = kept_.back().number;
  }

  /// Cuts down to the k smallest; the largest of them is the last.
  template <class Before>
  static void cut(std::vector<Numbered>& kept, std::size_t k, const Before& before) {
    if (kept.size() <= k) return;
    const auto smaller = [&before](const Numbered& a, const Numbered& b) {
      return a.number != b.number ? a.number < b.number : before(a.row, b.row);
    };
    if (k > 0) std::nth_element(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(k - 1), kept.end(), smaller);
    kept.resize(k);
  }

  std::size_t k_{0};
  std::uint64_t threshold_{std::numeric_limits<std::uint64_t>::max()};  // no row above it can be among the k
  std::vector<Numbered> kept_{};
};

/// A row that was drawn, with its stratum.
struct DrawnRow {
  std::int64_t row{0};
  std::uint32_t stratum{0};

  friend bool operator==(const DrawnRow&, const DrawnRow&) = default;
};

/// One BottomK for each stratum.
class StratifiedBottomK {
 public:
  /// `sizes` holds the sample size of each stratum.
  /// \throws InputError when a size is negative.
  explicit StratifiedBottomK(std::span<const std::int64_t> sizes) : strata_(sizes.begin(), sizes.end()) {}

  /// \throws InputError when there is no such stratum.
  template <class Before>
  void offer(std::uint32_t stratum, std::uint64_t number, std::int64_t row, const Before& before) {
    if (stratum >= strata_.size()) refuse(stratum, row);
    strata_[stratum].offer(number, row, before);
  }

  /// \throws InputError when the other has other strata or sizes; nothing is merged then.
  template <class Before>
  void merge(const StratifiedBottomK& other, const Before& before) {
    const auto same = [](const BottomK& a, const BottomK& b) { return a.size() == b.size(); };
    if (!std::equal(strata_.begin(), strata_.end(), other.strata_.begin(), other.strata_.end(), same))
      throw InputError("a draw with the same sample size in each of " + std::to_string(strata_.size()) + " strata",
                       "one with other sizes in " + std::to_string(other.strata_.size()) + " strata");
    for (std::size_t h = 0; h < strata_.size(); ++h) strata_[h].merge(other.strata_[h], before);
  }

  /// The rows drawn, in ascending order of row.
  template <class Before>
  [[nodiscard]] std::vector<DrawnRow> rows(const Before& before) const {
    std::vector<DrawnRow> drawn;
    for (std::size_t h = 0; h < strata_.size(); ++h)
      for (const auto row : strata_[h].rows(before)) drawn.push_back({row, static_cast<std::uint32_t>(h)});
    std::sort(drawn.begin(), drawn.end(), [](const DrawnRow& a, const DrawnRow& b) { return a.row < b.row; });
    return drawn;
  }

 private:
  [[noreturn]] void refuse(std::uint32_t stratum, std::int64_t row) const {
    throw InputError("a stratum below " + std::to_string(strata_.size()), std::to_string(stratum), {"stratum", row});
  }

  std::vector<BottomK> strata_;
};

}  // namespace assay
