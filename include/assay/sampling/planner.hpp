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
#include <assay/sampling/precision.hpp>

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

inline std::int64_t sum_of(const Counts& sizes) { return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}); }

/// Wishes that all audits allowed would not fulfil are refused here, with what could be had.
inline void refuse_unless_reachable(const Prospect& prospect, const std::vector<SliceLaw>& laws) {
  constexpr const char* mend =
      "no sizes can meet it, not even auditing every case allowed: widen it, or allow more audits in its strata";
  const Counts& most = prospect.limits.most;
  for (std::size_t d = 0; d < laws.size(); ++d) {
    const Slice& slice = prospect.slices[d];
    if (slice.half_width)
      if (const double best = half_width_of(prospect, laws[d], most); best > *slice.half_width * (1.0 + 1e-9))
        throw InputError("a half-width of at least " + to_text(std::ceil(best * 1e5) / 1e5) + " for " +
                             in_quotes(slice.name) + ", what the most audits allowed can reach",
                         to_text(*slice.half_width), {"half_width", {}}, mend);
    if (slice.variation)
      if (const double best = variation_of(prospect, laws[d], most); best > *slice.variation * (1.0 + 1e-9))
        throw InputError("a coefficient of variation of at least " + to_text(std::ceil(best * 1e5) / 1e5) + " for " +
                             in_quotes(slice.name) + ", what the most audits allowed can reach",
                         to_text(*slice.variation), {"coefficient_of_variation", {}}, mend);
    const double kish = reached(prospect, laws[d].kish, most, false);
    const double wanted = static_cast<double>(std::min(slice.minimum, laws[d].cases));
    if (slice.minimum > 0 && !(kish * wanted <= 1.0 + 1e-9))
      throw InputError("a minimum of at most " + to_text(std::floor(1.0 / kish)) + " for " + in_quotes(slice.name) +
                           ", what the most audits allowed can reach",
                       to_text(slice.minimum), {"minimum", {}}, mend);
  }
}

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

/// Wishes as sums of variances. `tight` is below 1 for slices whose width needs more than its sum says.
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
    if (slice.half_width) {
      bool more = false, less = false;  // of two sums of which one is never the larger, the other says it all
      for (std::size_t i = 0; i < law.kish.size(); ++i) {
        more = more || law.expected[i].amount > law.kish[i].amount * (1.0 + 1e-12);
        less = less || law.expected[i].amount < law.kish[i].amount;
      }
      const double limit = limits[d] * tight[d];
      if (more) add(d, Kind::width, law.expected, limit, prospect.finite);
      if (less || !more) add(d, Kind::width, law.kish, limit, prospect.finite);
    }
    if (slice.variation)
      add(d, Kind::variation, law.expected, *slice.variation * *slice.variation * law.rate / (1.0 - law.rate),
          prospect.finite);
    if (slice.minimum > 0)
      add(d, Kind::minimum, law.kish, 1.0 / static_cast<double>(std::min(slice.minimum, law.cases)), false);
  }
  return out;
}

inline double limit_of(const Prospect& prospect, const Slice& slice, const SliceLaw& law, double width) {
  if (!slice.half_width) return 0.0;
  return law.exact ? exact_inverse(law.rate, width, prospect.confidence)
                   : wilson_inverse(law.rate, width, normal_quantile(0.5 * prospect.confidence.alpha()));
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

/// Whether a slice is as sharp as wished, with these sizes.
inline bool keeps(const Prospect& prospect, const Slice& slice, const SliceLaw& law, const Counts& sizes) {
  if (slice.half_width && half_width_of(prospect, law, sizes) > *slice.half_width * (1.0 + 1e-9)) return false;
  if (slice.variation && variation_of(prospect, law, sizes) > *slice.variation * (1.0 + 1e-9)) return false;
  const auto minimum = static_cast<double>(std::min(slice.minimum, law.cases));
  return slice.minimum == 0 || minimum * reached(prospect, law.kish, sizes, false) <= 1.0 + 1e-9;
}

/// Takes back audits that no wish needs, one at a time, the dearest first: in small samples Student's t jumps, and the
/// sums were tightened for the worst of it. Large problems have no such jumps and are left as they are.
inline void trim(const Prospect& prospect, const std::vector<SliceLaw>& laws, Counts& sizes) {
  std::vector<std::vector<std::size_t>> slices_of(sizes.size());
  std::size_t work = 0;
  for (std::size_t d = 0; d < laws.size(); ++d)
    for (const auto& part : laws[d].kish) {
      slices_of[part.stratum].push_back(d);
      work += laws[d].kish.size();
    }
  if (work > 200'000) return;
  std::vector<std::size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return prospect.costs[a] > prospect.costs[b]; });
  for (bool moved = true; moved;) {
    moved = false;
    for (const std::size_t h : order) {
      if (sizes[h] <= prospect.limits.least[h]) continue;
      --sizes[h];
      const bool kept = std::all_of(slices_of[h].begin(), slices_of[h].end(),
                                    [&](std::size_t d) { return keeps(prospect, prospect.slices[d], laws[d], sizes); });
      if (!kept) ++sizes[h];
      moved = moved || kept;
    }
  }
}

}  // namespace detail

