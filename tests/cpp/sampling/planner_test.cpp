#include <cmath>
#include <limits>

#include <assay/core/random.hpp>
#include <assay/interval/effective.hpp>
#include <assay/sampling/planner.hpp>
#include <assay_test.hpp>

using namespace assay;
using namespace assay::allocation;
using assay::test::contains;
using assay::test::message_of;

namespace {

using Reals = std::vector<double>;

Prospect simple(std::int64_t population, double rate, double half_width) {
  return {.populations = {population},
          .rates = {rate},
          .costs = {1.0},
          .limits = {{2}, {population}},
          .slices = {{"all", {{0, population}}, half_width}}};
}

/// Queues by sites: 12 strata; the whole, each queue and each site has a wish.
Prospect operation(double overall, double queue, double site) {
  Prospect out;
  Random random{4};
  for (int h = 0; h < 12; ++h) {
    out.populations.push_back(static_cast<std::int64_t>(300 + random.below(9'000)));
    out.rates.push_back(0.01 + 0.12 * random.uniform());
    out.costs.push_back(1.0 + random.uniform());
  }
  out.limits = {Counts(12, 2), out.populations};
  out.slices.resize(8, Slice{});
  out.slices[0] = {"overall", {}, overall};
  for (std::size_t h = 0; h < 12; ++h) {
    const SlicePart part{h, out.populations[h]};
    out.slices[0].parts.push_back(part);
    Slice& of_queue = out.slices[1 + h / 3];
    of_queue.name = "queue " + std::to_string(h / 3);
    of_queue.half_width = queue;
    of_queue.parts.push_back(part);
    Slice& of_site = out.slices[5 + h % 3];
    of_site.name = "site " + std::to_string(h % 3);
    of_site.half_width = site;
    of_site.parts.push_back(part);
  }
  return out;
}

}  // namespace

TEST_CASE("one stratum gets the fewest audits whose Wilson interval is narrow enough", "[planner]") {
  for (const double rate : {0.0, 0.02, 0.2, 0.5, 0.97}) {
    Prospect prospect = simple(1'000'000'000, rate, 0.03);
    const auto plan = plan_precision(prospect);
    const auto n = static_cast<double>(plan.allocation.sizes[0]);
    const auto width = [&](double size) {
      return 0.5 * wilson(rate, size, std::numeric_limits<double>::infinity(), Confidence{.95}).width();
    };
    CHECK(width(n) <= 0.03 * (1 + 1e-6));
    CHECK(width(n - 1.0) > 0.03 * (1 - 1e-3));
    CHECK(plan.slice_half_widths[0] == Approx(width(n)).epsilon(1e-3));
    CHECK(plan.stratum_half_widths == plan.slice_half_widths);
  }
}

TEST_CASE("a finite queue needs fewer, and all of it is known without error", "[planner]") {
  const auto queue = plan_precision(simple(500, 0.05, 0.02));
  Prospect process = simple(500, 0.05, 0.02);
  process.finite = false;
  process.limits.most = {500};
  const auto endless = plan_precision(process);
  CHECK(queue.allocation.sizes[0] < endless.allocation.sizes[0]);
  CHECK(queue.slice_half_widths[0] <= 0.02);
  CHECK(plan_precision(simple(500, 0.05, 1e-9)).allocation.sizes[0] == 500);
}

TEST_CASE("every wish is kept, with proof, and not an audit could be left out", "[law][planner]") {
  const Prospect prospect = operation(0.01, 0.03, 0.02);
  const auto plan = plan_precision(prospect);
  CHECK(plan.allocation.gap < 1e-9);
  CHECK(plan.allocation.cost <= plan.allocation.bound + 12 * 2.0);
  for (std::size_t d = 0; d < 8; ++d) CHECK(plan.slice_half_widths[d] <= *prospect.slices[d].half_width * (1 + 1e-9));
  for (std::size_t h = 0; h < 12; ++h) {
    if (plan.allocation.sizes[h] == 2) continue;
    Prospect fewer = prospect;
    fewer.limits.least = fewer.limits.most = plan.allocation.sizes;
    --fewer.limits.least[h];
    --fewer.limits.most[h];
    CHECK(contains(message_of<InputError>([&] { (void)plan_precision(fewer); }), "no sizes can meet it"));
  }
}

TEST_CASE("the price of a slice is what a wider wish saves", "[law][planner]") {
  const Prospect prospect = operation(0.008, 0.02, 0.018);
  const auto plan = plan_precision(prospect);
  int priced = 0;
  for (std::size_t d = 0; d < 8; ++d) {
    Prospect wider = prospect;
    *wider.slices[d].half_width *= 1.01;
    const double saved = plan.allocation.real_cost - plan_precision(wider).allocation.real_cost;
    CHECK(saved == Approx(plan.slice_prices[d]).epsilon(0.1).margin(0.5));
    priced += plan.slice_prices[d] > 1.0 ? 1 : 0;
  }
  CHECK(priced >= 1);
}

TEST_CASE("a slice that cuts across strata needs more than its cases alone would", "[planner]") {
  // Half of one stratum: about half of its audits fall in the slice.
  Prospect prospect = simple(100'000, 0.1, 0.02);
  const auto whole = plan_precision(prospect);
  prospect.slices[0].parts[0].cases = 50'000;
  const auto half = plan_precision(prospect);
  CHECK(static_cast<double>(half.allocation.sizes[0]) ==
        Approx(2.0 * static_cast<double>(whole.allocation.sizes[0])).epsilon(0.02));
  // a slice without a wish is told its width
  prospect.slices[0].half_width.reset();
  const auto told = plan_precision(prospect);
  CHECK(told.allocation.sizes == Counts{2});
  CHECK(told.slice_half_widths[0] > 0.3);
  CHECK(told.slice_prices == Reals{0.0});
}

TEST_CASE("unequal weights are paid for as the score will count them", "[planner]") {
  // Two strata of one size, errors only in one: the variance alone would audit the other hardly at all.
  Prospect prospect{.populations = {50'000, 50'000},
                    .rates = {0.2, 0.0},
                    .costs = {1.0, 1.0},
                    .limits = {{2, 2}, {50'000, 50'000}},
                    .slices = {{"all", {{0, 50'000}, {1, 50'000}}, 0.02}}};
  const auto plan = plan_precision(prospect);
  double kish = 0.0;
  for (const auto n : plan.allocation.sizes) kish += 0.25 / static_cast<double>(n);
  const double rate = 0.1;
  CHECK(0.5 * wilson(rate, 1.0 / kish, std::numeric_limits<double>::infinity(), Confidence{.95}).width() <= 0.0201);
}

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

TEST_CASE("a higher confidence needs more", "[planner]") {
  Prospect prospect = simple(100'000, 0.1, 0.02);
  const auto usual = plan_precision(prospect);
  prospect.confidence = Confidence{0.99};
  CHECK(plan_precision(prospect).allocation.sizes[0] > usual.allocation.sizes[0] * 3 / 2);
}

TEST_CASE("wishes that cannot be read or met are refused by name", "[error][planner]") {
  const auto words = [](const Prospect& prospect) {
    return message_of<InputError>([&] { (void)plan_precision(prospect); });
  };
  for (const double width : {0.0, 0.5, -0.1, std::numeric_limits<double>::quiet_NaN()})
    CHECK(contains(words(simple(100, 0.1, width)),
                   "wanted a half-width above 0 and below 0.5 for 'all', got " + to_text(width)));
  Prospect capped = simple(10'000, 0.1, 0.01);
  capped.limits.most = {400};
  CHECK(contains(words(capped), "wanted a half-width of at least 0.02"));
  CHECK(contains(words(capped), "got 0.01 in column 'half_width', row 0"));
  Prospect rate = simple(100, 1.5, 0.1);
  CHECK(contains(words(rate), "wanted an expected rate between 0 and 1, got 1.5 in column 'expected', row 0"));
  Prospect part = simple(100, 0.1, 0.1);
  part.slices[0].parts[0].cases = 101;
  CHECK(contains(words(part), "wanted parts of 'all' that their strata hold, got 101 cases of stratum 0"));
  part.slices[0].parts[0] = {1, 5};
  CHECK(contains(words(part), "got 5 cases of stratum 1"));
  part.slices[0].parts.clear();
  CHECK(contains(words(part), "wanted a slice with cases, got none in 'all'"));
}
