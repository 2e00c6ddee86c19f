#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/sampling/allocation.hpp>
#include <assay/sampling/neyman.hpp>
#include <assay_test.hpp>
#include <sampling/textbook.hpp>

using namespace assay;
using namespace assay::allocation;
using assay::test::Case;
using assay::test::check_limits;
using assay::test::contains;
using assay::test::every;
using assay::test::message_of;
using assay::test::some_case;
using assay::test::sum;
using assay::test::textbook_strata;

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

TEST_CASE("proportional allocation of the textbook_strata strata", "[golden][allocation]") {
  // Exact shares 40.71, 54.29, 67.86, 27.14.
  CHECK(proportional(textbook_strata, {.size = 190}) == Counts{41, 54, 68, 27});
  CHECK(proportional(textbook_strata, {.size = 190, .minimum = 40}) == Counts{40, 49, 61, 40});
  CHECK(proportional(textbook_strata, {.size = 14'000}) == textbook_strata);
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
