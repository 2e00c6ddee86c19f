#pragma once
/// \file
/// The precision planner: from half-widths wished for the whole and for slices to the cheapest sizes of strata.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/plan_bound.hpp>
#include <assay/sampling/precision.hpp>
#include <assay/sampling/settling.hpp>

namespace assay::allocation {

/// The cheapest sizes, the widths to expect, and what each wish costs.
struct PrecisionPlan {
  DomainAllocation
      allocation{};  ///< sizes, cost, and the proof; `bound` holds for every allocation that keeps the wishes
  std::vector<double> stratum_half_widths{};  ///< 0.5 where nothing is audited
  std::vector<Outlook> slices{};
  std::vector<double> slice_prices{};    ///< money saved by a half-width (or coefficient of variation) 1 % wider
  std::vector<double> minimum_prices{};  ///< money saved by a minimum in the slice lower by one
  double stratum_price{0.0};             ///< money saved by a minimum lower by one in every stratum
  double cap_price{0.0};                 ///< money saved by one audit more under the cap, where it binds
};

namespace detail {

inline void refuse_unless_prospect(const Prospect& prospect) {
  const std::size_t strata = prospect.populations.size();
  (void)checked(prospect.populations, prospect.limits);
  refuse_unless_real(prospect.rates, strata, "expected rate");
  for (std::size_t h = 0; h < strata; ++h)
    if (prospect.rates[h] > 1.0)
      throw InputError("an expected rate between 0 and 1", to_text(prospect.rates[h]),
                       {"expected", static_cast<std::int64_t>(h)});
  refuse_unless_slices(prospect);
}

inline double cost_of(const Prospect& prospect, const Counts& sizes) {
  double cost = 0.0;
  for (std::size_t h = 0; h < sizes.size(); ++h) cost += prospect.costs[h] * static_cast<double>(sizes[h]);
  return cost;
}

inline std::int64_t sum_of(const Counts& sizes) { return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}); }

/// Which wish of which slice a demand stands for.
enum class Kind : unsigned char { width, variation, minimum };
struct Origin {
  std::size_t slice;
  Kind kind;
};

struct Demanded {
  std::vector<Demand> demands{};
  std::vector<Origin> origins{};
};

/// Wishes as sums of amounts over sizes. `tight` is below 1 for slices whose width needs more than its sum says.
inline Demanded demanded(const Prospect& prospect, const std::vector<SliceLaw>& laws, const std::vector<double>& limits,
                         const std::vector<double>& tight) {
  Demanded out;
  const auto add = [&](std::size_t d, Kind kind, const std::vector<Variance>& parts, double limit, bool finite) {
    const double most = reached(prospect, parts, prospect.limits.most, finite);  // reachable, whatever rounding says
    out.demands.push_back({parts, std::max(limit, most * (1.0 + 1e-12)), finite});
    out.origins.push_back({d, kind});
  };
  for (std::size_t d = 0; d < laws.size(); ++d) {
    const SliceLaw& law = laws[d];
    const Slice& slice = prospect.slices[d];
    if (slice.half_width) add(d, Kind::width, law.demand, limits[d] * tight[d], prospect.finite);
    if (slice.variation)
      add(d, Kind::variation, law.expected, *slice.variation * *slice.variation * law.rate / (1.0 - law.rate),
          prospect.finite);
    if (slice.minimum > 0)
      add(d, Kind::minimum, law.kish, 1.0 / static_cast<double>(std::min(slice.minimum, law.cases)), false);
  }
  return out;
}

/// What one audit less would save in the strata that have their least, after what it costs in precision.
inline double price_of_least(const Prospect& prospect, const Demanded& from, const DomainAllocation& found) {
  std::vector<double> worth(prospect.costs.size());
  for (std::size_t j = 0; j < from.demands.size(); ++j)
    if (found.prices[j] > 0.0)
      for (const auto& [h, amount] : from.demands[j].parts)
        if (amount > 0.0 && found.real[h] > 0.0) worth[h] += found.prices[j] * amount / found.real[h] / found.real[h];
  double saved = 0.0;
  for (std::size_t h = 0; h < worth.size(); ++h)
    if (prospect.limits.least[h] > 0 && found.real[h] <= static_cast<double>(prospect.limits.least[h]) * (1.0 + 1e-9))
      saved += std::max(0.0, prospect.costs[h] - worth[h]);
  return saved;
}

/// What the wishes of each slice save when they are 1 % wider, and a minimum when it is lower by one.
inline void price(const Prospect& prospect, const std::vector<SliceLaw>& laws, const Demanded& from,
                  PrecisionPlan& plan) {
  plan.slice_prices.assign(laws.size(), 0.0);
  plan.minimum_prices.assign(laws.size(), 0.0);
  for (std::size_t j = 0; j < from.demands.size(); ++j) {
    const auto [d, kind] = from.origins[j];
    const double unit = plan.allocation.prices[j];
    if (!(unit > 0.0)) continue;
    const Slice& slice = prospect.slices[d];
    if (kind == Kind::width) {
      const double wider = limit_of(prospect, slice, laws[d], std::min(1.01 * *slice.half_width, 0.4999));
      const double now = limit_of(prospect, slice, laws[d], *slice.half_width);
      plan.slice_prices[d] += unit * from.demands[j].limit * (wider / now - 1.0);
    } else if (kind == Kind::variation) {
      plan.slice_prices[d] += unit * from.demands[j].limit * (1.01 * 1.01 - 1.0);
    } else {
      const double wanted = static_cast<double>(std::min(slice.minimum, laws[d].cases));
      plan.minimum_prices[d] += unit / wanted / std::max(1.0, wanted - 1.0);
    }
  }
}

}  // namespace detail

