// Reference values: mpmath 1.2 and newer at 40 digits, but where another source is named.

#include <assay/numeric/special.hpp>
#include <assay_test.hpp>
#include <cmath>
#include <limits>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
const double nan_value = std::nan("");

bool close(double got, double want, double relative = 1e-13) { return std::abs(got / want - 1.0) <= relative; }

}  // namespace

TEST_CASE("normal chances and quantiles have nearly all digits", "[golden][numeric]") {
  CHECK(close(normal_cdf(1.5), 0.933192798731141934));
  CHECK(close(normal_cdf(-8.0), 6.22096057427178412e-16));
  CHECK(close(normal_quantile(0.025), -1.95996398454005424));
  CHECK(close(normal_quantile(1e-10), -6.3613409024040562));
  CHECK(close(normal_quantile(0.7), 0.524400512708040784));
}

TEST_CASE("student's quantile is right for real degrees of freedom of any size", "[golden][numeric]") {
  CHECK(close(student_t_quantile(0.975, 2.5), 3.57465484200368322));
  CHECK(close(student_t_quantile(0.025, 7.0), -2.36462425159278534));
  CHECK(close(student_t_quantile(1e-4, 0.5), -10284911.5631633855, 1e-12));
  CHECK(close(student_t_quantile(0.005, 1000.0), -2.58075469806595108));
  CHECK(close(student_t_quantile(1e-5, 1500.5), -4.27856481296190592));
  CHECK(close(student_t_quantile(0.4, 1e6), -0.253347170537841679));
  CHECK(student_t_quantile(0.025, infinite) == normal_quantile(0.025));
}

TEST_CASE("the expansion for many degrees of freedom agrees with the exact inversion", "[law][numeric]") {
  for (const double df : {1000.0, 1000.5, 1234.0, 3e3, 1e4, 1e5, 1e7})
    for (const double p : {1e-12, 1e-9, 1e-6, 1e-5, 1e-4, 0.0005, 0.005, 0.025, 0.05, 0.1, 0.25, 0.4, 0.8, 0.999}) {
      const boost::math::students_t_distribution<double, detail::MathPolicy> student{df};
      CAPTURE(df, p);
      CHECK(close(student_t_quantile(p, df), boost::math::quantile(student, p)));
    }
}

TEST_CASE("the expansion joins the inversion without a step at 1000 degrees of freedom", "[law][numeric]") {
  const double below = student_t_quantile(0.025, std::nextafter(1000.0, 0.0));
  CHECK(close(student_t_quantile(0.025, 1000.0), below));
}

TEST_CASE("beta chances and quantiles have nearly all digits", "[golden][numeric]") {
  CHECK(close(incomplete_beta(3.5, 8.0, 0.2), 0.231232457869250368));
  CHECK(close(incomplete_beta_complement(3.5, 8.0, 0.2), 0.768767542130749632));
  CHECK(close(beta_quantile(3.5, 8.0, 0.025), 0.0878458003105519088));
  CHECK(close(beta_quantile_complement(3.5, 8.0, 0.025), 0.584804026974483005));
  CHECK(beta_quantile(3.5, 8.0, 0.0) == 0.0);
  CHECK(beta_quantile_complement(3.5, 8.0, 0.0) == 1.0);
}

TEST_CASE("log gamma has nearly all digits", "[golden][numeric]") {
  CHECK(close(log_gamma(0.5), 0.572364942924700087));
  CHECK(close(log_gamma(12.25), 18.1156695057108926));
  CHECK(close(log_gamma(1e9), 19723265827.5037168));
}

TEST_CASE("arguments without an answer are refused in our own words", "[errors][numeric]") {
  CHECK(message_of<InputError>([] { (void)normal_cdf(nan_value); }) == "wanted a number, got nan");
  CHECK(message_of<InputError>([] { (void)normal_quantile(0.0); }) ==
        "wanted a probability strictly between 0 and 1, got 0");
  CHECK_THROWS_AS(normal_quantile(1.0), InputError);
  CHECK_THROWS_AS(normal_quantile(nan_value), InputError);
  CHECK(message_of<InputError>([] { (void)student_t_quantile(0.5, 0.0); }) ==
        "wanted degrees of freedom above 0, got 0");
  CHECK_THROWS_AS(student_t_quantile(0.5, nan_value), InputError);
  CHECK_THROWS_AS(student_t_quantile(1.0, 5.0), InputError);
  CHECK(message_of<InputError>([] { (void)beta_quantile(0.0, 1.0, 0.5); }) == "wanted a finite shape above 0, got 0");
  CHECK(message_of<InputError>([] { (void)beta_quantile(1.0, 1.0, 1.5); }) ==
        "wanted a value between 0 and 1, got 1.5");
  CHECK_THROWS_AS(beta_quantile_complement(1.0, infinite, 0.5), InputError);
  CHECK_THROWS_AS(beta_quantile_complement(1.0, 1.0, -0.1), InputError);
  CHECK_THROWS_AS(incomplete_beta(-1.0, 1.0, 0.5), InputError);
  CHECK_THROWS_AS(incomplete_beta(1.0, 1.0, nan_value), InputError);
  CHECK_THROWS_AS(incomplete_beta_complement(1.0, nan_value, 0.5), InputError);
  CHECK_THROWS_AS(incomplete_beta_complement(1.0, 1.0, 2.0), InputError);
  CHECK_THROWS_AS(log_gamma(0.0), InputError);
}

TEST_CASE("a quantile too large for a double is refused, with no word of where it was computed", "[errors][numeric]") {
  const std::string message = message_of<InputError>([] { (void)student_t_quantile(1e-300, 0.01); });
  CHECK(contains(message, "wanted arguments for which the quantile of Student's t can be computed, got "));
  CHECK_FALSE(contains(message, "boost"));
  CHECK_FALSE(contains(message, "double"));
}
