#include <assay/score/sample.hpp>

#include "scores.hpp"

using namespace assay;
using assay::test::Column;
using assay::test::message_of;
using assay::test::Wholes;
using assay::test::Words;

namespace {

SampleSpec spec_of() {
  SampleSpec spec;
  spec.case_id = "id";
  spec.decision = "d";
  spec.verdict = "v";
  spec.groupings = {{}};
  spec.labels = Labels{{"remove", "spam"}, {}, {"skip"}};
  return spec;
}

std::vector<Column> sample() {
  return {{"id", Wholes{1, 2, 3, 4, 5, 6}},
          {"d", Words{"remove", "allow", "allow", "spam", "allow", "remove"}},
          {"queue", Words{"x", "x", "x", "y", "y", "y"}},
          {"stratum", Words{"x", "x", "x", "y", "y", "y"}},
          {"stratum_population", Wholes{30, 30, 30, 6, 6, 6}},
          {"stratum_size", Wholes{3, 3, 3, 3, 3, 3}}};
}

std::vector<Column> audits(const Wholes& ids, const Words& verdicts) { return {{"id", ids}, {"v", verdicts}}; }

AuditedSample joined(const SampleSpec& spec, const std::vector<Column>& drawn, const std::vector<Column>& found) {
  io::Stream one = test::stream_of(drawn);
  io::Stream other = test::stream_of(found);
  return join(spec, one, other);
}

std::string refusal(const SampleSpec& spec, const std::vector<Column>& drawn, const std::vector<Column>& found) {
  return message_of<InputError>([&] { (void)joined(spec, drawn, found); });
}

std::vector<Column> with(std::vector<Column> columns, const std::string& name, const decltype(Column::second)& values) {
  for (auto& column : columns)
    if (column.first == name) column.second = values;
  return columns;
}

const Wholes all{1, 2, 3, 4, 5, 6};
const Words verdicts{"remove", "allow", "remove", "spam", "allow", "spam"};

}  // namespace

TEST_CASE("a complete join is measured, case ids meet as text", "[score]") {
  const AuditedSample found = joined(spec_of(), sample(),
                                     {{"id", Words{"6", "5", "4", "3", "2", "1"}},
                                      {"v", Words{"spam", "allow", "spam", "remove", "allow", "remove"}}});
  CHECK(found.drawn == 6);
  CHECK(found.answered == 6);
  CHECK_FALSE(found.design.modelled);
  CHECK(found.design.words == "stratified simple random");
  CHECK(found.tally.rows() == 6);
  const Scored scored = score(found.tally, found.design, {{"accuracy", "leakage", "wrong_label"}, {{}}});
  // x: 2 of 3 right, weight 10 each; y: 2 of 3 right, weight 2 each.
  CHECK(scored.scores[0].estimate.value() == Approx(2.0 / 3.0));
  CHECK(scored.scores[1].estimate.value() == Approx(10.0 / 36.0));
  CHECK(scored.scores[2].estimate.value() == Approx(2.0 / 36.0));
  CHECK(found.cases->weights == std::vector<double>{10, 10, 10, 2, 2, 2});
}

TEST_CASE("audits that did not come back are answered for within stratum and decision", "[score]") {
  const AuditedSample found =
      joined(spec_of(), sample(), audits({1, 3, 4, 5, 6}, {"remove", "remove", "spam", "allow", "spam"}));
  CHECK(found.design.modelled);
  CHECK(found.answered == 5);
  CHECK(found.design.response_rate == Approx(5.0 / 6.0));
  const Score score_ = score(found.tally, found.design, {}).scores.front();
  // x: removal right (10), both approvals answered for by the one that was wrong (20); y: 2 of 3 right.
  CHECK(score_.estimate.value() == Approx((10.0 + 4.0) / 36.0));
  CHECK(score_.response_rate == Approx(5.0 / 6.0));
  CHECK(score_.worst_case.lower == Approx(14.0 / 36.0));
  CHECK(score_.worst_case.upper == Approx(24.0 / 36.0));
  CHECK(found.cases->weights == std::vector<double>{10, 0, 20, 2, 2, 2});
  const AuditedSample silent = joined(spec_of(), sample(), audits({4, 5, 6}, {"spam", "allow", "spam"}));
  CHECK_FALSE(score(silent.tally, silent.design, {}).scores.front().estimate);
  CHECK(score(silent.tally, silent.design, {}).scores.front().method == "a stratum has no audits");
}

