#include <assay_test.hpp>

#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/survey/difference.hpp>
#include <sampling/frames.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;
using assay::test::TableOf;

namespace {

struct Asked {
  survey::Survey survey;
  std::vector<survey::Measure> measures;

  [[nodiscard]] std::vector<survey::ResultRow> differences(
      const std::vector<std::string>& by, const std::optional<std::pair<std::string, std::string>>& pair) const {
    const auto grouping = std::make_shared<const survey::Grouping>(survey::grouping(survey, by, 1));
    const auto answers = survey::answer(survey, {grouping}, measures, survey::Statistic::mean, false);
    return survey::differences(answers, {by.back(), pair}, survey::share_interval("wilson"), EffectiveSize::plug_in,
                               measures, Confidence{0.95});
  }
};

Asked asked() {
  io::Stream stream = TableOf{}
                          .numbers("cluster", {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4})
                          .texts("side", {"a", "b", "c", "a", "b", "c", "a", "b", "c", "a", "b", "c"})
                          .texts("slice", {"x", "x", "x", "x", "x", "x", "z", "z", "z", "z", "z", "z"})
                          .texts("one", {"1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1"})
                          .stream();
  return {survey::read_survey({.clusters = {"cluster"}}, stream),
          {{.metric = "mean", .y = {1, 2, 3, 4, 6, 5, 9, 7, 8, 2, 4, 4}},
           {.metric = "share", .y = {1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1}, .share = true}}};
}

}  // namespace

TEST_CASE("differences within clusters, in pairs and by slice", "[survey]") {
  const Asked question = asked();
  const auto rows = question.differences({"side"}, {});
  REQUIRE(rows.size() == 6);
  CHECK(rows[0].a == "a");
  CHECK(rows[0].b == "b");
  CHECK(rows[0].estimate == Approx(16.0 / 4 - 19.0 / 4));
  // Each cluster holds both sides: the variance is that of the differences within clusters, 3 / 4 * ... by hand.
  const std::vector<double> within{-1.0, -2.0, 2.0, -2.0};
  double squares = 0.0;
  for (const double each : within) squares += (each + 0.75) * (each + 0.75);
  CHECK(rows[0].standard_error == Approx(std::sqrt(squares / 3.0 / 4.0)));
  CHECK(rows[0].degrees_of_freedom == 3.0);
  REQUIRE(rows[1].limits);
  CHECK(rows[1].limits->lower >= -1.0);
  CHECK(rows[1].limits->contains(rows[1].estimate));
  CHECK(question.differences({"slice", "side"}, {}).size() == 12);
  const auto turned = question.differences({"side"}, std::pair<std::string, std::string>{"b", "a"});
  REQUIRE(turned.size() == 2);
  CHECK(turned[0].estimate == -rows[0].estimate);
  CHECK(turned[1].limits->upper == Approx(-rows[1].limits->lower));
}

TEST_CASE("differences of what cannot be compared are refused", "[survey]") {
  const Asked question = asked();
  using Pair = std::pair<std::string, std::string>;
  CHECK(contains(message_of<InputError>([&] { (void)question.differences({"one"}, {}); }), "two values to compare"));
  CHECK(contains(message_of<InputError>([&] { (void)question.differences({"side"}, Pair{"a", "q"}); }),
                 "a value of the column, got 'q' in column 'side'"));
  CHECK(contains(message_of<InputError>([&] { (void)question.differences({"side"}, Pair{"a", "a"}); }), "'a' twice"));
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 33; ++i) ids.push_back(i);
  io::Stream stream = TableOf{}.numbers("id", ids).stream();
  const Asked many{survey::read_survey({}, stream), {{.metric = "y", .y = std::vector<double>(33, 1.0)}}};
  CHECK(contains(message_of<InputError>([&] { (void)many.differences({"id"}, {}); }),
                 "at most 32 values to compare pair by pair, got 33"));
}
