#pragma once
/// \file
/// Hits and misses of one slice by their weights, and the limits that follow about any share.

#include <algorithm>
#include <cmath>

#include <assay/interval/share_of_totals.hpp>
#include <assay/interval/weighted_beta.hpp>
#include <assay/interval/weighted_gamma.hpp>
#include <assay/score/evidence.hpp>

namespace assay::detail {

/// Weights of hits and misses, as parts of the weight of all cases that count.
struct SliceWeights {
  WeightedEvents hits{};
  WeightedEvents misses{};
  bool varies{false};          ///< another sample would have another denominator
  bool events_are_hits{true};  ///< which of the two are few by nature
  double allowed_upper{Allowance{}.upper};

  /// The same cases, had `share` of the denominator's weight been hits.
  [[nodiscard]] SliceWeights at(double share) const noexcept {
    const double all = hits.share + misses.share;
    SliceWeights out = *this;
    const auto move = [all](WeightedEvents& events, double part) {
      // Events that were not met are taken to weigh what the heaviest case does.
      const double each = events.share > 0.0 ? events.squares / events.share : events.heaviest;
      events.share = std::clamp(part * all, 0.0, 1.0);
      events.squares = events.share > 0.0 ? std::max(events.share * each, 1e-300) : 0.0;
    };
    move(out.hits, share);
    move(out.misses, 1.0 - share);
    return out;
  }
  [[nodiscard]] Allowance allowance() const noexcept { return {Allowance{}.lower, allowed_upper}; }
};

/// The weights of a slice's audits.
[[nodiscard]] inline SliceWeights weights_of(const SliceEvidence& evidence) noexcept {
  const Moments sum = evidence.sum();
  SliceWeights out;
  // In one stratum of equal weights the cases in the denominator are themselves a simple random sample.
  out.varies = evidence.denominator_varies && !(evidence.equal_weights && evidence.strata.size() == 1);
  out.events_are_hits = evidence.events_are_hits ? evidence.heaviest_hit > 0.0 : evidence.heaviest_miss == 0.0;
  // Where the heaviest case is known only as a mean by weight, a whole one is allowed for.
  if (evidence.uneven) out.allowed_upper = 1.0;
  const double all = out.varies ? std::max(evidence.total, sum.x) : sum.x;
  const auto events = [&](double weight, double squares, double heaviest) {
    const double part = std::clamp(weight / all, 0.0, 1.0);
    return WeightedEvents{part, part > 0.0 ? std::max(squares / (all * all), 1e-300) : 0.0, heaviest / all};
  };
  out.hits = events(sum.y, sum.yy, evidence.heaviest_hit);
  out.misses = events(sum.x - sum.y, std::max(0.0, sum.xx - sum.yy), evidence.heaviest_miss);
  return out;
}

/// Limits from the weights of hits and misses: of the rarer by nature where the denominator is settled, of both where
/// another sample would have another denominator.
[[nodiscard]] inline Interval limits_of(const SliceWeights& weights, double share, Confidence confidence) {
  const Allowance allowance = weights.allowance();
  Interval limits;
  if (weights.varies) {
    const auto of = [&](const WeightedEvents& each) {
      return each.heaviest > 0.0 ? weighted_gamma(each, confidence, allowance) : Interval{each.share, each.share};
    };
    limits = share_of_totals(weights.hits.share, of(weights.hits), weights.misses.share, of(weights.misses));
  } else if (weights.events_are_hits) {
    limits = weighted_beta(weights.hits, confidence, allowance);
  } else {
    const Interval missed = weighted_beta(weights.misses, confidence, allowance);
    limits = {1.0 - missed.upper, 1.0 - missed.lower};
  }
  return {std::min(share, limits.lower), std::max(share, limits.upper)};
}

}  // namespace assay::detail
