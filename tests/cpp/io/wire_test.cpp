#include <limits>

#include <assay/io/wire.hpp>
#include <assay_test.hpp>

using namespace assay;
using namespace assay::io;
using assay::test::contains;
using assay::test::message_of;

namespace {

Bytes sample() {
  Writer out;
  out.number(std::uint8_t{7});
  out.number(std::uint16_t{0x0102});
  out.number(std::uint32_t{0x03040506});
  out.number(std::uint64_t{0x0708090A0B0C0D0E});
  out.integer(-2);
  out.real(-0.1);
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, ~std::uint64_t{0}})
    out.compact(value);
  out.text("Zürich");
  out.text("");
  return out.finish(Kind{3}, 3);
}

/// A payload given byte by byte, in an envelope that is in order.
Bytes payload(const std::vector<std::uint8_t>& bytes) {
  Writer out;
  for (const std::uint8_t byte : bytes) out.number(byte);
  return out.finish(Kind::tally, 1);
}

Reader open(const Bytes& bytes) { return Reader{bytes, Kind::tally, 1}; }

}  // namespace

TEST_CASE("what was written is read back", "[io][wire]") {
  const Bytes bytes = sample();
  Reader in{bytes, Kind{3}, 5};
  CHECK(in.version() == 3);
  CHECK(in.number<std::uint8_t>() == 7);
  CHECK(in.number<std::uint16_t>() == 0x0102);
  CHECK(in.number<std::uint32_t>() == 0x03040506);
  CHECK(in.number<std::uint64_t>() == 0x0708090A0B0C0D0E);
  CHECK(in.integer() == -2);
  CHECK(in.real() == -0.1);
  CHECK(in.compact() == 0);
  CHECK(in.compact() == 127);
  CHECK(in.compact() == 128);
  CHECK(in.compact() == ~std::uint64_t{0});
  CHECK(message_of<FormatError>([&] { in.done(); }) == "9 bytes left over: damaged bytes");
  CHECK(in.text() == "Zürich");
  CHECK(in.left() == 1);
  CHECK(in.text().empty());
  CHECK_NOTHROW(in.done());
}

TEST_CASE("the bytes are little-endian on every machine", "[golden][io][wire]") {
  // Counted out by hand from the description of the envelope.
  const Bytes bytes = payload({0xAB, 0xCD});
  REQUIRE(bytes.size() == 4 + 2 + 2 + 8 + 2 + 8);
  const std::vector<int> head{'A', 'S', 'S', 'Y', 1, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0xAB, 0xCD};
  for (std::size_t i = 0; i < head.size(); ++i) CHECK(static_cast<int>(bytes[i]) == head[i]);
}

TEST_CASE("the checksum of bytes never changes", "[golden][io][wire]") {
  // Worked out apart from this library: SplitMix64 over the length, then over words, the last filled up with zeros.
  Bytes bytes;
  for (int i = 0; i < 40; ++i) bytes.push_back(static_cast<std::byte>((i * 37 + 5) % 256));
  const std::vector<std::pair<std::size_t, std::uint64_t>> wanted{
      {0, 0xe220a8397b1dcdafULL},  {1, 0xb1441d254bd86cd7ULL}, {7, 0xa43196c8360074ceULL},
      {8, 0x74ce08a57b4559f7ULL},  {9, 0xf7477f0074fab67eULL}, {16, 0x03a744111a5b640dULL},
      {23, 0xb1f314bd19c7aac2ULL}, {40, 0x7eed080e3a0e5823ULL}};
  for (const auto& [size, sum] : wanted) CHECK(checksum(ByteView{bytes}.first(size)) == sum);
}

