#include "scores.hpp"

using namespace assay;
using assay::test::Column;
using assay::test::message_of;
using assay::test::Wholes;
using assay::test::Words;

namespace {

std::vector<Column> rows() {
  return {{"d", Words{"allow", "allow", "remove", "allow"}},
          {"v", Words{"allow", "remove", "remove", "allow"}},
          {"q", Words{"x", "x", "y", "y"}},
          {"held", Wholes{9, 9, 4, 4}}};
}

ScoreDesign design(const Words& strata, const PopulationSizes& population) {
  return design_of(test::tally_of(test::judged_spec({{}}, strata), rows()), population);
}

std::string refusal(const Words& strata, const PopulationSizes& population) {
  return message_of<InputError>([&] { (void)design(strata, population); });
}

}  // namespace

TEST_CASE("populations come as a number, a mapping or a column", "[score]") {
  CHECK(design({}, {}).words == "simple random");
  CHECK_FALSE(design({}, {}).finite());
  CHECK(design({}, {100.0, {}, {}}).facts.begin()->second.population == 100.0);
  CHECK(design({}, {100.0, {}, {}}).facts.begin()->second.sampled == 4.0);
  for (const PopulationSizes& population :
       {PopulationSizes{{}, {{{"x"}, 9.0}, {{"y"}, 4.0}}, {}}, PopulationSizes{{}, {}, "held"}}) {
    const ScoreDesign found = design(population.column.empty() ? Words{"q"} : Words{"q", "held"}, population);
    CHECK(found.words == "stratified simple random");
    CHECK(found.made_of == Words{"q"});
    CHECK(found.facts.size() == 2);
    double total = 0.0;
    for (const auto& [codes, facts] : found.facts) {
      total += facts.population;
      CHECK(facts.sampled == 2.0);
    }
    CHECK(total == 13.0);
  }
}

TEST_CASE("populations that cannot be are refused", "[score]") {
  CHECK(test::contains(refusal({"q"}, {}), "population="));
  CHECK(test::contains(refusal({"q"}, {100.0, {}, {}}), "a mapping by stratum"));
  CHECK(test::contains(refusal({}, {{}, {{{"x"}, 9.0}}, {}}), "strata="));
  CHECK(test::contains(refusal({"q"}, {{}, {{{"x"}, 9.0}}, {}}), "none for 'y'"));
  CHECK(test::contains(refusal({"q"}, {{}, {{{"x"}, 9.0}, {{"y"}, 1.0}}, {}}),
                       "at least the 2 audited cases in stratum 'y'"));
  CHECK(test::contains(refusal({"q"}, {{}, {{{"x"}, 9.0}, {{"y"}, 4.0}, {{"z"}, 4.0}}, {}}), "none of 'z'"));
  CHECK(test::contains(refusal({}, {3.0, {}, {}}), "at least the 4 audited cases"));
  CHECK(test::contains(refusal({}, {4.5, {}, {}}), "a whole number of cases"));
  CHECK(test::contains(refusal({"held"}, {{}, {}, "held"}), "one population"));
  CHECK(test::contains(refusal({"d", "q"}, {{}, {}, "q"}), "whole numbers"));
}

TEST_CASE("an empty tally has an empty design, which scoring refuses", "[score]") {
  const Tally empty{test::judged_spec({{}}, {"q"})};
  const ScoreDesign found = design_of(empty, {{}, {{{"x"}, 9.0}}, {}});
  CHECK(found.facts.empty());
  CHECK(
      test::contains(message_of<InputError>([&] { (void)score(empty, found, {}); }), "at least one audited decision"));
}
