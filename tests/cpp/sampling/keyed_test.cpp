#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/sampling/keyed.hpp>
#include <assay_test.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;

namespace {
const DrawKey documented{"correct horse battery staple", "2026-W47"};
}

TEST_CASE("the documented test vectors hold", "[golden][keyed]") {
  // Computed independently in Python by tests/python/test_keyed.py from the rule in keyed.hpp.
  CHECK(permanent_random_number(documented, "case-0001") == 0xE65F251087CDF39AULL);
  CHECK(permanent_random_number(documented, 7) == 0x104CCE96514B5C44ULL);
  CHECK(permanent_random_number(documented, "7") == 0x104CCE96514B5C44ULL);
  CHECK(permanent_random_number(documented, -42) == 0x06EECF6088163E35ULL);
  CHECK(permanent_random_number(documented, "F\u00fc\u00dfe") == 0xC7344C1E65EF2F44ULL);
}

TEST_CASE("a whole number has the random number of its decimal text", "[law][keyed]") {
  const auto check = [](auto id) {
    INFO("id " << +id);
    CHECK(permanent_random_number(documented, id) == permanent_random_number(documented, std::to_string(id)));
  };
  SECTION("around every power of ten, of either sign") {
    std::int64_t power = 1;
    for (int digits = 1; digits <= 19; ++digits) {
      for (const std::int64_t near : {power - 1, power, power + 1}) {
        check(near);
        check(-near);
      }
      if (digits < 19) power *= 10;
    }
  }
  SECTION("at the ends of every type") {
    check(std::numeric_limits<std::int64_t>::min());
    check(std::numeric_limits<std::int64_t>::max());
    check(std::numeric_limits<std::uint64_t>::max());
    check(std::numeric_limits<std::int32_t>::min());
    check(std::numeric_limits<std::uint32_t>::max());
    check(std::numeric_limits<std::int8_t>::min());
    check(std::numeric_limits<std::uint8_t>::max());
  }
  SECTION("for numbers of every size") {
    Random random{20261122};
    bool all = true;
    for (int i = 0; i < 200'000; ++i) {
      const auto id = static_cast<std::int64_t>(random() >> random.below(64));
      all = all && permanent_random_number(documented, id) == permanent_random_number(documented, std::to_string(id));
      all = all && permanent_random_number(documented, -id) == permanent_random_number(documented, std::to_string(-id));
    }
    CHECK(all);
  }
}

TEST_CASE("eight digits are written right for every group of four", "[keyed]") {
  const auto expected = [](std::uint32_t number) {
    std::uint64_t word = 0;
    for (int place = 0; place < 8; ++place, number /= 10) word = (word << 8U) | (number % 10);
    return word;
  };
  bool all = true;
  for (std::uint32_t four = 0; four < 10'000; ++four) {
    all = all && eight_digits(four) == expected(four);
    all = all && eight_digits(four * 10'000 + 9'999 - four) == expected(four * 10'000 + 9'999 - four);
  }
  CHECK(all);
}

TEST_CASE("the secret, the period and where one ends and the other begins all matter", "[keyed]") {
  CHECK(DrawKey{"secret", "w1"} == DrawKey{"secret", "w1"});
  CHECK_FALSE(DrawKey{"secret", "w1"} == DrawKey{"secret", "w2"});
  CHECK_FALSE(DrawKey{"secret", "w1"} == DrawKey{"Secret", "w1"});
  CHECK_FALSE(DrawKey{"secret", "w1"} == DrawKey{"secretw", "1"});
  CHECK_FALSE(DrawKey{"secretw1"} == DrawKey{"secret", "w1"});
  CHECK(DrawKey{"secret"} == DrawKey{"secret", ""});
  CHECK(DrawKey{"secret"}.hash_key().low != DrawKey{"secret"}.hash_key().high);
}

TEST_CASE("an empty secret is refused", "[keyed]") {
  const auto message = message_of<InputError>([] { DrawKey{"", "2026-W47"}; });
  CHECK(contains(message, "wanted a secret key, got empty text"));
}

