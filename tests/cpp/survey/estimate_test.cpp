#include <assay_test.hpp>

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include <assay/survey/estimate.hpp>
#include <survey/surveys.hpp>

using namespace assay;
using assay::test::stage_of;
using survey::Code;
using survey::DomainCells;
using survey::Domains;
using survey::Statistic;

TEST_CASE("an estimate has the variance of its scores", "[law][survey]") {
  const test::Example example;
  const survey::Design design = example.of_stages();
  const auto cells = std::make_shared<const DomainCells>(design, example.domains());
  for (const Statistic statistic : {Statistic::mean, Statistic::total, Statistic::ratio, Statistic::variance}) {
    const survey::Estimates found = survey::estimate(design, cells, {statistic, example.y, example.x});
    for (Code domain = 0; domain < 5; ++domain)
      CHECK(found.standard_error(domain) ==
            Approx(std::sqrt(test::by_brute_force(design, test::masked(found.scores, cells->domains(), domain))))
                .epsilon(1e-12));
  }
}

TEST_CASE("a lone unit has an estimate and no error; its total has both", "[survey]") {
  const std::vector<double> y{1.0, 2.0, 3.0};
  const survey::Design design = survey::build(3, {stage_of({}, {})}, {2.0, 2.0, 2.0}, survey::Lonely::refuse, false);
  const auto cells = std::make_shared<const DomainCells>(
      design, std::make_shared<const Domains>(Domains{std::vector<Code>{0, 1, 1}, 3}));
  const auto mean = survey::estimate(design, cells, {Statistic::mean, y, {}});
  CHECK(mean.point.estimate[0] == 1.0);
  CHECK(std::isnan(mean.variance[0]));
  CHECK(mean.variance[1] > 0.0);
  CHECK(std::isnan(mean.point.estimate[2]));
  CHECK(std::isnan(mean.variance[2]));
  CHECK(mean.kish(2) == 0.0);
  CHECK(survey::estimate(design, cells, {Statistic::total, y, {}}).variance[0] > 0.0);
}

TEST_CASE("totals without weights are refused", "[survey]") {
  const std::vector<double> y{1.0, 2.0};
  const survey::Design design = survey::build(2, {stage_of({}, {})}, {}, survey::Lonely::refuse, false);
  const auto cells = std::make_shared<const DomainCells>(design, std::make_shared<const Domains>());
  CHECK(test::contains(
      test::message_of<InputError>([&] { (void)survey::estimate(design, cells, {Statistic::total, y, {}}); }),
      "weights, probabilities or populations to estimate a total"));
}

TEST_CASE("an indicator that is constant within strata has no variance, not dust", "[survey]") {
  std::vector<double> y, w;
  std::vector<Code> stratum;
  for (std::size_t row = 0; row < 300; ++row) {
    stratum.push_back(static_cast<Code>(row % 3));
    y.push_back(row % 3 == 0 ? 1.0 : 0.0);
    w.push_back(44.2099990844727 / static_cast<double>(1 + row % 3));
  }
  const survey::Design design = survey::build(300, {stage_of({}, stratum)}, w, survey::Lonely::refuse, false);
  const auto cells = std::make_shared<const DomainCells>(design, std::make_shared<const Domains>());
  CHECK(survey::estimate(design, cells, {Statistic::mean, y, {}}).variance[0] == 0.0);
}

TEST_CASE("effects and effective sizes", "[survey]") {
  const std::vector<double> y{1.0, 2.0, 4.0, 9.0};
  const survey::Design design =
      survey::build(4, {stage_of({}, {}, {40, 40, 40, 40})}, {}, survey::Lonely::refuse, false);
  const auto cells = std::make_shared<const DomainCells>(design, std::make_shared<const Domains>());
  const survey::Question question{Statistic::mean, y, {}};
  const auto found = survey::estimate(design, cells, question);
  // A simple random sample is as good as itself.
  CHECK(survey::design_effects(design, found, question)[0] == Approx(1.0).epsilon(1e-12));
  CHECK(found.kish(0) == Approx(4.0));
  CHECK(survey::kish_after_correction(design, cells->domains())[0] == Approx(4.0 / 0.9));
  const survey::Design census = survey::build(4, {stage_of({}, {}, {4, 4, 4, 4})}, {}, survey::Lonely::refuse, false);
  CHECK(std::isinf(survey::kish_after_correction(census, cells->domains())[0]));
  const survey::Design bare = survey::build(4, {stage_of({}, {})}, {}, survey::Lonely::refuse, false);
  CHECK(std::isnan(survey::design_effects(bare, found, question)[0]));
}
