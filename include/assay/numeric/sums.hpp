#pragma once
/// \file
/// Sums that do not depend on the order of their terms, so that a score has the same bits on any number of threads.
///
/// A sum is a wide whole number in units of 2^-FractionBits: adding is exact, and only the final answer is rounded,
/// once and correctly. Reference: Kulisch & Miranker (1986), SIAM Review 28(1):1-40.

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <assay/core/wide.hpp>

namespace assay {

/// A sum held in `Words` 64-bit words (two's complement), the last bit worth 2^-FractionBits.
///
/// Assumes: the sum stays below 2^(64 Words - 1 - FractionBits) in size; the caller knows its terms.
template <std::size_t Words, int FractionBits>
class FixedSum {
 public:
  static constexpr std::size_t words = Words;
  static constexpr int fraction_bits = FractionBits;

  /// Adds a finite double exactly. Bits below the last place are cut toward zero; none are when
  /// |value| >= 2^(52 - FractionBits) or value is a multiple of the last place.
  void add(double value) noexcept {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const int biased = static_cast<int>(bits >> 52U & 0x7FFU);
    const std::uint64_t fraction = bits & 0xFFFFFFFFFFFFFULL;
    const std::uint64_t mantissa = biased == 0 ? fraction : fraction | 1ULL << 52U;
    add_scaled(mantissa, (biased == 0 ? 1 : biased) - 1075, (bits >> 63U) != 0);
  }

  /// Adds size * 2^exponent, or takes it away.
  void add_scaled(Uint128 size, int exponent, bool negative) noexcept {
    if (size == 0) return;
    int shift = exponent + FractionBits;
    if (shift < 0) {
      size = shift <= -128 ? 0 : size >> static_cast<unsigned>(-shift);
      shift = 0;
    }
    const auto first = static_cast<std::size_t>(shift) / 64;
    const auto offset = static_cast<unsigned>(shift) % 64;
    std::array<std::uint64_t, 3> parts{static_cast<std::uint64_t>(size << offset),
                                       static_cast<std::uint64_t>((size << offset) >> 64U),
                                       offset == 0 ? 0 : static_cast<std::uint64_t>(size >> (128U - offset))};
    unsigned char carry = 0;
    for (std::size_t i = first; i < Words; ++i) {
      const std::uint64_t part = i - first < 3 ? parts[i - first] : 0;
      if (i - first >= 3 && carry == 0) break;
      carry = negative ? subtract(state_[i], part, carry) : plus(state_[i], part, carry);
    }
  }

  void merge(const FixedSum& other) noexcept {
    unsigned char carry = 0;
    for (std::size_t i = 0; i < Words; ++i) carry = plus(state_[i], other.state_[i], carry);
  }

  /// The double nearest to the sum (ties to even).
  [[nodiscard]] double value() const noexcept {
    const bool negative = (state_[Words - 1] >> 63U) != 0;
    std::array<std::uint64_t, Words> size = state_;
    if (negative) {
      unsigned char carry = 1;
      for (auto& word : size) {
        word = ~word + carry;
        carry = carry != 0 && word == 0 ? 1 : 0;
      }
    }
    std::size_t top = Words;
    while (top > 0 && size[top - 1] == 0) --top;
    if (top == 0) return 0.0;
    const auto lead = static_cast<unsigned>(std::countl_zero(size[top - 1]));
    std::uint64_t head = size[top - 1] << lead;
    if (lead > 0 && top > 1) head |= size[top - 2] >> (64U - lead);
    bool rest = top > 1 && (size[top - 2] << lead) != 0;
    for (std::size_t i = 0; i + 2 < top; ++i) rest = rest || size[i] != 0;
    head |= rest ? 1U : 0U;  // a sticky bit far below the rounding position
    // 64 bits with the top one set: round to 53 by hand, ties to even.
    const std::uint64_t low = head & 0x7FFU;
    std::uint64_t rounded = head >> 11U;
    if (low > 0x400U || (low == 0x400U && (rounded & 1U) != 0)) ++rounded;
    const int exponent = static_cast<int>(64 * top) - static_cast<int>(lead) - 53 - FractionBits;
    const double result = std::ldexp(static_cast<double>(rounded), exponent);
    return negative ? -result : result;
  }

  [[nodiscard]] bool zero() const noexcept {
    for (const auto word : state_)
      if (word != 0) return false;
    return true;
  }
  [[nodiscard]] const std::array<std::uint64_t, Words>& state() const noexcept { return state_; }
  static FixedSum from_state(const std::array<std::uint64_t, Words>& state) noexcept {
    FixedSum sum;
    sum.state_ = state;
    return sum;
  }

  friend bool operator==(const FixedSum&, const FixedSum&) = default;

 private:
  static unsigned char plus(std::uint64_t& into, std::uint64_t term, unsigned char carry) noexcept {
    const Uint128 sum = static_cast<Uint128>(into) + term + carry;
    into = static_cast<std::uint64_t>(sum);
    return static_cast<unsigned char>(sum >> 64U);
  }
  static unsigned char subtract(std::uint64_t& from, std::uint64_t term, unsigned char borrow) noexcept {
    const Uint128 difference = static_cast<Uint128>(from) - term - borrow;
    from = static_cast<std::uint64_t>(difference);
    return static_cast<unsigned char>(difference >> 64U) & 1U;
  }

  std::array<std::uint64_t, Words> state_{};
};

/// Any finite doubles, any order, no rounding until the end: 64 bits of headroom above the largest double.
using ExactSum = FixedSum<34, 1074>;

}  // namespace assay
