#include <limits>

#include <assay/core/sketch.hpp>
#include <assay/sampling/successive.hpp>
#include <assay/sampling/weighted_reservoir.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

static_assert(Sketch<WeightedReservoir>);

namespace {

const Reals heavy{5, 1, 1, 1, 1, 1};
const Reals rising{1, 1, 2, 4, 8};

WeightedReservoir filled(std::int64_t size, std::uint64_t seed, const Reals& weights, std::size_t from,
                         std::size_t to) {
  WeightedReservoir out{size, seed};
  for (std::size_t i = from; i < to; ++i) out.add(static_cast<std::int64_t>(i), weights[i]);
  return out;
}

Positions positions(const WeightedReservoir& reservoir) {
  Positions out;
  for (const auto& each : reservoir.sample()) out.push_back(std::get<std::int64_t>(each.name));
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("weighted reservoirs draw with the chances of successive sampling", "[golden][law][weighted_reservoir]") {
  const auto check = [](const Reals& weights, std::int64_t size) {
    const auto single = successive_probabilities(weights, size);
    const auto joint = successive_joint_probabilities(weights, size);
    const std::size_t count = weights.size();
    const Frequencies whole{count, 20'000,
                            [&](Random& random) { return positions(filled(size, random(), weights, 0, count)); }};
    CHECK(whole.from(single) < 3.5);
    CHECK(whole.from_pairs(joint) < 4.0);
    const Frequencies parts{count, 20'000, [&](Random& random) {
                              WeightedReservoir one = filled(size, random(), weights, 0, 3);
                              one.merge(filled(size, random(), weights, 3, 4));
                              for (std::size_t i = 4; i < count; ++i) one.add(static_cast<std::int64_t>(i), weights[i]);
                              return positions(one);
                            }};
    CHECK(parts.from(single) < 3.5);
    CHECK(parts.from_pairs(joint) < 4.0);
  };
  check(heavy, 2);
  check(rising, 3);
}

TEST_CASE("estimates with the conditional chances are unbiased", "[law][weighted_reservoir]") {
  // Of a total that has nothing to do with the weights, over many seeds.
  Reals weights(60), y(60);
  double truth = 0.0;
  for (std::size_t i = 0; i < 60; ++i) {
    weights[i] = 1.0 + static_cast<double>(i % 7);
    truth += y[i] = static_cast<double>(i % 5);
  }
  constexpr int draws = 4'000;
  double sum = 0.0, square = 0.0;
  for (std::uint64_t seed = 0; seed < draws; ++seed) {
    double estimate = 0.0;
    for (const auto& each : filled(12, seed, weights, 0, 60).sample())
      estimate += y[static_cast<std::size_t>(std::get<std::int64_t>(each.name))] / each.probability;
    sum += estimate;
    square += estimate * estimate;
  }
  const double mean = sum / draws;
  const double error = std::sqrt((square / draws - mean * mean) / draws);
  CHECK(std::abs(mean - truth) < 3.0 * error);
  CHECK(error < 1.0);
}

TEST_CASE("weighted parts merge in any order to equal bytes", "[law][weighted_reservoir]") {
  Reals weights(300);
  for (std::size_t i = 0; i < 300; ++i) weights[i] = 0.5 + static_cast<double>(i % 11);
  const auto a = filled(20, 1, weights, 0, 100), b = filled(20, 2, weights, 100, 105),
             c = filled(20, 3, weights, 105, 300);
  WeightedReservoir left = a, right = c, nothing;
  left.merge(b);
  left.merge(c);
  right.merge(a);
  right.merge(b);
  CHECK(left == right);
  CHECK(left.seen() == 300);
  nothing.merge(left);
  CHECK(nothing == left);
  left.merge(WeightedReservoir{});
  CHECK(nothing == left);
  CHECK(left.sample().size() == 20);
  for (const auto& each : left.sample()) {
    CHECK(each.probability == -std::expm1(-each.weight * left.threshold()));
    CHECK(each.weight == weights[static_cast<std::size_t>(std::get<std::int64_t>(each.name))]);
  }
}

TEST_CASE("a weighted reservoir survives its journey as bytes, in the middle of a stream",
          "[law][weighted_reservoir]") {
  WeightedReservoir reservoir{3, 9}, whole{3, 9};
  for (int i = 0; i < 200; ++i) {
    reservoir = WeightedReservoir::from_bytes(reservoir.to_bytes());
    reservoir.add(std::to_string(i), 1.0 + i % 4);
    whole.add(std::to_string(i), 1.0 + i % 4);
  }
  CHECK(reservoir == whole);
  CHECK(WeightedReservoir::from_bytes(WeightedReservoir{}.to_bytes()) == WeightedReservoir{});
}

TEST_CASE("as many cases as the size, or fewer, are certain", "[weighted_reservoir]") {
  const auto out = filled(3, 1, rising, 0, 3);
  CHECK(positions(out) == Positions{0, 1, 2});
  for (const auto& each : out.sample()) CHECK(each.probability == 1.0);
  CHECK(std::isinf(out.threshold()));
  CHECK(filled(3, 1, rising, 0, 4).threshold() < 100.0);
  CHECK(out.size() == 3);
}

TEST_CASE("weighted reservoirs refuse what would not be a sample", "[error][weighted_reservoir]") {
  WeightedReservoir out{2, 1};
  const auto words = [&](double weight) { return message_of<InputError>([&] { out.add(std::int64_t{1}, weight); }); };
  CHECK(contains(words(0.0), "wanted a finite weight above 0, got 0 in column 'weight', row 0"));
  CHECK(contains(words(-1.0), "got -1"));
  CHECK(contains(words(std::numeric_limits<double>::quiet_NaN()), "got nan"));
  CHECK(contains(words(std::numeric_limits<double>::infinity()), "got inf"));
  CHECK(out.seen() == 0);
  CHECK(contains(message_of<InputError>([] { WeightedReservoir{0, 1}; }), "got 0"));
  CHECK(contains(message_of<InputError>([] { WeightedReservoir{}.add(std::int64_t{1}, 1.0); }), "with a size"));
  CHECK(contains(message_of<InputError>([] { WeightedReservoir{3, 1}.merge(WeightedReservoir{4, 2}); }), "of size 4"));
  CHECK(
      contains(message_of<InputError>([] { WeightedReservoir{3, 1}.merge(WeightedReservoir{3, 1}); }), "seed 1 twice"));
}

TEST_CASE("damaged bytes of weighted reservoirs are refused", "[error][weighted_reservoir]") {
  const Bytes whole = filled(3, 1, rising, 0, 5).to_bytes();
  for (std::size_t length = 0; length < whole.size(); ++length)
    CHECK_THROWS_AS(WeightedReservoir::from_bytes(ByteView{whole}.first(length)), FormatError);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    Bytes altered = whole;
    altered[at] ^= std::byte{0x10};
    CHECK_THROWS_AS(WeightedReservoir::from_bytes(altered), FormatError);
  }
}
