#include <assay/interval/likelihood.hpp>

#include "designed.hpp"

using namespace assay;

TEST_CASE("likelihood of a complex sample reproduces the rows of R", "[golden][interval]") {
  const test::RowsChecked rows = test::reproduces_svyciprop(
      "likelihood", 0.0,
      [](const DesignedShare& d, Confidence c) {
        return likelihood(d, c, EffectiveSize::plug_in, LikelihoodScale::r_survey);
      },
      5e-4);
  if (rows.limits == 0) return;  // no shared folder
  CHECK(rows.limits == 100);
  CHECK(rows.dishonest == 0);
}

TEST_CASE("likelihood of a complex sample is always an honest interval", "[law][interval]") {
  test::is_always_honest(
      [](const DesignedShare& d, Confidence c, EffectiveSize size) { return likelihood(d, c, size); });
}

TEST_CASE("likelihood limits are the roots, on both scales", "[golden][interval]") {
  const auto file = test::shared_file("golden/A_survey/ciprop_likelihood_exact.csv");
  if (!file) return;
  const test::Table golden{*file};
  for (const test::Row& row : golden.rows()) {
    const auto d = test::share_of_schools(row.text("design"), row.text("indicator"));
    if (!d) return;
    const Confidence c{0.95};
    const Interval plain = likelihood(*d, c, EffectiveSize::plug_in);
    const Interval as_r = likelihood(*d, c, EffectiveSize::plug_in, LikelihoodScale::r_survey);
    CAPTURE(row.text("design"), row.text("indicator"));
    CHECK(plain.lower == Approx(row.number("exact_lo")).epsilon(1e-8));
    CHECK(plain.upper == Approx(row.number("exact_hi")).epsilon(1e-8));
    CHECK(as_r.lower == Approx(row.number("exact_lo_n_over_nm1")).epsilon(1e-8));
    CHECK(as_r.upper == Approx(row.number("exact_hi_n_over_nm1")).epsilon(1e-8));
    CHECK(as_r.lower == Approx(row.number("R_lo")).margin(5e-4));
    CHECK(as_r.upper == Approx(row.number("R_hi")).margin(5e-4));
  }
  CHECK(golden.size() == 12);
}

TEST_CASE("all or nothing has limits by formula", "[interval]") {
  const double t = student_t_quantile(0.975, 30.0);
  const Interval none = likelihood({0.0, 0.0, 100.0, 40.0, 30.0}, Confidence{0.95});
  CHECK(none.lower == 0.0);
  CHECK(none.upper == Approx(1.0 - std::exp(-0.5 * t * t / 40.0)).epsilon(1e-14));
  const Interval all = likelihood({1.0, 0.0, 100.0, 40.0, 30.0}, Confidence{0.95});
  CHECK(all.lower == Approx(std::exp(-0.5 * t * t / 40.0)).epsilon(1e-14));
  CHECK(all.upper == 1.0);
  CHECK(likelihood({0.3, 0.01, 1.0, 1.0, 30.0}, Confidence{0.95}, EffectiveSize::smaller, LikelihoodScale::r_survey) ==
        Interval{0.0, 1.0});
}
