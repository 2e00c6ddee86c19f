#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include <assay/core/random.hpp>
#include <assay/sampling/box_allocation.hpp>
#include <assay_test.hpp>

using namespace assay;
using namespace assay::allocation;
using assay::test::contains;
using assay::test::message_of;

namespace {

using Reals = std::vector<double>;
const Counts textbook{3000, 4000, 5000, 2000};
const Reals textbook_spread{48, 79, 76, 16};

void every(const Limits& limits, const std::function<void(const Counts&)>& visit) {
  Counts sizes = limits.least;
  const std::function<void(std::size_t)> place = [&](std::size_t h) {
    if (h == sizes.size()) return visit(sizes);
    for (sizes[h] = limits.least[h]; sizes[h] <= limits.most[h]; ++sizes[h]) place(h + 1);
  };
  place(0);
}

double variance(const Counts& populations, const Reals& spreads, const Counts& sizes) {
  double out = 0.0;
  for (std::size_t h = 0; h < sizes.size(); ++h) {
    const double weight = static_cast<double>(populations[h]) * spreads[h];
    if (weight > 0.0) out += weight * weight / static_cast<double>(sizes[h]);
  }
  return out;
}

struct Case {
  Counts populations{};
  Reals spreads{};
  Reals costs{};
  Limits limits{};
};

Case some_case(Random& random) {
  Case out;
  const auto strata = 1 + random.below(4);
  for (std::size_t h = 0; h < strata; ++h) {
    const auto population = static_cast<std::int64_t>(random.below(12));
    const auto most = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(population) + 1));
    out.populations.push_back(population);
    out.limits.most.push_back(most);
    out.limits.least.push_back(static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(most) + 1)));
    out.spreads.push_back(random.below(4) == 0 ? 0.0 : random.uniform());
    out.costs.push_back(0.5 + 4.0 * random.uniform());
  }
  return out;
}

std::int64_t sum(const Counts& counts) { return std::accumulate(counts.begin(), counts.end(), std::int64_t{0}); }

}  // namespace

TEST_CASE("allocations between limits are published ones, rounded", "[golden][allocation]") {
  // R stratallo 3.0.1, golden/A_sampling: box (50, 49.9425, 60.0575, 30); upper limits (35.12, 77.07, 70, 7.80)
  CHECK(boxed(textbook, textbook_spread, {{50, 40, 10, 30}, {100, 90, 70, 80}}, 190) == Counts{50, 50, 60, 30});
  CHECK(boxed(textbook, textbook_spread, {{0, 0, 0, 0}, {100, 90, 70, 80}}, 190) == Counts{35, 77, 70, 8});
  // optimal with costs (1, 4, 9, 2): whole numbers within one case of the real ones
  const Counts weighed = cost_weighted(textbook, textbook_spread, Reals{1, 4, 9, 2}, {{2, 2, 2, 2}, textbook}, 190);
  const Reals published{60.6256562856509, 66.5198173134225, 53.3281235846003, 9.52640281632635};
  CHECK(sum(weighed) == 190);
  for (std::size_t h = 0; h < 4; ++h) CHECK(std::abs(static_cast<double>(weighed[h]) - published[h]) < 1.0);
}

TEST_CASE("no other whole numbers between the limits do better", "[law][allocation]") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Random random{seed};
    const Case it = some_case(random);
    const auto fewest = sum(it.limits.least);
    const auto size =
        fewest + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(sum(it.limits.most) - fewest) + 1));
    const Counts sizes = boxed(it.populations, it.spreads, it.limits, size);
    REQUIRE(sum(sizes) == size);
    double best = std::numeric_limits<double>::infinity();
    every(it.limits, [&](const Counts& other) {
      if (sum(other) == size) best = std::min(best, variance(it.populations, it.spreads, other));
    });
    const double got = variance(it.populations, it.spreads, sizes);
    REQUIRE((got == best || got <= best * (1 + 1e-12)));
    for (std::size_t h = 0; h < sizes.size(); ++h) {
      REQUIRE(sizes[h] >= it.limits.least[h]);
      REQUIRE(sizes[h] <= it.limits.most[h]);
    }
  }
}

