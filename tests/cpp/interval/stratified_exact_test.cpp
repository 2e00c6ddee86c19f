#include <array>
#include <assay/interval/discrete.hpp>
#include <assay/interval/stratified_exact.hpp>
#include <assay_test.hpp>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace assay;
using assay::test::message_of;

namespace {

using Strata = std::vector<StratumCount>;

/// All limits of a design, found once: by the events of each stratum.
class AllLimits {
 public:
  AllLimits(std::vector<std::int64_t> sizes, std::vector<double> weights, std::vector<std::int64_t> populations,
            Confidence c)
      : sizes_{std::move(sizes)}, weights_{std::move(weights)}, populations_{std::move(populations)} {
    std::vector<std::int64_t> x(sizes_.size(), 0);
    do {
      Strata strata;
      for (std::size_t h = 0; h < x.size(); ++h) {
        StratumCount each{Trials{x[h], sizes_[h]}, weights_[h], {}};
        if (!populations_.empty()) each.population = populations_[h];
        strata.push_back(each);
      }
      limits_.emplace_back(x, stratified_exact(strata, c));
    } while (next(x, sizes_));
  }

  static bool next(std::vector<std::int64_t>& x, const std::vector<std::int64_t>& most) {
    for (std::size_t h = 0; h < x.size(); ++h) {
      if (++x[h] <= most[h]) return true;
      x[h] = 0;
    }
    return false;
  }

  struct Missed {
    double below{0.0};  ///< chance that the upper limit lies below the truth
    double above{0.0};
  };

  /// Shares of the strata; of finite ones, events out of the population.
  [[nodiscard]] Missed missed(const std::vector<double>& shares) const {
    double truth = 0.0, all = 0.0;
    for (std::size_t h = 0; h < shares.size(); ++h) truth += weights_[h] * shares[h], all += weights_[h];
    truth /= all;
    Missed out;
    for (const auto& [x, limits] : limits_) {
      double chance = 1.0;
      for (std::size_t h = 0; h < x.size(); ++h) {
        const auto found = static_cast<double>(x[h]), n = static_cast<double>(sizes_[h]);
        if (n == 0.0) continue;
        chance *= populations_.empty()
                      ? detail::binomial_chance(found, n, shares[h], 1.0 - shares[h])
                      : detail::hypergeometric_chance(found, static_cast<double>(populations_[h]),
                                                      std::round(shares[h] * static_cast<double>(populations_[h])), n);
      }
      if (limits.upper < truth - 1e-12) out.below += chance;
      if (limits.lower > truth + 1e-12) out.above += chance;
    }
    return out;
  }

 private:
  std::vector<std::int64_t> sizes_;
  std::vector<double> weights_;
  std::vector<std::int64_t> populations_;
  std::vector<std::pair<std::vector<std::int64_t>, Interval>> limits_{};
};

}  // namespace

TEST_CASE("stratified limits hold at every configuration of strata sampled from very many", "[law][interval]") {
  struct Design {
    std::vector<std::int64_t> sizes;
    std::vector<double> weights;
  };
  const std::vector<double> grid{0.0, 0.002, 0.01, 0.03, 0.07, 0.15, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0};
  for (const double level : {0.8, 0.95})
    for (const Design& design :
         {Design{{10, 10}, {1.0, 1.0}}, Design{{4, 20}, {9.0, 1.0}}, Design{{12, 30}, {1.0, 8.0}},
          Design{{20, 3}, {2.0, 5.0}}, Design{{5, 10, 15}, {1.0, 2.0, 3.0}}, Design{{8, 8, 8}, {1.0, 6.0, 20.0}},
          Design{{6, 0, 9}, {4.0, 1.0, 5.0}}}) {
      const AllLimits all{design.sizes, design.weights, {}, Confidence{level}};
      double worst = 0.0;
      std::vector<std::int64_t> at(design.sizes.size(), 0);
      const std::vector<std::int64_t> ends(design.sizes.size(), static_cast<std::int64_t>(grid.size()) - 1);
      do {
        std::vector<double> shares;
        for (const std::int64_t i : at) shares.push_back(grid[static_cast<std::size_t>(i)]);
        const auto missed = all.missed(shares);
        worst = std::max({worst, missed.below, missed.above});
      } while (AllLimits::next(at, ends));
      CAPTURE(level, design.sizes.size(), design.sizes.front(), design.weights.back());
      CHECK(worst <= 0.5 * (1.0 - level) + 1e-12);
      CHECK(worst > 0.0);
    }
}

