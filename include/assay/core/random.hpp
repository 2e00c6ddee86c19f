#pragma once
/// \file
/// Seeded random numbers that are the same on every machine, compiler and standard library.
///
/// For simulations and draws that a seed describes. Draws that must agree between machines which see different
/// parts of the data use a keyed hash instead (sampling/keyed.hpp).
///
/// Reference: Blackman & Vigna (2021), "Scrambled linear pseudorandom number generators", ACM TOMS 47(4):36
/// (xoshiro256**); Steele, Lea & Flood (2014), OOPSLA (SplitMix64, used for seeding); Lemire (2019), "Fast random
/// integer generation in an interval", ACM TOMACS 29(1):3.

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

#include <assay/core/error.hpp>
#include <assay/core/wide.hpp>

namespace assay {

/// One step of SplitMix64: a bijective scramble of 64 bits.
[[nodiscard]] constexpr std::uint64_t scramble(std::uint64_t value) noexcept {
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31U);
}

/// xoshiro256**; a UniformRandomBitGenerator.
class Random {
 public:
  using result_type = std::uint64_t;

  explicit Random(std::uint64_t seed) noexcept {
    for (auto& word : state_) {
      word = scramble(seed);
      seed += 0x9E3779B97F4A7C15ULL;
    }
  }

  static constexpr result_type min() noexcept { return 0; }
  static constexpr result_type max() noexcept { return std::numeric_limits<result_type>::max(); }

  result_type operator()() noexcept {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Uniform on [0, 1), in steps of 2^-53.
  [[nodiscard]] double uniform() noexcept { return static_cast<double>((*this)() >> 11U) * 0x1p-53; }

  /// Uniform on {0, ..., bound - 1}, without bias.
  /// \throws InputError when bound is 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) {
    if (bound == 0) throw InputError("a bound of 1 or more", "0");
    auto product = static_cast<Uint128>((*this)()) * bound;
    if (static_cast<std::uint64_t>(product) < bound) {
      const std::uint64_t threshold = (0 - bound) % bound;
      while (static_cast<std::uint64_t>(product) < threshold) product = static_cast<Uint128>((*this)()) * bound;
    }
    return static_cast<std::uint64_t>(product >> 64U);
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace assay