TEST_CASE("a budget is kept, nothing more can be bought, and the bound holds", "[law][allocation]") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Random random{seed};
    const Case it = some_case(random);
    double fewest = 0.0, all = 0.0;
    for (std::size_t h = 0; h < it.costs.size(); ++h) {
      fewest += it.costs[h] * static_cast<double>(it.limits.least[h]);
      all += it.costs[h] * static_cast<double>(it.limits.most[h]);
    }
    const double budget = fewest + random.uniform() * 1.1 * (all - fewest) + 1e-9;
    const Bought out = bought(it.populations, it.spreads, it.costs, it.limits, budget);
    REQUIRE(out.cost <= budget);
    double best = std::numeric_limits<double>::infinity();
    every(it.limits, [&](const Counts& other) {
      double cost = 0.0;
      for (std::size_t h = 0; h < other.size(); ++h) cost += it.costs[h] * static_cast<double>(other[h]);
      if (cost <= budget) best = std::min(best, variance(it.populations, it.spreads, other));
    });
    REQUIRE(out.variance >= best * (1 - 1e-12));
    if (best < std::numeric_limits<double>::infinity()) REQUIRE(out.least_variance <= best * (1 + 1e-9));
    for (std::size_t h = 0; h < out.sizes.size(); ++h) {
      REQUIRE(out.sizes[h] >= it.limits.least[h]);
      const bool more = out.sizes[h] < it.limits.most[h] && it.spreads[h] > 0.0;
      if (more) REQUIRE(out.cost + it.costs[h] > budget);
    }
  }
}

TEST_CASE("a budget is spent nearly as well as real numbers could", "[allocation]") {
  const Bought out = bought(textbook, textbook_spread, Reals{1, 4, 9, 2}, {{2, 2, 2, 2}, textbook}, 900);
  CHECK(out.cost <= 900);
  CHECK(out.cost > 891);
  CHECK(out.variance < out.least_variance * 1.001);
  // proportional to N S / sqrt(cost): stratum 2 to stratum 1 as 158000 to 144000
  CHECK(static_cast<double>(out.sizes[1]) / static_cast<double>(out.sizes[0]) == Approx(158.0 / 144.0).epsilon(.03));
}

TEST_CASE("limits, sizes, costs and budgets that cannot be used are refused", "[error][allocation]") {
  const auto words = [](const Limits& limits, std::int64_t size) {
    return message_of<InputError>([&] { (void)boxed(textbook, textbook_spread, limits, size); });
  };
  const Limits free{{0, 0, 0, 0}, textbook};
  CHECK(contains(words({{0, 0, 0}, textbook}, 10), "wanted one least size for each of 4 strata, got 3"));
  CHECK(contains(words({{0, 0, 0, 0}, {1, 2}}, 10), "wanted one most size for each of 4 strata, got 2"));
  CHECK(contains(words({{0, 0, 0, 0}, {1, 2, 5001, 4}}, 10),
                 "wanted a most size of at most the population, 5000, got 5001 in column 'most', row 2"));
  CHECK(contains(words({{0, 9, 0, 0}, {5, 5, 5, 5}}, 10),
                 "wanted a least size between 0 and the most size, 5, got 9 in column 'least', row 1"));
  CHECK(contains(words({{0, -1, 0, 0}, {5, 5, 5, 5}}, 10), "got -1"));
  CHECK(contains(words({{1, 1, 1, 1}, {5, 5, 5, 5}}, 21),
                 "wanted a size between 4 and 20, the sums of the limits, got 21"));
  CHECK(contains(words({{1, 1, 1, 1}, {5, 5, 5, 5}}, 3), "got 3"));
  CHECK(contains(message_of<InputError>([&] { (void)boxed({}, {}, {}, 3); }), "at least one stratum"));
  CHECK(contains(message_of<InputError>([&] { (void)boxed(Counts{-1}, Reals{1}, {{0}, {-1}}, 0); }),
                 "wanted a population of 0 or more, got -1"));
  CHECK(contains(message_of<InputError>([&] { (void)boxed(textbook, Reals{1, 1, 1, -1}, free, 10); }), "got -1"));
  const auto buys = [&](const Reals& costs, double budget) {
    return message_of<InputError>(
        [&] { (void)bought(textbook, textbook_spread, costs, {{2, 2, 2, 2}, textbook}, budget); });
  };
  CHECK(contains(buys({1, 1, 0, 1}, 100), "wanted a finite cost above 0, got 0 in column 'cost', row 2"));
  CHECK(contains(buys({1, 1, 1, 1}, 7), "wanted a budget of at least 8, what the least sizes cost, got 7"));
  CHECK(contains(buys({1, 1, 1, 1}, std::numeric_limits<double>::quiet_NaN()), "got nan"));
  CHECK(contains(buys({1, 1, 1}, 100), "wanted one cost for each of 4 strata, got 3"));
  CHECK(contains(
      message_of<InputError>([&] { (void)cost_weighted(textbook, textbook_spread, Reals{1, 0, 1, 1}, free, 10); }),
      "wanted a finite cost above 0, got 0"));
}
