#include <array>
#include <assay/interval/clopper_pearson.hpp>
#include <assay/interval/discrete.hpp>
#include <assay/interval/jeffreys.hpp>
#include <assay/interval/weighted_beta.hpp>
#include <assay_test.hpp>
#include <cmath>
#include <vector>

using namespace assay;
using assay::test::message_of;

namespace {

/// Two strata of n cases each, their weights in the whole 1 - heavy and heavy.
struct TwoStrata {
  std::int64_t n, m;
  double heavy;

  [[nodiscard]] Interval limits(std::int64_t x, std::int64_t y, Allowance allowance) const {
    const double light = (1.0 - heavy) / static_cast<double>(n), weighty = heavy / static_cast<double>(m);
    const auto a = static_cast<double>(x), b = static_cast<double>(y);
    return weighted_beta(
        {std::min(1.0, a * light + b * weighty), a * light * light + b * weighty * weighty, std::max(light, weighty)},
        Confidence{0.95}, allowance);
  }
  [[nodiscard]] double coverage(double p, double q, Allowance allowance) const {
    const double truth = (1.0 - heavy) * p + heavy * q;
    double covered = 0.0;
    for (std::int64_t x = 0; x <= n; ++x)
      for (std::int64_t y = 0; y <= m; ++y)
        if (limits(x, y, allowance).contains(truth))
          covered += detail::binomial_chance(static_cast<double>(x), static_cast<double>(n), p, 1.0 - p) *
                     detail::binomial_chance(static_cast<double>(y), static_cast<double>(m), q, 1.0 - q);
    return covered;
  }
};

}  // namespace

TEST_CASE("with equal weights the allowance 1 is Clopper and Pearson's, one half Jeffreys'", "[golden][interval]") {
  const Confidence c{0.9};
  for (const std::int64_t x : {0, 1, 7, 39, 40}) {
    const double each = 1.0 / 40.0, found = static_cast<double>(x);
    const WeightedEvents events{std::min(1.0, found * each), found * each * each, each};
    const Interval all = weighted_beta(events, c, {1.0, 1.0}), half = weighted_beta(events, c, {0.5, 0.5});
    const Interval exact = clopper_pearson(Trials{x, 40}, c), bayes = jeffreys(Trials{x, 40}, c);
    CHECK(all.lower == Approx(exact.lower).epsilon(1e-9));
    CHECK(all.upper == Approx(exact.upper).epsilon(1e-9));
    CHECK(half.lower == Approx(bayes.lower).epsilon(1e-9));
    CHECK(half.upper == Approx(bayes.upper).epsilon(1e-9));
  }
}

TEST_CASE("the everyday allowance keeps what its words promise, by enumeration", "[law][interval]") {
  double sum = 0.0, least = 1.0;
  int cells = 0;
  for (const TwoStrata& strata : {TwoStrata{10, 10, 0.97}, TwoStrata{10, 10, 0.5}, TwoStrata{25, 25, 0.9},
                                  TwoStrata{5, 15, 0.7}, TwoStrata{50, 50, 0.5}, TwoStrata{50, 50, 0.9}})
    for (const double p : {0.005, 0.02, 0.05, 0.1, 0.2})
      for (const double q : {0.005, 0.01, 0.02, 0.05, 0.1, 0.2}) {
        const double covered = strata.coverage(p, q, {});
        sum += covered, least = std::min(least, covered), ++cells;
      }
  CAPTURE(sum / cells, least);
  CHECK(least >= 0.90);
  CHECK(sum / cells >= 0.945);
  CHECK(sum / cells <= 0.98);
}

TEST_CASE("the everyday allowances cover every expected number of events", "[law][interval]") {
  double sum = 0.0, least = 1.0;
  int cells = 0;
  std::vector<Interval> limits;
  for (std::int64_t x = 0; x <= 60; ++x) {
    const double each = 1.0 / 2000.0, found = static_cast<double>(x);
    limits.push_back(weighted_beta({found * each, found * each * each, each}, Confidence{0.95}));
  }
  for (double expected = 0.02; expected < 12.0; expected += 0.01) {
    double covered = 0.0;
    for (std::size_t x = 0; x < limits.size(); ++x)
      if (limits[x].contains(expected / 2000.0))
        covered += detail::binomial_chance(static_cast<double>(x), 2000.0, expected / 2000.0, 1.0 - expected / 2000.0);
    sum += covered, least = std::min(least, covered), ++cells;
  }
  CHECK(least > 0.905);
  CHECK(sum / cells == Approx(0.956).margin(0.001));
}

TEST_CASE("heavy cases without an event keep the upper limit up", "[interval]") {
  const TwoStrata strata{180, 20, 0.95};
  CHECK(strata.limits(0, 0, {}).upper > 0.12);
  CHECK(strata.limits(3, 0, {}).upper > 0.12);
  CHECK(strata.limits(0, 0, {0.0, 0.0}).upper > 0.1);  // never a point, whatever the allowance
  CHECK(strata.limits(180, 20, {}).upper == 1.0);
  CHECK(weighted_beta({0.0, 0.0, 0.0}, Confidence{0.95}) == Interval{0.0, 1.0});
}

TEST_CASE("weighted limits rise with the events and with the confidence", "[law][interval]") {
  const TwoStrata strata{20, 20, 0.8};
  Interval before{0.0, 0.0};
  for (std::int64_t x = 0; x <= 20; ++x) {
    const Interval at = strata.limits(x, 3, {});
    CHECK(at.lower >= before.lower);
    CHECK(at.upper >= before.upper);
    CHECK((at.lower >= 0.0 && at.upper <= 1.0));
    before = at;
  }
  const WeightedEvents events{0.1, 0.002, 0.04};
  CHECK(weighted_beta(events, Confidence{0.99}).upper > weighted_beta(events, Confidence{0.9}).upper);
  CHECK(weighted_beta(events, Confidence{0.99}).lower < weighted_beta(events, Confidence{0.9}).lower);
}

TEST_CASE("what are no weighted events is refused", "[errors][interval]") {
  const auto said = [](WeightedEvents events, Allowance allowance = {}) {
    return message_of<InputError>([&] { (void)weighted_beta(events, Confidence{0.95}, allowance); });
  };
  CHECK(said({1.5, 0.1, 0.1}) == "wanted a share between 0 and 1, got 1.5");
  CHECK(said({0.5, -0.1, 0.1}) == "wanted a sum of squared weights that goes with the share, got -0.1");
  CHECK(said({0.0, 0.1, 0.1}) == "wanted a sum of squared weights that goes with the share, got 0.1");
  CHECK(said({0.5, 0.1, std::nan("")}) == "wanted a heaviest weight of 0 or more, got nan");
  CHECK(said({0.5, 0.1, 0.1}, {1.5, 0.7}) == "wanted an allowance between 0 and 1, got 1.5");
  CHECK(said({0.5, 0.1, 0.1}, {0.5, -1.0}) == "wanted an allowance between 0 and 1, got -1");
}
