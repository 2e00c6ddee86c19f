#include <assay_test.hpp>

#include <algorithm>

#include <assay/registry/near_names.hpp>

using namespace assay::registry;

namespace {
NamePairs pairs(const std::vector<std::string>& names, std::size_t most = 60) {
  return name_pairs(names, std::vector<std::vector<std::string>>(names.size(), {"eu"}), most);
}
bool met(const char* one, const char* other) { return !pairs({one, other}).pairs.empty(); }
}  // namespace

TEST_CASE("names that differ by a letter or a word are paired", "[registry][names]") {
  CHECK(met("counterfeit toys germany", "counterfeit toys germany"));
  CHECK(met("counterfeit toys germany", "conterfeit toys germany"));
  CHECK(met("counterfeit toys germany", "counterfeit toy germany"));
  CHECK(met("counterfeit toys germany", "counterfeit toys"));
  CHECK(met("toys counterfeit germany", "counterfeit toys germany"));
  CHECK(met("counterfeit", "counterfeits"));
  CHECK(met("counterfeit", "kounterfeit"));
  CHECK(met("counterfeits", "counterfeitz"));
  CHECK(met("counter feit", "counterfeit"));
}

TEST_CASE("any single letter changed, dropped or added keeps a pair", "[law][registry][names]") {
  for (const std::string name : {"refunds", "payments", "a", "ab", "abc", "gift cards and vouchers"})
    for (std::size_t at = 0; at < name.size(); ++at) {
      std::string changed = name;
      changed[at] = changed[at] == ' ' ? 'q' : '#';
      CHECK(met(name.c_str(), changed.c_str()));
      std::string longer = name;
      longer.insert(at, 1, 'x');
      CHECK(met(name.c_str(), longer.c_str()));
    }
}

TEST_CASE("names far from each other, names that count apart and other scopes are not paired", "[registry][names]") {
  CHECK_FALSE(met("counterfeit toys", "spam links"));
  CHECK_FALSE(met("counterfeit toys 12", "counterfeit toys 13"));
  CHECK(met("counterfeit toys 12", "counterfeit toy 12"));
  CHECK(name_pairs({"refunds", "refunds"}, {{"de"}, {"at"}}).pairs.empty());
  CHECK(name_pairs({"refunds", "refunds"}, {{"at", "de"}, {"de"}}).pairs.size() == 1);
}

TEST_CASE("names with another word are paired only where the words share letters", "[registry][names]") {
  CHECK_FALSE(met("counterfeit messages in brazil", "counterfeit livestreams in brazil"));
  CHECK_FALSE(met("spam messages in brazil", "spam images in brazil"));
  CHECK(name_pairs({"spam messages in brazil", "spam images in brazil"}, {{"br"}, {"br"}}, 60, 0.7).pairs.size() == 1);
}

TEST_CASE("letters are shared whatever their order", "[registry][names]") {
  CHECK(detail::letters_shared("messages", "images") == 5);
  CHECK(detail::letters_shared("abc", "cba") == 3);
  CHECK(detail::letters_shared("aa", "a") == 1);
  CHECK(detail::letters_shared("", "a") == 0);
}

TEST_CASE("each pair is named once, in order, and nameless rows not at all", "[registry][names]") {
  const NamePairs found = pairs({"", "spam links", "spam link", "spam links", ""});
  CHECK(found.pairs == std::vector<std::pair<std::uint32_t, std::uint32_t>>{{1, 2}, {1, 3}, {2, 3}});
}

TEST_CASE("a crowded block is left out and counted", "[registry][names]") {
  const std::vector<std::string> names(5, "spam links");
  CHECK(pairs(names, 5).pairs.size() == 10);
  CHECK(pairs(names, 5).crowded == 0);
  CHECK(pairs(names, 4).pairs.empty());
  CHECK(pairs(names, 4).crowded > 0);
}

TEST_CASE("scopes and block size are checked", "[registry][names]") {
  CHECK_THROWS_AS(name_pairs({"a"}, {}), assay::InputError);
  CHECK_THROWS_AS(name_pairs({"a"}, {{"eu"}}, 1), assay::InputError);
}
