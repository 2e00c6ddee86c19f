#include <cstring>

#include <assay/survey/calibrate.hpp>
#include <assay/survey/post_stratify.hpp>
#include <assay/survey/pps.hpp>
#include <assay/survey/replicate_variance.hpp>
#include <assay/survey/trim.hpp>

#include "weighted.hpp"

using namespace assay;
using namespace assay::test;
using survey::Replication;
using survey::ReplicationSpec;
using survey::Statistic;

namespace {

ReplicationSpec spec(Replication method, std::size_t count = 200, std::uint64_t seed = 4) {
  ReplicationSpec out;
  out.method = method;
  out.count = count;
  out.seed = seed;
  return out;
}

}  // namespace

TEST_CASE("replicates of a total have the closed form's variance", "[survey][law]") {
  const Rows rows{80};
  Numbers population;
  for (const survey::Code stratum : rows.strata) population.push_back(30.0 + 7.0 * stratum);
  const survey::Question total{Statistic::total, rows.y, {}};
  const survey::Design plain = drawn(rows.weights, rows.strata, {}, population);
  const double known = whole(plain, total).variance[0];
  const survey::Estimates jackknife = whole(survey::replicated(plain, spec(Replication::jackknife)), total);
  CHECK(jackknife.variance[0] == Approx(known).epsilon(1e-11));
  CHECK(jackknife.degrees_of_freedom[0] == 76.0);
  // balanced half-samples know no sampled share
  Codes halves;
  for (std::size_t row = 0; row < 80; ++row) halves.push_back(static_cast<survey::Code>(row / 2));
  const survey::Design pairs = drawn(rows.weights, halves);
  CHECK(whole(survey::replicated(pairs, spec(Replication::balanced)), total).variance[0] ==
        Approx(whole(pairs, total).variance[0]).epsilon(1e-11));
  // and the bootstrap comes near: 4,000 replicates leave a standard error of 2.2 %
  const survey::Estimates bootstrap = whole(survey::replicated(plain, spec(Replication::bootstrap, 4000)), total);
  CHECK(bootstrap.variance[0] == Approx(known).epsilon(0.08));
}

TEST_CASE("clusters are left out whole", "[survey][law]") {
  const Rows rows{60};
  Codes clusters;
  for (std::size_t row = 0; row < 60; ++row) clusters.push_back(static_cast<survey::Code>(row % 12));
  const survey::Question total{Statistic::total, rows.y, {}};
  const survey::Design plain = drawn(rows.weights, {}, clusters);
  const survey::Design left = survey::replicated(plain, spec(Replication::jackknife));
  CHECK(whole(left, total).replicated.size() == 12);
  CHECK(whole(left, total).variance[0] == Approx(whole(plain, total).variance[0]).epsilon(1e-11));
  CHECK(contains(left.words(), "jackknife with 12 replicates"));
}

TEST_CASE("a seed gives the same bits on any number of threads", "[survey]") {
  const Rows rows{500};
  const survey::Design plain = drawn(rows.weights, rows.strata);
  for (const bool adjusted : {false, true})
    for (const Statistic statistic : {Statistic::mean, Statistic::variance}) {
      const survey::Design design =
          adjusted ? survey::post_stratified(plain, margin("site", rows.site, {900.0, 500.0, 400.0})) : plain;
      const survey::Question question{statistic, rows.y, {}};
      const double one = whole(survey::replicated(design, spec(Replication::bootstrap), 1), question).variance[0];
      const double many = whole(survey::replicated(design, spec(Replication::bootstrap), 7), question).variance[0];
      CHECK(std::memcmp(&one, &many, sizeof one) == 0);
      CHECK(one > 0.0);
    }
}

