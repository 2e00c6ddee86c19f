#include <algorithm>
#include <numeric>

#include <assay/survey/calibrate.hpp>
#include <assay/survey/rake.hpp>
#include <assay/survey/replicate_variance.hpp>

#include "weighted.hpp"

using namespace assay;
using namespace assay::test;

namespace {

survey::Margin sites(const Rows& rows) { return margin("site", rows.site, {300.0, 200.0, 100.0}); }
survey::Margin labels(const Rows& rows) { return margin("label", rows.label, {450.0, 150.0}); }

}  // namespace

TEST_CASE("raked margins are met, whatever their order or that of the rows", "[survey][law]") {
  Rows rows{200};
  const survey::Design design = survey::raked(drawn(rows.weights), {sites(rows), labels(rows)});
  const Numbers after{design.weights().begin(), design.weights().end()};
  for (const survey::Margin& each : {sites(rows), labels(rows)}) {
    const Numbers held = survey::held_by(each, after);
    for (std::size_t cell = 0; cell < held.size(); ++cell)
      CHECK(std::fabs(held[cell] / each.totals[cell] - 1.0) <= 1e-10);
  }
  CHECK(contains(design.words(), "raked to site and label"));
  const survey::Design turned = survey::raked(drawn(rows.weights), {labels(rows), sites(rows)});
  for (std::size_t row = 0; row < after.size(); ++row) CHECK(turned.weights()[row] == Approx(after[row]).epsilon(1e-9));
  Rows back = rows;
  std::reverse(back.weights.begin(), back.weights.end());
  std::reverse(back.site.begin(), back.site.end());
  std::reverse(back.label.begin(), back.label.end());
  const survey::Design reversed = survey::raked(drawn(back.weights), {sites(back), labels(back)});
  for (std::size_t row = 0; row < after.size(); ++row)
    CHECK(reversed.weights()[after.size() - 1 - row] == Approx(after[row]).epsilon(1e-9));
}

TEST_CASE("raking starts from the design's weights", "[survey]") {
  // A peer's raking once forgot them: rows of one crossing keep the ratio of their weights.
  const survey::Design design = survey::raked(
      drawn({1.0, 3.0, 1.0, 1.0}), {margin("a", {0, 0, 0, 1}, {6.0, 4.0}), margin("b", {0, 0, 1, 1}, {5.0, 5.0})});
  CHECK(design.weights()[1] / design.weights()[0] == Approx(3.0).epsilon(1e-13));
}

TEST_CASE("wholes that differ by rounding alone are one", "[survey]") {
  const Rows rows{80};
  const survey::Design design =
      survey::raked(drawn(rows.weights), {sites(rows), margin("label", rows.label, {450.0 * (1.0 + 1e-12), 150.0})});
  const Numbers after{design.weights().begin(), design.weights().end()};
  CHECK(survey::held_by(labels(rows), after)[0] == Approx(450.0).epsilon(1e-10));
  CHECK(contains(message_of<InputError>([&] {
                   (void)survey::raked(drawn(rows.weights),
                                       {sites(rows), margin("label", rows.label, {450.0 * (1.0 + 1e-9), 150.0})});
                 }),
                 "wanted margins that add up to one population"));
}

TEST_CASE("one margin is post-stratification, met in one sweep", "[survey]") {
  const Rows rows{50};
  const survey::Raking raking{{sites(rows)}, rows.weights};
  CHECK(raking.sweeps() == 1);
  CHECK(survey::held_by(sites(rows), raking.weights())[1] == Approx(200.0).epsilon(1e-14));
}

TEST_CASE("shares that raking fixed have no error left", "[survey][law]") {
  const Rows rows{200};
  const survey::Design design = survey::raked(drawn(rows.weights), {sites(rows), labels(rows)});
  Numbers known;
  for (std::size_t row = 0; row < rows.y.size(); ++row)
    known.push_back((rows.site[row] == 0 ? 2.0 : 0.0) + (rows.label[row] == 1 ? 5.0 : 0.0));
  const survey::Estimates mean = whole(design, {survey::Statistic::mean, known, {}});
  CHECK(mean.point.estimate[0] == Approx((2.0 * 300.0 + 5.0 * 150.0) / 600.0).epsilon(1e-10));
  CHECK(mean.variance[0] < 1e-20);
}

