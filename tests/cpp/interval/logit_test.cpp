#include <assay/interval/logit.hpp>

#include "designed.hpp"

using namespace assay;

TEST_CASE("logit of a complex sample reproduces the rows of R", "[golden][interval]") {
  const test::RowsChecked rows = test::reproduces_svyciprop(
      "xlogit", 1e-10, [](const DesignedShare& d, Confidence c) { return logit(d, c, EffectiveSize::plug_in); });
  if (rows.limits == 0) return;  // no shared folder
  CHECK(rows.limits == 128);
  CHECK(rows.dishonest == 16);
}

TEST_CASE("logit of a complex sample is always an honest interval", "[law][interval]") {
  test::is_always_honest([](const DesignedShare& d, Confidence c, EffectiveSize size) { return logit(d, c, size); });
}

TEST_CASE("R's logit by iterated fits is the same within the fit's tolerance", "[golden][interval]") {
  const test::RowsChecked rows = test::reproduces_svyciprop(
      "logit", 1e-7, [](const DesignedShare& d, Confidence c) { return logit(d, c, EffectiveSize::plug_in); });
  if (rows.limits == 0) return;  // no shared folder
  CHECK(rows.limits == 116);
  CHECK(rows.dishonest == 12);
}

TEST_CASE("a share of 0 or 1 has no log odds: Korn and Graubard answer", "[interval]") {
  const DesignedShare none{0.0, 0.0, 100.0, 40.0, 30.0};
  CHECK(logit(none, Confidence{0.9}) == korn_graubard(none, Confidence{0.9}));
}
