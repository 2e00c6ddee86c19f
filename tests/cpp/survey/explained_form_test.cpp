#include <assay_test.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include <assay/survey/calibrate.hpp>
#include <assay/survey/covariance.hpp>
#include <assay/survey/explained_form.hpp>
#include <assay/survey/post_stratify.hpp>
#include <assay/survey/rake.hpp>
#include <assay/survey/replicate_variance.hpp>
#include <assay/survey/trim.hpp>
#include <survey/surveys.hpp>
#include <survey/weighted.hpp>

using namespace assay;
using namespace assay::test;

namespace {

constexpr std::size_t domain_count = 24;

/// Rows in strata of clusters, the last two strata with one cluster each, the first cluster with one row; the order of
/// the rows may be another one.
struct Drawn {
  Numbers weights{}, y{}, x{};
  Codes stratum{}, cluster{}, site{}, label{}, domain{};

  explicit Drawn(std::uint64_t seed, std::size_t count = 700) {
    Random random{seed};
    for (std::size_t i = 0; i < count; ++i) {
      cluster.push_back(i == 0 ? 0 : static_cast<Code>(1 + (i < 26 ? i - 1 : random.below(25))));
      stratum.push_back(cluster.back() < 24 ? cluster.back() % 4 : cluster.back() - 20);
      site.push_back(static_cast<Code>(i < 4 ? i : random.below(4)));
      label.push_back(static_cast<Code>(i < 3 ? i : random.below(3)));
      const auto at = static_cast<Code>(random.below(domain_count + 1));
      domain.push_back(at == domain_count ? survey::no_code : at);
      weights.push_back(1.0 + 3.0 * random.uniform());
      x.push_back(5.0 + 10.0 * random.uniform());
      y.push_back(0.5 * x.back() + static_cast<double>(site.back()) + 4.0 * random.uniform());
    }
  }
  void permute(const std::vector<std::size_t>& order) {
    const auto turn = [&](auto& values) {
      const auto old = values;
      for (std::size_t i = 0; i < order.size(); ++i) values[i] = old[order[i]];
    };
    turn(weights), turn(y), turn(x), turn(stratum), turn(cluster), turn(site), turn(label), turn(domain);
  }
  [[nodiscard]] std::shared_ptr<const Domains> domains() const {
    return std::make_shared<const Domains>(Domains{domain, domain_count});
  }
  [[nodiscard]] std::vector<Design> designs(Lonely rule) const {
    const auto rows = static_cast<std::int64_t>(y.size());
    const auto each = [&](double value) { return Numbers(y.size(), value); };
    // strata of rows, the last of them with one row
    Codes strata = cluster;
    std::replace_if(strata.begin(), strata.end(), [](Code code) { return code > 9; }, Code{9});
    return {survey::build(rows, {stage_of({}, strata, each(900.0))}, weights, rule, false),
            survey::build(rows, {stage_of(cluster, stratum)}, weights, rule, false),
            survey::build(rows, {stage_of(cluster, stratum, each(40.0)), stage_of({}, {}, each(300.0))}, weights, rule,
                          false)};
  }
  [[nodiscard]] std::vector<Design> adjusted(const Design& plain) const {
    const double whole = 1000.0;
    const survey::Margin sites = margin("site", site, {0.3 * whole, 0.25 * whole, 0.25 * whole, 0.2 * whole});
    const survey::Margin labels = margin("label", label, {0.4 * whole, 0.35 * whole, 0.25 * whole});
    survey::Auxiliaries known{y.size()};
    known.add_size(whole);
    known.add_number("x", x, 10.1 * whole);
    known.add_margin(labels);
    const survey::Factor linear{survey::Distance::linear}, raking{survey::Distance::raking};
    const survey::Factor cut{survey::Distance::truncated, Interval{0.2, 4.0}};
    const Design raked = survey::raked(plain, {sites, labels});
    const Design closely = survey::raked(plain, {sites, labels}, survey::RakingResiduals::design_weights);
    return {survey::post_stratified(plain, sites),
            raked,
            closely,
            survey::calibrated(plain, known, linear),
            survey::calibrated(plain, known, cut),
            survey::trimmed(plain, 0.0, 3.5, true),
            survey::calibrated(survey::trimmed(raked, 0.0, 1.4 * whole / static_cast<double>(y.size()), true), known,
                               raking),
            survey::calibrated(closely, known, linear),
            survey::raked(survey::post_stratified(survey::calibrated(plain, known, raking), sites), {labels, sites})};
  }
};

/// The variance of sums of residuals that were made row by row, as `plain` sees them.
double variance_of(const Design& plain, const Numbers& residuals) {
  return survey::variances(plain, DomainCells{plain, std::make_shared<const Domains>()}, residuals).front();
}

Numbers added(const Numbers& a, double share, const Numbers& b) {
  Numbers out = a;
  for (std::size_t row = 0; row < out.size(); ++row) out[row] += share * b[row];
  return out;
}

}  // namespace

