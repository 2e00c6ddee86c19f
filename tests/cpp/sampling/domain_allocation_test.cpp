#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <string>

#include <assay/core/random.hpp>
#include <assay/sampling/domain_allocation.hpp>
#include <assay_test.hpp>

using namespace assay;
using namespace assay::allocation;
using assay::test::contains;
using assay::test::message_of;

namespace {

using Reals = std::vector<double>;

struct Case {
  Counts populations{};
  Reals costs{};
  Limits limits{};
  std::vector<Demand> demands{};
};

/// Strata with error rates, and demands for the whole and for random slices.
Case some_case(std::uint64_t seed, std::size_t strata, std::size_t slices, std::uint64_t largest, bool cheap) {
  Random random{seed};
  Case out;
  Reals spread;
  for (std::size_t h = 0; h < strata; ++h) {
    out.populations.push_back(static_cast<std::int64_t>(2 + random.below(largest)));
    spread.push_back(std::sqrt(0.01 + 0.2 * random.uniform()));
    out.costs.push_back(cheap ? 1.0 : 0.5 + 3.0 * random.uniform());
  }
  out.limits.most = out.populations;
  out.limits.least = Counts(strata, std::min<std::int64_t>(2, 2));
  for (std::size_t j = 0; j <= slices; ++j) {
    Demand demand;
    double cases = 0.0;
    std::vector<std::size_t> in;
    for (std::size_t h = 0; h < strata; ++h)
      if (j == 0 || random.below(4) == 0) {
        in.push_back(h);
        cases += static_cast<double>(out.populations[h]);
      }
    for (const auto h : in) {
      const double weight = static_cast<double>(out.populations[h]) / cases * spread[h];
      demand.parts.push_back({h, weight * weight});
    }
    const double half_width = (j == 0 ? 0.02 : 0.04) + 0.05 * random.uniform();
    demand.limit = half_width * half_width / 4.0;
    out.demands.push_back(demand);
  }
  return out;
}

double variance_of(const Case& it, const Demand& demand, const Counts& sizes) {
  double sum = 0.0;
  for (const auto& [h, amount] : demand.parts)
    sum += amount *
           (1.0 / static_cast<double>(sizes[h]) - (demand.finite ? 1.0 / static_cast<double>(it.populations[h]) : 0.0));
  return sum;
}

void check_proof(const Case& it, const DomainAllocation& out) {
  for (std::size_t j = 0; j < it.demands.size(); ++j) {
    REQUIRE(variance_of(it, it.demands[j], out.sizes) <= it.demands[j].limit * (1 + 1e-9) + 1e-15);
    REQUIRE(out.attained[j] == Approx(variance_of(it, it.demands[j], out.sizes)).margin(1e-12));
    REQUIRE(out.prices[j] >= 0.0);
  }
  for (std::size_t h = 0; h < out.sizes.size(); ++h) {
    REQUIRE(out.sizes[h] >= it.limits.least[h]);
    REQUIRE(out.sizes[h] <= it.limits.most[h]);
    REQUIRE(static_cast<double>(out.sizes[h]) < out.real[h] + 2.0);
  }
  REQUIRE(out.gap >= 0.0);
  REQUIRE(out.gap < 1e-9);
  REQUIRE(out.bound <= out.real_cost * (1 + 1e-12));
  REQUIRE(out.real_cost <= out.cost * (1 + 1e-9));
}

DomainAllocation solve(const Case& it) { return domain_allocation(it.populations, it.demands, it.costs, it.limits); }

}  // namespace

