#pragma once
/// \file
/// The precision planner: from half-widths wished for the whole and for slices to the cheapest sizes of strata.

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
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/numeric/special.hpp>
#include <assay/sampling/box_allocation.hpp>
#include <assay/sampling/domain_allocation.hpp>

namespace assay::allocation {

/// So many cases of a stratum belong to a slice.
struct SlicePart {
  std::size_t stratum{0};
  std::int64_t cases{0};
};

/// A slice of the frame, and how sharp its score is to be.
struct Slice {
  std::string name{};
  std::vector<SlicePart> parts{};
  std::optional<double> half_width{};  ///< none: its expected half-width is told, nothing is demanded
};

/// What is known before a single audit is done.
struct Prospect {
  Counts populations{};
  std::vector<double> rates{};  ///< error rate expected in each stratum
  std::vector<double> costs{};  ///< of one audit in each stratum
  Limits limits{};
  std::vector<Slice> slices{};
  Confidence confidence{0.95};
  bool finite{true};  ///< this queue (true), or the process that made it
};

/// The cheapest sizes, the widths to expect, and what each wish costs.
struct PrecisionPlan {
  DomainAllocation allocation{};              ///< sizes, cost, and the proof
  std::vector<double> stratum_half_widths{};  ///< 0.5 where nothing is audited
  std::vector<double> slice_half_widths{};
  std::vector<double> slice_prices{};  ///< money saved by a half-width 1 % wider
};

namespace detail {

/// Rates are planned with no nearer to 0 and 1 than this, so that a stratum believed to be perfect is still looked at.
inline double planning_rate(double rate) { return std::clamp(rate, 1e-6, 1.0 - 1e-6); }

/// Half the width of Wilson's interval at this rate, when the effective sample size is 1 / v.
inline double wilson_half_width(double rate, double v, double z) {
  const double k = z * z * v;
  if (!(k < 1e150)) return 0.5;
  return std::sqrt(k * rate * (1.0 - rate) + 0.25 * k * k) / (1.0 + k);
}

/// The largest 1 / n for which that half-width is at most `width` (a quadratic equation).
inline double wilson_inverse(double rate, double width, double z) {
  const double a = 0.25 - width * width;
  const double b = rate * (1.0 - rate) - 2.0 * width * width;
  return 2.0 * width * width / (b + std::sqrt(b * b + 4.0 * a * width * width)) / (z * z);
}

/// A slice's rate, and the two sums of amount_h (1 / n_h - 1 / N_h) that are 1 / n of its effective sample sizes: the
/// one of the variance expected, and Kish's, which counts unequal weights alone. A score uses the smaller n, so both
/// count.
struct SliceLaw {
  double rate{0.0};
  std::vector<Variance> expected{};
  std::vector<Variance> kish{};
};

inline SliceLaw law_of(const Prospect& prospect, const Slice& slice) {
  SliceLaw law;
  double held = 0.0;
  for (const auto& [h, cases] : slice.parts) {
    held += static_cast<double>(cases);
    law.rate += static_cast<double>(cases) * planning_rate(prospect.rates[h]);
  }
  law.rate /= held;
  for (const auto& [h, cases] : slice.parts) {
    if (cases == 0) continue;
    const auto stratum = static_cast<double>(prospect.populations[h]);
    const double share = static_cast<double>(cases) / stratum;
    const double rate = planning_rate(prospect.rates[h]);
    const double apart = rate - law.rate;
    // the variance within the stratum of "wrong, less the slice's rate", 0 outside the slice
    const double spread = share * rate * (1.0 - rate) + share * (1.0 - share) * apart * apart;
    const double weight = stratum / held * stratum / held;
    law.expected.push_back({h, weight * spread / (law.rate * (1.0 - law.rate))});
    law.kish.push_back({h, weight * share});
  }
  return law;
}

inline double reached(const Prospect& prospect, const std::vector<Variance>& parts, const Counts& sizes) {
  double sum = 0.0;
  for (const auto& [h, amount] : parts) {
    if (sizes[h] == 0) return std::numeric_limits<double>::infinity();
    sum += amount * (1.0 / static_cast<double>(sizes[h]) -
                     (prospect.finite ? 1.0 / static_cast<double>(prospect.populations[h]) : 0.0));
  }
  return std::max(0.0, sum);
}

inline double half_width_of(const Prospect& prospect, const SliceLaw& law, const Counts& sizes, double z) {
  const double v = std::max(reached(prospect, law.expected, sizes), reached(prospect, law.kish, sizes));
  return wilson_half_width(law.rate, v, z);
}

inline void refuse_unless_prospect(const Prospect& prospect) {
  const std::size_t strata = prospect.populations.size();
  (void)checked(prospect.populations, prospect.limits);
  refuse_unless_real(prospect.rates, strata, "expected rate");
  for (std::size_t h = 0; h < strata; ++h)
    if (prospect.rates[h] > 1.0)
      throw InputError("an expected rate between 0 and 1", to_text(prospect.rates[h]),
                       {"expected", static_cast<std::int64_t>(h)});
  for (std::size_t d = 0; d < prospect.slices.size(); ++d) {
    const Slice& slice = prospect.slices[d];
    const Place place{"half_width", static_cast<std::int64_t>(d)};
    if (slice.half_width && !(*slice.half_width > 0.0 && *slice.half_width < 0.5))
      throw InputError("a half-width above 0 and below 0.5 for " + in_quotes(slice.name), to_text(*slice.half_width),
                       place);
    std::int64_t held = 0;
    for (const auto& [h, cases] : slice.parts) {
      if (h >= strata || cases < 0 || cases > prospect.populations[h])
        throw InputError("parts of " + in_quotes(slice.name) + " that their strata hold",
                         to_text(cases) + " cases of stratum " + std::to_string(h), place);
      held += cases;
    }
    if (held == 0) throw InputError("a slice with cases", "none in " + in_quotes(slice.name), place);
  }
}

}  // namespace detail

/// The cheapest sizes for which every slice is expected to be as sharp as wished.
///
/// Assumes: simple random draws within strata; the rate of a stratum in all of its slices. Widths are of Wilson's
/// interval at the expected rate on the smaller of two effective sample sizes, as the score will have it: of the
/// variance expected, and Kish's. (The score knows the rates it finds, and a t quantile: a plan is a forecast.)
/// Use when: the whole and the slices of one or more columns each have a half-width to keep.
/// Not for: rates that are guesses near 0: take the largest one that would not surprise.
/// \throws InputError for what cannot be read, and for a half-width that the most sizes cannot reach (it says which
/// could be reached); what is merely dear is answered with its price.
///
/// Reference: as `domain_allocation`; Franco, Little, Louis & Slud (2019), J. Surv. Stat. Methodol. 7(3):334-364.
[[nodiscard]] inline PrecisionPlan plan_precision(const Prospect& prospect) {
  detail::refuse_unless_prospect(prospect);
  const double z = normal_quantile(0.5 * prospect.confidence.alpha());
  std::vector<detail::SliceLaw> laws;
  std::vector<Demand> demands;
  std::vector<std::size_t> slice_of;
  for (std::size_t d = 0; d < prospect.slices.size(); ++d) {
    const Slice& slice = prospect.slices[d];
    laws.push_back(detail::law_of(prospect, slice));
    if (!slice.half_width) continue;
    const double sharpest = detail::half_width_of(prospect, laws[d], prospect.limits.most, z);
    if (sharpest > *slice.half_width * (1.0 + 1e-9))
      throw InputError("a half-width of at least " + to_text(sharpest) + " for " + in_quotes(slice.name) +
                           ", what the most audits allowed can reach",
                       to_text(*slice.half_width), {"half_width", static_cast<std::int64_t>(d)},
                       "no sizes can meet it: widen it, or allow more audits in its strata");
    const double limit = detail::wilson_inverse(laws[d].rate, *slice.half_width, z);
    for (auto* parts : {&laws[d].expected, &laws[d].kish}) {
      demands.push_back({*parts, limit, prospect.finite});
      slice_of.push_back(d);
    }
  }
  PrecisionPlan plan{.allocation = domain_allocation(prospect.populations, demands, prospect.costs, prospect.limits)};
  const Counts& sizes = plan.allocation.sizes;
  for (std::size_t h = 0; h < sizes.size(); ++h) {
    const detail::SliceLaw alone{detail::planning_rate(prospect.rates[h]), {{h, 1.0}}, {}};
    plan.stratum_half_widths.push_back(detail::half_width_of(prospect, alone, sizes, z));
  }
  for (const auto& law : laws) plan.slice_half_widths.push_back(detail::half_width_of(prospect, law, sizes, z));
  plan.slice_prices.assign(prospect.slices.size(), 0.0);
  for (std::size_t j = 0; j < demands.size(); ++j) {
    const std::size_t d = slice_of[j];
    const double wider = std::min(1.01 * *prospect.slices[d].half_width, 0.4999);
    const double gained = detail::wilson_inverse(laws[d].rate, wider, z) - demands[j].limit;
    plan.slice_prices[d] += plan.allocation.prices[j] * gained;
  }
  return plan;
}

/// The same within a budget: where the wishes cost more, all half-widths are widened by one factor, the smallest that
/// the budget can pay; the factor is 1 where none is needed.
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
  const auto widened = [&](double factor) {
    Prospect wider = prospect;
    for (Slice& slice : wider.slices)
      if (slice.half_width) slice.half_width = std::min(*slice.half_width * factor, 0.4999999);
    return plan_precision(wider);
  };
  double low = 1.0, high = 2.0;
  plan = widened(high);
  while (plan.allocation.cost > budget && high < 1e9) {
    low = high;
    high *= 2.0;
    plan = widened(high);
  }
  for (int step = 0; step < 20 && high / low > 1.0001; ++step) {
    const double middle = std::sqrt(low * high);
    PrecisionPlan tried = widened(middle);
    const bool paid = tried.allocation.cost <= budget;
    (paid ? high : low) = middle;
    if (paid) plan = std::move(tried);
  }
  return {std::move(plan), high};
}

}  // namespace assay::allocation