/// Half-widths of strata that are scored each on its own.
[[nodiscard]] inline std::vector<double> stratum_half_widths(const Prospect& prospect, const Counts& sizes) {
  std::vector<double> out;
  for (std::size_t h = 0; h < sizes.size(); ++h) {
    const double rate = detail::planning_rate(prospect.rates[h]);
    const detail::SliceLaw alone{.rate = rate,
                                 .cases = prospect.populations[h],
                                 .form = prospect.finite ? detail::Form::exact : detail::Form::wilson,
                                 .whole = true,
                                 .share = {1.0},
                                 .expected = {{h, 1.0}},
                                 .kish = {{h, 1.0}},
                                 .events = {{h, 1.0}},
                                 .rates = {rate},
                                 .demand = {{h, 1.0}}};
    out.push_back(prospect.populations[h] == 0 ? 0.0 : detail::half_width_of(prospect, alone, sizes));
  }
  return out;
}

namespace detail {

/// A plan, and what its proof starts from.
struct Unproved {
  PrecisionPlan plan{};
  std::vector<SliceLaw> laws{};
  std::vector<double> limits{};
};

/// The cheapest sizes that keep all wishes, without the proof.
inline Unproved unproved(const Prospect& prospect) {
  refuse_unless_prospect(prospect);
  Unproved out;
  auto& [plan, laws, limits] = out;
  for (const Slice& slice : prospect.slices) {
    laws.push_back(law_of(prospect, slice));
    limits.push_back(limit_of(prospect, slice, laws.back(), slice.half_width.value_or(0.0)));
  }
  refuse_unless_kept(prospect, laws, prospect.limits.most, 1e-9);
  Demanded from;
  std::vector<double> tight(laws.size(), 1.0);
  std::size_t parts = 0;
  for (const auto& law : laws) parts += law.kish.size();
  const bool large = parts > 50'000;  // the last percent is left to `repair`
  const int rounds = large ? 4 : 20, leaning = large ? 2 : 8;
  for (int round = 0; round < rounds; ++round) {
    from = demanded(prospect, laws, limits, tight);
    plan.allocation = domain_allocation(prospect.populations, from.demands, prospect.costs, prospect.limits);
    if (round >= leaning) {
      if (tighten(prospect, laws, limits, plan.allocation, tight)) break;
      continue;
    }
    bool leant = false;
    for (std::size_t d = 0; d < laws.size(); ++d) {
      lean_on_heaviest(laws[d], plan.allocation.real);
      limits[d] = limit_of(prospect, prospect.slices[d], laws[d], prospect.slices[d].half_width.value_or(0.0));
      leant = leant || laws[d].pull > 0.0;
    }
    if (!leant) round = leaning - 1;
  }
  repair(prospect, laws, plan.allocation.sizes);
  trim(prospect, laws, plan.allocation.sizes);
  plan.allocation.cost = cost_of(prospect, plan.allocation.sizes);
  plan.stratum_half_widths = stratum_half_widths(prospect, plan.allocation.sizes);
  plan.slices = outlooks(prospect, plan.allocation.sizes);
  price(prospect, laws, from, plan);
  plan.stratum_price = price_of_least(prospect, from, plan.allocation);
  return out;
}

/// Adds what no sizes that keep the wishes can cost less than.
inline void prove(const Prospect& prospect, Unproved& of) {
  Prospect linear = prospect;  // wishes that are sums over sizes: all, but for half-widths of several parts
  for (std::size_t d = 0; d < of.laws.size(); ++d)
    if (of.laws[d].kish.size() > 1) linear.slices[d].half_width.reset();
  const std::vector<double> loose(of.laws.size(), 1.0);
  auto from = demanded(linear, of.laws, of.limits, loose);
  of.plan.allocation.bound =
      PlanBound{prospect, of.laws, std::move(from.demands), of.plan.allocation.cost}(of.plan.allocation.real);
}

}  // namespace detail

/// The cheapest sizes for which every slice is expected to be as sharp as wished.
///
/// Assumes: as precision.hpp.
/// Use when: the whole and the slices of one or more columns each have a half-width to keep.
/// Not for: a size or a budget that is settled, and one answer that matters (`neyman`, `bought`).
///
/// A limit hangs on the heaviest case too, so the sums of the errors' weights are tightened by what it asks for until
/// all widths are kept. That finds the cheapest sizes nearby; `bound` is proved apart (plan_bound.hpp) and holds for
/// all sizes that keep the wishes.
/// \throws InputError for what cannot be read, and for a wish that the most sizes cannot reach (it says which could be
/// reached); what is merely dear is answered with its price.
///
/// Reference: as `domain_allocation` and precision.hpp.
[[nodiscard]] inline PrecisionPlan plan_precision(const Prospect& prospect) {
  auto found = detail::unproved(prospect);
  detail::prove(prospect, found);
  return std::move(found.plan);
}

/// The same prospect with every half-width and coefficient of variation wider by a factor.
[[nodiscard]] inline Prospect widened(Prospect prospect, double factor) {
  for (Slice& slice : prospect.slices) {
    if (slice.half_width) slice.half_width = std::min(*slice.half_width * factor, 0.4999999);
    if (slice.variation) slice.variation = *slice.variation * factor;
  }
  return prospect;
}

}  // namespace assay::allocation
