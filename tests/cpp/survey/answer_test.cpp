#include <assay_test.hpp>

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include <assay/survey/answer.hpp>
#include <sampling/frames.hpp>

using namespace assay;
using assay::test::TableOf;

namespace {

survey::Survey six() {
  io::Stream stream = TableOf{}
                          .texts("slice", {"b", "a", "b", "a", "b", "a"})
                          .numbers("half", {1, 1, 1, 2, 2, 2})
                          .reals("weight", {1, 2, 3, 4, 5, 6})
                          .stream();
  return survey::read_survey({.weight = "weight"}, stream);
}

}  // namespace

TEST_CASE("answers are in the order of slices, and measures within them", "[survey]") {
  const survey::Survey survey = six();
  const auto by = std::make_shared<const survey::Grouping>(survey::grouping(survey, {"slice"}, 1));
  const auto all = std::make_shared<const survey::Grouping>(survey::grouping(survey, {}, 1));
  const std::vector<survey::Measure> measures{{.metric = "one", .y = {1, 2, 3, 4, 5, 6}},
                                              {.metric = "two", .y = {0, 1, 0, 1, 1, 1}, .share = true}};
  const auto answers = survey::answer(survey, {all, by}, measures, survey::Statistic::mean, true);
  REQUIRE(answers.rows.size() == 6);
  CHECK(answers.metrics == std::vector<std::string>{"one", "two"});
  CHECK(answers.rows[2].grouping == 1);
  CHECK(answers.rows[3].measure == 1);
  CHECK(answers.columns[2].point.estimate[1] == Approx((1.0 + 9.0 + 25.0) / 9.0));
  CHECK(answers.columns[1].kish_left.size() == 1);
  CHECK(answers.design_effects.size() == 4);
  const auto matrix = answers.covariance();
  REQUIRE(matrix.size() == 36);
  for (std::size_t i = 0; i < 6; ++i)
    CHECK(matrix[i * 7] == answers.columns[answers.rows[i].column].variance[answers.rows[i].domain]);
}

TEST_CASE("a row without a value for one measure is left out of all", "[survey]") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const survey::Survey survey = six();
  const auto by = std::make_shared<const survey::Grouping>(survey::grouping(survey, {"half"}, 1));
  const std::vector<survey::Measure> measures{
      {.metric = "one", .y = {1, 2, 3, 4, 5, 6}},
      {.metric = "two", .y = {0, 1, nan, 1, 1, 1}, .x = {1, nan, 1, 1, 1, 1}, .any_missing = true}};
  CHECK(survey::observed(measures) == std::vector<unsigned char>{1, 0, 0, 1, 1, 1});
  CHECK(survey::observed({measures.front()}).empty());
  const auto answers = survey::answer(survey, {by}, measures, survey::Statistic::mean, false);
  CHECK(answers.columns[0].point.rows == std::vector<std::int64_t>{1, 3});
  CHECK(answers.columns[0].point.estimate[0] == 1.0);
}
