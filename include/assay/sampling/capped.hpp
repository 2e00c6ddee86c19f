#pragma once
/// \file
/// Plans under a cap: so many audits or so much money and no more. What is dear is told apart from what cannot be.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/planner.hpp>

namespace assay::allocation {

/// No more audits, and no more money, than this.
struct Cap {
  std::optional<std::int64_t> audits{};
  std::optional<double> budget{};
};

namespace detail {

/// The smallest factor, within 0.5 %, by which all widths must be widened for a plan that `fits`; 0 for none.
template <class Fits>
double widening(const Prospect& prospect, const Fits& fits, double fine = 1.005) {
  double low = 1.0, high = 1.25;
  while (!fits(plan_precision(widened(prospect, high)))) {
    low = high;
    high *= 1.5;
    if (high > 1e6) return 0.0;
  }
  while (high / low > fine) {
    const double middle = std::sqrt(low * high);
    (fits(plan_precision(widened(prospect, middle))) ? high : low) = middle;
  }
  return high;
}

/// The wishes that would save most if they were 1 % wider, in words.
inline std::string dearest(const Prospect& prospect, const PrecisionPlan& plan, const std::string& unit) {
  std::vector<std::size_t> order(plan.slice_prices.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return plan.slice_prices[a] > plan.slice_prices[b]; });
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, order.size()); ++i) {
    const double saved = plan.slice_prices[order[i]];
    if (!(saved > 0.0)) break;
    out += (out.empty() ? "; dearest are " : ", ") + in_quotes(prospect.slices[order[i]].name) + " (1 % wider saves " +
           to_text(std::round(saved * 10.0) / 10.0) + unit + ")";
  }
  return out;
}

/// The refusal of wishes that can be kept, but cost more than the cap: what would do.
template <class Fits>
InputError too_dear(const Prospect& prospect, const PrecisionPlan& plan, const std::string& name,
                    const std::string& needed, const std::string& got, const std::string& unit, const Fits& fits) {
  std::string mend = "the wishes can be kept, but cost more: raise " + name + "= to " + needed;
  if (const double factor = widening(prospect, fits); factor > 0.0)
    mend += ", or widen all wishes by " + to_text(std::ceil((factor - 1.0) * 100.0)) + " %";
  else
    mend += ", or lower the minimums, for no widening alone would do";
  return InputError{
      name + "= of at least " + needed + ", what keeps every wish", got, {}, mend + dearest(prospect, plan, unit)};
}

}  // namespace detail

/// The same within a budget: where the wishes cost more, all are widened by one factor, the smallest that the budget
/// can pay; the factor is 1 where none is needed.
///
/// \throws InputError as `plan_precision`, and for a budget that cannot pay the least sizes.
[[nodiscard]] inline std::pair<PrecisionPlan, double> plan_within(const Prospect& prospect, double budget) {
  PrecisionPlan plan = plan_precision(prospect);
  if (plan.allocation.cost <= budget) return {std::move(plan), 1.0};
  double least = 0.0;
  for (std::size_t h = 0; h < prospect.costs.size(); ++h)
    least += prospect.costs[h] * static_cast<double>(prospect.limits.least[h]);
  if (!(budget >= least))
    throw InputError("a budget of at least " + to_text(least) + ", what the least sizes cost", to_text(budget));
  const double factor =
      detail::widening(prospect, [&](const PrecisionPlan& each) { return each.allocation.cost <= budget; }, 1.0001);
  if (!(factor > 0.0))
    throw InputError("a budget that pays the minimums of slices", to_text(budget), {}, "raise it, or lower them");
  return {plan_precision(widened(prospect, factor)), factor};
}

/// The cheapest plan that keeps every wish under a cap.
///
/// Where the cheapest takes more audits than allowed, audits are charged something on top of their cost, as little as
/// brings their number down to the cap: `cap_price`, what one audit more under the cap would save.
/// \throws InputError as `plan_precision`; and for wishes that can be kept but not under the cap: the message says what
/// cap would do, how much wider all wishes would have to be, and which of them are the dearest.
[[nodiscard]] inline PrecisionPlan plan_capped(const Prospect& prospect, const Cap& cap) {
  PrecisionPlan plan = plan_precision(prospect);
  const auto audits = [](const PrecisionPlan& each) { return detail::sum_of(each.allocation.sizes); };
  if (cap.audits && audits(plan) > *cap.audits) {
    const double usual = *std::max_element(prospect.costs.begin(), prospect.costs.end());
    const auto charged = [&](double charge) {
      Prospect dearer = prospect;
      for (double& cost : dearer.costs) cost = std::isinf(charge) ? 1.0 : cost + charge * usual;
      PrecisionPlan out = plan_precision(dearer);
      if (std::isinf(charge)) return out;
      out.allocation.cost = 0.0;
      for (std::size_t h = 0; h < prospect.costs.size(); ++h)
        out.allocation.cost += prospect.costs[h] * static_cast<double>(out.allocation.sizes[h]);
      out.allocation.bound -= charge * usual * static_cast<double>(*cap.audits);
      out.cap_price = charge * usual;
      return out;
    };
    const PrecisionPlan fewest = charged(std::numeric_limits<double>::infinity());
    if (audits(fewest) > *cap.audits) {
      Prospect plain = prospect;
      plain.costs.assign(plain.costs.size(), 1.0);
      throw detail::too_dear(plain, fewest, "max_audits", to_text(audits(fewest)), to_text(*cap.audits), " audits",
                             [&](const PrecisionPlan& each) { return audits(each) <= *cap.audits; });
    }
    double low = 0.0, high = 1.0;
    PrecisionPlan fitting = charged(high);
    while (audits(fitting) > *cap.audits && high < 1e4) {
      low = high;
      high *= 4.0;
      fitting = charged(high);
    }
    for (int step = 0; step < 24 && audits(fitting) <= *cap.audits && high - low > 1e-3 * high; ++step) {
      const double middle = 0.5 * (low + high);
      PrecisionPlan tried = charged(middle);
      const bool fits = audits(tried) <= *cap.audits;
      (fits ? high : low) = middle;
      if (fits) fitting = std::move(tried);
    }
    if (audits(fitting) > *cap.audits) {  // only the fewest audits of all fit
      const double bound = plan.allocation.bound;
      fitting = fewest;
      fitting.allocation.cost = 0.0;
      for (std::size_t h = 0; h < prospect.costs.size(); ++h)
        fitting.allocation.cost += prospect.costs[h] * static_cast<double>(fitting.allocation.sizes[h]);
      fitting.allocation.bound = bound;
    }
    fitting.allocation.bound = std::max(fitting.allocation.bound, plan.allocation.bound);
    plan = std::move(fitting);
  }
  if (cap.budget && plan.allocation.cost > *cap.budget)
    throw detail::too_dear(prospect, plan, "budget", to_text(std::ceil(plan.allocation.cost * 100.0) / 100.0),
                           to_text(*cap.budget), "",
                           [&](const PrecisionPlan& each) { return each.allocation.cost <= *cap.budget; });
  return plan;
}

}  // namespace assay::allocation