TEST_CASE("adjusting before or after replicating is one", "[survey][law]") {
  const Rows rows{90};
  const survey::Margin sizes = margin("site", rows.site, {300.0, 200.0, 100.0});
  const survey::Question question{Statistic::ratio, rows.y, rows.x};
  const survey::Design plain = drawn(rows.weights);
  const ReplicationSpec asked = spec(Replication::jackknife);
  const survey::Design before = survey::replicated(survey::post_stratified(plain, sizes), asked);
  const survey::Design after = survey::post_stratified(survey::replicated(plain, asked), sizes);
  CHECK(whole(before, question).variance[0] == whole(after, question).variance[0]);
  // each replicate meets the totals
  Numbers weights(90);
  dynamic_cast<const survey::ReplicateVariance&>(*before.variance_method()).weights(before, 5, weights);
  CHECK(survey::held_by(sizes, weights)[1] == Approx(200.0).epsilon(1e-12));
  // a known share has no error in any of them
  Numbers in_first;
  for (const survey::Code site : rows.site) in_first.push_back(site == 0 ? 1.0 : 0.0);
  CHECK(whole(before, {Statistic::mean, in_first, {}}).variance[0] < 1e-24);
}

TEST_CASE("domains and unit sums agree with weights row by row", "[survey][law]") {
  const Rows rows{120};
  Codes clusters;
  for (std::size_t row = 0; row < 120; ++row) clusters.push_back(static_cast<survey::Code>(row % 20));
  const survey::Design design = survey::replicated(drawn(rows.weights, {}, clusters), spec(Replication::jackknife));
  auto domains = std::make_shared<survey::Domains>();
  domains->of_row = rows.site;
  domains->count = 3;
  domains->of_row[5] = survey::no_code;
  const auto& method = dynamic_cast<const survey::ReplicateVariance&>(*design.variance_method());
  for (const Statistic statistic : {Statistic::mean, Statistic::total, Statistic::ratio}) {
    const Numbers below = statistic == Statistic::ratio ? rows.x : Numbers{};
    const survey::Question question{statistic, rows.y, below};
    const auto found = method.estimates(design, question, *domains);
    Numbers weights(120);
    for (std::size_t r = 0; r < found.size(); ++r) {
      method.weights(design, r, weights);
      const auto slow = survey::point_estimates(question, weights, *domains).estimate;
      for (std::size_t d = 0; d < 3; ++d) CHECK(found[r][d] == Approx(slow[d]).epsilon(1e-12));
    }
  }
}

TEST_CASE("a replicate that cannot meet the totals is named", "[survey]") {
  const survey::Design design =
      survey::replicated(survey::post_stratified(drawn(Numbers(4, 1.0)), margin("site", {0, 1, 1, 1}, {5.0, 5.0})),
                         spec(Replication::jackknife));
  const Numbers y{1.0, 2.0, 3.0, 5.0};
  CHECK(contains(message_of<InputError>([&] { (void)whole(design, {Statistic::mean, y, {}}); }),
                 "replicate 1 of 4 cannot be adjusted as the sample was: wanted weights above 0 in each level of a "
                 "margin, got 0 in 'level 0' in column 'site'"));
  CHECK(contains(message_of<InputError>(
                     [] { (void)survey::replicated(drawn(Numbers(20001, 1.0)), spec(Replication::jackknife)); }),
                 "wanted a jackknife of at most 20000 units, got 20001"));
  CHECK(contains(message_of<AssayError>([&] { (void)design.variance_method()->covariance(design, y, 1); }),
                 "replicates answer with estimates"));
}

TEST_CASE("a variance from elsewhere is not replaced by replicates", "[survey]") {
  const survey::Design plain = drawn({2.0, 3.0, 4.0});
  const survey::Design poisson = plain.with_variance(std::make_shared<const survey::UnequalProbabilities>(
      plain, survey::PairChances::poisson, survey::PairEstimator::horvitz_thompson));
  CHECK(contains(message_of<InputError>([&] { (void)survey::replicated(poisson, spec(Replication::jackknife)); }),
                 "wanted a design whose stages say its variance, to replicate, got unequal probabilities, Poisson "
                 "sampling"));
  const survey::Design again =
      survey::replicated(survey::replicated(plain, spec(Replication::jackknife)), spec(Replication::bootstrap, 20));
  CHECK(contains(again.words(), "bootstrap with 20 replicates, seed 4"));
}

