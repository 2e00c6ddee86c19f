#pragma once
/// \file
/// The cheapest allocation that makes every slice as sharp as wished: the multi-domain problem of Bethel's class.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/box_allocation.hpp>
#include <assay/sampling/interior_point.hpp>

namespace assay::allocation {

/// What one stratum adds to the variance of one answer: `amount` over its number of audits (for a total,
/// (N_h S_h)^2; for a share of a slice, (N_h / N)^2 S_h^2).
struct Variance {
  std::size_t stratum{0};
  double amount{0.0};
};

/// One answer that is to be sharp: the sum of amount_h (1 / n_h - 1 / N_h) is to be at most `limit`; for an endless
/// process, the sum of amount_h / n_h.
struct Demand {
  std::vector<Variance> parts{};
  double limit{0.0};
  bool finite{true};
};

/// The cheapest sizes, and the proof.
struct DomainAllocation {
  Counts sizes{};                  ///< whole numbers that meet every demand
  double cost{0.0};                ///< of these
  std::vector<double> real{};      ///< the optimum in real numbers
  double real_cost{0.0};           ///< of these
  double bound{0.0};               ///< no sizes, real or whole, that meet the demands cost less (dual bound)
  double gap{0.0};                 ///< (real_cost - bound) / real_cost: how far `real` can be from the best
  std::vector<double> attained{};  ///< for each demand, its variance with `sizes`
  std::vector<double>
      prices{};  ///< for each demand, the money saved by a limit higher by one unit (0: it costs nothing)
};

namespace detail {

/// The demands over the strata that are still free, once what is settled has been taken out.
struct Settled {
  Convex problem{};
  std::vector<std::size_t> stratum{};  ///< of the problem's strata
  std::vector<std::size_t> demand{};   ///< of the problem's demands
  std::vector<double> room{};          ///< of the problem's demands: what they are divided by
  std::vector<double> n{};             ///< of all strata: the size where it is settled
  std::vector<double> price{};         ///< of all demands: where it is settled
  double fixed_cost{0.0};
};

/// The right-hand sides for sums of amount / n. \throws InputError for a demand that cannot be read or met.
inline std::vector<double> bounds_of(CountView populations, const std::vector<Demand>& demands, const Limits& limits) {
  std::vector<double> bound(demands.size());
  for (std::size_t j = 0; j < demands.size(); ++j) {
    const auto row = static_cast<std::int64_t>(j);
    const Demand& demand = demands[j];
    if (!(std::isfinite(demand.limit) && (demand.finite ? demand.limit >= 0.0 : demand.limit > 0.0)))
      throw InputError(demand.finite ? "a finite limit of 0 or more" : "a finite limit above 0", to_text(demand.limit),
                       {"limit", row});
    double at_most = 0.0, census = 0.0;
    for (const auto& [h, amount] : demand.parts) {
      if (h >= populations.size())
        throw InputError("a stratum below " + std::to_string(populations.size()), std::to_string(h), {"stratum", row});
      if (!(amount >= 0.0 && std::isfinite(amount)))
        throw InputError("a finite variance of 0 or more", to_text(amount), {"variance", row});
      if (amount == 0.0) continue;
      if (limits.most[h] == 0)
        throw InputError(
            "a most size of 1 or more in stratum " + std::to_string(h) + ", whose variance a demand counts", "0",
            {"most", static_cast<std::int64_t>(h)});
      at_most += amount / static_cast<double>(limits.most[h]);
      census += demand.finite ? amount / static_cast<double>(populations[h]) : 0.0;
    }
    bound[j] = demand.limit + census;
    if (at_most > bound[j] * (1.0 + 1e-12))
      throw InputError("a limit of at least " + to_text(at_most - census) + ", what the most sizes can reach",
                       to_text(demand.limit), {"limit", row},
                       "no sizes can meet it: raise this limit, or allow more audits in its strata");
  }
  return bound;
}

/// Sets aside strata and demands that leave no choice.
inline Settled settled(RealView costs, const std::vector<Demand>& demands, const Limits& limits,
                       std::vector<double> bound) {
  const std::size_t strata = costs.size();
  Settled out;
  out.n.assign(strata, -1.0);
  out.price.assign(demands.size(), 0.0);
  std::vector<bool> asked(strata, false);
  const auto most = [&](std::size_t h) { return static_cast<double>(limits.most[h]); };
  for (std::size_t j = 0; j < demands.size(); ++j) {
    double at_most = 0.0;
    for (const auto& [h, amount] : demands[j].parts) {
      asked[h] = asked[h] || amount > 0.0;
      at_most += amount > 0.0 ? amount / most(h) : 0.0;
    }
    if (at_most < bound[j] * (1.0 - 1e-9)) continue;
    for (const auto& [h, amount] : demands[j].parts)  // it takes all there is
      if (amount > 0.0) {
        out.n[h] = most(h);
        out.price[j] = std::max(out.price[j], costs[h] * most(h) / amount * most(h));
      }
  }
  for (std::size_t h = 0; h < strata; ++h) {
    const auto least = static_cast<double>(limits.least[h]);
    if (out.n[h] < 0.0 && (!asked[h] || limits.least[h] == limits.most[h] || limits.most[h] == 1))
      out.n[h] = asked[h] ? most(h) : least;
  }
  std::vector<std::size_t> place(strata);
  for (std::size_t h = 0; h < strata; ++h) {
    if (out.n[h] >= 0.0) {
      out.fixed_cost += costs[h] * out.n[h];
      continue;
    }
    place[h] = out.stratum.size();
    out.stratum.push_back(h);
    out.problem.cost.push_back(costs[h]);
    out.problem.least.push_back(static_cast<double>(std::max<std::int64_t>(limits.least[h], 1)));
    out.problem.most.push_back(most(h));
  }
  out.problem.terms.resize(out.stratum.size());
  for (std::size_t j = 0; j < demands.size(); ++j) {
    double free_at_least = 0.0;
    for (const auto& [h, amount] : demands[j].parts) {
      if (amount == 0.0) continue;
      if (out.n[h] >= 0.0)
        bound[j] -= amount / out.n[h];
      else
        free_at_least += amount / out.problem.least[place[h]];
    }
    if (free_at_least <= bound[j] || free_at_least == 0.0)
      continue;  // met by the least sizes, or nothing left to choose
    for (const auto& [h, amount] : demands[j].parts) {
      if (amount == 0.0 || out.n[h] >= 0.0) continue;
      auto& terms = out.problem.terms[place[h]];
      if (!terms.empty() && terms.back().demand == out.demand.size())
        terms.back().a += amount / bound[j];  // a stratum named twice
      else
        terms.push_back({out.demand.size(), amount / bound[j]});
    }
    out.demand.push_back(j);
    out.room.push_back(bound[j]);
  }
  out.problem.demands = out.demand.size();
  return out;
}

/// Whole numbers from real ones: up, then down again, one case at a time, where it saves most for what it uses of the
/// room in the demands at their prices.
inline void round_down_where_it_can(const Convex& problem, const std::vector<double>& price, std::vector<double>& n) {
  for (std::size_t h = 0; h < n.size(); ++h) {
    const double near = std::round(n[h]);
    n[h] = std::abs(n[h] - near) < 1e-9 * near ? near : std::ceil(n[h]);
    n[h] = std::clamp(n[h], std::ceil(problem.least[h]), problem.most[h]);
  }
  auto load = problem.loads(n);
  for (std::size_t h = 0; h < n.size(); ++h) {  // a number taken for whole may have been a little more
    const auto& terms = problem.terms[h];
    if (n[h] < problem.most[h] &&
        std::any_of(terms.begin(), terms.end(), [&](const Term& t) { return load[t.demand] > 1.0; })) {
      for (const auto& [j, a] : terms) load[j] -= a / n[h] - a / (n[h] + 1.0);
      n[h] += 1.0;
    }
  }
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t h = 0; h < n.size(); ++h) {
    double used = 0.0;
    for (const auto& [j, a] : problem.terms[h]) used += price[j] * a / (n[h] * std::max(n[h] - 1.0, 0.5));
    order.emplace_back(used / problem.cost[h], h);
  }
  std::sort(order.begin(), order.end());
  for (bool moved = true; moved;) {
    moved = false;
    for (const auto& [rank, h] : order) {
      const double fewer = n[h] - 1.0;
      if (fewer < problem.least[h]) continue;
      const auto& terms = problem.terms[h];
      const bool fits = std::all_of(terms.begin(), terms.end(), [&, at = h](const Term& t) {
        return load[t.demand] + t.a / fewer - t.a / n[at] <= 1.0;
      });
      if (!fits) continue;
      for (const auto& [j, a] : terms) load[j] += a / fewer - a / n[h];
      n[h] = fewer;
      moved = true;
    }
  }
}

}  // namespace detail

