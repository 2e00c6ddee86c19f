#pragma once
/// \file
/// Weights as whole numbers, so that adding them is exact, in any order, at the speed of integer addition.
///
/// A weight w with 2^(8k-4) <= w < 2^(8k+4) is at level k and becomes the whole number w * 2^(56-8k) < 2^60, exactly.
/// Its square is cut to the whole number below w^2 * 2^(52-16k): at least 44 exact bits.

#include <bit>
#include <cmath>
#include <cstdint>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/numeric/sums.hpp>

namespace assay {

/// Wide enough for 2^35 of the largest weights' squares.
using WeightSum = FixedSum<3, 84>;

inline constexpr double least_weight = 0x1p-20;
inline constexpr double weight_bound = 0x1p36;
inline constexpr int least_level = -2;
inline constexpr int level_count = 7;

struct ScaledWeight {
  std::uint64_t size{0};    ///< w, in units of 2^(8 level - 56)
  std::uint64_t square{0};  ///< w^2, in units of 2^(16 level - 52)
  unsigned level{0};        ///< level - least_level
};

[[nodiscard]] constexpr int size_exponent(unsigned level) noexcept {
  return 8 * (static_cast<int>(level) + least_level) - 56;
}
[[nodiscard]] constexpr int square_exponent(unsigned level) noexcept {
  return 16 * (static_cast<int>(level) + least_level) - 52;
}

[[nodiscard]] inline bool usable_weight(double weight) noexcept {
  return weight >= least_weight && weight < weight_bound;
}

/// \throws InputError for a weight that is not finite and above 0, or too far from 1 to be summed exactly.
[[noreturn]] inline void refuse_weight(double weight, const Place& place) {
  if (!(weight > 0.0) || std::isinf(weight))
    throw InputError("a finite weight above 0", to_text(weight), place, "mend or drop the row");
  throw InputError("a weight between 0.000001 and 6e10", to_text(weight), place,
                   "multiply all weights by one constant: only their ratios matter to a rate");
}

/// Assumes a usable weight. Whole-number arithmetic throughout: the same bits on every machine.
[[nodiscard]] inline ScaledWeight scaled(double weight) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(weight);
  const int exponent = static_cast<int>(bits >> 52U) - 1023;
  const int level = (exponent + 4) >> 3;
  const auto above = static_cast<unsigned>(exponent + 4 - 8 * level);  // 0 to 7
  const std::uint64_t mantissa = (bits & 0xFFFFFFFFFFFFFULL) | 1ULL << 52U;
  const auto square = static_cast<std::uint64_t>(static_cast<Uint128>(mantissa) * mantissa >> (60U - 2 * above));
  return {mantissa << above, square, static_cast<unsigned>(level - least_level)};
}

}  // namespace assay
