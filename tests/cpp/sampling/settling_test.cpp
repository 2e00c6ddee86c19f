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
