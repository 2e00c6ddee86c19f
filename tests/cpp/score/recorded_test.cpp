#include <assay_test.hpp>

#include <cmath>
#include <vector>

#include <assay/score/recorded.hpp>

#include "scores.hpp"

using namespace assay;
using assay::test::Numbers;
using assay::test::Words;

TEST_CASE("the variance of recorded chances is that of Poisson sampling, by enumeration", "[law][score]") {
  // The mean of a known denominator: the linearised variance with the true share is exact.
  const std::vector<double> truth{1, 0, 1, 1, 0, 1};
  const std::vector<double> chance{0.2, 0.8, 0.9, 0.3, 1.0, 0.5};
  const double share = 4.0 / 6.0;
  double wanted = 0.0;
  for (std::size_t i = 0; i < truth.size(); ++i)
    wanted += (1.0 - chance[i]) / chance[i] * (truth[i] - share) * (truth[i] - share) / 36.0;
  double mean = 0.0;
  for (unsigned mask = 0; mask < 1U << truth.size(); ++mask) {
    double likely = 1.0;
    Moments sum;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const bool drawn = (mask >> i & 1U) != 0;
      likely *= drawn ? chance[i] : 1.0 - chance[i];
      if (!drawn) continue;
      const double w = 1.0 / chance[i];
      sum += {w * truth[i], w, w * w * truth[i], w * w * truth[i], w * w};
    }
    if (likely == 0.0) continue;
    // n so large that the small-sample factor is 1; the denominator is 6 in the end.
    mean += likely * detail::recorded_variance(sum, share, 1e12) * sum.x * sum.x / 36.0;
  }
  CHECK(mean == Approx(wanted).epsilon(1e-9));
  CHECK(detail::recorded_factor({3, 3, 3, 3, 3}) == 0.0);
  CHECK(detail::recorded_factor({}) == 1.0);
}

TEST_CASE("populations are what the weights of their cases add up to", "[score]") {
  TallySpec spec = test::judged_spec({{}}, {"s"});
  spec.weight = "p";
  spec.chances = true;
  const Tally tally = test::tally_of(spec, {{"d", Words{"remove", "allow", "allow"}},
                                            {"v", Words{"remove", "allow", "remove"}},
                                            {"s", Words{"x", "x", "y"}},
                                            {"p", Numbers{0.5, 0.25, 1.0}}});
  ScoreDesign design = design_of(tally, {});
  estimate_populations(tally, design);
  CHECK(design.facts.at({0}).population == 6.0);
  CHECK(design.facts.at({1}).population == 1.0);
  CHECK(design.recorded);
  CHECK(design.words == "stratified, recorded chances");
}

TEST_CASE("chances that are none are refused with their row", "[refusal][score]") {
  TallySpec spec = test::judged_spec();
  spec.weight = "p";
  spec.chances = true;
  const auto refusal = [&](double p) {
    return test::message_of<InputError>([&] {
      (void)test::tally_of(spec,
                           {{"d", Words{"allow", "allow"}}, {"v", Words{"allow", "allow"}}, {"p", Numbers{1.0, p}}});
    });
  };
  CHECK(refusal(1.5) ==
        "wanted a chance of having been drawn above 0 and at most 1, got 1.5 in column 'p', row 1 (counting from 0); "
        "mend it, or leave out cases that could not be drawn");
  CHECK(refusal(0.0).starts_with("wanted a chance of having been drawn above 0 and at most 1, got 0 in column 'p'"));
  CHECK(refusal(std::nan("")).starts_with("wanted a chance of having been drawn above 0 and at most 1, got nan"));
  CHECK(refusal(1e-12).starts_with("wanted a chance of at least 2e-11"));
}
