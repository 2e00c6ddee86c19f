// Golden numbers: posterior means and limits of A_smallarea/beta_binomial_eb.csv (plug-in).

#include <assay_test.hpp>

#include <cstdint>
#include <random>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/score/shrunk_rates.hpp>

using namespace assay;

TEST_CASE("plug-in posteriors reproduce the golden file", "[golden][score]") {
  const std::vector<Trials> queues{{37, 1200}, {12, 800}, {7, 95},   {0, 40},  {22, 310},
                                   {61, 2200}, {2, 15},   {31, 560}, {9, 700}, {4, 130}};
  const auto rates = shrunk_rates(queues, Confidence{0.95});
  CHECK(rates[0].plug_in == Approx(0.031298990984764).epsilon(1e-8));
  CHECK(rates[0].plug_in_limits.lower == Approx(0.0225045675262583).epsilon(1e-8));
  CHECK(rates[0].plug_in_limits.upper == Approx(0.0414689450658088).epsilon(1e-8));
  CHECK(rates[3].plug_in == Approx(0.0259208900036404).epsilon(1e-8));
  CHECK(rates[3].plug_in_limits.upper == Approx(0.0594063996364742).epsilon(1e-8));
  CHECK(rates[6].plug_in == Approx(0.0514101936690322).epsilon(1e-8));
  CHECK(rates[9].plug_in_limits.lower == Approx(0.0140115320284096).epsilon(1e-8));
}

TEST_CASE("a rate lies between its own audits and what all have in common; small units move more", "[law][score]") {
  const std::vector<Trials> units{{0, 20}, {4, 20}, {10, 400}, {40, 400}, {3, 60}};
  const auto rates = shrunk_rates(units, Confidence{0.95});
  CHECK(rates[1].estimate < 0.2);
  CHECK(rates[0].estimate > 0.0);
  CHECK(rates[0].shrinkage > rates[2].shrinkage);
  for (const ShrunkRate& rate : rates) {
    CHECK(rate.limits.lower < rate.estimate);
    CHECK(rate.estimate < rate.limits.upper);
    CHECK(rate.shrinkage > 0.0);
    CHECK(rate.shrinkage < 1.0);
  }
}

TEST_CASE("a unit without audits gets the common mean, the widest limits and full shrinkage", "[law][score]") {
  const auto rates = shrunk_rates(std::vector<Trials>{{2, 50}, {9, 60}, {5, 80}, {0, 0}}, Confidence{0.95});
  CHECK(rates[3].shrinkage == Approx(1.0));
  for (std::size_t i = 0; i < 3; ++i) CHECK(rates[3].limits.width() > rates[i].limits.width());
}

TEST_CASE("more confidence, wider limits", "[law][score]") {
  const std::vector<Trials> units{{2, 50}, {9, 60}, {5, 80}};
  const auto narrow = shrunk_rates(units, Confidence{0.8});
  const auto wide = shrunk_rates(units, Confidence{0.99});
  for (std::size_t i = 0; i < units.size(); ++i) CHECK(wide[i].limits.width() > narrow[i].limits.width());
}

TEST_CASE("no errors anywhere leave limits above zero", "[law][score]") {
  for (const ShrunkRate& rate : shrunk_rates(std::vector<Trials>{{0, 50}, {0, 10}, {0, 30}}, Confidence{0.95})) {
    CHECK(rate.estimate > 0.0);
    CHECK(rate.estimate < 0.05);
    CHECK(rate.limits.upper > rate.estimate);
  }
}

TEST_CASE("limits cover rates that do differ, and rates that do not", "[law][score]") {
  // 10 units of 20 to 200 audits, 60 repetitions with a fixed seed: 600 rates. Three Monte-Carlo errors of .95 are
  // .027; the plug-in limits, which take the fitted model for true, are far below (.55 in the second case).
  std::mt19937_64 random{20261123};
  for (const double precision : {1e9, 200.0, 20.0}) {
    int covered = 0;
    int all = 0;
    for (int repetition = 0; repetition < 60; ++repetition) {
      std::vector<Trials> units;
      std::vector<double> truth;
      for (int k = 0; k < 10; ++k) {
        const int n = 20 + k * 37 % 180;
        const double u = static_cast<double>(random() >> 11U) * 0x1.0p-53;
        truth.push_back(precision > 1e8 ? 0.1 : beta_quantile(0.1 * precision, 0.9 * precision, u));
        int x = 0;
        for (int i = 0; i < n; ++i) x += static_cast<double>(random() >> 11U) * 0x1.0p-53 < truth.back() ? 1 : 0;
        units.push_back({x, n});
      }
      const auto rates = shrunk_rates(units, Confidence{0.95});
      for (std::size_t k = 0; k < rates.size(); ++k, ++all) covered += rates[k].limits.contains(truth[k]) ? 1 : 0;
    }
    CHECK(static_cast<double>(covered) / all > 0.95 - 0.027);
  }
}
