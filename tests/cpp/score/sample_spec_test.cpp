#include <assay/score/sample_spec.hpp>

#include <assay_test.hpp>

using namespace assay;

TEST_CASE("a sample that says nothing of its draw is taken at its word", "[score]") {
  const SampleSpec spec;
  CHECK(spec.kinds_as_drawn);
  CHECK_FALSE(spec.drawn_strata.has_value());
  CHECK_FALSE(spec.drawn_cases.has_value());
  CHECK_FALSE(spec.missing.has_value());
}

TEST_CASE("a join of nothing holds nothing", "[score]") {
  const AuditedSample none;
  CHECK(none.tally == Tally{});
  CHECK(none.cases == nullptr);
  CHECK(none.drawn + none.answered + none.excluded == 0);
  CHECK_FALSE(none.design.finite());
  CHECK_FALSE(none.design.modelled);
}
