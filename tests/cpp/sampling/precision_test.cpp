#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include <assay/interval/effective.hpp>
#include <assay/interval/hypergeometric.hpp>
#include <assay/sampling/precision.hpp>
#include <assay_test.hpp>
#include <sampling/prospects.hpp>

using namespace assay;
using namespace assay::allocation;
using assay::test::contains;
using assay::test::message_of;
using assay::test::simple;

namespace {

double log_choose(double n, double k) { return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1); }

/// The half-width of exact limits, averaged over every result that an audit can have.
double mean_exact_half_width(std::int64_t population, std::int64_t wrong, std::int64_t n) {
  double mean = 0.0;
  for (std::int64_t x = std::max<std::int64_t>(0, n - (population - wrong)); x <= std::min(n, wrong); ++x) {
    const auto whole = static_cast<double>(population), bad = static_cast<double>(wrong);
    const auto size = static_cast<double>(n), found = static_cast<double>(x);
    const double chance =
        std::exp(log_choose(bad, found) + log_choose(whole - bad, size - found) - log_choose(whole, size));
    mean +=
        chance * 0.5 * static_cast<double>(hypergeometric(Trials{x, n}, population, Confidence{.95}).width()) / whole;
  }
  return mean;
}

}  // namespace

TEST_CASE("a stratum's expected half-width is the mean of its exact limits, or a little more", "[law][precision]") {
  for (const std::int64_t population : {500, 5'000})
    for (const std::int64_t n : {40, 100, 250, 400})
      for (const double rate : {0.01, 0.05, 0.2, 0.5}) {
        const auto wrong = static_cast<std::int64_t>(std::llround(rate * static_cast<double>(population)));
        const double mean = mean_exact_half_width(population, wrong, n);
        const double told = outlooks(simple(population, rate, 0.1), {n})[0].half_width;
        INFO(population << " " << n << " " << rate << ": " << told << " told, " << mean << " on average");
        CHECK(told >= mean * 0.99);
        CHECK(told <= mean * 1.10);
      }
}

TEST_CASE("a slice has rates of its own, and beta limits where it is made of parts", "[precision]") {
  Prospect prospect{
      .populations = {1'000, 3'000}, .rates = {0.1, 0.02}, .costs = {1, 1}, .limits = {{2, 2}, {1'000, 3'000}}};
  prospect.slices = {{"a", {{0, 500, 0.2}, {1, 1'500, {}}}, {}, {}, 0}, {"b", {{0, 1'000, {}}}, {}, {}, 0}};
  const auto seen = outlooks(prospect, {20, 60});
  CHECK(seen[0].rate == Approx((500 * 0.2 + 1'500 * 0.02) / 2'000));
  CHECK(seen[0].cases == 2'000);
  CHECK(seen[0].audits == Approx(10 + 30));
  // Equal chances: the sum of the parts is one sample of 40, but for the finite population (40 of 2,000).
  const double each = 1.0 / 40;
  CHECK(
      seen[0].half_width ==
      Approx(expected_half_width(seen[0].rate, {each, each, each, 0.98, true, false}, Confidence{.95})).epsilon(1e-9));
  CHECK(seen[1].half_width == Approx(mean_exact_half_width(1'000, 100, 20)).epsilon(0.06));
  CHECK(seen[1].variation == Approx(std::sqrt(0.9 / 0.1 * (1 / 20.0 - 1 / 1'000.0))));
  CHECK(outlooks(prospect, {0, 60})[0].half_width == 0.5);
  CHECK(outlooks(prospect, {1'000, 3'000})[0].half_width == 0.0);
}

TEST_CASE("slices that cannot be read are refused by name", "[error][precision]") {
  const auto words = [](const Prospect& prospect) {
    return message_of<InputError>([&] { (void)outlooks(prospect, {2}); });
  };
  Prospect variation = simple(100, 0.1, 0.1);
  variation.slices[0].variation = -1.0;
  CHECK(contains(words(variation), "wanted a coefficient of variation above 0 for 'all', got -1"));
  Prospect minimum = simple(100, 0.1, 0.1);
  minimum.slices[0].minimum = -1;
  CHECK(contains(words(minimum), "wanted a minimum of 0 or more for 'all', got -1"));
  Prospect rate = simple(100, 0.1, 0.1);
  rate.slices[0].parts[0].rate = 1.5;
  CHECK(contains(words(rate), "wanted an expected rate between 0 and 1 in 'all', got 1.5"));
}
