#pragma once
/// \file
/// From what is known of strata and slices, and what is asked for, to the size of each stratum.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/allocation.hpp>
#include <assay/sampling/capped.hpp>
#include <assay/sampling/neyman.hpp>
#include <assay/sampling/plan_options.hpp>

namespace assay {

/// The sizes of strata and, where there were wishes, the proof and the prices.
struct Sized {
  allocation::Counts sizes{};
  double bound{0.0};
  double stratum_price{0.0};
  double cap_price{0.0};
  std::vector<double> slice_prices{};    ///< of each slice; none unless the allocation is the cheapest
  std::vector<double> minimum_prices{};  ///< likewise
};

/// Finds the sizes of strata. Looks at the prospect and the options, which must outlive it.
class Sizing {
 public:
  Sizing(const allocation::Prospect& prospect, const PlanOptions& options) : prospect_{prospect}, options_{options} {
    for (const double rate : prospect_.rates) spreads_.push_back(std::sqrt(rate * (1.0 - rate)));
  }

  /// \throws InputError for sizes, caps and wishes that cannot be; the message says what would do.
  [[nodiscard]] Sized operator()() {
    if (options_.wished()) return kept();
    if (options_.size) return {.sizes = allocated(wished(*options_.size, "size="))};
    if (options_.share) return {.sizes = allocated(shared(*options_.share))};
    return spent();
  }

 private:
  /// So many cases, shared out.
  [[nodiscard]] allocation::Counts allocated(std::int64_t size) const {
    const allocation::Counts& held = prospect_.populations;
    const allocation::Wish wish{size, options_.minimum};
    const bool boxed = detail::given(options_.maximum);
    switch (options_.allocation) {
      case Allocation::optimal:
        return allocation::cost_weighted(held, spreads_, prospect_.costs, prospect_.limits, size);
      case Allocation::neyman:
        return boxed ? allocation::boxed(held, spreads_, prospect_.limits, size)
                     : allocation::neyman(held, spreads_, wish);
      case Allocation::equal:
        return allocation::equal(prospect_.limits.most, wish);
      default:
        return boxed ? allocation::boxed(held, std::vector<double>(held.size(), 1.0), prospect_.limits, size)
                     : allocation::proportional(held, wish);
    }
  }

  [[nodiscard]] std::int64_t least() const { return allocation::detail::sum_of(prospect_.limits.least); }
  [[nodiscard]] std::int64_t most() const { return allocation::detail::sum_of(prospect_.limits.most); }

  [[nodiscard]] std::int64_t wished(std::int64_t size, const std::string& name) const {
    if (size > most())
      throw InputError(
          "a size of at most " + to_text(most()) +
              (most() == allocation::detail::sum_of(prospect_.populations) ? ", all decided cases of the frame"
                                                                           : ", the sum of maximum="),
          to_text(size), {}, name + to_text(most()) + " takes them all");
    if (size < least())
      throw InputError("a size of at least " + to_text(least()) + ", the minimum of " + to_text(options_.minimum) +
                           " in each of " + std::to_string(prospect_.populations.size()) + " strata",
                       to_text(size), {},
                       "raise " + name + " to " + to_text(least()) + ", lower minimum=, or name fewer strata=");
    return size;
  }

  [[nodiscard]] std::int64_t shared(double share) const {
    const double wanted = Share{share}.value() * static_cast<double>(allocation::detail::sum_of(prospect_.populations));
    return std::clamp(static_cast<std::int64_t>(std::llround(wanted)), least(), most());
  }

  [[nodiscard]] double cost_of(const allocation::Counts& sizes) const {
    double cost = 0.0;
    for (std::size_t h = 0; h < sizes.size(); ++h) cost += prospect_.costs[h] * static_cast<double>(sizes[h]);
    return cost;
  }

