#include <assay/score/types.hpp>

#include <assay_test.hpp>

using namespace assay;

TEST_CASE("a score of which nothing is known says so and excludes nothing", "[score]") {
  const Score score;
  CHECK_FALSE(score.estimate.has_value());
  CHECK(score.method == "no audits");
  CHECK(score.n == 0);
  for (const Interval& limits : {score.limits, score.process_limits, score.compared_limits, score.worst_case})
    CHECK(limits == Interval{0.0, 1.0});
}

TEST_CASE("what is asked for, unless told otherwise, is the accuracy of this queue as a whole", "[score]") {
  const ScoreOptions options;
  CHECK(options.metrics == std::vector<std::string>{"accuracy"});
  CHECK(options.groupings == std::vector<std::vector<std::string>>{{}});
  CHECK(options.about == About::queue);
  CHECK(options.confidence == Confidence{0.95});
}
