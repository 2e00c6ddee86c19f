#include <assay/sampling/joint.hpp>
#include <assay/survey/joint_variance.hpp>

#include "weighted.hpp"

using namespace assay;
using namespace assay::test;
using survey::PairEstimator;

namespace {

double variance(const survey::Design& design, const Numbers& joint, PairEstimator estimator, const Numbers& y) {
  const survey::Design own =
      design.with_variance(std::make_shared<const survey::JointProbabilities>(design, joint, estimator));
  return whole(own, {survey::Statistic::total, y, {}}).variance[0];
}

}  // namespace

TEST_CASE("variances from joint probabilities are right on average over all samples", "[survey][law]") {
  // every sample of two out of four, drawn by conditional Poisson sampling, with its chance
  const Numbers p{0.3, 0.4, 0.6, 0.7}, y{4.0, 1.0, 8.0, 6.0};
  const Numbers joint = sampling::joint_probabilities(p, sampling::PairDesign::conditional_poisson);
  double truth = 0.0, ht = 0.0, yg = 0.0;
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) truth += (joint[4 * i + j] - p[i] * p[j]) * y[i] / p[i] * y[j] / p[j];
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = i + 1; j < 4; ++j) {
      const double both = joint[4 * i + j];
      const survey::Design design = drawn({1.0 / p[i], 1.0 / p[j]});
      const Numbers own{p[i], both, both, p[j]};
      ht += both * variance(design, own, PairEstimator::horvitz_thompson, {y[i], y[j]});
      yg += both * variance(design, own, PairEstimator::yates_grundy, {y[i], y[j]});
    }
  CHECK(ht == Approx(truth).epsilon(1e-10));
  CHECK(yg == Approx(truth).epsilon(1e-10));
}

TEST_CASE("joint probabilities that cannot be are refused", "[survey]") {
  const survey::Design design = drawn({2.0, 4.0});
  const auto why = [&](const Numbers& joint) {
    return message_of<InputError>(
        [&] { (void)survey::JointProbabilities(design, joint, PairEstimator::horvitz_thompson); });
  };
  CHECK(why({0.5, 0.1, 0.1}) == "wanted joint probabilities of 2 by 2 units, got 3 numbers");
  CHECK(contains(why({0.5, 0.0, 0.0, 0.25}), "got 0 of rows 0 and 1; with a pair that is never drawn together"));
  CHECK(contains(why({0.5, 0.1, 0.2, 0.25}), "does not depend on the order, got 0.1 and 0.2"));
  CHECK(contains(why({0.4, 0.1, 0.1, 0.25}), "the row's own probability on the diagonal, 0.5, got 0.4"));
  CHECK(contains(why({0.5, 0.3, 0.3, 0.25}), "at most either row's own, got 0.3"));
  const survey::JointProbabilities known{design, {0.5, 0.1, 0.1, 0.25}, PairEstimator::yates_grundy};
  CHECK(known.finite());
  CHECK(contains(known.words(), "(Yates-Grundy)"));
}
