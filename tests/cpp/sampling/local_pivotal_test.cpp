#include <limits>

#include <assay/sampling/local_pivotal.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

namespace {

/// Mean squared distance of 1 and the chances around each drawn case (those for whom it is the nearest drawn one): the
/// usual measure of spread, 0 at best.
double unevenness(const Positions& drawn, const Reals& p, const Reals& points) {
  Reals held(drawn.size());
  for (std::size_t i = 0; i < p.size(); ++i) {
    std::size_t best = 0;
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t s = 0; s < drawn.size(); ++s) {
      const auto other = static_cast<std::size_t>(drawn[s]);
      const double a = points[i * 2] - points[other * 2];
      const double b = points[i * 2 + 1] - points[other * 2 + 1];
      if (a * a + b * b < nearest) nearest = a * a + b * b, best = s;
    }
    held[best] += p[i];
  }
  double sum = 0.0;
  for (const double each : held) sum += (each - 1.0) * (each - 1.0);
  return sum / static_cast<double>(drawn.size());
}

Reals square(std::size_t count, std::uint64_t seed) {
  Random random{seed};
  Reals out(2 * count);
  for (auto& each : out) each = random.uniform();
  return out;
}

}  // namespace

TEST_CASE("the local pivotal method draws each case with its chance", "[law][local_pivotal]") {
  const Reals points{0, 0, 1, 0, 0, 1, 5, 5, 6, 5, 5, 6};
  const Frequencies seen{6, 20'000, [&](Random& random) { return local_pivotal(textbook, {points, 2}, random); }};
  CHECK(seen.from(textbook) < 3.5);
  const Frequencies nowhere{6, 20'000, [](Random& random) { return local_pivotal(textbook, {}, random); }};
  CHECK(nowhere.from(textbook) < 3.5);
}

TEST_CASE("two far clusters get what they are owed, always", "[law][local_pivotal]") {
  // Each cluster's chances add up to 2, so exactly two come from each.
  Reals points(40);
  for (std::size_t i = 0; i < 20; ++i)
    points[2 * i] = points[2 * i + 1] = i < 10 ? .01 * static_cast<double>(i) : 50.0 + .01 * static_cast<double>(i);
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random{seed};
    const auto drawn = local_pivotal(Reals(20, .2), {points, 2}, random);
    REQUIRE(drawn.size() == 4);
    REQUIRE(drawn[1] < 10);
    REQUIRE(drawn[2] >= 10);
  }
}

TEST_CASE("the sample is spread far more evenly than a random one", "[local_pivotal]") {
  const auto points = square(1'000, 3);
  const auto p = some_probabilities(1'000, 50, 4);
  double spread = 0.0, plain = 0.0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random{seed};
    spread += unevenness(local_pivotal(p, {points, 2}, random), p, points) / 20.0;
    plain += unevenness(cube(p, {}, random), p, points) / 20.0;
  }
  CHECK(spread < 0.2);
  CHECK(plain > 0.3);
}

TEST_CASE("the tree finds the nearest of those still there", "[local_pivotal]") {
  for (const std::size_t dimensions : {1U, 2U, 5U}) {
    Random random{dimensions};
    Reals points(300 * dimensions);
    for (auto& each : points) each = std::floor(8.0 * random.uniform());  // many ties
    sampling::detail::Neighbours tree{points, dimensions};
    std::vector<bool> there(300, true);
    const auto apart = [&](std::size_t a, std::size_t b) {
      double sum = 0.0;
      for (std::size_t d = 0; d < dimensions; ++d) {
        const double by = points[a * dimensions + d] - points[b * dimensions + d];
        sum += by * by;
      }
      return sum;
    };
    for (std::size_t gone = 0; gone < 299; ++gone) {
      std::size_t leaver = static_cast<std::size_t>(random.below(300));
      while (!there[leaver]) leaver = (leaver + 1) % 300;
      const std::size_t found = tree.nearest(leaver, random);
      REQUIRE(found < 300);
      REQUIRE(found != leaver);
      REQUIRE(there[found]);
      for (std::size_t other = 0; other < 300; ++other)
        if (there[other] && other != leaver) REQUIRE(apart(leaver, found) <= apart(leaver, other));
      tree.leave(leaver);
      there[leaver] = false;
    }
  }
}

TEST_CASE("many cases at one place do not slow it down", "[local_pivotal]") {
  Random random{6};
  CHECK(local_pivotal(Reals(30'000, .1), {Reals(30'000, 7.0), 1}, random).size() == 3'000);
}

TEST_CASE("the local pivotal method keeps certain cases and refuses what it cannot use", "[error][local_pivotal]") {
  check_certain([](const Reals& p, Random& random) { return local_pivotal(p, {}, random); });
  check_refusals([](const Reals& p) {
    Random random{1};
    (void)local_pivotal(p, {}, random);
  });
  const auto words = [](const Reals& p, const Reals& x, std::size_t columns) {
    return message_of<InputError>([&] {
      Random random{1};
      (void)local_pivotal(p, {x, columns}, random);
    });
  };
  CHECK(contains(words({.5, .5}, {1}, 1), "wanted a row of position for each of 2 probabilities, got 1 numbers"));
  CHECK(contains(words({.5, .5}, {1, std::numeric_limits<double>::infinity()}, 1),
                 "got inf in column 'position 0', row 1"));
}