TEST_CASE("a case is drawn when its number lies below the share of 2^64, exactly", "[keyed]") {
  const KeyedSampler half{documented, Share{0.5}};
  CHECK(half.draws(0));
  CHECK(half.draws((std::uint64_t{1} << 63U) - 1));
  CHECK_FALSE(half.draws(std::uint64_t{1} << 63U));

  const KeyedSampler small{documented, Share{0.02}};  // 0.02 as a double is 5764607523034235 / 2^58
  CHECK(small.draws((std::uint64_t{5764607523034235} << 6U) - 1));
  CHECK_FALSE(small.draws(std::uint64_t{5764607523034235} << 6U));

  const double fraction = 0x1.8p-32 + 0x1p-70;  // times 2^64 that is 1.5 * 2^32 + 2^-6: rounded up
  const KeyedSampler rounded{documented, Share{fraction}};
  CHECK(rounded.draws(std::uint64_t{3} << 31U));
  CHECK_FALSE(rounded.draws((std::uint64_t{3} << 31U) + 1));

  const KeyedSampler nearly{documented, Share{1.0 - 0x1p-53}};
  CHECK(nearly.draws(std::numeric_limits<std::uint64_t>::max() - 2048));
  CHECK_FALSE(nearly.draws(std::numeric_limits<std::uint64_t>::max() - 2047));
}

TEST_CASE("share 1 draws every case", "[keyed]") {
  const KeyedSampler all{documented, Share{1.0}};
  CHECK(all.draws(std::numeric_limits<std::uint64_t>::max()));
  CHECK(all.offer("any") == 1.0);
}

TEST_CASE("a share too small for 64 bits is refused", "[keyed]") {
  CHECK(contains(message_of<InputError>([] { KeyedSampler{documented, Share{1e-12}}; }), "got 1e-12"));
  CHECK(KeyedSampler{documented, Share{0x1p-32}}.draws((std::uint64_t{1} << 32U) - 1));
}

TEST_CASE("what is drawn comes with its chance, and integers and their texts agree", "[keyed]") {
  const KeyedSampler sampler{documented, Share{0.3}};
  int drawn = 0;
  for (std::int64_t id = 0; id < 20'000; ++id) {
    const auto answer = sampler.offer(id);
    REQUIRE(answer == sampler.offer(std::to_string(id)));
    REQUIRE(answer.has_value() == sampler.draws(permanent_random_number(documented, id)));
    if (answer) {
      REQUIRE(*answer == 0.3);
      ++drawn;
    }
  }
  CHECK(std::abs(drawn - 6'000) < 4 * std::sqrt(20'000 * 0.3 * 0.7));
}

TEST_CASE("a larger share draws all that a smaller one draws", "[law][keyed]") {
  const KeyedSampler small{documented, Share{0.05}};
  const KeyedSampler large{documented, Share{0.2}};
  int kept = 0;
  for (std::int64_t id = 0; id < 20'000; ++id)
    if (small.offer(id)) {
      REQUIRE(large.offer(id));
      ++kept;
    }
  CHECK(kept > 0);
}

TEST_CASE("two periods draw independently", "[law][keyed]") {
  const KeyedSampler one{DrawKey{"secret", "2026-W47"}, Share{0.5}};
  const KeyedSampler two{DrawKey{"secret", "2026-W48"}, Share{0.5}};
  int both = 0;
  for (std::int64_t id = 0; id < 40'000; ++id) both += one.offer(id) && two.offer(id) ? 1 : 0;
  CHECK(std::abs(both - 10'000) < 4 * std::sqrt(40'000 * 0.25 * 0.75));
}

TEST_CASE("the numbers are spread evenly over 256 bins, high bits and low", "[law][keyed]") {
  std::vector<double> high(256);
  std::vector<double> low(256);
  constexpr int cases = 256 * 400;
  for (int id = 0; id < cases; ++id) {
    const auto number = permanent_random_number(documented, id);
    high[number >> 56U] += 1;
    low[number & 0xFFU] += 1;
  }
  for (const auto* bins : {&high, &low}) {
    double chi_square = 0.0;
    for (const double count : *bins) chi_square += (count - 400) * (count - 400) / 400;
    CHECK(chi_square > 174);  // the .00003 and .99997 quantiles of 255 degrees of freedom, nearly: mean +- 4 sd
    CHECK(chi_square < 350);
  }
}
