// Golden numbers: R survey 4.5 (A_survey), its lonely-stratum options, and the textbook table of eight units.

#include <assay_test.hpp>

#include <cmath>
#include <memory>
#include <vector>

#include <assay/survey/variance.hpp>
#include <survey/surveys.hpp>

using namespace assay;
using assay::test::stage_of;
using survey::Code;
using survey::Lonely;

namespace {

double variance(const survey::Design& design, const std::vector<double>& scores) {
  return survey::variances(design, survey::DomainCells{design, std::make_shared<const survey::Domains>()}, scores)
      .front();
}

}  // namespace

TEST_CASE("all domains at once are each what brute force over all rows says", "[law][survey]") {
  const test::Example example;
  for (const survey::Design& design : {example.of_rows(), example.of_stages()}) {
    const survey::DomainCells cells{design, example.domains()};
    const auto found = survey::variances(design, cells, example.y);
    REQUIRE(found.size() == 5);
    for (Code domain = 0; domain < 5; ++domain)
      CHECK(found[domain] ==
            Approx(test::by_brute_force(design, test::masked(example.y, cells.domains(), domain))).epsilon(1e-12));
    CHECK(variance(design, example.y) == Approx(test::by_brute_force(design, example.y)).epsilon(1e-12));
  }
}

TEST_CASE("two stages with both corrections: mu284", "[golden][survey]") {
  const auto file = test::shared_file("golden/A_survey/mu284.csv");
  if (!file) return;
  const test::Table data{*file};
  std::vector<Code> cluster;
  std::vector<double> first, second, scores;
  for (const test::Row& row : data.rows()) {
    cluster.push_back(static_cast<Code>(row.integer("id1")));
    first.push_back(row.number("n1"));
    second.push_back(row.number("n2"));
  }
  const survey::Design design =
      survey::build(static_cast<std::int64_t>(cluster.size()), {stage_of(cluster, {}, first), stage_of({}, {}, second)},
                    {}, Lonely::refuse, false);
  const auto y = data.numbers("y1");
  for (std::size_t row = 0; row < y.size(); ++row) scores.push_back(design.weights()[row] * y[row]);
  CHECK(std::sqrt(variance(design, scores)) == Approx(2274.2547008733304).epsilon(1e-12));
}

TEST_CASE("lonely strata by each of the rules", "[golden][survey]") {
  // Five units of one stratum and one of another, weights 3 and 4; svytotal(~x), survey 4.5.
  const std::vector<double> x{2.79999995231628, 4.09999990463257, 6.80000019073486,
                              6.80000019073486, 9.19999980926514, 3.70000004768372};
  std::vector<double> scores;
  for (std::size_t row = 0; row < 6; ++row) scores.push_back(x[row] * (row < 5 ? 3.0 : 4.0));
  const auto error = [&](Lonely rule) {
    return std::sqrt(variance(survey::build(6, {stage_of({}, {0, 0, 0, 0, 0, 1})}, {}, rule, false), scores));
  };
  CHECK(error(Lonely::certainty) == Approx(16.88816155500961).epsilon(1e-12));
  CHECK(error(Lonely::remove) == error(Lonely::certainty));
  CHECK(error(Lonely::adjust) == Approx(17.074648199573335).epsilon(1e-12));
  CHECK(error(Lonely::average) == Approx(23.883467114642489).epsilon(1e-12));
  const survey::Design only = survey::build(2, {stage_of({}, {0, 1})}, {}, Lonely::average, false);
  CHECK(std::isnan(variance(only, {1.0, 2.0})));
}

TEST_CASE("adjust is that of the masked scores also where a domain misses the lonely stratum", "[law][survey]") {
  const std::vector<double> scores{1.0, 4.0, 2.0, 9.0, 5.0};
  const survey::Design design = survey::build(5, {stage_of({}, {0, 0, 0, 1, 2})}, {}, Lonely::adjust, false);
  const auto domains = std::make_shared<const survey::Domains>(survey::Domains{std::vector<Code>{0, 1, 0, 0, 1}, 2});
  const auto found = survey::variances(design, survey::DomainCells{design, domains}, scores);
  CHECK(found[0] == Approx(variance(design, {1.0, 0.0, 2.0, 9.0, 0.0})).epsilon(1e-14));
  CHECK(found[1] == Approx(variance(design, {0.0, 4.0, 0.0, 0.0, 5.0})).epsilon(1e-14));
}

TEST_CASE("scores that hardly differ keep their digits", "[law][survey]") {
  const test::Example example;
  const survey::Design design = example.of_rows();
  std::vector<double> small, large;
  for (const double y : example.y) {
    small.push_back(y * 0x1p-20);
    large.push_back(y * 0x1p-20 + 0x1p20);
  }
  CHECK(variance(design, large) == Approx(variance(design, small)).epsilon(1e-4));
  CHECK(variance(design, std::vector<double>(small.size(), 0x1p20)) == 0.0);
}

TEST_CASE("residuals are the scores of one domain, 0 elsewhere", "[survey]") {
  const test::Example example;
  const auto domains = example.domains();
  CHECK(survey::residuals(example.of_rows(), *domains, 3, example.y) == test::masked(example.y, *domains, 3));
}
