#pragma once
/// \file
/// Which names may be near-duplicates of each other: candidates by blocking, never all pairs.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>

namespace assay::registry {

/// Pairs of positions worth comparing, each once, smaller first, sorted; and what was left out.
struct NamePairs {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs{};
  std::size_t crowded{0};  ///< blocks that held more names than allowed and were not paired
};

namespace detail {

/// The numbers in a name, in order: "de 12 b7" gives "12 7". Names that count apart are not alike.
[[nodiscard]] inline std::string numbers_in(std::string_view name) {
  std::string out;
  bool inside = false;
  for (const char letter : name) {
    const bool digit = letter >= '0' && letter <= '9';
    if (digit && !inside && !out.empty()) out += ' ';
    if (digit) out += letter;
    inside = digit;
  }
  return out;
}

/// The blocks a name falls into. Two names that differ by one word, or by one letter, share at least one.
template <class Use>
void each_block(const std::string& name, const Use& use) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find(' ', at), name.size());
    if (end > at) words.push_back(std::string_view{name}.substr(at, end - at));
    at = end + 1;
  }
  std::sort(words.begin(), words.end());
  const auto without = [&](std::size_t left_out) {
    std::string block{"w"};
    for (std::size_t i = 0; i < words.size(); ++i)
      if (i != left_out) (block += ' ') += words[i];
    return block;
  };
  use(without(words.size()));
  if (words.size() > 1)
    for (std::size_t i = 0; i < words.size(); ++i) use(without(i));
  // One changed letter leaves one half of the letters as it was; one letter more moves the middle by at most one.
  std::string letters;
  for (const char letter : name)
    if (letter != ' ') letters += letter;
  const std::size_t size = letters.size();
  const std::size_t half = size / 2;
  for (const std::size_t length : {half, size % 2 == 0 && half > 0 ? half - 1 : half}) {
    use("a" + letters.substr(0, length));
    use("z" + letters.substr(size - length));
    if (size % 2 != 0) break;
  }
}

}  // namespace detail

/// Candidates among names that were tidied before (small letters, single blanks between words). A pair must share a
/// block, its numbers, and a scope: names in different scopes are never paired, so "refunds de" may live beside
/// "refunds at". A block of more than `most` names says nothing about any two of them and is left out, and counted.
///
/// Use when: a measure of likeness is to be spent on few pairs out of millions.
/// Not for: names that share neither all words but one nor either half of their letters.
/// No data: no names, no pairs.
/// \throws InputError when there is not one list of scopes a name, or `most` is below 2.
[[nodiscard]] inline NamePairs name_pairs(const std::vector<std::string>& names,
                                          const std::vector<std::vector<std::string>>& scopes, std::size_t most = 60) {
  if (scopes.size() != names.size())
    throw InputError("one list of scopes for each of " + std::to_string(names.size()) + " names",
                     std::to_string(scopes.size()));
  if (most < 2) throw InputError("blocks of 2 names or more", std::to_string(most));
  std::unordered_map<std::string, std::vector<std::uint32_t>> blocks;
  blocks.reserve(names.size() * 8);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) continue;
    const std::string numbers = detail::numbers_in(names[i]);
    detail::each_block(names[i], [&](const std::string& block) {
      for (const std::string& scope : scopes[i]) {
        auto& members = blocks[scope + '\n' + numbers + '\n' + block];
        if (members.empty() || members.back() != i) members.push_back(static_cast<std::uint32_t>(i));
      }
    });
  }
  NamePairs out;
  for (const auto& [block, members] : blocks) {
    if (members.size() > most) {
      ++out.crowded;
      continue;
    }
    for (std::size_t a = 0; a < members.size(); ++a)
      for (std::size_t b = a + 1; b < members.size(); ++b) out.pairs.emplace_back(members[a], members[b]);
  }
  std::sort(out.pairs.begin(), out.pairs.end());
  out.pairs.erase(std::unique(out.pairs.begin(), out.pairs.end()), out.pairs.end());
  return out;
}

}  // namespace assay::registry
