// Scores with a judge, end to end: laws by many redraws of a queue that is known whole.

#include <assay_test.hpp>

#include <cmath>

#include "judging.hpp"

using namespace assay;
using assay::test::Asked;
using assay::test::judged_queue;
using assay::test::JudgedQueue;
using assay::test::message_of;
using assay::test::score_of;
using assay::test::Words;

namespace {

double accuracy_of(const JudgedQueue& queue) {
  double right = 0.0;
  for (std::size_t i = 0; i < queue.size(); ++i) right += queue.decision[i] == queue.truth[i] ? 1.0 : 0.0;
  return right / static_cast<double>(queue.size());
}

}  // namespace

TEST_CASE("a judge believed in full gives unbiased scores with honest variances", "[law][score]") {
  const JudgedQueue queue = judged_queue();
  const double truth = accuracy_of(queue);
  double mean = 0.0;
  double square = 0.0;
  double variance = 0.0;
  int covered = 0;
  constexpr int redraws = 400;
  for (int i = 0; i < redraws; ++i) {
    Asked asked;
    asked.size = 60;
    asked.strata = {"queue"};
    asked.weight = JudgeWeight::full;
    asked.key = "redraw " + std::to_string(i);
    const ScoreResult result = score_of(queue, asked);
    const Score& score = result.scored.scores.front();
    mean += *score.estimate / redraws;
    square += *score.estimate * *score.estimate / redraws;
    variance += score.standard_error * score.standard_error / redraws;
    covered += score.limits.lower <= truth && truth <= score.limits.upper ? 1 : 0;
  }
  const double spread = square - mean * mean;
  CHECK(std::fabs(mean - truth) < 3.0 * std::sqrt(spread / redraws));
  CHECK(variance == Approx(spread).epsilon(0.2));
  CHECK(covered >= 0.93 * redraws);
}

TEST_CASE("a judge that is right about all but a few narrows the limits and says what it saved", "[score]") {
  Asked alone;
  alone.columns = {};
  Asked helped;
  const ScoreResult without = score_of(judged_queue(), alone);
  const ScoreResult with = score_of(judged_queue(), helped);
  const Score& a = without.scored.scores.front();
  const Score& b = with.scored.scores.front();
  CHECK(b.limits.upper - b.limits.lower < a.limits.upper - a.limits.lower);
  CHECK(b.method == "judge-assisted beta");
  CHECK(with.design.words == "simple random, judge-assisted");
  CHECK(b.audits_alone > static_cast<double>(b.n));
  CHECK(b.audits_alone <= 237.0);  // no more than the queue holds
  CHECK_FALSE(a.judge_lambda);
}

TEST_CASE("a judge that is not asked, or says the same of every case, leaves the audits' own score", "[law][score]") {
  JudgedQueue same = judged_queue();
  for (std::string& said : same.judge) said = "allow";
  for (const char* metric : {"violation_rate", "precision"})
    for (const Words& strata : {Words{}, Words{"queue"}}) {
      Asked alone;
      alone.columns = {};
      alone.metrics = {metric};
      alone.strata = strata;
      Asked asked = alone;
      asked.columns = {"judge"};
      Asked none = asked;
      none.weight = JudgeWeight::none;
      const Score a = score_of(judged_queue(), alone).scored.scores.front();
      std::vector<Score> unmoved{score_of(judged_queue(), none).scored.scores.front()};
      if (std::string{metric} == "violation_rate") unmoved.push_back(score_of(same, asked).scored.scores.front());
      for (const Score& b : unmoved) {
        CHECK(b.estimate == a.estimate);
        CHECK(b.standard_error == a.standard_error);
        CHECK(b.process_variance == a.process_variance);
        CHECK(b.limits == a.limits);
        CHECK(b.process_limits == a.process_limits);
        CHECK(b.method == a.method);
        CHECK(b.judge_lambda == 0.0);
        CHECK(b.audits_alone == static_cast<double>(b.n));
      }
    }
}

TEST_CASE("audits are saved where limits are narrower, and as many as the limits say", "[law][score]") {
  int wider = 0;
  JudgedQueue queue = judged_queue();
  for (std::size_t i = 0; i < queue.size(); ++i) queue.judge[i] = i % 3 == 1 ? "remove" : "allow";  // knows nothing
  for (int i = 0; i < 40; ++i)
    for (const char* metric : {"accuracy", "leakage", "recall"})
      for (const bool useless : {false, true}) {
        Asked alone;
        alone.columns = {};
        alone.metrics = {metric};
        alone.strata = {"queue"};
        alone.key = std::to_string(i);
        Asked asked = alone;
        asked.columns = {"judge"};
        const JudgedQueue& drawn = useless ? queue : judged_queue();
        const Score a = score_of(drawn, alone).scored.scores.front();
        const Score b = score_of(drawn, asked).scored.scores.front();
        const double n = static_cast<double>(b.n);
        CHECK((b.audits_alone > n * (1.0 + 1e-12)) == (b.limits.width() < a.limits.width() * (1.0 - 1e-12)));
        wider += b.limits.width() > a.limits.width() ? 1 : 0;
      }
  CHECK(wider > 0);
}

