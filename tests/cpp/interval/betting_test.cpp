// Golden numbers: confseq (Waudby-Smith's betting code) on two recorded sequences, on its grid of 1/1000.

#include <assay_test.hpp>

#include <cmath>
#include <vector>

#include <assay/interval/betting.hpp>

using namespace assay;
using assay::test::message_of;
using assay::test::shared_file;
using assay::test::Table;

TEST_CASE("betting reproduces published limits to their grid", "[golden][interval]") {
  const auto data = shared_file("golden/C_sequential/sequence_data.csv");
  const auto limits = shared_file("golden/C_sequential/confseq_sequences.csv");
  if (!data || !limits) return;
  const Table sequences{*data};
  int seen = 0;
  const Table results{*limits};
  for (const auto& row : results.rows()) {
    if (row.text("method") != "betting_ci_fixed_n500") continue;
    std::vector<double> values = sequences.numbers(row.text("data"));
    values.resize(500);
    const auto population = row.holds("N") ? std::optional{row.integer("N")} : std::nullopt;
    const Interval got = betting(values, population, Confidence{0.95});
    // The published limits are the nearest grid points outside: at most two grid steps away, never inside.
    CHECK(got.lower >= row.number("lower") - 1e-12);
    CHECK(got.lower <= row.number("lower") + 2e-3);
    CHECK(got.upper <= row.number("upper") + 1e-12);
    CHECK(got.upper >= row.number("upper") - 2e-3);
    ++seen;
  }
  CHECK(seen >= 2);
}

TEST_CASE("betting covers at least 95 % for every share, by enumeration of every order", "[law][interval]") {
  constexpr int n = 12;
  for (const double share : {0.005, 0.02, 0.1, 0.3, 0.5, 0.8, 0.99}) {
    double covered = 0.0;
    for (unsigned mask = 0; mask < 1U << n; ++mask) {
      std::vector<double> values(n);
      double chance = 1.0;
      for (int i = 0; i < n; ++i) {
        values[static_cast<std::size_t>(i)] = (mask >> i & 1U) != 0 ? 1.0 : 0.0;
        chance *= (mask >> i & 1U) != 0 ? share : 1.0 - share;
      }
      const Interval got = betting(values, {}, Confidence{0.95});
      if (got.lower <= share && share <= got.upper) covered += chance;
    }
    CHECK(covered >= 0.95);
  }
}

TEST_CASE("betting covers a finite queue at least 95 %, by enumeration of every order", "[law][interval]") {
  constexpr int population = 14;
  constexpr int n = 9;
  for (int ones = 0; ones <= population; ++ones) {
    double covered = 0.0;
    for (unsigned mask = 0; mask < 1U << n; ++mask) {
      std::vector<double> values(n);
      double chance = 1.0;
      double left = ones;
      for (int i = 0; i < n; ++i) {
        const bool one = (mask >> i & 1U) != 0;
        const double rest = population - i;
        chance *= one ? left / rest : (rest - left) / rest;
        left -= one ? 1.0 : 0.0;
        values[static_cast<std::size_t>(i)] = one ? 1.0 : 0.0;
        if (chance <= 0.0) break;
      }
      if (chance <= 0.0) continue;
      const Interval got = betting(values, population, Confidence{0.95});
      const double mean = static_cast<double>(ones) / population;
      if (got.lower <= mean + 1e-12 && mean <= got.upper + 1e-12) covered += chance;
    }
    CHECK(covered >= 0.95);
  }
}

TEST_CASE("betting mirrors: one minus the values, one minus the limits", "[law][interval]") {
  const std::vector<double> values{0.2, 0.9, 0.4, 0.0, 1.0, 0.7, 0.3};
  std::vector<double> mirrored;
  for (const double value : values) mirrored.push_back(1.0 - value);
  for (const auto population : {std::optional<std::int64_t>{}, std::optional<std::int64_t>{30}}) {
    const Interval one = betting(values, population, Confidence{0.9});
    const Interval other = betting(mirrored, population, Confidence{0.9});
    CHECK(one.lower == Approx(1.0 - other.upper).margin(1e-9));
    CHECK(one.upper == Approx(1.0 - other.lower).margin(1e-9));
    CHECK(one.lower < one.upper);
  }
}

TEST_CASE("betting knows what is certain", "[law][interval]") {
  CHECK(betting({}, {}, Confidence{0.95}) == Interval{0.0, 1.0});
  const std::vector<double> whole{0.0, 1.0, 1.0, 0.5};
  CHECK(betting(whole, 4, Confidence{0.95}) == Interval{0.625, 0.625});
  // Three of four are known: the mean lies between their sum over four, and that plus a quarter.
  const std::vector<double> most{0.0, 1.0, 1.0};
  const Interval got = betting(most, 4, Confidence{0.95});
  CHECK(got.lower >= 0.5 - 1e-9);
  CHECK(got.upper <= 0.75 + 1e-9);
}

TEST_CASE("betting refuses what it cannot bet on", "[refusal][interval]") {
  const std::vector<double> outside{0.5, 1.5};
  CHECK(message_of<InputError>([&] { (void)betting(outside, {}, Confidence{0.95}); }) ==
        "wanted values between 0 and 1, got 1.5 at row 1 (counting from 0)");
  const std::vector<double> nan{std::nan("")};
  CHECK_THROWS_AS(betting(nan, {}, Confidence{0.95}), InputError);
  const std::vector<double> three{0.5, 0.5, 0.5};
  CHECK(message_of<InputError>([&] { (void)betting(three, 2, Confidence{0.95}); }) ==
        "wanted at most as many values as the population holds (2), got 3");
}
