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
  while (!fits(unproved(widened(prospect, high)).plan)) {
    low = high;
    high *= 1.5;
    if (high > 1e6) return 0.0;
  }
  while (high / low > fine) {
    const double middle = std::sqrt(low * high);
    (fits(unproved(widened(prospect, middle)).plan) ? high : low) = middle;
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

/// The cheapest plan where every audit is charged something on top of its cost (infinitely much: where all cost 1).
struct Charged {
  double charge{0.0};
  Prospect prospect{};
  Unproved found{};
};

inline Charged charged(const Prospect& prospect, double charge) {
  const double usual = *std::max_element(prospect.costs.begin(), prospect.costs.end());
  Charged out{charge * usual, prospect, {}};
  for (double& cost : out.prospect.costs) cost = std::isinf(charge) ? 1.0 : cost + out.charge;
  out.found = unproved(out.prospect);
  return out;
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
  auto cheapest = detail::unproved(prospect);
  const auto audits = [](const PrecisionPlan& each) { return detail::sum_of(each.allocation.sizes); };
  detail::Unproved* chosen = &cheapest;
  std::optional<detail::Charged> fitting;
  if (cap.audits && audits(cheapest.plan) > *cap.audits) {
    detail::Charged fewest = detail::charged(prospect, std::numeric_limits<double>::infinity());
    if (audits(fewest.found.plan) > *cap.audits)
      throw detail::too_dear(fewest.prospect, fewest.found.plan, "max_audits", to_text(audits(fewest.found.plan)),
                             to_text(*cap.audits), " audits",
                             [&](const PrecisionPlan& each) { return audits(each) <= *cap.audits; });
    double low = 0.0, high = 1.0;
    fitting = detail::charged(prospect, high);
    while (audits(fitting->found.plan) > *cap.audits && high < 1e4) {
      low = high;
      high *= 4.0;
      fitting = detail::charged(prospect, high);
    }
    for (int step = 0; step < 24 && audits(fitting->found.plan) <= *cap.audits && high - low > 1e-3 * high; ++step) {
      const double middle = 0.5 * (low + high);
      auto tried = detail::charged(prospect, middle);
      const bool fits = audits(tried.found.plan) <= *cap.audits;
      (fits ? high : low) = middle;
      if (fits) fitting = std::move(tried);
    }
    if (audits(fitting->found.plan) > *cap.audits) fitting = std::move(fewest);  // only the fewest of all fit
    chosen = &fitting->found;
  }
  detail::prove(prospect, cheapest);
  if (fitting) {
    // What is cheapest with a charge on every audit costs no more than the bound says; under the cap the charge is at
    // most the cap's.
    PrecisionPlan& plan = chosen->plan;
    double bound = cheapest.plan.allocation.bound;
    if (std::isfinite(fitting->charge)) {
      detail::prove(fitting->prospect, *chosen);
      bound = std::max(bound, plan.allocation.bound - fitting->charge * static_cast<double>(*cap.audits));
      plan.cap_price = fitting->charge;
    }
    plan.allocation.bound = bound;
    plan.allocation.cost = detail::cost_of(prospect, plan.allocation.sizes);
  }
  PrecisionPlan& plan = chosen->plan;
  if (cap.budget && plan.allocation.cost > *cap.budget)
    throw detail::too_dear(prospect, plan, "budget", to_text(std::ceil(plan.allocation.cost * 100.0) / 100.0),
                           to_text(*cap.budget), "",
                           [&](const PrecisionPlan& each) { return each.allocation.cost <= *cap.budget; });
  return std::move(plan);
}

}  // namespace assay::allocation
