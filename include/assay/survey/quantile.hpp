#pragma once
/// \file
/// Quantiles, by domain, with limits after Woodruff.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/survey/estimate.hpp>
#include <assay/survey/limits.hpp>

namespace assay::survey {

/// What lies between two values. math: nothing, the least value at which the share is reached. school: the same, and
/// the middle of two values where the share is met exactly. hf7, hf8: straight lines (Hyndman & Fan's definitions 7
/// and 8, with weights in place of counts).
enum class QuantileRule { math, school, hf7, hf8 };

/// Values in ascending order with their running sums of weights.
class WeightedOrder {
 public:
  /// Assumes: sorted, at least one, weights above 0.
  WeightedOrder(std::vector<double> values, const std::vector<double>& weights) : values_{std::move(values)} {
    running_.reserve(values_.size());
    double sum = 0.0;
    for (const double weight : weights) running_.push_back(sum += weight);
  }

  /// The value below which this share of the weights lies; shares beyond 0 and 1 answer the ends.
  [[nodiscard]] double at(double share, QuantileRule rule) const {
    const std::size_t last = values_.size() - 1;
    if (rule == QuantileRule::hf7 || rule == QuantileRule::hf8) {
      std::size_t low = 0;
      std::size_t high = last;
      if (last == 0 || share <= place(low, rule)) return values_[low];
      if (share >= place(high, rule)) return values_[high];
      while (high - low > 1) {
        const std::size_t middle = low + (high - low) / 2;
        (place(middle, rule) <= share ? low : high) = middle;
      }
      const double from = place(low, rule);
      return values_[low] + (values_[high] - values_[low]) * ((share - from) / (place(high, rule) - from));
    }
    // Shares that only rounding tells apart are the same.
    const double wanted = share * running_.back();
    const double near = 1e-12 * running_.back();
    const auto found = std::lower_bound(running_.begin(), running_.end(), wanted - near);
    const auto i = std::min(static_cast<std::size_t>(found - running_.begin()), last);
    const bool met = rule == QuantileRule::school && std::fabs(running_[i] - wanted) <= near && i < last;
    return met ? 0.5 * (values_[i] + values_[i + 1]) : values_[i];
  }

 private:
  /// The share at which a value stands.
  [[nodiscard]] double place(std::size_t i, QuantileRule rule) const noexcept {
    const std::size_t last = values_.size() - 1;
    const double before = i == 0 ? 0.0 : running_[i - 1];
    if (rule == QuantileRule::hf7) return before / running_[last - 1];
    const double ending = running_[last] - running_[last - 1];
    return (before / 3.0 + running_[i] * 2.0 / 3.0) / (running_[last] + ending / 3.0);
  }

  std::vector<double> values_;
  std::vector<double> running_{};
};

/// One quantile in all domains.
struct Quantiles {
  Estimates shares{};  ///< of the rows at or below the quantile, with their variance
  std::vector<double> value{};
  std::vector<double> standard_error{};
  std::vector<std::optional<Interval>> limits{};
};

/// Quantiles by domain.
///
/// Woodruff's method: the share of rows at or below the estimate has a standard error; the values at its limits
/// (Student's t) are the limits of the quantile, and their distance over 2 t is its standard error.
///
/// Assumes: the distribution is smooth near the quantile. Use when: medians and tail times of what was sampled. Not
/// for: quantiles so far out that fewer than about five rows lie beyond. No data: NaN. No degrees of freedom: the
/// value alone.
///
/// \throws InputError unless all shares lie strictly between 0 and 1.
///
/// Reference: Woodruff (1952), JASA 47(260):635-646, doi:10.1080/01621459.1952.10483443; Hyndman & Fan (1996), The
/// American Statistician 50(4):361-365
[[nodiscard]] inline std::vector<Quantiles> quantiles(const Design& design,
                                                      const std::shared_ptr<const DomainCells>& cells,
                                                      std::span<const double> y, std::span<const double> shares,
                                                      QuantileRule rule, Confidence confidence) {
  for (const double share : shares)
    if (!(share > 0.0 && share < 1.0)) throw InputError("a quantile strictly between 0 and 1", to_text(share));
  const Domains& domains = cells->domains();
  std::vector<std::size_t> order;
  for (std::size_t row = 0; row < y.size(); ++row)
    if (domains.at(row) != no_code) order.push_back(row);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return domains.at(a) != domains.at(b) ? domains.at(a) < domains.at(b) : y[a] < y[b];
  });
  std::vector<std::optional<WeightedOrder>> sorted(domains.count);
  for (std::size_t begin = 0; begin < order.size();) {
    const Code domain = domains.at(order[begin]);
    std::vector<double> values;
    std::vector<double> weights;
    std::size_t at = begin;
    for (; at < order.size() && domains.at(order[at]) == domain; ++at) {
      values.push_back(y[order[at]]);
      weights.push_back(design.weights()[order[at]]);
    }
    sorted[domain].emplace(std::move(values), weights);
    begin = at;
  }
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  std::vector<Quantiles> out;
  std::vector<double> below(y.size(), 0.0);
  for (const double share : shares) {
    Quantiles one;
    for (const auto& each : sorted) one.value.push_back(each ? each->at(share, rule) : none);
    for (std::size_t row = 0; row < y.size(); ++row)
      if (const Code domain = domains.at(row); domain != no_code) below[row] = y[row] <= one.value[domain] ? 1.0 : 0.0;
    one.shares = estimate(design, cells, {Statistic::mean, below, {}});
    for (std::size_t domain = 0; domain < domains.count; ++domain) {
      const double error = one.shares.standard_error(domain);
      const auto around =
          student_limits(one.shares.point.estimate[domain], error, one.shares.degrees_of_freedom[domain], confidence);
      one.limits.emplace_back(std::nullopt);
      one.standard_error.push_back(none);
      if (!around || !sorted[domain]) continue;
      const Interval found{sorted[domain]->at(around->lower, rule), sorted[domain]->at(around->upper, rule)};
      one.limits.back() = found;
      one.standard_error.back() =
          found.width() / (2.0 * assay::detail::critical_t(confidence, one.shares.degrees_of_freedom[domain]));
    }
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace assay::survey
