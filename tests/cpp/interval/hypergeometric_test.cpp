#include <assay/interval/clopper_pearson.hpp>
#include <assay/interval/hypergeometric.hpp>
#include <assay_test.hpp>

using namespace assay;
using assay::test::message_of;

TEST_CASE("equal-tailed limits for a queue reproduce exact rational arithmetic", "[golden][interval]") {
  CHECK(hypergeometric(Trials{2, 5}, 20, Confidence{0.95}) == CountInterval{2, 16});
  CHECK(hypergeometric(Trials{3, 5}, 20, Confidence{0.95}) == CountInterval{4, 18});
  CHECK(hypergeometric(Trials{3, 5}, 20, Confidence{0.9}) == CountInterval{5, 18});
  const auto file = test::shared_file("golden/B_intervals/hypergeometric_intervals.csv");
  if (!file) return;
  const test::Table golden{*file};
  for (const test::Row& row : golden.rows()) {
    const Trials sample{row.integer("x"), row.integer("n")};
    const std::int64_t population = row.integer("N");
    const double level = row.number("level");
    CAPTURE(population, sample.trials(), sample.successes(), level);
    CHECK(hypergeometric(sample, population, Confidence{level}) ==
          CountInterval{row.integer("M_lower_two_sided"), row.integer("M_upper_two_sided")});
    // each limit alone is one-sided at half of what is left outside
    CHECK(hypergeometric(sample, population, Confidence{2.0 * level - 1.0}) ==
          CountInterval{row.integer("M_lower_one_sided"), row.integer("M_upper_one_sided")});
  }
}

TEST_CASE("equal-tailed limits are the outermost numbers that neither test rejects", "[law][interval]") {
  for (const std::int64_t population : {1, 2, 7, 30, 61})
    for (std::int64_t n = 1; n <= population; n += 3)
      for (std::int64_t x = 0; x <= n; ++x) {
        CountInterval want{population, 0};
        for (std::int64_t m = x; m <= population - (n - x); ++m) {
          double low = 0.0, high = 0.0;
          for (std::int64_t y = 0; y <= n; ++y) {
            const double chance = detail::hypergeometric_chance(static_cast<double>(y), static_cast<double>(population),
                                                                static_cast<double>(m), static_cast<double>(n));
            if (y <= x) low += chance;
            if (y >= x) high += chance;
          }
          constexpr double tail = 0.05 * (1.0 + 1e-10);
          if (low > tail && high > tail) want = {std::min(want.lower, m), std::max(want.upper, m)};
        }
        const CountInterval got = hypergeometric(Trials{x, n}, population, Confidence{0.9});
        if (!(got == want)) {
          CAPTURE(population, n, x, got.lower, got.upper, want.lower, want.upper);
          FAIL("other limits");
        }
      }
  SUCCEED("all the same");
}

TEST_CASE("limits for a queue are symmetric, rise with the count and are nested in confidence", "[law][interval]") {
  for (const std::int64_t population : {40, 977}) {
    CountInterval before{0, 0};
    for (std::int64_t x = 0; x <= 40; ++x) {
      const CountInterval got = hypergeometric(Trials{x, 40}, population, Confidence{0.95});
      const CountInterval mirror = hypergeometric(Trials{40 - x, 40}, population, Confidence{0.95});
      const CountInterval wider = hypergeometric(Trials{x, 40}, population, Confidence{0.999});
      CAPTURE(population, x);
      CHECK(got.lower == population - mirror.upper);
      CHECK(got.lower >= before.lower);
      CHECK(got.upper >= before.upper);
      CHECK(wider.lower <= got.lower);
      CHECK(got.upper <= wider.upper);
      CHECK(got.lower >= x);
      CHECK(got.upper <= population - (40 - x));
      before = got;
    }
  }
}

TEST_CASE("a queue audited whole is known", "[interval]") {
  CHECK(hypergeometric(Trials{7, 20}, 20, Confidence{0.99}) == CountInterval{7, 7});
  CHECK(hypergeometric(Trials{0, 1}, 1, Confidence{0.99}) == CountInterval{0, 0});
}

TEST_CASE("nothing audited leaves everything possible", "[interval]") {
  CHECK(hypergeometric(Trials{0, 0}, 20, Confidence{0.95}) == CountInterval{0, 20});
  CHECK(hypergeometric(Trials{0, 0}, 0, Confidence{0.95}) == CountInterval{0, 0});
}

TEST_CASE("in a queue without end the limits are clopper-pearson's", "[law][interval]") {
  constexpr std::int64_t population = std::int64_t{1} << 53U;
  for (const std::int64_t x : {0, 1, 7, 380, 400}) {
    const Interval shares = hypergeometric(Trials{x, 400}, population, Confidence{0.95}).shares_of(population);
    const Interval binomial = clopper_pearson(Trials{x, 400}, Confidence{0.95});
    CHECK(shares.lower == Approx(binomial.lower).epsilon(1e-9));
    CHECK(shares.upper == Approx(binomial.upper).epsilon(1e-9));
  }
}

TEST_CASE("whole limits know their width, what they hold and their shares", "[interval]") {
  const CountInterval limits{2, 16};
  CHECK(limits.width() == 14);
  CHECK(limits.contains(2));
  CHECK(limits.contains(16));
  CHECK_FALSE(limits.contains(17));
  CHECK_FALSE(limits.contains(1));
  CHECK(limits.shares_of(20) == Interval{0.1, 0.8});
  CHECK(CountInterval{0, 0}.shares_of(0) == Interval{0.0, 1.0});
}

TEST_CASE("a population that cannot hold the trials is refused", "[errors][interval]") {
  const Confidence c{0.95};
  CHECK(message_of<InputError>([&] { (void)hypergeometric(Trials{2, 5}, 4, c); }) ==
        "wanted a population of at least the 5 trials, got 4");
  CHECK(message_of<InputError>([&] { (void)hypergeometric(Trials{0, 0}, -1, c); }) ==
        "wanted a population between 0 and 9007199254740992, got -1");
  CHECK_THROWS_AS(hypergeometric(Trials{0, 0}, (std::int64_t{1} << 53U) + 1, c), InputError);
}
