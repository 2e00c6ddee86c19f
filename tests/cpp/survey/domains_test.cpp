#include <assay_test.hpp>

#include <set>
#include <vector>

#include <assay/survey/domains.hpp>
#include <survey/surveys.hpp>

using namespace assay;
using survey::Code;
using survey::no_code;

TEST_CASE("degrees of freedom are units less strata that a domain touches", "[law][survey]") {
  const test::Example example;
  for (const survey::Design& design : {example.of_rows(), example.of_stages()}) {
    const survey::DomainCells cells{design, example.domains()};
    const auto found = cells.degrees_of_freedom();
    const survey::Stage& stage = design.first_stage();
    for (Code domain = 0; domain < 5; ++domain) {
      std::set<Code> units, groups;
      for (std::size_t row = 0; row < example.domain.size(); ++row)
        if (example.domain[row] == domain) {
          units.insert(stage.unit(row));
          groups.insert(stage.group_of_unit[stage.unit(row)]);
        }
      CHECK(cells.units()[domain] == static_cast<std::int64_t>(units.size()));
      CHECK(found[domain] == static_cast<std::int64_t>(units.size()) - static_cast<std::int64_t>(groups.size()));
    }
  }
}

TEST_CASE("no codes are one domain of all rows", "[survey]") {
  const test::Example example;
  const survey::DomainCells cells{example.of_stages(), std::make_shared<const survey::Domains>()};
  CHECK(cells.domains().at(17) == 0);
  CHECK(cells.degrees_of_freedom() == std::vector<std::int64_t>{9});
}

TEST_CASE("an empty domain has no degrees of freedom", "[survey]") {
  const test::Example example;
  const auto none =
      std::make_shared<const survey::Domains>(survey::Domains{std::vector<Code>(example.y.size(), no_code), 1});
  const survey::Design design = example.of_rows();
  CHECK(survey::DomainCells(design, none).degrees_of_freedom() == std::vector<std::int64_t>{0});
}

TEST_CASE("strata drawn whole show nothing of the variance and lend it no degrees of freedom", "[survey]") {
  std::vector<Code> stratum(503, 0), domain(503, 0);
  std::vector<double> population(503, 500.0);
  for (std::size_t row = 500; row < 503; ++row) stratum[row] = 1, population[row] = 1000.0, domain[row] = 1;
  domain[0] = 1;
  const survey::Design design =
      survey::build(503, {test::stage_of({}, stratum, population)}, {}, survey::Lonely::refuse, false);
  CHECK(design.degrees_of_freedom() == 2);
  CHECK(survey::DomainCells(design, std::make_shared<const survey::Domains>()).degrees_of_freedom() ==
        std::vector<std::int64_t>{2});
  // a domain of whole strata alone has no other units to count
  CHECK(survey::DomainCells(design, std::make_shared<const survey::Domains>(survey::Domains{domain, 2}))
            .degrees_of_freedom() == std::vector<std::int64_t>{498, 2});
  const survey::Design census =
      survey::build(4, {test::stage_of({}, {0, 0, 1, 1}, {2.0, 2.0, 2.0, 2.0})}, {}, survey::Lonely::refuse, false);
  CHECK(census.degrees_of_freedom() == 2);
  CHECK(survey::DomainCells(census, std::make_shared<const survey::Domains>()).degrees_of_freedom() ==
        std::vector<std::int64_t>{2});
  // where units of a whole stratum were themselves sampled, they do show the variance of the second stage
  const survey::Design stages = survey::build(
      8,
      {test::stage_of({0, 0, 1, 1, 2, 2, 3, 3}, {0, 0, 0, 0, 1, 1, 1, 1}, {2.0, 2.0, 2.0, 2.0, 9.0, 9.0, 9.0, 9.0}),
       test::stage_of({}, {}, std::vector<double>(8, 20.0))},
      {}, survey::Lonely::refuse, false);
  CHECK(stages.degrees_of_freedom() == 2);
}

TEST_CASE("rows of domains keep the order they are given in", "[survey]") {
  const survey::Domains domains{{1, 0, survey::no_code, 1, 0}, 3};
  const std::vector<survey::Code> order{4, 3, 2, 1, 0};
  const survey::RowsOfDomains rows{domains, order};
  const auto of = [&](std::size_t domain) {
    return std::vector<survey::Code>(rows.of(domain).begin(), rows.of(domain).end());
  };
  CHECK(of(0) == std::vector<survey::Code>{4, 1});
  CHECK(of(1) == std::vector<survey::Code>{3, 0});
  CHECK(of(2).empty());
}
