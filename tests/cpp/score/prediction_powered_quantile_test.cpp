// Golden numbers: ppi_py on ppi_data.csv (A_ppi). Laws by brute force over all thresholds.

#include <assay_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <assay/score/prediction_powered_quantile.hpp>

using namespace assay;
using assay::test::message_of;

namespace {

/// Cases whose numbers are hundredths; the judge is off by a little, or says the same of all, or anything.
std::vector<PoweredCase> made(unsigned seed, const std::string& judge, std::size_t strata) {
  std::mt19937 generator{seed};
  std::vector<PoweredCase> out;
  for (std::size_t i = 0; i < 260; ++i) {
    const auto truth = static_cast<unsigned>(generator() % 1000U);
    const unsigned said = judge == "constant"  ? 500U
                          : judge == "useless" ? static_cast<unsigned>(generator() % 1000U)
                                               : truth + static_cast<unsigned>(generator() % 50U);
    out.push_back({said / 100.0, i < 60 ? std::optional{truth / 100.0} : std::nullopt, i % strata});
  }
  return out;
}

/// The share at or below a threshold and its variance, from the cases anew.
PoweredEstimate share_at(const std::vector<PoweredCase>& cases, std::size_t strata, double threshold,
                         std::optional<double> lambda) {
  std::vector<PoweredStratum> sums(strata);
  for (const PoweredCase& each : cases) {
    const double said = each.prediction <= threshold ? 1.0 : 0.0;
    if (each.truth)
      sums[each.stratum].audited.add(*each.truth <= threshold ? 1.0 : 0.0, said);
    else
      sums[each.stratum].predicted.add(said);
  }
  return prediction_powered(sums, lambda);
}

}  // namespace

TEST_CASE("a powered quantile and its limits are what a search over all thresholds finds", "[law][score]") {
  for (const std::string judge : {"good", "useless", "constant"})
    for (const std::size_t strata : {std::size_t{1}, std::size_t{2}})
      for (const std::optional<double> lambda : {std::optional<double>{}, std::optional{1.0}, std::optional{0.5}})
        for (const double q : {0.25, 0.5, 0.9}) {
          const std::vector<PoweredCase> cases = made(7, judge, strata);
          const PoweredQuantile got = prediction_powered_quantile(cases, strata, q, 0.025, lambda);
          double value = std::numeric_limits<double>::infinity();
          double lower = value;
          double upper = -value;
          for (int step = -100; step <= 1200; ++step) {
            const double at = step / 100.0;
            const PoweredEstimate share = share_at(cases, strata, at, lambda);
            if (share.value >= q - 1e-12) value = std::min(value, at);
            if (std::fabs(share.value - q) > got.critical * std::sqrt(share.variance) + 1e-12) continue;
            lower = std::min(lower, at);
            upper = std::max(upper, (step + 1) / 100.0);
          }
          CHECK(got.value == value);
          CHECK(got.limits.lower == std::min(lower, value));
          CHECK(got.limits.upper == std::max(upper, value));
          CHECK(got.lambda == share_at(cases, strata, value, lambda).lambda);
          const double audits = 60.0 - static_cast<double>(strata) * (lambda ? 1.0 : 2.0);
          CHECK(got.critical == student_t_quantile(0.975, audits));
        }
}

TEST_CASE("a judge that says the same of all leaves the audits' own quantile", "[law][score]") {
  const std::vector<PoweredCase> cases = made(11, "constant", 1);
  std::vector<double> truths;
  for (const PoweredCase& each : cases)
    if (each.truth) truths.push_back(*each.truth);
  std::sort(truths.begin(), truths.end());
  for (const double q : {0.2, 0.5, 0.75}) {
    for (const std::optional<double> lambda : {std::optional<double>{}, std::optional{1.0}}) {
      const PoweredQuantile got = prediction_powered_quantile(cases, 1, q, 0.025, lambda);
      CHECK(got.value == truths[static_cast<std::size_t>(std::ceil(60.0 * q - 1e-9)) - 1]);
      double lower = got.value;
      double upper = got.value;
      for (std::size_t i = 0; i + 1 < truths.size(); ++i) {
        const double share =
            static_cast<double>(std::upper_bound(truths.begin(), truths.end(), truths[i]) - truths.begin()) / 60.0;
        if (std::fabs(share - q) > got.critical * std::sqrt(share * (1.0 - share) / 59.0)) continue;
        lower = std::min(lower, truths[i]);
        upper = std::max(upper, *std::upper_bound(truths.begin(), truths.end(), truths[i]));
      }
      CHECK(got.limits == Interval{lower, upper});
    }
  }
  // One that says anything is hardly weighed where the weight is tuned, so that it costs little; a good one helps.
  const auto width = [](const char* judge) {
    double sum = 0.0;
    for (unsigned seed = 0; seed < 60; ++seed)
      sum += prediction_powered_quantile(made(seed, judge, 1), 1, 0.5, 0.025).limits.width();
    return sum / 60.0;
  };
  const double own = width("constant");
  CHECK(width("useless") < 1.05 * own);
  CHECK(width("good") < 0.75 * own);
}

TEST_CASE("limits of a powered quantile hold as often as they say", "[law][score]") {
  for (const std::string judge : {"good", "useless"})
    for (const double q : {0.5, 0.8}) {
      int held = 0;
      for (unsigned seed = 0; seed < 400; ++seed) {
        const Interval limits = prediction_powered_quantile(made(seed, judge, 1), 1, q, 0.025).limits;
        held += limits.contains(10.0 * q - 0.01) ? 1 : 0;  // numbers 0 .. 9.99, each as likely
      }
      CHECK(held >= 0.95 * 400 - 3.0 * std::sqrt(400 * 0.95 * 0.05));
    }
}

