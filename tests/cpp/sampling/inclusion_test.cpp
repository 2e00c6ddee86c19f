#include <limits>
#include <numeric>

#include <assay/sampling/inclusion.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

TEST_CASE("probabilities proportional to size reproduce R's inclusionprobabilities", "[golden][inclusion]") {
  // R sampling 2.11, golden/A_sampling: a = (1:20)^1.5, n = 8.
  Reals sizes(20);
  for (std::size_t i = 0; i < 20; ++i) sizes[i] = std::pow(static_cast<double>(i + 1), 1.5);
  const auto out = inclusion_probabilities(sizes, 8);
  CHECK(out[0] == Approx(0.0105152934103697).epsilon(1e-12));
  CHECK(out[1] == Approx(0.0297417411065546).epsilon(1e-12));
  CHECK(out[3] == Approx(0.0841223472829577).epsilon(1e-12));
  CHECK(out[4] == Approx(0.117564554344711).epsilon(1e-12));
  CHECK(out[15] == Approx(0.672978778263662).epsilon(1e-12));
  CHECK(out[19] < 1.0);
}

TEST_CASE("they add up to n, follow size, and certain cases are found in turn", "[law][inclusion]") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random{seed};
    const auto count = static_cast<std::size_t>(1 + random.below(40));
    const auto n = static_cast<std::int64_t>(1 + random.below(count));
    Reals sizes(count);
    for (auto& each : sizes) each = std::exp(12.0 * random.uniform() - 6.0);
    const auto out = inclusion_probabilities(sizes, n);
    REQUIRE(size_of(out) == n);
    double ratio = 0.0;
    for (std::size_t i = 0; i < count; ++i)
      if (out[i] < 1.0) ratio = out[i] / sizes[i];
    for (std::size_t i = 0; i < count; ++i) {
      REQUIRE(out[i] == Approx(out[i] < 1.0 ? ratio * sizes[i] : 1.0).epsilon(1e-12));
      if (out[i] == 1.0 && ratio > 0.0) REQUIRE(sizes[i] * ratio >= 1.0 - 1e-12);
    }
  }
}

TEST_CASE("one large size pulls the next over the edge", "[inclusion]") {
  // 100 is certain; of the others 10 then has 2 * 10 / 14 > 1 and is certain as well; 4 remain for one place.
  CHECK(inclusion_probabilities(Reals{100, 10, 1, 1, 1, 1}, 3) == Reals{1, 1, .25, .25, .25, .25});
  CHECK(inclusion_probabilities(Reals{3, 3, 3}, 3) == Reals{1, 1, 1});
  CHECK(inclusion_probabilities(Reals{1e308, 1e308}, 1) == Reals{.5, .5});
  CHECK(inclusion_probabilities(Reals{7}, 1) == Reals{1});
}

TEST_CASE("sizes that cannot be used are refused by row", "[error][inclusion]") {
  const auto words = [](const Reals& sizes, std::int64_t n) {
    return message_of<InputError>([&] { (void)inclusion_probabilities(sizes, n); });
  };
  CHECK(contains(words({}, 1), "wanted at least one size, got none"));
  CHECK(contains(words({1, 2}, 3), "wanted a sample size between 1 and 2, all there is, got 3"));
  CHECK(contains(words({1, 2}, 0), "got 0"));
  CHECK(contains(words({1, 0}, 1), "wanted a finite size above 0, got 0 in column 'sizes', row 1"));
  CHECK(contains(words({1, -1}, 1), "got -1"));
  CHECK(contains(words({std::numeric_limits<double>::quiet_NaN()}, 1), "got nan"));
  CHECK(contains(words({std::numeric_limits<double>::infinity()}, 1), "got inf"));
  CHECK(contains(words({1e10, 1e-300}, 1), "wanted sizes at most 1e300 times apart"));
}

TEST_CASE("the size of a design is the sum of its probabilities, where that is whole", "[inclusion]") {
  CHECK(size_of(textbook) == 3);
  CHECK(size_of(Reals(10, .1)) == 1);
  CHECK(size_of(Reals(1'000'000, .3)) == 300'000);
  check_refusals([](const Reals& probabilities) { (void)size_of(probabilities); });
}
