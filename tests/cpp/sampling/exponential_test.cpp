#include <cmath>

#include <assay/sampling/exponential.hpp>
#include <assay_test.hpp>

using namespace assay;
using namespace assay::sampling;

TEST_CASE("exponential numbers have the moments and the tails they should", "[law][exponential]") {
  Random random{1};
  constexpr int count = 200'000;
  double sum = 0.0, square = 0.0;
  int above_one = 0, above_three = 0, fraction = 0;
  for (int i = 0; i < count; ++i) {
    const double e = standard_exponential(random);
    REQUIRE(e >= 0.0);
    sum += e;
    square += e * e;
    above_one += e > 1.0 ? 1 : 0;
    above_three += e > 3.0 ? 1 : 0;
    fraction += e < 0.25 ? 1 : 0;
  }
  const auto near = [&](int seen, double p) {
    return std::abs(seen - count * p) < 3.0 * std::sqrt(count * p * (1 - p));
  };
  CHECK(sum / count == Approx(1.0).margin(3.0 / std::sqrt(count)));
  CHECK(square / count == Approx(2.0).margin(3.0 * std::sqrt(20.0 / count)));
  CHECK(near(above_one, std::exp(-1.0)));
  CHECK(near(above_three, std::exp(-3.0)));
  CHECK(near(fraction, 1.0 - std::exp(-0.25)));
}

TEST_CASE("exponential numbers below a limit have the law of those that happen to be", "[law][exponential]") {
  Random random{2};
  for (const double limit : {1e-9, 0.3, 1.0, 2.5}) {
    constexpr int count = 50'000;
    double sum = 0.0;
    for (int i = 0; i < count; ++i) {
      const double e = standard_exponential_below(limit, random);
      REQUIRE(e >= 0.0);
      REQUIRE(e < limit);
      sum += e;
    }
    const double mean = 1.0 - limit * std::exp(-limit) / -std::expm1(-limit);
    CHECK(sum / count == Approx(mean).margin(3.0 * limit / std::sqrt(12.0 * count) + 1e-16));
  }
}

TEST_CASE("the first exponential numbers of a seed are what they were", "[golden][exponential]") {
  // Of our own making, so that no machine and no later version draws other samples.
  Random random{42};
  const double first = standard_exponential(random);
  const double second = standard_exponential(random);
  CHECK(first == 0x1.5780b2e0c2ec7p-4);
  CHECK(second == 0x1.5c2ea66473c93p-1);
}
