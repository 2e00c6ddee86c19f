#pragma once
/// \file
/// Known sizes of a population's parts, as weights are adjusted to them.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/io/dictionary.hpp>

namespace assay::survey {

using io::Code;

/// The cells of one or more crossed columns, and how many units of the population are in each.
struct Margin {
  std::string name{};                ///< of the column, or the columns joined by " x "
  std::vector<std::string> cells{};  ///< their names
  std::vector<double> totals{};      ///< by cell
  std::vector<Code> cell_of_row{};

  [[nodiscard]] double whole() const noexcept {
    double sum = 0.0;
    for (const double total : totals) sum += total;
    return sum;
  }
  [[nodiscard]] std::string words(std::size_t cell) const {
    return in_quotes(cell < cells.size() ? cells[cell] : to_text(static_cast<std::int64_t>(cell)));
  }
};

/// \throws InputError unless every row is in a cell with a total above 0, and every cell with a total holds a row.
inline void require_margin(const Margin& margin, std::size_t rows) {
  if (margin.cell_of_row.size() != rows)
    throw InputError("a cell for each of " + std::to_string(rows) + " rows", std::to_string(margin.cell_of_row.size()),
                     {margin.name, {}});
  for (std::size_t cell = 0; cell < margin.totals.size(); ++cell)
    if (!(margin.totals[cell] > 0.0) || std::isinf(margin.totals[cell]))
      throw InputError("a finite total above 0 for " + margin.words(cell), to_text(margin.totals[cell]),
                       {margin.name, {}}, "join levels that hold nobody with others, or drop their rows");
  std::vector<char> met(margin.totals.size(), 0);
  for (std::size_t row = 0; row < rows; ++row) {
    const Code cell = margin.cell_of_row[row];
    if (cell >= margin.totals.size())
      throw InputError("a total for each level", "a level without one", {margin.name, static_cast<std::int64_t>(row)},
                       "give its total, or drop its rows");
    met[cell] = 1;
  }
  for (std::size_t cell = 0; cell < met.size(); ++cell)
    if (met[cell] == 0)
      throw InputError("rows in each level that has a total", "none in " + margin.words(cell), {margin.name, {}},
                       "no weight can stand for a level without rows: join it with a like level");
}

/// Sums of weights by cell, in the order of the rows.
[[nodiscard]] inline std::vector<double> held_by(const Margin& margin, std::span<const double> weights) {
  std::vector<double> held(margin.totals.size(), 0.0);
  for (std::size_t row = 0; row < weights.size(); ++row) held[margin.cell_of_row[row]] += weights[row];
  return held;
}

/// Brings the weights of each cell to its total.
/// \throws InputError for a cell whose weights add up to nothing, as in a replicate that left all its rows out.
inline void fit_margin(const Margin& margin, std::span<double> weights) {
  std::vector<double> factor = held_by(margin, weights);
  for (std::size_t cell = 0; cell < factor.size(); ++cell) {
    if (!(factor[cell] > 0.0))
      throw InputError("weights above 0 in each level of a margin", to_text(factor[cell]) + " in " + margin.words(cell),
                       {margin.name, {}}, "join it with a like level: too few rows hold it");
    factor[cell] = margin.totals[cell] / factor[cell];
  }
  for (std::size_t row = 0; row < weights.size(); ++row) weights[row] *= factor[margin.cell_of_row[row]];
}

}  // namespace assay::survey
