#include <assay_test.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include <assay/survey/design.hpp>
#include <survey/surveys.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;
using assay::test::stage_of;

TEST_CASE("a design is a value with words", "[survey]") {
  const test::Example example;
  const survey::Design rows = example.of_rows();
  CHECK(rows.rows() == 240);
  CHECK(rows.degrees_of_freedom() == 237);
  CHECK(rows.finite());
  CHECK(rows.weighted());
  CHECK(rows.words() == "3 strata, finite population");
  const survey::Design stages = example.of_stages();
  CHECK(stages.degrees_of_freedom() == 9);
  CHECK(stages.words() == "3 strata, 12 clusters, 2 stages, finite population");
  const survey::Design plain = survey::build(3, {stage_of({}, {})}, {}, survey::Lonely::refuse, false);
  CHECK(plain.words() == "simple random");
  CHECK_FALSE(plain.weighted());
  CHECK_FALSE(plain.finite());
  CHECK(plain.weights()[2] == 1.0);
  CHECK(survey::build(3, {stage_of({0, 0, 1}, {})}, {}, survey::Lonely::refuse, false).words() ==
        "unstratified, 2 clusters");
}

TEST_CASE("adjusted weights may be 0 or below, but must be finite", "[survey]") {
  const survey::Design plain = survey::build(2, {stage_of({}, {})}, {}, survey::Lonely::refuse, false);
  const survey::Design adjusted = plain.adjusted({-1.0, 0.0}, nullptr);
  CHECK(adjusted.weights()[0] == -1.0);
  CHECK(adjusted.weighted());
  CHECK(plain.weights()[0] == 1.0);
  CHECK(contains(message_of<InputError>([&] { (void)plain.adjusted({1.0, std::nan("")}, nullptr); }),
                 "wanted finite weights, got nan at row 1"));
  CHECK(contains(message_of<InputError>([&] { (void)plain.adjusted({1.0}, nullptr); }),
                 "a weight for each of 2 rows, got 1"));
}

TEST_CASE("weights that are not above 0 are refused", "[survey]") {
  const auto with = [](std::vector<double> weights) {
    return message_of<InputError>(
        [&] { (void)survey::build(2, {stage_of({}, {})}, std::move(weights), survey::Lonely::refuse, false); });
  };
  CHECK(contains(with({1.0, 0.0}), "finite weights above 0, got 0 at row 1"));
  CHECK(contains(with({1.0, std::numeric_limits<double>::infinity()}), "finite weights above 0, got inf"));
  CHECK(contains(with({1.0}), "a weight for each of 2 rows"));
  CHECK(contains(message_of<InputError>([] { (void)survey::Design{0, {}, {}, survey::Lonely::refuse}; }),
                 "a table with rows, got an empty one"));
}
