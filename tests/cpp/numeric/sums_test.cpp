#include <assay/core/random.hpp>
#include <assay/numeric/sums.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <assay_test.hpp>

using assay::ExactSum;
using assay::Random;

namespace {

/// Doubles of wildly different size and either sign.
std::vector<double> wild_numbers(std::size_t count, std::uint64_t seed) {
  Random random{seed};
  std::vector<double> numbers(count);
  for (auto& number : numbers) number = std::ldexp(random.uniform() - 0.5, static_cast<int>(random.below(600)) - 300);
  return numbers;
}

ExactSum sum_of(const std::vector<double>& numbers) {
  ExactSum sum;
  for (const double number : numbers) sum.add(number);
  return sum;
}

}  // namespace

TEST_CASE("an exact sum keeps what ordinary addition loses", "[law][sums]") {
  CHECK(sum_of({1e100, 1.0, -1e100}).value() == 1.0);
  CHECK(sum_of({1e308, 1e308, -1e308, -1e308, 0x1p-1074}).value() == 0x1p-1074);
  CHECK(sum_of({0.1, 0.2, 0.3}).value() == 0.6);  // 0.1 + 0.2 + 0.3 left to right is 0.6000000000000001
  CHECK(sum_of({}).value() == 0.0);
  CHECK(sum_of({-2.5}).value() == -2.5);
}

TEST_CASE("an exact sum rounds once, to the nearest double, ties to even", "[law][sums]") {
  CHECK(sum_of({1.0, 0x1p-53}).value() == 1.0);                      // a tie: stays even
  CHECK(sum_of({1.0, 0x1p-53, 0x1p-200}).value() == 1.0 + 0x1p-52);  // a breath above the tie
  CHECK(sum_of({1.0 + 0x1p-52, 0x1p-53}).value() == 1.0 + 0x1p-51);  // a tie: goes to even
  CHECK(sum_of({-1.0, -0x1p-53, -0x1p-200}).value() == -1.0 - 0x1p-52);
}

TEST_CASE("the order and the split of the terms change no bit", "[law][sums]") {
  auto numbers = wild_numbers(2000, 7);
  const ExactSum forward = sum_of(numbers);
  std::reverse(numbers.begin(), numbers.end());
  CHECK(sum_of(numbers) == forward);
  ExactSum merged;
  for (std::size_t from = 0; from < numbers.size(); from += 123) {
    const auto to = std::min(numbers.size(), from + 123);
    merged.merge(sum_of(
        {numbers.begin() + static_cast<std::ptrdiff_t>(from), numbers.begin() + static_cast<std::ptrdiff_t>(to)}));
  }
  CHECK(merged == forward);
}

TEST_CASE("adding and taking away the same terms leaves exactly nothing", "[law][sums]") {
  const auto numbers = wild_numbers(500, 11);
  ExactSum sum = sum_of(numbers);
  for (const double number : numbers) sum.add(-number);
  CHECK(sum.zero());
  CHECK(ExactSum::from_state(sum.state()) == ExactSum{});
}

TEST_CASE("a whole number times a power of two enters as if it were added term by term", "[law][sums]") {
  assay::FixedSum<3, 84> by_term;
  assay::FixedSum<3, 84> at_once;
  for (int i = 0; i < 1000; ++i) by_term.add(0.75);
  at_once.add_scaled(3000, -2, false);
  CHECK(by_term == at_once);
  CHECK(at_once.value() == 750.0);
  at_once.add_scaled(static_cast<assay::Uint128>(1) << 100U, -84, false);
  at_once.add_scaled(static_cast<assay::Uint128>(1) << 100U, -84, true);
  CHECK(by_term == at_once);
}
