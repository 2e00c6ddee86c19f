#include <assay_test.hpp>

#include <cmath>
#include <vector>

#include <assay/interval/wilson.hpp>
#include <assay/score/auditor_error.hpp>

using namespace assay;
using assay::test::message_of;

namespace {

std::vector<double> binomial(int n, double p) {
  std::vector<double> out(static_cast<std::size_t>(n) + 1, 0.0);
  for (int x = 0; x <= n; ++x)
    out[static_cast<std::size_t>(x)] = std::exp(std::lgamma(n + 1.0) - std::lgamma(x + 1.0) - std::lgamma(n - x + 1.0) +
                                                x * std::log(p) + (n - x) * std::log1p(-p));
  return out;
}

}  // namespace

TEST_CASE("the corrected rate undoes what the auditors do", "[law][score]") {
  const AuditorQuality quality{{90, 100}, {190, 200}};
  for (const double truth : {0.0, 0.02, 0.3, 1.0}) {
    const double seen = truth * 0.9 + (1.0 - truth) * 0.05;
    const CorrectedRate got = correct_for_auditors(seen, 1000, quality, Confidence{0.95});
    CHECK(got.value == Approx(truth).margin(1e-12));
    CHECK(got.limits.contains(truth));
    CHECK(got.raw == seen);
  }
}

TEST_CASE("fewer findings than the auditors' errors explain are cut to 0 and say so", "[law][score]") {
  const CorrectedRate got = correct_for_auditors(0.01, 400, {{90, 100}, {190, 200}}, Confidence{0.95});
  CHECK(got.value == 0.0);
  CHECK(got.cut);
  CHECK(got.limits.lower == 0.0);
  CHECK_FALSE(correct_for_auditors(0.2, 400, {{90, 100}, {190, 200}}, Confidence{0.95}).cut);
}

TEST_CASE("auditors who never err and were measured endlessly give Wilson's limits about", "[law][score]") {
  const std::int64_t endless = 1'000'000'000;
  const CorrectedRate got = correct_for_auditors(0.1, 500, {{endless, endless}, {endless, endless}}, Confidence{0.95});
  const Interval plain = wilson({50, 500}, Confidence{0.95});
  CHECK(got.limits.lower == Approx(plain.lower).margin(2e-3));
  CHECK(got.limits.upper == Approx(plain.upper).margin(2e-3));
}

TEST_CASE("less known auditors, wider limits", "[law][score]") {
  const CorrectedRate well = correct_for_auditors(0.1, 500, {{900, 1000}, {970, 1000}}, Confidence{0.95});
  const CorrectedRate badly = correct_for_auditors(0.1, 500, {{18, 20}, {97, 100}}, Confidence{0.95});
  CHECK(badly.limits.width() > well.limits.width());
}

TEST_CASE("no audits of the rate answer everything", "[law][score]") {
  CHECK(correct_for_auditors(0.0, 0, {{9, 10}, {9, 10}}, Confidence{0.95}).limits == Interval{0.0, 1.0});
}

TEST_CASE("auditors known from a handful of cases leave every limit a number, around its value", "[law][score]") {
  int everything = 0;
  for (int cases = 1; cases <= 12; ++cases)
    for (int other = 1; other <= 12; ++other)
      for (int a = 0; a <= cases; ++a)
        for (int b = 0; b <= other; ++b) {
          if (static_cast<double>(a) / cases + static_cast<double>(b) / other <= 1.0 + 1e-12) continue;
          for (const double rate : {0.0, 0.05, 0.5, 1.0}) {
            INFO(a << "/" << cases << " " << b << "/" << other << " " << rate);
            const CorrectedRate got = correct_for_auditors(rate, 40, {{a, cases}, {b, other}}, Confidence{0.95});
            REQUIRE(std::isfinite(got.value));
            REQUIRE(got.limits.lower >= 0.0);
            REQUIRE(got.limits.upper <= 1.0);
            REQUIRE(got.limits.contains(got.value));
            everything += got.limits == Interval{0.0, 1.0} ? 1 : 0;
          }
        }
  CHECK(everything > 0);
  // One case more of each outcome makes these no better than a coin: nothing is known.
  for (const AuditorQuality& quality :
       {AuditorQuality{{1, 1}, {1, 4}}, AuditorQuality{{1, 1}, {1, 10}}, AuditorQuality{{2, 2}, {1, 8}}})
    CHECK(correct_for_auditors(0.3, 100, quality, Confidence{0.95}).limits == Interval{0.0, 1.0});
}

TEST_CASE("limits cover the true rate at least 93 % over rates and auditors, by enumeration", "[law][score]") {
  // 60 audits, auditors measured on 25 cases each. Lang & Reiczigel's limits lean to the safe side for rare rates.
  for (const double truth : {0.01, 0.1, 0.3, 0.6})
    for (const double sensitivity : {0.8, 0.95}) {
      const double specificity = 0.95;
      const auto seen = binomial(60, truth * sensitivity + (1.0 - truth) * (1.0 - specificity));
      const auto found = binomial(25, sensitivity);
      const auto cleared = binomial(25, specificity);
      double covered = 0.0;
      double chance_of_all = 0.0;
      for (int x = 0; x <= 60; ++x)
        for (int a = 13; a <= 25; ++a)
          for (int b = 13; b <= 25; ++b) {
            const double chance = seen[static_cast<std::size_t>(x)] * found[static_cast<std::size_t>(a)] *
                                  cleared[static_cast<std::size_t>(b)];
            chance_of_all += chance;
            if (correct_for_auditors(x / 60.0, 60, {{a, 25}, {b, 25}}, Confidence{0.95}).limits.contains(truth))
              covered += chance;
          }
      CHECK(covered / chance_of_all >= 0.93);
    }
}

TEST_CASE("what cannot be corrected is refused", "[refusal][score]") {
  const AuditorQuality fine{{9, 10}, {9, 10}};
  CHECK(message_of<InputError>([&] { (void)correct_for_auditors(0.1, 10, {{3, 10}, {6, 10}}, Confidence{0.95}); }) ==
        "wanted auditors better than a coin (sensitivity + specificity above 1), got 0.8999999999999999");
  CHECK(message_of<InputError>([&] { (void)correct_for_auditors(0.1, 10, {{0, 0}, {6, 10}}, Confidence{0.95}); }) ==
        "wanted auditors measured on violating and on benign cases, got 0 and 10 cases");
  CHECK_THROWS_AS(correct_for_auditors(1.1, 10, fine, Confidence{0.95}), InputError);
  CHECK_THROWS_AS(correct_for_auditors(0.1, -1, fine, Confidence{0.95}), InputError);
  CHECK_THROWS_AS(correct_for_auditors(0.1, std::nan(""), fine, Confidence{0.95}), InputError);
  CHECK_THROWS_AS(correct_for_auditors(0.1, INFINITY, fine, Confidence{0.95}), InputError);
}
