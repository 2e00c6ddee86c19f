#include <utility>

#include <assay/sampling/conditional_poisson.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

namespace {

/// The inclusion probabilities of the conditional Poisson design with these working probabilities.
Reals law_of(const Reals& working, std::size_t n) {
  const auto joint = enumerated(working.size(), n, [&](const std::vector<bool>& in) {
    double weight = 1.0;
    for (std::size_t i = 0; i < in.size(); ++i) weight *= in[i] ? working[i] : 1.0 - working[i];
    return weight;
  });
  Reals out(working.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = joint[i * out.size() + i];
  return out;
}

/// How far the conditional design with these working probabilities misses the wish, by the sums over sizes (O(N n)).
double largest_miss(const Reals& working, const Reals& wished, std::int64_t n) {
  return sampling::detail::miss_of(sampling::detail::PoissonBinomial{working, n}, wished).largest;
}

}  // namespace

TEST_CASE("working probabilities reproduce R's UPMEpiktildefrompik", "[golden][conditional_poisson]") {
  // golden/A_sampling. R stops when a round moves less than 1e-6: stopped there, the numbers agree; solved to the end,
  // they are as near as that.
  const std::vector<std::pair<std::size_t, double>> published{{0, 0.10207808553771},
                                                              {1, 0.223817062934669},
                                                              {2, 0.441727869050223},
                                                              {4, 0.779352378795556},
                                                              {5, 0.873397797028364}};
  const auto early = stopped_early(textbook, 3);
  const auto out = working_probabilities(textbook);
  for (const auto& [i, value] : published) {
    CHECK(early[i] == Approx(value).epsilon(1e-10));
    CHECK(out[i] == Approx(value).epsilon(0).margin(1e-6));
  }
}

TEST_CASE("working probabilities give the wish, by going through all samples", "[law][conditional_poisson]") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random{seed};
    const auto count = static_cast<std::size_t>(2 + random.below(9));
    const auto n = static_cast<std::int64_t>(1 + random.below(count - 1));
    Reals sizes(count);
    for (auto& each : sizes) each = std::exp(8.0 * random.uniform());
    const auto wished = inclusion_probabilities(sizes, n);
    const auto working = working_probabilities(wished);
    Reals open_wish, open_working;
    std::size_t left = static_cast<std::size_t>(n);
    for (std::size_t i = 0; i < count; ++i) {
      if (wished[i] == 1.0) {
        REQUIRE(working[i] == 1.0);
        --left;
        continue;
      }
      open_wish.push_back(wished[i]);
      open_working.push_back(working[i]);
    }
    if (left == 0) continue;
    const auto got = law_of(open_working, left);
    for (std::size_t i = 0; i < got.size(); ++i) REQUIRE(got[i] == Approx(open_wish[i]).epsilon(1e-11));
  }
}

TEST_CASE("equal chances need no working, and two cases have their closed form", "[conditional_poisson]") {
  const Reals equal(20, .25);
  for (const double each : working_probabilities(equal)) CHECK(each == Approx(.25).epsilon(1e-13));
  // Odds w with w1 / (w1 + w2) = .9 are 9 to 1; as chances that add up to 1: .75 and .25.
  const auto pair = working_probabilities(Reals{.9, .1});
  CHECK(pair[0] == Approx(.75).epsilon(1e-12));
  CHECK(pair[1] == Approx(.25).epsilon(1e-12));
}

TEST_CASE("sizes at which R's UPmaxentropy fails are within reach", "[conditional_poisson]") {
  // methods.md, appendix B 9: NaN for one of two inputs with N = 3,000 and n = 300. Here several, from mild to wild.
  for (const double wildness : {0.5, 2.0, 5.0, 9.0}) {
    Random random{7};
    Reals sizes(3'000);
    for (auto& each : sizes) each = std::exp(wildness * random.uniform());
    const auto wished = inclusion_probabilities(sizes, 300);
    const auto working = working_probabilities(wished);
    Reals open_wish, open_working;
    for (std::size_t i = 0; i < wished.size(); ++i)
      if (wished[i] < 1.0) {
        open_wish.push_back(wished[i]);
        open_working.push_back(working[i]);
      }
    const auto left = 300 - static_cast<std::int64_t>(wished.size() - open_wish.size());
    CHECK(largest_miss(open_working, open_wish, left) < 1e-11);
    CHECK(conditional_poisson(wished, random).size() == 300);
  }
  Random random{8};
  CHECK(conditional_poisson(some_probabilities(10'000, 1'000, 3), random).size() == 1'000);
}

TEST_CASE("chances very near 0 and 1 are kept apart", "[conditional_poisson]") {
  const Reals wished{1e-9, 1.0 - 1e-9, 0.5, 0.5};
  const auto got = law_of(working_probabilities(wished), 2);
  for (std::size_t i = 0; i < 4; ++i) CHECK(got[i] == Approx(wished[i]).epsilon(1e-9));
  Reals mixed(50, 1e-6);
  for (std::size_t i = 0; i < 10; ++i) mixed[i] = 1.0 - 4e-6;
  const auto working = working_probabilities(mixed);
  CHECK(largest_miss(working, mixed, 10) < 1e-9);
}

TEST_CASE("conditional Poisson sampling draws cases and pairs with their chances", "[law][conditional_poisson]") {
  const auto working = working_probabilities(textbook);
  const auto joint = enumerated(6, 3, [&](const std::vector<bool>& in) {
    double weight = 1.0;
    for (std::size_t i = 0; i < 6; ++i) weight *= in[i] ? working[i] : 1.0 - working[i];
    return weight;
  });
  const Frequencies seen{6, 20'000, [](Random& random) { return conditional_poisson(textbook, random); }};
  CHECK(seen.from(textbook) < 3.5);
  CHECK(seen.from_pairs(joint) < 3.5);
}

TEST_CASE("the working probabilities follow their cases when the list is permuted", "[law][conditional_poisson]") {
  const auto wished = some_probabilities(40, 9, 5);
  const Reals reversed(wished.rbegin(), wished.rend());
  const auto one = working_probabilities(wished);
  const auto other = working_probabilities(reversed);
  for (std::size_t i = 0; i < 40; ++i) CHECK(one[i] == Approx(other[39 - i]).epsilon(1e-11));
}

TEST_CASE("conditional Poisson sampling keeps certain cases and refuses bad probabilities",
          "[error][conditional_poisson]") {
  check_certain([](const Reals& p, Random& random) { return conditional_poisson(p, random); });
  check_refusals([](const Reals& p) { (void)working_probabilities(p); });
  check_refusals([](const Reals& p) {
    Random random{1};
    (void)conditional_poisson(p, random);
  });
}
