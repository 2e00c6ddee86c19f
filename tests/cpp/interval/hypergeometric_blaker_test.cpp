#include <algorithm>
#include <assay/interval/hypergeometric_blaker.hpp>
#include <assay_test.hpp>
#include <vector>

using namespace assay;

namespace {

/// The outermost numbers of successes that Blaker's definition accepts, by trying them all.
CountInterval by_definition(std::int64_t x, std::int64_t n, std::int64_t population, double alpha) {
  CountInterval want{population, 0};
  for (std::int64_t m = x; m <= population - (n - x); ++m) {
    std::vector<double> chance, low, high;
    for (std::int64_t y = 0; y <= n; ++y)
      chance.push_back(detail::hypergeometric_chance(static_cast<double>(y), static_cast<double>(population),
                                                     static_cast<double>(m), static_cast<double>(n)));
    const auto farness = [&](std::int64_t y) {
      double below = 0.0, above = 0.0;
      for (std::int64_t i = 0; i <= y; ++i) below += chance[static_cast<std::size_t>(i)];
      for (std::int64_t i = n; i >= y; --i) above += chance[static_cast<std::size_t>(i)];
      return std::min(below, above);
    };
    const double own = farness(x);
    double sum = 0.0;
    for (std::int64_t y = 0; y <= n; ++y)
      if (farness(y) <= own * (1.0 + 1e-10)) sum += chance[static_cast<std::size_t>(y)];
    if (sum > alpha * (1.0 + 1e-10)) want = {std::min(want.lower, m), std::max(want.upper, m)};
  }
  return want;
}

}  // namespace

TEST_CASE("blaker limits for a queue reproduce exact rational arithmetic", "[golden][interval]") {
  CHECK(hypergeometric_blaker(Trials{1, 5}, 20, Confidence{0.95}) == CountInterval{1, 12});
  CHECK(hypergeometric_blaker(Trials{2, 5}, 20, Confidence{0.9}) == CountInterval{3, 14});
  CHECK(hypergeometric_blaker(Trials{12, 50}, 100, Confidence{0.95}) == CountInterval{16, 34});
  const auto file = test::shared_file("golden/B_intervals/hypergeometric_blaker.csv");
  if (!file) return;
  const test::Table golden{*file};
  for (const test::Row& row : golden.rows()) {
    const Trials sample{row.integer("x"), row.integer("n")};
    CAPTURE(row.text("N"), row.text("n"), row.text("x"), row.text("level"));
    CHECK(hypergeometric_blaker(sample, row.integer("N"), Confidence{row.number("level")}) ==
          CountInterval{row.integer("M_lower"), row.integer("M_upper")});
  }
}

TEST_CASE("blaker limits for a queue are the outermost numbers its definition accepts", "[law][interval]") {
  for (const std::int64_t population : {1, 2, 9, 24, 53})
    for (std::int64_t n = 1; n <= population; n += population / 8 + 1)
      for (std::int64_t x = 0; x <= n; ++x)
        for (const double level : {0.5, 0.8, 0.95, 0.99}) {
          const CountInterval got = hypergeometric_blaker(Trials{x, n}, population, Confidence{level});
          const CountInterval want = by_definition(x, n, population, 1.0 - level);
          if (!(got == want)) {
            CAPTURE(population, n, x, level, got.lower, got.upper, want.lower, want.upper);
            FAIL("other limits");
          }
        }
  SUCCEED("all the same");
}

TEST_CASE("blaker limits lie inside the equal-tailed ones, whatever the size of the queue", "[law][interval]") {
  for (const std::int64_t population : {std::int64_t{400}, std::int64_t{12'190}, std::int64_t{3'000'000'000}})
    for (std::int64_t x = 0; x <= 400; x += 8) {
      const CountInterval inner = hypergeometric_blaker(Trials{x, 400}, population, Confidence{0.95});
      const CountInterval outer = hypergeometric(Trials{x, 400}, population, Confidence{0.95});
      const CountInterval mirror = hypergeometric_blaker(Trials{400 - x, 400}, population, Confidence{0.95});
      const CountInterval wider = hypergeometric_blaker(Trials{x, 400}, population, Confidence{0.99});
      CAPTURE(population, x);
      CHECK(outer.lower <= inner.lower);
      CHECK(inner.upper <= outer.upper);
      CHECK(inner.lower == population - mirror.upper);
      CHECK(wider.lower <= inner.lower);
      CHECK(inner.upper <= wider.upper);
    }
}

TEST_CASE("blaker limits of nothing and of everything", "[interval]") {
  CHECK(hypergeometric_blaker(Trials{0, 0}, 20, Confidence{0.95}) == CountInterval{0, 20});
  CHECK(hypergeometric_blaker(Trials{7, 20}, 20, Confidence{0.95}) == CountInterval{7, 7});
}

TEST_CASE("blaker limits refuse a population that cannot hold the trials", "[errors][interval]") {
  CHECK(test::message_of<InputError>([] { (void)hypergeometric_blaker(Trials{2, 5}, 4, Confidence{0.95}); }) ==
        "wanted a population of at least the 5 trials, got 4");
}

TEST_CASE("blaker limits for a queue never cross, however low the confidence", "[interval]") {
  for (const double level : {1e-12, 1e-3, 0.2})
    for (const std::int64_t x : {0, 1, 333, 998, 999}) {
      const CountInterval got = hypergeometric_blaker(Trials{x, 999}, 1000, Confidence{level});
      CAPTURE(level, x);
      CHECK(got.lower <= got.upper);
    }
}
