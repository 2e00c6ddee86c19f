#include "scores.hpp"

using namespace assay;

namespace {

Score scored(double estimate, Interval limits) {
  Score score;
  score.estimate = estimate;
  score.process_limits = limits;
  score.n = 100;
  score.process_n = 100.0;
  return score;
}

}  // namespace

TEST_CASE("a target is met, missed or open, and open when the interval holds it", "[score]") {
  const Score score = scored(0.9, {0.8, 0.95});
  CHECK(standing_of(score, 0.7, Better::higher) == Standing::met);
  CHECK(standing_of(score, 0.99, Better::higher) == Standing::missed);
  CHECK(standing_of(score, 0.7, Better::lower) == Standing::missed);
  CHECK(standing_of(score, 0.99, Better::lower) == Standing::met);
  for (const double target : {0.8, 0.9, 0.95}) CHECK(standing_of(score, target, Better::higher) == Standing::open);
  CHECK(standing_of(scored(1.0, {0.96, 1.0}), 1.0, Better::higher) == Standing::open);
  CHECK(standing_of(scored(0.0, {0.0, 0.04}), 0.0, Better::lower) == Standing::open);
  CHECK(standing_of(Score{}, 0.5, Better::higher) == Standing::open);
  Score half = score;
  half.response_rate = 0.89;
  CHECK(standing_of(half, 0.7, Better::higher) == Standing::unjudged);
  half.response_rate = least_response;
  CHECK(standing_of(half, 0.7, Better::higher) == Standing::met);
}

TEST_CASE("audits needed invert the score test, and count the effective size", "[score]") {
  const Confidence c{0.95};
  const double z = normal_quantile(0.975);
  const double needed = z * z * 0.9 * 0.1 / (0.02 * 0.02);
  Score score = scored(0.92, {0.85, 0.96});
  CHECK(audits_needed(score, 0.9, c) == static_cast<std::int64_t>(std::ceil(needed - 100.0)));
  score.process_n = 50.0;
  CHECK(audits_needed(score, 0.9, c) == static_cast<std::int64_t>(std::ceil(2.0 * needed - 100.0)));
  CHECK(audits_needed(score, 0.9, Confidence{0.8}).value() < audits_needed(score, 0.9, c).value());
  CHECK_FALSE(audits_needed(score, 0.92, c));
  CHECK_FALSE(audits_needed(Score{}, 0.5, c));
  score.share = false;
  score.process_variance = 0.01;
  CHECK(audits_needed(score, 0.9, c) == static_cast<std::int64_t>(std::ceil(z * z * 0.01 * 100.0 / 0.0004 - 100.0)));
}

TEST_CASE("the table of a result has the contract's columns", "[score]") {
  const ScoreResult result = test::result_of(test::judged_spec({{}, {"d"}}), test::upheld(8, 10),
                                             {{"accuracy", "precision"}, {{}, {"d"}}, About::process, Confidence{0.9}});
  const io::Table table = table_of(result);
  std::vector<std::string> names;
  for (const auto& column : table.columns()) names.push_back(column->name);
  CHECK(names == std::vector<std::string>{"d", "metric", "estimate", "standard_error", "lower", "upper", "confidence",
                                          "n", "n_effective", "numerator", "denominator", "method", "design", "about",
                                          "basis"});
  CHECK(table.rows() == 4);
  CHECK(table.find("d")->is_null(0));
  CHECK(table.find("d")->text(2) == "allow");
  CHECK(table.find("estimate")->at<double>(0) == Approx(0.8));
  CHECK(table.find("estimate")->is_null(1));
  CHECK(table.find("standard_error")->is_null(1));
  CHECK(table.find("lower")->at<double>(1) == 0.0);
  CHECK(table.find("upper")->at<double>(1) == 1.0);
  CHECK(table.find("method")->text(1) == "no audits");
  CHECK(table.find("about")->text(0) == "process");
  CHECK(table.find("confidence")->at<double>(0) == 0.9);
  CHECK(table.find("standing") == nullptr);
}

TEST_CASE("targets add their columns, for the metrics that have one", "[score]") {
  ScoreResult result = test::result_of(test::judged_spec(), test::upheld(80, 100), {{"accuracy", "leakage"}, {{}}});
  result.targets = {{"accuracy", 0.5}};
  const io::Table table = table_of(result);
  CHECK(table.find("target")->at<double>(0) == 0.5);
  CHECK(table.find("standing")->text(0) == "met");
  CHECK(table.find("audits_needed")->at<std::int64_t>(0) == 0);
  for (const auto* name : {"target", "standing", "audits_needed"}) CHECK(table.find(name)->is_null(1));
}