TEST_CASE("below a first stage the sampled share of clusters does not count", "[survey]") {
  survey::StageColumns first, second;
  first.units = {0, 0, 1, 1, 2, 2};
  first.unit_count = 3;
  first.population.assign(6, 5.0);
  second.population.assign(6, 10.0);
  const survey::Design stages = survey::build(6, {first, second}, Numbers(6, 8.0), survey::Lonely::certainty, false);
  const survey::Design simple = drawn(Numbers(6, 8.0), {}, {0, 0, 1, 1, 2, 2});
  const Numbers y{1.0, 2.0, 4.0, 8.0, 3.0, 9.0};
  const survey::Question total{Statistic::total, y, {}};
  CHECK(whole(survey::replicated(stages, spec(Replication::jackknife)), total).variance[0] ==
        Approx(whole(simple, total).variance[0]).epsilon(1e-12));
  CHECK(whole(simple, total).variance[0] > whole(stages, total).variance[0]);
}

TEST_CASE("units that no replicate changes lend no degrees of freedom", "[survey]") {
  const Numbers population{2.0, 2.0, 10.0, 10.0, 10.0, 10.0};
  const survey::Design plain = drawn({1.0, 1.0, 2.5, 2.5, 2.5, 2.5}, {0, 0, 1, 1, 1, 1}, {}, population);
  const Numbers values{1.0, 2.0, 4.0, 3.0, 5.0, 9.0};
  const survey::Question mean{survey::Statistic::mean, values, {}};
  for (const Replication method : {Replication::jackknife, Replication::bootstrap}) {
    const survey::Design design = survey::replicated(plain, spec(method));
    CHECK(whole(design, mean).degrees_of_freedom[0] == 3.0);
    CHECK(design.degrees_of_freedom() == 3);
  }
  ReplicationSpec halves = spec(Replication::balanced);
  halves.pair_up = true;
  CHECK(survey::replicated(plain, halves).degrees_of_freedom() == 2);
}

TEST_CASE("replicates that leave sampled fractions out say so", "[survey]") {
  const Rows rows{8};
  const Codes pairs{0, 0, 1, 1, 2, 2, 3, 3};
  const survey::Design finite = drawn(Numbers(8, 2.0), pairs, {}, Numbers(8, 4.0));
  const char* words = ", as if drawn with replacement";
  CHECK(contains(survey::replicated(finite, spec(Replication::balanced)).words(), words));
  CHECK(!contains(survey::replicated(finite, spec(Replication::jackknife)).words(), words));
  CHECK(!contains(survey::replicated(drawn(Numbers(8, 2.0), pairs), spec(Replication::balanced)).words(), words));
}

TEST_CASE("a slice that a replicate leaves without a row has no standard error", "[survey]") {
  const Rows rows{40};
  const survey::Design plain = drawn(rows.weights);
  Codes few(40, 0);
  few[3] = few[7] = 1;
  const auto slices = std::make_shared<const survey::Domains>(survey::Domains{few, 2});
  const survey::Question mean{Statistic::mean, rows.y, {}};
  const auto error = [&](const survey::Design& design) {
    return survey::estimate(design, std::make_shared<const survey::DomainCells>(design, slices), mean).variance;
  };
  const Numbers bootstrap = error(survey::replicated(plain, spec(Replication::bootstrap, 500)));
  CHECK(bootstrap[0] > 0.0);
  CHECK(std::isnan(bootstrap[1]));
  ReplicationSpec fay = spec(Replication::balanced);
  fay.fay = 0.3;
  fay.pair_up = true;
  CHECK(error(survey::replicated(plain, fay))[1] > 0.0);
  CHECK(error(plain)[1] > 0.0);
}
