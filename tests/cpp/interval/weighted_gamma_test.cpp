#include <assay/interval/share_of_totals.hpp>
#include <assay/interval/weighted_gamma.hpp>
#include <assay_test.hpp>
#include <cmath>
#include <string>

#include <assay/core/random.hpp>

using namespace assay;
using assay::test::message_of;

TEST_CASE("a total of equal events has the exact limits of a Poisson count", "[golden][interval]") {
  // Garwood (1936), as R's poisson.test prints them: counts of 0, 1 and 10 at 95 %.
  const auto limits = [](double count) {
    return weighted_gamma({count * 0.5, count * 0.25, 0.5}, Confidence{0.95}, {1.0, 1.0});
  };
  CHECK(limits(0).lower == 0.0);
  CHECK(limits(0).upper == Approx(0.5 * 3.688879).epsilon(2e-7));
  CHECK(limits(1).lower == Approx(0.5 * 0.02531781).epsilon(2e-7));
  CHECK(limits(1).upper == Approx(0.5 * 5.571643).epsilon(2e-7));
  CHECK(limits(10).lower == Approx(0.5 * 4.795389).epsilon(2e-7));
  CHECK(limits(10).upper == Approx(0.5 * 18.390356).epsilon(2e-7));
}

TEST_CASE("totals that are small beside their sample have the limits of shares", "[law][interval]") {
  for (const double count : {1.0, 4.0, 30.0}) {
    const WeightedEvents events{count * 1e-7, count * 1e-14, 2e-7};
    const Interval total = weighted_gamma(events, Confidence{0.9}), share = weighted_beta(events, Confidence{0.9});
    CHECK(total.lower == Approx(share.lower).epsilon(1e-5));
    CHECK(total.upper == Approx(share.upper).epsilon(1e-5));
  }
}

TEST_CASE("a ratio of totals covers in slices of any share of a sample, at any rate", "[law][interval]") {
  // 300 audits, each in the slice with a chance, and there wrong with a rate; 2,000 redraws, Monte-Carlo error .005.
  Random random{12};
  for (const double slice : {0.95, 0.7, 0.3})
    for (const double rate : {0.5, 0.3, 0.05}) {
      int covered = 0;
      for (int draw = 0; draw < 2'000; ++draw) {
        double hits = 0.0, misses = 0.0;
        for (int audit = 0; audit < 300; ++audit)
          if (random.uniform() < slice) (random.uniform() < rate ? hits : misses) += 1.0 / 300.0;
        const auto of = [](double total) {
          return weighted_gamma({total, total / 300.0, 1.0 / 300.0}, Confidence{0.95});
        };
        covered += share_of_totals(hits, of(hits), misses, of(misses)).contains(rate) ? 1 : 0;
      }
      INFO("slice " << slice << ", rate " << rate);
      CHECK(covered >= 0.935 * 2'000);
      CHECK(covered <= 0.985 * 2'000);
    }
}

TEST_CASE("totals that cannot be are refused", "[error][interval]") {
  const auto said = [](WeightedEvents events, Allowance allowance = {}) {
    return message_of<InputError>([&] { (void)weighted_gamma(events, Confidence{0.95}, allowance); });
  };
  CHECK(said({-1.0, 0.1, 0.1}) == "wanted a total of 0 or more, got -1");
  CHECK(said({HUGE_VAL, 0.1, 0.1}) == "wanted a total of 0 or more, got inf");
  CHECK(said({1.0, 0.0, 0.1}) == "wanted a sum of squared weights that goes with the total, got 0");
  CHECK(said({0.0, 0.1, 0.1}) == "wanted a sum of squared weights that goes with the total, got 0.1");
  CHECK(said({1.0, 0.1, 0.0}) == "wanted a heaviest weight above 0, got 0");
  CHECK(said({1.0, 0.1, 0.1}, {0.5, 1.5}) == "wanted an allowance between 0 and 1, got 1.5");
}
