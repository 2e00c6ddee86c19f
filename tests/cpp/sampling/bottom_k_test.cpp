#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/sampling/bottom_k.hpp>
#include <assay/sampling/keyed.hpp>
#include <assay_test.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;

namespace {

struct Offer {
  std::uint64_t number;
  std::int64_t row;
  std::uint32_t stratum;
};

// Few distinct numbers, so that ties decide nearly everything.
std::vector<Offer> offers(std::int64_t count, std::uint64_t numbers, Random& random) {
  std::vector<Offer> out;
  for (std::int64_t row = 0; row < count; ++row)
    out.push_back({random.below(numbers), row, static_cast<std::uint32_t>(random.below(3))});
  return out;
}

void shuffle(std::vector<Offer>& offers, Random& random) {
  for (std::size_t i = offers.size(); i > 1; --i) std::swap(offers[i - 1], offers[random.below(i)]);
}

/// Ids that sort backwards, to tell the order of ids from the order of rows.
const auto backwards = [](std::int64_t a, std::int64_t b) { return a > b; };

std::vector<std::int64_t> by_sorting(std::vector<Offer> all, std::size_t k) {
  std::sort(all.begin(), all.end(), [](const Offer& a, const Offer& b) {
    return a.number != b.number ? a.number < b.number : backwards(a.row, b.row);
  });
  all.resize(std::min(k, all.size()));
  std::vector<std::int64_t> rows;
  for (const auto& each : all) rows.push_back(each.row);
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace

TEST_CASE("the k smallest are kept, ties by the order of ids", "[bottom_k]") {
  BottomK two{2};
  two.offer(50, 0, backwards);
  two.offer(10, 1, backwards);
  two.offer(50, 2, backwards);
  two.offer(70, 3, backwards);
  CHECK(two.rows(backwards) == std::vector<std::int64_t>{1, 2});
  CHECK(two.rows(std::less<>{}) == std::vector<std::int64_t>{0, 1});
  CHECK(two.size() == 2);
}

TEST_CASE("any order, split and merge of the rows gives the sample that sorting gives", "[law][bottom_k]") {
  Random random{47};
  for (int round = 0; round < 300; ++round) {
    auto all = offers(static_cast<std::int64_t>(random.below(400)), round % 2 == 0 ? 5 : 1'000'000, random);
    const auto k = static_cast<std::int64_t>(random.below(40));
    const auto expected = by_sorting(all, static_cast<std::size_t>(k));
    shuffle(all, random);
    std::vector<BottomK> parts(1 + random.below(4), BottomK{k});
    for (const auto& each : all) parts[random.below(parts.size())].offer(each.number, each.row, backwards);
    while (parts.size() > 1) {
      const auto from = random.below(parts.size() - 1);
      parts[from].merge(parts.back(), backwards);
      parts.pop_back();
    }
    INFO("round " << round << ", k " << k << ", rows " << all.size());
    REQUIRE(parts.front().rows(backwards) == expected);
  }
}

TEST_CASE("strata are drawn apart, whatever the split", "[law][bottom_k]") {
  Random random{48};
  const std::vector<std::int64_t> sizes{7, 0, 25};
  for (int round = 0; round < 100; ++round) {
    auto all = offers(300, round % 2 == 0 ? 4 : 1'000'000, random);
    std::vector<DrawnRow> expected;
    for (std::uint32_t h = 0; h < 3; ++h) {
      std::vector<Offer> mine;
      for (const auto& each : all)
        if (each.stratum == h) mine.push_back(each);
      for (const auto row : by_sorting(mine, static_cast<std::size_t>(sizes[h]))) expected.push_back({row, h});
    }
    std::sort(expected.begin(), expected.end(), [](const auto& a, const auto& b) { return a.row < b.row; });
    shuffle(all, random);
    StratifiedBottomK left{sizes};
    StratifiedBottomK right{sizes};
    for (const auto& each : all)
      (random.below(3) == 0 ? left : right).offer(each.stratum, each.number, each.row, backwards);
    StratifiedBottomK one_way{left};
    one_way.merge(right, backwards);
    StratifiedBottomK other_way{right};
    other_way.merge(left, backwards);
    REQUIRE(one_way.rows(backwards) == expected);
    REQUIRE(other_way.rows(backwards) == expected);
  }
}

TEST_CASE("fewer rows than wanted are all kept, and none when none are wanted", "[bottom_k]") {
  BottomK many{10};
  many.offer(std::numeric_limits<std::uint64_t>::max(), 4, backwards);
  many.offer(0, 2, backwards);
  CHECK(many.rows(backwards) == std::vector<std::int64_t>{2, 4});
  BottomK none{0};
  for (std::int64_t row = 0; row < 100; ++row) none.offer(0, row, backwards);
  CHECK(none.rows(backwards).empty());
  CHECK(BottomK{}.rows(backwards).empty());
}

TEST_CASE("the order of ids is asked for only on a tie", "[bottom_k]") {
  const auto never = [](std::int64_t, std::int64_t) -> bool { throw AssayError("asked without a tie"); };
  BottomK sample{3};
  for (std::int64_t row = 0; row < 1'000; ++row) sample.offer(scramble(static_cast<std::uint64_t>(row)), row, never);
  CHECK(sample.rows(never).size() == 3);
}

TEST_CASE("merging a sample with itself changes nothing", "[law][bottom_k]") {
  BottomK sample{5};
  for (std::int64_t row = 0; row < 12; ++row) sample.offer(scramble(static_cast<std::uint64_t>(row)), row, backwards);
  const auto before = sample.rows(backwards);
  sample.merge(sample, backwards);
  CHECK(sample.rows(backwards) == before);
}

TEST_CASE("every subset of keyed cases is equally likely over the keys", "[law][bottom_k]") {
  // 2 of 5 cases under 20,000 periods: 10 subsets, 2,000 of each expected; 9 degrees of freedom.
  std::vector<double> subsets(25);
  for (int period = 0; period < 20'000; ++period) {
    const DrawKey key{"secret", std::to_string(period)};
    BottomK sample{2};
    for (std::int64_t row = 0; row < 5; ++row) sample.offer(permanent_random_number(key, row), row, backwards);
    const auto rows = sample.rows(backwards);
    subsets[static_cast<std::size_t>(5 * rows[0] + rows[1])] += 1;
  }
  double chi_square = 0.0;
  for (std::size_t i = 0; i < 5; ++i)
    for (std::size_t j = i + 1; j < 5; ++j)
      chi_square += (subsets[5 * i + j] - 2'000) * (subsets[5 * i + j] - 2'000) / 2'000;
  CHECK(chi_square < 27.9);  // .999 quantile
}

TEST_CASE("sizes below 0, unknown strata and other sizes to merge are refused", "[bottom_k]") {
  CHECK(contains(message_of<InputError>([] { BottomK{-1}; }), "got -1"));
  const std::vector<std::int64_t> wrong{3, -2};
  CHECK(contains(message_of<InputError>([&] { StratifiedBottomK{wrong}; }), "got -2"));
  BottomK three{3};
  CHECK(contains(message_of<InputError>([&] { three.merge(BottomK{4}, backwards); }), "got one of size 4"));

  const std::vector<std::int64_t> sizes{3, 4};
  StratifiedBottomK sample{sizes};
  CHECK(contains(message_of<InputError>([&] { sample.offer(2, 99, 17, backwards); }),
                 "wanted a stratum below 2, got 2 in column 'stratum', row 17"));
  const std::vector<std::int64_t> others{3, 5};
  const std::vector<std::int64_t> more{3, 4, 1};
  CHECK(contains(message_of<InputError>([&] { sample.merge(StratifiedBottomK{others}, backwards); }), "other sizes"));
  CHECK(contains(message_of<InputError>([&] { sample.merge(StratifiedBottomK{more}, backwards); }), "in 3 strata"));
}
