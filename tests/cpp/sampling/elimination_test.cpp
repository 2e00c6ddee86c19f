#include <assay/sampling/elimination.hpp>
#include <assay/sampling/joint.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

TEST_CASE("elimination and its complement draw cases and pairs with their chances", "[law][elimination]") {
  const Frequencies stays{6, 20'000, [](Random& random) { return tille(tied, random); }};
  CHECK(stays.from(tied) < 3.5);
  CHECK(stays.from_pairs(joint_probabilities(tied, PairDesign::tille)) < 3.5);
  const Frequencies complement{6, 20'000, [](Random& random) { return midzuno(tied, random); }};
  CHECK(complement.from(tied) < 3.5);
  CHECK(complement.from_pairs(joint_probabilities(tied, PairDesign::midzuno)) < 3.5);
}

TEST_CASE("elimination keeps certain cases and refuses bad probabilities", "[error][elimination]") {
  check_certain([](const Reals& p, Random& random) { return tille(p, random); });
  check_certain([](const Reals& p, Random& random) { return midzuno(p, random); });
  check_refusals([](const Reals& p) {
    Random random{1};
    (void)tille(p, random);
  });
  check_refusals([](const Reals& p) {
    Random random{1};
    (void)midzuno(p, random);
  });
}