TEST_CASE("ppi_py's quantile, on its own grid and by its own variance", "[golden][score]") {
  const auto file = assay::test::shared_file("golden/A_ppi/ppi_data.csv");
  const auto results = assay::test::shared_file("golden/A_ppi/ppi_results.csv");
  if (!file || !results) return;
  std::vector<PoweredCase> cases;
  const assay::test::Table data{*file};
  for (const auto& row : data.rows()) {
    const double f = row.number("f");
    cases.push_back({f + 0.5, row.text("set") == "labeled" ? std::optional{row.number("y") + f} : std::nullopt, 0});
  }
  const std::vector<PoweredStep> steps = prediction_powered_steps(cases, 1, 1.0);
  const assay::test::Table theirs{*results};
  int rows = 0;
  for (const auto& row : theirs.rows()) {
    if (row.text("fn") != "ppi_quantile") continue;
    ++rows;
    // It looks at 5,000 even values from the least to the greatest number and takes the first whose share is nearest
    // to q, and the first and last that a normal test with variances over n does not refuse.
    const double first = steps.front().threshold;
    const double last = steps.back().threshold;
    const double z = normal_quantile(0.95);
    double nearest = std::numeric_limits<double>::infinity();
    std::vector<double> allowed;
    const auto share_of = [&](double value) -> const PoweredEstimate& {
      const auto after = std::upper_bound(steps.begin(), steps.end(), value,
                                          [](double v, const PoweredStep& step) { return v < step.threshold; });
      return std::prev(after)->share;
    };
    for (int i = 0; i < 5000; ++i) {
      const double value = i == 4999 ? last : first + (last - first) / 4999.0 * i;
      const PoweredEstimate& share = share_of(value);
      nearest = std::min(nearest, std::fabs(share.value - 0.9));
      double seen = 0.0;
      double n = 0.0;
      for (const PoweredCase& each : cases)
        if (!each.truth) n += 1.0, seen += each.prediction <= value ? 1.0 : 0.0;
      const double of_others = seen / n * (1.0 - seen / n);
      const double variance = (share.variance - of_others / (n - 1.0)) * 199.0 / 200.0 + of_others / n;
      if (std::fabs(share.value - 0.9) <= z * std::sqrt(std::max(0.0, variance))) allowed.push_back(value);
    }
    REQUIRE_FALSE(allowed.empty());
    CHECK(allowed.front() == Approx(row.number("ci90_lo")).epsilon(1e-12));
    CHECK(allowed.back() == Approx(row.number("ci90_hi")).epsilon(1e-12));
    // Several values have a share of exactly .9; which of them is first in floating point is an accident of rounding.
    CHECK(std::fabs(share_of(row.number("estimate")).value - 0.9) <= nearest + 1e-12);
    // Without a grid: the least value with such a share, and limits at the steps between which theirs lie.
    const PoweredQuantile got = prediction_powered_quantile(cases, 1, 0.9, 0.05, 1.0);
    CHECK(share_of(got.value).value == Approx(0.9).epsilon(1e-12));
    CHECK(got.value <= row.number("estimate"));
    CHECK(got.limits.contains(row.number("estimate")));
    CHECK(got.limits.lower <= row.number("ci90_lo"));
    CHECK(got.limits.lower > row.number("ci90_lo") - (last - first) / 4999.0);
    CHECK(got.limits.upper >= row.number("ci90_hi"));
    CHECK(got.limits.upper < row.number("ci90_hi") + (last - first) / 4999.0);
  }
  CHECK(rows == 1);
}

TEST_CASE("powered quantiles refuse what has no answer", "[refusal][score]") {
  std::vector<PoweredCase> cases = made(3, "good", 1);
  const auto told = [&](double q, double tail = 0.025) {
    return message_of<InputError>([&] { (void)prediction_powered_quantile(cases, 1, q, tail); });
  };
  CHECK(told(0.0) == "wanted a quantile above 0 and below 1, got 0");
  CHECK(told(1.0) == "wanted a quantile above 0 and below 1, got 1");
  CHECK(told(std::nan("")) == "wanted a quantile above 0 and below 1, got nan");
  CHECK(told(0.5, 0.5) == "wanted a tail above 0 and below 1/2, got 0.5");
  CHECK(told(0.95) == "wanted at least 72 audits for limits of the quantile 0.95, got 60");
  CHECK(told(0.05) == "wanted at least 72 audits for limits of the quantile 0.05, got 60");
  cases.front().truth = std::nan("");
  CHECK(told(0.5) == "wanted finite truths and predictions, got nan");
  cases.front().truth = 1.0;
  cases.back().prediction = std::numeric_limits<double>::infinity();
  CHECK(told(0.5) == "wanted finite truths and predictions, got inf");
  cases.back() = {1.0, std::nullopt, 1};
  CHECK(told(0.5) == "wanted a stratum below 1, got 1");
  cases.clear();
  CHECK(told(0.5) == "wanted at least one stratum with cases, got none");
  cases.push_back({1.0, 2.0, 0});
  CHECK(told(0.5) == "wanted two audited and two other cases at least in stratum 1, got 1 and 0");
}
