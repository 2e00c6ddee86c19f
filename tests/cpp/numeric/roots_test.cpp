#include <assay/numeric/roots.hpp>
#include <assay_test.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

using namespace assay;
using assay::test::message_of;

TEST_CASE("a root is found to the last digits from either side", "[numeric]") {
  CHECK(find_root([](double x) { return x * x - 2.0; }, 0.0, 2.0) == Approx(std::sqrt(2.0)).epsilon(1e-15));
  CHECK(find_root([](double x) { return 2.0 - x * x; }, 0.0, 2.0) == Approx(std::sqrt(2.0)).epsilon(1e-15));
  CHECK(find_root([](double x) { return std::cos(x) - x; }, 0.0, 1.0) == Approx(0.7390851332151606).epsilon(1e-15));
  CHECK(find_root([](double x) { return std::pow(x - 1e-9, 3.0); }, 0.0, 1.0) == Approx(1e-9).epsilon(1e-5));
  CHECK(find_root([](double x) { return std::log(x) + 600.0; }, 1e-300, 1.0) ==
        Approx(std::exp(-600.0)).epsilon(1e-12));
}

TEST_CASE("a root that is an end of the bracket is that end", "[numeric]") {
  CHECK(find_root([](double x) { return x - 1.0; }, 1.0, 2.0) == 1.0);
  CHECK(find_root([](double x) { return x - 2.0; }, 1.0, 2.0) == 2.0);
  CHECK(find_root([](double x) { return x; }, 0.0, 0.0) == 0.0);
}

TEST_CASE("a step is found where it is, and in not many more calls than bisection needs", "[numeric]") {
  int calls = 0;
  const double root = find_root(
      [&](double x) {
        ++calls;
        return x < 0.3 ? -1.0 : 1.0;
      },
      0.0, 1.0);
  CHECK(root == Approx(0.3).epsilon(1e-15));
  CHECK(calls < 120);
}

TEST_CASE("a smooth root takes few calls", "[numeric]") {
  int calls = 0;
  (void)find_root(
      [&](double x) {
        ++calls;
        return std::exp(x) - 5.0;
      },
      0.0, 10.0);
  CHECK(calls < 20);
}

TEST_CASE("a bracket that holds no change of sign is refused", "[errors][numeric]") {
  const auto positive = [](double x) { return x * x + 1.0; };
  CHECK(message_of<InputError>([&] { (void)find_root(positive, 0.0, 1.0); }) ==
        "wanted a function that changes its sign in the bracket, got 1 and 2");
  CHECK(message_of<InputError>([&] { (void)find_root(positive, 1.0, 0.0); }) ==
        "wanted a finite bracket with low <= high, got 1 and 0");
  CHECK_THROWS_AS(find_root(positive, 0.0, std::numeric_limits<double>::infinity()), InputError);
  CHECK_THROWS_AS(find_root([](double) { return std::nan(""); }, 0.0, 1.0), InputError);
  CHECK(message_of<InputError>([] {
          (void)find_root([](double x) { return x == 0.0 ? -1.0 : x == 1.0 ? 1.0 : std::nan(""); }, 0.0, 1.0);
        }) == "wanted a function that is a number in the bracket, got nan at 0.5");
}

TEST_CASE("the first true number is found wherever it is and whatever the guess", "[law][numeric]") {
  for (std::int64_t low = -3; low <= 2; ++low)
    for (std::int64_t high = low; high <= low + 12; ++high)
      for (std::int64_t answer = low; answer <= high; ++answer) {
        const auto holds = [&](std::int64_t x) { return x >= answer; };
        CHECK(first_true(low, high, holds) == answer);
        for (std::int64_t guess = low - 2; guess <= high + 2; ++guess)
          for (const std::int64_t step : {1, 2, 5, 100}) {
            if (first_true_near(low, high, guess, step, holds) != answer) {
              CAPTURE(low, high, answer, guess, step);
              FAIL("another number");
            }
          }
      }
}

TEST_CASE("a good guess saves questions even in a huge range", "[numeric]") {
  constexpr std::int64_t huge = std::int64_t{1} << 60U;
  int asked = 0;
  const auto holds = [&](std::int64_t x) {
    ++asked;
    return x >= huge / 3;
  };
  CHECK(first_true_near(-huge, huge, huge / 3 - 5, 1, holds) == huge / 3);
  CHECK(asked < 10);
  CHECK(first_true_near(-huge, huge, -huge, 1, holds) == huge / 3);
  CHECK(first_true_near(-huge, huge, huge, huge, holds) == huge / 3);
}

TEST_CASE("a range upside down and a step of nothing are refused", "[errors][numeric]") {
  const auto yes = [](std::int64_t) { return true; };
  CHECK(message_of<InputError>([&] { (void)first_true_near(2, 1, 1, 1, yes); }) ==
        "wanted a range with low <= high, got 2 and 1");
  CHECK(message_of<InputError>([&] { (void)first_true_near(1, 2, 1, 0, yes); }) == "wanted a step of 1 or more, got 0");
}
