#include <assay_test.hpp>

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include <assay/survey/calibrate.hpp>
#include <assay/survey/explained.hpp>
#include <assay/survey/post_stratify.hpp>
#include <assay/survey/rake.hpp>
#include <assay/survey/trim.hpp>
#include <survey/weighted.hpp>

using namespace assay;
using namespace assay::test;

TEST_CASE("what an adjustment explains by columns is what it takes out by rows", "[law][survey]") {
  const Rows rows{400, 5};
  const survey::Margin sites = margin("site", rows.site, {400.0, 300.0, 300.0});
  const survey::Margin labels = margin("label", rows.label, {600.0, 400.0});
  survey::Auxiliaries known{rows.x.size()};
  known.add_size(1000.0);
  known.add_number("x", rows.x, 5100.0);
  known.add_margin(labels);
  std::vector<std::shared_ptr<const survey::Adjustment>> all{
      std::make_shared<survey::PostStratification>(sites, rows.weights),
      std::make_shared<survey::Raking>(std::vector{sites, labels}, rows.weights),
      std::make_shared<survey::Raking>(std::vector{sites, labels}, rows.weights,
                                       survey::RakingResiduals::design_weights),
      std::make_shared<survey::Calibration>(known, survey::Factor{survey::Distance::raking}, rows.weights),
      std::make_shared<survey::Trimming>(rows.weights, 0.0, 3.0, true)};
  for (const auto& adjustment : all) {
    const auto explained = adjustment->explained();
    REQUIRE(explained);
    Numbers by_rows = rows.y;
    Numbers by_columns = rows.y;
    adjustment->take_out(by_rows);
    survey::take_out(*explained, by_columns);
    for (std::size_t row = 0; row < by_rows.size(); ++row)
      CHECK(by_columns[row] == Approx(by_rows[row]).epsilon(1e-11).margin(1e-12));
  }
  CHECK(all[0]->explained()->columns() == 3);
  CHECK(all[1]->explained()->columns() == 5);
  CHECK(all[1]->explained()->entries() == 2);
  CHECK(all[3]->explained()->columns() == 4);
  CHECK(all[4]->explained()->columns() == 0);
}

TEST_CASE("a row without weight takes no part in what is explained", "[survey]") {
  const Codes cells{0, 0, 0};
  const Numbers after{2.0, 0.0, 4.0};
  survey::Explained explained;
  explained.levels.push_back({cells, 1});
  explained.after = after;
  explained.effects = [] { return [](std::vector<double> sums) { return Numbers{sums[0] / 2.0}; }; };
  Numbers scores{2.0, 5.0, 12.0};
  survey::take_out(explained, scores);  // per unit of weight 1 and 3: their mean is 2
  CHECK(scores == Numbers{-2.0, 5.0, 4.0});
}
