#include <assay/score/limits.hpp>
#include <assay_test.hpp>

using namespace assay;
using Catch::Approx;

namespace {

/// `hits` of `n` audited in one stratum of `population`, all of it in the denominator.
detail::SliceEvidence one_stratum(std::int64_t hits, std::int64_t n, double population) {
  detail::SliceEvidence evidence;
  const auto y = static_cast<double>(hits);
  const auto x = static_cast<double>(n);
  const double w = population / x;
  evidence.groups.push_back({x, x, {w * y, population, w * w * y, w * w * y, w * population}});
  evidence.strata.push_back({population, x, evidence.groups});
  evidence.sizes = {population};
  evidence.n = n;
  evidence.hits = hits;
  evidence.denominator_population = population;
  return evidence;
}

Score limited(const detail::SliceEvidence& evidence, const ScoreOptions& options) {
  Score score;
  score.n = evidence.n;
  score.n_effective = static_cast<double>(evidence.n);
  score.degrees_of_freedom = score.n_effective - 1.0;
  detail::share_limits(score, evidence, ratio_of(evidence.strata), options);
  return score;
}

}  // namespace

TEST_CASE("the finite factor is the share of each stratum that was not audited", "[score][interval]") {
  const detail::SliceEvidence half = one_stratum(10, 50, 100.0);
  CHECK(detail::finite_factor(half.strata) == Approx(0.5));
  const detail::SliceEvidence all = one_stratum(10, 50, 50.0);
  CHECK(detail::finite_factor(all.strata) == 0.0);
  CHECK(detail::finite_factor({}) == 1.0);
}

TEST_CASE("one stratum of known size has exact limits, and a census has none to speak of", "[score][interval]") {
  const Score exact = limited(one_stratum(45, 50, 200.0), {});
  const CountInterval count = hypergeometric({45, 50}, 200, Confidence{0.95});
  CHECK(exact.method == "hypergeometric");
  CHECK(exact.limits.lower == static_cast<double>(count.lower) / 200.0);
  CHECK(exact.limits.upper == static_cast<double>(count.upper) / 200.0);
  const Score census = limited(one_stratum(45, 50, 50.0), {});
  CHECK(census.method == "census");
  CHECK(census.limits.lower == 0.9);
  CHECK(census.limits.upper == 0.9);
}

TEST_CASE("a process has Wilson's limits, at the confidence asked for", "[score][interval]") {
  ScoreOptions options;
  options.about = About::process;
  options.confidence = Confidence{0.8};
  const Score score = limited(one_stratum(45, 50, 200.0), options);
  const Interval expected = wilson(Trials{45, 50}, Confidence{0.8});
  CHECK(score.method == "wilson");
  CHECK(score.limits.lower == expected.lower);
  CHECK(score.limits.upper == expected.upper);
}

TEST_CASE("a ratio's limits are its standard error either way", "[score][interval]") {
  Score score;
  score.degrees_of_freedom = 10.0;
  const Estimate estimate{3.0, 0.25, 1.0};
  detail::ratio_limits(score, estimate, {});
  // t of 10 degrees of freedom at 0.975 is 2.228139 in any table.
  CHECK(score.limits.lower == Approx(3.0 - 0.5 * 2.228139).epsilon(1e-6));
  CHECK(score.process_limits.upper == Approx(3.0 + 2.228139).epsilon(1e-6));
  CHECK(score.method == "linearised");
}