TEST_CASE("an undecided verdict answers nothing", "[score]") {
  const AuditedSample found =
      joined(spec_of(), sample(), audits(all, {"remove", "skip", "remove", "spam", "allow", "spam"}));
  CHECK(found.design.modelled);
  CHECK(found.answered == 5);
}

TEST_CASE("excluded cases are neither scored nor waited for", "[score]") {
  SampleSpec spec = spec_of();
  spec.exclude = "out";
  std::vector<Column> drawn = sample();
  drawn.emplace_back("out", Wholes{0, 1, 0, 0, 0, 0});
  const AuditedSample found =
      joined(spec, drawn, audits({1, 3, 4, 5, 6}, {"remove", "remove", "spam", "allow", "spam"}));
  CHECK_FALSE(found.design.modelled);
  CHECK(found.excluded == 1);
  CHECK(found.drawn == 5);
  CHECK(score(found.tally, found.design, {}).scores.front().estimate.value() == Approx((10.0 + 4.0) / 26.0));
}

TEST_CASE("correct= instead of verdicts", "[score]") {
  SampleSpec spec = spec_of();
  spec.verdict.clear();
  spec.correct = "ok";
  const AuditedSample found = joined(spec, sample(), {{"id", all}, {"ok", Wholes{1, 1, 0, 1, 1, 0}}});
  CHECK(score(found.tally, found.design, {}).scores.front().estimate.value() == Approx(2.0 / 3.0));
}

TEST_CASE("what a join cannot take is refused with its place", "[score]") {
  const SampleSpec spec = spec_of();
  const auto good = audits(all, verdicts);
  SampleSpec neither = spec;
  neither.verdict.clear();
  CHECK(test::contains(refusal(neither, sample(), good), "neither"));
  neither.verdict = "v";
  neither.correct = "v";
  CHECK(test::contains(refusal(neither, sample(), good), "both"));
  CHECK(test::contains(refusal(spec, sample(), audits({1, 9}, {"allow", "allow"})),
                       "case '9', which is not in the sample"));
  CHECK(test::contains(refusal(spec, sample(), audits({1, 1}, {"allow", "allow"})), "a second audit of case '1'"));
  CHECK(test::contains(refusal(spec, sample(), audits({1}, {"alow"})), "got 'alow'"));
  CHECK(test::contains(refusal(spec, with(sample(), "id", Wholes{1, 1, 3, 4, 5, 6}), good), "each case once"));
  CHECK(test::contains(
      refusal(spec, with(sample(), "d", Words{"skip", "allow", "allow", "spam", "allow", "remove"}), good),
      "decided cases in the sample"));
  CHECK(test::contains(refusal(spec, with(sample(), "stratum_size", Wholes{4, 4, 4, 3, 3, 3}), good),
                       "all 4 drawn cases"));
  CHECK(test::contains(refusal(spec, with(sample(), "stratum_size", Wholes{3, 3, 3, 7, 7, 7}), good), "at most its"));
  CHECK(test::contains(refusal(spec, with(sample(), "stratum_population", Wholes{30, 31, 30, 6, 6, 6}), good),
                       "one stratum_population"));
  CHECK(test::contains(refusal(spec, with(sample(), "stratum_population", Wholes{0, 30, 30, 6, 6, 6}), good),
                       "whole number of cases"));
  auto bare = sample();
  bare.pop_back();
  CHECK(test::contains(refusal(spec, bare, good), "without 'stratum_size'"));
  SampleSpec both = spec;
  both.by = {"queue"};
  both.groupings = {{"queue"}};
  auto doubled = good;
  doubled.emplace_back("queue", verdicts);
  CHECK(test::contains(refusal(both, sample(), doubled), "one in each"));
}
