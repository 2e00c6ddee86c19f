#include <assay/score/judge_population.hpp>

#include "judging.hpp"

using namespace assay;
using assay::test::judged_queue;
using assay::test::JudgedQueue;
using assay::test::message_of;
using assay::test::Words;

namespace {

const PredictionReading reading{Labels{{"remove", "spam"}, {}, {"skip"}}, {}, true};

}  // namespace

TEST_CASE("strata and slices hold every case once", "[law][score]") {
  const JudgedQueue queue = judged_queue();
  const Frame frame = queue.frame();
  const Strata strata{frame, {"queue"}};
  const JudgePopulation got = judge_population(frame, strata, {"judge", "chance"}, reading, {{"site"}, {"site", "d"}});
  CHECK(got.strata.at("queue=large").front().cases == 160.0);
  double upheld = 0.0;
  double chances = 0.0;
  for (std::size_t i = 0; i < 160; ++i) {
    upheld += queue.judge[i] == queue.decision[i] && queue.judge[i] == "allow" ? 1.0 : 0.0;
    chances += queue.chance[i];
  }
  CHECK(got.strata.at("queue=large").front().outcomes[1] == upheld);
  CHECK(got.strata.at("queue=large")[1].numbers.value() == Approx(chances));
  for (const auto& [grouping, slices] : got.slices) {
    double cases = 0.0;
    for (const auto& [words, by_stratum] : slices)
      for (const auto& [name, totals] : by_stratum) cases += totals.front().cases;
    CHECK(cases == 240.0);
  }
  CHECK(got.slices.at({"site"}).at({"Lisbon"}).at("queue=small").front().cases == 26.0);
}

TEST_CASE("columns there are not, and slices only audits know, are refused", "[refusal][score]") {
  const Frame frame = judged_queue().frame();
  const Strata strata{frame, {}};
  CHECK(message_of<InputError>([&] { (void)judge_population(frame, strata, {"jury"}, reading); }) ==
        "wanted predictions in a column of the frame, got no column 'jury'; name it in keep= when the frame is made");
  CHECK(message_of<InputError>([&] { (void)judge_population(frame, strata, {"judge"}, reading, {{"reason"}}); }) ==
        "wanted slices of columns that every case of the frame has, beside prediction=, got 'reason'; what only audits "
        "know, the judge cannot be asked: leave out prediction= for this slice");
}

TEST_CASE("a sample carries totals of what a judge may have made, and of nothing else", "[score]") {
  JudgedQueue queue = judged_queue();
  const auto columns_of = [](const JudgedQueue& from) {
    const Frame frame = from.frame();
    PlanOptions options;
    options.size = 20;
    const Plan plan{frame, options};
    Words names;
    for (const auto& column : with_judge_totals(draw(plan, "key"), frame, plan.strata()).columns())
      names.push_back(column->name);
    return names;
  };
  const Words names = columns_of(queue);
  CHECK(std::count(names.begin(), names.end(), "judge_in_stratum") == 1);
  CHECK(std::count(names.begin(), names.end(), "chance_in_stratum") == 1);
  CHECK(names.back() == "sample_design");
  queue.judge[7] = "a remark";
  queue.chance[7] = 17.0;
  const Words others = columns_of(queue);
  CHECK(std::count(others.begin(), others.end(), "judge_in_stratum") == 0);
  CHECK(std::count(others.begin(), others.end(), "chance_in_stratum") == 0);
}
