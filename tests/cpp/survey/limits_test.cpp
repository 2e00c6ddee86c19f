#include <assay_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include <assay/survey/limits.hpp>
#include <survey/surveys.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;

TEST_CASE("Student's limits, and none where nothing is known of the error", "[survey]") {
  // t with 9 degrees of freedom at .975: 2.2621571627982049
  const auto found = survey::student_limits(10.0, 2.0, 9.0, Confidence{0.95});
  REQUIRE(found);
  CHECK(found->upper == Approx(10.0 + 2.0 * 2.2621571627982049).epsilon(1e-12));
  CHECK(found->lower == Approx(10.0 - 2.0 * 2.2621571627982049).epsilon(1e-12));
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(survey::student_limits(10.0, 2.0, 0.0, Confidence{0.95}));
  CHECK_FALSE(survey::student_limits(nan, 2.0, 9.0, Confidence{0.95}));
  CHECK_FALSE(survey::student_limits(10.0, nan, 9.0, Confidence{0.95}));
}

TEST_CASE("nine intervals of shares by name, each within 0 and 1", "[survey]") {
  const DesignedShare share{0.04, 0.02, 150.0, 120.0, 14.0};
  std::vector<double> upper;
  for (const char* name :
       {"wilson", "korn_graubard", "logit", "likelihood", "beta", "arcsine", "jeffreys", "agresti_coull", "wald"}) {
    const Interval found = survey::share_interval(name).limits(share, Confidence{0.95}, EffectiveSize::plug_in);
    CHECK(found.lower >= 0.0);
    CHECK(found.upper <= 1.0);
    CHECK(found.contains(0.04));
    if (std::string{name} == "beta") {
      CHECK(found == korn_graubard(share, Confidence{0.95}, EffectiveSize::plug_in));  // which cuts nothing off here
      continue;
    }
    CHECK(std::find(upper.begin(), upper.end(), found.upper) == upper.end());  // no two others are the same
    upper.push_back(found.upper);
  }
  CHECK(
      contains(message_of<InputError>([] { (void)survey::share_interval("normal"); }),
               "interval= as one of wilson, korn_graubard, logit, likelihood, beta, arcsine, jeffreys, agresti_coull, "
               "wald, got 'normal'"));
}

TEST_CASE("a share whose error is not known has no degrees of freedom", "[survey]") {
  survey::Estimates estimates;
  estimates.point.estimate = {1.0, 0.25};
  estimates.point.rows = {1, 8};
  estimates.variance = {std::numeric_limits<double>::quiet_NaN(), 0.01};
  estimates.degrees_of_freedom = {0.0, 5.0};
  estimates.kish_left = {1.0, 7.0};
  CHECK(survey::designed_share(estimates, 0).degrees_of_freedom == 0.0);
  CHECK(survey::designed_share(estimates, 0).standard_error == 0.0);
  CHECK(survey::designed_share(estimates, 1).standard_error == Approx(0.1));
  CHECK(survey::designed_share(estimates, 1).kish == 7.0);
}
