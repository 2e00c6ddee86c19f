#include <assay/interval/designed_jeffreys.hpp>

#include "designed.hpp"

using namespace assay;

TEST_CASE("jeffreys of a complex sample reproduces the rows of R", "[golden][interval]") {
  const int rows = test::reproduces_effective_rows(
      "Jeffreys_eff", [](const DesignedShare& d, Confidence c) { return jeffreys(d, c, EffectiveSize::plug_in); });
  CHECK((rows == -1 || rows == 15));
}

TEST_CASE("jeffreys of a complex sample is always an honest interval", "[law][interval]") {
  test::is_always_honest([](const DesignedShare& d, Confidence c, EffectiveSize size) { return jeffreys(d, c, size); });
}
