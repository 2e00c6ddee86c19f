#pragma once
/// \file
/// What known totals explain of scores: a linear map that goes through few numbers.

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include <assay/io/dictionary.hpp>

namespace assay::survey {

using io::Code;

/// Levels of one column, by row.
struct KnownLevels {
  std::span<const Code> of_row{};
  std::size_t count{0};
};

/// What an adjustment takes from a row's score: its weight times x'g, where x holds the row's known columns, and the
/// effects g of the columns answer their sums over all rows, of x times the score per unit of weight.
///
/// A view: the adjustment must outlive it. The columns are the numbers, one each, and then the levels; a row has
/// `entries()` that are not 0.
struct Explained {
  /// From the columns' sums to their effects, linear.
  using Effects = std::function<std::vector<double>(std::vector<double>)>;

  std::vector<std::span<const double>> numbers{};
  std::vector<KnownLevels> levels{};
  std::span<const double> counting{};  ///< by row, how much it counts in the sums; empty where all count alike
  std::span<const double> after{};     ///< the adjusted weights
  std::function<Effects()> effects{};  ///< prepares the map from sums to effects; empty where there are no columns
  std::size_t rounds{1};               ///< how often effects are taken out in turn: what one solution costs

  [[nodiscard]] std::size_t columns() const noexcept {
    std::size_t count = numbers.size();
    for (const KnownLevels& each : levels) count += each.count;
    return count;
  }
  [[nodiscard]] std::size_t entries() const noexcept { return numbers.size() + levels.size(); }

  /// What the row's score adds to the sums of its columns, per unit of the columns.
  [[nodiscard]] double counted(std::size_t row, double score) const noexcept {
    if (after[row] == 0.0) return 0.0;
    return counting.empty() ? score / after[row] : counting[row] * (score / after[row]);
  }
  /// Calls use(column, x) for the row's columns in their order.
  template <class Use>
  void each(std::size_t row, const Use& use) const {
    std::size_t first = 0;
    for (const std::span<const double> number : numbers) use(first++, number[row]);
    for (const KnownLevels& level : levels) {
      use(first + level.of_row[row], 1.0);
      first += level.count;
    }
  }
};

/// Replaces the scores of all rows by what is left of them. Cost: rows times columns that a row has.
inline void take_out(const Explained& explained, std::span<double> scores) {
  if (explained.columns() == 0) return;
  std::vector<double> sums(explained.columns(), 0.0);
  for (std::size_t row = 0; row < scores.size(); ++row) {
    const double counted = explained.counted(row, scores[row]);
    explained.each(row, [&](std::size_t column, double x) { sums[column] += counted * x; });
  }
  const std::vector<double> effects = explained.effects()(std::move(sums));
  for (std::size_t row = 0; row < scores.size(); ++row) {
    double found = 0.0;
    explained.each(row, [&](std::size_t column, double x) { found += effects[column] * x; });
    scores[row] -= found * explained.after[row];
  }
}

}  // namespace assay::survey