TEST_CASE("margins that contradict each other are refused by name", "[survey]") {
  const Rows rows{50};
  const auto why = [&](std::vector<survey::Margin> margins, const Numbers& weights) {
    return message_of<InputError>([&] { survey::Raking{std::move(margins), weights}; });
  };
  CHECK(why({}, rows.weights) == "wanted at least one margin to rake to, got none");
  CHECK(why({sites(rows), margin("label", rows.label, {450.0, 151.0})}, rows.weights) ==
        "wanted margins that add up to one population, 600 as 'site' does, got 601 in column 'label'; mend the totals: "
        "all margins count the same units");
  // site and label say the same of every row, but not in their totals: nobody can meet both
  const std::string stuck =
      why({margin("site", {0, 0, 1, 1}, {6.0, 4.0}), margin("label", {0, 0, 1, 1}, {5.0, 5.0})}, Numbers(4, 1.0));
  CHECK(contains(stuck, "wanted margins that the rows can meet together"));
  CHECK((contains(stuck, "column 'site'") || contains(stuck, "column 'label'")));
  CHECK(contains(why({sites(rows), margin("label", rows.label, {599.0, 0.0})}, rows.weights), "above 0 for 'level 1'"));
  Numbers negative = rows.weights;
  negative[7] = -1.0;
  CHECK(contains(why({sites(rows)}, negative), "wanted weights of at least 0 to rake, got -1 at row 7"));
}

TEST_CASE("residuals by design weights are those of replicates where weights differ", "[survey][law]") {
  Rows rows{600, 8};
  for (std::size_t row = 0; row < rows.weights.size(); ++row) {  // the heavy rows are of another kind
    rows.weights[row] = row % 3 == 0 ? 40.0 : 1.0;
    rows.y[row] += row % 3 == 0 ? 0.0 : 30.0;
  }
  const survey::Design plain = drawn(rows.weights);
  const std::vector<survey::Margin> margins{margin("site", rows.site, {3000.0, 3000.0, 2400.0}),
                                            margin("label", rows.label, {4000.0, 4400.0})};
  const survey::Question mean{survey::Statistic::mean, rows.y, {}};
  const survey::Design right = survey::raked(plain, margins, survey::RakingResiduals::design_weights);
  survey::ReplicationSpec spec;
  spec.method = survey::Replication::jackknife;
  const double known = whole(survey::replicated(right, spec), mean).variance[0];
  CHECK(whole(right, mean).variance[0] == Approx(known).epsilon(0.04));
  const double as_in_r = whole(survey::raked(plain, margins), mean).variance[0];
  CHECK((as_in_r > 1.5 * known || as_in_r < known / 1.5));
  CHECK(contains(right.words(), "raked to site and label (residuals by design weights)"));
  CHECK(contains(survey::raked(plain, margins).words(), "(residuals as in R's survey)"));
  // to convergence: the same as the regression of calibration on the margins
  survey::Auxiliaries levels{rows.y.size()};
  for (const survey::Margin& each : margins) levels.add_margin(each);
  const survey::Design calibrated =
      survey::calibrated(plain, std::move(levels), survey::Factor{survey::Distance::raking, {}});
  CHECK(whole(right, mean).variance[0] == Approx(whole(calibrated, mean).variance[0]).epsilon(1e-8));
}

TEST_CASE("equal weights leave both kinds of residuals one", "[survey][law]") {
  const Rows rows{300};
  const survey::Design plain = drawn(Numbers(300, 4.0));
  const std::vector<survey::Margin> margins{margin("site", rows.site, {500.0, 400.0, 300.0}),
                                            margin("label", rows.label, {700.0, 500.0})};
  const survey::Question mean{survey::Statistic::mean, rows.y, {}};
  CHECK(whole(survey::raked(plain, margins, survey::RakingResiduals::design_weights), mean).variance[0] ==
        Approx(whole(survey::raked(plain, margins), mean).variance[0]).epsilon(1e-9));
}
