#pragma once
/// \file
/// The proof of a plan: what any sizes that keep all wishes cost at least.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <assay/sampling/domain_allocation.hpp>
#include <assay/sampling/settling.hpp>
#include <assay/sampling/width_region.hpp>

namespace assay::allocation::detail {

/// A problem whose demands every plan fulfils that keeps the wishes, and what its prices prove.
class PlanBound {
 public:
  /// `cost` is that of a plan that keeps the wishes: sizes that cost more need no bound. `linear` are the demands that
  /// are sums of amounts over sizes already.
  PlanBound(const Prospect& prospect, const std::vector<SliceLaw>& laws, std::vector<Demand> linear, double cost)
      : prospect_{&prospect}, linear_{std::move(linear)}, cost_{cost} {
    for (std::size_t d = 0; d < laws.size(); ++d)
      if (prospect.slices[d].half_width && WidthRegion::knows(laws[d], *prospect.slices[d].half_width))
        slices_.push_back({{prospect, laws[d], *prospect.slices[d].half_width}, laws[d]});
  }

  /// The bound, in rounds. The first one looks at the weights of errors alone. What costs no more than the plan then
  /// cannot have weights as small as it likes (their reduced costs say so), and in what is left of each region a plane
  /// is laid that also weighs correct cases and the heaviest one, for slices that cost something. `at` are real sizes
  /// near the plan's.
  [[nodiscard]] double operator()(const std::vector<double>& at, int rounds = 6, std::int64_t most = 30'000) {
    double before = 0.0;
    std::size_t parts = 0;
    for (const Sliced& slice : slices_) parts += slice.region.parts().size();
    const bool large = parts > 50'000;
    for (int round = 0; round < rounds; ++round) {
      solve();
      if (bound_ >= cost_ * (1.0 - 1e-3) || slices_.empty() || spent() > most) break;
      if (round > 1 && bound_ < before + 3e-4 * cost_) break;
      before = bound_;
      // Large problems go on with what costs something: the steps of a solution grow with the squares of its demands.
      for (Sliced& slice : slices_) slice.left_out = large && slice.worth <= 1e-4 * cost_;
      for (Sliced* slice : dearest(most / 1'000)) {
        slice->region.raise({least(*slice, &SliceWeights::error), least(*slice, &SliceWeights::correct),
                             least(*slice, &SliceWeights::heaviest)});
        if (round > 0) lean_on_heaviest(slice->law, real_);
        lay_plane(*slice, at, round == 0 ? 0.01 : 0.005, most);
      }
    }
    return std::min(bound_, cost_);
  }

 private:
  struct Sliced {
    WidthRegion region;
    SliceLaw law;                                           ///< whose lean says which parts stand for the heaviest case
    std::vector<std::pair<SliceWeights, double>> planes{};  ///< and their reaches
    double worth{0.0};                                      ///< what its wish costs, by the prices of its demands
    bool left_out{false};                                   ///< of the problem: what demands less proves less, no more
  };

  /// The slices whose wishes cost something, the dearest so many.
  [[nodiscard]] std::vector<Sliced*> dearest(std::int64_t count) {
    std::vector<Sliced*> out;
    for (Sliced& slice : slices_)
      if (slice.worth > 1e-4 * cost_) out.push_back(&slice);
    std::stable_sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return a->worth > b->worth; });
    if (out.size() > static_cast<std::size_t>(count)) out.resize(static_cast<std::size_t>(count));
    return out;
  }

  [[nodiscard]] std::int64_t spent() const noexcept {
    std::int64_t out = 0;
    for (const Sliced& slice : slices_) out += slice.region.evaluations();
    return out;
  }

  [[nodiscard]] Demand demand(const Sliced& slice, const SliceWeights& plane, double limit) const {
    Demand out{{}, 0.0, false};
    double reachable = 0.0;
    for (std::size_t i = 0; i < slice.region.parts().size(); ++i) {
      const SliceWeights& part = slice.region.parts()[i];
      const std::size_t h = slice.law.kish[i].stratum;
      const double amount =
          plane.error * part.error + plane.correct * part.correct + plane.heaviest * slice.law.lean[i] * part.heaviest;
      out.parts.push_back({h, amount});
      reachable += amount / static_cast<double>(prospect_->limits.most[h]);
    }
    out.limit = std::max(limit, reachable * (1.0 + 1e-12));
    return out;
  }

