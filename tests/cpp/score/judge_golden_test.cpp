// Every row of A_ppi: ppi_py, GLIDE and R survey on one data set, each reproduced or named as another room's.

#include <assay_test.hpp>

#include <array>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <assay/numeric/special.hpp>
#include <assay/score/actively_audited.hpp>
#include <assay/score/prediction_powered.hpp>
#include <assay/score/prediction_powered_quantile.hpp>

using namespace assay;
using assay::test::shared_file;
using assay::test::Table;

namespace {

struct Data {
  std::vector<PoweredStratum> whole{1};
  std::vector<PoweredStratum> groups{2};
  JudgedStratum queue{};
  std::vector<ActiveCase> active{};
  std::vector<PoweredCase> shifted{};  ///< of Y + f by f + 1/2
};

std::optional<Data> data() {
  const auto file = shared_file("golden/A_ppi/ppi_data.csv");
  const auto asi = shared_file("golden/A_ppi/asi_data.csv");
  if (!file || !asi) return std::nullopt;
  Data out;
  const Table table{*file};
  for (const auto& row : table.rows()) {
    const double f = row.number("f");
    PoweredStratum& group = out.groups[f >= 0.15 ? 1 : 0];
    out.queue.population += 1.0;
    out.queue.predicted += f;
    out.shifted.push_back({f + 0.5, row.text("set") == "labeled" ? std::optional{row.number("y") + f} : std::nullopt});
    if (row.text("set") == "labeled") {
      for (JudgedSums* sums : {&out.whole[0].audited, &group.audited, &out.queue.audited})
        sums->add(row.number("y"), f);
    } else {
      out.whole[0].predicted.add(f);
      group.predicted.add(f);
    }
  }
  const Table other{*asi};
  for (const auto& row : other.rows())
    out.active.push_back(
        {row.number("f"), row.number("pi"), row.holds("y") ? std::optional{row.number("y")} : std::nullopt});
  return out;
}

}  // namespace

TEST_CASE("all rows of ppi_py's results", "[golden][score]") {
  const auto given = data();
  const auto file = shared_file("golden/A_ppi/ppi_results.csv");
  if (!given || !file) return;
  int covered = 0;
  const Table table{*file};
  for (const auto& row : table.rows()) {
    const std::string args = row.text("args");
    if (row.text("fn") ==
        "ppi_quantile") {  // its limits lie at the steps between which theirs do; more in the quantile's own test
      const double step = (1.999654 - 0.50004) / 4999.0;
      const PoweredQuantile got = prediction_powered_quantile(given->shifted, 1, 0.9, 0.05, 1.0);
      CHECK(got.limits.lower == Approx(row.number("ci90_lo")).margin(step));
      CHECK(got.limits.upper == Approx(row.number("ci90_hi")).margin(step));
      CHECK(got.value <= row.number("estimate"));
      ++covered;
      continue;
    }
    if (row.text("fn") == "lambda_closed_form") {
      // ppi_py divides by n, Assay (like GLIDE) by n - 1
      CHECK(prediction_powered(given->whole).lambda ==
            Approx(row.number("estimate") * 200.0 / 199.0 * 2199.0 / 2200.0).epsilon(1e-10));
      ++covered;
      continue;
    }
    // Without a lambda ppi_py tunes one and cuts it to 0 .. 1.
    const double lambda = args == "lam=None" ? std::min(1.0, prediction_powered(given->whole).lambda)
                                             : std::stod(args.substr(args.find('=') + 1));
    const PoweredEstimate got = prediction_powered(given->whole, lambda);
    CHECK(got.value == Approx(row.number("estimate")).epsilon(1e-12));
    for (const auto& [name, level] : {std::pair{"ci90", 0.90}, std::pair{"ci95", 0.95}}) {
      const double z = normal_quantile(0.5 + 0.5 * level);
      const double theirs = (row.number(std::string{name} + "_hi") - row.number(std::string{name} + "_lo")) / (2.0 * z);
      CHECK(std::sqrt(got.variance) >= theirs);  // n - 1 beside n, nothing else
      CHECK(std::sqrt(got.variance) <= theirs * std::sqrt(200.0 / 199.0) * (1.0 + 1e-12));
    }
    ++covered;
  }
  CHECK(covered == 6);
}

