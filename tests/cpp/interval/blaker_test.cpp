#include <algorithm>
#include <assay/interval/blaker.hpp>
#include <assay/interval/clopper_pearson.hpp>
#include <assay/interval/discrete.hpp>

#include "laws.hpp"

using namespace assay;

namespace {

/// Blaker's acceptability straight from its definition: the chance of all counts at least as far out as x.
double acceptability(std::int64_t x, std::int64_t n, double p) {
  std::vector<double> chance;
  for (std::int64_t y = 0; y <= n; ++y)
    chance.push_back(detail::binomial_chance(static_cast<double>(y), static_cast<double>(n), p, 1.0 - p));
  const auto farness = [&](std::int64_t y) {
    double low = 0.0, high = 0.0;
    for (std::int64_t i = 0; i <= n; ++i) {
      if (i <= y) low += chance[static_cast<std::size_t>(i)];
      if (i >= y) high += chance[static_cast<std::size_t>(i)];
    }
    return std::min(low, high);
  };
  const double own = farness(x);
  double sum = 0.0;
  for (std::int64_t y = 0; y <= n; ++y)
    if (farness(y) <= own * (1.0 + 1e-12)) sum += chance[static_cast<std::size_t>(y)];
  return sum;
}

}  // namespace

TEST_CASE("blaker reproduces published values", "[golden][interval]") {
  // mpmath at 40 digits
  CHECK(test::reproduces(blaker(Trials{0, 10}, Confidence{0.95}).upper, 0.282934707785637));
}

TEST_CASE("blaker reproduces its golden rows", "[golden][interval]") { test::reproduces_golden_rows("blaker", blaker); }

TEST_CASE("blaker keeps the laws of an interval", "[law][interval]") { test::keeps_the_laws(blaker); }

TEST_CASE("blaker lies inside clopper-pearson", "[law][interval]") {
  for (const std::int64_t n : {1, 2, 9, 40, 317})
    for (const double level : {0.6, 0.9, 0.95, 0.999})
      for (std::int64_t x = 0; x <= n; ++x) {
        const Interval inner = blaker(Trials{x, n}, Confidence{level});
        const Interval outer = clopper_pearson(Trials{x, n}, Confidence{level});
        if (inner.lower < outer.lower || inner.upper > outer.upper) {
          CAPTURE(n, x, level);
          FAIL("outside");
        }
      }
  SUCCEED("inside");
}

TEST_CASE("blaker's limits are the outermost probabilities its definition accepts", "[law][interval]") {
  constexpr int steps = 2000;
  for (const std::int64_t n : {1, 4, 12, 23})
    for (const double level : {0.7, 0.95})
      for (std::int64_t x = 0; x <= n; ++x) {
        const Interval got = blaker(Trials{x, n}, Confidence{level});
        double first = 2.0, last = -1.0;
        for (int step = 1; step < steps; ++step) {
          const double p = static_cast<double>(step) / steps;
          if (acceptability(x, n, p) > 1.0 - level) first = std::min(first, p), last = std::max(last, p);
        }
        if (first > 1.0) continue;  // narrower than the grid
        CAPTURE(n, x, level, got.lower, got.upper, first, last);
        CHECK(got.lower <= first);
        CHECK(got.upper >= last);
        CHECK(got.lower > first - 1.0001 / steps);
        CHECK(got.upper < last + 1.0001 / steps);
      }
}

TEST_CASE("blaker answers among a million trials", "[interval]") {
  const Interval got = blaker(Trials{12'345, 1'000'000}, Confidence{0.95});
  const Interval outer = clopper_pearson(Trials{12'345, 1'000'000}, Confidence{0.95});
  CHECK(got.lower == Approx(outer.lower).epsilon(1e-4));
  CHECK(got.upper == Approx(outer.upper).epsilon(1e-4));
}
