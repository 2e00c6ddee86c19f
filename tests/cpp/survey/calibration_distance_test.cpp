#include <limits>

#include <assay/survey/calibration_distance.hpp>

#include "weighted.hpp"

using namespace assay;
using namespace assay::test;
using survey::Distance;
using survey::Factor;

TEST_CASE("factors start at 1 with slope 1, and slope and integral belong to them", "[survey][law]") {
  for (const Factor& factor :
       {Factor{Distance::linear}, Factor{Distance::raking}, Factor{Distance::logit, Interval{0.4, 2.5}},
        Factor{Distance::truncated, Interval{0.4, 2.5}}}) {
    CHECK(factor.value(0.0) == Approx(1.0).epsilon(1e-14));
    CHECK(factor.slope(0.0) == Approx(1.0).epsilon(1e-14));
    for (const double u : {-0.5, -0.1, 0.2, 0.9}) {
      const double h = 1e-6;
      CHECK((factor.value(u + h) - factor.value(u - h)) / (2 * h) == Approx(factor.slope(u)).epsilon(1e-7));
      CHECK((factor.integral(u + h) - factor.integral(u - h)) / (2 * h) == Approx(factor.value(u)).epsilon(1e-7));
    }
  }
}

TEST_CASE("bounded factors keep their bounds far out", "[survey]") {
  for (const Distance distance : {Distance::logit, Distance::truncated}) {
    const Factor factor{distance, Interval{0.4, 2.5}};
    for (const double u : {-1e6, -50.0, 50.0, 1e6}) {
      CHECK(factor.value(u) >= 0.4);
      CHECK(factor.value(u) <= 2.5);
      CHECK(std::isfinite(factor.integral(u)));
      CHECK(factor.slope(u) >= 0.0);
    }
  }
}

TEST_CASE("bounds that leave no weight as it is are refused", "[survey]") {
  const auto why = [](Distance distance, std::optional<Interval> bounds) {
    return message_of<InputError>([&] { (void)Factor(distance, bounds); });
  };
  CHECK(contains(why(Distance::logit, Interval{1.1, 2.0}), "got 1.1 and 2; a factor of 1 leaves a weight as it is"));
  CHECK(contains(why(Distance::truncated, Interval{0.2, 0.9}), "got 0.2 and 0.9"));
  CHECK(contains(why(Distance::logit, Interval{-0.5, 2.0}), "got -0.5 and 2"));
  CHECK(contains(why(Distance::logit, Interval{0.5, std::numeric_limits<double>::infinity()}), "finite"));
  CHECK(contains(why(Distance::logit, {}), "wanted bounds on the factors of weights, got none"));
  CHECK(contains(why(Distance::raking, Interval{0.5, 2.0}), "wanted no bounds on the factors of weights"));
}