TEST_CASE("totals that travel in the rows say the same as the frame", "[law][score]") {
  Asked asked;
  asked.metrics = {"accuracy", "over_enforcement", "leakage", "wrong_label", "precision", "recall"};
  asked.strata = {"queue"};
  asked.groupings = {{}, {"queue"}};
  Asked rows = asked;
  rows.rows_alone = true;
  const ScoreResult a = score_of(judged_queue(), asked);
  const ScoreResult b = score_of(judged_queue(), rows);
  REQUIRE(a.scored.scores.size() == b.scored.scores.size());
  for (std::size_t i = 0; i < a.scored.scores.size(); ++i) {
    CHECK(a.scored.scores[i].estimate == b.scored.scores[i].estimate);
    CHECK(a.scored.scores[i].limits == b.scored.scores[i].limits);
  }
}

TEST_CASE("four shares with a judge still add up to one where it has one weight", "[law][score]") {
  Asked asked;
  asked.metrics = {"accuracy", "over_enforcement", "leakage", "wrong_label"};
  asked.weight = JudgeWeight::full;
  asked.groupings = {{}, {"site"}};
  const ScoreResult got = score_of(judged_queue(), asked);
  for (std::size_t i = 0; i < got.scored.scores.size(); i += 4) {
    double sum = 0.0;
    for (std::size_t m = 0; m < 4; ++m) sum += *got.scored.scores[i + m].estimate;
    CHECK(sum == Approx(1.0).margin(0.07));  // the judge's undecided labels are in none of the four
  }
}

TEST_CASE("few audits: tuned they stand alone, in full they get limits that hold at any number", "[score]") {
  Asked alone;
  alone.columns = {};
  alone.size = 20;
  Asked tuned = alone;
  tuned.columns = {"judge"};
  Asked full = tuned;
  full.weight = JudgeWeight::full;
  const Score a = score_of(judged_queue(), alone).scored.scores.front();
  const Score b = score_of(judged_queue(), tuned).scored.scores.front();
  const Score c = score_of(judged_queue(), full).scored.scores.front();
  CHECK(a.limits == b.limits);
  CHECK(b.judge_lambda == 0.0);
  CHECK(b.audits_alone == 20.0);
  CHECK(c.method == "judge-assisted betting");
  CHECK(c.limits.lower <= *c.estimate);
  CHECK(c.limits.upper >= *c.estimate);
  CHECK(c.judge_lambda == 1.0);
  // Betting limits in strata and in slices that cut through them.
  full.strata = {"queue"};
  full.groupings = {{}, {"site"}};
  const double truth = accuracy_of(judged_queue());
  int covered = 0;
  for (int i = 0; i < 60; ++i) {
    full.key = std::to_string(i);
    const Score score = score_of(judged_queue(), full).scored.scores.front();
    covered += score.limits.lower <= truth && truth <= score.limits.upper ? 1 : 0;
  }
  CHECK(covered >= 57);
}

TEST_CASE("about the process a judge leaves the queue's own chance in", "[law][score]") {
  Asked asked;
  asked.about = About::process;
  const Score process = score_of(judged_queue(), asked).scored.scores.front();
  asked.about = About::queue;
  const Score queue = score_of(judged_queue(), asked).scored.scores.front();
  CHECK(process.standard_error > queue.standard_error);
  const double p = *process.estimate;
  CHECK(process.process_variance > p * (1.0 - p) / 240.0 * 0.9);
  CHECK(process.limits == queue.process_limits);
}

TEST_CASE("numbers speak to shares, and are refused where the denominator is a guess", "[refusal][score]") {
  Asked asked;
  asked.columns = {"chance"};
  asked.metrics = {"accuracy", "leakage"};
  const ScoreResult got = score_of(judged_queue(), asked);
  CHECK(*got.scored.scores.front().judge_lambda > 0.5);
  asked.metrics = {"recall"};
  CHECK(message_of<InputError>([&] { (void)score_of(judged_queue(), asked); }) ==
        "wanted labels as predictions for 'recall', whose denominator is predicted too, got numbers in column "
        "'chance'; pass a column with the label the judge would give, or score it without prediction=");
  asked.metrics = {"accuracy", "leakage"};
  asked.weight = JudgeWeight::full;
  CHECK(message_of<InputError>([&] { (void)score_of(judged_queue(), asked); }) ==
        "wanted a column of its own for each metric beside judge=\"full\", got column 'chance' for several; pass "
        "prediction= as a mapping from metrics to columns, or judge=\"tuned\"");
}

TEST_CASE("where each stratum has many audits, each has a weight of its own", "[score]") {
  JudgedQueue queue = judged_queue();
  for (std::size_t i = 160; i < 240; ++i) queue.judge[i] = i % 2 == 0 ? "allow" : "remove";  // useless in the small one
  Asked asked;
  asked.strata = {"queue"};
  asked.size = 160;
  const Score apart = score_of(queue, asked).scored.scores.front();
  asked.size = 120;  // 40 in the small queue: one weight for both
  const Score together = score_of(queue, asked).scored.scores.front();
  CHECK(apart.degrees_of_freedom == 160.0 - 2.0 - 2.0);
  CHECK(together.degrees_of_freedom == 120.0 - 2.0 - 1.0);
  // A judge that names one case in fifty of the large queue tells too few apart to be tuned there alone.
  for (std::size_t i = 0; i < 160; ++i) queue.judge[i] = i % 50 == 7 ? "remove" : "allow";
  asked.size = 160;
  asked.metrics = {"violation_rate"};
  CHECK(score_of(queue, asked).scored.scores.front().degrees_of_freedom == 160.0 - 2.0 - 1.0);
}
