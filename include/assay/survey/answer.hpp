#pragma once
/// \file
/// Questions about the columns of a survey's table, and the table of answers.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/probability.hpp>
#include <assay/io/table.hpp>
#include <assay/survey/covariance.hpp>
#include <assay/survey/estimate.hpp>
#include <assay/survey/limits.hpp>
#include <assay/survey/read.hpp>

namespace assay::survey {

/// One column to estimate. NaN in `y` or `x` marks a row to leave out.
struct Measure {
  std::string metric{};
  std::vector<double> y{};
  std::vector<double> x{};  ///< the denominator of a ratio
  bool any_missing{false};
  bool share{false};  ///< y is 0 or 1, and the interval keeps within [0, 1]
};

/// By row of the grouping: which columns' codes name a slice.
struct Grouping {
  std::vector<std::string> by{};
  std::vector<CodedColumn> columns{};
  Crossed crossed{};
};

[[nodiscard]] inline Grouping grouping(const Survey& survey, std::vector<std::string> by, unsigned threads) {
  Grouping out;
  for (const std::string& name : by)
    out.columns.push_back(code_column(survey.table, name, survey.columns.missing, threads));
  out.by = std::move(by);
  std::vector<const CodedColumn*> columns;
  for (const CodedColumn& each : out.columns) columns.push_back(&each);
  out.crossed = Crossed::of(columns, static_cast<std::size_t>(survey.table.rows));
  return out;
}

/// An interval of one estimate: the limits, where there are any, and what the method is called.
using Limits = std::function<std::optional<Interval>(const Estimates&, std::size_t domain)>;

/// One row of answers.
struct AnswerRow {
  std::size_t column{0};  ///< which estimates
  std::size_t domain{0};
  std::size_t grouping{0};
  std::size_t measure{0};
};

/// Estimates for several measures and groupings.
struct Answers {
  Design design;
  std::vector<std::shared_ptr<const Grouping>> groupings{};
  std::vector<std::string> metrics{};
  std::vector<Estimates> columns{};
  std::vector<AnswerRow> rows{};
  std::vector<std::vector<double>> design_effects{};  ///< by column; empty where not asked for