TEST_CASE("the multivariate allocation reproduces R's bethel", "[golden][allocation]") {
  // R SamplingStrata 1.5-5, golden/A_sampling/bethel_*.csv: CVs of 4 % and 6 % for two totals, 12 strata. R's own
  // iteration stops some 1e-8 from the optimum.
  const auto file = assay::test::shared_file("golden/A_sampling/bethel_strata.csv");
  const auto solution = assay::test::shared_file("golden/A_sampling/bethel_solution.csv");
  if (!file || !solution) return;
  const assay::test::Table strata{*file};
  Case it;
  std::vector<Demand> demands(2);
  double totals[2] = {0.0, 0.0};
  for (std::size_t h = 0; h < strata.size(); ++h) {
    const auto row = strata.row(h);
    it.populations.push_back(row.integer("N"));
    const auto held = row.number("N");
    for (const int k : {0, 1}) {
      const std::string which = std::to_string(k + 1);
      const double s = row.number("S" + which);
      demands[static_cast<std::size_t>(k)].parts.push_back({h, held * s * held * s});
      totals[k] += held * row.number("M" + which);
    }
  }
  demands[0].limit = std::pow(0.04 * totals[0], 2);
  demands[1].limit = std::pow(0.06 * totals[1], 2);
  it.costs = Reals(strata.size(), 1.0);
  it.limits = {Counts(strata.size(), 2), it.populations};
  it.demands = demands;
  const auto out = solve(it);
  check_proof(it, out);
  const assay::test::Table expected{*solution};
  std::int64_t published = 0;
  for (std::size_t h = 0; h < expected.size(); ++h) {
    CHECK(out.real[h] == Approx(expected.row(h).number("n_real")).epsilon(1e-6));
    CHECK(std::ceil(out.real[h]) == expected.row(h).number("n_integer"));  // R rounds up
    published += expected.row(h).integer("n_integer");
  }
  CHECK(published == 168);
  CHECK(out.real_cost == Approx(161.082).epsilon(1e-5));
  CHECK(out.cost <= 163.0);  // and we need not
}

TEST_CASE("one demand alone is Neyman's allocation", "[law][allocation]") {
  const Counts populations{3000, 4000, 5000, 2000};
  const Reals spread{48, 79, 76, 16};
  Demand demand;
  double weights = 0.0;
  for (std::size_t h = 0; h < 4; ++h) {
    const double weight = static_cast<double>(populations[h]) * spread[h];
    demand.parts.push_back({h, weight * weight});
    weights += weight;
  }
  demand.finite = false;
  demand.limit = weights * weights / 190.0;  // what Neyman's allocation reaches with 190
  const auto out = domain_allocation(populations, {demand}, Reals(4, 1.0), {Counts(4, 1), populations});
  CHECK(out.real_cost == Approx(190.0).epsilon(1e-9));
  CHECK(out.bound == Approx(190.0).epsilon(1e-9));
  const Reals published{31.3761467889908, 68.8532110091743, 82.7981651376147, 6.97247706422018};
  for (std::size_t h = 0; h < 4; ++h) CHECK(out.real[h] == Approx(published[h]).epsilon(1e-5));
  CHECK(out.cost <= 191.0);
  // cost = weights^2 / limit, so a unit of limit saves weights^2 / limit^2
  CHECK(out.prices[0] == Approx(weights * weights / (demand.limit * demand.limit)).epsilon(1e-6));
}

TEST_CASE("many random demands are met with proof", "[law][allocation]") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Case it = some_case(seed, 5 + seed % 40, seed % 12, 20'000, seed % 3 == 0);
    check_proof(it, solve(it));
  }
}

TEST_CASE("no whole numbers cost less than the bound, by going through all", "[law][allocation]") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Case it = some_case(seed, 3, 2, 12, false);
    for (auto& demand : it.demands) demand.limit *= 20.0;
    const auto out = solve(it);
    check_proof(it, out);
    double best = std::numeric_limits<double>::infinity();
    Counts sizes(3);
    for (sizes[0] = 2; sizes[0] <= it.populations[0]; ++sizes[0])
      for (sizes[1] = 2; sizes[1] <= it.populations[1]; ++sizes[1])
        for (sizes[2] = 2; sizes[2] <= it.populations[2]; ++sizes[2]) {
          bool meets = true;
          for (const auto& demand : it.demands) meets = meets && variance_of(it, demand, sizes) <= demand.limit;
          double cost = 0.0;
          for (std::size_t h = 0; h < 3; ++h) cost += it.costs[h] * static_cast<double>(sizes[h]);
          if (meets) best = std::min(best, cost);
        }
    REQUIRE(out.bound <= best * (1 + 1e-12));
    REQUIRE(out.cost <= best + it.costs[0] + it.costs[1] + it.costs[2]);
  }
}

