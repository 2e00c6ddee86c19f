#include <assay_test.hpp>

#include <memory>
#include <string>
#include <vector>

#include <assay/survey/limits.hpp>
#include <assay/survey/result.hpp>
#include <sampling/frames.hpp>

using namespace assay;
using assay::test::TableOf;

TEST_CASE("a result has the house's columns, null for what has no answer", "[survey]") {
  io::Stream stream =
      TableOf{}.texts("slice", {"b", "a", "b", "a", "c"}).truths("flag", {true, false, true, true, false}).stream();
  const survey::Survey survey = survey::read_survey({}, stream);
  const auto by = std::make_shared<const survey::Grouping>(survey::grouping(survey, {"slice"}, 1));
  const auto flags = std::make_shared<const survey::Grouping>(survey::grouping(survey, {"flag"}, 1));
  const survey::Measure measure{.metric = "y", .y = {1, 2, 5, 4, 9}};
  const auto answers = survey::answer(survey, {by, flags}, {measure}, survey::Statistic::mean, false);
  const auto rows = survey::rows_of(answers, [&](const survey::Estimates& own, std::size_t domain) {
    return survey::student_limits(own.point.estimate[domain], own.standard_error(domain),
                                  own.degrees_of_freedom[domain], Confidence{0.9});
  });
  survey::ResultWords words{.method = "Student t", .confidence = 0.9};
  const io::Table table = survey::table_of(survey.design, answers.groupings, rows, words);
  std::vector<std::string> names;
  for (const auto& column : table.columns()) names.push_back(column->name);
  CHECK(names == std::vector<std::string>{"slice", "flag", "metric", "estimate", "standard_error", "lower", "upper",
                                          "confidence", "n", "n_effective", "numerator", "denominator", "method",
                                          "design", "about", "basis", "df"});
  REQUIRE(table.rows() == 5);
  CHECK(table.find("slice")->text(0) == "a");
  CHECK(table.find("slice")->is_null(4));
  CHECK(table.find("flag")->is_null(0));
  CHECK(table.find("estimate")->at<double>(1) == 3.0);
  CHECK(table.find("standard_error")->is_null(2));  // a single row
  CHECK(table.find("lower")->is_null(2));
  CHECK_FALSE(table.find("lower")->is_null(1));
  CHECK(table.find("about")->text(0) == "process");
  CHECK(table.find("n")->at<std::int64_t>(1) == 2);

  words.levels = words.design_effect = words.quantile = true;
  words.between = "side";
  const io::Table wide = survey::table_of(survey.design, answers.groupings, rows, words);
  for (const char* name : {"level", "quantile", "design_effect", "side", "a", "b", "estimate_a", "estimate_b"})
    CHECK(wide.find(name) != nullptr);
}
