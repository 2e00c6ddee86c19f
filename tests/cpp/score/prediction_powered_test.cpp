// Golden numbers: ppi_py and GLIDE on ppi_data.csv (A_ppi).

#include <assay_test.hpp>

#include <array>
#include <cmath>
#include <vector>

#include <assay/score/prediction_powered.hpp>

using namespace assay;
using assay::test::message_of;
using assay::test::shared_file;
using assay::test::Table;

namespace {

/// Strata of the golden file: all in one, or split where the prediction reaches `cut`.
std::optional<std::vector<PoweredStratum>> strata_of_the_golden_file(std::optional<double> cut) {
  const auto file = shared_file("golden/A_ppi/ppi_data.csv");
  if (!file) return std::nullopt;
  std::vector<PoweredStratum> strata(cut ? 2 : 1);
  const Table data{*file};
  for (const auto& row : data.rows()) {
    PoweredStratum& stratum = strata[cut && row.number("f") >= *cut ? 1 : 0];
    if (row.text("set") == "labeled")
      stratum.audited.add(row.number("y"), row.number("f"));
    else
      stratum.predicted.add(row.number("f"));
  }
  return strata;
}

}  // namespace

TEST_CASE("prediction-powered means reproduce GLIDE's", "[golden][score]") {
  const auto whole = strata_of_the_golden_file({});
  const auto split = strata_of_the_golden_file(0.15);
  if (!whole || !split) return;
  const PoweredEstimate tuned = prediction_powered(*whole);
  CHECK(tuned.value == Approx(0.1274433087604324).epsilon(1e-10));
  CHECK(std::sqrt(tuned.variance) == Approx(0.011200111668905511).epsilon(1e-10));
  CHECK(tuned.lambda == Approx(1.282306897657953).epsilon(1e-10));
  const PoweredEstimate full = prediction_powered(*whole, 1.0);
  CHECK(full.value == Approx(0.13351006550000002).epsilon(1e-10));
  CHECK(std::sqrt(full.variance) == Approx(0.011295386377485379).epsilon(1e-10));
  const PoweredEstimate by_group = prediction_powered(*split);
  CHECK(by_group.value == Approx(0.13153158655337294).epsilon(1e-10));
  CHECK(std::sqrt(by_group.variance) == Approx(0.00840079620469326).epsilon(1e-10));
  const PoweredEstimate full_by_group = prediction_powered(*split, 1.0);
  CHECK(full_by_group.value == Approx(0.13552463054731365).epsilon(1e-10));
  CHECK(std::sqrt(full_by_group.variance) == Approx(0.010295368783430705).epsilon(1e-10));
}

TEST_CASE("prediction-powered points reproduce ppi_py's at any lambda", "[golden][score]") {
  const auto whole = strata_of_the_golden_file({});
  if (!whole) return;
  CHECK(prediction_powered(*whole, 0.0).value == Approx(0.155).epsilon(1e-12));
  CHECK(prediction_powered(*whole, 0.5).value == Approx(0.14425503274999998).epsilon(1e-12));
}

TEST_CASE("tuning is never worse than no judge or a believed one", "[law][score]") {
  const auto whole = strata_of_the_golden_file({});
  if (!whole) return;
  const double tuned = prediction_powered(*whole).variance;
  CHECK(tuned < prediction_powered(*whole, 0.0).variance);
  CHECK(tuned < prediction_powered(*whole, 1.0).variance);
}

TEST_CASE("a judge that says the same of all is not weighed", "[law][score]") {
  PoweredStratum stratum;
  for (int i = 0; i < 6; ++i) stratum.audited.add(i % 3 == 0 ? 0 : 1, 0.5);
  for (int i = 0; i < 5; ++i) stratum.predicted.add(0.5);
  const PoweredEstimate got = prediction_powered(std::array{stratum});
  CHECK(got.lambda == 0.0);
  CHECK(got.value == Approx(4.0 / 6.0));
}

TEST_CASE("prediction-powered refuses what has no variance", "[refusal][score]") {
  PoweredStratum stratum;
  stratum.audited.add(1, 0.5);
  stratum.predicted.add(0.5);
  CHECK(message_of<InputError>([&] { (void)prediction_powered(std::array{stratum}); }) ==
        "wanted two audited and two other cases at least in stratum 1, got 1 and 1");
  CHECK_THROWS_AS(prediction_powered({}), InputError);
  CHECK(message_of<InputError>([&] { (void)prediction_powered(std::array{stratum}, std::nan("")); }) ==
        "wanted a finite lambda, got nan");
}
