#include <limits>
#include <thread>

#include <assay/io/encode.hpp>
#include <assay_test.hpp>
#include <tables.hpp>

using namespace assay;
using namespace assay::io;
using namespace assay::test;

namespace {

using Words = std::vector<std::string>;

/// Encodes all batches and reads the codes back as words.
Words coded(const Batches& batches, const std::optional<std::string>& missing = {}, bool as_text = false,
            SharedDictionary* into = nullptr) {
  SharedDictionary own;
  SharedDictionary& shared = into == nullptr ? own : *into;
  Encoder encoder{shared, missing, as_text};
  Stream stream = batches.stream();
  Words out;
  for (Batch batch; stream.next(batch);) {
    encoder.begin(batch.column(0));
    std::vector<Code> codes(static_cast<std::size_t>(batch.rows()));
    const std::int64_t half = batch.rows() / 2;
    encoder.encode(0, half, codes.data());
    encoder.encode(half, batch.rows() - half, codes.data() + half);
    for (const Code code : codes) out.push_back(shared.values.words(code));
  }
  return out;
}

std::string refusal(const Array& array, std::size_t rows, const std::optional<std::string>& missing = {},
                    bool as_text = false) {
  return message_of<InputError>([&] { (void)coded(one_column(array, rows), missing, as_text); });
}

}  // namespace

TEST_CASE("any layout of a text column gives the same values", "[law][io][encode]") {
  Random random{11};
  const test::Texts rows{"a",  "bb", std::nullopt, "a", "quite a long text, longer than a view",
                         "bb", "",   std::nullopt, "zz"};
  Words wanted;
  for (const auto& row : rows) wanted.push_back(row.value_or("(none)"));
  for (int trial = 0; trial < 40; ++trial)
    for (unsigned kind = 0; kind < 7; ++kind) {
      const Layout layout{random.below(10), random.below(4), random.below(2) == 0, random.below(2) == 0};
      INFO(kind);
      REQUIRE(coded(one_column(texts_of_kind(kind, rows, layout, random), rows.size(), layout.parent), "(none)") ==
              wanted);
    }
}

TEST_CASE("texts of every length and in any number keep their values in every layout", "[law][io][encode]") {
  Random random{12};
  for (int trial = 0; trial < 12; ++trial) {
    const std::uint64_t most = trial % 2 == 0 ? 20 : 2000;  // few values, or more than are remembered
    test::Texts rows;
    Words wanted;
    for (int i = 0; i < 3000; ++i) {
      const std::uint64_t value = random.below(most);
      std::string text(value % 21, static_cast<char>('a' + value % 3));
      if (text.size() > 4) text.replace(text.size() / 2 - 2, 4, std::to_string(1000 + value));
      wanted.push_back(text);
      rows.emplace_back(std::move(text));
    }
    for (unsigned kind = 0; kind < (most > 100 ? 3 : 7); ++kind) {  // the dictionaries have small keys
      const Layout layout{random.below(10), random.below(4), false, false};
      INFO(kind);
      REQUIRE(coded(one_column(texts_of_kind(kind, rows, layout, random), rows.size(), layout.parent)) == wanted);
    }
  }
}

TEST_CASE("dictionaries that change from batch to batch are told apart by value", "[io][encode]") {
  Batches batches{{"x"}};
  batches.add({dictionary("c", {0, 1}, texts("u", {"a", "b"}))}, 2);
  batches.add({dictionary("c", {0, 1}, texts("u", {"b", "a"}))}, 2);
  batches.add({dictionary("c", {0}, texts("u", {"c"}))}, 1);
  batches.add({dictionary("c", {2, 0}, texts("u", {"b", "a", "c"}, {4}))}, 2);
  CHECK(coded(batches) == Words{"a", "b", "b", "a", "c", "c", "b"});
}

TEST_CASE("whole numbers of every width are one kind", "[io][encode]") {
  SharedDictionary shared;
  for (const char* format : {"c", "C", "s", "S", "i", "I", "l", "L"})
    CHECK(coded(one_column(integers(format, {7, 1, 7}, {3, 2}), 3, 2), {}, false, &shared) == Words{"7", "1", "7"});
  for (const int bits : {32, 64, 128})
    CHECK(coded(one_column(decimals({7, 1}, 0, bits), 2), {}, false, &shared) == Words{"7", "1"});
  CHECK(coded(one_column(dictionary("I", {1, 0}, integers("s", {1, 7})), 2), {}, false, &shared) == Words{"7", "1"});
  CHECK(shared.values.size() == 2);
  CHECK(shared.values.format() == "l");
  CHECK(coded(one_column(decimals({-7}, 0, 128), 1)) == Words{"-7"});
}