TEST_CASE("variances through the prepared form are those of residuals made row by row", "[law][survey]") {
  std::size_t compared = 0;
  for (const std::uint64_t seed : {11U, 12U, 13U})
    for (const Lonely rule : {Lonely::certainty, Lonely::remove, Lonely::adjust, Lonely::average}) {
      const Drawn rows{seed};
      for (const Design& plain : rows.designs(rule))
        for (const Design& design : rows.adjusted(plain)) {
          const auto cells = std::make_shared<const DomainCells>(design, rows.domains());
          REQUIRE(cells->form() != nullptr);
          for (const survey::Question& question : {survey::Question{survey::Statistic::mean, rows.y, {}},
                                                   survey::Question{survey::Statistic::total, rows.y, {}},
                                                   survey::Question{survey::Statistic::ratio, rows.y, rows.x}}) {
            const survey::Estimates found = survey::estimate(design, cells, question);
            for (Code domain = 0; domain < domain_count; ++domain) {
              const Numbers own = survey::residuals(design, cells->domains(), domain, found.scores);
              CHECK(found.variance[domain] == Approx(variance_of(plain, own)).epsilon(1e-11));
              ++compared;
            }
          }
        }
    }
  CHECK(compared == 3 * 4 * 3 * 9 * 3 * domain_count);
}

TEST_CASE("covariances through the prepared form are those of residuals made row by row", "[law][survey]") {
  for (const Lonely rule : {Lonely::certainty, Lonely::adjust, Lonely::average}) {
    const Drawn rows{21, 400};
    const std::vector<Design> unraised = rows.designs(rule == Lonely::average ? Lonely::certainty : rule);
    const std::vector<Design> drawn = rows.designs(rule);
    for (std::size_t kind = 0; kind < drawn.size(); ++kind)
      for (const Design& design : rows.adjusted(drawn[kind])) {
        const auto cells = std::make_shared<const DomainCells>(design, rows.domains());
        const auto mean = survey::estimate(design, cells, {survey::Statistic::mean, rows.y, {}});
        // a total that is known: its row of the matrix is that of residuals that are almost nothing
        const auto whole = std::make_shared<const DomainCells>(design, std::make_shared<const Domains>());
        const auto total = survey::estimate(design, whole, {survey::Statistic::total, rows.x, {}});
        const std::vector<const survey::Estimates*> columns{&mean, &total};
        const Numbers matrix = survey::covariance(design, columns);
        std::vector<Numbers> scores;
        for (Code domain = 0; domain < domain_count; ++domain)
          scores.push_back(survey::residuals(design, cells->domains(), domain, mean.scores));
        scores.push_back(survey::residuals(design, whole->domains(), 0, total.scores));
        const std::size_t size = scores.size();
        Numbers variance, error;
        for (const Numbers& each : scores) {
          variance.push_back(variance_of(drawn[kind], each));
          error.push_back(std::sqrt(variance_of(unraised[kind], each)));
        }
        for (std::size_t i = 0; i < size; i += 3)
          for (std::size_t j = i; j < size; ++j) {
            if (variance[i] < 1e-15 || variance[j] < 1e-15) continue;  // known but for rounding
            const double share = error[i] / error[j];
            const double plain = (variance_of(unraised[kind], added(scores[i], share, scores[j])) -
                                  variance_of(unraised[kind], added(scores[i], -share, scores[j]))) /
                                 (4.0 * share);
            const double raise = std::sqrt(variance[i] * variance[j]) / (error[i] * error[j]);
            CHECK(matrix[i * size + j] ==
                  Approx(i == j ? variance[i] : plain * raise).margin(1e-11 * std::sqrt(variance[i] * variance[j])));
            CHECK(matrix[j * size + i] == matrix[i * size + j]);
          }
      }
  }
}

