#include <assay/interval/wald.hpp>

#include "designed.hpp"

using namespace assay;

TEST_CASE("wald of a complex sample reproduces the rows of R", "[golden][interval]") {
  const test::RowsChecked rows = test::reproduces_svyciprop(
      "mean", 1e-10, [](const DesignedShare& d, Confidence c) { return wald(d, c, EffectiveSize::plug_in); });
  if (rows.limits == 0) return;  // no shared folder
  CHECK(rows.limits == 68);
  CHECK(rows.dishonest == 12);
}

TEST_CASE("wald of a complex sample is always an honest interval", "[law][interval]") {
  test::is_always_honest([](const DesignedShare& d, Confidence c, EffectiveSize size) { return wald(d, c, size); },
                         1e-6);
}

TEST_CASE("wald never claims certainty", "[interval]") {
  const DesignedShare all{1.0, 0.0, 100.0, 40.0, 30.0};
  CHECK(wald(all, Confidence{0.9}) == korn_graubard(all, Confidence{0.9}));
  const Interval constant = wald({0.25, 0.0, 100.0, 40.0, 30.0}, Confidence{0.95});
  CHECK(constant.width() ==
        Approx(2.0 * student_t_quantile(0.975, 30.0) * std::sqrt(0.25 * 0.75 / 40.0)).epsilon(1e-12));
}
