#include <assay_test.hpp>

#include <cmath>
#include <limits>

#include <assay/interval/effective.hpp>
#include <assay/score/judged_limits.hpp>

using namespace assay;
using assay::test::message_of;

TEST_CASE("without a judge the limits are Wilson's", "[law][score]") {
  for (const double share : {0.0, 0.02, 0.3, 0.5, 0.97, 1.0})
    for (const double n : {1.0, 12.5, 400.0})
      for (const double df : {3.0, 40.0, std::numeric_limits<double>::infinity()}) {
        const Interval wanted = wilson(share, n, df, Confidence{0.95});
        const Interval got = judged_limits({share, 0.7, 0.0, share * (1.0 - share) / n, n, df}, Confidence{0.95});
        CHECK(got.lower == Approx(wanted.lower).margin(1e-12));
        CHECK(got.upper == Approx(wanted.upper).margin(1e-12));
      }
}

TEST_CASE("a judge that was never found wrong still leaves room for errors not met", "[law][score]") {
  const Interval got = judged_limits({0.9, 0.9, 1.0, 0.0, 200.0, 199.0}, Confidence{0.95});
  CHECK(got.lower == Approx(0.9 - 0.0134).margin(2e-4));  // t sqrt(t^2 / 2) / (n + t^2)
  CHECK(got.upper == Approx(0.9 + 0.0134).margin(2e-4));
  const Interval more = judged_limits({0.9, 0.9, 1.0, 0.0, 2000.0, 1999.0}, Confidence{0.95});
  CHECK(more.upper - more.lower < 0.2 * (got.upper - got.lower));
  CHECK(judged_limits({0.9, 0.9, 1.0, 0.0, 200.0, 199.0}, Confidence{0.99}).lower < got.lower);
}

TEST_CASE("limits stay shares, and hold the value", "[law][score]") {
  const Interval low = judged_limits({0.0, 0.02, 1.0, 1e-6, 60.0, 59.0}, Confidence{0.95});
  CHECK(low.lower == 0.0);
  CHECK(low.upper > 0.0);
  const Interval high = judged_limits({1.0, 0.9, -0.5, 1e-4, 60.0, 59.0}, Confidence{0.95});
  CHECK(high.upper == 1.0);
  CHECK(judged_limits({0.4, 0.4, 1.0, 0.01, 0.0, 9.0}, Confidence{0.95}) == Interval{0.0, 1.0});
}

TEST_CASE("what is no variance is refused", "[refusal][score]") {
  CHECK(message_of<InputError>([] { (void)judged_limits({0.4, 0.4, 1.0, -1.0, 5.0, 4.0}, Confidence{0.95}); }) ==
        "wanted a finite value, variance and effective n of 0 or more, got 0.4, -1 and 5");
  CHECK_THROWS_AS(judged_limits({0.4, 0.4, std::nan(""), 0.1, 5.0, 4.0}, Confidence{0.95}), InputError);
  CHECK_THROWS_AS(judged_limits({0.4, 0.4, 1.0, 0.1, 5.0, 0.0}, Confidence{0.95}), InputError);
}
