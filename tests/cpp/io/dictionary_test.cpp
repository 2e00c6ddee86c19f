#include <limits>
#include <map>
#include <set>

#include <assay/core/random.hpp>
#include <assay/io/dictionary.hpp>
#include <assay_test.hpp>

using namespace assay;
using namespace assay::io;
using assay::test::message_of;

TEST_CASE("a dictionary of texts agrees with a map, whatever the lengths", "[law][io][dictionary]") {
  Random random{7};
  std::map<std::string, Code> known;
  std::vector<std::string> in_order;
  Dictionary dictionary{"u"};
  for (int i = 0; i < 60'000; ++i) {
    // Few different letters and all lengths around the limits of the key: near misses are frequent.
    std::string text(random.below(20), 'a');
    for (char& letter : text) letter = static_cast<char>("ab\0c"[random.below(text.size() > 6 ? 2 : 4)]);
    const auto [found, fresh] = known.emplace(text, static_cast<Code>(known.size()));
    if (fresh) {
      REQUIRE(dictionary.find(std::string_view{text}) == no_code);
      in_order.push_back(text);
    }
    REQUIRE(dictionary.code_of(std::string_view{text}) == found->second);
  }
  REQUIRE(dictionary.size() == known.size());
  CHECK(known.size() > 20'000);
  for (const auto& [text, code] : known) {
    REQUIRE(dictionary.find(std::string_view{text}) == code);
    REQUIRE(dictionary.text(code) == text);
  }
  std::vector<std::string> sorted;
  for (const Code code : dictionary.sorted()) sorted.emplace_back(dictionary.text(code));
  std::vector<std::string> wanted;
  for (const auto& entry : known) wanted.push_back(entry.first);
  CHECK(sorted == wanted);
}

TEST_CASE("texts that differ only in the middle, or only past a zero byte, are two texts", "[io][dictionary]") {
  Dictionary dictionary{"u"};
  std::set<Code> codes;
  for (const std::string& text : {std::string(40, 'x'), std::string(19, 'x') + "y" + std::string(20, 'x'),
                                  std::string{}, std::string(1, '\0'), std::string(2, '\0'), std::string(3, '\0'),
                                  std::string(17, '\0'), std::string{"aab"}, std::string{"abb"}, std::string{"ab"}})
    codes.insert(dictionary.code_of(std::string_view{text}));
  CHECK(codes.size() == 10);
}

TEST_CASE("whole numbers keep their value and their order", "[io][dictionary]") {
  Dictionary dictionary{"l"};
  const std::vector<std::int64_t> values{5, -1, std::numeric_limits<std::int64_t>::min(), 0,
                                         std::numeric_limits<std::int64_t>::max()};
  for (Code code = 0; code < values.size(); ++code) CHECK(dictionary.code_of(values[code]) == code);
  for (Code code = 0; code < values.size(); ++code) {
    CHECK(dictionary.code_of(values[code]) == code);
    CHECK(dictionary.integer(code) == values[code]);
  }
  CHECK(dictionary.sorted() == std::vector<Code>{2, 1, 3, 0, 4});
  CHECK(dictionary.find(std::int64_t{6}) == no_code);
  CHECK(Dictionary{}.find(std::int64_t{6}) == no_code);
  CHECK(dictionary.words(1) == "-1");
}

TEST_CASE("values read as people read them", "[io][dictionary]") {
  Dictionary truths{"b"};
  truths.code_of(std::int64_t{1});
  truths.code_of(std::int64_t{0});
  CHECK(truths.words(0) == "true");
  CHECK(truths.words(1) == "false");
  Dictionary texts{"u"};
  texts.code_of(std::string_view{"Zürich"});
  CHECK(texts.words(0) == "Zürich");
}

TEST_CASE("absorbing translates codes and refuses another kind, changing nothing before", "[io][dictionary]") {
  Dictionary here{"u"};
  here.code_of(std::string_view{"a"});
  here.code_of(std::string_view{"b"});
  Dictionary there{"u"};
  there.code_of(std::string_view{"c"});
  there.code_of(std::string_view{"a"});
  CHECK(here.absorb(there, "site") == std::vector<Code>{2, 0});
  CHECK(here.size() == 3);
  CHECK(here.absorb(Dictionary{}, "site").empty());

  Dictionary numbers{"l"};
  numbers.code_of(std::int64_t{1});
  CHECK(message_of<InputError>([&] { here.absorb(numbers, "site"); }) ==
        "wanted text, got whole numbers in column 'site'; make the column one kind of value everywhere");
  CHECK(here.size() == 3);
  Dictionary undecided;
  CHECK(undecided.format() == "n");
  CHECK(undecided.absorb(numbers, "site") == std::vector<Code>{0});
  CHECK(undecided.format() == "l");
  CHECK_THROWS_AS(undecided.settle("tsu:UTC", "site"), InputError);
  CHECK_NOTHROW(undecided.settle("n", "site"));
}

TEST_CASE("kinds have names", "[io][dictionary]") {
  CHECK(Dictionary::kind_in_words("b") == "true/false");
  CHECK(Dictionary::kind_in_words("tdD") == "dates");
  CHECK(Dictionary::kind_in_words("tsu:UTC") == "timestamps in UTC");
  CHECK(Dictionary::kind_in_words("n") == "nulls");
}
