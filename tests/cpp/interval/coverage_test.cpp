#include <algorithm>
#include <assay/interval/agresti_coull.hpp>
#include <assay/interval/blaker.hpp>
#include <assay/interval/clopper_pearson.hpp>
#include <assay/interval/coverage.hpp>
#include <assay/interval/hypergeometric_blaker.hpp>
#include <assay/interval/jeffreys.hpp>
#include <assay/interval/mid_p.hpp>
#include <assay/interval/wilson.hpp>
#include <assay_test.hpp>
#include <cmath>
#include <iomanip>
#include <sstream>
#include <vector>

using namespace assay;
using assay::test::message_of;

namespace {

struct Coverage {
  double least{1.0};
  double mean{0.0};
};

template <class Method>
Coverage over_a_grid(std::int64_t n, double level, const Method& method) {
  std::vector<Interval> limits;
  for (std::int64_t x = 0; x <= n; ++x) limits.push_back(method(Trials{x, n}, Confidence{level}));
  Coverage out;
  constexpr int steps = 999;
  for (int step = 1; step <= steps; ++step) {
    const double covered = binomial_coverage(static_cast<double>(step) / (steps + 1), n,
                                             [&](Trials t) { return limits[static_cast<std::size_t>(t.successes())]; });
    out.least = std::min(out.least, covered);
    out.mean += covered / steps;
  }
  return out;
}

}  // namespace

TEST_CASE("coverage by enumeration agrees with sums done by hand", "[golden][interval]") {
  // n = 20, p = .005: one error already puts Wilson's lower limit above p, so only "no errors" covers
  const auto method = [](Trials t) { return wilson(t, Confidence{0.95}); };
  CHECK(binomial_coverage(0.005, 20, method) == Approx(std::pow(0.995, 20)).epsilon(1e-12));
  CHECK(binomial_coverage(0.0, 20, method) == 1.0);
  CHECK(binomial_coverage(1.0, 20, method) == 1.0);
  CHECK(binomial_coverage(0.3, 0, method) == 1.0);
}

