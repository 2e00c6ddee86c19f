#include <assay/score/cell_facts.hpp>

#include "scores.hpp"

using namespace assay;
using assay::detail::CellFacts;
using assay::detail::SilentCells;
using assay::test::Column;
using assay::test::Words;

namespace {

std::vector<Column> rows() {
  return {{"d", Words{"allow", "allow", "remove", "allow"}},
          {"v", Words{"allow", "remove", "remove", "allow"}},
          {"q", Words{"x", "x", "y", "y"}},
          {"site", Words{"a", "b", "a", "b"}}};
}

const PopulationSizes populations{{}, {{{"x"}, 30.0}, {{"y"}, 50.0}}, {}};

Slices slices_by(const Tally& tally, const CellFacts& facts, const Words& columns) {
  return slices_of(tally, tally.spec().grouping_of(columns), facts.hidden(), detail::ranks_of(tally.dictionaries()),
                   facts.strata());
}

}  // namespace

TEST_CASE("a cell knows its stratum, whatever the slices show", "[score]") {
  const Tally tally = test::tally_of(test::judged_spec({{"site"}, {}}, {"q"}), rows());
  const ScoreDesign design = design_of(tally, populations);
  const CellFacts facts{tally, design};
  for (const Words& columns : {Words{"site"}, Words{}}) {
    const Slices slices = slices_by(tally, facts, columns);
    std::map<std::string, double> seen;
    for (std::size_t cell = 0; cell < slices.cells.size(); ++cell) {
      const std::size_t q = facts.strata().front();
      seen[tally.dictionaries()[q].words(slices.code(cell, q))] = facts.stratum(slices, cell).population;
      CHECK(facts.same_stratum(slices, cell, cell));
    }
    CHECK(seen == std::map<std::string, double>{{"x", 30.0}, {"y", 50.0}});
  }
  CHECK(facts.hidden() == facts.strata());
}

TEST_CASE("without strata all cells are of one", "[score]") {
  const Tally tally = test::tally_of(test::judged_spec({{"q"}}), rows());
  const ScoreDesign design = design_of(tally, {80.0, {}, {}});
  const CellFacts facts{tally, design};
  const Slices slices = slices_by(tally, facts, {"q"});
  CHECK(facts.stratum(slices, 0).population == 80.0);
  CHECK(facts.same_stratum(slices, 0, slices.cells.size() - 1));
}

TEST_CASE("a slice's size is known where it is made of whole strata and nothing was set aside", "[score]") {
  const Tally tally = test::tally_of(test::judged_spec({{"site"}, {"q"}}, {"q"}), rows());
  const ScoreDesign design = design_of(tally, populations);
  const CellFacts facts{tally, design};
  CHECK(facts.whole_strata({"q"}));
  CHECK(facts.whole_strata({}));
  CHECK_FALSE(facts.whole_strata({"site"}));
  CHECK_FALSE(facts.whole_strata({"q", "site"}));

  TallySpec skips = test::judged_spec({{"q"}}, {"q"});
  skips.labels = Labels{{"remove"}, {}, {"skip"}};
  std::vector<Column> some = rows();
  some[0].second = Words{"allow", "skip", "remove", "allow"};
  const Tally set_aside = test::tally_of(skips, some);
  const ScoreDesign domain = design_of(set_aside, populations, {{{"x"}, 2.0}, {{"y"}, 2.0}});
  CHECK_FALSE(CellFacts{set_aside, domain}.whole_strata({"q"}));
}

TEST_CASE("answered are the outcomes that an audit settled", "[score]") {
  const Tally judged = test::tally_of(test::judged_spec(), rows());
  const ScoreDesign design = design_of(judged, {});
  CHECK(CellFacts{judged, design}.answered() == assay::detail::scored);
  TallySpec spec;
  spec.groupings = {{}};
  spec.decision = "d";
  spec.verdict = "v";
  const Tally unjudged = test::tally_of(spec, rows());
  CHECK(CellFacts{unjudged, design}.answered() == outcomes(Outcome::upheld, Outcome::wrong));
}

TEST_CASE("without audits missing no cell is silent", "[score]") {
  const Tally tally = test::tally_of(test::judged_spec({{"site"}}), rows());
  const ScoreDesign design = design_of(tally, {});
  const CellFacts facts{tally, design};
  const Slices slices = slices_by(tally, facts, {"site"});
  const SilentCells silent{design, slices};
  for (std::size_t slice = 0; slice < slices.size(); ++slice) {
    CHECK_FALSE(silent.is_absent(slice));
    CHECK(silent.beside(slice) == nullptr);
  }
}

TEST_CASE("cases without an audit could belong to any slice of an audit's column", "[score]") {
  const Tally tally = test::tally_of(test::judged_spec({{"site", "q"}}), rows());
  ScoreDesign design = design_of(tally, {});
  const std::size_t site = tally.spec().grouping_of({"site"}).front();
  design.absent[site] = tally.dictionaries()[site].find(std::string_view{"b"});  // "b" stands for no audit
  const CellFacts facts{tally, design};
  const Slices slices = slices_by(tally, facts, {"site", "q"});
  const SilentCells silent{design, slices};
  std::size_t absent = 0;
  for (std::size_t slice = 0; slice < slices.size(); ++slice) {
    absent += silent.is_absent(slice) ? 1 : 0;
    REQUIRE(silent.beside(slice) != nullptr);
    CHECK(silent.beside(slice)->size() == 1);  // the silent case of its own queue
  }
  CHECK(absent == 2);
}
