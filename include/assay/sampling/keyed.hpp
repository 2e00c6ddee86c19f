#pragma once
/// \file
/// Keyed draws: a case's permanent random number depends on (secret, period, case id) alone, so a C++ service, a
/// notebook and a job on many machines draw the same cases and know the same chances, without talking to each other.
///
/// The rule, so that any language can follow it. Texts are UTF-8 bytes; whole numbers are their decimal text.
///
///     encoding  = u64le(bytes of secret) secret u64le(bytes of period) period
///     key bytes = u64le(SipHash-2-4("assay draw key 0", encoding)) u64le(SipHash-2-4("assay draw key 1", encoding))
///     number    = SipHash-2-4(key bytes, id)          the 16 letters in quotes are the two fixed keys
///
/// Test vectors: secret "correct horse battery staple", period "2026-W47".
///
///     id "case-0001"   0xE65F251087CDF39A
///     id 7, id "7"     0x104CCE96514B5C44
///     id -42           0x06EECF6088163E35
///     id "Füße"        0xC7344C1E65EF2F44
///
/// Use when: draws must be reproducible anywhere, and overlap (or not) between periods as the period text says.
/// Not for: a secret that can be guessed. Whoever knows it knows who will be audited: take 16 random bytes or more.
///
/// Reference: Ohlsson (1995), "Coordination of samples using permanent random numbers", in Business Survey Methods,
/// Wiley, ch. 9; Aumasson & Bernstein (2012) for the hash.

#include <bit>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/siphash.hpp>

namespace assay {

/// A whole number that can name a case; neither a truth value nor a letter.
template <class T>
concept WholeNumber =
    std::integral<T> && sizeof(T) <= 8 && !std::same_as<T, bool> && !std::same_as<T, char> &&
    !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

/// The key of one draw, made from a secret and the text that makes one period's draw differ from the next.
class DrawKey {
 public:
  /// \throws InputError when the secret is empty.
  explicit DrawKey(std::string_view secret, std::string_view period = {}) {
    if (secret.empty()) throw InputError("a secret key", "empty text", {}, "anyone could foresee who will be audited");
    std::string encoding;
    append(encoding, secret);
    append(encoding, period);
    key_ = {siphash24({0x7264207961737361ULL, 0x302079656B207761ULL}, encoding),   // "assay draw key 0"
            siphash24({0x7264207961737361ULL, 0x312079656B207761ULL}, encoding)};  // "assay draw key 1"
  }

  /// The key of the hash; as secret as the secret.
  [[nodiscard]] SipKey hash_key() const noexcept { return key_; }

  friend bool operator==(const DrawKey&, const DrawKey&) = default;

 private:
  static void append(std::string& out, std::string_view text) {
    for (unsigned shift = 0; shift < 64; shift += 8)
      out += static_cast<char>((static_cast<std::uint64_t>(text.size()) >> shift) & 0xFFU);
    out += text;
  }