/// Half-widths of strata that are scored each on its own.
[[nodiscard]] inline std::vector<double> stratum_half_widths(const Prospect& prospect, const Counts& sizes) {
  std::vector<double> out;
  for (std::size_t h = 0; h < sizes.size(); ++h) {
    const double rate = detail::planning_rate(prospect.rates[h]);
    const detail::SliceLaw alone{rate, prospect.populations[h], prospect.finite, {1.0}, {{h, 1.0}}, {{h, 1.0}}};
    out.push_back(prospect.populations[h] == 0 ? 0.0 : detail::half_width_of(prospect, alone, sizes));
  }
  return out;
}

/// The cheapest sizes for which every slice is expected to be as sharp as wished.
///
/// Assumes: as precision.hpp.
/// Use when: the whole and the slices of one or more columns each have a half-width to keep.
/// Not for: a size or a budget that is settled, and one answer that matters (`neyman`, `bought`).
///
/// Student's t depends on the sizes, so the sums are tightened by what it asks for until all widths are kept; `bound`
/// is the dual bound before any tightening, which no allocation that keeps the wishes can go below.
/// \throws InputError for what cannot be read, and for a wish that the most sizes cannot reach (it says which could be
/// reached); what is merely dear is answered with its price.
///
/// Reference: as `domain_allocation` and precision.hpp.
[[nodiscard]] inline PrecisionPlan plan_precision(const Prospect& prospect) {
  detail::refuse_unless_prospect(prospect);
  std::vector<detail::SliceLaw> laws;
  std::vector<double> limits;
  for (const Slice& slice : prospect.slices) {
    laws.push_back(detail::law_of(prospect, slice));
    limits.push_back(detail::limit_of(prospect, slice, laws.back(), slice.half_width.value_or(0.0)));
  }
  detail::refuse_unless_reachable(prospect, laws);
  PrecisionPlan plan;
  detail::Demanded from;
  std::vector<double> tight(laws.size(), 1.0);
  double bound = 0.0;
  bool any = false;
  for (int round = 0; round < 24; ++round) {
    auto demanded = detail::demanded(prospect, laws, limits, tight);
    auto tried = domain_allocation(prospect.populations, demanded.demands, prospect.costs, prospect.limits);
    if (round == 0) bound = tried.bound;
    bool kept = true, near = true;
    for (std::size_t d = 0; d < laws.size(); ++d) {
      const Slice& slice = prospect.slices[d];
      if (!slice.half_width) continue;
      const double width = detail::half_width_of(prospect, laws[d], tried.sizes);
      const bool over = width > *slice.half_width * (1.0 + 1e-9);
      kept = kept && !over;
      if (!over && tight[d] == 1.0) continue;
      // A step towards the sum that gives the width, half of it on the logarithmic scale: Student's t falls while the
      // sizes rise, and a whole step would swing to and fro. After some rounds only tightening goes on.
      const double got = detail::limit_of(prospect, slice, laws[d], std::clamp(width, 1e-9, 0.4999));
      const double step = limits[d] / got;
      near = near && step > 0.995 && (step < 1.01 || tight[d] * step > 1.0);
      if (over)
        tight[d] *=
            std::min(1.0, step > 0.97 || round >= 8 ? step : std::sqrt(step)) * (1.0 - (round < 8 ? 1e-5 : 1e-3));
      else if (round < 8)
        tight[d] = std::min(1.0, tight[d] * std::sqrt(step));
    }
    if (kept && (!any || tried.cost < plan.allocation.cost))
      plan.allocation = std::move(tried), from = std::move(demanded);
    any = any || kept;
    if (any && (near || round >= 8)) break;
    if (!any) plan.allocation = std::move(tried), from = std::move(demanded);
  }
  detail::trim(prospect, laws, plan.allocation.sizes);
  plan.allocation.cost = 0.0;
  for (std::size_t h = 0; h < prospect.costs.size(); ++h)
    plan.allocation.cost += prospect.costs[h] * static_cast<double>(plan.allocation.sizes[h]);
  plan.allocation.bound = bound;
  plan.stratum_half_widths = stratum_half_widths(prospect, plan.allocation.sizes);
  plan.slices = outlooks(prospect, plan.allocation.sizes);
  detail::price(prospect, laws, from, plan);
  plan.stratum_price = detail::price_of_least(prospect, from, plan.allocation);
  return plan;
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
