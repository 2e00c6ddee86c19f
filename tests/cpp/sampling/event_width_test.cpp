#include <cmath>

#include <assay/sampling/event_width.hpp>
#include <assay_test.hpp>

using namespace assay;
using namespace assay::allocation;

namespace {

double poisson(int k, double mean) { return std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0)); }

/// The mean half-width of the beta limits of two strata, over every result that their audits can have.
double mean_half_width(double mean_a, double weight_a, double mean_b, double weight_b) {
  double sum = 0.0;
  for (int a = 0; a < 60; ++a)
    for (int b = 0; b < 60; ++b) {
      const WeightedEvents found{a * weight_a + b * weight_b, a * weight_a * weight_a + b * weight_b * weight_b,
                                 std::max(weight_a, weight_b)};
      sum += poisson(a, mean_a) * poisson(b, mean_b) * 0.5 * weighted_beta(found, Confidence{.95}).width();
    }
  return sum;
}

}  // namespace

TEST_CASE("the width expected is the mean width of the limits found", "[law][event width]") {
  for (const double first : {0.3, 0.75, 2.0, 8.0})
    for (const double second : {0.5, 3.0, 20.0})
      for (const double weight : {0.0002, 0.001, 0.006}) {
        const double rate = first * weight + second * 0.001;
        const double squares = first * weight * weight + second * 1e-6;
        const double mean = mean_half_width(first, weight, second, 0.001);
        const double told = expected_half_width(
            rate, {squares / rate, 0.001, std::max(weight, 0.001), 1.0, false, false}, Confidence{.95});
        INFO(first << " " << second << " " << weight << ": " << told << " told, " << mean << " on average");
        CHECK(mean <= told * 1.005);
        CHECK(mean >= told * 0.97);
      }
}

TEST_CASE("a finite queue narrows limits, to nothing where all is seen", "[law][event width]") {
  const auto width = [](double factor) {
    return expected_half_width(0.1, {0.01, 0.01, 0.01, factor, false, true}, Confidence{.95});
  };
  CHECK(width(0.25) > 0.5 * width(1.0));  // as `drawn_in` draws in: never by more than the root
  CHECK(width(0.25) < 0.53 * width(1.0));
  CHECK(width(0.0) == 0.0);
  CHECK(expected_half_width(0.1, {0.0, 0.0, 0.0, 1.0, false, true}, Confidence{.95}) == 0.0);
  CHECK(expected_half_width(0.1, {1e12, 1e12, 1e12, 1.0, true, false}, Confidence{.95}) == 0.5);
}