  /// The matrix of all rows' covariances, row by row.
  [[nodiscard]] std::vector<double> covariance() const {
    std::vector<const Estimates*> all;
    std::vector<std::size_t> first;
    std::size_t size = 0;
    for (const Estimates& each : columns) {
      all.push_back(&each);
      first.push_back(size);
      size += each.count();
    }
    const std::vector<double> matrix = survey::covariance(design, all);
    std::vector<double> out;
    out.reserve(rows.size() * rows.size());
    for (const AnswerRow& a : rows)
      for (const AnswerRow& b : rows)
        out.push_back(matrix[(first[a.column] + a.domain) * size + first[b.column] + b.domain]);
    return out;
  }
};

/// Domains of a grouping, without the rows that a measure leaves out.
[[nodiscard]] inline std::shared_ptr<const Domains> domains_of(const Grouping& grouping, const Measure& measure) {
  auto out = std::make_shared<Domains>();
  out->of_row = grouping.crossed.of_row;
  out->count = grouping.crossed.count;
  if (!measure.any_missing) return out;
  if (out->of_row.empty()) out->of_row.assign(measure.y.size(), 0);
  for (std::size_t row = 0; row < measure.y.size(); ++row)
    if (std::isnan(measure.y[row]) || (!measure.x.empty() && std::isnan(measure.x[row]))) out->of_row[row] = no_code;
  return out;
}

/// All measures for all groupings: slices in the order of their values, and the measures within each.
[[nodiscard]] inline Answers answer(const Survey& survey, std::vector<std::shared_ptr<const Grouping>> groupings,
                                    std::vector<Measure> measures, Statistic statistic, bool design_effect) {
  Answers out{survey.design, std::move(groupings), {}, {}, {}, {}};
  for (const Measure& measure : measures) out.metrics.push_back(measure.metric);
  for (std::size_t g = 0; g < out.groupings.size(); ++g) {
    const Grouping& grouping = *out.groupings[g];
    std::shared_ptr<const DomainCells> shared;
    const std::size_t first = out.columns.size();
    for (Measure& measure : measures) {
      std::shared_ptr<const DomainCells> cells = shared;
      if (!cells) cells = std::make_shared<const DomainCells>(survey.design, domains_of(grouping, measure));
      if (!measure.any_missing) shared = cells;
      if (measure.any_missing) {
        if (cells == shared) cells = std::make_shared<const DomainCells>(survey.design, domains_of(grouping, measure));
        for (double& value : measure.y)
          if (std::isnan(value)) value = 0.0;  // the row is in no domain any more
      }
      const Question question{statistic, measure.y, measure.x};
      out.columns.push_back(estimate(survey.design, cells, question));
      if (design_effect) out.design_effects.push_back(design_effects(survey.design, out.columns.back(), question));
    }
    for (std::size_t domain = 0; domain < grouping.crossed.count; ++domain)
      for (std::size_t m = 0; m < measures.size(); ++m) out.rows.push_back({first + m, domain, g, m});
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

inline void append_number(io::ColumnBuilder& out, double value) {
  if (std::isfinite(value))
    out.append(value);
  else
    out.append_null();
}

/// The grouping columns of some rows: null where a row's grouping does not have the column.
inline void add_slices(const Answers& answers, std::vector<std::shared_ptr<const io::ColumnData>>& columns) {
  std::vector<const CodedColumn*> named;
  for (const auto& grouping : answers.groupings)
    for (const CodedColumn& each : grouping->columns)
      if (std::none_of(named.begin(), named.end(), [&](const auto* known) { return known->name == each.name; }))
        named.push_back(&each);
  for (const CodedColumn* each : named) {
    const std::string format = each->dictionary->values.format();
    io::ColumnBuilder out{each->name, format == "n" ? "u" : format};
    for (const AnswerRow& row : answers.rows) {
      const Grouping& grouping = *answers.groupings[row.grouping];
      const auto own = std::find_if(grouping.columns.begin(), grouping.columns.end(),
                                    [&](const CodedColumn& column) { return column.name == each->name; });
      if (own == grouping.columns.end())
        out.append_null();
      else
        append_value(out, *own, own->codes[grouping.crossed.first_row[row.domain]]);
    }
    columns.push_back(out.finish());
  }
}

}  // namespace detail

/// The answers as a table: grouping columns (null = all), metric, estimate and its evidence.
[[nodiscard]] inline io::Table table_of(const Answers& answers, Confidence confidence, const std::string& method,
                                        const std::string& basis, const Limits& limits) {
  std::vector<std::shared_ptr<const io::ColumnData>> columns;
  detail::add_slices(answers, columns);
  io::ColumnBuilder metric{"metric", "u"}, value{"estimate", "g"}, error{"standard_error", "g"}, lower{"lower", "g"},
      upper{"upper", "g"}, level{"confidence", "g"}, n{"n", "l"}, effective{"n_effective", "g"},
      numerator{"numerator", "g"}, denominator{"denominator", "g"}, how{"method", "u"}, design{"design", "u"},
      about{"about", "u"}, based{"basis", "u"}, df{"df", "g"}, deff{"design_effect", "g"};
  const std::string design_words = answers.design.words();
  const char* const about_words = answers.design.finite() ? "queue" : "process";
  for (const AnswerRow& row : answers.rows) {
    const Estimates& own = answers.columns[row.column];
    const std::size_t d = row.domain;
    metric.append(std::string_view{answers.metrics[row.measure]});
    detail::append_number(value, own.point.estimate[d]);
    detail::append_number(error, own.standard_error(d));
    const std::optional<Interval> interval = limits(own, d);
    if (interval) {
      lower.append(interval->lower);
      upper.append(interval->upper);
    } else {
      lower.append_null();
      upper.append_null();
    }
    level.append(confidence.value());
    n.append(own.point.rows[d]);
    effective.append(std::min(own.kish(d), static_cast<double>(own.point.rows[d])));
    detail::append_number(numerator, own.point.numerator[d]);
    detail::append_number(denominator, own.point.denominator[d]);
    how.append(std::string_view{method});
    design.append(std::string_view{design_words});
    about.append(about_words);
    based.append(std::string_view{basis});
    df.append(own.degrees_of_freedom[d]);
    if (!answers.design_effects.empty()) detail::append_number(deff, answers.design_effects[row.column][d]);
  }
  for (io::ColumnBuilder* each : {&metric, &value, &error, &lower, &upper, &level, &n, &effective, &numerator,
                                  &denominator, &how, &design, &about, &based, &df})
    columns.push_back(each->finish());
  if (!answers.design_effects.empty()) columns.push_back(deff.finish());
  return io::Table{std::move(columns)};
}

}  // namespace assay::survey
