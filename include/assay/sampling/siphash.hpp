#pragma once
/// \file
/// SipHash-2-4: a 64-bit number from a text, which nobody can foresee who does not hold the 128-bit key.
///
/// Use when: a number must depend on a key and a text alone, on every machine and in every language.
/// Not for: passwords, signatures or anything that must stand for years against someone who can try 2^64 texts.
///
/// Reference: Aumasson & Bernstein (2012), "SipHash: a fast short-input PRF", INDOCRYPT 2012, LNCS 7668:489-508,
/// doi:10.1007/978-3-642-34931-7_28. The test vectors are those of its appendix A and of the authors' program.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace assay {

/// The 128-bit key: bytes 0-7 and bytes 8-15, each read as a little-endian number.
struct SipKey {
  std::uint64_t low{0};
  std::uint64_t high{0};

  friend constexpr bool operator==(const SipKey&, const SipKey&) = default;
};

/// The hash at work: whole words of eight bytes go in one by one, then the last, partial one.
class SipHash24 {
 public:
  constexpr explicit SipHash24(SipKey key) noexcept
      : v0_{key.low ^ 0x736F6D6570736575ULL},
        v1_{key.high ^ 0x646F72616E646F6DULL},
        v2_{key.low ^ 0x6C7967656E657261ULL},
        v3_{key.high ^ 0x7465646279746573ULL} {}

  /// Eight bytes of text, the first in the lowest bits.
  constexpr void absorb(std::uint64_t word) noexcept {
    v3_ ^= word;
    round();
    round();
    v0_ ^= word;
  }

  /// The number; `rest` holds the 0 to 7 bytes left over (the first in the lowest bits, zeros above), `length` is the
  /// number of bytes of the whole text.
  [[nodiscard]] constexpr std::uint64_t finish(std::uint64_t rest, std::size_t length) noexcept {
    absorb(rest | (static_cast<std::uint64_t>(length) << 56U));
    v2_ ^= 0xFFU;
    round();
    round();
    round();
    round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  constexpr void round() noexcept {
    v0_ += v1_;
    v2_ += v3_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v1_;
    v0_ += v3_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ = std::rotl(v2_, 32);
  }

  std::uint64_t v0_;
  std::uint64_t v1_;
  std::uint64_t v2_;
  std::uint64_t v3_;
};

/// `count` (at most 8) bytes as a little-endian number, on a machine of either byte order.
[[nodiscard]] constexpr std::uint64_t little_endian(const char* bytes, std::size_t count) noexcept {
  if (!std::is_constant_evaluated() && std::endian::native == std::endian::little) {
    if (count == 8) {
      std::uint64_t word{};
      std::memcpy(&word, bytes, 8);
      return word;
    }
    if (count >= 4) {  // two loads of four bytes that overlap
      std::uint32_t first{};
      std::uint32_t last{};
      std::memcpy(&first, bytes, 4);
      std::memcpy(&last, bytes + (count - 4), 4);
      return first | (static_cast<std::uint64_t>(last) << (8 * (count - 4)));
    }
  }
  std::uint64_t word{0};
  for (std::size_t i = 0; i < count; ++i)
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return word;
}

/// SipHash-2-4 of a text of any length, the empty one included.
[[nodiscard]] constexpr std::uint64_t siphash24(SipKey key, std::string_view text) noexcept {
  SipHash24 hash{key};
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 8; at += 8, left -= 8) hash.absorb(little_endian(at, 8));
  return hash.finish(little_endian(at, left), text.size());
}

}  // namespace assay
