#include "scores.hpp"

#include <assay/score/shrunk_scores.hpp>

using namespace assay;
using assay::test::message_of;
using assay::test::Words;

namespace {

struct Group {
  std::string name;
  std::size_t right;
  std::size_t n;
};

/// Decisions "allow" of several reviewers, some of which should have been "remove".
std::vector<test::Column> audited(const std::vector<Group>& groups, const std::vector<double>& weights = {}) {
  Words reviewers;
  Words verdicts;
  test::Numbers weight;
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (std::size_t i = 0; i < groups[g].n; ++i) {
      reviewers.push_back(groups[g].name);
      verdicts.emplace_back(i < groups[g].right ? "allow" : "remove");
      if (!weights.empty()) weight.push_back(weights[(g + i) % weights.size()]);
    }
  const std::size_t n = reviewers.size();
  std::vector<test::Column> out{{"r", reviewers}, {"d", Words(n, "allow")}, {"v", verdicts}};
  if (!weights.empty()) out.emplace_back("w", weight);
  return out;
}

ScoreResult scores(const std::vector<test::Column>& columns, const Words& metrics = {"accuracy"},
                   bool weighted = false) {
  TallySpec spec = test::judged_spec({{"r"}, {}});
  if (weighted) spec.weight = "w";
  return test::result_of(spec, columns, {metrics, {{"r"}, {}}, About::queue, Confidence{0.95}});
}

const std::vector<Group> four{{"ann", 18, 20}, {"ben", 5, 8}, {"cid", 190, 200}, {"dot", 40, 40}};

}  // namespace

TEST_CASE("audits that weigh alike are counts; the answers are those of the counts", "[score]") {
  const ScoreResult result = scores(audited(four));
  const auto got = shrink(result, 0, 0, ShrinkModel::by_design);
  const auto own = shrunk_rates(std::vector<Trials>{{18, 20}, {5, 8}, {190, 200}, {40, 40}}, Confidence{0.95});
  REQUIRE(got.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(got[i].method == "beta-binomial");
    CHECK(got[i].estimate == Approx(own[i].estimate).epsilon(1e-12));
    CHECK(got[i].limits == own[i].limits);
    CHECK(got[i].raw.value() == Approx(own[i].raw));
    CHECK(got[i].overall == got[0].overall);
  }
}

TEST_CASE("unequal weights take the design's variances, and counts are then refused", "[score]") {
  const ScoreResult result = scores(audited(four, {1.0, 3.0}), {"accuracy"}, true);
  for (const ShrunkScore& slice : shrink(result, 0, 0, ShrinkModel::by_design)) {
    CHECK(slice.method == "fay-herriot");
    CHECK(slice.limits.contains(slice.estimate));
  }
  CHECK(message_of<InputError>([&] {
          (void)shrink(result, 0, 0, ShrinkModel::beta_binomial);
        }).starts_with("wanted audits that all weigh alike for model=\"beta_binomial\""));
}

TEST_CASE("whether rates are counts is a matter of the design, never of what was found", "[score]") {
  // A judge's help makes every score an adjusted one, also where it happens to be no error in n, or a whole number.
  for (const double estimate : {1.0, 0.5, 0.9731}) {
    INFO(estimate);
    ScoreResult judged = scores(audited(four));
    judged.judged = true;
    for (Score& score : judged.scored.scores) score.estimate = estimate;
    CHECK(shrink(judged, 0, 0, ShrinkModel::by_design).front().method == "fay-herriot");
    CHECK(message_of<InputError>([&] {
            (void)shrink(judged, 0, 0, ShrinkModel::beta_binomial);
          }).find("one a judge helped with") != std::string::npos);
  }
  // Weights that are all alike change nothing; those that are not do, with errors and without.
  for (const std::vector<Group>& groups : {four, std::vector<Group>{{"ann", 20, 20}, {"ben", 8, 8}}}) {
    CHECK(scores(audited(groups, {2.0}), {"accuracy"}, true).scored.scores.front().plain_count);
    CHECK_FALSE(scores(audited(groups, {1.0, 3.0}), {"accuracy"}, true).scored.scores.front().plain_count);
  }
}

TEST_CASE("the model may be chosen", "[score]") {
  const ScoreResult result = scores(audited(four));
  CHECK(shrink(result, 0, 0, ShrinkModel::fay_herriot).front().method == "fay-herriot");
  CHECK(shrink(result, 0, 0, ShrinkModel::beta_binomial).front().method == "beta-binomial");
}

TEST_CASE("a grouping of one slice stays as it is", "[score]") {
  const auto got = shrink(scores(audited({{"ann", 18, 20}})), 0, 0, ShrinkModel::by_design);
  REQUIRE(got.size() == 1);
  CHECK(got[0].estimate == Approx(0.9));
  CHECK(got[0].shrinkage == 0.0);
  CHECK(got[0].limits == got[0].raw_limits);
  CHECK(got[0].method == "own audits (one slice)");
}

TEST_CASE("the table names slices, metric, both estimates and what all have in common", "[score]") {
  const ScoreResult result = scores(audited(four));
  const io::Table table = table_of(result, shrink(result, 0, 0, ShrinkModel::by_design));
  CHECK(table.rows() == 4);
  for (const char* name : {"r", "metric", "raw_estimate", "raw_lower", "raw_upper", "estimate", "lower", "upper",
                           "shrinkage", "overall", "n", "method", "basis"})
    CHECK(table.find(name) != nullptr);
}

TEST_CASE("nothing audited, or a ratio that is no share, is refused", "[refusal][score]") {
  // No decision was violating, so precision has no audits to speak for it.
  const ScoreResult none = scores(audited(four), {"precision"});
  CHECK(message_of<InputError>([&] { (void)shrink(none, 0, 0, ShrinkModel::by_design); }) ==
        "wanted at least one slice with audits that answer 'precision', got none");
  ScoreResult ratio = scores(audited(four));
  for (Score& score : ratio.scored.scores) score.share = false;
  CHECK(message_of<InputError>([&] {
          (void)shrink(ratio, 0, 0, ShrinkModel::by_design);
        }).starts_with("wanted metrics that are shares, got 'accuracy', a ratio of any size"));
}
