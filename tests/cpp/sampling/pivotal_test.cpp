#include <assay/sampling/pivotal.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

TEST_CASE("the pivotal method draws each case with its chance", "[law][pivotal]") {
  const Frequencies seen{6, 20'000, [](Random& random) { return pivotal(textbook, random); }};
  CHECK(seen.from(textbook) < 3.5);
}

TEST_CASE("neighbours whose chances add up to 1 at most never meet", "[law][pivotal]") {
  // Chauvet (2012): of cases whose cumulated chances lie between two whole numbers, exactly one is drawn.
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Random random{seed};
    const Positions drawn = pivotal(Reals{.25, .75, .5, .25, .25}, random);
    REQUIRE(drawn.size() == 2);
    REQUIRE(drawn[0] < 2);
    REQUIRE(drawn[1] >= 2);
  }
}

TEST_CASE("the pivotal method holds its size over long lists", "[law][pivotal]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random{seed};
    REQUIRE(pivotal(some_probabilities(20'000, 1'777, seed), random).size() == 1'777);
  }
}

TEST_CASE("the pivotal method keeps certain cases and refuses bad probabilities", "[error][pivotal]") {
  check_certain([](const Reals& p, Random& random) { return pivotal(p, random); });
  check_refusals([](const Reals& p) {
    Random random{1};
    (void)pivotal(p, random);
  });
}
