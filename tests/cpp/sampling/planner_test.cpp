#include <cmath>
#include <limits>

#include <assay/interval/effective.hpp>
#include <assay/interval/hypergeometric.hpp>
#include <assay/sampling/planner.hpp>
#include <assay_test.hpp>
#include <sampling/prospects.hpp>

using namespace assay;
using namespace assay::allocation;
using assay::test::contains;
using assay::test::message_of;
using assay::test::operation;
using assay::test::Reals;
using assay::test::simple;

TEST_CASE("one stratum gets the fewest audits whose Wilson interval is narrow enough", "[planner]") {
  for (const double rate : {0.0, 0.02, 0.2, 0.5, 0.97}) {
    Prospect prospect = simple(1'000'000'000, rate, 0.03);
    prospect.finite = false;
    const auto plan = plan_precision(prospect);
    const auto n = static_cast<double>(plan.allocation.sizes[0]);
    const auto width = [&](double size) {
      return 0.5 * wilson(rate, size, std::numeric_limits<double>::infinity(), Confidence{.95}).width();
    };
    CHECK(width(n) <= 0.03 * (1 + 1e-6));
    CHECK(width(n - 1.0) > 0.03 * (1 - 1e-3));
    CHECK(plan.slices[0].half_width == Approx(width(n)).epsilon(1e-3));
    CHECK(plan.stratum_half_widths[0] == plan.slices[0].half_width);
  }
}

TEST_CASE("one whole stratum of a queue gets the fewest audits whose exact limits are narrow enough", "[planner]") {
  for (const double rate : {0.02, 0.2, 0.5, 0.97}) {
    const std::int64_t population = 20'000;
    const auto plan = plan_precision(simple(population, rate, 0.03));
    const std::int64_t n = plan.allocation.sizes[0];
    const auto width = [&](std::int64_t size) {  // between the whole counts beside the one expected
      const double wrong = rate * static_cast<double>(size);
      const auto below = static_cast<std::int64_t>(wrong);
      const auto of = [&](std::int64_t x) {
        return 0.5 * static_cast<double>(hypergeometric(Trials{x, size}, population, Confidence{.95}).width()) /
               20'000.0;
      };
      const double part = wrong - static_cast<double>(below);
      return (1.0 - part) * of(below) + part * of(std::min(below + 1, size));
    };
    CHECK(width(n) == Approx(0.03).epsilon(0.005));
    CHECK(plan.slices[0].half_width <= 0.03);
    CHECK(plan.stratum_half_widths[0] == plan.slices[0].half_width);
  }
}

TEST_CASE("a finite queue needs fewer, and all of it is known without error", "[planner]") {
  const auto queue = plan_precision(simple(500, 0.05, 0.02));
  Prospect process = simple(500, 0.05, 0.02);
  process.finite = false;
  process.limits.most = {500};
  const auto endless = plan_precision(process);
  CHECK(queue.allocation.sizes[0] < endless.allocation.sizes[0]);
  CHECK(queue.slices[0].half_width <= 0.02);
  CHECK(plan_precision(simple(500, 0.05, 1e-9)).allocation.sizes[0] == 500);
}

TEST_CASE("every wish is kept, with proof, and not an audit could be left out", "[law][planner]") {
  const Prospect prospect = operation(0.01, 0.03, 0.02);
  const auto plan = plan_precision(prospect);
  CHECK(plan.allocation.gap < 1e-9);
  CHECK(plan.allocation.cost <= plan.allocation.bound + 12 * 2.0);
  for (std::size_t d = 0; d < 8; ++d) CHECK(plan.slices[d].half_width <= *prospect.slices[d].half_width * (1 + 1e-9));
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
  prospect.finite = false;  // so that both have Wilson's limits
  const auto whole = plan_precision(prospect);
  prospect.slices[0].parts[0].cases = 50'000;
  const auto half = plan_precision(prospect);
  CHECK(static_cast<double>(half.allocation.sizes[0]) ==
        Approx(2.0 * static_cast<double>(whole.allocation.sizes[0])).epsilon(0.02));
  // a slice without a wish is told its width
  prospect.slices[0].half_width.reset();
  const auto told = plan_precision(prospect);
  CHECK(told.allocation.sizes == Counts{2});
  CHECK(told.slices[0].half_width > 0.3);
  CHECK(told.slice_prices == Reals{0.0});
}

TEST_CASE("unequal weights are paid for as the score will count them", "[planner]") {
  // Two strata of one size, errors only in one: the variance alone would audit the other hardly at all.
  Prospect prospect{.populations = {50'000, 50'000},
                    .rates = {0.2, 0.0},
                    .costs = {1.0, 1.0},
                    .limits = {{2, 2}, {50'000, 50'000}},
                    .slices = {{"all", {{0, 50'000, {}}, {1, 50'000, {}}}, 0.02, {}, 0}}};
  const auto plan = plan_precision(prospect);
  // what the score would find: errors of the first stratum alone, and a heaviest case of the second
  const auto& n = plan.allocation.sizes;
  const double first = 0.5 / static_cast<double>(n[0]), second = 0.5 / static_cast<double>(n[1]);
  CHECK(second < 8.0 * first);
  const double mean = 0.2 * static_cast<double>(n[0]);
  double width = 0.0, all = 0.0;
  for (int k = 0; k < 3 * static_cast<int>(mean); ++k) {
    const double chance = std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
    const Interval found = weighted_beta({k * first, k * first * first, std::max(first, second)}, Confidence{.95});
    width += chance * 0.5 * found.width();
    all += chance;
  }
  CHECK(all == Approx(1.0));
  CHECK(width == Approx(0.02).epsilon(0.02));
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
  CHECK(contains(words(capped), "wanted a half-width of at least 0.03"));
  CHECK(contains(words(capped), "got 0.01 in column 'half_width'"));
  Prospect rate = simple(100, 1.5, 0.1);
  CHECK(contains(words(rate), "wanted an expected rate between 0 and 1, got 1.5 in column 'expected', row 0"));
  Prospect part = simple(100, 0.1, 0.1);
  part.slices[0].parts[0].cases = 101;
  CHECK(contains(words(part), "wanted parts of 'all' that their strata hold, got 101 cases of stratum 0"));
  part.slices[0].parts[0] = {1, 5, {}};
  CHECK(contains(words(part), "got 5 cases of stratum 1"));
  part.slices[0].parts.clear();
  CHECK(contains(words(part), "wanted a slice with cases, got none in 'all'"));
}

TEST_CASE("no cheaper whole numbers keep the wishes, but for rounding: all of them are tried", "[law][planner]") {
  Random random{11};
  int tried = 0;
  for (int round = 0; round < 40; ++round) {
    Prospect prospect;
    for (int h = 0; h < 3; ++h) {
      prospect.populations.push_back(static_cast<std::int64_t>(6 + random.below(20)));
      prospect.rates.push_back(0.05 + 0.4 * random.uniform());
      prospect.costs.push_back(1.0 + static_cast<double>(random.below(3)));
    }
    prospect.limits = {Counts(3, 2), prospect.populations};
    const auto part = [&](std::size_t h, std::int64_t cases) { return SlicePart{h, cases, {}}; };
    const auto& held = prospect.populations;
    prospect.slices = {
        {"all", {part(0, held[0]), part(1, held[1]), part(2, held[2])}, 0.1 + 0.1 * random.uniform(), {}, 0},
        {"some", {part(0, held[0] / 2), part(1, held[1] / 3 + 1)}, 0.2 + 0.2 * random.uniform(), {}, 0},
        {"one", {part(2, held[2])}, 0.15 + 0.3 * random.uniform(), {}, 4}};
    const auto plan = plan_precision(prospect);
    double best = 1e9;
    Counts sizes(3);
    for (sizes[0] = 2; sizes[0] <= held[0]; ++sizes[0])
      for (sizes[1] = 2; sizes[1] <= held[1]; ++sizes[1])
        for (sizes[2] = 2; sizes[2] <= held[2]; ++sizes[2]) {
          double cost = 0.0;
          for (std::size_t h = 0; h < 3; ++h) cost += prospect.costs[h] * static_cast<double>(sizes[h]);
          if (cost >= best || (sizes[2] < std::min<std::int64_t>(4, held[2]))) continue;
          const auto seen = outlooks(prospect, sizes);
          bool kept = true;
          for (std::size_t d = 0; d < 3; ++d) kept = kept && seen[d].half_width <= *prospect.slices[d].half_width;
          if (kept) best = cost;
        }
    INFO("round " << round << ": " << plan.allocation.cost << " planned, " << best << " at best, bound "
                  << plan.allocation.bound);
    CHECK(plan.allocation.bound <= best + 1e-6);      // the proof holds
    CHECK(plan.allocation.cost >= best - 1e-9);       // nothing is cheaper than the best
    CHECK(plan.allocation.cost <= best + 2.0 * 3.0);  // and the plan is within two audits of the dearest kind
    for (std::size_t d = 0; d < 3; ++d) CHECK(plan.slices[d].half_width <= *prospect.slices[d].half_width * (1 + 1e-9));
    CHECK(plan.allocation.sizes[2] >= std::min<std::int64_t>(4, held[2]));
    for (std::size_t h = 0; h < 3; ++h) CHECK(plan.allocation.sizes[h] <= held[h]);
    ++tried;
  }
  CHECK(tried == 40);
}

TEST_CASE("a stricter wish is never cheaper", "[law][planner]") {
  double before = 0.0, bound = 0.0;
  for (const double width : {0.3, 0.1, 0.05, 0.03, 0.02, 0.01, 0.004, 0.0005}) {
    const auto plan = plan_precision(operation(width, 2.0 * width > 0.49 ? 0.49 : 2.0 * width, 0.04));
    CHECK(plan.allocation.bound >= bound * (1 - 1e-9));
    CHECK(plan.allocation.cost >= before - 2.0);  // whole numbers may be lucky by a case
    before = plan.allocation.cost;
    bound = plan.allocation.bound;
  }
}

TEST_CASE("a coefficient of variation and a minimum are kept, and priced", "[law][planner]") {
  Prospect prospect = operation(0.3, 0.4, 0.4);
  for (std::size_t d = 1; d < 5; ++d) prospect.slices[d].variation = 0.15;
  for (std::size_t d = 5; d < 8; ++d) prospect.slices[d].minimum = 900;
  const auto plan = plan_precision(prospect);
  double priced = 0.0, least = 0.0;
  for (std::size_t d = 1; d < 5; ++d) {
    CHECK(plan.slices[d].variation <= 0.15 * (1 + 1e-9));
    priced += plan.slice_prices[d];
  }
  for (std::size_t d = 5; d < 8; ++d) {
    CHECK(plan.slices[d].audits >= 900);
    least += plan.minimum_prices[d];
  }
  CHECK(priced > 1.0);
  CHECK(least > 0.0);
  Prospect one = prospect;
  for (std::size_t d = 5; d < 8; ++d) one.slices[d].minimum = 899;
  const double saved = plan.allocation.real_cost - plan_precision(one).allocation.real_cost;
  CHECK(saved == Approx(least).epsilon(0.1).margin(0.2));
  prospect.limits.most.assign(12, 20);
  CHECK(contains(message_of<InputError>([&] { (void)plan_precision(prospect); }),
                 "coefficient of variation of at least"));
  for (std::size_t d = 1; d < 5; ++d) prospect.slices[d].variation.reset();
  CHECK(contains(message_of<InputError>([&] { (void)plan_precision(prospect); }), "wanted a minimum of at most "));
}