  SipKey key_;
};

/// The permanent random number of a case: uniform on 0 .. 2^64 - 1.
[[nodiscard]] inline std::uint64_t permanent_random_number(const DrawKey& key, std::string_view id) noexcept {
  return siphash24(key.hash_key(), id);
}

/// Eight decimal digits of a number below 10^8, one a byte as values 0 to 9, the first in the lowest byte.
[[nodiscard]] constexpr std::uint64_t eight_digits(std::uint64_t number) noexcept {
  const std::uint64_t fours = number / 10'000U | (number % 10'000U) << 32U;
  const std::uint64_t hundreds = ((fours * 10'486U) >> 20U) & 0x0000'007F'0000'007FULL;
  const std::uint64_t twos = hundreds | ((fours - 100U * hundreds) << 16U);
  const std::uint64_t tens = ((twos * 103U) >> 10U) & 0x000F'000F'000F'000FULL;
  return tens | ((twos - 10U * tens) << 8U);
}

/// The same for a whole number: the hash of its decimal text. The letters are made eight at a time in a register.
template <WholeNumber Number>
[[nodiscard]] std::uint64_t permanent_random_number(const DrawKey& key, Number id) noexcept {
  if (id < Number{0}) {
    char text[24];
    const char* const end = std::to_chars(text, text + sizeof text, id).ptr;
    return siphash24(key.hash_key(), {text, static_cast<std::size_t>(end - text)});
  }
  constexpr std::uint64_t eighth = 100'000'000ULL;  // a word's worth of letters
  constexpr std::uint64_t letters = 0x3030'3030'3030'3030ULL;
  const auto size = static_cast<std::uint64_t>(id);
  const bool one_word = size < eighth;
  const bool two_words = size < eighth * eighth;
  const std::uint64_t first = eight_digits(one_word ? size : two_words ? size / eighth : size / (eighth * eighth));
  const auto blank =
      static_cast<unsigned>(std::countr_zero(first | (std::uint64_t{1} << 56U))) & 0x38U;  // bits of zeros
  std::uint64_t rest = (first | letters) >> blank;
  std::size_t length = 8 - blank / 8;
  SipHash24 hash{key.hash_key()};
  const auto append = [&](std::uint64_t number) {
    const std::uint64_t word = eight_digits(number) | letters;
    hash.absorb(blank == 0 ? rest : rest | (word << (64U - blank)));
    rest = blank == 0 ? word : word >> blank;
    length += 8;
  };
  if (!one_word) {
    if (!two_words) append(size / eighth % eighth);
    append(size % eighth);
  }
  if (blank == 0) {
    hash.absorb(rest);
    rest = 0;
  }
  return hash.finish(rest, length);
}

/// Draws each case on its own with one chance, in the path of the decision: a hash and a comparison, no lock, no
/// allocation, nothing thrown. The same case has the same answer, whoever asks and however often.
///
/// Assumes: ids are unique; the same id asked twice is the same draw, not a second one.
/// Use when: cases stream by and nobody knows how many there will be (Bernoulli sampling).
/// Not for: a sample of a fixed size (bottom_k.hpp).
class KeyedSampler {
 public:
  /// A case is drawn when its number is below share * 2^64, a product that is exact; where it is not whole, it is
  /// rounded up, so that the chance drawn with exceeds the share by less than 2^-64. Share 1 draws every case.
  /// \throws InputError when the share is below 2^-32: the rounding would no longer be negligible beside it.
  KeyedSampler(const DrawKey& key, Share share) : key_{key}, share_{share} {
    if (share.value() < 0x1p-32) throw InputError("a share of at least 2^-32 (2.3e-10)", to_text(share.value()));
    last_ = share.value() == 1.0 ? std::numeric_limits<std::uint64_t>::max()
                                 : static_cast<std::uint64_t>(std::ceil(share.value() * 0x1p64)) - 1;
  }

  /// The chance with which the case was drawn, or nothing when it was not.
  [[nodiscard]] std::optional<double> offer(std::string_view id) const noexcept {
    return answer(permanent_random_number(key_, id));
  }
  template <WholeNumber Number>
  [[nodiscard]] std::optional<double> offer(Number id) const noexcept {
    return answer(permanent_random_number(key_, id));
  }

  /// Whether a case with this permanent random number is drawn.
  [[nodiscard]] bool draws(std::uint64_t number) const noexcept { return number <= last_; }

  [[nodiscard]] const DrawKey& key() const noexcept { return key_; }
  [[nodiscard]] Share share() const noexcept { return share_; }

  friend bool operator==(const KeyedSampler&, const KeyedSampler&) = default;

 private:
  [[nodiscard]] std::optional<double> answer(std::uint64_t number) const noexcept {
    if (!draws(number)) return std::nullopt;
    return share_.value();
  }

  DrawKey key_;
  Share share_;
  std::uint64_t last_;  // the largest number that is drawn
};

}  // namespace assay
