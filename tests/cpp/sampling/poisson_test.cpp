#include <limits>
#include <string>

#include <assay/sampling/keyed.hpp>
#include <assay/sampling/poisson.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

TEST_CASE("Poisson sampling draws each case with its chance and pairs with the product", "[law][poisson]") {
  const Frequencies seen{6, 20'000, [](Random& random) { return poisson(textbook, random); }};
  CHECK(seen.from(textbook) < 3.5);
  Reals joint(36);
  for (std::size_t i = 0; i < 6; ++i)
    for (std::size_t j = 0; j < 6; ++j) joint[i * 6 + j] = i == j ? textbook[i] : textbook[i] * textbook[j];
  CHECK(seen.from_pairs(joint) < 3.5);
}

TEST_CASE("raising a chance never drops a case, and certain cases are always in", "[law][poisson]") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random one{seed};
    Random two{seed};
    const Positions before = poisson(Reals{.2, .3, 1.0, .1}, one);
    const Positions after = poisson(Reals{.4, .3, 1.0, .6}, two);
    for (const auto each : before) REQUIRE(std::find(after.begin(), after.end(), each) != after.end());
    REQUIRE(std::find(before.begin(), before.end(), 2) != before.end());
  }
}

TEST_CASE("with permanent random numbers, any part of the cases draws the same", "[law][poisson][keyed]") {
  const DrawKey key{"secret", "2026-W47"};
  std::vector<std::uint64_t> numbers;
  Reals chances;
  for (int id = 0; id < 500; ++id) {
    numbers.push_back(permanent_random_number(key, id));
    chances.push_back(.01 + .0019 * id);
  }
  const Positions whole = poisson(chances, numbers);
  CHECK(whole.size() > 180);
  CHECK(whole.size() < 300);
  const std::span all{numbers};
  const Positions second = poisson(RealView{chances}.subspan(200), all.subspan(200));
  Positions expected;
  for (const auto each : whole)
    if (each >= 200) expected.push_back(each - 200);
  CHECK(second == expected);
  // the same rule as the sampler of one share for all
  const KeyedSampler sampler{key, Share{.25}};
  Positions offered;
  for (int id = 0; id < 500; ++id)
    if (sampler.offer(id)) offered.push_back(id);
  CHECK(poisson(Reals(500, .25), numbers) == offered);
  CHECK(poisson(Reals{1.0}, std::vector{std::numeric_limits<std::uint64_t>::max()}) == Positions{0});
}

TEST_CASE("Poisson sampling refuses what is no probability", "[error][poisson]") {
  const auto words = [](const Reals& chances) {
    return message_of<InputError>([&] {
      Random random{1};
      (void)poisson(chances, random);
    });
  };
  CHECK(contains(words({.5, 0}), "got 0 in column 'probabilities', row 1"));
  CHECK(contains(words({.5, 2}), "got 2 in column 'probabilities', row 1"));
  CHECK(contains(words({}), "got none"));
  const std::vector<std::uint64_t> numbers{1, 2};
  CHECK(contains(message_of<InputError>([&] { (void)poisson(Reals{.5}, numbers); }),
                 "wanted one random number for each of 1 probabilities, got 2"));
  CHECK(contains(message_of<InputError>([&] { (void)poisson(Reals{.5, 1e-10}, numbers); }),
                 "wanted a probability of at least 2^-32 (2.3e-10), got 1e-10"));
}