TEST_CASE("the order of the rows does not matter to adjusted variances", "[law][survey]") {
  Drawn rows{31};
  Drawn turned = rows;
  std::vector<std::size_t> order(rows.y.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = (i * 311 + 5) % order.size();
  turned.permute(order);
  for (const Lonely rule : {Lonely::certainty, Lonely::adjust, Lonely::average}) {
    const std::vector<Design> one = rows.designs(rule), other = turned.designs(rule);
    for (std::size_t kind = 0; kind < one.size(); ++kind) {
      const std::vector<Design> a = rows.adjusted(one[kind]), b = turned.adjusted(other[kind]);
      for (std::size_t k = 0; k < a.size(); ++k) {
        const auto found = [&](const Design& design, const Drawn& of) {
          return survey::estimate(design, std::make_shared<const DomainCells>(design, of.domains()),
                                  {survey::Statistic::mean, of.y, {}})
              .variance;
        };
        const Numbers first = found(a[k], rows), second = found(b[k], turned), again = found(a[k], rows);
        CHECK(first == again);
        for (std::size_t domain = 0; domain < first.size(); ++domain)
          CHECK(second[domain] ==
                Approx(first[domain]).epsilon(k == 0 || k == 5 ? 1e-12 : 1e-8));  // weights meet totals to 1e-10
      }
    }
  }
}

TEST_CASE("what known totals explain wholly is as near to nothing as residuals by rows are", "[survey]") {
  const Drawn rows{41};
  for (const Design& plain : rows.designs(Lonely::certainty))
    for (const Design& design : rows.adjusted(plain)) {
      const auto sites = std::make_shared<const Domains>(Domains{rows.site, 4});
      const DomainCells cells{design, sites};
      Numbers scores(design.weights().begin(), design.weights().end());
      // the sizes of sites are known exactly, or all but: a row's score moves by a millionth
      for (std::size_t row = 0; row < scores.size(); ++row)
        if (rows.site[row] == 3) scores[row] *= 1.0 + 1e-6 * std::sin(static_cast<double>(row));
      const Numbers found = survey::variances(design, cells, scores);
      for (Code site = 0; site < 4; ++site) {
        const double walked = variance_of(plain, survey::residuals(design, *sites, site, scores));
        if (walked < 1e-4)
          CHECK(found[site] == walked);
        else
          CHECK(found[site] == Approx(walked).epsilon(1e-11));
      }
    }
}

TEST_CASE("a form is prepared only where it pays", "[survey]") {
  const Drawn rows{51};
  const Design plain = rows.designs(Lonely::certainty).front();
  const auto pays = [](const Design& design, std::size_t domains) {
    return survey::ExplainedForm::where_it_pays(design, domains, design.lonely()) != nullptr;
  };
  const Design adjusted = rows.adjusted(plain).front();
  CHECK(pays(adjusted, 24));
  CHECK_FALSE(pays(adjusted, 1));
  CHECK_FALSE(pays(plain, 24));
  survey::ReplicationSpec jackknife;
  jackknife.method = survey::Replication::jackknife;
  CHECK_FALSE(pays(survey::replicated(adjusted, jackknife), 24));
  // more than twice the square root of the rows as columns
  Codes fine;
  for (std::size_t row = 0; row < rows.y.size(); ++row) fine.push_back(static_cast<Code>(row % 60));
  CHECK_FALSE(pays(survey::post_stratified(plain, margin("fine", fine, Numbers(60, 20.0))), 24));
  for (Code& cell : fine) cell %= 50;
  CHECK(pays(survey::post_stratified(plain, margin("fine", fine, Numbers(50, 20.0))), 24));
}
