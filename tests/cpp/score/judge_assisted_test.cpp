// Golden numbers: the finite-queue rows of A_ppi (R survey 4.5 on the data of ppi_data.csv).

#include <assay_test.hpp>

#include <array>
#include <cmath>
#include <vector>

#include <assay/score/judge_assisted.hpp>

using namespace assay;
using assay::test::message_of;
using assay::test::shared_file;
using assay::test::Table;

namespace {

std::optional<JudgedStratum> queue_of_the_golden_file() {
  const auto file = shared_file("golden/A_ppi/ppi_data.csv");
  if (!file) return std::nullopt;
  JudgedStratum queue;
  const Table data{*file};
  for (const auto& row : data.rows()) {
    queue.population += 1.0;
    queue.predicted += row.number("f");
    if (row.text("set") == "labeled") queue.audited.add(row.number("y"), row.number("f"));
  }
  return queue;
}

}  // namespace

TEST_CASE("a judged queue reproduces survey's finite-population estimators", "[golden][score]") {
  const auto queue = queue_of_the_golden_file();
  if (!queue) return;
  const std::array strata{*queue};
  const JudgedEstimate alone = judge_assisted(strata, JudgeWeight::none);
  CHECK(alone.value == Approx(0.155).epsilon(1e-12));
  CHECK(std::sqrt(alone.finite_variance) == Approx(0.0244608375153155).epsilon(1e-10));
  const JudgedEstimate full = judge_assisted(strata, JudgeWeight::full);
  CHECK(full.value == Approx(0.135463695909091).epsilon(1e-10));
  CHECK(std::sqrt(full.finite_variance) == Approx(0.00928081390818198).epsilon(1e-10));
  const JudgedEstimate tuned = judge_assisted(strata, JudgeWeight::tuned);
  CHECK(tuned.value == Approx(0.130556094887458).epsilon(1e-10));
  CHECK(std::sqrt(tuned.finite_variance) == Approx(0.00803867733487071).epsilon(1e-10));
  CHECK(tuned.audits_saved_factor() == Approx(std::pow(0.0244608375153155 / 0.00803867733487071, 2)).epsilon(1e-9));
  CHECK(tuned.process_variance > tuned.finite_variance);
}

TEST_CASE("the difference estimator is unbiased, by enumeration of every sample", "[law][score]") {
  const std::vector<double> truth{1, 0, 1, 1, 0, 1, 1};
  const std::vector<double> judge{0.9, 0.3, 0.2, 0.8, 0.6, 0.7, 1.0};
  double mean = 0.0;
  double square = 0.0;
  double variance = 0.0;
  int samples = 0;
  for (unsigned mask = 0; mask < 1U << truth.size(); ++mask) {
    if (__builtin_popcount(mask) != 3) continue;
    JudgedStratum stratum{.population = static_cast<double>(truth.size())};
    for (std::size_t i = 0; i < truth.size(); ++i) {
      stratum.predicted += judge[i];
      if ((mask >> i & 1U) != 0) stratum.audited.add(truth[i], judge[i]);
    }
    const JudgedEstimate got = judge_assisted(std::array{stratum}, JudgeWeight::full);
    mean += got.value;
    square += got.value * got.value;
    variance += got.finite_variance;
    ++samples;
  }
  mean /= samples;
  CHECK(mean == Approx(5.0 / 7.0).epsilon(1e-12));
  CHECK(variance / samples == Approx(square / samples - mean * mean).epsilon(1e-10));
}

TEST_CASE("a perfect judge leaves nothing open, a constant one changes nothing", "[law][score]") {
  JudgedStratum perfect{.population = 100, .predicted = 80};
  JudgedStratum constant{.population = 100, .predicted = 50};
  for (int i = 0; i < 10; ++i) {
    perfect.audited.add(i < 8 ? 1 : 0, i < 8 ? 1 : 0);
    constant.audited.add(i < 8 ? 1 : 0, 0.5);
  }
  for (const JudgeWeight weight : {JudgeWeight::full, JudgeWeight::tuned}) {
    const JudgedEstimate got = judge_assisted(std::array{perfect}, weight);
    CHECK(got.value == Approx(0.8));
    CHECK(got.finite_variance == Approx(0.0).margin(1e-15));
    CHECK(judge_assisted(std::array{constant}, weight).value == Approx(0.8));
    CHECK(judge_assisted(std::array{constant}, weight).finite_variance ==
          Approx(judge_assisted(std::array{constant}, JudgeWeight::none).finite_variance));
  }
}

TEST_CASE("strata weigh their cases", "[law][score]") {
  JudgedStratum small{.population = 10, .predicted = 5};
  JudgedStratum large{.population = 90, .predicted = 81};
  for (int i = 0; i < 4; ++i) {
    small.audited.add(i % 2, 0.5);
    large.audited.add(1, 0.9);
  }
  const JudgedEstimate got = judge_assisted(std::array{small, large}, JudgeWeight::none);
  CHECK(got.value == Approx(0.1 * 0.5 + 0.9 * 1.0));
  CHECK(got.finite_variance == Approx(0.01 * (1 - 0.4) / 4 * (1.0 / 3.0)));
}

TEST_CASE("too few audits, or more than cases, are refused", "[refusal][score]") {
  JudgedStratum one{.population = 10, .predicted = 5};
  one.audited.add(1, 0.5);
  CHECK(message_of<InputError>([&] { (void)judge_assisted(std::array{one}, JudgeWeight::full); }) ==
        "wanted 2 to 10 audits in stratum 1, got 1");
  one.audited.add(0, 0.4);
  CHECK(message_of<InputError>([&] { (void)judge_assisted(std::array{one}, JudgeWeight::tuned); }) ==
        "wanted 3 to 10 audits in stratum 1, got 2");
  one.population = 1;
  CHECK_THROWS_AS(judge_assisted(std::array{one}, JudgeWeight::full), InputError);
  CHECK_THROWS_AS(judge_assisted({}, JudgeWeight::full), InputError);
}
