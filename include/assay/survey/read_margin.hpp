#pragma once
/// \file
/// Margins as people write them, brought to the rows of a survey.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <assay/survey/margin.hpp>
#include <assay/survey/read.hpp>

namespace assay::survey {

/// The levels of one or more crossed columns, each as text, and the total of each.
struct MarginSpec {
  std::vector<std::string> columns{};
  std::vector<std::vector<std::string>> levels{};  ///< one entry a cell, one text a column
  std::vector<double> totals{};
};

namespace detail {

[[nodiscard]] inline std::string joined(const std::vector<std::string>& levels) {
  std::string out;
  for (const std::string& level : levels) out += (out.empty() ? "" : ", ") + level;
  return out;
}

}  // namespace detail

/// The cell of each row. Cells are numbered in the order of their levels' texts, so that the order in which they were
/// written does not matter.
/// \throws InputError for levels given twice, levels of rows without a total, and as require_margin does.
[[nodiscard]] inline Margin read_margin(const Survey& survey, const MarginSpec& spec, unsigned threads) {
  if (spec.columns.empty()) throw InputError("the name of a column for each margin", "none");
  std::map<std::vector<std::string>, std::size_t> cells;
  for (std::size_t i = 0; i < spec.levels.size(); ++i)
    if (!cells.try_emplace(spec.levels[i], i).second)
      throw InputError("each level of a margin once", in_quotes(detail::joined(spec.levels[i])) + " twice",
                       {spec.columns.front(), {}});
  Margin out;
  for (const std::string& name : spec.columns) out.name += (out.name.empty() ? "" : " x ") + name;
  for (auto& [levels, at] : cells) {
    out.cells.push_back(detail::joined(levels));
    out.totals.push_back(spec.totals[at]);
    at = out.cells.size() - 1;
  }
  std::vector<CodedColumn> columns;
  std::vector<const CodedColumn*> parts;
  columns.reserve(spec.columns.size());
  for (const std::string& name : spec.columns) {
    columns.push_back(code_column(survey.table, name, survey.columns.missing, threads));
    parts.push_back(&columns.back());
  }
  const auto rows = static_cast<std::size_t>(survey.table.rows);
  const Crossed crossed = Crossed::of(parts, rows);
  std::vector<Code> cell_of(crossed.count);
  for (std::size_t group = 0; group < crossed.count; ++group) {
    std::vector<std::string> levels;
    const std::size_t row = crossed.first_row[group];
    for (const CodedColumn& each : columns) levels.push_back(each.words(each.codes[row]));
    const auto found = cells.find(levels);
    if (found == cells.end())
      throw InputError("a total for each level that rows have", "none for " + in_quotes(detail::joined(levels)),
                       {out.name, static_cast<std::int64_t>(row)}, "give its total, or drop its rows");
    cell_of[group] = static_cast<Code>(found->second);
  }
  out.cell_of_row.resize(rows);
  for (std::size_t row = 0; row < rows; ++row)
    out.cell_of_row[row] = cell_of[crossed.of_row.empty() ? 0 : crossed.of_row[row]];
  require_margin(out, rows);
  return out;
}

/// A table of totals: the columns of levels, and one of totals named "total" or "population".
/// \throws InputError for a table with neither or both of them, or without a column of levels.
[[nodiscard]] inline MarginSpec margin_from_table(io::Stream& stream, unsigned threads) {
  const HeldTable table = HeldTable::read(stream);
  MarginSpec out;
  std::string total;
  for (const io::Field& field : *table.fields) {
    if (field.name != "total" && field.name != "population") {
      out.columns.push_back(field.name);
    } else if (total.empty()) {
      total = field.name;
    } else {
      throw InputError("one column of totals, \"total\" or \"population\"", "both");
    }
  }
  if (total.empty() || out.columns.empty())
    throw InputError("a table of columns with levels and one named \"total\" or \"population\"",
                     total.empty() ? "no column of totals" : "no column of levels");
  out.totals = number_column(table, total, false, "give each level its total").values;
  out.levels.resize(out.totals.size());
  for (const std::string& name : out.columns) {
    const CodedColumn column = code_column(table, name, std::nullopt, threads);
    for (std::size_t row = 0; row < out.levels.size(); ++row)
      out.levels[row].push_back(column.words(column.codes[row]));
  }
  return out;
}

}  // namespace assay::survey
