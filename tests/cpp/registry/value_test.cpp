#include <array>
#include <limits>

#include <assay_test.hpp>

#include <assay/registry/value.hpp>

#include "acts.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::at;
using assay::test::contains;
using assay::test::day;
using assay::test::hex;
using assay::test::message_of;

namespace {

Bytes bytes_of(const Value& value) {
  io::Writer out;
  write(out, value);
  return out.take();
}

Value value_of(const Bytes& bytes) {
  io::Reader in{bytes};
  Value value = read_value(in);
  in.done();
  return value;
}

/// One value of every type and of some extremes.
const std::vector<Value>& samples() {
  static const std::vector<Value> all{
      {},
      std::string{},
      std::string{"Betrug \xc3\xbc\xf0\x9f\x98\x80"},
      Texts{},
      Texts{"", "a", "b"},
      std::int64_t{0},
      std::numeric_limits<std::int64_t>::min(),
      std::numeric_limits<std::int64_t>::max(),
      0.0,
      -1.5e300,
      true,
      false,
      first_day,
      last_day,
      at(1969, 12, 31, 23),
      TimePoint{last_day + std::chrono::days{1}} - Microseconds{1},
      Labels{{"a", ""}, {"b", "x"}},
  };
  return all;
}

}  // namespace

TEST_CASE("every value comes back from its bytes, and no two values share them", "[law][registry]") {
  for (const Value& one : samples()) {
    CHECK(value_of(bytes_of(one)) == one);
    for (const Value& other : samples()) CHECK((bytes_of(one) == bytes_of(other)) == (one == other));
  }
}

TEST_CASE("the bytes of values never change", "[golden][registry]") {
  CHECK(hex(bytes_of({})) == "00");
  CHECK(hex(bytes_of(std::string{"ab"})) == "01026162");
  CHECK(hex(bytes_of(Texts{"a", "bc"})) ==
        "0202016102"
        "6263");
  CHECK(hex(bytes_of(std::int64_t{-2})) == "03feffffffffffffff");
  CHECK(hex(bytes_of(1.5)) == "04000000000000f83f");
  CHECK(hex(bytes_of(true)) == "0501");
  CHECK(hex(bytes_of(day(1970, 1, 11))) == "060a00000000000000");
  CHECK(hex(bytes_of(TimePoint{Microseconds{258}})) == "070201000000000000");
  CHECK(hex(bytes_of(Labels{{"a", "x"}})) == "080101610178");
}

TEST_CASE("bytes that no value writes are refused", "[registry][refusal]") {
  const auto refused = [](std::initializer_list<int> bytes) {
    Bytes all;
    for (const int each : bytes) all.push_back(static_cast<std::byte>(each));
    return message_of<FormatError>([&] { (void)value_of(all); });
  };
  CHECK(contains(refused({9}), "a field of type 9: written by a newer release"));
  CHECK(contains(refused({2, 2, 1, 'b', 1, 'a'}), "a set is out of order"));
  CHECK(contains(refused({2, 2, 1, 'a', 1, 'a'}), "a set is out of order"));
  CHECK(contains(refused({8, 2, 1, 'b', 0, 1, 'a', 0}), "labels are out of order"));
  CHECK(contains(refused({8, 2, 1, 'a', 0, 1, 'a', 0}), "labels are out of order"));
  CHECK(contains(refused({5, 2}), "neither true nor false"));
  CHECK(contains(refused({4, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f}), "not finite"));
  CHECK(contains(refused({4, 1, 0, 0, 0, 0, 0, 0xf8, 0xff}), "not finite"));
  CHECK(contains(refused({6, 0, 0, 0, 0, 0, 0, 0, 0x80}), "a date out of range"));
  CHECK(contains(refused({7, 0, 0, 0, 0, 0, 0, 0, 0x80}), "a time out of range"));
  CHECK(contains(refused({7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}), "a time out of range"));
  CHECK(contains(refused({1, 5, 'a'}), "damaged bytes"));
  CHECK(contains(refused({2, 0xff, 0xff, 0xff, 0xff, 0x0f}), "damaged bytes"));
  CHECK(contains(refused({5}), "cut short"));
  CHECK(contains(refused({0, 0}), "left over"));
}

TEST_CASE("a set is in order and without repeats, whatever it was made of", "[registry]") {
  CHECK(texts_of({"b", "a", "b", ""}) == Texts{"", "a", "b"});
  CHECK(holds_all({"a", "b", "c"}, {"a", "c"}));
  CHECK(holds_all({"a"}, {}));
  CHECK_FALSE(holds_all({"a", "c"}, {"a", "b"}));
}

