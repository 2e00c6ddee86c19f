#include <assay/interval/arcsine.hpp>

#include "designed.hpp"

using namespace assay;

TEST_CASE("arcsine of a complex sample reproduces the rows of R", "[golden][interval]") {
  int turned = 0;
  const test::RowsChecked rows = test::reproduces_svyciprop("asin", 1e-10, [&](const DesignedShare& d, Confidence c) {
    Interval got = arcsine(d, c, EffectiveSize::plug_in);
    // Below 0 the sine turns back, and R's lower limit with it; the share may well be 0.
    const double half = 0.5 * student_t_quantile(1.0 - 0.5 * c.alpha(), d.degrees_of_freedom) /
                        std::sqrt(effective_size(d, EffectiveSize::plug_in));
    const double angle = std::asin(std::sqrt(d.share));
    if (d.share > 0.0 && angle < half) {
      CHECK(got.lower == 0.0);
      got.lower = std::sin(angle - half) * std::sin(angle - half);
      ++turned;
    }
    return got;
  });
  if (rows.limits == 0) return;  // no shared folder
  CHECK(rows.limits == 120);
  CHECK(turned >= 8);
  CHECK(rows.dishonest == 8);
}

TEST_CASE("arcsine of a complex sample is always an honest interval", "[law][interval]") {
  test::is_always_honest([](const DesignedShare& d, Confidence c, EffectiveSize size) { return arcsine(d, c, size); });
}

TEST_CASE("past a quarter turn the limits do not turn back", "[interval]") {
  const Interval low = arcsine({0.01, 0.01, 100.0, 99.0, 99.0}, Confidence{0.999}, EffectiveSize::plug_in);
  CHECK(low.lower == 0.0);
  CHECK(low.upper > 0.05);
}
