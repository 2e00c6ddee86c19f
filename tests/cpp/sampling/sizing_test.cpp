#include <cstdint>
#include <string>
#include <vector>

#include <assay/sampling/sizing.hpp>
#include <assay_test.hpp>
#include <sampling/prospects.hpp>

using namespace assay;
using assay::allocation::Counts;
using assay::allocation::Prospect;
using assay::test::contains;
using assay::test::message_of;

namespace {

std::int64_t sum(const Counts& sizes) { return allocation::detail::sum_of(sizes); }

/// The options that go with a prospect whose slices have wishes.
PlanOptions wishing(Allocation allocation) {
  PlanOptions out;
  out.wishes = {{{}, 0.01, {}, 0}};  // that there are wishes; the prospect has them slice by slice
  out.allocation = allocation;
  out.expected = 0.1;
  return out;
}

}  // namespace

TEST_CASE("a named allocation gets its smallest size that keeps every wish", "[law][planner]") {
  const Prospect prospect = test::operation(0.01, 0.03, 0.02);
  const Sized best = Sizing{prospect, wishing(Allocation::optimal)}();
  double cheapest = 0.0;
  for (std::size_t h = 0; h < 12; ++h) cheapest += prospect.costs[h] * static_cast<double>(best.sizes[h]);
  for (const auto allocation : {Allocation::proportional, Allocation::equal, Allocation::neyman}) {
    const Sized sized = Sizing{prospect, wishing(allocation)}();
    const auto seen = allocation::outlooks(prospect, sized.sizes);
    for (std::size_t d = 0; d < seen.size(); ++d)
      CHECK(seen[d].half_width <= *prospect.slices[d].half_width * (1 + 1e-9));
    PlanOptions fewer;
    fewer.size = sum(sized.sizes) - 1;
    fewer.allocation = allocation;
    const auto before = allocation::outlooks(prospect, Sizing{prospect, fewer}().sizes);
    bool missed = false;
    for (std::size_t d = 0; d < before.size(); ++d)
      missed = missed || before[d].half_width > *prospect.slices[d].half_width;
    CHECK(missed);
    double cost = 0.0;
    for (std::size_t h = 0; h < 12; ++h) cost += prospect.costs[h] * static_cast<double>(sized.sizes[h]);
    CHECK(cost >= cheapest);
    CHECK(cost >= sized.bound);
    CHECK(sized.bound == Approx(best.bound));
    CHECK(sized.slice_prices.empty());
    PlanOptions capped = wishing(allocation);
    capped.max_audits = sum(sized.sizes) - 1;
    const auto words = message_of<InputError>([&] { (void)Sizing{prospect, capped}(); });
    CHECK(contains(words, "wanted max_audits= of at least " + to_text(sum(sized.sizes)) + ", what keeps every wish"));
    CHECK(contains(words, "or choose allocation=\"optimal\", which needs " + to_text(sum(best.sizes))));
    capped.max_audits.reset();
    capped.budget = 50.0;
    CHECK(contains(message_of<InputError>([&] { (void)Sizing{prospect, capped}(); }), "wanted budget= of at least "));
  }
}

TEST_CASE("a cap alone is spent on the overall score, to the last audit", "[planner]") {
  Prospect prospect = test::operation(0.01, 0.03, 0.02);
  prospect.slices.clear();
  PlanOptions options;
  options.max_audits = 1'000;
  options.allocation = Allocation::optimal;
  options.expected = 0.1;
  CHECK(sum(Sizing{prospect, options}().sizes) == 1'000);
  options.max_audits = 1'000'000;  // more than there are: all are taken
  CHECK(Sizing{prospect, options}().sizes == prospect.populations);
  options.max_audits = 5;
  CHECK(
      contains(message_of<InputError>([&] { (void)Sizing{prospect, options}(); }),
               "wanted a size of at least 24, the minimum of 2 in each of 12 strata, got 5; raise max_audits= to 24"));
  for (const auto allocation : {Allocation::optimal, Allocation::proportional}) {
    PlanOptions paid = options;
    paid.max_audits.reset();
    paid.budget = 500.0;
    paid.allocation = allocation;
    const auto sizes = Sizing{prospect, paid}().sizes;
    double cost = 0.0;
    for (std::size_t h = 0; h < 12; ++h) cost += prospect.costs[h] * static_cast<double>(sizes[h]);
    CHECK(cost <= 500.0);
    CHECK(cost > 495.0);
    paid.max_audits = 100;
    CHECK(sum(Sizing{prospect, paid}().sizes) == 100);
    paid.budget = 10.0;
    CHECK(contains(message_of<InputError>([&] { (void)Sizing{prospect, paid}(); }), "wanted budget= of at least "));
  }
}

TEST_CASE("no stratum gets more than its maximum", "[planner]") {
  Prospect prospect = test::operation(0.01, 0.03, 0.02);
  prospect.slices.clear();
  for (auto& most : prospect.limits.most) most = std::min<std::int64_t>(most, 60);
  PlanOptions options;
  options.maximum = 60.0;
  options.expected = 0.1;
  options.size = 600;
  for (const auto allocation : {Allocation::proportional, Allocation::equal, Allocation::neyman, Allocation::optimal}) {
    options.allocation = allocation;
    const auto sizes = Sizing{prospect, options}().sizes;
    CHECK(sum(sizes) == 600);
    for (const auto n : sizes) CHECK(n <= 60);
  }
  options.size = 721;
  CHECK(contains(message_of<InputError>([&] { (void)Sizing{prospect, options}(); }),
                 "wanted a size of at most 720, the sum of maximum=, got 721"));
}