TEST_CASE("a method that holds everything covers always, one that holds nothing never", "[law][interval]") {
  const auto all = [](Trials) { return Interval{0.0, 1.0}; };
  const auto nothing = [](Trials) { return Interval{2.0, 3.0}; };
  for (const std::int64_t n : {1, 50, 5'000, 1'000'000}) {
    CHECK(binomial_coverage(0.3, n, all) == Approx(1.0).epsilon(1e-10));
    CHECK(binomial_coverage(0.3, n, nothing) == 0.0);
  }
  CHECK(hypergeometric_coverage(12'190, 9'389, 400, all) == Approx(1.0).epsilon(1e-12));
  CHECK(hypergeometric_coverage(12'190, 9'389, 12'190, all) == Approx(1.0).epsilon(1e-12));
  CHECK(hypergeometric_coverage(1'000'000'000, 3, 1'000, all) == Approx(1.0).epsilon(1e-12));
  CHECK(hypergeometric_coverage(20, 0, 5, [](Trials) { return CountInterval{1, 20}; }) == 0.0);
}

TEST_CASE("exact intervals cover at least their level at every probability", "[law][interval]") {
  for (const std::int64_t n : {1, 5, 20, 77})
    for (const double level : {0.8, 0.95, 0.99}) {
      CAPTURE(n, level);
      CHECK(over_a_grid(n, level, clopper_pearson).least >= level - 1e-12);
      CHECK(over_a_grid(n, level, blaker).least >= level - 1e-12);
      CHECK(over_a_grid(n, level, blaker).mean <= over_a_grid(n, level, clopper_pearson).mean);
    }
}

TEST_CASE("approximate intervals cover near their level on average", "[law][interval]") {
  std::ostringstream table;
  table << std::fixed << std::setprecision(4) << "coverage at .95, mean and least over 999 probabilities:";
  const auto judge = [&](const char* name, std::int64_t n, Coverage got) {
    table << "\n  " << name << ", n = " << n << ": " << got.mean << ", " << got.least;
    CAPTURE(name, n, got.mean, got.least);
    CHECK(got.mean >= 0.945);
    CHECK(got.mean <= 0.97);
  };
  for (const std::int64_t n : {20, 100}) {
    judge("wilson", n, over_a_grid(n, 0.95, [](Trials trials, Confidence c) { return wilson(trials, c); }));
    judge("jeffreys", n, over_a_grid(n, 0.95, [](Trials trials, Confidence c) { return jeffreys(trials, c); }));
    judge("mid-p", n, over_a_grid(n, 0.95, mid_p));
    judge("agresti-coull", n,
          over_a_grid(n, 0.95, [](Trials trials, Confidence c) { return agresti_coull(trials, c); }));
  }
  WARN(table.str());
}

TEST_CASE("exact limits for a queue cover at least their level for every queue", "[law][interval]") {
  for (const std::int64_t population : {15, 60, 173})
    for (const double level : {0.8, 0.95}) {
      const std::int64_t n = population / 3;
      std::vector<CountInterval> tailed, blakers;
      for (std::int64_t x = 0; x <= n; ++x) {
        tailed.push_back(hypergeometric(Trials{x, n}, population, Confidence{level}));
        blakers.push_back(hypergeometric_blaker(Trials{x, n}, population, Confidence{level}));
      }
      const auto seen = [](const std::vector<CountInterval>& limits) {
        return [&limits](Trials t) { return limits[static_cast<std::size_t>(t.successes())]; };
      };
      for (std::int64_t successes = 0; successes <= population; ++successes) {
        CAPTURE(population, level, successes);
        CHECK(hypergeometric_coverage(population, successes, n, seen(tailed)) >= level - 1e-12);
        CHECK(hypergeometric_coverage(population, successes, n, seen(blakers)) >= level - 1e-12);
      }
    }
}

TEST_CASE("the exact coverage of 400 audited answers in two real queues", "[golden][interval]") {
  // zencrowd_us: 9389 of 12190 answers are right; zencrowd_in: 7602 of 11205 (truth inference benchmark, Zheng et al.
  // 2017, PVLDB 10(5):541-552; counted from the tables)
  constexpr std::int64_t n = 400;
  const Confidence c{0.95};
  const auto covered = [&](std::int64_t population, std::int64_t successes, const auto& method) {
    return hypergeometric_coverage(population, successes, n, [&](Trials t) { return method(t, population, c); });
  };
  const auto shares = [](Trials t, std::int64_t, Confidence level) { return wilson(t, level); };
  const double us = covered(12'190, 9'389, hypergeometric), in = covered(11'205, 7'602, hypergeometric);
  const double us_blaker = covered(12'190, 9'389, hypergeometric_blaker);
  const double in_blaker = covered(11'205, 7'602, hypergeometric_blaker);
  std::ostringstream table;
  table << std::fixed << std::setprecision(6) << "exact coverage at .95, n = 400 (zencrowd_us, zencrowd_in):"
        << "\n  equal-tailed: " << us << ", " << in << "\n  blaker:       " << us_blaker << ", " << in_blaker
        << "\n  wilson:       " << covered(12'190, 9'389, shares) << ", " << covered(11'205, 7'602, shares);
  WARN(table.str());
  CHECK(us == Approx(0.954).margin(0.0005));
  CHECK(in == Approx(0.956).margin(0.0005));
  CHECK(us_blaker >= 0.95);
  CHECK(us_blaker <= us + 1e-12);
  CHECK(in_blaker >= 0.95);
  CHECK(in_blaker <= in + 1e-12);
}

TEST_CASE("coverage is asked of possible truths only", "[errors][interval]") {
  const auto all = [](Trials) { return Interval{0.0, 1.0}; };
  CHECK(message_of<InputError>([&] { (void)binomial_coverage(1.5, 5, all); }) ==
        "wanted a probability between 0 and 1, got 1.5");
  CHECK_THROWS_AS(binomial_coverage(std::nan(""), 5, all), InputError);
  CHECK(message_of<InputError>([&] { (void)binomial_coverage(0.5, -1, all); }) ==
        "wanted a number of trials of 0 or more, got -1");
  CHECK(message_of<InputError>([&] { (void)hypergeometric_coverage(20, 5, 0, all); }) ==
        "wanted a sample of 1 or more, got 0");
  CHECK(message_of<InputError>([&] { (void)hypergeometric_coverage(20, 21, 5, all); }) ==
        "wanted successes between 0 and 20, got 21");
  CHECK_THROWS_AS(hypergeometric_coverage(20, -1, 5, all), InputError);
  CHECK(message_of<InputError>([&] { (void)hypergeometric_coverage(4, 2, 5, all); }) ==
        "wanted a population of at least the 5 trials, got 4");
}
