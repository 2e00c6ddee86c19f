#include <assay_test.hpp>

#include <utility>
#include <vector>

#include <assay/survey/calibrate.hpp>
#include <assay/survey/explained_chain.hpp>
#include <assay/survey/post_stratify.hpp>
#include <assay/survey/rake.hpp>
#include <assay/survey/trim.hpp>
#include <survey/weighted.hpp>

using namespace assay;
using namespace assay::test;

namespace {

class Opaque final : public survey::Adjustment {
 public:
  void take_out(std::span<double>) const override {}
  void reweight(std::span<double>) const override {}
  [[nodiscard]] std::string words() const override { return "opaque"; }
};

}  // namespace

TEST_CASE("a chain of adjustments takes out what they take out in turn, the last one first", "[law][survey]") {
  const Rows rows{300, 9};
  survey::Auxiliaries known{rows.x.size()};
  known.add_size(900.0);
  known.add_number("x", rows.x, 4700.0);
  survey::Design design = survey::post_stratified(drawn(rows.weights), margin("label", rows.label, {500.0, 400.0}));
  design = survey::trimmed(design, 0.0, 6.0, true);
  design = survey::raked(
      design, {margin("site", rows.site, {400.0, 300.0, 200.0}), margin("label", rows.label, {500.0, 400.0})});
  design = survey::calibrated(design, known, survey::Factor{survey::Distance::linear});
  auto parts = survey::ExplainedChain::parts(design);
  REQUIRE(parts);
  CHECK(parts->size() == 3);  // trimming explains nothing
  const survey::ExplainedChain chain{std::move(*parts), rows.y.size()};
  CHECK(chain.columns() == 2 + 5 + 2);
  Numbers sums(chain.columns(), 0.0);
  for (std::size_t row = 0; row < rows.y.size(); ++row) chain.add(row, rows.y[row], sums);
  const Numbers effects = chain.effects(sums);
  Numbers left = rows.y;
  for (std::size_t row = 0; row < left.size(); ++row)
    chain.each(row, [&](std::size_t column, double value) { left[row] -= effects[column] * value; });
  Numbers wanted = rows.y;
  for (std::size_t k = 4; k-- > 0;) design.adjustments()[k]->take_out(wanted);
  for (std::size_t row = 0; row < left.size(); ++row)
    CHECK(left[row] == Approx(wanted[row]).epsilon(1e-10).margin(1e-11));
}

TEST_CASE("an adjustment that does not say what it explains leaves no chain", "[survey]") {
  const Rows rows{20};
  const survey::Design plain = drawn(rows.weights);
  CHECK(survey::ExplainedChain::parts(plain)->empty());
  CHECK_FALSE(survey::ExplainedChain::parts(plain.adjusted(rows.weights, std::make_shared<Opaque>())));
}
