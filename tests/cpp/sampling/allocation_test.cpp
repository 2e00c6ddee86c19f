#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/sampling/allocation.hpp>
#include <assay_test.hpp>

using namespace assay;
using namespace assay::allocation;
using assay::test::contains;
using assay::test::message_of;

namespace {

// The textbook strata of golden/A_sampling/sampling_results.csv.
const Counts textbook{3000, 4000, 5000, 2000};
const std::vector<double> textbook_spread{48, 79, 76, 16};
const std::vector<double> nothing(4, 0.0);
const std::vector<double> everything{3000, 4000, 5000, 2000};

std::int64_t sum(const Counts& counts) { return std::accumulate(counts.begin(), counts.end(), std::int64_t{0}); }

/// Calls `visit` for every allocation within the limits that adds up to the size.
void every(const Counts& populations, Wish wish, const std::function<void(const Counts&)>& visit) {
  Counts sizes(populations.size());
  const std::function<void(std::size_t, std::int64_t)> place = [&](std::size_t h, std::int64_t left) {
    if (h == populations.size()) {
      if (left == 0) visit(sizes);
      return;
    }
    for (std::int64_t n = std::min(wish.minimum, populations[h]); n <= std::min(left, populations[h]); ++n) {
      sizes[h] = n;
      place(h + 1, left - n);
    }
  };
  place(0, wish.size);
}

/// Sum of weight^2 / n; a stratum with weight and no case makes it endless.
double variance(const Counts& sizes, const std::vector<double>& weights) {
  double out = 0.0;
  for (std::size_t h = 0; h < sizes.size(); ++h)
    if (weights[h] > 0.0) out += weights[h] * weights[h] / static_cast<double>(sizes[h]);
  return out;
}

struct Case {
  Counts populations;
  Wish wish;
};

Case some_case(Random& random) {
  Case out;
  const auto strata = 1 + random.below(4);
  for (std::size_t h = 0; h < strata; ++h) out.populations.push_back(static_cast<std::int64_t>(random.below(13)));
  out.wish.minimum = static_cast<std::int64_t>(random.below(4));
  std::int64_t least = 0;
  for (const auto population : out.populations) least += std::min(out.wish.minimum, population);
  out.wish.size =
      least + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(sum(out.populations) - least) + 1));
  return out;
}

void check_limits(const Case& it, const Counts& sizes) {
  REQUIRE(sum(sizes) == it.wish.size);
  for (std::size_t h = 0; h < sizes.size(); ++h) {
    REQUIRE(sizes[h] >= std::min(it.wish.minimum, it.populations[h]));
    REQUIRE(sizes[h] <= it.populations[h]);
  }
}

}  // namespace

