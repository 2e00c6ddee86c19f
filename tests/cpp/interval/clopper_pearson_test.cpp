#include <assay/interval/clopper_pearson.hpp>

#include "laws.hpp"

using namespace assay;

TEST_CASE("clopper-pearson reproduces published values", "[golden][interval]") {
  // Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 5
  const auto published = [](Trials t, double lower, double upper) {
    const Interval got = clopper_pearson(t, Confidence{0.95});
    CHECK(got.lower == Approx(lower).margin(5e-5));
    CHECK(got.upper == Approx(upper).margin(5e-5));
  };
  published({81, 263}, 0.2527, 0.3676);
  published({15, 148}, 0.0578, 0.1617);
  published({0, 20}, 0.0, 0.1684);
  published({1, 29}, 0.0009, 0.1776);
}

TEST_CASE("clopper-pearson reproduces the golden rows", "[golden][interval]") {
  test::reproduces_golden_rows("clopper_pearson", clopper_pearson);
}

TEST_CASE("clopper-pearson keeps the laws of an interval", "[law][interval]") { test::keeps_the_laws(clopper_pearson); }

TEST_CASE("clopper-pearson stays right far out in the tails", "[golden][interval]") {
  // mpmath at 40 digits, for the level that a double can hold next to 1 - alpha ...
  const Interval none = clopper_pearson(Trials{0, 1000}, Confidence{1.0 - 1e-7});
  CHECK(none.lower == 0.0);
  CHECK(test::reproduces(none.upper, 0.0166707224320382906));
  CHECK(test::reproduces(clopper_pearson(Trials{10, 100'000}, Confidence{1.0 - 1e-11}).upper, 0.000503060899731053108));
  // ... which is the closed form 1 - (alpha / 2)^(1/n), and the limit for alpha = 1e-11, as far as that level is exact
  CHECK(none.upper == Approx(0.01667072243152068).epsilon(1e-10));
  CHECK(clopper_pearson(Trials{10, 100'000}, Confidence{1.0 - 1e-11}).upper ==
        Approx(0.0005030609007572588).epsilon(3e-9));
}

TEST_CASE("each clopper-pearson limit leaves half of the rest outside", "[law][interval]") {
  for (const std::int64_t x : {1, 4, 19}) {
    const Interval got = clopper_pearson(Trials{x, 20}, Confidence{0.9});
    const auto count = static_cast<double>(x);
    CHECK(incomplete_beta(count, 21.0 - count, got.lower) == Approx(0.05).epsilon(1e-12));
    CHECK(incomplete_beta_complement(count + 1.0, 20.0 - count, got.upper) == Approx(0.05).epsilon(1e-12));
  }
}

TEST_CASE("clopper-pearson holds x / n among as many trials as a double can count", "[interval]") {
  constexpr std::int64_t n = std::int64_t{1} << 53U;
  for (const double level : {1e-12, 0.1, 0.95})
    CHECK(clopper_pearson(Trials{n / 1000, n}, Confidence{level})
              .contains(static_cast<double>(n / 1000) / static_cast<double>(n)));
}
