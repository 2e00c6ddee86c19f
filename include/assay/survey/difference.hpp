#pragma once
/// \file
/// Differences between domains of one design, which do not vary apart.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/interval/difference.hpp>
#include <assay/survey/answer.hpp>
#include <assay/survey/joint_degrees.hpp>
#include <assay/survey/limits.hpp>
#include <assay/survey/result.hpp>

namespace assay::survey {

/// Which differences: between the values of the column `between`, within each slice of `by`. All pairs in the order of
/// the values, or the one named.
struct Contrast {
  std::string between{};
  std::optional<std::pair<std::string, std::string>> pair{};
};

/// Differences of means (or of shares) between domains, each as estimate a minus estimate b.
///
/// The variance is that of a plus that of b minus twice their covariance: domains of one sample share strata and
/// clusters. Means: Student's t with the degrees of freedom of both domains together. Shares: the limits of both are
/// joined so that each says how far it can be from its estimate (MOVER), which keeps within [-1, 1].
///
/// \throws InputError for a column with one value only, a pair that is not among its values, or more than 500 pairs.
///
/// Reference: Zou & Donner (2008), Statistics in Medicine 27(10):1693-1702, doi:10.1002/sim.3095
[[nodiscard]] inline std::vector<ResultRow> differences(const Answers& answers, const Contrast& contrast,
                                                        const ShareInterval& interval, EffectiveSize size,
                                                        const std::vector<Measure>& measures, Confidence confidence) {
  const Grouping& grouping = *answers.groupings.front();
  const CodedColumn& between = grouping.columns.back();
  const auto code_named = [&](const std::string& words) {
    for (Code code = 0; code < between.count(); ++code)
      if (between.words(code) == words) return code;
    throw InputError("a value of the column", in_quotes(words), {between.name, {}});
  };
  std::vector<std::pair<Code, Code>> pairs;
  if (contrast.pair) {
    pairs.emplace_back(code_named(contrast.pair->first), code_named(contrast.pair->second));
    if (pairs.front().first == pairs.front().second)
      throw InputError("two values to compare", in_quotes(contrast.pair->first) + " twice", {between.name, {}});
  } else {
    if (between.count() > 32)
      throw InputError("at most 32 values to compare pair by pair", std::to_string(between.count()), {between.name, {}},
                       "name the pair: (column, a, b)");
    for (Code a = 0; a < between.count(); ++a)
      for (Code b = a + 1; b < between.count(); ++b) pairs.emplace_back(a, b);
  }
  if (pairs.empty()) throw InputError("two values to compare", std::to_string(between.count()), {between.name, {}});
  const auto slice = [&](std::size_t domain) {
    std::vector<Code> out;
    for (std::size_t c = 0; c + 1 < grouping.columns.size(); ++c)
      out.push_back(grouping.columns[c].codes[grouping.crossed.first_row[domain]]);
    return out;
  };
  const auto side = [&](std::size_t domain) { return between.codes[grouping.crossed.first_row[domain]]; };

  const std::vector<double> matrix = answers.covariance();
  const JointDegrees joint{answers.design, *answers.columns.front().cells};  // all columns are about the same rows
  const std::size_t measured = measures.size();
  const std::size_t total = answers.rows.size();
  std::vector<ResultRow> out;
  for (std::size_t begin = 0; begin < grouping.crossed.count;) {  // a slice's domains stand together
    std::size_t end = begin;
    while (end < grouping.crossed.count && slice(end) == slice(begin)) ++end;
    for (const auto& [code_a, code_b] : pairs) {
      std::size_t a = end;
      std::size_t b = end;
      for (std::size_t domain = begin; domain < end; ++domain) {
        if (side(domain) == code_a) a = domain;
        if (side(domain) == code_b) b = domain;
      }
      if (a == end || b == end) continue;
      const double degrees = joint.of(a, b);
      for (std::size_t m = 0; m < measured; ++m) {
        const Estimates& own = answers.columns[m];
        const std::size_t i = a * measured + m;
        const std::size_t j = b * measured + m;
        const double variance = matrix[i * total + i] + matrix[j * total + j] - 2.0 * matrix[i * total + j];
        ResultRow row;
        row.table_row = grouping.crossed.first_row[a];
        row.metric = measures[m].metric;
        row.level = measures[m].level;
        row.a = between.words(code_a);
        row.b = between.words(code_b);
        row.estimate_a = own.point.estimate[a];
        row.estimate_b = own.point.estimate[b];
        row.estimate = row.estimate_a - row.estimate_b;
        row.standard_error = std::sqrt(std::max(variance, 0.0));
        if (std::isnan(variance)) row.standard_error = variance;
        row.n = own.point.rows[a] + own.point.rows[b];
        row.n_effective = own.kish(a) + own.kish(b);
        row.numerator = row.denominator = std::numeric_limits<double>::quiet_NaN();
        row.degrees_of_freedom = degrees;
        if (measures[m].share && std::isfinite(row.estimate)) {
          const double product = std::sqrt(matrix[i * total + i] * matrix[j * total + j]);
          const double correlation = product > 0.0 ? std::clamp(matrix[i * total + j] / product, -1.0, 1.0) : 0.0;
          const DesignedShare of_a = designed_share(own, a);
          const DesignedShare of_b = designed_share(own, b);
          row.limits = mover_difference(of_a.share, interval.limits(of_a, confidence, size), of_b.share,
                                        interval.limits(of_b, confidence, size), correlation);
        } else {
          row.limits = student_limits(row.estimate, row.standard_error, row.degrees_of_freedom, confidence);
        }
        out.push_back(std::move(row));
      }
    }
    begin = end;
  }
  return out;
}

}  // namespace assay::survey
