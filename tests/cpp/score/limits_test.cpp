#include <assay/score/limits.hpp>
#include <assay_test.hpp>

#include "scores.hpp"

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

/// Decisions with verdicts: so many of each, over strata named by a column.
struct Drawn {
  test::Words decision{}, verdict{}, stratum{};
  test::Numbers weight{};

  Drawn& add(std::size_t times, const std::string& d, const std::string& v, const std::string& h, double w = 1.0) {
    decision.insert(decision.end(), times, d);
    verdict.insert(verdict.end(), times, v);
    stratum.insert(stratum.end(), times, h);
    weight.insert(weight.end(), times, w);
    return *this;
  }
  [[nodiscard]] std::vector<test::Column> columns() const {
    return {{"d", decision}, {"v", verdict}, {"h", stratum}, {"w", weight}};
  }
};

Score scored(const Drawn& drawn, const std::string& metric, const std::string& by,
             const std::map<std::vector<std::string>, double>& populations, About about = About::queue) {
  TallySpec spec = test::judged_spec({{}}, {by});
  return test::result_of(spec, drawn.columns(), {{metric}, {{}}, about}, {{}, populations, {}}).scored.scores.front();
}

Score weighed(const Drawn& drawn, const std::string& metric) {
  TallySpec spec = test::judged_spec();
  spec.weight = "w";
  return test::result_of(spec, drawn.columns(), {{metric}, {{}}, About::process}).scored.scores.front();
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

TEST_CASE("several strata have the limits of their weighted errors, whatever was found", "[score][interval]") {
  for (const std::size_t errors : {0U, 1U, 7U}) {
    Drawn drawn;
    drawn.add(40, "allow", "allow", "a").add(20 - errors, "allow", "allow", "b").add(errors, "allow", "remove", "b");
    const Score score = scored(drawn, "accuracy", "h", {{{"a"}, 1000.0}, {{"b"}, 3000.0}}, About::process);
    const double each = 150.0 / 4000.0, share = static_cast<double>(errors) * each;
    const Interval wrong = weighted_beta({share, share * each, each}, Confidence{0.95});
    CHECK(score.method == "weighted beta");
    CHECK(score.limits.lower == Approx(1.0 - wrong.upper).epsilon(1e-12));
    CHECK(score.limits.upper == Approx(1.0 - wrong.lower).epsilon(1e-12));
    const Score here = scored(drawn, "accuracy", "h", {{{"a"}, 1000.0}, {{"b"}, 3000.0}});
    CHECK(here.method == "weighted beta");
    CHECK(here.limits.lower > score.limits.lower);
  }
}

TEST_CASE("strata that were audited whole leave nothing open", "[score][interval]") {
  Drawn drawn;
  drawn.add(40, "allow", "allow", "a").add(18, "allow", "allow", "b").add(2, "allow", "remove", "b");
  const Score score = scored(drawn, "accuracy", "h", {{{"a"}, 40.0}, {{"b"}, 20.0}});
  CHECK(score.method == "census");
  CHECK(score.limits.lower == Approx(58.0 / 60.0).epsilon(1e-14));
  CHECK(score.limits.upper == Approx(58.0 / 60.0).epsilon(1e-14));
}

TEST_CASE("recall over strata hangs on its two totals", "[score][interval]") {
  // 190 of 200 acted on rightly, 2 leaks among 200 let stand; 10 % of the queue was acted on
  Drawn drawn;
  drawn.add(190, "remove", "remove", "x").add(10, "remove", "allow", "x");
  drawn.add(198, "allow", "allow", "y").add(2, "allow", "remove", "y");
  const std::map<std::vector<std::string>, double> held{{{"allow"}, 90'000.0}, {{"remove"}, 10'000.0}};
  const Score score = scored(drawn, "recall", "d", held, About::process);
  CHECK(score.method == "ratio of totals");
  const double light = 0.1 / 200, heavy = 0.9 / 200;
  const Interval hits = weighted_gamma({190 * light, 190 * light * light, light}, Confidence{0.95});
  const Interval leaks = weighted_gamma({2 * heavy, 2 * heavy * heavy, heavy}, Confidence{0.95});
  const Interval expected = share_of_totals(190 * light, hits, 2 * heavy, leaks);
  CHECK(*score.estimate == Approx(0.095 / 0.104));
  CHECK(score.limits.lower == Approx(expected.lower).epsilon(1e-9));
  CHECK(score.limits.upper == Approx(expected.upper).epsilon(1e-9));
  const Score missed = scored(drawn, "false_negative_rate", "d", held, About::process);
  CHECK(missed.limits.lower == Approx(1.0 - expected.upper).epsilon(1e-9));
  CHECK(missed.limits.upper == Approx(1.0 - expected.lower).epsilon(1e-9));
}

TEST_CASE("where strata hold one decision each, what they cannot hold does not count", "[score][interval]") {
  Drawn drawn;
  drawn.add(100, "remove", "remove", "x").add(100, "allow", "allow", "y");
  const std::map<std::vector<std::string>, double> held{{{"allow"}, 90'000.0}, {{"remove"}, 10'000.0}};
  // No over-enforcement among 100 of the tenth that was acted on: the other nine tenths cannot hold any.
  const Score over = scored(drawn, "over_enforcement", "d", held, About::process);
  const Interval light = weighted_beta({0.0, 0.0, 0.1 / 100}, Confidence{0.95});
  CHECK(over.limits.upper == Approx(light.upper).epsilon(1e-12));
  const Score leaks = scored(drawn, "leakage", "d", held, About::process);
  CHECK(leaks.limits.upper > 5.0 * over.limits.upper);
  // Other strata may hold anything.
  CHECK(scored(drawn, "over_enforcement", "h", {{{"y"}, 90'000.0}, {{"x"}, 10'000.0}}, About::process).limits.upper ==
        Approx(leaks.limits.upper).epsilon(1e-12));
  // Precision is the share of one stratum, whose size is known.
  const Score precision = scored(drawn, "precision", "d", held);
  CHECK(precision.method == "hypergeometric");
  CHECK(precision.limits.lower == Approx(hypergeometric({100, 100}, 10'000, Confidence{0.95}).shares_of(10'000).lower));
}

TEST_CASE("weights of rows: no error among light cases does not speak for the heavy", "[score][interval]") {
  // By decision, 180 light and 20 heavy cases without an error
  Drawn drawn;
  drawn.add(180, "remove", "remove", "x", 0.05).add(20, "allow", "allow", "x", 0.95);
  const Score score = weighed(drawn, "accuracy");
  CHECK(score.method == "weighted beta");
  CHECK(score.limits.lower < 0.92);
  CHECK(score.limits.upper == 1.0);
  // Over-enforcement can only be among the light ones.
  CHECK(weighed(drawn, "leakage").limits.upper == Approx(1.0 - score.limits.lower).epsilon(1e-12));
  CHECK(weighed(drawn, "over_enforcement").limits.upper < 0.01);
  CHECK(weighed(drawn, "recall").method == "ratio of totals");
  // Weights that differ within an outcome hide the heaviest: Kish's size stands in, and a whole case is allowed for.
  drawn.add(20, "allow", "allow", "x", 0.05);
  const double all = 180 * 0.05 + 20 * 0.95 + 20 * 0.05, biased = (20 * 0.95 * 0.95 + 20 * 0.05 * 0.05) / (20.0 * 1.0);
  const Interval wrong = weighted_beta({0.0, 0.0, biased / all}, Confidence{0.95}, {0.55, 1.0});
  CHECK(weighed(drawn, "accuracy").method == "weighted beta");
  CHECK(weighed(drawn, "accuracy").limits.lower == Approx(1.0 - wrong.upper).epsilon(1e-9));
  CHECK(weighed(drawn, "recall").method == "ratio of totals");
  CHECK(weighed(drawn, "recall").limits.lower < 0.95);
}
