#include <map>

#include <assay/survey/calibrate.hpp>
#include <assay/survey/rake.hpp>

#include "weighted.hpp"

using namespace assay;
using namespace assay::test;
using survey::Auxiliaries;
using survey::Distance;
using survey::Factor;

namespace {

Factor factor_of(Distance distance) {
  const bool bounded = distance == Distance::logit || distance == Distance::truncated;
  return bounded ? Factor{distance, Interval{0.5, 2.0}} : Factor{distance};
}

Auxiliaries known_of(const Rows& rows, double views) {
  Auxiliaries known{rows.x.size()};
  known.add_number("views", rows.x, views);
  known.add_margin(margin("site", rows.site, {210.0, 160.0, 150.0}));
  return known;
}

/// Factors as R's sampling has them: steps with the factor itself in the place of its slope (the same for raking),
/// until all totals are met within 1e-6.
Numbers stopped_early(const Auxiliaries& known, const Factor& factor, const Numbers& weights) {
  Numbers slopes(known.columns(), 0.0), adjusted = weights;
  while (true) {
    const Numbers u = known.products(slopes);
    for (std::size_t row = 0; row < u.size(); ++row) adjusted[row] = weights[row] * factor.value(u[row]);
    Numbers gap = known.sums(adjusted);
    double worst = 0.0;
    for (std::size_t j = 0; j < gap.size(); ++j) {
      gap[j] = known.totals()[j] - gap[j];
      worst = std::max(worst, std::fabs(gap[j] / known.totals()[j]));
    }
    if (worst < 1e-6) return adjusted;
    const Numbers step = SymmetricSolver{known.squares(adjusted)}.solve(gap);
    for (std::size_t j = 0; j < step.size(); ++j) slopes[j] += step[j];
  }
}

}  // namespace

TEST_CASE("calibration g-weights of the shared table are met", "[golden][survey]") {
  const auto file = shared_file("golden/A_sampling/sampling_results.csv");
  if (!file) return;
  const std::map<std::string, Distance> methods{{"sampling::calib linear", Distance::linear},
                                                {"sampling::calib raking", Distance::raking},
                                                {"sampling::calib logit", Distance::logit},
                                                {"sampling::calib truncated", Distance::truncated}};
  Auxiliaries known{10};
  Numbers x;
  for (int i = 2; i <= 11; ++i) x.push_back(10.0 * i);
  known.add_size(105.0);
  known.add_number("x", x, 7000.0);
  std::size_t met = 0;
  const Table table{*file};
  for (const Row& row : table.rows()) {
    const auto method = methods.find(row.text("fn"));
    if (method == methods.end()) continue;
    const Factor factor = factor_of(method->second);
    Numbers weights = survey::calibrated_weights(known, factor, Numbers(10, 10.0));
    const auto at = static_cast<std::size_t>(std::stoi(row.text("stat").substr(1)) - 1);
    INFO(row.text("fn") << " " << row.text("stat"));
    if (method->second == Distance::raking || method->second == Distance::logit) {
      // R stops these two early: what it would say is remade, and the exact answer is as near as that.
      const Numbers remade = stopped_early(known, factor, Numbers(10, 10.0));
      CHECK(weights[at] == Approx(remade[at]).epsilon(1e-6));
      weights = remade;
    }
    CHECK(weights[at] / 10.0 == Approx(row.number("value")).epsilon(1e-10));
    ++met;
  }
  CHECK(met == 35);
}

TEST_CASE("calibrated totals are hit by every distance", "[survey][law]") {
  const Rows rows{150};
  const Auxiliaries known = known_of(rows, 2600.0);
  for (const Distance distance : {Distance::linear, Distance::raking, Distance::logit, Distance::truncated}) {
    const survey::Design design = survey::calibrated(drawn(rows.weights), known, factor_of(distance));
    const Numbers sums = known.sums(design.weights());
    for (std::size_t j = 0; j < sums.size(); ++j) CHECK(sums[j] == Approx(known.totals()[j]).epsilon(1e-10));
    for (std::size_t row = 0; row < rows.weights.size(); ++row) {
      if (distance == Distance::linear) continue;
      CHECK(design.weights()[row] > 0.0);
      if (distance == Distance::raking) continue;
      CHECK(design.weights()[row] >= 0.5 * rows.weights[row] * (1.0 - 1e-12));
      CHECK(design.weights()[row] <= 2.0 * rows.weights[row] * (1.0 + 1e-12));
    }
    const survey::Estimates mean = whole(design, {survey::Statistic::mean, rows.x, {}});
    CHECK(mean.point.estimate[0] == Approx(5.0).epsilon(1e-10));
    CHECK(mean.variance[0] < 1e-20);
    CHECK(contains(design.words(), "calibrated on views, site"));
  }
}

TEST_CASE("calibration by raking on levels alone is raking", "[survey][law]") {
  const Rows rows{120};
  const std::vector<survey::Margin> margins{margin("site", rows.site, {300.0, 200.0, 100.0}),
                                            margin("label", rows.label, {450.0, 150.0})};
  Auxiliaries known{120};
  for (const survey::Margin& each : margins) known.add_margin(each);  // one total too many: they add up to one whole
  const Numbers weights = survey::calibrated_weights(known, Factor{Distance::raking}, rows.weights);
  const survey::Raking raking{margins, rows.weights};
  for (std::size_t row = 0; row < weights.size(); ++row)
    CHECK(weights[row] == Approx(raking.weights()[row]).epsilon(1e-9));
}

TEST_CASE("totals that cannot be met are refused by name", "[survey]") {
  const Rows rows{60};
  const auto why = [&](const Auxiliaries& known, Distance distance) {
    return message_of<InputError>([&] { (void)survey::calibrated_weights(known, factor_of(distance), rows.weights); });
  };
  // three times as many views as there are: not within a factor of 2
  Auxiliaries bounded{60};
  bounded.add_number("views", rows.x, 7500.0);
  for (const Distance distance : {Distance::logit, Distance::truncated})
    CHECK(contains(why(bounded, distance),
                   "wanted totals that weights of these rows can meet together, got a total of "
                   "7500 for views, of which "));
  // positive weights cannot make a positive sum negative
  Auxiliaries negative{60};
  negative.add_number("views", rows.x, -5.0);
  CHECK(contains(why(negative, Distance::raking), "for views"));
  // the same column with two totals
  Auxiliaries twice{60};
  twice.add_number("views", rows.x, 800.0);
  twice.add_number("views again", rows.x, 900.0);
  CHECK(contains(why(twice, Distance::linear), "for views"));
  Auxiliaries nothing{60};
  CHECK(why(nothing, Distance::linear) == "wanted at least one total to calibrate on, got none");
  CHECK(contains(message_of<InputError>(
                     [&] { (void)survey::calibrated_weights(bounded, Factor{Distance::linear}, Numbers(3, 1.0)); }),
                 "wanted a weight for each of 60 rows, got 3"));
}
