#include <assay/score/evidence.hpp>
#include <assay/score/post_stratify.hpp>
#include <assay_test.hpp>
#include <score/scores.hpp>

using namespace assay;
using namespace assay::test;
using Catch::Approx;

namespace {

/// Two strata: of 100 cases two were audited, one of them right; of 30 three, all right. "b" acted twice.
struct Two {
  Tally tally{tally_of(judged_spec({{}}, {"s"}), {{"s", Words{"a", "a", "b", "b", "b"}},
                                                  {"d", Words{"remove", "allow", "remove", "remove", "allow"}},
                                                  {"v", Words{"allow", "allow", "remove", "remove", "allow"}}})};
  ScoreDesign design{};
  Two() {
    design.made_of = {"s"};
    design.facts[{0}] = {100.0, 2.0, {}, 40.0};
    design.facts[{1}] = {30.0, 3.0, {}, 25.0};
  }
  [[nodiscard]] assay::detail::SliceEvidence gathered(const std::string& metric) const {
    const assay::detail::CellFacts facts{tally, design};
    const Slices slices =
        slices_of(tally, {}, facts.hidden(), assay::detail::ranks_of(tally.dictionaries()), facts.strata());
    return assay::detail::gather(facts, {slices, 0, nullptr, facts.whole_strata({})},
                                 wanted_metric(metric, tally.spec()));
  }
};

}  // namespace

TEST_CASE("evidence keeps each stratum's cases, weights and own size", "[score]") {
  const assay::detail::SliceEvidence evidence = Two{}.gathered("accuracy");
  CHECK(evidence.n == 5);
  CHECK(evidence.hits == 4);
  CHECK(evidence.sizes == std::vector<double>{100.0, 30.0});
  CHECK(evidence.denominator_population == 130.0);
  CHECK(evidence.active_strata() == 2);
  CHECK(evidence.sum().x == Approx(130.0));
  CHECK(evidence.sum().y == Approx(0.5 * 100.0 + 30.0));
  CHECK(evidence.equal_weights);
}

TEST_CASE("decisions that acted are reweighted to their known number", "[score]") {
  assay::detail::SliceEvidence evidence = Two{}.gathered("precision");
  CHECK(evidence.sizes == std::vector<double>{40.0, 25.0});
  REQUIRE(assay::detail::post_stratify(evidence));
  CHECK(evidence.sum().x == Approx(65.0));
  CHECK(evidence.sum().y == Approx(25.0));
  CHECK(assay::detail::post_stratified(evidence.strata).value == Approx(25.0 / 65.0));
}

TEST_CASE("without known numbers nothing is reweighted", "[score]") {
  Two two;
  two.design.facts[{1}].acted_population = std::numeric_limits<double>::quiet_NaN();
  assay::detail::SliceEvidence evidence = two.gathered("precision");
  const double before = evidence.sum().x;
  CHECK_FALSE(assay::detail::post_stratify(evidence));
  CHECK(evidence.sum().x == before);
}
