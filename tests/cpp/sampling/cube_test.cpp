#include <limits>

#include <assay/sampling/cube.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

namespace {

/// How far the estimated total of a column misses the true one, relative to it.
double miss(const Positions& drawn, const Reals& p, const Reals& x, std::size_t columns, std::size_t k) {
  double truth = 0.0, estimate = 0.0;
  for (std::size_t i = 0; i < p.size(); ++i) truth += x[i * columns + k];
  for (const auto i : drawn) estimate += x[static_cast<std::size_t>(i) * columns + k] / p[static_cast<std::size_t>(i)];
  return std::abs(estimate / truth - 1.0);
}

Reals some_numbers(std::size_t count, std::uint64_t seed) {
  Random random{seed};
  Reals out(count);
  for (auto& each : out) each = 1.0 + random.uniform();
  return out;
}

}  // namespace

TEST_CASE("the cube draws each case with its chance, whatever is balanced", "[law][cube]") {
  const Reals x{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};
  const Frequencies balanced{6, 20'000, [&](Random& random) { return cube(textbook, {x, 2}, random); }};
  CHECK(balanced.from(textbook) < 3.5);
  const Frequencies free{6, 20'000, [](Random& random) { return cube(textbook, {}, random); }};
  CHECK(free.from(textbook) < 3.5);
}

TEST_CASE("a balance that whole cases allow is met exactly", "[law][cube]") {
  // 60 cases in three groups of 20, a quarter drawn, and two 0/1 columns: five of each group, always.
  Reals groups(120);
  for (std::size_t i = 0; i < 40; ++i) groups[i * 2 + i / 20] = 1.0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random{seed};
    const Positions drawn = cube(Reals(60, .25), {groups, 2}, random);
    REQUIRE(drawn.size() == 15);
    for (const int group : {0, 1, 2}) {
      int held = 0;
      for (const auto i : drawn) held += i / 20 == group ? 1 : 0;
      REQUIRE(held == 5);
    }
  }
}

TEST_CASE("estimated totals of what is balanced are nearly right", "[cube]") {
  const auto p = some_probabilities(2'000, 400, 11);
  const auto x = some_numbers(8'000, 12);
  double worst = 0.0, unbalanced = 0.0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random{seed};
    const auto drawn = cube(p, {x, 4}, random);
    REQUIRE(drawn.size() == 400);
    for (std::size_t k = 0; k < 4; ++k) worst = std::max(worst, miss(drawn, p, x, 4, k));
    Random other{seed};
    unbalanced = std::max(unbalanced, miss(cube(p, {}, other), p, x, 4, 0));
  }
  CHECK(worst < 0.012);      // a few cases out of 400
  CHECK(unbalanced > 0.04);  // what the same probabilities do without
}

TEST_CASE("columns that say the same twice do no harm", "[cube]") {
  const auto p = some_probabilities(300, 60, 4);
  const auto one = some_numbers(300, 5);
  Reals thrice(900);
  for (std::size_t i = 0; i < 300; ++i) {
    thrice[i * 3] = one[i];
    thrice[i * 3 + 1] = 2.0 * one[i];
    thrice[i * 3 + 2] = p[i];  // the size once more
  }
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random{seed};
    const auto drawn = cube(p, {thrice, 3}, random);
    REQUIRE(drawn.size() == 60);
    REQUIRE(miss(drawn, p, one, 1, 0) < 0.1);  // one light case stands for a tenth
  }
  Random random{1};
  CHECK(cube(p, {Reals(300, 0.0), 1}, random).size() == 60);
}

TEST_CASE("the cube keeps certain cases and refuses what it cannot use", "[error][cube]") {
  check_certain([](const Reals& p, Random& random) { return cube(p, {}, random); });
  check_certain([](const Reals& p, Random& random) { return cube(p, {some_numbers(p.size(), 1), 1}, random); });
  check_refusals([](const Reals& p) {
    Random random{1};
    (void)cube(p, {}, random);
  });
  const auto words = [](const Reals& p, const Reals& x, std::size_t columns) {
    return message_of<InputError>([&] {
      Random random{1};
      (void)cube(p, {x, columns}, random);
    });
  };
  CHECK(contains(words({.5, .5}, {1, 2, 3}, 2),
                 "wanted a row of balance for each of 2 probabilities, got 3 numbers in 2 columns"));
  CHECK(contains(words({.5, .5}, {1, 2, 3, std::numeric_limits<double>::quiet_NaN()}, 2),
                 "wanted finite numbers in balance, got nan in column 'balance 1', row 1"));
  CHECK(contains(words({1e-10, 1 - 1e-10}, {1e305, 1}, 1), "wanted balance that a probability can divide"));
}
