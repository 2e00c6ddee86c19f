#include <assay/survey/joint_variance.hpp>
#include <assay/survey/pps.hpp>

#include "weighted.hpp"

using namespace assay;
using namespace assay::test;
using survey::PairChances;
using survey::PairEstimator;

namespace {

Numbers weights_of(const Numbers& p) {
  Numbers out;
  for (const double each : p) out.push_back(1.0 / each);
  return out;
}
double variance(const survey::Design& design, PairChances chances, PairEstimator estimator, const Numbers& y,
                std::optional<double> squares = {}) {
  const survey::Design own =
      design.with_variance(std::make_shared<const survey::UnequalProbabilities>(design, chances, estimator, squares));
  return whole(own, {survey::Statistic::total, y, {}}).variance[0];
}

const Numbers p{0.41, 0.61, 0.91, 0.3, 0.55};
const Numbers y{5.0, 7.0, 13.0, 2.0, 9.0};

}  // namespace

TEST_CASE("sums over pairs are those of the matrix of pairs", "[survey][law]") {
  const survey::Design design = drawn(weights_of(p));
  const double n = 5.0, all = 0.41 + 0.61 + 0.91 + 0.3 + 0.55;
  for (const PairChances chances : {PairChances::overton, PairChances::hartley_rao})
    for (const std::optional<double> squares : {std::optional<double>{}, std::optional<double>{1.9}}) {
      if (squares && chances == PairChances::overton) continue;
      double ht = 0.0, yg = 0.0;
      for (std::size_t i = 0; i < 5; ++i)
        for (std::size_t j = 0; j < 5; ++j) {
          double d = chances == PairChances::overton ? 1.0 - (n - 0.5 * (p[i] + p[j])) / (n - 1.0)
                                                     : 1.0 - (n - p[i] - p[j] + squares.value_or(all) / n) / (n - 1.0);
          if (i == j) d = 1.0 - p[i];
          ht += d * y[i] / p[i] * y[j] / p[j];
          yg -= 0.5 * d * (y[i] / p[i] - y[j] / p[j]) * (y[i] / p[i] - y[j] / p[j]);
        }
      CHECK(variance(design, chances, PairEstimator::horvitz_thompson, y, squares) == Approx(ht).epsilon(1e-12));
      CHECK(variance(design, chances, PairEstimator::yates_grundy, y, squares) == Approx(yg).epsilon(1e-12));
    }
}

TEST_CASE("Deville's variance of the shared table", "[golden][survey]") {
  // golden/A_sampling/sampling_results.csv, R sampling 2.11: units 3, 4 and 6
  const survey::Design design = drawn(weights_of({0.41, 0.61, 0.91}));
  CHECK(variance(design, PairChances::deville, PairEstimator::horvitz_thompson, {5.0, 7.0, 13.0}) ==
        Approx(1.05635059485971).epsilon(1e-10));
}

TEST_CASE("equal probabilities give the variance of a simple random sample", "[survey][law]") {
  const survey::Design simple = drawn(Numbers(5, 4.0), {}, {}, Numbers(5, 20.0));
  const double known = whole(simple, {survey::Statistic::total, y, {}}).variance[0];
  const survey::Design design = drawn(Numbers(5, 4.0));
  for (const PairChances chances : {PairChances::brewer, PairChances::deville})
    CHECK(variance(design, chances, PairEstimator::horvitz_thompson, y) == Approx(known).epsilon(1e-12));
}

TEST_CASE("units drawn for certain add nothing", "[survey][law]") {
  Numbers q = p, z = y;
  q.push_back(1.0);
  z.push_back(1000.0);
  for (const PairChances chances : {PairChances::brewer, PairChances::deville, PairChances::overton,
                                    PairChances::hartley_rao, PairChances::poisson})
    CHECK(variance(drawn(weights_of(q)), chances, PairEstimator::horvitz_thompson, z) ==
          Approx(variance(drawn(weights_of(p)), chances, PairEstimator::horvitz_thompson, y)).epsilon(1e-12));
}

TEST_CASE("strata add up", "[survey][law]") {
  Numbers q = p, z = y;
  Codes strata(5, 0);
  for (std::size_t i = 0; i < 5; ++i) q.push_back(p[i]), z.push_back(y[4 - i]), strata.push_back(1);
  const Numbers back(z.begin() + 5, z.end());
  for (const PairChances chances : {PairChances::brewer, PairChances::overton, PairChances::poisson})
    CHECK(variance(drawn(weights_of(q), strata), chances, PairEstimator::horvitz_thompson, z) ==
          Approx(variance(drawn(weights_of(p)), chances, PairEstimator::horvitz_thompson, y) +
                 variance(drawn(weights_of(p)), chances, PairEstimator::horvitz_thompson, back))
              .epsilon(1e-12));
}

TEST_CASE("unequal probabilities refuse what they cannot know", "[survey]") {
  const auto why = [](const survey::Design& design, PairChances chances, std::optional<double> squares = {}) {
    return message_of<InputError>(
        [&] { (void)survey::UnequalProbabilities(design, chances, PairEstimator::yates_grundy, squares); });
  };
  CHECK(contains(why(drawn({2.0, 1.0}), PairChances::brewer),
                 "wanted at least two units with a probability below 1 in each stratum, got one in stratum 1 of 1"));
  CHECK(contains(why(drawn({2.0, 3.0}), PairChances::brewer, 1.0), "hartley_rao"));
  CHECK(contains(why(drawn({2.0, 3.0}), PairChances::hartley_rao, -1.0),
                 "a sum of squared probabilities above 0, got -1"));
  const survey::Design design = drawn({2.0, 1.0});
  const survey::UnequalProbabilities poisson{design, PairChances::poisson, PairEstimator::horvitz_thompson};
  CHECK(poisson.finite());
  CHECK(poisson.words() == "unequal probabilities, Poisson sampling");
}

TEST_CASE("units drawn for certain lend no degrees of freedom", "[survey]") {
  const Numbers chances{1.0, 1.0, 1.0, 0.5, 0.4, 0.3};
  const survey::Design design = drawn(weights_of(chances));
  Numbers joint;
  for (std::size_t i = 0; i < 6; ++i)
    for (std::size_t j = 0; j < 6; ++j) joint.push_back(i == j ? chances[i] : chances[i] * chances[j]);
  const std::vector<std::shared_ptr<const survey::VarianceMethod>> methods{
      std::make_shared<const survey::UnequalProbabilities>(design, PairChances::brewer,
                                                           PairEstimator::horvitz_thompson),
      std::make_shared<const survey::JointProbabilities>(design, joint, PairEstimator::horvitz_thompson)};
  for (const auto& method : methods) {
    const survey::Design own = design.with_variance(method);
    CHECK(own.degrees_of_freedom() == 2);
    const Numbers values{1.0, 2.0, 4.0, 3.0, 5.0, 9.0};
    const survey::Question mean{survey::Statistic::mean, values, {}};
    CHECK(whole(own, mean).degrees_of_freedom[0] == 2.0);
    const auto halves = std::make_shared<const survey::Domains>(survey::Domains{Codes{0, 0, 0, 1, 1, 1}, 2});
    const auto found = survey::estimate(own, std::make_shared<const survey::DomainCells>(own, halves), mean);
    CHECK(found.degrees_of_freedom == Numbers{2.0, 2.0});  // certain ones alone: counted, and without error
    CHECK(found.variance[0] == 0.0);
  }
}
