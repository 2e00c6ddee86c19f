#pragma once
/// \file
/// What is known of every row and, in total, of the population: numbers and levels, as calibration uses them.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/numeric/linear.hpp>
#include <assay/survey/explained.hpp>
#include <assay/survey/margin.hpp>

namespace assay::survey {

/// Known columns side by side: first one of ones (the size of the population) where asked for, then one for each
/// number, then one for each level. Levels are kept as codes, so that a row costs as much as it has columns, not
/// levels.
class Auxiliaries {
 public:
  explicit Auxiliaries(std::size_t rows) : rows_{rows} {}

  /// The number of units in the population.
  void add_size(double total) { add_number("the size of the population", std::vector<double>(rows_, 1.0), total); }
  /// \throws InputError for values or a total that are not finite, or another number of rows.
  void add_number(std::string name, std::vector<double> values, double total) {
    if (values.size() != rows_)
      throw InputError("a value for each of " + std::to_string(rows_) + " rows", std::to_string(values.size()),
                       {name, {}});
    if (!std::isfinite(total)) throw InputError("a finite total", to_text(total), {name, {}});
    for (std::size_t row = 0; row < rows_; ++row)
      if (!std::isfinite(values[row]))
        throw InputError("a finite number to calibrate on", to_text(values[row]),
                         {name, static_cast<std::int64_t>(row)}, "fill the row: every row takes part in the totals");
    const auto at = static_cast<std::ptrdiff_t>(numbers_.size());
    names_.insert(names_.begin() + at, std::move(name));
    totals_.insert(totals_.begin() + at, total);
    numbers_.push_back(std::move(values));
  }
  /// \throws InputError as require_margin does.
  void add_margin(Margin margin) {
    require_margin(margin, rows_);
    for (std::size_t cell = 0; cell < margin.totals.size(); ++cell) {
      names_.push_back(margin.name + " = " + margin.words(cell));
      totals_.push_back(margin.totals[cell]);
    }
    margins_.push_back(std::move(margin));
  }

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t columns() const noexcept { return totals_.size(); }
  [[nodiscard]] const std::vector<double>& totals() const noexcept { return totals_; }
  [[nodiscard]] const std::string& name(std::size_t column) const noexcept { return names_[column]; }
  /// Names of the columns as the user knows them.
  [[nodiscard]] std::string words() const {
    std::string out;
    for (std::size_t i = 0; i < numbers_.size(); ++i) out += (out.empty() ? "" : ", ") + names_[i];
    for (const Margin& margin : margins_) out += (out.empty() ? "" : ", ") + margin.name;
    return out;
  }

  /// The columns as a row meets them.
  [[nodiscard]] Explained columns_by_row() const {
    Explained out;
    out.numbers.assign(numbers_.begin(), numbers_.end());
    for (const Margin& margin : margins_) out.levels.push_back({margin.cell_of_row, margin.totals.size()});
    return out;
  }
  /// By row, the sum of its columns' values times `slopes`.
  [[nodiscard]] std::vector<double> products(std::span<const double> slopes) const {
    std::vector<double> out(rows_, 0.0);
    for (std::size_t i = 0; i < numbers_.size(); ++i)
      for (std::size_t row = 0; row < rows_; ++row) out[row] += slopes[i] * numbers_[i][row];
    std::size_t first = numbers_.size();
    for (const Margin& margin : margins_) {
      for (std::size_t row = 0; row < rows_; ++row) out[row] += slopes[first + margin.cell_of_row[row]];
      first += margin.totals.size();
    }
    return out;
  }
  /// By column, the sum of its values times `weights`.
  [[nodiscard]] std::vector<double> sums(std::span<const double> weights) const {
    std::vector<double> out(columns(), 0.0);
    for (std::size_t i = 0; i < numbers_.size(); ++i)
      for (std::size_t row = 0; row < rows_; ++row) out[i] += weights[row] * numbers_[i][row];
    std::size_t first = numbers_.size();
    for (const Margin& margin : margins_) {
      for (std::size_t row = 0; row < rows_; ++row) out[first + margin.cell_of_row[row]] += weights[row];
      first += margin.totals.size();
    }
    return out;
  }
  /// X' diag(weights) X.
  [[nodiscard]] SquareMatrix squares(std::span<const double> weights) const {
    const std::size_t width = columns();
    const std::size_t numbers = numbers_.size();
    std::vector<double> upper(width * width, 0.0);
    std::vector<std::size_t> at(margins_.size());
    std::vector<double> own(numbers);
    for (std::size_t row = 0; row < rows_; ++row) {
      const double weight = weights[row];
      if (weight == 0.0) continue;
      std::size_t first = numbers;
      for (std::size_t m = 0; m < margins_.size(); ++m) {
        at[m] = first + margins_[m].cell_of_row[row];
        first += margins_[m].totals.size();
      }
      for (std::size_t i = 0; i < numbers; ++i) {
        own[i] = numbers_[i][row] * weight;
        for (std::size_t j = 0; j <= i; ++j) upper[j * width + i] += own[i] * numbers_[j][row];
        for (const std::size_t column : at) upper[i * width + column] += own[i];
      }
      for (std::size_t m = 0; m < at.size(); ++m)
        for (std::size_t k = m; k < at.size(); ++k) upper[at[m] * width + at[k]] += weight;
    }
    SquareMatrix out{width};
    for (std::size_t i = 0; i < width; ++i)
      for (std::size_t j = i; j < width; ++j) out(i, j) = out(j, i) = upper[i * width + j];
    return out;
  }

 private:
  std::size_t rows_;
  std::vector<std::string> names_{};
  std::vector<double> totals_{};
  std::vector<std::vector<double>> numbers_{};
  std::vector<Margin> margins_{};
};

}  // namespace assay::survey
