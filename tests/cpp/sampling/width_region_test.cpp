// What proofs of plans rest on: half-widths that do not fall when weights grow, and reaches that nothing exceeds.

#include <assay_test.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/sampling/width_region.hpp>
#include "prospects.hpp"

using namespace assay;
using allocation::Prospect;
using allocation::detail::Form;
using allocation::detail::law_of;
using allocation::detail::SliceLaw;
using allocation::detail::SliceWeights;
using allocation::detail::weighted_half_width;
using allocation::detail::weights_of;
using allocation::detail::WidthRegion;

namespace {

double log_uniform(Random& random, double low, double high) {
  return std::exp(std::log(low) + random.uniform() * std::log(high / low));
}

/// A slice of any kind, and weights that its audits could have.
struct AnySlice {
  Prospect prospect{};
  SliceLaw law{};
  SliceWeights weights{};

  explicit AnySlice(Random& random) {
    constexpr double levels[] = {0.8, 0.9, 0.95, 0.99};
    prospect.finite = random.uniform() < 0.6;
    prospect.confidence = Confidence{levels[random.below(4)]};
    law.form = random.below(2) == 0 ? Form::joined : Form::weighted;
    law.whole = law.form == Form::weighted;
    law.rate = log_uniform(random, 1e-5, 0.5);
    law.cases = static_cast<std::int64_t>(log_uniform(random, 20.0, 200'000.0));
    const double least = 1.0 / static_cast<double>(law.cases);
    weights.error = log_uniform(random, least, 1.0);
    weights.correct = random.uniform() < 0.7 ? std::max(least, weights.error * std::exp(2.0 * random.uniform() - 1.0))
                                             : log_uniform(random, least, 1.0);
    weights.heaviest = std::max({weights.error, weights.correct, log_uniform(random, least, 1.0)});
  }
  [[nodiscard]] double half_width(const SliceWeights& of) const { return weighted_half_width(prospect, law, of); }
};

/// Three strata of a finite queue, of each a part.
Prospect three_parts(bool whole) {
  Prospect out{.populations = {4'000, 3'000, 6'000},
               .rates = {0.02, 0.08, 0.15},
               .costs = {1.0, 1.0, 2.0},
               .limits = {{2, 2, 2}, {4'000, 3'000, 6'000}},
               .slices = {{"some", {}, 0.02, {}, 0}}};
  for (std::size_t h = 0; h < 3; ++h)
    out.slices[0].parts.push_back({h, whole ? out.populations[h] : out.populations[h] / 2, {}});
  return out;
}

}  // namespace

TEST_CASE("a half-width below 0.18 does not fall when a weight grows and an error is expected", "[law][planner]") {
  Random random{5};
  int tried = 0;
  for (int round = 0; round < 100'000; ++round) {
    const AnySlice one{random};
    const double now = one.half_width(one.weights);
    const double factor = 1.0 + (random.below(2) == 0 ? 0.02 : 1.0) * random.uniform();
    SliceWeights more = one.weights;
    const auto which = random.below(3);
    (which == 0 ? more.error : which == 1 ? more.correct : more.heaviest) *= factor;
    if (now >= 0.18 || more.error > one.law.rate || more.correct > 1.0 - one.law.rate) continue;
    more.heaviest = std::max({more.heaviest, more.error, more.correct});
    ++tried;
    if (one.half_width(more) < now * (1.0 - 1e-9))
      FAIL(which << ": rate " << one.law.rate << ", weights " << one.weights.error << " " << one.weights.correct << " "
                 << one.weights.heaviest << " times " << factor);
  }
  CHECK(tried > 15'000);
}

TEST_CASE("where less than one error is expected a half-width is at least as if it were one, but for 1 %",
          "[law][planner]") {
  Random random{6};
  int tried = 0;
  double least = 1.0;
  for (int round = 0; round < 100'000; ++round) {
    const AnySlice one{random};
    SliceWeights expected = one.weights;
    expected.error = std::min(expected.error, one.law.rate);
    expected.correct = std::min(expected.correct, 1.0 - one.law.rate);
    const double now = one.half_width(one.weights);
    if (now >= 0.18 || (expected.error == one.weights.error && expected.correct == one.weights.correct)) continue;
    ++tried;
    least = std::min(least, now / one.half_width(expected));
  }
  CHECK(tried > 10'000);
  CHECK(least >= WidthRegion::fall);
}

TEST_CASE("no sizes that keep a wish reach beyond the reach of a plane, and some come near it", "[law][planner]") {
  Random random{7};
  for (const bool whole : {true, false}) {
    const Prospect prospect = three_parts(whole);
    const auto law = law_of(prospect, prospect.slices[0]);
    WidthRegion region{prospect, law, *prospect.slices[0].half_width};
    const double most = region.most_error();
    for (int direction = 0; direction < 6; ++direction) {
      const SliceWeights at = region.scaled({1.0, 0.5 + random.uniform(), 1.5 + random.uniform()});
      CHECK(weighted_half_width(prospect, law, at) == Approx(0.02).epsilon(1e-6));
      SliceWeights plane = direction < 3 ? region.slopes(at) : SliceWeights{1.0, random.uniform(), random.uniform()};
      plane.heaviest = std::max(plane.heaviest, 0.05 * plane.error);
      const auto sum = [&](const SliceWeights& of) {
        return plane.error * of.error + plane.correct * of.correct + plane.heaviest * of.heaviest;
      };
      const auto reach = region.reach(plane, sum(at), 0.005, 50'000);
      double best = 0.0;
      for (int draw = 0; draw < 800; ++draw) {
        std::vector<double> sizes;
        for (const auto population : prospect.populations)
          sizes.push_back(log_uniform(random, 5.0, static_cast<double>(population)));
        SliceWeights of = weights_of(law, sizes);
        if (draw % 2 == 0) of = region.scaled(of);  // at the edge, where they reach furthest
        if (of.error < region.least().error || weighted_half_width(prospect, law, of) > 0.02) continue;
        CHECK(of.error <= most);
        best = std::max(best, sum(of));
      }
      INFO("whole " << whole << ", direction " << direction << ": reach " << reach.limit << ", reached " << best);
      CHECK(best <= reach.limit);
      // three strata of these shares cannot give all weights that a region holds, far from its edge least of all
      if (direction < 3) CHECK(best >= 0.75 * reach.limit);
    }
  }
}

TEST_CASE("a smaller budget of half-widths leaves a reach coarser, never too small", "[law][planner]") {
  const Prospect prospect = three_parts(false);
  const auto law = law_of(prospect, prospect.slices[0]);
  WidthRegion region{prospect, law, 0.02};
  const SliceWeights at = region.scaled({1.0, 1.0, 1.5});
  const SliceWeights plane = region.slopes(at);
  const double from = plane.error * at.error + plane.correct * at.correct + plane.heaviest * at.heaviest;
  const double fine = region.reach(plane, from, 0.002, 1'000'000).limit;
  double before = HUGE_VAL;
  for (const std::int64_t most : {10, 100, 1'000, 100'000}) {
    const double limit = region.reach(plane, from, 0.005, most).limit;
    CHECK(limit >= fine * (1.0 - 0.003));
    CHECK(limit <= before * 1.01);
    before = limit;
  }
  region.raise({0.9 * at.error, 0.0, 0.0});
  CHECK(region.reach(plane, from, 0.002, 1'000'000).limit <= fine);
}