/// The cheapest sizes within limits that meet all demands, with a dual bound as proof, and the price of each demand.
///
/// Assumes: variances known well enough (history, or the cautious p (1 - p) = 1/4).
/// Use when: the whole and many slices (queues, sites, languages) each need a half-width of their own.
/// Not for: one answer alone (`neyman` by size, `bought` by budget).
/// No demands: the least sizes.
///
/// In real numbers solved to a relative gap below 1e-9 (reported); whole numbers never miss a demand and lie within a
/// case a stratum. With money for one more unit of `cost`, the demands with the highest price times limit gain most.
/// Cost: strata * (demands a stratum)^2 + demands^3 / 6 steps a round, some twenty rounds.
/// \throws InputError for limits as `boxed` does, costs that are not finite and above 0, demands that cannot be read,
/// and demands that no allowed sizes can meet: the message says what limit could be met.
///
/// Reference: Bethel (1989), "Sample allocation in multivariate surveys", Survey Methodology 15(1):47-57; Chromy
/// (1987), "Design optimization with multiple objectives", Proc. ASA Section on Survey Research Methods, 194-199.
[[nodiscard]] inline DomainAllocation domain_allocation(CountView populations, const std::vector<Demand>& demands,
                                                        RealView costs, const Limits& wished) {
  const Limits limits = detail::checked(populations, wished);
  detail::refuse_unless_real(costs, populations.size(), "cost");
  for (std::size_t h = 0; h < costs.size(); ++h)
    if (!(costs[h] > 0.0))
      throw InputError("a finite cost above 0", to_text(costs[h]), {"cost", static_cast<std::int64_t>(h)});
  auto left = detail::settled(costs, demands, limits, detail::bounds_of(populations, demands, limits));

  DomainAllocation out;
  out.real = left.n;
  out.prices = left.price;
  std::vector<double> whole;
  if (!left.stratum.empty()) {
    detail::Certified best{.n = left.problem.least};
    if (left.problem.demands > 0) best = detail::InteriorPoint{left.problem}.solve();
    best.cost = left.problem.total(best.n);
    if (left.problem.demands == 0) best.bound = best.cost;
    out.real_cost = best.cost;
    out.bound = best.bound;
    whole = best.n;
    detail::round_down_where_it_can(left.problem, best.price, whole);
    for (std::size_t i = 0; i < best.n.size(); ++i) out.real[left.stratum[i]] = best.n[i];
    for (std::size_t i = 0; i < best.price.size(); ++i) out.prices[left.demand[i]] = best.price[i] / left.room[i];
  }
  out.real_cost += left.fixed_cost;
  out.bound += left.fixed_cost;
  out.gap = out.real_cost > 0.0 ? std::max(0.0, (out.real_cost - out.bound) / out.real_cost) : 0.0;
  out.sizes.resize(populations.size());
  for (std::size_t h = 0; h < out.sizes.size(); ++h) out.sizes[h] = static_cast<std::int64_t>(std::max(0.0, left.n[h]));
  for (std::size_t i = 0; i < whole.size(); ++i) out.sizes[left.stratum[i]] = static_cast<std::int64_t>(whole[i]);
  for (std::size_t h = 0; h < out.sizes.size(); ++h) out.cost += costs[h] * static_cast<double>(out.sizes[h]);
  for (const Demand& demand : demands) {
    double sum = 0.0;
    for (const auto& [h, amount] : demand.parts)
      if (amount > 0.0)
        sum += amount / static_cast<double>(out.sizes[h]) -
               (demand.finite ? amount / static_cast<double>(populations[h]) : 0.0);
    out.attained.push_back(sum);
  }
  return out;
}

}  // namespace assay::allocation
