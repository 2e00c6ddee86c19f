// Reference values: mpmath at 60 digits.

#include <assay/interval/discrete.hpp>
#include <assay_test.hpp>
#include <cmath>

using namespace assay;

namespace {

bool close(double got, double want, double relative) { return std::abs(got / want - 1.0) <= relative; }

}  // namespace

TEST_CASE("binomial chances keep their digits at any size", "[golden][interval]") {
  CHECK(close(detail::binomial_chance(0, 10, 0.3, 0.7), 0.0282475249, 1e-14));
  CHECK(close(detail::binomial_chance(10, 10, 0.3, 0.7), 5.9049e-6, 1e-14));
  CHECK(close(detail::binomial_chance(3, 10, 0.3, 0.7), 0.266827932, 1e-14));
  CHECK(close(detail::binomial_chance(40, 1e6, 0.00003, 0.99997), 0.0139430451646295351, 1e-12));
  CHECK(close(detail::binomial_chance(500'100, 1e6, 0.5, 0.5), 0.000782085207967005069, 1e-12));
  CHECK(close(detail::binomial_chance(0, 1e5, 1e-9, 1.0 - 1e-9), 0.999900004999783342, 1e-14));
  CHECK(detail::binomial_chance(0, 5, 0.0, 1.0) == 1.0);
  CHECK(detail::binomial_chance(1, 5, 0.0, 1.0) == 0.0);
  CHECK(detail::binomial_chance(5, 5, 1.0, 0.0) == 1.0);
  CHECK(detail::binomial_chance(4, 5, 1.0, 0.0) == 0.0);
  CHECK(detail::binomial_chance(0, 0, 0.4, 0.6) == 1.0);
}

TEST_CASE("hypergeometric chances keep their digits up to the largest queue", "[golden][interval]") {
  CHECK(close(detail::hypergeometric_chance(3, 20, 7, 5), 0.17608359133126935, 1e-14));
  CHECK(close(detail::hypergeometric_chance(380, 12190, 9389, 400), 1.1321202942502892e-23, 1e-12));
  CHECK(close(detail::hypergeometric_chance(7, 1e9, 2e7, 400), 0.140644325537014955, 1e-12));
  CHECK(close(detail::hypergeometric_chance(0, 1e9, 3, 1000), 0.999997000002996999, 1e-12));
  CHECK(close(detail::hypergeometric_chance(50'020, 1e15, 5e14, 1e5), 0.00250302192947477355, 1e-11));
  CHECK(close(detail::hypergeometric_chance(2, 9e15, 1e13, 1000), 0.203328568459559135, 1e-12));
}

TEST_CASE("counts that cannot be have no chance", "[interval]") {
  CHECK(detail::hypergeometric_chance(-1, 20, 7, 5) == 0.0);
  CHECK(detail::hypergeometric_chance(6, 20, 7, 5) == 0.0);
  CHECK(detail::hypergeometric_chance(4, 20, 3, 5) == 0.0);
  CHECK(detail::hypergeometric_chance(1, 20, 18, 5) == 0.0);
  CHECK(detail::hypergeometric_chance(7, 20, 7, 20) == 1.0);
  CHECK(detail::hypergeometric_chance(6, 20, 7, 20) == 0.0);
}

TEST_CASE("all chances together are one", "[law][interval]") {
  for (const double successes : {0.0, 1.0, 30.0, 99.0, 100.0}) {
    double sum = 0.0;
    for (int x = 0; x <= 40; ++x) sum += detail::hypergeometric_chance(x, 100, successes, 40);
    CHECK(sum == Approx(1.0).epsilon(1e-13));
  }
}

TEST_CASE("upper tails add up their chances", "[golden][interval]") {
  CHECK(close(detail::hypergeometric_upper_tail(3, 20, 7, 5), 0.206785345717234262, 1e-14));
  CHECK(close(detail::hypergeometric_upper_tail(7, 1e9, 8e6, 400), 0.0439364818138579054, 1e-12));
  CHECK(close(detail::hypergeometric_upper_tail(330, 12190, 9389, 400), 0.00397883516627544366, 1e-12));
  CHECK(close(detail::hypergeometric_upper_tail(280, 12190, 9389, 400), 0.999609309264647178, 1e-12));
  CHECK(detail::hypergeometric_upper_tail(0, 20, 7, 5) == 1.0);
  CHECK(detail::hypergeometric_upper_tail(3, 20, 18, 5) == 1.0);  // at least 3 of the 5 must be successes
  CHECK(detail::hypergeometric_upper_tail(6, 20, 7, 5) == 0.0);
  CHECK(detail::hypergeometric_upper_tail(4, 20, 3, 5) == 0.0);
}
