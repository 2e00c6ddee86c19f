// The proof of plans: nothing that keeps the wishes costs less than the bound, whatever slices are made of.

#include <assay_test.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/sampling/planner.hpp>
#include "prospects.hpp"

using namespace assay;
using allocation::plan_precision;
using assay::test::Counts;
using assay::test::Prospect;
using assay::test::Slice;

namespace {

/// Three strata that are scored by parts with rates of their own, coarsely or finely.
Prospect parted(Random& random, double widest) {
  Prospect out;
  std::vector<std::vector<double>> rates(3);
  for (std::size_t h = 0; h < 3; ++h) {
    out.populations.push_back(static_cast<std::int64_t>(10 + random.below(18)));
    for (int part = 0; part < 2; ++part) rates[h].push_back(0.01 + 0.4 * random.uniform() * random.uniform());
    out.rates.push_back(0.5 * (rates[h][0] + rates[h][1]));
    out.costs.push_back(1.0 + static_cast<double>(random.below(3)));
  }
  out.limits = {Counts(3, 2), out.populations};
  const auto wish = [&](const std::string& name) {
    out.slices.push_back({name, {}, widest * (0.4 + 0.6 * random.uniform()), {}, 0});
    return out.slices.size() - 1;
  };
  const std::size_t all = wish("all");
  for (std::size_t h = 0; h < 3; ++h) out.slices[all].parts.push_back({h, out.populations[h], {}});
  for (std::size_t part = 0; part < 2; ++part) {
    const std::size_t half = wish("half " + std::to_string(part));
    for (std::size_t h = 0; h < 3; ++h) {
      const std::int64_t first = out.populations[h] / 3 + 1;
      out.slices[half].parts.push_back({h, part == 0 ? first : out.populations[h] - first, rates[h][part]});
    }
  }
  return out;
}

/// The cost of the cheapest sizes that keep all wishes, by trying them all.
double cheapest_of_all(const Prospect& prospect) {
  std::vector<allocation::detail::SliceLaw> laws;
  for (const Slice& slice : prospect.slices) laws.push_back(allocation::detail::law_of(prospect, slice));
  double best = HUGE_VAL;
  Counts n(3);
  for (n[0] = 2; n[0] <= prospect.populations[0]; ++n[0])
    for (n[1] = 2; n[1] <= prospect.populations[1]; ++n[1])
      for (n[2] = 2; n[2] <= prospect.populations[2]; ++n[2]) {
        const double cost = allocation::detail::cost_of(prospect, n);
        if (cost >= best) break;
        bool kept = true;
        for (std::size_t d = 0; kept && d < laws.size(); ++d)
          kept = allocation::detail::keeps(prospect, prospect.slices[d], laws[d], n);
        if (kept) best = cost;
      }
  return best;
}

}  // namespace

TEST_CASE("no sizes of small problems that keep the wishes cost less than the bound", "[law][planner]") {
  Random random{2'026};
  double worst = 1.0, mean = 0.0;
  constexpr int rounds = 24;
  for (int round = 0; round < rounds; ++round) {
    const Prospect prospect = parted(random, round % 2 == 0 ? 0.15 : 0.25);
    const auto plan = plan_precision(prospect);
    const double best = cheapest_of_all(prospect);
    INFO("round " << round << ": planned " << plan.allocation.cost << ", best " << best << ", bound "
                  << plan.allocation.bound);
    REQUIRE(plan.allocation.bound <= best * (1.0 + 1e-9));
    REQUIRE(plan.allocation.cost <= best + 6.0);
    worst = std::min(worst, plan.allocation.bound / best);
    mean += plan.allocation.bound / best / rounds;
  }
  INFO("bound over best: " << mean << " on average, " << worst << " at worst");
  CHECK(mean >= 0.85);  // whole numbers of a few dozen cases alone leave some percent
}

TEST_CASE("the bound of larger problems lies close below the plan", "[law][planner]") {
  for (const auto& [overall, queue, site] :
       {std::array{0.01, 0.03, 0.02}, std::array{0.008, 0.02, 0.018}, std::array{0.02, 0.03, 0.05}}) {
    const Prospect prospect = test::operation(overall, queue, site);
    const auto plan = plan_precision(prospect);
    INFO("planned " << plan.allocation.cost << ", bound " << plan.allocation.bound);
    CHECK(plan.allocation.bound <= plan.allocation.cost);
    CHECK(plan.allocation.bound >= 0.97 * plan.allocation.cost);
  }
}

TEST_CASE("wishes too wide for the laws of the proof, and minimums, still bound the cost", "[planner]") {
  Prospect prospect = test::operation(0.3, 0.4, 0.4);  // of half-widths like these nothing is proved
  for (std::size_t d = 5; d < 8; ++d) prospect.slices[d].minimum = 900;
  const auto plan = plan_precision(prospect);
  CHECK(plan.allocation.bound <= plan.allocation.cost);
  CHECK(plan.allocation.bound >= 0.99 * plan.allocation.cost);  // minimums are sums over sizes
}
