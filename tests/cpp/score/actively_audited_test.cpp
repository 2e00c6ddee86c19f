// Golden numbers: GLIDE's active statistical inference on asi_data.csv (A_ppi).

#include <assay_test.hpp>

#include <cmath>
#include <vector>

#include <assay/score/actively_audited.hpp>

using namespace assay;
using assay::test::message_of;
using assay::test::shared_file;
using assay::test::Table;

TEST_CASE("active audits reproduce GLIDE's estimates", "[golden][score]") {
  const auto file = shared_file("golden/A_ppi/asi_data.csv");
  if (!file) return;
  std::vector<ActiveCase> cases;
  const Table data{*file};
  for (const auto& row : data.rows())
    cases.push_back(
        {row.number("f"), row.number("pi"), row.holds("y") ? std::optional{row.number("y")} : std::nullopt});
  const ActiveEstimate tuned = actively_audited(cases);
  CHECK(tuned.value == Approx(0.13292168156551012).epsilon(1e-10));
  CHECK(std::sqrt(tuned.process_variance) == Approx(0.011338469156937902).epsilon(1e-10));
  const ActiveEstimate full = actively_audited(cases, 1.0);
  CHECK(full.value == Approx(0.13289405103557791).epsilon(1e-10));
  CHECK(std::sqrt(full.process_variance) == Approx(0.011370230857530524).epsilon(1e-10));
}

TEST_CASE("with a fixed lambda the mean and its variance are unbiased, by enumeration", "[law][score]") {
  const std::vector<double> truth{1, 0, 1, 1, 0};
  const std::vector<ActiveCase> frame{{0.9, 0.2, {}}, {0.4, 0.8, {}}, {0.5, 0.9, {}}, {1.0, 0.3, {}}, {0.1, 1.0, {}}};
  double mean = 0.0;
  double square = 0.0;
  double variance = 0.0;
  for (unsigned mask = 0; mask < 1U << truth.size(); ++mask) {
    std::vector<ActiveCase> cases = frame;
    double chance = 1.0;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const bool drawn = (mask >> i & 1U) != 0;
      chance *= drawn ? cases[i].probability : 1.0 - cases[i].probability;
      if (drawn) cases[i].truth = truth[i];
    }
    if (chance == 0.0) continue;
    const ActiveEstimate got = actively_audited(cases, 0.7);
    mean += chance * got.value;
    square += chance * got.value * got.value;
    variance += chance * got.finite_variance;
  }
  CHECK(mean == Approx(0.6).epsilon(1e-12));
  CHECK(variance == Approx(square - mean * mean).epsilon(1e-10));
}

TEST_CASE("chances and numbers that cannot be are refused with their row", "[refusal][score]") {
  const std::vector<ActiveCase> zero{{0.5, 1.0, {}}, {0.5, 0.0, {}}};
  CHECK(message_of<InputError>([&] { (void)actively_audited(zero); }) ==
        "wanted a probability above 0 and at most 1, got 0 in column 'probability', row 1 (counting from 0)");
  const std::vector<ActiveCase> above{{0.5, 1.5, {}}, {0.5, 1.0, {}}};
  CHECK_THROWS_AS(actively_audited(above), InputError);
  const std::vector<ActiveCase> nan{{std::nan(""), 1.0, {}}, {0.5, 1.0, {}}};
  CHECK(message_of<InputError>([&] { (void)actively_audited(nan); }) ==
        "wanted a finite prediction, got nan in column 'prediction', row 0 (counting from 0)");
  const std::vector<ActiveCase> truth{{0.5, 1.0, std::nan("")}, {0.5, 1.0, {}}};
  CHECK_THROWS_AS(actively_audited(truth), InputError);
  CHECK_THROWS_AS(actively_audited({}), InputError);
  const std::vector<ActiveCase> fine{{0.5, 1.0, 1.0}, {0.5, 1.0, 1.0}};
  CHECK_THROWS_AS(actively_audited(fine, std::nan("")), InputError);
}
