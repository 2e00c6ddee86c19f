#include <cmath>
#include <limits>

#include <assay/core/random.hpp>
#include <assay/tally/weight.hpp>
#include <assay_test.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;

TEST_CASE("a scaled weight is the weight, exactly", "[law][tally][weight]") {
  Random random{3};
  for (int i = 0; i < 200'000; ++i) {
    const int exponent = static_cast<int>(random.below(56)) - 20;
    const double weight = std::ldexp(1.0 + random.uniform(), exponent);
    REQUIRE(usable_weight(weight));
    const ScaledWeight whole = scaled(weight);
    REQUIRE(whole.level < level_count);
    REQUIRE(whole.size < 1ULL << 60U);
    REQUIRE(whole.square < 1ULL << 60U);
    // 60 bits may not fit a double, but these have at most 53 that count.
    REQUIRE(std::ldexp(static_cast<double>(whole.size), size_exponent(whole.level)) == weight);
    const double square = std::ldexp(static_cast<double>(whole.square), square_exponent(whole.level));
    REQUIRE(std::fabs(square - weight * weight) <= 0x1p-43 * weight * weight);
    REQUIRE(square <= weight * weight * (1 + 0x1p-52));
  }
}

TEST_CASE("squares are exact where their last place allows", "[tally][weight]") {
  for (const double weight : {1.0, 2.5, 1024.0, 0x1p-20, 0x1p35, 3.0 * 0x1p-13, 12345.0, 1.0 / 1024}) {
    const ScaledWeight whole = scaled(weight);
    CHECK(std::ldexp(static_cast<double>(whole.square), square_exponent(whole.level)) == weight * weight);
  }
}

TEST_CASE("levels begin and end where they are said to", "[tally][weight]") {
  for (int k = least_level; k < least_level + level_count; ++k) {
    const double first = std::ldexp(1.0, 8 * k - 4);
    CHECK(scaled(first).level == static_cast<unsigned>(k - least_level));
    CHECK(scaled(std::nextafter(16 * 16 * first, 0.0)).level == static_cast<unsigned>(k - least_level));
  }
}

TEST_CASE("usable weights end at their limits", "[tally][weight]") {
  CHECK(usable_weight(least_weight));
  CHECK_FALSE(usable_weight(std::nextafter(least_weight, 0.0)));
  CHECK(usable_weight(std::nextafter(weight_bound, 0.0)));
  CHECK_FALSE(usable_weight(weight_bound));
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double bad : {0.0, -1.0, -0.0, infinity, -infinity, std::nan(""), 5e-324}) CHECK_FALSE(usable_weight(bad));
}

TEST_CASE("a refusal says which weights can be used", "[tally][weight]") {
  const auto said = [](double weight) { return message_of<InputError>([&] { refuse_weight(weight, {"w", 7}); }); };
  for (const double bad : {0.0, -1.0, std::numeric_limits<double>::infinity(), std::nan("")})
    CHECK(contains(said(bad), "wanted a finite weight above 0, got " + to_text(bad) + " in column 'w', row 7"));
  CHECK(contains(said(1e-9), "wanted a weight between 0.000001 and 6e10, got 1e-09 in column 'w', row 7"));
  CHECK(contains(said(1e12), "multiply all weights by one constant"));
}

TEST_CASE("sums hold the largest and the smallest weights together", "[tally][weight]") {
  WeightSum sum;
  const ScaledWeight top = scaled(std::nextafter(weight_bound, 0.0));
  const ScaledWeight least = scaled(least_weight);
  for (int i = 0; i < 1000; ++i) sum.add_scaled(top.square, square_exponent(top.level), false);
  const double without = sum.value();
  WeightSum both = sum;
  both.add_scaled(least.square, square_exponent(least.level), false);
  CHECK_FALSE(both == sum);
  both.add_scaled(least.square, square_exponent(least.level), true);
  CHECK(both == sum);
  CHECK(without == Approx(1000 * 0x1p72).epsilon(1e-12));
}
