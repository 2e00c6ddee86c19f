#include <assay_test.hpp>

#include <vector>

#include <assay/survey/build.hpp>
#include <survey/surveys.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;
using assay::test::stage_of;
using survey::Lonely;
using survey::StageColumns;

namespace {

std::string refusal(std::int64_t rows, const std::vector<StageColumns>& stages, Lonely lonely = Lonely::refuse,
                    bool nest = false) {
  return message_of<InputError>([&] { (void)survey::build(rows, stages, {}, lonely, nest); });
}

}  // namespace

TEST_CASE("stages carry what was drawn, from how many, and under which fraction", "[survey]") {
  // Two clusters of 8 in one stratum; 2 rows of 10 and 3 rows of 6 in them.
  const survey::Design design = survey::build(
      5, {stage_of({0, 0, 1, 1, 1}, {}, std::vector<double>(5, 8.0)), stage_of({}, {}, {10, 10, 6, 6, 6})}, {},
      Lonely::refuse, false);
  const auto stages = design.stages();
  REQUIRE(stages.size() == 2);
  CHECK(stages[0].groups[0].scale == Approx(0.75 * 2));
  CHECK(stages[1].groups[0].above == 0.25);
  CHECK(stages[1].groups[0].scale == Approx(0.25 * 0.8 * 2));
  CHECK(stages[1].groups[1].scale == Approx(0.25 * 0.5 * 1.5));
  // Weights are 8 / 2 times 10 / 2, or times 6 / 3.
  CHECK(design.weights()[0] == 20.0);
  CHECK(design.weights()[4] == 8.0);
}

TEST_CASE("fractions below 1 say the population", "[survey]") {
  const survey::Design design =
      survey::build(4, {stage_of({}, {0, 0, 1, 1}, {0.5, 0.5, 1.0, 1.0})}, {}, Lonely::refuse, false);
  CHECK(design.first_stage().groups[0].population == 4.0);
  CHECK(design.first_stage().groups[1].whole());
  CHECK(design.weights()[0] == 2.0);
}

TEST_CASE("strata of a later stage are within the units before", "[survey]") {
  const survey::Design design = survey::build(
      8, {stage_of({0, 0, 0, 0, 1, 1, 1, 1}, {}), stage_of({}, {0, 0, 1, 1, 0, 0, 1, 1})}, {}, Lonely::refuse, false);
  CHECK(design.stages()[1].groups.size() == 4);
  CHECK(design.stages()[1].groups[2].parent == 1);
  CHECK(design.stages()[1].silent());  // nothing is known of how many clusters there are
}

TEST_CASE("clusters in two strata are refused, unless their numbers start anew", "[survey]") {
  const std::vector<StageColumns> stages{stage_of({0, 1, 0, 1}, {0, 0, 1, 1})};
  CHECK(contains(refusal(4, stages), "cluster 'unit 0' in strata 'stratum 0' and 'stratum 1'"));
  CHECK(contains(refusal(4, stages), "pass nest=True"));
  const survey::Design nested = survey::build(4, stages, {}, Lonely::refuse, true);
  CHECK(nested.first_stage().units() == 4);
}

TEST_CASE("what cannot be is refused with its row", "[survey]") {
  CHECK(contains(refusal(0, {stage_of({}, {})}), "a table with rows"));
  CHECK(contains(refusal(std::int64_t{1} << 40, {stage_of({}, {})}), "fewer than 4,294,967,295 rows"));
  CHECK(contains(refusal(3, {stage_of({}, {0, 0, 1})}), "one from stratum 'stratum 1'"));
  CHECK(contains(refusal(2, {stage_of({}, {}, {1, 1})}), "at least the 2 units drawn"));
  CHECK(
      contains(refusal(2, {stage_of({}, {}, {5, 6})}), "one population in all rows of a stratum (5 in row 0), got 6"));
  CHECK(contains(refusal(2, {stage_of({}, {}, {0, 0})}), "a population above 0, or a sampled fraction, got 0"));
  CHECK(contains(refusal(4, {stage_of({}, {0, 0, 1, 1}, {.5, .5, 9, 9})}), "sampled fractions of at most 1"));
  CHECK(contains(refusal(2, {stage_of({}, {}), stage_of({}, {})}), "clusters at every stage before the last"));
  // A lonely unit of the second stage, under a first one that is finite.
  CHECK(contains(refusal(3, {stage_of({0, 0, 1}, {}, {9, 9, 9}), stage_of({}, {}, {5, 5, 5})}),
                 "one from a unit drawn at stage 1"));
}

TEST_CASE("with a rule for them, lonely strata are taken in", "[survey]") {
  for (const Lonely rule : {Lonely::certainty, Lonely::remove, Lonely::adjust, Lonely::average})
    CHECK(survey::build(3, {stage_of({}, {0, 0, 1})}, {}, rule, false).first_stage().groups[1].lonely());
}
