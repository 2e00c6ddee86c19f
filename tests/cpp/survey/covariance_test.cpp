#include <assay_test.hpp>

#include <cmath>
#include <memory>
#include <vector>

#include <assay/survey/covariance.hpp>
#include <survey/surveys.hpp>

using namespace assay;
using assay::test::stage_of;
using survey::Code;
using survey::DomainCells;
using survey::Statistic;

TEST_CASE("covariances are those of brute force, and their diagonal the variances to the bit", "[law][survey]") {
  const test::Example example;
  for (const survey::Design& design : {example.of_rows(), example.of_stages()}) {
    const auto cells = std::make_shared<const DomainCells>(design, example.domains());
    const auto mean = survey::estimate(design, cells, {Statistic::mean, example.y, {}});
    const auto total = survey::estimate(design, cells, {Statistic::total, example.x, {}});
    const std::vector<const survey::Estimates*> columns{&mean, &total};
    const auto matrix = survey::covariance(design, columns);
    REQUIRE(matrix.size() == 100);
    for (std::size_t i = 0; i < 10; ++i)
      for (std::size_t j = 0; j < 10; ++j) {
        const auto scores = [&](std::size_t k) {
          return test::masked(columns[k / 5]->scores, cells->domains(), static_cast<Code>(k % 5));
        };
        const auto a = scores(i), b = scores(j);
        std::vector<double> sum, difference;
        for (std::size_t row = 0; row < a.size(); ++row) {
          sum.push_back(a[row] + b[row]);
          difference.push_back(a[row] - b[row]);
        }
        const double wanted = (test::by_brute_force(design, sum) - test::by_brute_force(design, difference)) / 4.0;
        const double size = std::sqrt(matrix[i * 11] * matrix[j * 11]);
        // sum and difference of scores of unlike size lose digits, not the matrix
        CHECK(matrix[i * 10 + j] == Approx(wanted).margin(1e-6 * size + 1e-10));
        CHECK(matrix[i * 10 + j] == matrix[j * 10 + i]);
        CHECK(std::fabs(matrix[i * 10 + j]) <= size * (1.0 + 1e-12));
      }
    for (std::size_t domain = 0; domain < 5; ++domain) CHECK(matrix[domain * 11] == mean.variance[domain]);
  }
}

TEST_CASE("where strata are lonely, the average rule raises covariances as it raises variances", "[survey]") {
  const std::vector<double> y{1.0, 4.0, 2.0, 9.0, 5.0, 7.0}, x{2.0, 1.0, 2.5, 4.0, 8.0, 1.0};
  const survey::Design design =
      survey::build(6, {stage_of({}, {0, 0, 0, 0, 0, 1})}, std::vector<double>(6, 2.0), survey::Lonely::average, false);
  const auto cells = std::make_shared<const DomainCells>(design, std::make_shared<const survey::Domains>());
  const auto a = survey::estimate(design, cells, {Statistic::total, y, {}});
  const auto b = survey::estimate(design, cells, {Statistic::total, x, {}});
  std::vector<double> sum;
  for (std::size_t row = 0; row < 6; ++row) sum.push_back(y[row] + x[row]);
  const auto both = survey::estimate(design, cells, {Statistic::total, sum, {}});
  const auto matrix = survey::covariance(design, std::vector<const survey::Estimates*>{&a, &b});
  CHECK(matrix[0] + matrix[3] + 2.0 * matrix[1] == Approx(both.variance[0]).epsilon(1e-12));
}

TEST_CASE("too many estimates to cross are refused", "[survey]") {
  const test::Example example;
  survey::Estimates many;
  many.point.estimate.assign(20'001, 0.0);
  const std::vector<const survey::Estimates*> columns{&many};
  CHECK(test::contains(test::message_of<InputError>([&] { (void)survey::covariance(example.of_rows(), columns); }),
                       "at most 20,000 estimates to cross with each other, got 20001"));
}

TEST_CASE("where strata are lonely, the adjust rule's covariances go with its variances", "[survey][law]") {
  const std::vector<double> y{11.0, 14.0, 12.0, 19.0, 15.0, 17.0, 30.0, 26.0};
  const survey::Design design = survey::build(8, {stage_of({}, {0, 0, 0, 0, 0, 1, 2, 3})}, std::vector<double>(8, 2.0),
                                              survey::Lonely::adjust, false);
  const auto halves = std::make_shared<const survey::Domains>(survey::Domains{{0, 1, 0, 1, 0, 1, 0, 0}, 2});
  const auto parts =
      survey::estimate(design, std::make_shared<const DomainCells>(design, halves), {Statistic::total, y, {}});
  const auto whole =
      survey::estimate(design, std::make_shared<const DomainCells>(design, std::make_shared<const survey::Domains>()),
                       {Statistic::total, y, {}});
  const auto matrix = survey::covariance(design, std::vector<const survey::Estimates*>{&parts, &whole});
  CHECK(matrix[0] + matrix[4] + 2.0 * matrix[1] == Approx(whole.variance[0]).epsilon(1e-12));
  CHECK(matrix[2] == Approx(matrix[0] + matrix[1]).epsilon(1e-12));  // with the whole: with both parts
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j) {
      CHECK(std::fabs(matrix[3 * i + j]) <= std::sqrt(matrix[4 * i] * matrix[4 * j]) * (1.0 + 1e-12));
      CHECK(matrix[3 * i + j] == matrix[3 * j + i]);
    }
}