TEST_CASE("real-valued Neyman allocation reproduces published solutions", "[golden][allocation]") {
  // R stratallo 3.0.1 opt() and PracTools strAlloc(), golden/A_sampling/sampling_results.csv.
  const auto check = [](const std::vector<double>& lower, const std::vector<double>& upper,
                        const std::vector<double>& expected) {
    const auto real = neyman_real(textbook, textbook_spread, lower, upper, 190);
    REQUIRE(real.size() == expected.size());
    for (std::size_t h = 0; h < real.size(); ++h) CHECK(real[h] == Approx(expected[h]).epsilon(0).margin(1e-9));
  };
  check(nothing, everything, {31.3761467889908, 68.8532110091743, 82.7981651376147, 6.97247706422018});
  check(nothing, {100, 90, 70, 80}, {35.1219512195122, 77.0731707317073, 70, 7.8048780487805});
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
    if (starts("proportional N=")) sizes = proportional(textbook, {.size = 190});
    if (starts("neyman N=")) sizes = neyman(textbook, textbook_spread, {.size = 190});
    for (const double exponent : {0.0, 0.5, 1.0})
      if (starts("power(Bankier) alpha=" + to_text(exponent) + " "))
        sizes = power(textbook, totals, variation, exponent, {.size = 190});
    std::vector<double> values(sizes.begin(), sizes.end());
    if (starts("stratallo::opt")) {
      margin = 1e-9;
      const bool low = contains(name, "m=(50");
      const bool high = contains(name, "M=(100");
      values = neyman_real(textbook, textbook_spread, low ? std::vector<double>{50, 40, 10, 30} : nothing,
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

TEST_CASE("Neyman's whole numbers for the textbook strata are the best ones", "[golden][allocation]") {
  const auto sizes = neyman(textbook, textbook_spread, {.size = 190});
  CHECK(sizes == Counts{31, 69, 83, 7});
  CHECK(neyman(textbook, textbook_spread, {.size = 190, .minimum = 30}) == Counts{30, 59, 71, 30});
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

TEST_CASE("proportional allocation lies nearest to the exact shares", "[law][allocation]") {
  Random random{1977};
  for (int round = 0; round < 400; ++round) {
    const Case it = some_case(random);
    const auto sizes = proportional(it.populations, it.wish);
    INFO("round " << round);
    check_limits(it, sizes);
    // The exact shares with the minimum kept: Neyman's real solution for equal spreads.
    std::vector<double> lower;
    for (const auto population : it.populations)
      lower.push_back(static_cast<double>(std::min(it.wish.minimum, population)));
    const std::vector<double> upper(it.populations.begin(), it.populations.end());
    const auto shares = neyman_real(it.populations, std::vector<double>(upper.size(), 1.0), lower, upper,
                                    static_cast<double>(it.wish.size));
    const auto distance = [&](const Counts& counts) {
      double out = 0.0;
      for (std::size_t h = 0; h < counts.size(); ++h) out += std::pow(static_cast<double>(counts[h]) - shares[h], 2);
      return out;
    };
    double best = std::numeric_limits<double>::infinity();
    every(it.populations, it.wish, [&](const Counts& counts) { best = std::min(best, distance(counts)); });
    REQUIRE(distance(sizes) <= best + 1e-9);
    for (std::size_t h = 0; h < sizes.size(); ++h)
      REQUIRE(std::abs(static_cast<double>(sizes[h]) - shares[h]) < 1 + 1e-9);
  }
}

TEST_CASE("proportional allocation of the textbook strata", "[golden][allocation]") {
  // Exact shares 40.71, 54.29, 67.86, 27.14.
  CHECK(proportional(textbook, {.size = 190}) == Counts{41, 54, 68, 27});
  CHECK(proportional(textbook, {.size = 190, .minimum = 40}) == Counts{40, 49, 61, 40});
  CHECK(proportional(textbook, {.size = 14'000}) == textbook);
}

TEST_CASE("equal remainders go to the larger stratum, then to the earlier", "[allocation]") {
  CHECK(proportional(Counts{10, 10, 10}, {.size = 10}) == Counts{4, 3, 3});
  CHECK(proportional(Counts{10, 30, 10}, {.size = 5, .minimum = 0}) == Counts{1, 3, 1});
  CHECK(proportional(Counts{10, 30}, {.size = 6, .minimum = 0}) == Counts{1, 5});
  CHECK(neyman(Counts{10, 10, 10}, std::vector<double>{1, 1, 1}, {.size = 10}) == Counts{4, 3, 3});
}

TEST_CASE("a stratum smaller than the minimum is taken whole", "[allocation]") {
  const Counts populations{1, 0, 500, 4'000};
  const std::vector<double> spreads{0.1, 0.1, 0.3, 0.2};
  for (const auto& sizes :
       {proportional(populations, {.size = 100, .minimum = 5}), equal(populations, {.size = 100, .minimum = 5}),
        neyman(populations, spreads, {.size = 100, .minimum = 5}),
        power(populations, spreads, spreads, 0.5, {.size = 100, .minimum = 5})}) {
    CHECK(sum(sizes) == 100);
    CHECK(sizes[0] == 1);
    CHECK(sizes[1] == 0);
    CHECK(sizes[2] >= 5);
  }
}

TEST_CASE("equal allocation levels the strata as far as they reach", "[law][allocation]") {
  CHECK(equal(Counts{100, 100, 100}, {.size = 30}) == Counts{10, 10, 10});
  CHECK(equal(Counts{100, 3, 100}, {.size = 30}) == Counts{14, 3, 13});
  CHECK(equal(Counts{50, 90, 100}, {.size = 11}) == Counts{3, 4, 4});
  CHECK(equal(Counts{5, 5}, {.size = 10}) == Counts{5, 5});
  CHECK(equal(Counts{7}, {.size = 0, .minimum = 0}) == Counts{0});
  Random random{7};
  for (int round = 0; round < 300; ++round) {
    const Case it = some_case(random);
    const auto sizes = equal(it.populations, it.wish);
    check_limits(it, sizes);
    const auto top = *std::max_element(sizes.begin(), sizes.end());
    for (std::size_t h = 0; h < sizes.size(); ++h) REQUIRE((sizes[h] >= top - 1 || sizes[h] == it.populations[h]));
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

TEST_CASE("impossible wishes are refused and say what would do", "[allocation]") {
  const Counts populations{10, 20, 1};
  const std::vector<double> spreads{1, 1, 1};
  const auto each = [&](Wish wish) {
    return std::vector<std::string>{
        message_of<InputError>([&] { (void)proportional(populations, wish); }),
        message_of<InputError>([&] { (void)equal(populations, wish); }),
        message_of<InputError>([&] { (void)neyman(populations, spreads, wish); }),
        message_of<InputError>([&] { (void)power(populations, spreads, spreads, 0.5, wish); }),
    };
  };
  for (const auto& message : each({.size = 32}))
    CHECK(message == "wanted a size of at most 31, all there is, got 32; lower the size to 31");
  for (const auto& message : each({.size = 6, .minimum = 3}))
    CHECK(message ==
          "wanted a size of at least 7, the minimum of 3 in each of 3 strata, got 6; "
          "raise the size to 7, or lower the minimum");
  for (const auto& message : each({.size = 6, .minimum = -1}))
    CHECK(contains(message, "wanted a minimum of 0 or more, got -1"));
}

TEST_CASE("values that cannot be are refused", "[allocation]") {
  const Counts populations{10, 20};
  const std::vector<double> one{1};
  const std::vector<double> two{1, 1};
  const double not_a_number = std::numeric_limits<double>::quiet_NaN();
  CHECK(contains(message_of<InputError>([] { (void)proportional(Counts{}, {.size = 0}); }),
                 "wanted at least one stratum"));
  CHECK(contains(message_of<InputError>([] { (void)equal(Counts{5, -1}, {.size = 3}); }),
                 "got -1 in column 'population', row 1"));
  CHECK(contains(message_of<InputError>([] { (void)equal(Counts{std::int64_t{1} << 53, 1}, {.size = 3}); }),
                 "at most 2^53"));
  CHECK(contains(message_of<InputError>([&] { (void)neyman(populations, one, {.size = 5}); }),
                 "one spread for each of 2 strata, got 1"));
  CHECK(contains(message_of<InputError>([&] { (void)neyman(populations, std::vector<double>{1, -.5}, {.size = 5}); }),
                 "got -0.5 in column 'spread', row 1"));
  CHECK(contains(
      message_of<InputError>([&] { (void)neyman(populations, std::vector<double>{not_a_number, 1}, {.size = 5}); }),
      "got nan"));
  CHECK(
      contains(message_of<InputError>([&] { (void)power(populations, one, two, .5, {.size = 5}); }), "one importance"));
  CHECK(
      contains(message_of<InputError>([&] { (void)power(populations, two, one, .5, {.size = 5}); }), "one variation"));
  CHECK(contains(message_of<InputError>([&] { (void)power(populations, two, two, 1.5, {.size = 5}); }),
                 "exponent between 0 and 1, got 1.5"));
  CHECK(contains(message_of<InputError>([&] { (void)power(populations, two, two, not_a_number, {.size = 5}); }),
                 "got nan"));

  const std::vector<double> low{1, 1};
  const std::vector<double> high{10, 20};
  CHECK(contains(message_of<InputError>([&] { (void)neyman_real(populations, one, low, high, 5); }), "one spread"));
  CHECK(
      contains(message_of<InputError>([&] { (void)neyman_real(populations, two, one, high, 5); }), "one lower limit"));
  CHECK(contains(message_of<InputError>([&] { (void)neyman_real(populations, two, low, one, 5); }), "one upper limit"));
  CHECK(contains(message_of<InputError>([&] { (void)neyman_real(populations, two, high, low, 5); }),
                 "at most the upper one, 1, got 10"));
  CHECK(contains(message_of<InputError>([&] { (void)neyman_real(populations, two, low, high, 31); }),
                 "between 2 and 30"));
  CHECK(contains(message_of<InputError>([&] { (void)neyman_real(populations, two, low, high, not_a_number); }),
                 "got nan"));
  CHECK(contains(message_of<InputError>([&] { (void)neyman_real(Counts{-1, 20}, two, low, high, 5); }), "got -1"));
}
