#include <assay/core/sketch.hpp>
#include <assay/sampling/reservoir.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

static_assert(Sketch<Reservoir>);

namespace {

Reservoir filled(std::int64_t size, std::uint64_t seed, std::int64_t from, std::int64_t to) {
  Reservoir out{size, seed};
  for (std::int64_t i = from; i < to; ++i) out.add(i);
  return out;
}

Positions positions(const Reservoir& reservoir) {
  Positions out;
  for (const auto& each : reservoir.sample()) out.push_back(std::get<std::int64_t>(each));
  return out;
}

}  // namespace

TEST_CASE("every case and every pair of a stream has the same chance", "[golden][law][reservoir]") {
  // golden/A_sampling, reservoir_uniform n=10, k=3: 3/10 and 1/15
  Reals pairs(100, 1.0 / 15.0);
  for (std::size_t i = 0; i < 10; ++i) pairs[i * 10 + i] = 0.3;
  const Frequencies whole{10, 20'000, [](Random& random) { return positions(filled(3, random(), 0, 10)); }};
  CHECK(whole.from(Reals(10, 0.3)) < 3.5);
  CHECK(whole.from_pairs(pairs) < 4.0);
  const Frequencies parts{10, 20'000, [](Random& random) {
                            Reservoir one = filled(3, random(), 0, 2);
                            one.merge(filled(3, random(), 2, 6));
                            one.add(std::int64_t{6});
                            one.add(std::int64_t{7});
                            Reservoir last = filled(3, random(), 8, 10);
                            last.merge(one);
                            return positions(last);
                          }};
  CHECK(parts.from(Reals(10, 0.3)) < 3.5);
  CHECK(parts.from_pairs(pairs) < 4.0);
}

