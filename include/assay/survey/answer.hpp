#pragma once
/// \file
/// Questions about the columns of a survey's table, and their answers.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/survey/covariance.hpp>
#include <assay/survey/estimate.hpp>
#include <assay/survey/read.hpp>

namespace assay::survey {

/// One column to estimate. NaN in `y` or `x` marks a row to leave out.
struct Measure {
  std::string metric{};
  std::vector<double> y{};
  std::vector<double> x{};  ///< the denominator of a ratio
  bool any_missing{false};
  bool share{false};                   ///< y is 0 or 1, and the interval keeps within [0, 1]
  std::optional<std::string> level{};  ///< of a share: the value that counts, where the column has several
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
  std::vector<std::optional<std::string>> levels{};
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

/// Which rows have a value for every measure; empty where all have.
[[nodiscard]] inline std::vector<unsigned char> observed(const std::vector<Measure>& measures) {
  std::vector<unsigned char> out;
  for (const Measure& measure : measures) {
    if (!measure.any_missing) continue;
    if (out.empty()) out.assign(measure.y.size(), 1);
    for (std::size_t row = 0; row < out.size(); ++row)
      if (std::isnan(measure.y[row]) || (!measure.x.empty() && std::isnan(measure.x[row]))) out[row] = 0;
  }
  return out;
}

/// Domains of a grouping, without the rows that were not observed.
[[nodiscard]] inline std::shared_ptr<const Domains> domains_of(const Grouping& grouping,
                                                               const std::vector<unsigned char>& seen) {
  auto out = std::make_shared<Domains>();
  out->of_row = grouping.crossed.of_row;
  out->count = grouping.crossed.count;
  if (seen.empty()) return out;
  if (out->of_row.empty()) out->of_row.assign(seen.size(), 0);
  for (std::size_t row = 0; row < seen.size(); ++row)
    if (seen[row] == 0) out->of_row[row] = no_code;
  return out;
}

/// All measures for all groupings: slices in the order of their values, and the measures within each. Rows without a
/// value for one of the measures are left out of all of them, so that the answers are about the same rows.
[[nodiscard]] inline Answers answer(const Survey& survey, std::vector<std::shared_ptr<const Grouping>> groupings,
                                    const std::vector<Measure>& measures, Statistic statistic, bool design_effect) {
  Answers out{survey.design, std::move(groupings), {}, {}, {}, {}, {}};
  for (const Measure& measure : measures) {
    out.metrics.push_back(measure.metric);
    out.levels.push_back(measure.level);
  }
  const std::vector<unsigned char> seen = observed(measures);
  for (std::size_t g = 0; g < out.groupings.size(); ++g) {
    const Grouping& grouping = *out.groupings[g];
    const auto cells = std::make_shared<const DomainCells>(survey.design, domains_of(grouping, seen));
    const std::size_t first = out.columns.size();
    for (const Measure& measure : measures) {
      const Question question{statistic, measure.y, measure.x};
      out.columns.push_back(estimate(survey.design, cells, question));
      if (measure.share) out.columns.back().kish_left = kish_after_correction(survey.design, cells->domains());
      if (design_effect) out.design_effects.push_back(design_effects(survey.design, out.columns.back(), question));
    }
    for (std::size_t domain = 0; domain < grouping.crossed.count; ++domain)
      for (std::size_t m = 0; m < measures.size(); ++m) out.rows.push_back({first + m, domain, g, m});
  }
  return out;
}

}  // namespace assay::survey
