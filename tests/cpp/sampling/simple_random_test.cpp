#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include <assay/sampling/simple_random.hpp>
#include <assay_test.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;

TEST_CASE("every subset of a small frame is equally likely", "[law][simple_random]") {
  constexpr int draws = 60'000;
  Random random{20260101};
  for (const std::int64_t size : {1, 2, 3, 5}) {
    std::map<std::vector<std::int64_t>, int> subsets;
    std::vector<int> inclusions(6);
    for (int i = 0; i < draws; ++i) {
      const auto sample = simple_random(6, size, random);
      REQUIRE(sample.size() == static_cast<std::size_t>(size));
      REQUIRE(std::is_sorted(sample.begin(), sample.end()));
      ++subsets[sample];
      for (const auto position : sample) ++inclusions[static_cast<std::size_t>(position)];
    }
    const double chance = static_cast<double>(size) / 6;
    for (const int count : inclusions)
      CHECK(std::abs(count - draws * chance) < 4 * std::sqrt(draws * chance * (1 - chance)));
    const std::map<std::int64_t, std::pair<std::size_t, double>> expected{// subsets, .999 quantile of chi-square
                                                                          {1, {6, 20.5}},
                                                                          {2, {15, 36.1}},
                                                                          {3, {20, 43.8}},
                                                                          {5, {6, 20.5}}};
    const auto [number, limit] = expected.at(size);
    REQUIRE(subsets.size() == number);
    const double each = draws / static_cast<double>(number);
    double chi_square = 0.0;
    for (const auto& [subset, count] : subsets) chi_square += (count - each) * (count - each) / each;
    CHECK(chi_square < limit);
  }
}

TEST_CASE("nothing and everything can be drawn", "[simple_random]") {
  Random random{1};
  CHECK(simple_random(0, 0, random).empty());
  CHECK(simple_random(5, 0, random).empty());
  CHECK(simple_random(5, 5, random) == std::vector<std::int64_t>{0, 1, 2, 3, 4});
}

TEST_CASE("a seed describes the draw, on every machine", "[golden][simple_random]") {
  Random one{47};
  Random two{47};
  const auto sample = simple_random(1'000, 5, one);
  CHECK(sample == simple_random(1'000, 5, two));
  CHECK(sample == std::vector<std::int64_t>{71, 383, 404, 649, 711});  // the same from a Python program
  CHECK(simple_random(1'000, 5, one) != sample);
}

TEST_CASE("a huge population costs no more than its sample", "[simple_random]") {
  Random random{2};
  const auto sample = simple_random(std::numeric_limits<std::int64_t>::max(), 100, random);
  CHECK(sample.size() == 100);
  CHECK(std::adjacent_find(sample.begin(), sample.end()) == sample.end());
  CHECK(sample.front() >= 0);
  CHECK(sample.back() > std::numeric_limits<std::int64_t>::max() / 2);
}

TEST_CASE("impossible sizes are refused", "[simple_random]") {
  Random random{3};
  CHECK(contains(message_of<InputError>([&] { (void)simple_random(-1, 0, random); }),
                 "wanted a population of 0 or more, got -1"));
  CHECK(contains(message_of<InputError>([&] { (void)simple_random(5, 6, random); }),
                 "between 0 and the population of 5, got 6"));
  CHECK(contains(message_of<InputError>([&] { (void)simple_random(5, -2, random); }), "got -2"));
}
