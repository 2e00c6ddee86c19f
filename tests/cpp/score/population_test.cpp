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

namespace {

/// Stratum x: two rows scored, both right, two undecided. Stratum y: four rows scored, two right.
std::vector<Column> half_decided() {
  return {{"d", Words{"allow", "skip", "allow", "skip", "allow", "allow", "allow", "allow"}},
          {"v", Words{"allow", "allow", "allow", "allow", "allow", "remove", "remove", "allow"}},
          {"q", Words{"x", "x", "x", "x", "y", "y", "y", "y"}}};
}

Tally half_tallied(const Words& strata) {
  TallySpec spec = test::judged_spec({{}}, strata);
  spec.labels = Labels{{"remove"}, {}, {"skip"}};
  return test::tally_of(spec, half_decided());
}

}  // namespace

TEST_CASE("rows set aside were drawn like the others, and the score is about the rest of the queue", "[score]") {
  const Tally tally = half_tallied({});
  const ScoreDesign found = design_of(tally, {80.0, {}, {}});
  CHECK(found.facts.begin()->second.sampled == 8.0);
  const Score whole = score(tally, found, {}).scores.front();
  CHECK(whole.estimate.value() == Approx(4.0 / 6.0));
  CHECK(whole.denominator == Approx(60.0));  // six of eight were decided, so 60 of 80
  CHECK(whole.method == "beta, finite population");
  // A census of the queue leaves nothing open, whatever was set aside.
  const Score census = score(tally, design_of(tally, {8.0, {}, {}}), {}).scores.front();
  CHECK(census.method == "census");
  CHECK(census.standard_error == 0.0);
  CHECK(census.limits.lower == Approx(4.0 / 6.0));
  CHECK(census.limits.upper == Approx(4.0 / 6.0));
}

TEST_CASE("strata weigh by what is left of them when rows are set aside", "[score]") {
  const Tally tally = half_tallied({"q"});
  const PopulationSizes population{{}, {{{"x"}, 40.0}, {{"y"}, 40.0}}, {}};
  CHECK(strata_to_count(tally, population) == Words{"q"});
  CHECK(strata_to_count(tally, {}).empty());
  CHECK(strata_to_count(test::tally_of(test::judged_spec({{}}, {"q"}), rows()), population).empty());
  const ScoreDesign found = design_of(tally, population, {{{"x"}, 4.0}, {{"y"}, 4.0}});
  const Score whole = score(tally, found, {}).scores.front();
  CHECK(whole.estimate.value() == Approx((20.0 * 1.0 + 40.0 * 0.5) / 60.0));  // not (40 + 20) / 80
  CHECK(whole.denominator == Approx(60.0));
}

TEST_CASE("rows set aside from strata that nobody counted are refused", "[score]") {
  const PopulationSizes population{{}, {{{"x"}, 40.0}, {{"y"}, 40.0}}, {}};
  const auto refused = [&](const StratumRows& rows) {
    return message_of<InputError>([&] { (void)design_of(half_tallied({"q"}), population, rows); });
  };
  CHECK(test::contains(refused({}), "got 2 rows set aside as undecided or excluded, not counted by stratum"));
  CHECK(test::contains(refused({{{"x"}, 4.0}}), "every row is scored"));
}

TEST_CASE("a stratum of which every row was set aside says nothing, and is no stratum without audits", "[score]") {
  std::vector<Column> rows_ = half_decided();
  rows_[0].second = Words{"skip", "skip", "skip", "skip", "allow", "allow", "allow", "allow"};
  TallySpec spec = test::judged_spec({{}}, {"q"});
  spec.labels = Labels{{"remove"}, {}, {"skip"}};
  const Tally tally = test::tally_of(spec, rows_);
  const ScoreDesign found = design_of(tally, {{}, {{{"x"}, 40.0}, {{"y"}, 40.0}}, {}}, {{{"x"}, 4.0}, {{"y"}, 4.0}});
  CHECK(score(tally, found, {}).scores.front().estimate.value() == Approx(0.5));
}
