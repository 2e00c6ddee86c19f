#include <assay/interval/agresti_coull.hpp>
#include <assay/interval/wilson.hpp>

#include "laws.hpp"

using namespace assay;

TEST_CASE("agresti-coull reproduces its golden rows, clamped", "[golden][interval]") {
  test::reproduces_golden_rows("agresti_coull", agresti_coull);
}

TEST_CASE("agresti-coull keeps the laws of an interval", "[law][interval]") {
  // Away from the ends; at the ends it is clamped, see below.
  for (const double level : {0.8, 0.95, 0.99})
    for (std::int64_t x = 0; x <= 30; ++x) {
      const Interval at = agresti_coull(Trials{x, 30}, Confidence{level});
      const Interval mirror = agresti_coull(Trials{30 - x, 30}, Confidence{level});
      const Interval inner = wilson(Trials{x, 30}, Confidence{level});
      CAPTURE(x, level);
      CHECK(at.lower == Approx(1.0 - mirror.upper).margin(4e-15));
      CHECK(at.lower <= inner.lower + 1e-15);  // never shorter than wilson's
      CHECK(at.upper >= inner.upper - 1e-15);
    }
}

TEST_CASE("agresti-coull is clamped to what a share can be", "[interval]") {
  // Unclamped the lower limit would be -0.0434 (golden row x = 0, n = 10)
  const Interval none = agresti_coull(Trials{0, 10}, Confidence{0.95});
  CHECK(none.lower == 0.0);
  CHECK(test::reproduces(none.upper, 0.32088730575054577043));
  CHECK(agresti_coull(Trials{10, 10}, Confidence{0.95}).upper == 1.0);
  CHECK(agresti_coull(Trials{0, 0}, Confidence{0.95}) == Interval{0.0, 1.0});
}
