#include <assay/interval/difference.hpp>
#include <assay/interval/wilson_continuity.hpp>
#include <assay_test.hpp>
#include <cmath>

using namespace assay;
using assay::test::message_of;

namespace {

Interval hybrid_score(Trials a, Trials b, double level = 0.95) {
  const auto share = [](Trials t) { return static_cast<double>(t.successes()) / static_cast<double>(t.trials()); };
  const Confidence c{level};
  return mover_difference(share(a), wilson(a, c), share(b), wilson(b, c));
}

}  // namespace

TEST_CASE("with wilson's limits the difference is Newcombe's hybrid score interval", "[golden][interval]") {
  // Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10
  const auto published = [](Trials a, Trials b, double lower, double upper) {
    const Interval got = hybrid_score(a, b);
    CHECK(got.lower == Approx(lower).margin(5e-5));
    CHECK(got.upper == Approx(upper).margin(5e-5));
  };
  published({56, 70}, {48, 80}, 0.0524, 0.3339);
  published({9, 10}, {3, 10}, 0.1705, 0.8090);
  published({6, 7}, {2, 7}, 0.0582, 0.8062);
  published({5, 56}, {0, 29}, -0.0381, 0.1926);
  published({0, 10}, {0, 20}, -0.1611, 0.2775);
  published({0, 10}, {0, 10}, -0.2775, 0.2775);
  published({10, 10}, {0, 20}, 0.6791, 1.0);
  published({10, 10}, {0, 10}, 0.6075, 1.0);
}

TEST_CASE("with limits corrected for continuity it is Newcombe's method 11", "[golden][interval]") {
  // the same table, method 11
  const auto published = [](Trials a, Trials b, double lower, double upper) {
    const auto share = [](Trials t) { return static_cast<double>(t.successes()) / static_cast<double>(t.trials()); };
    const Confidence c{0.95};
    const Interval got = mover_difference(share(a), wilson_continuity(a, c), share(b), wilson_continuity(b, c));
    CHECK(got.lower == Approx(lower).margin(5e-5));
    CHECK(got.upper == Approx(upper).margin(5e-5));
  };
  published({56, 70}, {48, 80}, 0.0428, 0.3422);
  published({9, 10}, {3, 10}, 0.1013, 0.8387);
  published({6, 7}, {2, 7}, -0.0290, 0.8423);
  published({5, 56}, {0, 29}, -0.0667, 0.2037);
  published({0, 10}, {0, 20}, -0.2005, 0.3445);
  published({0, 10}, {0, 10}, -0.3445, 0.3445);
  published({10, 10}, {0, 20}, 0.6014, 1.0);
  published({10, 10}, {0, 10}, 0.5128, 1.0);
}

TEST_CASE("turning the difference round turns its interval round", "[law][interval]") {
  for (const double correlation : {-0.7, 0.0, 0.4}) {
    const Interval one = mover_difference(0.8, {0.7, 0.85}, 0.6, {0.45, 0.7}, correlation);
    const Interval other = mover_difference(0.6, {0.45, 0.7}, 0.8, {0.7, 0.85}, correlation);
    CHECK(one.lower == Approx(-other.upper).epsilon(1e-15));
    CHECK(one.upper == Approx(-other.lower).epsilon(1e-15));
  }
}

TEST_CASE("correlation widens below zero and narrows above, as variances do", "[law][interval]") {
  const Interval a{0.7, 0.85}, b{0.45, 0.7};
  const auto at = [&](double correlation) { return mover_difference(0.8, a, 0.6, b, correlation); };
  CHECK(at(-0.5).width() > at(0.0).width());
  CHECK(at(0.0).width() > at(0.5).width());
  CHECK(at(-1.0).lower == Approx(a.lower - b.upper).epsilon(1e-15));
  CHECK(at(-1.0).upper == Approx(a.upper - b.lower).epsilon(1e-15));
  // sqrt(.1^2 + .1^2 - 2 (.5) (.1) (.1)) below, sqrt(.05^2 + .15^2 - .5 (2) (.05) (.15)) above
  CHECK(at(0.5).lower == Approx(0.2 - 0.1).epsilon(1e-12));
  CHECK(at(0.5).upper == Approx(0.2 + std::sqrt(0.0175)).epsilon(1e-12));
  CHECK(mover_difference(0.5, {0.4, 0.6}, 0.5, {0.4, 0.6}, 1.0) == Interval{0.0, 0.0});
}

TEST_CASE("a part of which nothing is known leaves the difference open", "[interval]") {
  const Interval got = mover_difference(0.9, {0.9, 0.9}, 0.5, {0.0, 1.0});
  CHECK(got.lower == Approx(-0.1));
  CHECK(got.upper == Approx(0.9));
}

TEST_CASE("limits beside their estimate and impossible correlations are refused", "[errors][interval]") {
  CHECK(message_of<InputError>([] { (void)mover_difference(0.5, {0.6, 0.7}, 0.5, {0.4, 0.6}); }) ==
        "wanted limits that hold their estimate 0.5, got [0.6, 0.7]");
  CHECK_THROWS_AS(mover_difference(0.5, {0.4, 0.6}, 0.7, {0.4, 0.6}), InputError);
  CHECK_THROWS_AS(mover_difference(std::nan(""), {0.4, 0.6}, 0.5, {0.4, 0.6}), InputError);
  CHECK_THROWS_AS(mover_difference(0.5, {std::nan(""), 0.6}, 0.5, {0.4, 0.6}), InputError);
  CHECK(message_of<InputError>([] { (void)mover_difference(0.5, {0.4, 0.6}, 0.5, {0.4, 0.6}, 1.5); }) ==
        "wanted a correlation between -1 and 1, got 1.5");
  CHECK_THROWS_AS(mover_difference(0.5, {0.4, 0.6}, 0.5, {0.4, 0.6}, std::nan("")), InputError);
}