TEST_CASE("prices say what a looser limit saves", "[law][allocation]") {
  const Case it = some_case(5, 30, 6, 50'000, false);
  const auto out = solve(it);
  int priced = 0;
  for (std::size_t j = 0; j < it.demands.size(); ++j) {
    Case looser = it;
    const double by = 1e-3 * it.demands[j].limit;
    looser.demands[j].limit += by;
    const double saved = out.real_cost - solve(looser).real_cost;
    CHECK(saved == Approx(out.prices[j] * by).epsilon(0.02).margin(1e-5 * out.real_cost));
    priced += out.prices[j] * by > 1e-5 * out.real_cost ? 1 : 0;
  }
  CHECK(priced > 1);
}

TEST_CASE("a dearer stratum is audited less, a least size is kept, a most size too", "[allocation]") {
  const Case it = some_case(9, 10, 3, 20'000, true);
  const auto even = solve(it);
  const auto largest =
      static_cast<std::size_t>(std::max_element(even.real.begin(), even.real.end()) - even.real.begin());
  Case dear = it;
  dear.costs[largest] = 25.0;
  const auto out = solve(dear);
  check_proof(dear, out);
  CHECK(out.real[largest] < 0.7 * even.real[largest]);
  Case held = it;
  held.limits.least[2] = even.sizes[2] + 50;
  held.limits.most[3] = even.sizes[3] - 5;
  const auto kept = solve(held);
  check_proof(held, kept);
  CHECK(kept.sizes[2] >= even.sizes[2] + 50);
  CHECK(kept.sizes[3] <= even.sizes[3] - 5);
}

TEST_CASE("what cannot be met is told apart from what is dear", "[error][allocation]") {
  const Counts populations{100, 100};
  const Limits limits{{2, 2}, {100, 50}};
  const auto words = [&](double limit, bool finite) {
    return message_of<InputError>(
        [&] { (void)domain_allocation(populations, {{{{0, 1.0}, {1, 1.0}}, limit, finite}}, Reals{1, 1}, limits); });
  };
  // all of the first and half of the second: 1 / 100 + 1 / 50 - 2 / 100 = .01
  CHECK(contains(words(0.009, true), "wanted a limit of at least 0.00999"));
  CHECK(contains(words(0.009, true), "got 0.009 in column 'limit', row 0"));
  CHECK(contains(words(0.009, true), "no sizes can meet it: raise this limit, or allow more audits in its strata"));
  CHECK(contains(words(0.02, false), "wanted a limit of at least 0.03"));
  CHECK(words(0.0101, true) == "(nothing was thrown)");  // dear, but possible
}

TEST_CASE("a limit of 0 takes every case there is, and says what the last one costs", "[allocation]") {
  const Counts populations{40, 60, 500};
  const Demand census{{{0, 1.0}, {1, 1.0}}, 0.0, true};
  const Demand rest{{{1, 2.0}, {2, 5.0}}, 0.1, true};
  const auto out = domain_allocation(populations, {census, rest}, Reals{1, 2, 1}, {{2, 2, 2}, populations});
  CHECK(out.sizes[0] == 40);
  CHECK(out.sizes[1] == 60);
  CHECK(out.sizes[2] == 46);  // 5 / n - 5 / 500 <= .1
  CHECK(out.prices[0] == Approx(2.0 * 60 * 60));
  CHECK(out.gap < 1e-9);
}

TEST_CASE("demands met by the least sizes, or none at all, cost nothing more", "[allocation]") {
  const Counts populations{40, 60, 0};
  const Limits limits{{3, 4, 0}, populations};
  const auto none = domain_allocation(populations, {}, Reals{1, 2, 1}, limits);
  CHECK(none.sizes == Counts{3, 4, 0});
  CHECK(none.cost == 11.0);
  CHECK(none.bound == 11.0);
  const auto loose = domain_allocation(populations, {{{{0, 1.0}, {1, 1.0}}, 5.0, true}}, Reals{1, 2, 1}, limits);
  CHECK(loose.sizes == Counts{3, 4, 0});
  CHECK(loose.prices == Reals{0.0});
  // a stratum named twice counts twice
  const Demand twice{{{0, 1.0}, {0, 1.0}}, 0.1, false};
  CHECK(domain_allocation(populations, {twice}, Reals{1, 2, 1}, limits).sizes == Counts{20, 4, 0});
}

TEST_CASE("the order of strata and of demands changes nothing but the order", "[law][allocation]") {
  const Case it = some_case(21, 25, 5, 20'000, false);
  Case turned = it;
  std::reverse(turned.populations.begin(), turned.populations.end());
  std::reverse(turned.costs.begin(), turned.costs.end());
  turned.limits.most = turned.populations;
  for (auto& demand : turned.demands) {
    for (auto& part : demand.parts) part.stratum = 24 - part.stratum;
    std::reverse(demand.parts.begin(), demand.parts.end());
  }
  std::reverse(turned.demands.begin(), turned.demands.end());
  const auto one = solve(it);
  const auto other = solve(turned);
  CHECK(other.real_cost == Approx(one.real_cost).epsilon(1e-9));
  for (std::size_t h = 0; h < 25; ++h) CHECK(other.real[24 - h] == Approx(one.real[h]).epsilon(1e-4));
}

TEST_CASE("two thousand strata and two hundred demands are solved to the same proof", "[allocation]") {
  const Case it = some_case(1, 2'000, 200, 5'000, false);
  check_proof(it, solve(it));
}

TEST_CASE("demands and costs that cannot be read are refused by place", "[error][allocation]") {
  const Counts populations{100, 100};
  const Limits limits{{2, 2}, populations};
  const auto words = [&](const Demand& demand, const Reals& costs) {
    return message_of<InputError>([&] { (void)domain_allocation(populations, {demand}, costs, limits); });
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(contains(words({{{2, 1.0}}, 1.0, true}, {1, 1}), "wanted a stratum below 2, got 2"));
  CHECK(contains(words({{{0, -1.0}}, 1.0, true}, {1, 1}), "wanted a finite variance of 0 or more, got -1"));
  CHECK(contains(words({{{0, nan}}, 1.0, true}, {1, 1}), "got nan"));
  CHECK(contains(words({{{0, 1.0}}, -1.0, true}, {1, 1}), "wanted a finite limit of 0 or more, got -1"));
  CHECK(contains(words({{{0, 1.0}}, 0.0, false}, {1, 1}), "wanted a finite limit above 0, got 0"));
  CHECK(contains(words({{{0, 1.0}}, nan, true}, {1, 1}), "got nan"));
  CHECK(
      contains(words({{{0, 1.0}}, 1.0, true}, {1, 0}), "wanted a finite cost above 0, got 0 in column 'cost', row 1"));
  CHECK(contains(words({{{0, 1.0}}, 1.0, true}, {1}), "wanted one cost for each of 2 strata, got 1"));
  CHECK(contains(message_of<InputError>([&] {
                   (void)domain_allocation(populations, {{{{0, 1.0}}, 1.0, true}}, Reals{1, 1}, {{0, 0}, {0, 5}});
                 }),
                 "wanted a most size of 1 or more in stratum 0"));
}
