#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/sampling/neyman.hpp>
#include <assay_test.hpp>
#include <sampling/textbook.hpp>

using namespace assay;
using namespace assay::allocation;
using assay::test::Case;
using assay::test::check_limits;
using assay::test::contains;
using assay::test::every;
using assay::test::everything;
using assay::test::no_spread;
using assay::test::some_case;
using assay::test::sum;
using assay::test::textbook_spread;
using assay::test::textbook_strata;
using assay::test::variance;

TEST_CASE("real-valued Neyman allocation reproduces published solutions", "[golden][allocation]") {
  // R stratallo 3.0.1 opt() and PracTools strAlloc(), golden/A_sampling/sampling_results.csv.
  const auto check = [](const std::vector<double>& lower, const std::vector<double>& upper,
                        const std::vector<double>& expected) {
    const auto real = neyman_real(textbook_strata, textbook_spread, lower, upper, 190);
    REQUIRE(real.size() == expected.size());
    for (std::size_t h = 0; h < real.size(); ++h) CHECK(real[h] == Approx(expected[h]).epsilon(0).margin(1e-9));
  };
  check(no_spread, everything, {31.3761467889908, 68.8532110091743, 82.7981651376147, 6.97247706422018});
  check(no_spread, {100, 90, 70, 80}, {35.1219512195122, 77.0731707317073, 70, 7.8048780487805});
  check({50, 40, 10, 30}, everything, {50, 49.9425287356322, 60.0574712643678, 30});
  check({50, 40, 10, 30}, {100, 90, 70, 80}, {50, 49.9425287356322, 60.0574712643678, 30});
}

TEST_CASE("the shared table of allocations is met: reals to 1e-9, whole numbers within one case",
          "[golden][allocation]") {
  const auto file = assay::test::shared_file("golden/A_sampling/sampling_results.csv");
  if (!file) return;
  const std::vector<double> means{10, 20, 30, 40};
  std::vector<double> totals(4);
  std::vector<double> variation(4);
  for (std::size_t h = 0; h < 4; ++h) {
    totals[h] = everything[h] * means[h];
    variation[h] = textbook_spread[h] / means[h];
  }
  int checked = 0;
  const assay::test::Table table{*file};
  for (const auto& row : table.rows()) {
    const std::string& name = row.text("fn");
    const std::string& stat = row.text("stat");
    const auto starts = [&](const std::string& with) { return name.rfind(with, 0) == 0; };
    Counts sizes;
    double margin = 1.0;
    if (starts("proportional N=")) sizes = proportional(textbook_strata, {.size = 190});
    if (starts("neyman N=")) sizes = neyman(textbook_strata, textbook_spread, {.size = 190});
    for (const double exponent : {0.0, 0.5, 1.0})
      if (starts("power(Bankier) alpha=" + to_text(exponent) + " "))
        sizes = power(textbook_strata, totals, variation, exponent, {.size = 190});
    std::vector<double> values(sizes.begin(), sizes.end());
    if (starts("stratallo::opt")) {
      margin = 1e-9;
      const bool low = contains(name, "m=(50");
      const bool high = contains(name, "M=(100");
      values = neyman_real(textbook_strata, textbook_spread, low ? std::vector<double>{50, 40, 10, 30} : no_spread,
                           high ? std::vector<double>{100, 90, 70, 80} : everything, 190);
    }
    if (values.empty()) continue;
    INFO(name << " " << stat);
    CHECK(values.at(static_cast<std::size_t>(stat.at(1) - '1')) ==
          Approx(row.number("value")).epsilon(0).margin(margin));
    ++checked;
  }
  CHECK(checked == 23);
}

TEST_CASE("Neyman's whole numbers for the textbook_strata strata are the best ones", "[golden][allocation]") {
  const auto sizes = neyman(textbook_strata, textbook_spread, {.size = 190});
  CHECK(sizes == Counts{31, 69, 83, 7});
  CHECK(neyman(textbook_strata, textbook_spread, {.size = 190, .minimum = 30}) == Counts{30, 59, 71, 30});
}

