#pragma once
/// \file
/// The table of a survey's answers.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <assay/core/probability.hpp>
#include <assay/io/table.hpp>
#include <assay/survey/answer.hpp>

namespace assay::survey {

/// One row of a result. NaN stands for no answer and becomes null.
struct ResultRow {
  std::size_t grouping{0};
  std::size_t table_row{0};  ///< a row of the table that is in the slice
  std::string metric{};
  std::optional<std::string> level{};
  double estimate{0.0};
  double standard_error{0.0};
  std::optional<Interval> limits{};
  std::int64_t n{0};
  double n_effective{0.0};
  double numerator{0.0};
  double denominator{0.0};
  double degrees_of_freedom{0.0};
  double design_effect{0.0};
  double quantile{0.0};
  std::string a{};  ///< of a difference: the two sides
  std::string b{};
  double estimate_a{0.0};
  double estimate_b{0.0};
};

/// What all rows of a result share, and which further columns they have.
struct ResultWords {
  std::string method{};
  std::string basis{"measured"};
  double confidence{0.95};
  bool levels{false};
  bool design_effect{false};
  bool quantile{false};
  std::string between{};  ///< of differences: the column whose values are compared
};

/// An interval of one estimate.
using Limits = std::function<std::optional<Interval>(const Estimates&, std::size_t domain)>;

/// The rows of answers with their limits.
[[nodiscard]] inline std::vector<ResultRow> rows_of(const Answers& answers, const Limits& limits) {
  std::vector<ResultRow> out;
  out.reserve(answers.rows.size());
  for (const AnswerRow& each : answers.rows) {
    const Estimates& own = answers.columns[each.column];
    const std::size_t d = each.domain;
    ResultRow row;
    row.grouping = each.grouping;
    row.table_row = answers.groupings[each.grouping]->crossed.first_row[d];
    row.metric = answers.metrics[each.measure];
    row.level = answers.levels[each.measure];
    row.estimate = own.point.estimate[d];
    row.standard_error = own.standard_error(d);
    row.limits = limits(own, d);
    row.n = own.point.rows[d];
    row.n_effective = std::min(own.kish(d), static_cast<double>(row.n));
    row.numerator = own.point.numerator[d];
    row.denominator = own.point.denominator[d];
    row.degrees_of_freedom = own.degrees_of_freedom[d];
    if (!answers.design_effects.empty()) row.design_effect = answers.design_effects[each.column][d];
    out.push_back(std::move(row));
  }
  return out;
}

namespace detail {

inline void append_value(io::ColumnBuilder& out, const CodedColumn& column, Code code) {
  const io::Dictionary& dictionary = column.dictionary->values;
  const Code own = column.values[code];
  if (dictionary.is_text() || dictionary.format() == "n")
    out.append(dictionary.text(own));
  else if (dictionary.format() == "b")
    out.append(dictionary.integer(own) != 0);
  else
    out.append(dictionary.integer(own));
}

/// The grouping columns of some rows: null where a row's grouping does not have the column.
inline void add_slices(const std::vector<std::shared_ptr<const Grouping>>& groupings,
                       const std::vector<ResultRow>& rows,
                       std::vector<std::shared_ptr<const io::ColumnData>>& columns) {
  std::vector<const CodedColumn*> named;
  for (const auto& grouping : groupings)
    for (const CodedColumn& each : grouping->columns)
      if (std::none_of(named.begin(), named.end(), [&](const auto* known) { return known->name == each.name; }))
        named.push_back(&each);
  for (const CodedColumn* each : named) {
    const std::string format = each->dictionary->values.format();
    io::ColumnBuilder out{each->name, format == "n" ? "u" : format};
    for (const ResultRow& row : rows) {
      const Grouping& grouping = *groupings[row.grouping];
      const auto own = std::find_if(grouping.columns.begin(), grouping.columns.end(),
                                    [&](const CodedColumn& column) { return column.name == each->name; });
      if (own == grouping.columns.end())
        out.append_null();
      else
        append_value(out, *own, own->codes[row.table_row]);
    }
    columns.push_back(out.finish());
  }
}

}  // namespace detail

/// The answers as a table: grouping columns (null = all), metric, estimate and its evidence.
[[nodiscard]] inline io::Table table_of(const Design& design,
                                        const std::vector<std::shared_ptr<const Grouping>>& groupings,
                                        const std::vector<ResultRow>& rows, const ResultWords& words) {
  std::vector<std::shared_ptr<const io::ColumnData>> columns;
  detail::add_slices(groupings, rows, columns);
  const auto add = [&](const char* name, const char* format, const auto& append) {
    io::ColumnBuilder out{name, format};
    for (const ResultRow& row : rows) append(out, row);
    columns.push_back(out.finish());
  };
  const auto number = [&](const char* name, const auto& value) {
    add(name, "g", [&](io::ColumnBuilder& out, const ResultRow& row) {
      const double found = value(row);
      if (std::isfinite(found))
        out.append(found);
      else
        out.append_null();
    });
  };
  const auto text = [&](const char* name, const auto& value) {
    add(name, "u", [&](io::ColumnBuilder& out, const ResultRow& row) { out.append(std::string_view{value(row)}); });
  };
  const auto same = [&](const char* name, const std::string& value) {
    add(name, "u", [&](io::ColumnBuilder& out, const ResultRow&) { out.append(std::string_view{value}); });
  };
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  if (!words.between.empty())
    text(words.between.c_str(), [](const ResultRow& row) { return row.a + " \u2212 " + row.b; });
  text("metric", [](const ResultRow& row) -> const std::string& { return row.metric; });
  if (words.levels)
    add("level", "u", [](io::ColumnBuilder& out, const ResultRow& row) {
      if (row.level)
        out.append(std::string_view{*row.level});
      else
        out.append_null();
    });
  if (words.quantile) number("quantile", [](const ResultRow& row) { return row.quantile; });
  number("estimate", [](const ResultRow& row) { return row.estimate; });
  number("standard_error", [](const ResultRow& row) { return row.standard_error; });
  number("lower", [](const ResultRow& row) { return row.limits ? row.limits->lower : none; });
  number("upper", [](const ResultRow& row) { return row.limits ? row.limits->upper : none; });
  number("confidence", [&](const ResultRow&) { return words.confidence; });
  add("n", "l", [](io::ColumnBuilder& out, const ResultRow& row) { out.append(row.n); });
  number("n_effective", [](const ResultRow& row) { return row.n_effective; });
  number("numerator", [](const ResultRow& row) { return row.numerator; });
  number("denominator", [](const ResultRow& row) { return row.denominator; });
  same("method", words.method);
  same("design", design.words());
  same("about", design.finite() ? "queue" : "process");
  same("basis", words.basis);
  number("df", [](const ResultRow& row) { return row.degrees_of_freedom; });
  if (words.design_effect) number("design_effect", [](const ResultRow& row) { return row.design_effect; });
  if (!words.between.empty()) {
    text("a", [](const ResultRow& row) -> const std::string& { return row.a; });
    text("b", [](const ResultRow& row) -> const std::string& { return row.b; });
    number("estimate_a", [](const ResultRow& row) { return row.estimate_a; });
    number("estimate_b", [](const ResultRow& row) { return row.estimate_b; });
  }
  return io::Table{std::move(columns)};
}

}  // namespace assay::survey
