#include <limits>

#include <assay/survey/trim.hpp>

#include "weighted.hpp"

using namespace assay;
using namespace assay::test;

TEST_CASE("trimming keeps the sum, and strictly also the limits", "[survey][law]") {
  const Numbers weights{1.0, 1.0, 2.0, 9.0, 3.9};
  const Numbers once = survey::trimmed_weights(weights, 0.0, 4.0, false);
  CHECK(total_of(once) == Approx(total_of(weights)).epsilon(1e-15));
  CHECK(once == Numbers{2.25, 2.25, 3.25, 4.0, 5.15});  // the last one was lifted over the limit
  const Numbers strict = survey::trimmed_weights(weights, 0.0, 4.0, true);
  CHECK(total_of(strict) == Approx(total_of(weights)).epsilon(1e-15));
  for (const double each : strict) CHECK(each <= 4.0);
  CHECK(survey::trimmed_weights(weights, 0.5, 10.0, true) == weights);
  const Numbers raised = survey::trimmed_weights(weights, 1.5, 100.0, true);
  for (const double each : raised) CHECK(each >= 1.5);
}

TEST_CASE("replicates are trimmed by the sample's factors", "[survey]") {
  const Numbers weights{1.0, 1.0, 2.0, 9.0};
  const survey::Design design = survey::trimmed(drawn(weights), 0.0, 4.0);
  CHECK(contains(design.words(), "1 weights trimmed to 4"));
  Numbers replicate{2.0, 0.0, 2.0, 18.0};
  design.adjustments()[0]->reweight(replicate);
  CHECK(replicate[3] == Approx(8.0));
  CHECK(replicate[1] == 0.0);
}

TEST_CASE("limits that no weights can keep are refused", "[survey]") {
  const Numbers weights{1.0, 3.0};
  const auto why = [&](double lower, double upper) {
    return message_of<InputError>([&] { (void)survey::trimmed(drawn(weights), lower, upper); });
  };
  CHECK(contains(why(3.0, 2.0), "the lower is at least 0 and below the upper, got 3 and 2"));
  CHECK(contains(why(0.0, 1.5), "wanted limits that weights with a mean of 2 can keep, got 0 and 1.5"));
  CHECK(contains(why(2.5, 9.0), "mean of 2"));
  CHECK(contains(why(1.5, 2.5), "wanted limits that some weights are within, got all 2 beyond them"));
  CHECK(contains(why(std::numeric_limits<double>::quiet_NaN(), 2.0), "got nan and 2"));
  CHECK(contains(message_of<InputError>([] { (void)survey::Trimming(Numbers{-1.0, 4.0, 1.0}, 0.0, 3.0, false); }),
                 "wanted weights above 0 to trim, got -1"));
}

TEST_CASE("sharing out once never leaves a weight of 0 or below", "[survey]") {
  Numbers weights(9, 0.01);
  weights.push_back(5.0);
  weights.push_back(100.0);
  const double inf = std::numeric_limits<double>::infinity();
  const std::string said = message_of<InputError>([&] { (void)survey::trimmed_weights(weights, 5.0, inf, false); });
  CHECK(contains(said, "wanted weights above 0 after sharing out what was raised to 5, got -17.4"));
  CHECK(contains(said, "at row 9"));
  CHECK(contains(said, "strict=True shares out again"));
  const Numbers strict = survey::trimmed_weights(weights, 5.0, inf, true);
  CHECK(total_of(strict) == Approx(total_of(weights)).epsilon(1e-14));
  for (const double each : strict) CHECK(each >= 5.0);
}