TEST_CASE("Neyman and power allocations have the least variance of all that fit", "[law][allocation]") {
  Random random{1934};
  for (int round = 0; round < 400; ++round) {
    const Case it = some_case(random);
    const auto strata = it.populations.size();
    std::vector<double> spreads;
    std::vector<double> importance;
    for (std::size_t h = 0; h < strata; ++h) {
      spreads.push_back(random.below(6) == 0 ? 0.0 : random.uniform());
      importance.push_back(100 * random.uniform());
    }
    const double exponent = random.uniform();
    std::vector<double> neyman_weights;
    std::vector<double> power_weights;
    for (std::size_t h = 0; h < strata; ++h) {
      neyman_weights.push_back(spreads[h] * static_cast<double>(it.populations[h]));
      power_weights.push_back(it.populations[h] == 0 ? 0.0 : std::pow(importance[h], exponent) * spreads[h]);
    }
    const auto best = [&](const std::vector<double>& weights) {
      double out = std::numeric_limits<double>::infinity();
      every(it.populations, it.wish, [&](const Counts& sizes) { out = std::min(out, variance(sizes, weights)); });
      return out;
    };
    const auto same = [](double a, double b) { return a == b || std::abs(a - b) <= 1e-12 * b; };
    const auto by_neyman = neyman(it.populations, spreads, it.wish);
    const auto by_power = power(it.populations, importance, spreads, exponent, it.wish);
    INFO("round " << round);
    check_limits(it, by_neyman);
    check_limits(it, by_power);
    REQUIRE(same(variance(by_neyman, neyman_weights), best(neyman_weights)));
    REQUIRE(same(variance(by_power, power_weights), best(power_weights)));
  }
}

TEST_CASE("no exchange of one case improves a large Neyman allocation", "[law][allocation]") {
  // One stratum dwarfs the others: where rounding the real solution errs most.
  Random random{2017};
  for (const std::int64_t giant : {1'000'000'000, 5'000}) {
    Counts populations{giant};
    std::vector<double> spreads{0.5};
    for (int h = 0; h < 500; ++h) {
      populations.push_back(3 + static_cast<std::int64_t>(random.below(4'000)));
      spreads.push_back(random.below(10) == 0 ? 0.0 : 0.5 * random.uniform());
    }
    const Wish wish{.size = 40'000 + giant / 10};
    const auto sizes = neyman(populations, spreads, wish);
    REQUIRE(sum(sizes) == wish.size);
    double smallest_loss = std::numeric_limits<double>::infinity();
    double largest_gain = 0.0;
    for (std::size_t h = 0; h < sizes.size(); ++h) {
      const double weight = spreads[h] * static_cast<double>(populations[h]);
      const auto n = static_cast<double>(sizes[h]);
      if (sizes[h] > 2) smallest_loss = std::min(smallest_loss, weight * weight / (n * (n - 1)));
      if (sizes[h] < populations[h]) largest_gain = std::max(largest_gain, weight * weight / (n * (n + 1)));
    }
    CHECK(largest_gain <= smallest_loss * (1 + 1e-12));
    CHECK(largest_gain > 0.0);
  }
}

TEST_CASE("strata without spread get the minimum, and what nobody else can take", "[allocation]") {
  const Counts populations{100, 100, 300};
  const std::vector<double> spreads{0.4, 0.0, 0.0};
  CHECK(neyman(populations, spreads, {.size = 50}) == Counts{46, 2, 2});
  CHECK(neyman(populations, spreads, {.size = 200}) == Counts{100, 25, 75});
  CHECK(neyman(populations, std::vector<double>{0, 0, 0}, {.size = 50}) == proportional(populations, {.size = 50}));
  const std::vector<double> none(3, 0.0);
  const std::vector<double> all{100, 100, 300};
  CHECK(neyman_real(populations, spreads, none, all, 200) == std::vector<double>{100, 25, 75});
}

TEST_CASE("without a minimum, a size below the number of strata goes to those that count most", "[allocation]") {
  CHECK(neyman(Counts{10, 10, 10}, std::vector<double>{0.1, 0.3, 0.2}, {.size = 2, .minimum = 0}) == Counts{0, 1, 1});
}

TEST_CASE("spreads of wildly different sizes neither overflow nor vanish in the wrong place", "[allocation]") {
  CHECK(neyman(Counts{100, 100}, std::vector<double>{1e300, 1e-300}, {.size = 50}) == Counts{48, 2});
  CHECK(neyman(Counts{100, 100}, std::vector<double>{3e-300, 1e-300}, {.size = 40}) == Counts{30, 10});
  CHECK(power(Counts{100, 100}, std::vector<double>{1e300, 1e300}, std::vector<double>{1e300, 1e300}, 1.0,
              {.size = 40}) == Counts{20, 20});
}

TEST_CASE("the exponent leads from equally sharp strata to a sharp whole", "[allocation]") {
  const Counts populations{1'000, 9'000};
  const std::vector<double> importance{1'000, 9'000};
  const std::vector<double> variation{2, 2};
  CHECK(power(populations, importance, variation, 0.0, {.size = 100}) == Counts{50, 50});
  CHECK(power(populations, importance, variation, 0.5, {.size = 100}) == Counts{25, 75});
  CHECK(power(populations, importance, variation, 1.0, {.size = 100}) == Counts{10, 90});
}