  /// The smallest size between the least and the most for which `enough` answers true; it does for the most.
  template <class Enough>
  [[nodiscard]] std::int64_t smallest(const Enough& enough) const {
    std::int64_t low = least() - 1, high = most();
    while (high - low > 1) {
      const std::int64_t middle = low + (high - low) / 2;
      (enough(middle) ? high : low) = middle;
    }
    return high;
  }

  /// A cap alone: the sharpest overall score it can pay.
  [[nodiscard]] Sized spent() const {
    Sized out;
    const std::int64_t cap = options_.max_audits ? std::min(*options_.max_audits, most()) : most();
    if (options_.max_audits) (void)wished(cap, "max_audits=");
    if (options_.budget && cost_of(prospect_.limits.least) > *options_.budget)
      throw InputError("budget= of at least " + to_text(cost_of(prospect_.limits.least)) + ", what the minimum of " +
                           to_text(options_.minimum) + " in each of " + std::to_string(prospect_.populations.size()) +
                           " strata costs",
                       to_text(*options_.budget), {}, "raise it, lower minimum=, or name fewer strata=");
    if (!options_.budget || cost_of(allocated(cap)) <= *options_.budget) {
      out.sizes = allocated(cap);
    } else if (options_.allocation == Allocation::optimal) {
      out.sizes =
          allocation::bought(prospect_.populations, spreads_, prospect_.costs, prospect_.limits, *options_.budget)
              .sizes;
      if (allocation::detail::sum_of(out.sizes) > cap) out.sizes = allocated(cap);
    } else {
      out.sizes = allocated(std::max(
          least(), smallest([&](std::int64_t size) { return cost_of(allocated(size)) > *options_.budget; }) - 1));
    }
    return out;
  }

  /// The cheapest sizes that keep the wishes; of a named allocation, its smallest size that does.
  [[nodiscard]] Sized kept() {
    Sized out;
    if (options_.max_audits && *options_.max_audits < least()) (void)wished(*options_.max_audits, "max_audits=");
    const allocation::Cap cap{options_.max_audits, options_.budget};
    if (options_.allocation == Allocation::optimal) {
      const auto plan = allocation::plan_capped(prospect_, cap);
      out.sizes = plan.allocation.sizes;
      out.bound = plan.allocation.bound;
      out.stratum_price = plan.stratum_price;
      out.cap_price = plan.cap_price;
      out.slice_prices = plan.slice_prices;
      out.minimum_prices = plan.minimum_prices;
      return out;
    }
    const auto best = allocation::plan_precision(prospect_);  // which refuses what cannot be kept
    out.bound = best.allocation.bound;
    for (const auto& slice : prospect_.slices) laws_.push_back(allocation::detail::law_of(prospect_, slice));
    out.sizes = allocated(smallest([&](std::int64_t size) { return keeps(allocated(size)); }));
    const bool many = options_.max_audits && allocation::detail::sum_of(out.sizes) > *options_.max_audits;
    if (!many && !(options_.budget && cost_of(out.sizes) > *options_.budget)) return out;
    const std::string name = many ? "max_audits" : "budget";
    const std::string needed = many ? to_text(allocation::detail::sum_of(out.sizes)) : to_text(cost_of(out.sizes));
    throw InputError(
        name + "= of at least " + needed + ", what keeps every wish with this allocation",
        many ? to_text(*options_.max_audits) : to_text(*options_.budget), {},
        "raise it, or choose allocation=\"optimal\", which needs " +
            (many ? to_text(allocation::detail::sum_of(best.allocation.sizes)) : to_text(best.allocation.cost)));
  }

  [[nodiscard]] bool keeps(const allocation::Counts& sizes) const {
    for (std::size_t d = 0; d < laws_.size(); ++d)
      if (!allocation::detail::keeps(prospect_, prospect_.slices[d], laws_[d], sizes)) return false;
    return true;
  }

  const allocation::Prospect& prospect_;
  const PlanOptions& options_;
  std::vector<double> spreads_{};
  std::vector<allocation::detail::SliceLaw> laws_{};
};

}  // namespace assay