TEST_CASE("bytes without an envelope are as they were put there", "[io][wire]") {
  const Bytes bytes{std::byte{1}, std::byte{200}, std::byte{0}};
  Writer out;
  out.reserve(100);
  out.raw({});
  out.raw(bytes);
  out.raw(ByteView{bytes}.first(1));
  const Bytes got = out.take();
  CHECK(got == Bytes{std::byte{1}, std::byte{200}, std::byte{0}, std::byte{1}});
  CHECK(got.capacity() >= 100);
  Reader in{got};
  CHECK(in.compact() == 1);
  CHECK(message_of<FormatError>([&] { (void)in.compact(); }) ==
        "a compact number is longer than need be: damaged bytes");
  CHECK(in.left() == 1);
  CHECK(in.compact() == 1);
  CHECK(message_of<FormatError>([&] { (void)in.compact(); }) == "wanted 1 more bytes, got 0: cut short");
}

TEST_CASE("every altered byte and every cut is refused", "[law][io][wire]") {
  const Bytes whole = sample();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_THROWS_AS((Reader{cut, Kind{3}, 3}), FormatError);
  }
  Bytes longer = whole;
  longer.push_back(std::byte{0});
  CHECK_THROWS_AS((Reader{longer, Kind{3}, 3}), FormatError);
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (unsigned change = 1; change < 256; ++change) {
      Bytes altered = whole;
      altered[at] ^= static_cast<std::byte>(change);
      REQUIRE_THROWS_AS((Reader{altered, Kind{3}, 3}), FormatError);
    }
}

TEST_CASE("messages of the envelope say what is wrong with it", "[io][wire]") {
  const Bytes bytes = payload({1});
  CHECK(message_of<FormatError>([&] { (void)Reader({bytes.data(), 10}, Kind::tally, 1); }) ==
        "wanted the bytes of a state, got 10 bytes: cut short");
  CHECK(contains(message_of<FormatError>([&] { (void)Reader({bytes.data(), 24}, Kind::tally, 1); }),
                 "wanted a payload of 1 bytes, got 0"));
  CHECK(message_of<FormatError>([&] { (void)Reader(bytes, Kind{3}, 1); }) == "wanted a state of kind 3, got kind 1");
  Writer newer;
  CHECK(contains(message_of<FormatError>([&] { (void)Reader(newer.finish(Kind::tally, 9), Kind::tally, 2); }),
                 "wanted format version 1 to 2, got 9"));
  CHECK(
      contains(message_of<FormatError>([&] { (void)Reader(newer.finish(Kind::tally, 0), Kind::tally, 2); }), "got 0"));
  Bytes foreign = bytes;
  foreign[0] = std::byte{'B'};
  CHECK(contains(message_of<FormatError>([&] { (void)open(foreign); }), "do not begin with its mark"));
  Bytes altered = bytes;
  altered[16] ^= std::byte{1};
  CHECK(contains(message_of<FormatError>([&] { (void)open(altered); }), "checksum"));
}

TEST_CASE("hostile payloads are refused before anything is allocated", "[io][wire]") {
  const Bytes many = payload({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F});
  CHECK(contains(message_of<FormatError>([&] { (void)open(many).text(); }), "wanted 9223372036854775807 entries"));
  CHECK(contains(message_of<FormatError>([&] { (void)open(many).count(1000); }), "got 0 bytes for them"));
  const Bytes five = payload({5, 1, 2, 3, 4, 5});
  CHECK(open(five).count(1) == 5);
  CHECK_THROWS_AS(open(five).count(2), FormatError);
  CHECK(open(five).count(0) == 5);  // things of no size are still as many as there are bytes, at most
  CHECK_THROWS_AS(open(payload({1, 2, 3})).number<std::uint32_t>(), FormatError);
}

TEST_CASE("a compact number has one spelling", "[io][wire]") {
  CHECK(contains(message_of<FormatError>([&] { (void)open(payload(std::vector<std::uint8_t>(11, 0x80))).compact(); }),
                 "past 64 bits"));
  // Ten bytes whose last does not fit.
  const std::vector<std::uint8_t> over{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02};
  CHECK_THROWS_AS(open(payload(over)).compact(), FormatError);
  CHECK_THROWS_AS(open(payload({0x80})).compact(), FormatError);
  CHECK(contains(message_of<FormatError>([&] { (void)open(payload({0x81, 0x00})).compact(); }), "longer than need be"));
  CHECK(open(payload({0x00})).compact() == 0);
}
