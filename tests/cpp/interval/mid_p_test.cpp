#include <assay/interval/clopper_pearson.hpp>
#include <assay/interval/mid_p.hpp>

#include "laws.hpp"

using namespace assay;

TEST_CASE("mid-p reproduces published values", "[golden][interval]") {
  // Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 6
  const auto published = [](Trials t, double lower, double upper) {
    const Interval got = mid_p(t, Confidence{0.95});
    CHECK(got.lower == Approx(lower).margin(5e-5));
    CHECK(got.upper == Approx(upper).margin(5e-5));
  };
  published({81, 263}, 0.2544, 0.3658);
  published({15, 148}, 0.0601, 0.1581);
  published({0, 20}, 0.0, 0.1391);
}

TEST_CASE("mid-p reproduces its golden rows", "[golden][interval]") { test::reproduces_golden_rows("midp", mid_p); }

TEST_CASE("mid-p keeps the laws of an interval", "[law][interval]") { test::keeps_the_laws(mid_p); }

TEST_CASE("mid-p lies inside clopper-pearson, also among a million trials", "[law][interval]") {
  for (const std::int64_t n : {1, 5, 40, 1'000'000})
    for (const std::int64_t x : {std::int64_t{0}, std::int64_t{1}, n / 3, n - 1, n}) {
      const Interval inner = mid_p(Trials{x, n}, Confidence{0.99});
      const Interval outer = clopper_pearson(Trials{x, n}, Confidence{0.99});
      CAPTURE(n, x);
      CHECK(outer.lower <= inner.lower);
      CHECK(inner.upper <= outer.upper);
      CHECK(inner.width() < outer.width());
    }
}

TEST_CASE("mid-p answers among as many trials as a double can count", "[interval]") {
  constexpr std::int64_t n = std::int64_t{1} << 53U;
  for (const double level : {0.1, 0.95}) {
    const Interval got = mid_p(Trials{n / 1000, n}, Confidence{level});
    CHECK(got.lower == Approx(0.001).epsilon(1e-4));
    CHECK(got.upper == Approx(0.001).epsilon(1e-4));
  }
}

TEST_CASE("mid-p limits never cross, however low the confidence", "[interval]") {
  const Interval got = mid_p(Trials{333'333, 1'000'000}, Confidence{1e-12});
  CHECK(got.lower <= got.upper);
}
