#pragma once
/// \file
/// Estimates with their variances: what every answer of a survey is made from.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <assay/survey/design.hpp>
#include <assay/survey/domains.hpp>
#include <assay/survey/point.hpp>
#include <assay/survey/variance.hpp>

namespace assay::survey {

/// One column of estimates, by domain. NaN stands for no answer.
struct Estimates {
  std::shared_ptr<const DomainCells> cells{};
  std::vector<double> scores{};  ///< by row, kept for covariances; empty where replicates answer
  PointEstimates point{};
  std::vector<double> variance{};
  std::vector<double> degrees_of_freedom{};
  std::vector<double> kish_left{};                ///< of shares: kish_after_correction
  std::vector<std::vector<double>> replicated{};  ///< by replicate, the estimates; empty where there are none

  [[nodiscard]] std::size_t count() const noexcept { return point.estimate.size(); }
  [[nodiscard]] double standard_error(std::size_t domain) const noexcept { return std::sqrt(variance[domain]); }
  /// Kish's effective sample size: (sum of weights)^2 over the sum of their squares.
  [[nodiscard]] double kish(std::size_t domain) const noexcept {
    return point.rows[domain] == 0 ? 0.0 : point.weight[domain] * point.weight[domain] / point.weight_squares[domain];
  }
};

namespace detail {

/// Variances that are nothing but the rounding of scores that cancel become 0: an indicator that is constant within
/// every stratum has none.
inline void settle_dust(const DomainCells& cells, std::span<const double> scores, const PointEstimates& point,
                        std::vector<double>& variance) {
  const auto suspicious = [&](std::size_t domain) {
    return variance[domain] > 0.0 && std::sqrt(variance[domain]) < 1e-11 * std::fabs(point.estimate[domain]);
  };
  bool any = false;
  for (std::size_t domain = 0; domain < variance.size(); ++domain) any = any || suspicious(domain);
  if (!any) return;
  std::vector<double> size(variance.size(), 0.0);
  for (std::size_t row = 0; row < scores.size(); ++row)
    if (const Code domain = cells.domains().at(row); domain != no_code) size[domain] += std::fabs(scores[row]);
  for (std::size_t domain = 0; domain < variance.size(); ++domain)
    if (suspicious(domain) && std::sqrt(variance[domain]) < 1e-14 * size[domain]) variance[domain] = 0.0;
}

/// Squared differences of replicates, times their factors.
inline double replicate_covariance(const Replicates& replicates, const Estimates& a, std::size_t i, const Estimates& b,
                                   std::size_t j) {
  const std::size_t count = replicates.scale().size();
  double centre_a = a.point.estimate[i];
  double centre_b = b.point.estimate[j];
  if (!replicates.about_the_estimate()) {
    centre_a = centre_b = 0.0;
    for (std::size_t r = 0; r < count; ++r) {
      centre_a += a.replicated[r][i] / static_cast<double>(count);
      centre_b += b.replicated[r][j] / static_cast<double>(count);
    }
  }
  double sum = 0.0;
  for (std::size_t r = 0; r < count; ++r)
    sum += replicates.scale()[r] * (a.replicated[r][i] - centre_a) * (b.replicated[r][j] - centre_b);
  return sum;
}

inline std::vector<double> degrees_of_freedom(const Design& design, const DomainCells& cells) {
  const std::vector<std::int64_t> plain = cells.degrees_of_freedom();
  std::vector<double> out(plain.begin(), plain.end());
  if (design.variance_method() == nullptr) return out;
  std::vector<unsigned char> inside(static_cast<std::size_t>(design.rows()));
  for (std::size_t domain = 0; domain < out.size(); ++domain) {
    for (std::size_t row = 0; row < inside.size(); ++row) inside[row] = cells.domains().at(row) == domain ? 1 : 0;
    const double own = design.variance_method()->degrees_of_freedom(design, inside);
    if (own >= 0.0) out[domain] = own;
  }
  return out;
}

}  // namespace detail

/// By domain, Kish's effective sample size over the part of the variance that sampling without replacement leaves;
/// infinity where every row was sure to be drawn.
[[nodiscard]] inline std::vector<double> kish_after_correction(const Design& design, const Domains& domains) {
  const auto rows = static_cast<std::size_t>(design.rows());
  const std::span<const double> weights = design.weights();
  std::vector<double> sum(domains.count, 0.0);
  std::vector<double> squares(domains.count, 0.0);
  std::vector<double> left;  // by unit of the last stage
  const Stage& last = design.stages().back();
  for (const Group& group : last.groups) left.push_back(1.0 - group.above * group.fraction());
  for (std::size_t row = 0; row < rows; ++row) {
    const Code domain = domains.at(row);
    if (domain == no_code) continue;
    sum[domain] += weights[row];
    squares[domain] += weights[row] * weights[row] * left[last.group_of_unit[last.unit(row)]];
  }
  std::vector<double> out;
  for (std::size_t domain = 0; domain < domains.count; ++domain)
    out.push_back(sum[domain] == 0.0      ? 0.0
                  : squares[domain] > 0.0 ? sum[domain] * sum[domain] / squares[domain]
                                          : std::numeric_limits<double>::infinity());
  return out;
}

/// The estimates of one question for all domains.
///
/// Assumes: every unit had a chance to be drawn, and weights are 1 / that chance (or adjusted to known totals).
/// Use when: rows were drawn with strata, clusters, several stages or unequal chances.
/// Not for: deciding how to show a share (proportions have intervals of their own, interval/).
/// No data: a domain without a row, or a denominator of 0, answers NaN, which the result shows as no answer.
///
/// \throws InputError for a total where neither weights nor populations are known.
[[nodiscard]] inline Estimates estimate(const Design& design, std::shared_ptr<const DomainCells> cells,
                                        const Question& question) {
  if (question.statistic == Statistic::total && !design.weighted())
    throw InputError("weights, probabilities or populations to estimate a total", "a design with none of them", {},
                     "pass weight=, probability= or population= to the design");
  Estimates out;
  out.point = point_estimates(question, design.weights(), cells->domains());
  out.degrees_of_freedom = detail::degrees_of_freedom(design, *cells);
  const Replicates* replicates = design.variance_method() ? design.variance_method()->replicates() : nullptr;
  out.cells = std::move(cells);
  if (replicates != nullptr) {
    out.replicated = replicates->estimates(design, question, out.cells->domains());
    for (std::size_t domain = 0; domain < out.count(); ++domain)
      out.variance.push_back(detail::replicate_covariance(*replicates, out, domain, out, domain));
  } else {
    out.scores = linearised_scores(question, design.weights(), out.cells->domains(), out.point);
    out.variance = variances(design, *out.cells, out.scores);
    detail::settle_dust(*out.cells, out.scores, out.point, out.variance);
  }
  for (std::size_t domain = 0; domain < out.count(); ++domain) {
    // One unit shows nothing of how units differ; a total's variance is still that of hitting the domain or not.
    const bool alone = out.degrees_of_freedom[domain] <= 0.0 && question.statistic != Statistic::total;
    if (std::isnan(out.point.estimate[domain]) || alone)
      out.variance[domain] = std::numeric_limits<double>::quiet_NaN();
  }
  return out;
}

/// By domain, the variance over that of a simple random sample of as many rows: Kish's design effect. NaN where that
/// sample would have no variance, or weights say nothing of the population.
/// Use for means and totals. Reference: Kish (1965), Survey Sampling, section 8.2
[[nodiscard]] inline std::vector<double> design_effects(const Design& design, const Estimates& estimates,
                                                        const Question& question) {
  const Question spread{Statistic::variance, question.y, {}};
  const PointEstimates s2 = point_estimates(spread, design.weights(), estimates.cells->domains());
  std::vector<double> out;
  for (std::size_t domain = 0; domain < estimates.count(); ++domain) {
    const double weight = s2.weight[domain];
    const auto n = static_cast<double>(s2.rows[domain]);
    const double simple = s2.estimate[domain] * (weight - n) / (weight * n) *
                          (question.statistic == Statistic::total ? weight * weight : 1.0);
    out.push_back(design.weighted() && simple > 0.0 ? estimates.variance[domain] / simple
                                                    : std::numeric_limits<double>::quiet_NaN());
  }
  return out;
}

}  // namespace assay::survey