  /// Solves the problem of all planes. Any prices of demands prove a bound, and these ones nearly the best.
  void solve() {
    std::vector<Demand> demands = linear_;
    for (Sliced& slice : slices_) {
      if (slice.left_out) continue;
      demands.push_back(demand(slice, {1.0, 0.0, 0.0}, slice.region.most_error()));
      for (const auto& [plane, limit] : slice.planes) demands.push_back(demand(slice, plane, limit));
    }
    const DomainAllocation found =
        domain_allocation(prospect_->populations, demands, prospect_->costs, prospect_->limits);
    real_ = found.real;
    worth_.assign(prospect_->costs.size(), 0.0);
    asked_.assign(prospect_->costs.size(), false);
    proved_ = 0.0;
    std::size_t of = linear_.size();
    for (Sliced& slice : slices_) {
      slice.worth = 0.0;
      if (slice.left_out) continue;
      for (std::size_t plane = 0; plane <= slice.planes.size(); ++plane, ++of)
        slice.worth += found.prices[of] * demands[of].limit;
    }
    for (std::size_t j = 0; j < demands.size(); ++j) {
      double room = demands[j].limit;
      for (const auto& [h, amount] : demands[j].parts) {
        if (!(amount > 0.0)) continue;
        asked_[h] = true;
        worth_[h] += found.prices[j] * amount;
        if (demands[j].finite) room += amount / static_cast<double>(prospect_->populations[h]);
      }
      proved_ -= found.prices[j] * room;
    }
    for (std::size_t h = 0; h < worth_.size(); ++h) proved_ += cheapest(h, worth_[h]).second;
    bound_ = std::max({bound_, proved_, found.bound});
  }

  /// The size of a stratum for which cost and worth / size are least together, and that least.
  [[nodiscard]] std::pair<double, double> cheapest(std::size_t h, double worth) const {
    const auto most = static_cast<double>(prospect_->limits.most[h]);
    const auto fewest = static_cast<double>(std::max<std::int64_t>(prospect_->limits.least[h], asked_[h] ? 1 : 0));
    const double n = std::clamp(std::sqrt(worth / prospect_->costs[h]), std::min(fewest, most), most);
    return {n, prospect_->costs[h] * n + (worth > 0.0 ? worth / n : 0.0)};
  }

  /// The least that this weight of a slice can be in a plan that costs no more than the one at hand: the prices leave a
  /// plan only what it costs above the bound to make it smaller.
  [[nodiscard]] double least(const Sliced& slice, double SliceWeights::* weight) const {
    const auto& parts = slice.region.parts();
    const double room = std::max(0.0, cost_ - proved_);
    double without = 0.0;
    for (const auto& part : slice.law.kish) without += cheapest(part.stratum, worth_[part.stratum]).second;
    // At a price for the weight the cheapest plan has `has` of it, and costs `more` than without that price.
    const auto at_price = [&](double price) {
      double more = -without, has = 0.0;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t h = slice.law.kish[i].stratum;
        const double amount = parts[i].*weight * (weight == &SliceWeights::heaviest ? slice.law.lean[i] : 1.0);
        const auto [n, together] = cheapest(h, worth_[h] + price * amount);
        more += together;
        has += amount / n;
      }
      return std::pair{more, has};
    };
    double low = -40.0, high = 80.0, best = 0.0;
    for (int round = 0; round < 40; ++round) {
      const double middle = 0.5 * (low + high), price = std::exp(middle);
      const auto [more, has] = at_price(price);
      (more - price * has < room ? low : high) = middle;
      best = std::max(best, (more - room) / price);
    }
    return best * (1.0 - 1e-9);
  }

  /// Lays a plane along the region's edge near the plan. Where the region reaches beyond it far away, because it is not
  /// convex, the plane is turned to touch it there too, as far as that helps.
  void lay_plane(Sliced& slice, const std::vector<double>& at, double tolerance, std::int64_t most) {
    const std::int64_t each = most / static_cast<std::int64_t>(2 * slices_.size()) + 100;
    const SliceWeights near = slice.region.scaled(weights_of(slice.law, at));
    SliceWeights plane = slice.region.slopes(near);
    const auto sum = [&](const SliceWeights& of) {
      return plane.error * of.error + plane.correct * of.correct + plane.heaviest * of.heaviest;
    };
    plane.heaviest = std::max(plane.heaviest, 1e-3 * sum(near) / near.heaviest);
    if (slice.planes.size() > 4) slice.planes.erase(slice.planes.begin(), slice.planes.end() - 2);
    for (int turn = 0; turn < 3; ++turn) {
      const auto reach = slice.region.reach(plane, sum(near), tolerance, each);
      const double beyond = reach.limit / sum(near);
      slice.planes.emplace_back(plane, reach.limit);
      if (beyond < 1.0 + 3.0 * tolerance) return;
      const double falls = plane.error * (near.error - reach.where.error);
      const double rises = plane.correct * (reach.where.correct - near.correct) +
                           plane.heaviest * (reach.where.heaviest - near.heaviest);
      const double turned = rises > 0.0 ? falls / rises : 1.0;
      if (!(turned < 1.0)) return;
      plane.correct *= std::max(turned, 0.05);
      plane.heaviest *= std::max(turned, 0.05);
    }
  }

  const Prospect* prospect_;
  std::vector<Demand> linear_;
  double cost_;
  std::vector<Sliced> slices_{};
  std::vector<double> real_{};
  std::vector<double> worth_{};
  std::vector<bool> asked_{};
  double proved_{0.0};
  double bound_{0.0};
};

}  // namespace assay::allocation::detail
