#include <assay/interval/beta.hpp>

#include "designed.hpp"

using namespace assay;

TEST_CASE("beta of a complex sample reproduces the rows of R", "[golden][interval]") {
  const test::RowsChecked rows = test::reproduces_svyciprop(
      "beta", 1e-10, [](const DesignedShare& d, Confidence c) { return beta(d, c, EffectiveSize::plug_in); });
  if (rows.limits == 0) return;  // no shared folder
  CHECK(rows.limits == 84);
  CHECK(rows.dishonest == 12);
}

TEST_CASE("beta of a complex sample is always an honest interval", "[law][interval]") {
  test::is_always_honest([](const DesignedShare& d, Confidence c, EffectiveSize size) { return beta(d, c, size); });
}
