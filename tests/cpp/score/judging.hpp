#pragma once
/// \file
/// A small queue with a judge: made, drawn, audited and scored.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <assay/sampling/draw.hpp>
#include <assay/score/judge_rows.hpp>
#include <assay/score/judged.hpp>
#include <sampling/frames.hpp>

#include "scores.hpp"

namespace assay::test {

/// A queue of rows that are known whole: the decision, the truth, what the judge says, its number.
struct JudgedQueue {
  std::vector<std::string> decision{};
  std::vector<std::string> truth{};
  std::vector<std::string> judge{};
  std::vector<double> chance{};
  std::vector<std::string> site{};
  std::vector<std::string> queue{};

  [[nodiscard]] std::size_t size() const { return decision.size(); }

  [[nodiscard]] Frame frame() const {
    std::vector<std::int64_t> ids;
    const auto texts = [](const std::vector<std::string>& from) {
      TextsOrNulls out;
      for (const std::string& text : from) out.push_back(text.c_str());
      return out;
    };
    for (std::size_t i = 0; i < size(); ++i) ids.push_back(static_cast<std::int64_t>(i));
    FrameColumns columns;
    columns.case_id = "id";
    columns.decision = "d";
    columns.by = {"queue", "site"};
    columns.keep = {"judge", "chance"};
    columns.labels = Labels{{"remove", "spam"}, {}, {"skip"}};
    io::Stream stream = TableOf{}
                            .numbers("id", ids)
                            .texts("d", texts(decision))
                            .texts("judge", texts(judge))
                            .reals("chance", chance)
                            .texts("site", texts(site))
                            .texts("queue", texts(queue))
                            .stream();
    return Frame::read(columns, stream);
  }
};

/// 240 cases in two queues and two sites; the judge is wrong about every seventh.
[[nodiscard]] inline JudgedQueue judged_queue() {
  JudgedQueue out;
  for (int i = 0; i < 240; ++i) {
    const std::string truth = i % 5 == 0 ? "remove" : i % 11 == 0 ? "spam" : "allow";
    const std::string decision = i % 13 == 0 ? (truth == "allow" ? "remove" : "allow") : truth;
    const std::string judge = i % 7 == 3 ? (truth == "allow" ? "remove" : "allow") : i % 50 == 9 ? "skip" : truth;
    out.decision.push_back(decision);
    out.truth.push_back(truth);
    out.judge.push_back(judge);
    out.chance.push_back(judge == decision ? 0.9 : 0.25);
    out.site.emplace_back(i % 3 == 0 ? "Lisbon" : "Manila");
    out.queue.emplace_back(i < 160 ? "large" : "small");
  }
  return out;
}

/// What is asked of the sample of a judged queue.
inline SampleSpec judged_sample_spec(const std::vector<Words>& groupings, const Words& strata) {
  SampleSpec spec;
  spec.case_id = "id";
  spec.decision = "d";
  spec.verdict = "v";
  spec.groupings = groupings;
  for (const Words& names : groupings)
    for (const std::string& name : names)
      if (std::find(spec.by.begin(), spec.by.end(), name) == spec.by.end()) spec.by.push_back(name);
  spec.strata = strata;
  spec.labels = Labels{{"remove", "spam"}, {}, {"skip"}};
  return spec;
}

struct Asked {
  Words metrics{"accuracy"};
  std::vector<Words> groupings{{}};
  Words strata{};
  std::int64_t size{100};
  Words columns{"judge"};
  std::vector<std::size_t> source{0};
  JudgeWeight weight{JudgeWeight::tuned};
  std::string key{"key"};
  bool rows_alone{false};
  About about{About::queue};
};

/// Draws, audits by the truth, scores; and, unless there are no columns of predictions, lets the judge help.
[[nodiscard]] inline ScoreResult score_of(const JudgedQueue& queue, const Asked& asked) {
  const Frame frame = queue.frame();
  PlanOptions options;
  options.size = asked.size;
  options.strata = asked.strata;
  const Plan plan{frame, options};
  const io::Table drawn = with_judge_totals(draw(plan, asked.key), frame, plan.strata());
  const auto stream = [&] {
    ArrowArrayStream raw{};
    io::export_stream(drawn, &raw);
    return io::Stream{&raw};
  };
  Wholes ids;
  Words verdicts;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    ids.push_back(static_cast<std::int64_t>(i));
    verdicts.push_back(queue.truth[i]);
  }
  const SampleSpec spec = judged_sample_spec(asked.groupings, asked.strata);
  Wholes kept;
  Words found;
  {
    io::Stream rows = stream();
    assay::detail::WholeTable table{rows};
    const assay::detail::CodedColumn& own = table.coded("id", {}, true);
    (void)table.read();
    for (const io::Code code : own.codes) {
      kept.push_back(std::stoll(std::string{own.dictionary.values.text(code)}));
      found.push_back(queue.truth[static_cast<std::size_t>(kept.back())]);
    }
  }
  io::Stream sample = stream();
  io::Stream audits = stream_of(std::vector<Column>{{"id", kept}, {"v", found}});
  AuditedSample joined = join(spec, sample, audits);
  ScoreResult result;
  result.tally = std::make_shared<const Tally>(std::move(joined.tally));
  result.design = joined.design;
  result.cases = joined.cases;
  result.options.metrics = asked.metrics;
  result.options.groupings = asked.groupings;
  result.options.about = asked.about;
  result.scored = score(*result.tally, result.design, result.options);
  if (asked.columns.empty()) return result;
  Judge judge;
  judge.source = asked.source;
  judge.source.resize(asked.metrics.size(), 0);
  judge.weight = asked.weight;
  const PredictionReading reading{spec.labels, {}, true};
  io::Stream again = stream();
  judge.sample = judge_rows(again, "d", asked.columns, reading, asked.rows_alone ? &judge.population : nullptr);
  if (!asked.rows_alone) {
    std::vector<Words> apart;
    for (const Words& names : asked.groupings)
      if (names == Words{"site"}) apart.push_back(names);
    judge.population = judge_population(frame, plan.strata(), asked.columns, reading, apart);
  }
  assist(result, judge);
  return result;
}

}  // namespace assay::test
