#include <assay/interval/hypergeometric.hpp>

#include "scores.hpp"

using namespace assay;
using assay::test::Column;
using assay::test::Numbers;
using assay::test::Words;

namespace {

std::vector<Column> rows(std::size_t begin, std::size_t end) {
  const Words labels{"remove", "spam", "allow", "age gate"};
  Words q, s, d, v;
  Numbers w;
  for (std::size_t i = begin; i < end; ++i) {
    const std::size_t mixed = i * 2654435761U % 1000003U;
    q.push_back("q" + std::to_string(mixed % 5));
    s.push_back("s" + std::to_string(mixed / 7 % 3));
    d.push_back(labels[mixed / 11 % 4]);
    v.push_back(mixed / 13 % 10 < 8 ? d.back() : labels[mixed / 17 % 4]);
    w.push_back(0.01 + static_cast<double>(mixed % 97) / 3.0);
  }
  return {{"q", q}, {"s", s}, {"d", d}, {"v", v}, {"w", w}};
}

const Words four{"accuracy", "over_enforcement", "leakage", "wrong_label"};

bool same(const Score& a, const Score& b) {
  return a.estimate == b.estimate && a.standard_error == b.standard_error && a.limits.lower == b.limits.lower &&
         a.limits.upper == b.limits.upper && a.n == b.n && a.n_effective == b.n_effective && a.method == b.method &&
         a.numerator == b.numerator && a.denominator == b.denominator;
}

}  // namespace

TEST_CASE("four shares add up to one in every slice", "[law][score]") {
  for (const bool weighted : {false, true}) {
    TallySpec spec = test::judged_spec({{}, {"q"}, {"s"}, {"q", "s"}});
    if (weighted) spec.weight = "w";
    const ScoreResult result = test::result_of(spec, rows(0, 400), {four, spec.groupings});
    CHECK(result.scored.scores.size() == 4 * (1 + 5 + 3 + 15));
    for (std::size_t i = 0; i < result.scored.scores.size(); i += 4) {
      double total = 0.0;
      for (std::size_t k = 0; k < 4; ++k) total += result.scored.scores[i + k].estimate.value();
      CHECK(total == Approx(1.0).epsilon(1e-13));
    }
  }
}

TEST_CASE("scores of a tally split in any way are the one-shot scores bit for bit", "[law][score]") {
  TallySpec spec = test::judged_spec({{}, {"q", "s"}});
  spec.weight = "w";
  const ScoreOptions options{four, spec.groupings};
  const ScoreResult whole = test::result_of(spec, rows(0, 999), options);
  for (const auto& cuts : std::vector<std::vector<std::size_t>>{{0, 1, 999}, {0, 500, 501, 999}, {0, 333, 666, 999}}) {
    Tally merged;
    for (std::size_t i = cuts.size() - 1; i > 0; --i)
      merged.merge(test::tally_of(spec, rows(cuts[i - 1], cuts[i]), static_cast<unsigned>(i)));
    const Scored parts = score(merged, design_of(merged, {}), options);
    REQUIRE(parts.scores.size() == whole.scored.scores.size());
    for (std::size_t i = 0; i < parts.scores.size(); ++i) CHECK(same(parts.scores[i], whole.scored.scores[i]));
  }
}

TEST_CASE("the method follows from the design, whatever was found", "[score]") {
  const PopulationSizes held{1000.0, {}, {}};
  for (const std::size_t right : {0U, 37U, 50U}) {
    const auto one = [&](const PopulationSizes& population, About about) {
      return test::result_of(test::judged_spec(), test::upheld(right, 50), {{"accuracy"}, {{}}, about}, population)
          .scored.scores.front();
    };
    const Trials trials{static_cast<std::int64_t>(right), 50};
    const Interval plain = wilson(trials, Confidence{0.95});
    CHECK(one({}, About::queue).method == "wilson");
    CHECK(one({}, About::queue).limits.lower == plain.lower);
    CHECK(one(held, About::process).method == "wilson");
    CHECK(one(held, About::process).limits.upper == plain.upper);
    const Score exact = one(held, About::queue);
    const Interval limits = hypergeometric(trials, 1000, Confidence{0.95}).shares_of(1000);
    CHECK(exact.method == "hypergeometric");
    CHECK(exact.limits.lower == limits.lower);
    CHECK(exact.limits.upper == limits.upper);
    CHECK(exact.process_limits.lower == plain.lower);
    const Score census = one({50.0, {}, {}}, About::queue);
    CHECK(census.method == "census");
    CHECK(census.standard_error == 0.0);
    CHECK(census.limits.width() == 0.0);
  }
}

TEST_CASE("exact limits of a drawn queue keep their level at every truth", "[law][score]") {
  // Every outcome of auditing 12 of 30 cases, for every number of right ones: coverage by enumeration.
  std::vector<Interval> limits;
  for (std::size_t right = 0; right <= 12; ++right)
    limits.push_back(
        test::result_of(test::judged_spec(), test::upheld(right, 12), {}, {30.0, {}, {}}).scored.scores.front().limits);
  const auto choose = [](int n, int k) {
    return k < 0 || k > n ? 0.0 : std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1));
  };
  for (int truth = 0; truth <= 30; ++truth) {
    double covered = 0.0;
    for (int right = 0; right <= 12; ++right) {
      const double share = truth / 30.0;
      if (limits[static_cast<std::size_t>(right)].lower <= share + 1e-12 &&
          share <= limits[static_cast<std::size_t>(right)].upper + 1e-12)
        covered += choose(truth, right) * choose(30 - truth, 12 - right) / choose(30, 12);
    }
    CHECK(covered >= 0.95 - 1e-9);
  }
}

TEST_CASE("a slice without audits has no estimate, one audit has an answer", "[score]") {
  const ScoreResult none = test::result_of(test::judged_spec(), test::upheld(3, 5), {{"precision"}, {{}}});
  const Score& empty = none.scored.scores.front();
  CHECK_FALSE(empty.estimate);
  CHECK(empty.method == "no audits");
  CHECK(empty.limits.lower == 0.0);
  CHECK(empty.limits.upper == 1.0);
  const Score one = test::result_of(test::judged_spec(), test::upheld(1, 1)).scored.scores.front();
  CHECK(one.estimate == 1.0);
  CHECK(one.n == 1);
  CHECK(one.limits.upper == 1.0);
  CHECK(one.limits.lower == wilson(Trials{1, 1}, Confidence{0.95}).lower);
}

TEST_CASE("a tally without rows is refused, and so are unknown verdicts and groupings", "[score]") {
  const Tally empty{test::judged_spec()};
  CHECK(test::contains(test::message_of<InputError>([&] { (void)score(empty, design_of(empty, {}), {}); }), "no rows"));
  const Tally tally = test::tally_of(test::judged_spec(), {{"d", Words{"allow"}}, {"v", Words{"alow"}}});
  CHECK(test::contains(test::message_of<InputError>([&] { (void)score(tally, design_of(tally, {}), {}); }), "'alow'"));
  const Tally good = test::tally_of(test::judged_spec(), test::upheld(1, 2));
  const ScoreOptions other{{"accuracy"}, {{"q"}}};
  CHECK(test::contains(test::message_of<InputError>([&] { (void)score(good, design_of(good, {}), other); }), "'q'"));
}
