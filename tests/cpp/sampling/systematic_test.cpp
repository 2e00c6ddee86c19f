#include <limits>

#include <assay/sampling/joint.hpp>
#include <assay/sampling/systematic.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

TEST_CASE("systematic sampling with a fixed start reproduces known samples", "[golden][systematic]") {
  // golden/A_sampling, systematic_pps_fixed_start (positions there count from 1)
  CHECK(systematic(tied, 0.1) == Positions{0, 2, 3});
  CHECK(systematic(tied, 0.6) == Positions{1, 2, 4});
  CHECK(systematic(tied, 0.95) == Positions{2, 3, 5});
  CHECK(systematic(tied, 0.0) == systematic(tied, 1.0));
}

TEST_CASE("all starts together give each case and each pair its chance", "[law][systematic]") {
  // The samples change only where start + k meets a cumulated probability: all of these are whole tenths.
  Reals pairs(36);
  for (int tenth = 0; tenth < 10; ++tenth)
    for (const auto i : systematic(tied, 0.1 * tenth + 0.05))
      for (const auto j : systematic(tied, 0.1 * tenth + 0.05)) pairs[static_cast<std::size_t>(i * 6 + j)] += 0.1;
  const auto joint = joint_probabilities(tied, PairDesign::systematic);
  for (std::size_t i = 0; i < 36; ++i) CHECK(joint[i] == Approx(pairs[i]).margin(1e-12));
  check_joint(joint, tied);
}

TEST_CASE("every start draws the whole size, also where the sum is rounded", "[law][systematic]") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random{seed};
    const auto count = static_cast<std::size_t>(2 + random.below(60));
    const auto n = static_cast<std::int64_t>(1 + random.below(count));
    const auto chances = some_probabilities(count, n, seed);
    for (const double start : {0.0, 1e-17, 1e-9, 0.5, 1.0 - 1e-16, 1.0, random.uniform()})
      REQUIRE(systematic(chances, start).size() == static_cast<std::size_t>(n));
  }
}

TEST_CASE("systematic sampling draws each case with its chance, in order or in random order", "[law][systematic]") {
  const Frequencies ordered{6, 20'000, [](Random& random) { return systematic(textbook, random); }};
  CHECK(ordered.from(textbook) < 3.5);
  CHECK(ordered.from_pairs(joint_probabilities(textbook, PairDesign::systematic)) < 3.5);
  const Frequencies shuffled{6, 20'000, [](Random& random) { return systematic_in_random_order(textbook, random); }};
  CHECK(shuffled.from(textbook) < 3.5);
  CHECK(shuffled.from_pairs(joint_probabilities(textbook, PairDesign::systematic)) > 10.0);  // another law
}

TEST_CASE("systematic sampling keeps certain cases and refuses bad probabilities", "[error][systematic]") {
  check_certain([](const Reals& p, Random& random) { return systematic(p, random); });
  check_certain([](const Reals& p, Random& random) { return systematic_in_random_order(p, random); });
  check_refusals([](const Reals& p) { (void)systematic(p, 0.5); });
  check_refusals([](const Reals& p) {
    Random random{1};
    (void)systematic_in_random_order(p, random);
  });
  CHECK(contains(message_of<InputError>([] { (void)systematic(textbook, 1.5); }),
                 "wanted a start between 0 and 1, got 1.5"));
  CHECK(contains(message_of<InputError>([] { (void)systematic(textbook, std::numeric_limits<double>::quiet_NaN()); }),
                 "got nan"));
}
