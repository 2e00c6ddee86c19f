#pragma once
/// \file
/// What every interval for a proportion is held to: the golden rows of its method, and the laws.

#include <algorithm>
#include <assay/core/probability.hpp>
#include <assay_test.hpp>
#include <cmath>
#include <cstdint>
#include <string>

namespace assay::test {

/// Within 1e-12 of `want`, relative; a golden zero may carry the dust of its 40 digits.
[[nodiscard]] inline bool reproduces(double got, double want) {
  if (std::abs(want) < 1e-30) return got == 0.0;
  return std::abs(got - want) <= 1e-12 * std::abs(want);
}

/// Every row of the method in the shared file, computed there with mpmath at 40 digits; limits clamped to [0, 1].
template <class Method>
void reproduces_golden_rows(const std::string& name, const Method& method) {
  const auto file = shared_file("golden/B_intervals/binomial_intervals.csv");
  if (!file) return;
  int rows = 0;
  const Table golden{*file};
  for (const Row& row : golden.rows()) {
    if (row.text("method") != name) continue;
    ++rows;
    const Interval got = method(Trials{row.integer("x"), row.integer("n")}, Confidence{row.number("level")});
    CAPTURE(name, row.text("x"), row.text("n"), row.text("level"), got.lower, got.upper);
    CHECK(reproduces(got.lower, std::max(0.0, row.number("lower"))));
    CHECK(reproduces(got.upper, std::min(1.0, row.number("upper"))));
  }
  CHECK(rows >= 20);
}

/// Limits in [0, 1], around x / n, rising with x, symmetric under x -> n - x, nested in confidence; n == 0 is [0, 1].
template <class Method>
void keeps_the_laws(const Method& method) {
  CHECK(method(Trials{0, 0}, Confidence{0.95}) == Interval{0.0, 1.0});
  constexpr double dust = 4e-15;
  for (const std::int64_t n : {1, 2, 3, 7, 30, 101})
    for (const double level : {0.5, 0.8, 0.9, 0.95, 0.99, 0.9999}) {
      Interval before{0.0, 0.0};
      for (std::int64_t x = 0; x <= n; ++x) {
        const Trials t{x, n};
        const Interval at = method(t, Confidence{level});
        const Interval mirror = method(Trials{n - x, n}, Confidence{level});
        const Interval wider = method(t, Confidence{0.5 + 0.5 * level});
        const double share = static_cast<double>(x) / static_cast<double>(n);
        const bool kept = at.lower >= 0.0 && at.upper <= 1.0 && at.contains(share) && at.lower >= before.lower &&
                          at.upper >= before.upper && std::abs(at.lower - (1.0 - mirror.upper)) < dust &&
                          wider.lower <= at.lower && at.upper <= wider.upper && (x > 0 || at.lower == 0.0) &&
                          (x < n || at.upper == 1.0);
        if (!kept) {
          CAPTURE(n, x, level, at.lower, at.upper, mirror.lower, mirror.upper, wider.lower, wider.upper, before.lower);
          FAIL("a law is broken");
        }
        before = at;
      }
    }
  SUCCEED("all laws kept");
}

}  // namespace assay::test
