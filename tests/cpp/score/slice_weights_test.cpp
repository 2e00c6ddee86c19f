#include <assay_test.hpp>

#include <assay/score/slice_weights.hpp>

using namespace assay;
using namespace assay::detail;

namespace {

/// Strata of 4,000 and 600 cases, 100 and 60 of them audited, with 3 and 9 misses.
SliceEvidence two_strata(bool varies) {
  SliceEvidence evidence;
  const auto add = [&](double population, double n, double hits) {
    const double w = population / n;
    evidence.groups.push_back({n, n, {w * hits, w * n, w * w * hits, w * w * hits, w * w * n}});
    evidence.heaviest_hit = evidence.heaviest_miss = std::max(evidence.heaviest_hit, w);
    evidence.total += population;
  };
  add(4000.0, 100.0, 97.0);
  add(600.0, 60.0, 51.0);
  evidence.strata.push_back({4000.0, 100.0, std::span<const GroupSample>{evidence.groups}.subspan(0, 1)});
  evidence.strata.push_back({600.0, 60.0, std::span<const GroupSample>{evidence.groups}.subspan(1, 1)});
  evidence.events_are_hits = false;
  evidence.denominator_varies = varies;
  return evidence;
}

}  // namespace

TEST_CASE("weights moved to the share they have are the same weights", "[law][score]") {
  for (const bool varies : {false, true}) {
    const SliceWeights weights = weights_of(two_strata(varies));
    const double share = weights.hits.share / (weights.hits.share + weights.misses.share);
    CHECK(share == Approx((4000.0 * 0.97 + 600.0 * 0.85) / 4600.0));
    const SliceWeights same = weights.at(share);
    CHECK(same.misses.share == Approx(weights.misses.share).epsilon(1e-12));
    CHECK(same.misses.squares == Approx(weights.misses.squares).epsilon(1e-12));
    const Interval here = limits_of(weights, share, Confidence{0.95});
    const Interval there = limits_of(same, share, Confidence{0.95});
    CHECK(there.lower == Approx(here.lower).epsilon(1e-9));
    CHECK(there.upper == Approx(here.upper).epsilon(1e-9));
    CHECK(limits_of(weights.at(0.9), 0.9, Confidence{0.95}).contains(0.9));
  }
}

TEST_CASE("limits of settled denominators are the events' beta limits", "[law][score]") {
  const SliceWeights weights = weights_of(two_strata(false));
  const Interval misses = weighted_beta(weights.misses, Confidence{0.95});
  const Interval got = limits_of(weights, weights.hits.share, Confidence{0.95});
  CHECK(got.lower == 1.0 - misses.upper);
  CHECK(got.upper == 1.0 - misses.lower);
}

TEST_CASE("events that were not met weigh as the heaviest case", "[score]") {
  SliceWeights none;
  none.hits = {0.0, 0.0, 0.02};
  none.misses = {1.0, 0.01, 0.02};
  CHECK(none.at(0.1).hits.squares == Approx(0.1 * 0.02));
  CHECK(none.at(0.0).hits.squares == 0.0);
  CHECK(none.at(1.0).misses.share == 0.0);
}

TEST_CASE("a whole case is allowed for where weights are uneven, and one stratum's denominator does not vary",
          "[score]") {
  SliceEvidence evidence = two_strata(true);
  evidence.uneven = true;
  CHECK(weights_of(evidence).allowance().upper == 1.0);
  evidence.strata.pop_back();
  CHECK_FALSE(weights_of(evidence).varies);
  evidence.equal_weights = false;
  CHECK(weights_of(evidence).varies);
}
