#include <assay/interval/jeffreys.hpp>

#include "laws.hpp"

using namespace assay;

TEST_CASE("jeffreys reproduces its golden rows", "[golden][interval]") {
  test::reproduces_golden_rows("jeffreys", jeffreys);
}

TEST_CASE("jeffreys keeps the laws of an interval", "[law][interval]") { test::keeps_the_laws(jeffreys); }

TEST_CASE("jeffreys ends at 0 and 1 where nothing or everything succeeded", "[golden][interval]") {
  // mpmath at 40 digits: quantile .975 of Beta(1/2, 21/2)
  const Interval none = jeffreys(Trials{0, 10}, Confidence{0.95});
  CHECK(none.lower == 0.0);
  CHECK(test::reproduces(none.upper, 0.217196267509210574));
  CHECK(jeffreys(Trials{10, 10}, Confidence{0.95}).upper == 1.0);
  CHECK(jeffreys(Trials{10, 10}, Confidence{0.95}).lower == Approx(1.0 - 0.217196267509210574).epsilon(1e-13));
}

TEST_CASE("jeffreys limits never cross, however low the confidence", "[interval]") {
  const Interval got = jeffreys(Trials{333'333'333, 1'000'000'000}, Confidence{1e-12});
  CHECK(got.lower <= got.upper);
}
