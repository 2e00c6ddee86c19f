#pragma once
/// \file
/// Which names may be near-duplicates of each other: candidates by blocking, never all pairs.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
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

/// A scramble of text; two texts that meet by chance only cost a comparison more.
[[nodiscard]] inline std::uint64_t scrambled(std::string_view text, std::uint64_t seed) noexcept {
  std::uint64_t hash = seed ^ 0xCBF29CE484222325ULL;
  for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3ULL;
  hash = (hash ^ (hash >> 32U)) * 0xD6E8FEB86659FD93ULL;
  return hash ^ (hash >> 32U);
}

/// How many letters two texts have in common, whatever their order.
[[nodiscard]] inline std::size_t letters_shared(std::string_view one, std::string_view other) noexcept {
  std::array<int, 256> counts{};
  for (const char letter : one) ++counts[static_cast<unsigned char>(letter)];
  std::size_t common = 0;
  for (const char letter : other)
    if (counts[static_cast<unsigned char>(letter)]-- > 0) ++common;
  return common;
}

/// What sets two names of one block apart, as far as the block knows: a word each, or the other half of their letters.
enum class Rest : std::uint8_t { nothing, word, half };

/// One name in one block, and what of it the block leaves out.
struct Blocked {
  std::uint64_t block;
  std::uint32_t name;
  Rest rest;
  std::string_view left_out;
};

/// False where what is left out cannot be the same thing written in two ways: words that share too few letters, halves
/// that differ by more than one.
[[nodiscard]] inline bool may_be_near(const Blocked& one, const Blocked& other, double same_word) noexcept {
  const std::string_view a = one.left_out;
  const std::string_view b = other.left_out;
  if (one.rest == Rest::half) return letters_shared(a, b) + 1 >= std::max(a.size(), b.size());
  if (a.empty() || b.empty()) return true;
  return 2.0 * static_cast<double>(letters_shared(a, b)) >= same_word * static_cast<double>(a.size() + b.size());
}

/// Calls use(block, what kind of rest, the rest) for the blocks a name falls into; `letters` is the name without its
/// blanks. Two names that differ by one word, or by one letter, share at least one.
template <class Use>
void each_block(std::string_view name, std::string_view letters, const Use& use) {
  std::vector<std::string_view> words;
  std::uint64_t all = 0;  // a sum, so that the order of words does not count
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find(' ', at), name.size());
    if (end > at) all += scrambled(words.emplace_back(name.substr(at, end - at)), 1);
    at = end + 1;
  }
  use(all, Rest::nothing, std::string_view{});
  if (words.size() > 1)
    for (const std::string_view word : words) use(all - scrambled(word, 1), Rest::word, word);
  // One changed letter leaves one half of the letters as it was; one letter more moves the middle by at most one. The
  // number of letters, or one more, is part of the block: what many names end in ("united states") crowds none.
  for (const std::size_t shared : {letters.size(), letters.size() + 1}) {
    const std::size_t half = std::min(shared == 0 ? 0 : (shared - 1) / 2, letters.size());
    const std::size_t rest = letters.size() - half;
    use(scrambled(letters.substr(0, half), 2 * shared + 100), Rest::half, letters.substr(half));
    use(scrambled(letters.substr(rest), 2 * shared + 101), Rest::half, letters.substr(0, rest));
  }
}

}  // namespace detail

/// Candidates among names that were tidied before (small letters, single blanks between words). A pair must share a
/// block, its numbers, and a scope: names in different scopes are never paired, so "refunds de" may live beside
/// "refunds at". A block of more than `most` names says nothing about any two of them and is left out, and counted.
///
/// Names that share all words but one are a pair only where those two words share `same_word` of their letters.
///
/// Use when: a measure of likeness is to be spent on few pairs out of millions.
/// Not for: names that share neither all words but one nor either half of their letters.
/// No data: no names, no pairs.
/// \throws InputError when there is not one list of scopes a name, or `most` is below 2.
[[nodiscard]] inline NamePairs name_pairs(const std::vector<std::string>& names,
                                          const std::vector<std::vector<std::string>>& scopes, std::size_t most = 60,
                                          double same_word = 0.8) {
  if (scopes.size() != names.size())
    throw InputError("one list of scopes for each of " + std::to_string(names.size()) + " names",
                     std::to_string(scopes.size()));
  if (most < 2) throw InputError("blocks of 2 names or more", std::to_string(most));
  std::vector<detail::Blocked> blocked;
  blocked.reserve(names.size() * 10);
  std::vector<std::string> letters(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) continue;
    for (const char letter : names[i])
      if (letter != ' ') letters[i] += letter;
    const std::uint64_t numbers = detail::scrambled(detail::numbers_in(names[i]), 3);
    for (const std::string& scope : scopes[i]) {
      const std::uint64_t where = detail::scrambled(scope, numbers);
      detail::each_block(names[i], letters[i], [&](std::uint64_t block, detail::Rest rest, std::string_view left_out) {
        blocked.push_back({(block ^ where) * 0x9E3779B97F4A7C15ULL, static_cast<std::uint32_t>(i), rest, left_out});
      });
    }
  }
  std::sort(blocked.begin(), blocked.end(), [](const detail::Blocked& one, const detail::Blocked& other) {
    return one.block != other.block ? one.block < other.block : one.name < other.name;
  });
  NamePairs out;
  for (std::size_t begin = 0, end = 0; begin < blocked.size(); begin = end) {
    while (end < blocked.size() && blocked[end].block == blocked[begin].block) ++end;
    if (end - begin > most) {
      ++out.crowded;
      continue;
    }
    for (std::size_t a = begin; a < end; ++a)
      for (std::size_t b = a + 1; b < end; ++b) {
        const detail::Blocked& one = blocked[a];
        const detail::Blocked& other = blocked[b];
        if (one.name != other.name && detail::may_be_near(one, other, same_word))
          out.pairs.emplace_back(one.name, other.name);
      }
  }
  std::sort(out.pairs.begin(), out.pairs.end());
  out.pairs.erase(std::unique(out.pairs.begin(), out.pairs.end()), out.pairs.end());
  return out;
}

}  // namespace assay::registry
