#include <algorithm>
#include <assay/interval/discrete.hpp>
#include <assay/interval/share_of_totals.hpp>
#include <assay/interval/weighted_beta.hpp>
#include <assay/interval/wilson.hpp>
#include <assay_test.hpp>
#include <cmath>
#include <vector>

using namespace assay;
using assay::test::message_of;

namespace {

/// Recall from two strata by decision: acted on (a part of the queue) and let stand.
double recall_coverage(std::int64_t n, std::int64_t m, double acted, double precision, double leaking) {
  const double light = acted / static_cast<double>(n), heavy = (1.0 - acted) / static_cast<double>(m);
  const auto limits = [](std::int64_t most, double weight) {
    std::vector<Interval> out;
    for (std::int64_t x = 0; x <= most; ++x) {
      const double share = std::min(1.0, static_cast<double>(x) * weight);
      out.push_back(weighted_beta({share, static_cast<double>(x) * weight * weight, weight}, Confidence{0.95}));
    }
    return out;
  };
  const auto of_hits = limits(n, light), of_misses = limits(m, heavy);
  const double hit = acted * precision, missed = (1.0 - acted) * leaking, truth = hit / (hit + missed);
  double covered = 0.0;
  for (std::int64_t x = 0; x <= n; ++x)
    for (std::int64_t y = 0; y <= m; ++y) {
      const auto i = static_cast<std::size_t>(x), j = static_cast<std::size_t>(y);
      const Interval got = share_of_totals(std::min(1.0, static_cast<double>(x) * light), of_hits[i],
                                           std::min(1.0, static_cast<double>(y) * heavy), of_misses[j]);
      if (got.contains(truth))
        covered += detail::binomial_chance(static_cast<double>(x), static_cast<double>(n), precision, 1.0 - precision) *
                   detail::binomial_chance(static_cast<double>(y), static_cast<double>(m), leaking, 1.0 - leaking);
    }
  return covered;
}

}  // namespace

TEST_CASE("recall under unequal weights is covered, by enumeration", "[law][interval]") {
  // 400 audits split by decision, where Wilson on the effective size covers .82
  double sum = 0.0, least = 1.0;
  int cells = 0;
  for (const double acted : {0.05, 0.1, 0.3})
    for (const double precision : {0.8, 0.95})
      for (const double leaking : {0.005, 0.01, 0.05, 0.2}) {
        const double covered = recall_coverage(100, 100, acted, precision, leaking);
        sum += covered, least = std::min(least, covered), ++cells;
      }
  CAPTURE(sum / cells, least);
  CHECK(least >= 0.93);
  CHECK(sum / cells <= 0.99);
  CHECK(recall_coverage(200, 200, 0.1, 0.95, 0.01) >= 0.94);
}

TEST_CASE("the two limits solve their equation", "[golden][interval]") {
  const Interval a{2.0, 7.0}, b{0.5, 3.0};
  const Interval got = share_of_totals(4.0, a, 1.0, b);
  const double s = got.lower, u = got.upper;
  CHECK((1.0 - s) * 4.0 - s * 1.0 == Approx(std::hypot((1.0 - s) * 2.0, s * 2.0)).epsilon(1e-12));
  CHECK(u * 1.0 - (1.0 - u) * 4.0 == Approx(std::hypot((1.0 - u) * 3.0, u * 0.5)).epsilon(1e-12));
  CHECK(got.contains(0.8));
}

TEST_CASE("swapping the totals mirrors the limits, a unit changes nothing", "[law][interval]") {
  const Interval got = share_of_totals(4.0, {2.0, 7.0}, 1.0, {0.5, 3.0});
  const Interval mirror = share_of_totals(1.0, {0.5, 3.0}, 4.0, {2.0, 7.0});
  const Interval scaled = share_of_totals(400.0, {200.0, 700.0}, 100.0, {50.0, 300.0});
  CHECK(got.lower == Approx(1.0 - mirror.upper).epsilon(1e-13));
  CHECK(got.upper == Approx(1.0 - mirror.lower).epsilon(1e-13));
  CHECK(got.lower == Approx(scaled.lower).epsilon(1e-13));
}

TEST_CASE("none of one total leaves its side open to what the limits say", "[interval]") {
  const Interval all = share_of_totals(5.0, {3.0, 8.0}, 0.0, {0.0, 1.0});
  CHECK(all.upper == 1.0);
  CHECK(all.lower < 0.9);
  CHECK(all.lower > 0.7);
  const Interval none = share_of_totals(0.0, {0.0, 1.0}, 5.0, {3.0, 8.0});
  CHECK(none.lower == 0.0);
  CHECK(none.upper == Approx(1.0 - all.lower));
  CHECK(share_of_totals(0.0, {0.0, 1.0}, 0.0, {0.0, 1.0}) == Interval{0.0, 1.0});
  CHECK(share_of_totals(3.0, {3.0, 3.0}, 1.0, {1.0, 1.0}) == Interval{0.75, 0.75});
}

TEST_CASE("totals outside their limits are refused", "[errors][interval]") {
  const auto said = [](double a, Interval limits) {
    return message_of<InputError>([&] { (void)share_of_totals(a, limits, 1.0, {0.5, 2.0}); });
  };
  CHECK(said(-1.0, {0.0, 1.0}) == "wanted totals of 0 or more within their limits, got -1 and [0, 1]");
  CHECK(said(2.0, {0.0, 1.0}) == "wanted totals of 0 or more within their limits, got 2 and [0, 1]");
  CHECK_THROWS_AS(share_of_totals(std::nan(""), {0.0, 1.0}, 1.0, {0.5, 2.0}), InputError);
  CHECK_THROWS_AS(share_of_totals(1.0, {0.5, 2.0}, 1.0, {-0.5, 2.0}), InputError);
}
