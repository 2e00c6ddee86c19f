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
