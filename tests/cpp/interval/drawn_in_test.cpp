#include <assay/interval/drawn_in.hpp>
#include <assay_test.hpp>

using namespace assay;

TEST_CASE("limits are drawn in to the share as the population is seen", "[law][interval]") {
  const Interval limits{0.02, 0.3};
  CHECK(drawn_in(0.1, limits, 1.0).lower == Approx(0.02));
  CHECK(drawn_in(0.1, limits, 1.0).upper == Approx(0.3));
  CHECK(drawn_in(0.1, limits, 0.0) == Interval{0.1, 0.1});
  Interval before = limits;
  for (const double factor : {0.9, 0.5, 0.1, 0.01}) {
    const Interval now = drawn_in(0.1, limits, factor);
    CHECK((now.lower > before.lower && now.lower < 0.1));
    CHECK((now.upper < before.upper && now.upper > 0.1));
    // never nearer than the root's part of the plain distance
    CHECK(0.1 - now.lower >= std::sqrt(factor) * (0.1 - limits.lower) * (1.0 - 1e-12));
    CHECK(now.upper - 0.1 >= std::sqrt(factor) * (limits.upper - 0.1) * (1.0 - 1e-12));
    before = now;
  }
}

TEST_CASE("drawing in is the same for errors and for what is right", "[law][interval]") {
  for (const double factor : {0.99, 0.6, 0.05}) {
    const Interval errors = drawn_in(0.04, {0.01, 0.09}, factor), right = drawn_in(0.96, {0.91, 0.99}, factor);
    CHECK(right.lower == Approx(1.0 - errors.upper));
    CHECK(right.upper == Approx(1.0 - errors.lower));
  }
}

TEST_CASE("a lower limit of one event among few stays where it covers", "[law][interval]") {
  // One event of 75 audits: 5 of 3,599 cases are events, and nine samples in ten hold none of them.
  const Interval limits{0.0966 / 75.0, 0.05};
  CHECK(drawn_in(1.0 / 75.0, limits, 1.0 - 75.0 / 3599.0).lower < 5.0 / 3599.0);
}

TEST_CASE("shares of 0 and 1, and limits there, stay", "[interval]") {
  CHECK(drawn_in(0.0, {0.0, 0.2}, 0.5).lower == 0.0);
  CHECK(drawn_in(0.0, {0.0, 0.2}, 0.25).upper == Approx(1.0 - std::sqrt(0.8)));
  CHECK(drawn_in(1.0, {0.7, 1.0}, 0.5).upper == 1.0);
  CHECK(drawn_in(0.5, {0.0, 1.0}, 0.5) == Interval{0.0, 1.0});
}
