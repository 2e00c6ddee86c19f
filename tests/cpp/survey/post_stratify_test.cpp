#include <assay/survey/post_stratify.hpp>
#include <assay/survey/rake.hpp>
#include <assay/survey/replicate_variance.hpp>

#include "weighted.hpp"

using namespace assay;
using namespace assay::test;

TEST_CASE("post-stratified weights meet their totals, and what totals know has no error", "[survey][law]") {
  const Rows rows{60};
  const survey::Margin sizes = margin("site", rows.site, {300.0, 200.0, 100.0});
  const survey::Design design = survey::post_stratified(drawn(rows.weights), sizes);
  const Numbers after{design.weights().begin(), design.weights().end()};
  const Numbers held = survey::held_by(sizes, after);
  CHECK(held[0] == Approx(300.0).epsilon(1e-14));
  CHECK(held[2] == Approx(100.0).epsilon(1e-14));
  CHECK(contains(design.words(), "post-stratified by site"));
  Numbers in_first;
  for (const survey::Code site : rows.site) in_first.push_back(site == 0 ? 1.0 : 0.0);
  const survey::Estimates share = whole(design, {survey::Statistic::mean, in_first, {}});
  CHECK(share.point.estimate[0] == Approx(0.5));
  CHECK(share.variance[0] < 1e-28);
  // the same totals again change nothing
  const survey::Design again = survey::post_stratified(design, sizes);
  for (std::size_t row = 0; row < after.size(); ++row) CHECK(again.weights()[row] == Approx(after[row]).epsilon(1e-14));
  CHECK(design.drawn_weights()[0] == rows.weights[0]);
}

TEST_CASE("one cell leaves means and their variances as they are", "[survey][law]") {
  const Rows rows{40};
  const survey::Design plain = drawn(rows.weights);
  const survey::Design one = survey::post_stratified(plain, margin("all", Codes(40, 0), {1000.0}));
  const survey::Question question{survey::Statistic::mean, rows.y, {}};
  CHECK(whole(one, question).variance[0] == Approx(whole(plain, question).variance[0]).epsilon(1e-12));
}

TEST_CASE("post-stratification refuses what it cannot meet", "[survey]") {
  CHECK(contains(message_of<InputError>(
                     [] { (void)survey::post_stratified(drawn({1.0, 1.0}), margin("site", {0, 0}, {5.0, 5.0})); }),
                 "got none in 'level 1' in column 'site'"));
}

TEST_CASE("in any chain of adjustments, what the last one fixed has no error left", "[survey][law]") {
  const Rows rows{200};
  const survey::Margin site = margin("site", rows.site, {300.0, 200.0, 100.0});
  const survey::Margin label = margin("label", rows.label, {450.0, 150.0});
  const survey::Design plain = drawn(rows.weights, rows.strata);
  const auto error = [](const survey::Design& design, const Codes& of) {
    Numbers first;
    for (const survey::Code each : of) first.push_back(each == 0 ? 1.0 : 0.0);
    return std::sqrt(whole(design, {survey::Statistic::total, first, {}}).variance[0]);
  };
  CHECK(error(survey::post_stratified(survey::post_stratified(plain, site), label), rows.label) < 1e-10);
  CHECK(error(survey::post_stratified(survey::post_stratified(plain, label), site), rows.site) < 1e-10);
  const survey::Design raked =
      survey::raked(survey::post_stratified(plain, site), {label}, survey::RakingResiduals::design_weights);
  CHECK(error(raked, rows.label) < 1e-10);
  CHECK(error(survey::post_stratified(survey::raked(plain, {site, label}), site), rows.site) < 1e-10);
  // what the earlier one fixed moved again
  CHECK(error(survey::post_stratified(survey::post_stratified(plain, site), label), rows.site) > 0.5);
}

TEST_CASE("the variance after a chain of adjustments is that of replicates adjusted anew", "[survey][law]") {
  const Rows rows{1000, 5};
  Codes lopsided;  // goes with site, so that the order of the two matters
  for (std::size_t row = 0; row < rows.site.size(); ++row)
    lopsided.push_back(rows.site[row] == 0 ? rows.label[row] : static_cast<survey::Code>(row % 8 != 0));
  const survey::Design plain = drawn(rows.weights);
  const survey::Design twice =
      survey::post_stratified(survey::post_stratified(plain, margin("site", rows.site, {1500.0, 700.0, 300.0})),
                              margin("lopsided", lopsided, {1300.0, 1200.0}));
  Numbers values = rows.y;
  for (std::size_t row = 0; row < values.size(); ++row) values[row] += lopsided[row] == 0 ? 0.0 : 60.0;
  const survey::Question total{survey::Statistic::total, values, {}};
  survey::ReplicationSpec spec;
  spec.method = survey::Replication::jackknife;
  const double jackknife = whole(survey::replicated(twice, spec), total).variance[0];
  CHECK(whole(twice, total).variance[0] == Approx(jackknife).epsilon(0.03));
}
