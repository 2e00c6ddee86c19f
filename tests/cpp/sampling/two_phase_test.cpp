#include <assay/sampling/two_phase.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

namespace {

const Reals first{.5, .5, .25, .25, 1.0, .5, .5};
const Positions found{0, 1, 0, 1, 0, 1, 1};

}  // namespace

TEST_CASE("the second phase draws within what the screen found, with the chances it says", "[law][two_phase]") {
  const Frequencies seen{7, 20'000, [](Random& random) {
                           Positions out;
                           for (const auto& each : second_phase(first, found, Positions{2, 1}, random)) {
                             const auto at = static_cast<std::size_t>(each.position);
                             REQUIRE(each.stratum == found[at]);
                             REQUIRE(each.first_probability == first[at]);
                             REQUIRE(each.second_probability == (each.stratum == 0 ? 2.0 / 3.0 : 0.25));
                             REQUIRE(each.product() == each.first_probability * each.second_probability);
                             out.push_back(each.position);
                           }
                           REQUIRE(out.size() == 3);
                           return out;
                         }};
  CHECK(seen.from({2. / 3, .25, 2. / 3, .25, 2. / 3, .25, .25}) < 3.5);
}

TEST_CASE("both phases together estimate a total without bias", "[law][two_phase]") {
  // 40 cases; a simple random half is screened, the screen finds odd values, and each kind gives 3.
  constexpr int draws = 8'000;
  double sum = 0.0, square = 0.0;
  for (std::uint64_t seed = 0; seed < draws; ++seed) {
    Random random{seed};
    const Positions screened = simple_random(40, 20, random);
    Positions kind, sizes{0, 0};
    for (const auto each : screened) {
      kind.push_back(each * each % 3 == 0 ? 0 : 1);
      ++sizes[static_cast<std::size_t>(kind.back())];
    }
    for (auto& each : sizes) each = std::min<std::int64_t>(each, 3);
    double estimate = 0.0;
    for (const auto& each : second_phase(Reals(20, 0.5), kind, sizes, random))
      estimate += static_cast<double>(screened[static_cast<std::size_t>(each.position)]) / each.product();
    sum += estimate;
    square += estimate * estimate;
  }
  const double error = std::sqrt((square / draws - sum / draws * sum / draws) / draws);
  CHECK(std::abs(sum / draws - 780.0) < 3.0 * error);
}

TEST_CASE("the second phase refuses sizes a stratum cannot give, and strata nobody looks at", "[error][two_phase]") {
  const auto words = [](const Reals& p, const Positions& stratum, const Positions& sizes) {
    return message_of<InputError>([&] {
      Random random{1};
      (void)second_phase(p, stratum, sizes, random);
    });
  };
  CHECK(
      contains(words(first, found, {4, 1}),
               "wanted a size between 1 and 3, the cases of the first phase in the stratum, got 4 in column 'sizes'"));
  CHECK(contains(words(first, found, {2, 0}), "a stratum that nobody looks at leaves the whole unanswered"));
  CHECK(contains(words(first, found, {2, 1, 1}), "wanted a size between 0 and 0"));
  CHECK(words(first, found, {2, 1, 0}) == "(nothing was thrown)");
  CHECK(contains(words(first, found, {2}), "wanted a stratum between 0 and 1 - 1, got 1 in column 'stratum', row 1"));
  CHECK(contains(words(first, {0, 0}, {1}), "wanted one stratum for each of 7 cases of the first phase, got 2"));
  CHECK(contains(words({.5, 0.0}, {0, 0}, {1}), "got 0 in column 'probabilities', row 1"));
}