TEST_CASE("all rows of GLIDE's results", "[golden][score]") {
  const auto given = data();
  const auto file = shared_file("golden/A_ppi/glide_results.csv");
  if (!given || !file) return;
  int covered = 0;
  const double z = normal_quantile(0.975);
  const Table table{*file};
  for (const auto& row : table.rows()) {
    const std::optional<double> lambda =
        row.text("args").find("power_tuning=True") != std::string::npos ? std::nullopt : std::optional{1.0};
    double value = 0.0;
    double variance = 0.0;
    if (row.text("estimator") == "ASIMeanEstimator") {
      const ActiveEstimate got = actively_audited(given->active, lambda);
      value = got.value, variance = got.process_variance;
    } else {
      const bool grouped = row.text("estimator") == "StratifiedPPIMeanEstimator";
      const PoweredEstimate got = prediction_powered(grouped ? given->groups : given->whole, lambda);
      value = got.value, variance = got.variance;
    }
    CHECK(value == Approx(row.number("mean")).epsilon(1e-10));
    CHECK(std::sqrt(variance) == Approx(row.number("std")).epsilon(1e-10));
    CHECK(value - z * std::sqrt(variance) == Approx(row.number("ci95_lo")).epsilon(1e-9));
    CHECK(value + z * std::sqrt(variance) == Approx(row.number("ci95_hi")).epsilon(1e-9));
    ++covered;
  }
  CHECK(covered == 6);
}

TEST_CASE("all rows of survey's finite-population results", "[golden][score]") {
  const auto given = data();
  const auto file = shared_file("golden/A_ppi/finite_population_results.csv");
  if (!given || !file) return;
  const std::map<std::string, JudgeWeight> weights{
      {"srs mean with fpc", JudgeWeight::none},
      {"difference estimator (lambda=1), whole frame scored, fpc", JudgeWeight::full},
      {"regression estimator closed form (b=cov/var)", JudgeWeight::tuned},
      {"regression estimator se: sqrt((1-f)*sum(r^2)/(n-1)/n)", JudgeWeight::tuned},
      {"GREG linear calibration on f", JudgeWeight::tuned}};
  int covered = 0;
  int elsewhere = 0;
  const Table table{*file};
  for (const auto& row : table.rows()) {
    const auto weight = weights.find(row.text("estimator"));
    if (weight == weights.end()) {
      // calibration of designs, not a judge: tests/python/test_survey_weights.py meets it
      CHECK(row.text("estimator") == "raking calibration on f");
      ++elsewhere;
      continue;
    }
    const JudgedEstimate got = judge_assisted(std::array{given->queue}, weight->second);
    if (row.holds("estimate") && row.text("estimate") != "NA")
      CHECK(got.value == Approx(row.number("estimate")).epsilon(1e-10));
    // Linear calibration has this estimate, but weighs its residuals by g; its error belongs to calibration of designs,
    // where tests/python/test_survey_weights.py meets it.
    if (row.text("estimator") != "GREG linear calibration on f" && row.text("se") != "NA")
      CHECK(std::sqrt(got.finite_variance) == Approx(row.number("se")).epsilon(1e-10));
    ++covered;
  }
  CHECK(covered == 5);
  CHECK(elsewhere == 1);
}

TEST_CASE("strata weigh the cases they hold, whatever part of them was audited", "[law][score]") {
  // GLIDE pools sizes as if every stratum were audited at one rate, and has no finite queue. Here 90 of 100 cases of
  // one stratum are audited and 10 of 1,000 of the other; the judge knows nothing.
  JudgedStratum small{.population = 100, .predicted = 50};
  JudgedStratum large{.population = 1000, .predicted = 500};
  for (int i = 0; i < 90; ++i) small.audited.add(i % 10 == 0 ? 0 : 1, 0.5);
  for (int i = 0; i < 10; ++i) large.audited.add(i % 2, 0.5);
  const JudgedEstimate got = judge_assisted(std::array{small, large}, JudgeWeight::tuned);
  CHECK(got.value == Approx((100.0 * 0.9 + 1000.0 * 0.5) / 1100.0));
  small.audited = {};
  for (int i = 0; i < 100; ++i) small.audited.add(i % 10 == 0 ? 0 : 1, 0.5);
  const JudgedEstimate census = judge_assisted(std::array{small}, JudgeWeight::tuned);
  CHECK(census.finite_variance == 0.0);  // a queue that is audited whole is known
  CHECK(census.process_variance > 0.0);
}