TEST_CASE("parts merge in any order to equal bytes", "[law][reservoir]") {
  const Reservoir a = filled(20, 1, 0, 500), b = filled(20, 2, 500, 510), c = filled(20, 3, 510, 2'000);
  Reservoir left = a, right = c, nothing;
  left.merge(b);
  left.merge(c);
  right.merge(a);
  right.merge(b);
  CHECK(left == right);
  CHECK(left.to_bytes() == right.to_bytes());
  CHECK(left.seen() == 2'000);
  CHECK(left.sample().size() == 20);
  nothing.merge(left);
  CHECK(nothing == left);
  left.merge(Reservoir{});
  CHECK(nothing == left);
}

TEST_CASE("adding many at once is adding one by one, and looks at few", "[law][reservoir]") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Reservoir one_by_one = filled(5, seed, 0, 3'000);
    Reservoir many{5, seed};
    int looks = 0;
    const auto name_of = [&](std::uint64_t base) {
      return [&looks, base](std::uint64_t i) {
        ++looks;
        return StreamCase{static_cast<std::int64_t>(base + i)};
      };
    };
    many.add(7, name_of(0));
    many.add(0, name_of(7));
    many.add(1'500, name_of(7));
    many.add(1'493, name_of(1'507));
    REQUIRE(many == one_by_one);
    REQUIRE(looks < 120);
  }
}

TEST_CASE("a reservoir survives its journey as bytes, in the middle of a stream", "[law][reservoir]") {
  Reservoir reservoir{3, 9};
  for (int i = 0; i < 200; ++i) {
    reservoir = Reservoir::from_bytes(reservoir.to_bytes());
    reservoir.add(std::to_string(i));
  }
  Reservoir whole{3, 9};
  for (int i = 0; i < 200; ++i) whole.add(std::to_string(i));
  CHECK(reservoir == whole);
  CHECK(reservoir.sample() == whole.sample());
  CHECK(Reservoir::from_bytes(Reservoir{}.to_bytes()) == Reservoir{});
}

TEST_CASE("fewer cases than the size are certain", "[reservoir]") {
  const Reservoir reservoir = filled(10, 1, 0, 4);
  CHECK(positions(reservoir) == Positions{0, 1, 2, 3});
  CHECK(reservoir.inclusion_probability() == 1.0);
  CHECK(filled(10, 1, 0, 40).inclusion_probability() == 0.25);
  CHECK(reservoir.size() == 10);
  CHECK(Reservoir{1, 5}.sample().empty());
}

TEST_CASE("a long stream costs what its sample costs", "[reservoir]") {
  Reservoir reservoir{100, 3};
  std::uint64_t looks = 0;
  reservoir.add(std::uint64_t{1} << 40U, [&](std::uint64_t i) {
    ++looks;
    return StreamCase{static_cast<std::int64_t>(i)};
  });
  CHECK(reservoir.seen() == std::uint64_t{1} << 40U);
  CHECK(looks > 1'500);  // 100 (1 + ln(2^40 / 100)) is about 2400
  CHECK(looks < 3'500);
  std::int64_t late = 0;
  for (const auto each : positions(reservoir)) late += each > (std::int64_t{1} << 39U) ? 1 : 0;
  CHECK(late > 30);
  CHECK(late < 70);
}

TEST_CASE("reservoirs refuse what would not be a sample", "[error][reservoir]") {
  CHECK(
      contains(message_of<InputError>([] { Reservoir{0, 1}; }), "wanted a sample size between 1 and 2^31 - 1, got 0"));
  CHECK(contains(message_of<InputError>([] { Reservoir{}.add(std::int64_t{1}); }), "wanted a reservoir with a size"));
  CHECK(contains(message_of<InputError>([] { Reservoir{3, 1}.merge(Reservoir{4, 2}); }),
                 "wanted a reservoir of size 3, got one of size 4"));
  Reservoir one{3, 1};
  CHECK(contains(message_of<InputError>([&] { one.merge(filled(3, 1, 0, 5)); }),
                 "wanted parts drawn with different seeds, got seed 1 twice"));
  one.merge(filled(3, 2, 0, 5));
  CHECK(contains(message_of<InputError>([&] { one.merge(filled(3, 2, 5, 9)); }), "seed 2 twice"));
  CHECK(one.seen() == 5);  // a refused merge changes nothing
}

TEST_CASE("damaged bytes are refused", "[error][reservoir]") {
  const Bytes whole = filled(3, 1, 0, 50).to_bytes();
  for (std::size_t length = 0; length < whole.size(); ++length)
    CHECK_THROWS_AS(Reservoir::from_bytes(ByteView{whole}.first(length)), FormatError);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    Bytes altered = whole;
    altered[at] ^= std::byte{0x10};
    CHECK_THROWS_AS(Reservoir::from_bytes(altered), FormatError);
  }
  const auto words = [](const io::Writer& payload) {
    return message_of<FormatError>([&] { (void)Reservoir::from_bytes(payload.finish(io::Kind::reservoir, 1)); });
  };
  const auto payload = [](std::uint64_t size, std::uint64_t seen, std::uint64_t next, double key, int kind,
                          std::vector<std::uint64_t> seeds) {
    io::Writer out;
    out.compact(size);
    out.compact(seen);
    out.compact(next);
    out.compact(seeds.size());
    for (const auto seed : seeds) out.number(seed);
    out.compact(1);
    out.real(key);
    out.number(static_cast<std::uint8_t>(kind));
    out.integer(7);
    return out;
  };
  CHECK(words(payload(1, 5, 9, .5, 0, {4})) == "(nothing was thrown)");
  CHECK(contains(words(payload(2, 5, 9, .5, 0, {4})), "counts that do not fit together"));
  CHECK(contains(words(payload(1, 5, 5, .5, 0, {4})), "counts that do not fit together"));
  CHECK(contains(words(payload(1, 5, 9, .5, 0, {})), "counts that do not fit together"));
  CHECK(contains(words(payload(1, 5, 9, -.5, 0, {4})), "a number out of its range"));
  CHECK(contains(words(payload(1, 5, 9, .5, 2, {4})), "neither a number nor a text"));
  CHECK(contains(words(payload(1, 5, 9, .5, 0, {4, 4})), "seeds out of order"));
}
