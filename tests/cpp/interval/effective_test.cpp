#include <array>
#include <assay/interval/effective.hpp>
#include <assay_test.hpp>
#include <limits>
#include <string>
#include <utility>

using namespace assay;
using assay::test::message_of;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("wilson on an effective sample size reproduces survey 4.5 in R", "[golden][interval]") {
  // svyciprop(~I(ell==0), method="wilson") on the stratified and the one-stage cluster sample of the api data
  const auto check = [](double share, double variance, double df, double lower, double upper) {
    const Interval got = wilson(share, share * (1.0 - share) / variance, df, Confidence{0.95});
    CHECK(got.lower == Approx(lower).epsilon(1e-10));
    CHECK(got.upper == Approx(upper).epsilon(1e-10));
  };
  check(0.053038424714779549, 0.000252597225277491, 197.0, 0.029409695896766529, 0.093816276329406242);
  check(0.02185792349726776, 0.00051177528296442, 14.0, 0.0031787772377865728, 0.13539128514716431);
}

TEST_CASE("wilson on an effective sample size reproduces all rows of R for which the variance is known",
          "[golden][interval]") {
  const auto limits_file = test::shared_file("golden/A_survey/survey_results.csv");
  const auto variance_file = test::shared_file("golden/A_survey/ciprop_effective_results.csv");
  if (!limits_file || !variance_file) return;
  const test::Table limits{*limits_file};
  const test::Table variances{*variance_file};
  const std::array<std::pair<std::string, std::string>, 4> designs{{
      {"srs_fpc", "svydesign(id=~1,data=apisrs,fpc=~fpc)"},
      {"strat_fpc", "svydesign(id=~1,strata=~stype,weights=~pw,data=apistrat,fpc=~fpc)"},
      {"clus1_fpc", "svydesign(id=~dnum,weights=~pw,data=apiclus1,fpc=~fpc)"},
      {"clus2_fpc", "svydesign(id=~dnum+snum,fpc=~fpc1+fpc2,data=apiclus2)"},
  }};
  const auto effective = [&](const std::string& design, const std::string& indicator) -> std::pair<double, double> {
    for (const auto& [brief, full] : designs)
      for (const test::Row& row : variances.rows())
        if (full == design && row.text("design") == brief && row.text("indicator") == indicator) {
          const double p = row.number("p");
          return {p * (1.0 - p) / row.number("var"), row.number("df")};
        }
    if (design == "svydesign(id=~1,data=apisrs,fpc=~fpc)") return {199.0 / (1.0 - 200.0 / 6194.0), 199.0};
    if (design == "svydesign(id=~1,data=apisrs,weights=~pw)") return {199.0, 199.0};
    return {0.0, 0.0};
  };
  int checked = 0;
  double share = 0.0;
  for (const test::Row& row : limits.rows()) {
    if (row.text("case") != "ciprop_wilson") continue;
    if (row.text("stat") == "estimate") share = row.number("value");  // the limits follow their estimate
    if (row.text("stat") != "lo" && row.text("stat") != "hi") continue;
    const auto [n, df] = effective(row.text("design"), row.text("term"));
    if (n == 0.0 || row.text("value") == "NaN") continue;
    const bool ninety = test::contains(row.text("call"), "level=0.9)");
    const Interval got = wilson(share, n, df, Confidence{ninety ? 0.9 : 0.95});
    CAPTURE(row.text("design"), row.text("call"), row.text("stat"));
    CHECK((row.text("stat") == "lo" ? got.lower : got.upper) == Approx(row.number("value")).epsilon(1e-10));
    ++checked;
  }
  CHECK(checked >= 60);
}

TEST_CASE("with nothing estimated the effective form is the plain one", "[law][interval]") {
  for (const std::int64_t x : {0, 1, 17, 39, 40}) {
    const Interval plain = wilson(Trials{x, 40}, Confidence{0.9});
    const Interval got = wilson(static_cast<double>(x) / 40.0, 40.0, infinite, Confidence{0.9});
    CHECK(got.lower == Approx(plain.lower).epsilon(1e-14));
    CHECK(got.upper == Approx(plain.upper).epsilon(1e-14));
  }
}

TEST_CASE("fewer degrees of freedom are fewer cases, by the square of z over t", "[law][interval]") {
  const Confidence c{0.95};
  const double factor = normal_quantile(0.025) / student_t_quantile(0.025, 9.0);
  const Interval got = wilson(0.3, 57.5, 9.0, c);
  const Interval same = wilson(0.3, 57.5 * factor * factor, infinite, c);
  CHECK(got.lower == Approx(same.lower).epsilon(1e-13));
  CHECK(got.upper == Approx(same.upper).epsilon(1e-13));
  CHECK(got.width() > wilson(0.3, 57.5, 900.0, c).width());
}

TEST_CASE("a share of 0 or 1 has an interval too", "[interval]") {
  const Interval none = wilson(0.0, 87.25, 20.0, Confidence{0.95});
  const Interval all = wilson(1.0, 87.25, 20.0, Confidence{0.95});
  CHECK(none.lower == 0.0);
  CHECK(none.upper > 0.03);
  CHECK(none.upper < 0.06);
  CHECK(all.upper == 1.0);
  CHECK(all.lower == Approx(1.0 - none.upper).epsilon(1e-15));
}

TEST_CASE("nothing known answers everything, everything known answers the share", "[interval]") {
  const Confidence c{0.95};
  CHECK(wilson(0.3, 0.0, 5.0, c) == Interval{0.0, 1.0});
  CHECK(wilson(0.3, 1e-200, 5.0, c) == Interval{0.0, 1.0});
  CHECK(wilson(0.3, infinite, 5.0, c) == Interval{0.3, 0.3});
  CHECK(wilson(0.0, infinite, infinite, c) == Interval{0.0, 0.0});
  CHECK(wilson(1.0, infinite, infinite, c) == Interval{1.0, 1.0});
}

TEST_CASE("what is no share, no size and no degree of freedom is refused", "[errors][interval]") {
  const Confidence c{0.95};
  CHECK(message_of<InputError>([&] { (void)wilson(1.5, 10.0, 9.0, c); }) == "wanted a share between 0 and 1, got 1.5");
  CHECK(message_of<InputError>([&] { (void)wilson(0.5, -1.0, 9.0, c); }) ==
        "wanted an effective sample size of 0 or more, got -1");
  CHECK(message_of<InputError>([&] { (void)wilson(0.5, 10.0, 0.0, c); }) == "wanted degrees of freedom above 0, got 0");
  CHECK_THROWS_AS(wilson(std::nan(""), 10.0, 9.0, c), InputError);
  CHECK_THROWS_AS(wilson(0.5, std::nan(""), 9.0, c), InputError);
  CHECK_THROWS_AS(wilson(0.5, 0.0, std::nan(""), c), InputError);
}
