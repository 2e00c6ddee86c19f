#include <assay/sampling/joint.hpp>
#include <assay/sampling/sampford.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

TEST_CASE("Sampford's design draws cases and pairs with their chances", "[law][sampford]") {
  const Frequencies seen{6, 20'000, [](Random& random) { return sampford(textbook, random); }};
  CHECK(seen.from(textbook) < 3.5);
  CHECK(seen.from_pairs(joint_probabilities(textbook, PairDesign::sampford)) < 3.5);
}

TEST_CASE("Sampford's design holds its size in long lists", "[law][sampford]") {
  Random random{4};
  CHECK(sampford(some_probabilities(10'000, 1'000, 3), random).size() == 1'000);
}

TEST_CASE("Sampford's design keeps certain cases and refuses bad probabilities", "[error][sampford]") {
  check_certain([](const Reals& p, Random& random) { return sampford(p, random); });
  check_refusals([](const Reals& p) {
    Random random{1};
    (void)sampford(p, random);
  });
}
