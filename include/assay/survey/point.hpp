#pragma once
/// \file
/// Point estimates under any weights, for all domains at once.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <assay/survey/domains.hpp>

namespace assay::survey {

/// mean: weighted mean of y. total: weighted sum of y. ratio: weighted sum of y over that of x. variance: of y in the
/// population, with the factor n / (n - 1) on the sample's.
enum class Statistic { mean, total, ratio, variance };

/// What is asked, and of which columns (by row).
struct Question {
  Statistic statistic{Statistic::mean};
  std::span<const double> y{};
  std::span<const double> x{};  ///< the denominator of a ratio; else empty
};

/// By domain. An estimate that nothing can answer (no row, a denominator of 0) is NaN, which never leaves the room.
struct PointEstimates {
  std::vector<double> estimate{};
  std::vector<double> numerator{};
  std::vector<double> denominator{};
  std::vector<double> centre{};  ///< variance: the mean about which it is taken
  std::vector<double> weight{};
  std::vector<double> weight_squares{};
  std::vector<std::int64_t> rows{};
};

[[nodiscard]] inline PointEstimates point_estimates(const Question& question, std::span<const double> weights,
                                                    const Domains& domains) {
  struct Sums {
    double weight{0.0};
    double squares{0.0};
    double y{0.0};
    double x{0.0};
    std::int64_t rows{0};
  };
  const std::size_t rows = question.y.size();
  std::vector<Sums> sums(domains.count);
  const bool ratio = question.statistic == Statistic::ratio;
  for (std::size_t row = 0; row < rows; ++row) {
    const Code domain = domains.at(row);
    if (domain == no_code) continue;
    Sums& own = sums[domain];
    const double weight = weights[row];
    own.weight += weight;
    own.squares += weight * weight;
    own.y += weight * question.y[row];
    if (ratio) own.x += weight * question.x[row];
    ++own.rows;
  }
  std::vector<double> spread(question.statistic == Statistic::variance ? domains.count : 0, 0.0);
  if (!spread.empty())
    for (std::size_t row = 0; row < rows; ++row)
      if (const Code domain = domains.at(row); domain != no_code) {
        const double off = question.y[row] - sums[domain].y / sums[domain].weight;
        spread[domain] += weights[row] * off * off;
      }
  PointEstimates out;
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t domain = 0; domain < domains.count; ++domain) {
    const Sums& own = sums[domain];
    const auto n = static_cast<double>(own.rows);
    double estimate = none;
    double numerator = own.y;
    double denominator = ratio ? own.x : own.weight;
    if (question.statistic == Statistic::variance) numerator = own.rows > 1 ? spread[domain] * n / (n - 1.0) : none;
    if (question.statistic == Statistic::total) {
      estimate = own.rows > 0 ? own.y : none;
      denominator = none;
    } else if (own.rows > 0 && denominator != 0.0) {
      estimate = numerator / denominator;
    }
    out.estimate.push_back(std::isfinite(estimate) ? estimate : none);
    out.numerator.push_back(std::isfinite(numerator) ? numerator : none);
    out.denominator.push_back(denominator);
    out.centre.push_back(own.weight != 0.0 ? own.y / own.weight : none);
    out.weight.push_back(own.weight);
    out.weight_squares.push_back(own.squares);
    out.rows.push_back(own.rows);
  }
  return out;
}

/// By row, weight times the linearised value: the sum of the scores of a domain's rows varies as its estimate does.
/// Rows in no domain, or in one without an answer, have 0.
///
/// Mean: w (y - mean) / W. Ratio: w (y - ratio x) / X. Total: w y. Variance: of the mean of the squared distances.
///
/// Reference: Särndal, Swensson & Wretman (1992), sections 5.5 to 5.7; Deville (1999), Survey Methodology 25(2):193-203
[[nodiscard]] inline std::vector<double> linearised_scores(const Question& question, std::span<const double> weights,
                                                           const Domains& domains, const PointEstimates& point) {
  std::vector<double> out(question.y.size(), 0.0);
  if (question.statistic == Statistic::total) {
    for (std::size_t row = 0; row < out.size(); ++row)
      if (domains.at(row) != no_code) out[row] = weights[row] * question.y[row];
    return out;
  }
  struct Line {
    double centre{0.0};
    double spread{0.0};  // n / (n - 1), for the variance
    double value{0.0};
    double over{0.0};  // 1 / denominator; 0 where nothing answers
  };
  std::vector<Line> lines(domains.count);
  for (std::size_t domain = 0; domain < domains.count; ++domain) {
    if (std::isnan(point.estimate[domain])) continue;
    const auto n = static_cast<double>(point.rows[domain]);
    lines[domain] = {point.centre[domain], n > 1.0 ? n / (n - 1.0) : 0.0, point.estimate[domain],
                     1.0 / point.denominator[domain]};
  }
  const auto fill = [&](const auto& residual) {
    for (std::size_t row = 0; row < out.size(); ++row) {
      const Code domain = domains.at(row);
      if (domain == no_code) continue;
      const Line& line = lines[domain];
      out[row] = weights[row] * residual(line, row) * line.over;
    }
  };
  if (question.statistic == Statistic::mean) {
    fill([&](const Line& line, std::size_t row) { return question.y[row] - line.value; });
  } else if (question.statistic == Statistic::ratio) {
    fill([&](const Line& line, std::size_t row) { return question.y[row] - line.value * question.x[row]; });
  } else {
    fill([&](const Line& line, std::size_t row) {
      const double off = question.y[row] - line.centre;
      return off * off * line.spread - line.value;
    });
  }
  return out;
}

}  // namespace assay::survey
