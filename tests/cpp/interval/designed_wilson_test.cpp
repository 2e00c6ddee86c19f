#include <assay/interval/designed_wilson.hpp>

#include "designed.hpp"

using namespace assay;

TEST_CASE("wilson of a complex sample reproduces the rows of R", "[golden][interval]") {
  const test::RowsChecked rows = test::reproduces_svyciprop(
      "wilson", 1e-10, [](const DesignedShare& d, Confidence c) { return wilson(d, c, EffectiveSize::plug_in); });
  if (rows.limits == 0) return;  // no shared folder
  CHECK(rows.limits == 104);
  CHECK(rows.dishonest == 8);
}

TEST_CASE("wilson of a complex sample is always an honest interval", "[law][interval]") {
  test::is_always_honest([](const DesignedShare& d, Confidence c, EffectiveSize size) { return wilson(d, c, size); });
}
