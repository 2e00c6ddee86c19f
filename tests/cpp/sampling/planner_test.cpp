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
  double kish = 0.0;
  for (const auto n : plan.allocation.sizes) kish += 0.25 / static_cast<double>(n);
  const double rate = 0.1;
  CHECK(0.5 * wilson(rate, 1.0 / kish, std::numeric_limits<double>::infinity(), Confidence{.95}).width() <= 0.0201);
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