TEST_CASE("stratified limits hold for every content of finite strata", "[law][interval]") {
  struct Design {
    std::vector<std::int64_t> sizes, populations;
  };
  for (const Design& design : {Design{{5, 6}, {12, 9}}, Design{{3, 10}, {20, 12}}, Design{{8, 4}, {8, 15}},
                               Design{{3, 4, 5}, {6, 5, 9}}, Design{{2, 9, 3}, {10, 10, 4}}}) {
    const std::vector<double> weights{design.populations.begin(), design.populations.end()};
    const AllLimits all{design.sizes, weights, design.populations, Confidence{0.9}};
    double worst = 0.0;
    std::vector<std::int64_t> events(design.sizes.size(), 0);
    do {
      std::vector<double> shares;
      for (std::size_t h = 0; h < events.size(); ++h)
        shares.push_back(static_cast<double>(events[h]) / static_cast<double>(design.populations[h]));
      const auto missed = all.missed(shares);
      worst = std::max({worst, missed.below, missed.above});
    } while (AllLimits::next(events, design.populations));
    CAPTURE(design.sizes.size(), design.sizes.front(), design.populations.front());
    CHECK(worst <= 0.05 + 1e-12);
    CHECK(worst > 0.0);
  }
}

TEST_CASE("one stratum has the exact limits", "[interval]") {
  const Confidence c{0.95};
  CHECK(stratified_exact(Strata{{Trials{3, 50}, 7.0, {}}}, c) == clopper_pearson(Trials{3, 50}, c));
  CHECK(stratified_exact(Strata{{Trials{3, 50}, 7.0, {}}, {Trials{9, 9}, 0.0, {}}}, c) ==
        clopper_pearson(Trials{3, 50}, c));
  CHECK(stratified_exact(Strata{{Trials{3, 50}, 7.0, 400}}, c) == hypergeometric(Trials{3, 50}, 400, c).shares_of(400));
}

TEST_CASE("one rate in all strata is one sample, by Hoeffding", "[golden][interval]") {
  const Confidence c{0.95};
  const Interval got =
      stratified_exact(Strata{{Trials{2, 40}, 40.0, {}}, {Trials{0, 60}, 60.0, {}}, {Trials{3, 100}, 100.0, {}}}, c);
  const Interval pooled = clopper_pearson(Trials{5, 200}, c);
  CHECK(got.lower == Approx(pooled.lower).epsilon(1e-9));
  CHECK(got.upper == Approx(pooled.upper).epsilon(1e-9));
}

TEST_CASE("without an event the bound is exact: the heaviest chance that all was missed", "[golden][interval]") {
  // 180 audits of a stratum of 5 %, 20 of one of 95 %, none with an error: the worst case has its errors in the second.
  const Interval got = stratified_exact(Strata{{Trials{0, 180}, 5.0, {}}, {Trials{0, 20}, 95.0, {}}}, Confidence{0.95});
  double worst = 0.0;  // maximise .05 p + .95 q where (1 - p)^180 (1 - q)^20 = .025
  for (int i = 0; i <= 20000; ++i) {
    const double p = 1e-6 * i;
    const double rest = 0.025 / std::pow(1.0 - p, 180.0);
    if (rest <= 1.0) worst = std::max(worst, 0.05 * p + 0.95 * (1.0 - std::pow(rest, 1.0 / 20.0)));
  }
  CHECK(got.lower == 0.0);
  CHECK(got.upper == Approx(worst).epsilon(1e-6));
  CHECK(got.upper > 0.15);
}

