#include <assay_test.hpp>

#include <algorithm>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <assay/survey/estimate.hpp>
#include <survey/surveys.hpp>

using namespace assay;

namespace {

/// The total of the scores is known: their mean is taken out.
class KnownTotal : public survey::Adjustment {
 public:
  void take_out(std::span<double> scores) const override {
    const double mean = std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
    for (double& score : scores) score -= mean;
  }
  void reweight(std::span<double>) const {}
  [[nodiscard]] std::string words() const override { return "known total"; }
};

/// A variance from elsewhere: ten times the sum of squared scores.
class Elsewhere : public survey::VarianceMethod {
 public:
  [[nodiscard]] std::vector<double> covariance(const survey::Design&, std::span<const double> scores,
                                               std::size_t columns) const override {
    const std::size_t rows = scores.size() / columns;
    std::vector<double> out(columns * columns, 0.0);
    for (std::size_t i = 0; i < columns; ++i)
      for (std::size_t j = 0; j < columns; ++j)
        for (std::size_t row = 0; row < rows; ++row)
          out[i * columns + j] += 10.0 * scores[i * rows + row] * scores[j * rows + row];
    return out;
  }
  [[nodiscard]] double degrees_of_freedom(const survey::Design&, std::span<const unsigned char> inside) const override {
    return static_cast<double>(std::count(inside.begin(), inside.end(), 1));
  }
  [[nodiscard]] std::string words() const override { return "from elsewhere"; }
};

}  // namespace

TEST_CASE("adjustments are taken out of the scores of every domain", "[survey]") {
  const test::Example example;
  const survey::Design plain = example.of_rows();
  const survey::Design known =
      plain.adjusted({example.weight.begin(), example.weight.end()}, std::make_shared<KnownTotal>());
  CHECK(test::contains(known.words(), "known total"));
  const survey::Question question{survey::Statistic::total, example.y, {}};
  const auto cells = std::make_shared<const survey::DomainCells>(known, example.domains());
  const survey::Estimates found = survey::estimate(known, cells, question);
  for (survey::Code domain = 0; domain < 5; ++domain) {
    std::vector<double> own = test::masked(found.scores, cells->domains(), domain);
    KnownTotal{}.take_out(own);
    CHECK(found.variance[domain] == Approx(test::by_brute_force(plain, own)).epsilon(1e-12));
  }
}

TEST_CASE("a variance may come from elsewhere, and its degrees of freedom too", "[survey]") {
  const test::Example example;
  const survey::Design design = example.of_rows().with_variance(std::make_shared<Elsewhere>());
  CHECK(test::contains(design.words(), "from elsewhere"));
  const auto cells = std::make_shared<const survey::DomainCells>(design, example.domains());
  const survey::Estimates found = survey::estimate(design, cells, {survey::Statistic::mean, example.y, {}});
  for (survey::Code domain = 0; domain < 5; ++domain) {
    double wanted = 0.0;
    for (const double score : test::masked(found.scores, cells->domains(), domain)) wanted += 10.0 * score * score;
    CHECK(found.variance[domain] == Approx(wanted).epsilon(1e-12));
    CHECK(found.degrees_of_freedom[domain] == static_cast<double>(found.point.rows[domain]));
  }
}
