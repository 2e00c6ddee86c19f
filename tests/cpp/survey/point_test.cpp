#include <assay_test.hpp>

#include <cmath>
#include <vector>

#include <assay/survey/point.hpp>
#include <survey/surveys.hpp>

using namespace assay;
using survey::Domains;
using survey::no_code;
using survey::Question;
using survey::Statistic;

TEST_CASE("estimates by hand", "[survey]") {
  const std::vector<double> y{1.0, 3.0, 8.0, 5.0}, x{2.0, 2.0, 4.0, 1.0}, w{1.0, 3.0, 2.0, 7.0};
  const Domains domains{{0, 0, 1, no_code}, 3};
  const auto mean = survey::point_estimates({Statistic::mean, y, {}}, w, domains);
  CHECK(mean.estimate[0] == 2.5);
  CHECK(mean.numerator[0] == 10.0);
  CHECK(mean.denominator[0] == 4.0);
  CHECK(mean.rows == std::vector<std::int64_t>{2, 1, 0});
  CHECK(std::isnan(mean.estimate[2]));
  const auto total = survey::point_estimates({Statistic::total, y, {}}, w, domains);
  CHECK(total.estimate[1] == 16.0);
  CHECK(std::isnan(total.estimate[2]));
  const auto ratio = survey::point_estimates({Statistic::ratio, y, x}, w, domains);
  CHECK(ratio.estimate[0] == 10.0 / 8.0);
  const auto spread = survey::point_estimates({Statistic::variance, y, {}}, w, domains);
  CHECK(spread.estimate[0] == Approx((1.5 * 1.5 + 3 * 0.5 * 0.5) / 4.0 * 2.0));
  CHECK(std::isnan(spread.estimate[1]));  // one row has no variance
  const std::vector<double> zero(4, 0.0);
  CHECK(std::isnan(survey::point_estimates({Statistic::ratio, y, zero}, w, domains).estimate[0]));
}

TEST_CASE("scores sum to nothing for means and ratios, and to the total for totals", "[law][survey]") {
  const test::Example example;
  const auto domains = example.domains();
  for (const Statistic statistic : {Statistic::mean, Statistic::ratio, Statistic::variance, Statistic::total}) {
    const Question question{statistic, example.y, example.x};
    const auto point = survey::point_estimates(question, example.weight, *domains);
    const auto scores = survey::linearised_scores(question, example.weight, *domains, point);
    std::vector<double> sums(5, 0.0);
    for (std::size_t row = 0; row < scores.size(); ++row) {
      if (domains->at(row) == no_code)
        CHECK(scores[row] == 0.0);
      else
        sums[domains->at(row)] += scores[row];
    }
    for (std::size_t domain = 0; domain < 5; ++domain)
      CHECK(sums[domain] ==
            Approx(statistic == Statistic::total ? point.estimate[domain] : 0.0).epsilon(1e-12).margin(1e-12));
  }
}

TEST_CASE("a score is what an estimate moves by when a row weighs a little more", "[law][survey]") {
  const test::Example example;
  const auto domains = example.domains();
  for (const Statistic statistic : {Statistic::mean, Statistic::ratio, Statistic::total}) {
    const Question question{statistic, example.y, example.x};
    const auto point = survey::point_estimates(question, example.weight, *domains);
    const auto scores = survey::linearised_scores(question, example.weight, *domains, point);
    for (std::size_t row = 0; row < 20; ++row) {
      if (domains->at(row) == no_code) continue;
      std::vector<double> more = example.weight;
      more[row] *= 1.0 + 1e-6;
      const double moved = survey::point_estimates(question, more, *domains).estimate[domains->at(row)];
      CHECK((moved - point.estimate[domains->at(row)]) / 1e-6 == Approx(scores[row]).epsilon(1e-3).margin(1e-7));
    }
  }
}
