#include <assay/core/probability.hpp>

#include <limits>

#include <assay_test.hpp>

using namespace assay;
using assay::test::message_of;

namespace {
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
}

TEST_CASE("a confidence lies strictly between 0 and 1", "[core]") {
  CHECK(Confidence{0.9}.value() == 0.9);
  CHECK(Confidence{0.9}.alpha() == Approx(0.1));
  for (const double level : {0.0, 1.0, -0.5, 95.0, not_a_number}) CHECK_THROWS_AS(Confidence{level}, InputError);
  CHECK(message_of<InputError>([] { (void)Confidence{95.0}; }) ==
        "wanted a confidence strictly between 0 and 1, got 95");
}

TEST_CASE("a share is above 0 and at most 1", "[core]") {
  CHECK(Share{1.0}.value() == 1.0);
  CHECK(Share{1e-9}.value() == 1e-9);
  for (const double value : {0.0, -0.1, 1.5, not_a_number}) CHECK_THROWS_AS(Share{value}, InputError);
  CHECK(message_of<InputError>([] { (void)Share{1.5}; }) == "wanted a share above 0 and at most 1, got 1.5");
}

TEST_CASE("trials hold between none and all successes", "[core]") {
  const Trials trials{3, 10};
  CHECK(trials.successes() == 3);
  CHECK(trials.failures() == 7);
  CHECK(trials.trials() == 10);
  CHECK(Trials{0, 0}.failures() == 0);
  CHECK(message_of<InputError>([] { Trials(11, 10); }) == "wanted successes between 0 and 10, got 11");
  CHECK(message_of<InputError>([] { Trials(-1, 10); }) == "wanted successes between 0 and 10, got -1");
  CHECK(message_of<InputError>([] { Trials(0, -1); }) == "wanted a number of trials of 0 or more, got -1");
}

TEST_CASE("an interval holds its limits and has a width", "[core]") {
  constexpr Interval everything{};
  CHECK(everything.width() == 1.0);
  const Interval interval{0.25, 0.75};
  CHECK(interval.width() == 0.5);
  CHECK(interval.contains(0.25));
  CHECK(interval.contains(0.75));
  CHECK_FALSE(interval.contains(0.7500001));
  CHECK_FALSE(interval.contains(not_a_number));
}