TEST_CASE("dates and times are kept in days and microseconds, whichever way they came", "[io][encode]") {
  const auto values = [](const Array& array, std::size_t rows) {
    SharedDictionary shared;
    (void)coded(one_column(array, rows), {}, false, &shared);
    std::vector<std::int64_t> out;
    for (Code code = 0; code < shared.values.size(); ++code) out.push_back(shared.values.integer(code));
    return std::pair{shared.values.format(), out};
  };
  using Kept = std::pair<std::string, std::vector<std::int64_t>>;
  CHECK(values(integers("tdD", {-1, 20000}), 2) == Kept{"tdD", {-1, 20000}});
  CHECK(values(integers("tdm", {-1, 86'400'000, 86'399'999}), 3) == Kept{"tdD", {-1, 1, 0}});
  CHECK(values(integers("tss:UTC", {-1, 2}), 2) == Kept{"tsu:UTC", {-1'000'000, 2'000'000}});
  CHECK(values(integers("tsm:UTC", {3}), 1) == Kept{"tsu:UTC", {3'000}});
  CHECK(values(integers("tsu:", {4}), 1) == Kept{"tsu:", {4}});
  CHECK(values(integers("tsn:UTC", {-1, 1999, 2000}), 3) == Kept{"tsu:UTC", {-1, 1, 2}});
  CHECK(values(bools({true, false, true}), 3) == Kept{"b", {1, 0}});
  CHECK(contains(refusal(integers("tss:UTC", {std::numeric_limits<std::int64_t>::max()}), 1),
                 "wanted a time within 290,000 years of 1970, got 9223372036854775807 in column 'x', row 0"));
}

TEST_CASE("with a name for nulls every kind becomes text", "[io][encode]") {
  const std::string none = "(none)";
  CHECK(coded(one_column(integers("s", {5, std::nullopt}), 2), none) == Words{"5", none});
  CHECK(coded(one_column(bools({true, std::nullopt, false}), 3), none) == Words{"true", none, "false"});
  CHECK(coded(one_column(integers("tdD", {0, -1, 20454}), 3), none) == Words{"1970-01-01", "1969-12-31", "2026-01-01"});
  CHECK(coded(one_column(integers("tsm:UTC", {1, std::nullopt}), 2), none) ==
        Words{"1970-01-01T00:00:00.001000Z", none});
  CHECK(coded(one_column(nothing(2), 2), none) == Words{none, none});
  CHECK(coded(one_column(dictionary("c", {0, 0}, nothing(1)), 2), none) == Words{none, none});
  CHECK(coded(one_column(dictionary("c", {1, std::nullopt, 0}, integers("i", {std::nullopt, 3})), 3), none) ==
        Words{"3", none, none});
  CHECK(coded(one_column(dictionary("c", {std::nullopt}, texts("u", {})), 1), none) == Words{none});
  // A null and a value of that name are the same slice: the name was the caller's choice.
  SharedDictionary shared;
  CHECK(coded(one_column(texts("u", {none, std::nullopt}), 2), none, false, &shared) == Words{none, none});
  CHECK(shared.values.size() == 1);
  CHECK(coded(one_column(integers("s", {5}), 1), {}, true) == Words{"5"});
}

TEST_CASE("nulls without a name are refused with their row", "[io][encode]") {
  for (const Array& array : {texts("u", {"a", std::nullopt}), dictionary("c", {0, std::nullopt}, texts("u", {"a"})),
                             dictionary("c", {0, 1}, texts("u", {"a", std::nullopt}))})
    CHECK(refusal(array, 2) ==
          "wanted a value, got null in column 'x', row 1 (counting from 0); pass missing=\"(none)\" to "
          "give nulls a name (null in a result means all)");
  CHECK(contains(refusal(nothing(1), 1), "got null in column 'x', row 0"));
  // A null value that no key points at is nobody's null.
  CHECK(refusal(dictionary("c", {0}, texts("u", {"a", std::nullopt})), 1) == "(nothing was thrown)");
  SharedDictionary shared;
  Encoder encoder{shared, {}};
  encoder.on_null("a verdict", "ask for one");
  CHECK(with_column(one_column(texts("u", {std::nullopt}), 1), [&](const Column& column) {
          return message_of<InputError>([&] {
            Code code = 0;
            encoder.begin(column);
            encoder.encode(0, 1, &code);
          });
        }) == "wanted a verdict, got null in column 'x', row 0 (counting from 0); ask for one");
}

TEST_CASE("types that cannot name slices are refused", "[io][encode]") {
  CHECK(
      refusal(numbers<double>("g", Reals{1}), 1) ==
      "wanted text, whole numbers, true/false or dates, got real numbers in column 'x'; cut the numbers into bands, or "
      "cast them to whole numbers if they are whole");
  CHECK(contains(refusal(integers("tDs", {1}), 1), "got durations in column 'x'; cast the column to text"));
  CHECK(contains(refusal(decimals({1}, 2, 128), 1), "got decimals"));
  CHECK(contains(refusal(decimals({1}, 0, 256), 1), "got decimals"));
}

TEST_CASE("keys and numbers out of range are refused with their row", "[io][encode]") {
  for (const char* keys : {"c", "S", "i", "l"})
    CHECK(contains(refusal(dictionary(keys, {0, 2}, texts("u", {"a", "b"})), 2),
                   "wanted dictionary keys below 2, got 2 in column 'x', row 1"));
  CHECK(contains(refusal(dictionary("s", {-1}, texts("u", {"a", "b"})), 1), "got -1 in column 'x', row 0"));
  CHECK(contains(refusal(dictionary("c", {0}, texts("u", {})), 1), "wanted dictionary keys below 0, got 0"));
  CHECK(contains(refusal(integers("L", {1, -1}), 2),
                 "wanted whole numbers below 2^63, got 18446744073709551615 in column 'x', row 1"));
  // 2^53 + 1 has no double of its own and must not pass as 2^53.
  const std::int64_t limit = std::int64_t{1} << 53U;
  CHECK(coded(one_column(decimals({limit - 1}, 0, 128), 1)) == Words{"9007199254740991"});
  CHECK(contains(refusal(decimals({limit + 1}, 0, 128), 1), "wanted whole numbers below 2^53"));
  CHECK(contains(refusal(decimals({-limit}, 0, 64), 1), "wanted whole numbers below 2^53"));
}

TEST_CASE("dates that no calendar of four-digit years holds do not become text", "[io][encode]") {
  const std::string none = "(none)";
  CHECK(coded(one_column(integers("tdD", {2932896}), 1), none) == Words{"9999-12-31"});
  CHECK(contains(refusal(integers("tdD", {2932897}), 1, none), "wanted a date in the years 0 to 9999"));
  CHECK(contains(refusal(integers("tdD", {std::numeric_limits<std::int32_t>::max()}), 1, none), "years 0 to 9999"));
  CHECK(
      contains(refusal(integers("tdD", {std::numeric_limits<std::int32_t>::min()}), 1, none), "in column 'x', row 0"));
  CHECK(contains(refusal(integers("tdm", {std::numeric_limits<std::int64_t>::max()}), 1, none), "years 0 to 9999"));
  CHECK(contains(refusal(integers("tsu:UTC", {std::numeric_limits<std::int64_t>::min()}), 1, none), "years 0 to 9999"));
  CHECK(coded(one_column(integers("tdD", {std::numeric_limits<std::int32_t>::max()}), 1)) == Words{"2147483647"});
}

TEST_CASE("a value has one code whichever of several workers meets it first", "[law][io][encode]") {
  test::Texts rows;
  for (int i = 0; i < 20'000; ++i) rows.emplace_back("value " + std::to_string(i * 7919 % 3001));
  SharedDictionary shared;
  Stream stream = one_column(texts("u", rows), rows.size()).stream();
  Batch batch;
  REQUIRE(stream.next(batch));
  std::vector<std::vector<Code>> codes(4, std::vector<Code>(rows.size()));
  std::vector<std::thread> threads;
  for (auto& out : codes)
    threads.emplace_back([&] {
      Encoder encoder{shared, {}};
      encoder.begin(batch.column(0));
      encoder.encode(0, batch.rows(), out.data());
    });
  for (auto& thread : threads) thread.join();
  CHECK(shared.values.size() == 3001);
  for (std::size_t i = 0; i < rows.size(); ++i) REQUIRE(shared.values.text(codes[0][i]) == *rows[i]);
  for (const auto& other : codes) CHECK(other == codes[0]);
}
