#include <assay/interval/wilson_continuity.hpp>

#include "laws.hpp"

using namespace assay;

TEST_CASE("the corrected interval reproduces published values", "[golden][interval]") {
  // Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 4
  const auto published = [](Trials t, double lower, double upper) {
    const Interval got = wilson_continuity(t, Confidence{0.95});
    CHECK(got.lower == Approx(lower).margin(5e-5));
    CHECK(got.upper == Approx(upper).margin(5e-5));
  };
  published({81, 263}, 0.2535, 0.3682);
  published({15, 148}, 0.0598, 0.1644);
  published({0, 20}, 0.0, 0.2005);
  published({1, 29}, 0.0018, 0.1963);
  // the last one to nine digits
  const Interval one = wilson_continuity(Trials{1, 29}, Confidence{0.95});
  CHECK(one.lower == Approx(0.001802640).margin(5e-10));
  CHECK(one.upper == Approx(0.196281751).margin(5e-10));
}

TEST_CASE("the corrected interval keeps the laws of an interval", "[law][interval]") {
  test::keeps_the_laws(wilson_continuity);
}

TEST_CASE("the corrected interval holds the uncorrected one", "[law][interval]") {
  for (const std::int64_t n : {1, 2, 9, 40})
    for (std::int64_t x = 0; x <= n; ++x)
      for (const double level : {0.5, 0.95, 0.999}) {
        const Interval plain = wilson(Trials{x, n}, Confidence{level});
        const Interval got = wilson_continuity(Trials{x, n}, Confidence{level});
        CHECK((got.lower < plain.lower || (x == 0 && got.lower == 0.0)));
        CHECK((got.upper > plain.upper || (x == n && got.upper == 1.0)));
      }
}