TEST_CASE("a mirror turns the limits around, more confidence widens them, a common factor of weights does nothing",
          "[law][interval]") {
  const Strata strata{{Trials{1, 30}, 1.0, {}}, {Trials{4, 25}, 3.0, 90}, {Trials{0, 70}, 2.0, 80}};
  Strata mirrored, heavier;
  for (const StratumCount& each : strata) {
    mirrored.push_back({Trials{each.trials.failures(), each.trials.trials()}, each.weight, each.population});
    heavier.push_back({each.trials, 40.0 * each.weight, each.population});
  }
  const Interval got = stratified_exact(strata, Confidence{0.95});
  const Interval mirror = stratified_exact(mirrored, Confidence{0.95});
  CHECK(got.lower == Approx(1.0 - mirror.upper).margin(1e-12));
  CHECK(got.upper == Approx(1.0 - mirror.lower).margin(1e-12));
  CHECK(stratified_exact(heavier, Confidence{0.95}).upper == Approx(got.upper).epsilon(1e-9));
  const Interval wider = stratified_exact(strata, Confidence{0.999});
  CHECK(wider.lower <= got.lower);
  CHECK(wider.upper > got.upper);
  const double estimate = (1.0 / 30.0 + 3.0 * 4.0 / 25.0) / 6.0;
  CHECK(got.contains(estimate));
}

TEST_CASE("strata seen whole are known, strata not seen may hold anything", "[interval]") {
  const Confidence c{0.95};
  const Interval known = stratified_exact(Strata{{Trials{3, 10}, 10.0, 10}, {Trials{2, 30}, 30.0, 30}}, c);
  CHECK(known.lower == Approx(5.0 / 40.0).epsilon(1e-9));
  CHECK(known.upper == Approx(5.0 / 40.0).epsilon(1e-9));
  const Interval unseen = stratified_exact(Strata{{Trials{0, 100}, 9.0, {}}, {Trials{0, 0}, 1.0, {}}}, c);
  CHECK(unseen.lower == 0.0);
  CHECK(unseen.upper == Approx(0.1 + 0.9 * clopper_pearson(Trials{0, 100}, c).upper).epsilon(1e-6));
  CHECK(stratified_exact(Strata{{Trials{0, 0}, 1.0, {}}, {Trials{0, 0}, 1.0, {}}}, c) == Interval{0.0, 1.0});
}

TEST_CASE("dozens of strata are no burden", "[interval]") {
  Strata strata;
  for (int h = 0; h < 60; ++h) strata.push_back({Trials{h % 20 == 0 ? 1 : 0, 10 + h}, 1.0 + h * h, 1000});
  const Interval got = stratified_exact(strata, Confidence{0.95});
  double estimate = 0.0, all = 0.0;
  for (const StratumCount& each : strata) {
    estimate += each.weight * static_cast<double>(each.trials.successes()) / static_cast<double>(each.trials.trials());
    all += each.weight;
  }
  CHECK(got.contains(estimate / all));
  CHECK(got.upper < 0.02);
}

TEST_CASE("what are no strata is refused", "[errors][interval]") {
  const auto said = [](const Strata& strata) {
    return message_of<InputError>([&] { (void)stratified_exact(strata, Confidence{0.95}); });
  };
  CHECK(said({}) == "wanted a stratum with a weight above 0, got none");
  CHECK(said({{Trials{0, 5}, 0.0, {}}}) == "wanted a stratum with a weight above 0, got none");
  CHECK(said({{Trials{0, 5}, -1.0, {}}}) == "wanted finite weights of 0 or more, got -1");
  CHECK(said({{Trials{0, 5}, std::nan(""), {}}}) == "wanted finite weights of 0 or more, got nan");
  CHECK(said({{Trials{0, 5}, 1.0, 4}}) == "wanted a population of at least the 5 trials, got 4");
}