TEST_CASE("values read as people write them", "[registry]") {
  CHECK(to_text(Value{}).empty());
  CHECK(to_text(Value{std::string{"x"}}) == "x");
  CHECK(to_text(Value{Texts{"a", "b"}}) == "a, b");
  CHECK(to_text(Value{std::int64_t{-3}}) == "-3");
  CHECK(to_text(Value{0.95}) == "0.95");
  CHECK(to_text(Value{true}) == "true");
  CHECK(to_text(Value{false}) == "false");
  CHECK(to_text(Value{day(2026, 11, 30)}) == "2026-11-30");
  CHECK(to_text(Value{first_day}) == "0001-01-01");
  CHECK(to_text(Value{at(2026, 11, 30, 7)}) == "2026-11-30T07:00:00.000000Z");
  CHECK(to_text(Value{Labels{{"a", "1"}, {"b", "2"}}}) == "a=1, b=2");
}

TEST_CASE("every type has its words and its alternative", "[registry]") {
  const std::array<std::string_view, 9> words{
      "nothing",       "text",   "a set of texts",     "a whole number",           "a number",
      "true or false", "a date", "a time with a zone", "a mapping of text to text"};
  for (std::size_t i = 0; i < words.size(); ++i) CHECK(to_text(static_cast<Type>(i)) == words[i]);
  CHECK_FALSE(is_set(Value{}));
  CHECK(is_set(Value{false}));
  CHECK(type_of(Value{1.0}) == Type::real);
  CHECK(type_of(Value{Labels{}}) == Type::labels);
}

TEST_CASE("text that cannot be kept for ever is refused, and says why", "[registry][refusal]") {
  CHECK(text_fault("", 0).empty());
  CHECK(text_fault("plain, \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80 and =SUM(A1) '; DROP TABLE x; --", 500).empty());
  CHECK(text_fault("abc", 3).empty());
  CHECK(text_fault("abcd", 3) == "4 bytes of text, at most 3");
  for (const std::string_view broken : {"\x80", "\xc3", "a\xc3", "\xc0\xaf", "\xe2\x82", "\xe0\x80\x80",
                                        "\xf0\x80\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xc3("})
    CHECK(text_fault(broken, 500) == "text that is not UTF-8");
  CHECK(text_fault("ab\n", 500) == "a control character at byte 2");
  for (const std::string_view hiding : {"\t", "\x7f", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xae",
                                        "\xe2\x80\xaa", "\xe2\x81\xa6", "\xe2\x81\xa9", "\xef\xbb\xbf"})
    CHECK(text_fault(hiding, 500) == "a control character at byte 0");
  CHECK(text_fault(std::string_view{"\0", 1}, 500) == "a control character at byte 0");
  CHECK(text_fault("\xe2\x80\x8d", 500).empty());  // joins letters of real scripts
}

TEST_CASE("text with nothing to read is blank", "[registry]") {
  for (const std::string_view none :
       {"", " ", "   ", "\xc2\xa0", " \xe3\x80\x80", "\xe2\x80\x8b", "\xe2\x80\x83\xe2\x80\x8d", "\t\n"})
    CHECK(blank(none));
  for (const std::string_view some : {"a", " a ", ".", "\xe2\x80\x8b-", "\x80"}) CHECK_FALSE(blank(some));
}

TEST_CASE("ids that look the same are the same", "[registry][refusal]") {
  CHECK(id_fault("q-eu-de").empty());
  CHECK(id_fault("Queue 7 / \xc3\xa9\xe6\xbc\xa2").empty());
  CHECK(id_fault(std::string(200, 'x')).empty());
  CHECK(id_fault(std::string(201, 'x')) == "201 bytes of text, at most 200");
  CHECK(id_fault("a\nb") == "a control character at byte 1");
  CHECK(id_fault("") == "nothing to read");
  CHECK(id_fault("  ") == "nothing to read");
  CHECK(id_fault("q\xe2\x80\x8b") == "a letter that shows nothing at byte 1");
  CHECK(id_fault("q\xc2\xad") == "a letter that shows nothing at byte 1");
  CHECK(id_fault("a\xc2\xa0"
                 "b") == "a space that is not a plain one at byte 1");
  CHECK(id_fault(" a") == "a space at an end");
  CHECK(id_fault("a ") == "a space at an end");
}

TEST_CASE("times and days that can be kept are those that can be written", "[registry]") {
  CHECK(can_be_kept(first_day));
  CHECK(can_be_kept(last_day));
  CHECK_FALSE(can_be_kept(first_day - std::chrono::days{1}));
  CHECK_FALSE(can_be_kept(last_day + std::chrono::days{1}));
  CHECK(can_be_kept(TimePoint{first_day}));
  CHECK_FALSE(can_be_kept(TimePoint{first_day} - Microseconds{1}));
  CHECK(can_be_kept(at(9999, 12, 31, 23)));
  CHECK_FALSE(can_be_kept(TimePoint::max()));
  CHECK_FALSE(can_be_kept(TimePoint::min()));
}
