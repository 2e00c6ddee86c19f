#include <assay/interval/korn_graubard.hpp>

#include "designed.hpp"

using namespace assay;

TEST_CASE("korn_graubard of a complex sample reproduces the rows of R", "[golden][interval]") {
  const int rows = test::reproduces_effective_rows(
      "KG_NCHS", [](const DesignedShare& d, Confidence c) { return korn_graubard(d, c, EffectiveSize::plug_in); });
  CHECK((rows == -1 || rows == 15));
}

TEST_CASE("korn_graubard of a complex sample is always an honest interval", "[law][interval]") {
  test::is_always_honest(
      [](const DesignedShare& d, Confidence c, EffectiveSize size) { return korn_graubard(d, c, size); });
}

TEST_CASE("no more is claimed than the units that were sampled", "[interval]") {
  const DesignedShare lucky{0.1, std::sqrt(0.09 / 300.0), 200.0, 1000.0, 199.0};
  const Interval got = korn_graubard(lucky, Confidence{0.95}, EffectiveSize::plug_in);
  const Interval exact = clopper_pearson(Trials{20, 200}, Confidence{0.95});
  CHECK(got.lower == Approx(exact.lower).epsilon(1e-12));
  CHECK(got.upper == Approx(exact.upper).epsilon(1e-12));
  CHECK(beta(lucky, Confidence{0.95}, EffectiveSize::plug_in).width() < got.width());
}

TEST_CASE("without an error the weights decide, not the number of audits", "[interval]") {
  // 180 audits of weight .05 and 20 of weight .95, no errors: 1.8 % on n, some 16 % on what they are worth
  const DesignedShare none{0.0, 0.0, 200.0, 22.155, 198.0};
  const double upper = korn_graubard(none, Confidence{0.95}).upper;
  CHECK(upper > 0.14);
  CHECK(upper < 0.17);
}
