#include <cstdint>
#include <string>

#include <assay/sampling/capped.hpp>
#include <assay_test.hpp>
#include <sampling/prospects.hpp>

using namespace assay;
using namespace assay::allocation;
using assay::test::contains;
using assay::test::message_of;
using assay::test::operation;
using assay::test::simple;

TEST_CASE("a budget widens all wishes alike, by no more than it must", "[planner]") {
  const Prospect prospect = operation(0.01, 0.03, 0.02);
  const auto free = plan_precision(prospect);
  const auto [enough, none] = plan_within(prospect, free.allocation.cost);
  CHECK(none == 1.0);
  CHECK(enough.allocation.sizes == free.allocation.sizes);
  const auto [half, factor] = plan_within(prospect, 0.5 * free.allocation.cost);
  CHECK(half.allocation.cost <= 0.5 * free.allocation.cost);
  CHECK(half.allocation.cost > 0.49 * free.allocation.cost);
  CHECK(factor > 1.2);
  CHECK(factor < 1.7);
  CHECK(contains(message_of<InputError>([&] { (void)plan_within(prospect, 10.0); }),
                 "what the least sizes cost, got 10"));
}

TEST_CASE("a cap that is no limit changes nothing, one that is none too low charges each audit", "[law][planner]") {
  Prospect prospect = operation(0.01, 0.03, 0.02);
  for (std::size_t h = 0; h < 12; ++h) prospect.costs[h] = h % 3 == 0 ? 5.0 : 1.0;
  const auto audits = [](const PrecisionPlan& plan) { return allocation::detail::sum_of(plan.allocation.sizes); };
  const auto free = plan_precision(prospect);
  CHECK(plan_capped(prospect, {}).allocation.sizes == free.allocation.sizes);
  CHECK(plan_capped(prospect, {audits(free), free.allocation.cost}).allocation.sizes == free.allocation.sizes);
  Prospect plain = prospect;
  plain.costs.assign(12, 1.0);
  const auto fewest = plan_precision(plain);
  REQUIRE(audits(fewest) < audits(free));
  const std::int64_t between = (audits(fewest) + audits(free)) / 2;
  const auto capped = plan_capped(prospect, {between, {}});
  CHECK(audits(capped) <= between);
  CHECK(audits(capped) > between - 40);
  CHECK(capped.cap_price > 0.0);
  CHECK(capped.allocation.cost > free.allocation.cost);
  CHECK(capped.allocation.bound >= free.allocation.bound);
  CHECK(capped.allocation.cost <= capped.allocation.bound * 1.02);
  for (std::size_t d = 0; d < 8; ++d) CHECK(capped.slices[d].half_width <= *prospect.slices[d].half_width * (1 + 1e-9));
  CHECK(audits(plan_capped(prospect, {audits(fewest), {}})) <= audits(fewest));
}

TEST_CASE("what is dear is told apart from what cannot be, with what would do", "[error][planner]") {
  const Prospect prospect = operation(0.01, 0.03, 0.02);
  const auto words = [&](const Cap& cap) { return message_of<InputError>([&] { (void)plan_capped(prospect, cap); }); };
  const std::string audits = words({1'000, {}});
  INFO(audits);
  CHECK(contains(audits, "wanted max_audits= of at least "));
  CHECK(contains(audits,
                 ", what keeps every wish, got 1000; the wishes can be kept, but cost more: raise max_audits= to "));
  CHECK(contains(audits, ", or widen all wishes by "));
  CHECK(contains(audits, "; dearest are '"));
  CHECK(contains(audits, " (1 % wider saves "));
  const std::string money = words({{}, 1'000.0});
  CHECK(contains(money, "wanted budget= of at least "));
  CHECK(contains(money, "got 1000; the wishes can be kept, but cost more: raise budget= to "));
  CHECK(contains(words({10, {}}), "or lower the minimums, for no widening alone would do"));
}
