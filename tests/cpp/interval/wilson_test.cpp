#include <assay/interval/wilson.hpp>

#include "laws.hpp"

using namespace assay;

TEST_CASE("wilson reproduces published values", "[golden][interval]") {
  // Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3
  const auto published = [](Trials t, double lower, double upper) {
    const Interval got = wilson(t, Confidence{0.95});
    CHECK(got.lower == Approx(lower).margin(5e-5));
    CHECK(got.upper == Approx(upper).margin(5e-5));
  };
  published({81, 263}, 0.2553, 0.3662);
  published({15, 148}, 0.0624, 0.1605);
  published({0, 20}, 0.0, 0.1611);
  published({1, 29}, 0.0061, 0.1718);
}

TEST_CASE("wilson reproduces the golden rows", "[golden][interval]") { test::reproduces_golden_rows("wilson", wilson); }

TEST_CASE("wilson keeps the laws of an interval", "[law][interval]") { test::keeps_the_laws(wilson); }

TEST_CASE("wilson's lower limit keeps its digits among many trials", "[interval]") {
  // mpmath at 40 digits
  const Interval got = wilson(Trials{1, 1'000'000'000'000}, Confidence{0.99});
  CHECK(test::reproduces(got.lower, 1.1740546411216889172e-13));
  CHECK(test::reproduces(got.upper, 8.5174911368517530184e-12));
}

TEST_CASE("wilson's limits stay apart and inside however high the confidence", "[interval]") {
  const Interval got = wilson(Trials{1, 2}, Confidence{1.0 - 1e-16});
  CHECK(got.lower > 0.0);
  CHECK(got.lower < 0.05);
  CHECK(got.upper < 1.0);
}
