#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <assay/sampling/settling.hpp>
#include <assay_test.hpp>
#include <sampling/prospects.hpp>

using namespace assay;
using assay::allocation::Counts;
using assay::allocation::Prospect;
namespace planning = assay::allocation::detail;

TEST_CASE("what is missing is added, and what no wish needs is taken back", "[law][planner]") {
  const Prospect prospect = test::operation(0.01, 0.03, 0.02);
  std::vector<planning::SliceLaw> laws;
  for (const auto& slice : prospect.slices) laws.push_back(planning::law_of(prospect, slice));
  const auto kept = [&](const Counts& sizes) {
    bool all = true;
    for (std::size_t d = 0; d < laws.size(); ++d)
      all = all && planning::keeps(prospect, prospect.slices[d], laws[d], sizes);
    return all;
  };
  Counts few(12, 20);
  CHECK(!kept(few));
  planning::repair(prospect, laws, few);
  CHECK(kept(few));
  Counts many = prospect.populations;
  planning::trim(prospect, laws, many);
  CHECK(kept(many));
  for (std::size_t h = 0; h < 12; ++h) {
    if (many[h] == prospect.limits.least[h]) continue;
    --many[h];
    CHECK(!kept(many));
    ++many[h];
  }
}

TEST_CASE("a wish that all audits allowed leave unmet is refused, not passed over", "[error][planner]") {
  Prospect prospect = test::operation(0.01, 0.03, 0.02);
  for (std::size_t h = 0; h < 12; ++h) prospect.limits.most[h] = 40;
  std::vector<planning::SliceLaw> laws;
  for (const auto& slice : prospect.slices) laws.push_back(planning::law_of(prospect, slice));
  Counts sizes(12, 20);
  const auto words = test::message_of<InputError>([&] { planning::repair(prospect, laws, sizes); });
  CHECK(test::contains(words, "what the most audits allowed can reach, got 0.01 in column 'half_width'"));
  CHECK(test::contains(words, "no sizes can meet it"));
}

TEST_CASE("the mean that stands for the heaviest case leans towards it, and stays a mean", "[law][planner]") {
  const Prospect prospect = test::operation(0.01, 0.03, 0.02);
  auto law = planning::law_of(prospect, prospect.slices[0]);
  const std::vector<double> real(12, 100.0);
  const auto mean = [&] {
    double sum = 0.0;
    for (std::size_t i = 0; i < law.lean.size(); ++i)
      sum += law.lean[i] * std::sqrt(law.kish[i].amount / law.share[i]) / real[law.kish[i].stratum];
    return sum;
  };
  double heaviest = 0.0;
  for (std::size_t i = 0; i < law.lean.size(); ++i)
    heaviest = std::max(heaviest, std::sqrt(law.kish[i].amount / law.share[i]) / 100.0);
  const double before = mean();
  for (int round = 0; round < 40; ++round) planning::lean_on_heaviest(law, real);
  double all = 0.0;
  for (const double each : law.lean) all += each;
  CHECK(all == Approx(1.0));
  CHECK(mean() > before);
  CHECK(mean() <= heaviest * (1 + 1e-12));
  CHECK(mean() == Approx(heaviest).epsilon(0.01));
}
