#pragma once
/// \file
/// Hadamard matrices: which half of each pair a balanced replicate keeps.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <assay/core/error.hpp>

namespace assay::survey {

/// A square matrix of +1 and -1 whose rows are orthogonal, as are its columns; the first column is all +1.
struct Hadamard {
  std::size_t order{1};
  std::vector<std::int8_t> signs{1};  ///< row by row

  [[nodiscard]] std::int8_t operator()(std::size_t row, std::size_t column) const noexcept {
    return signs[row * order + column];
  }
};

namespace detail {

inline bool is_prime(std::size_t number) noexcept {
  if (number < 2) return false;
  for (std::size_t divisor = 2; divisor * divisor <= number; ++divisor)
    if (number % divisor == 0) return false;
  return true;
}

/// Paley's first construction, of order q + 1 for a prime q that leaves 3 when divided by 4: 1 where the difference of
/// row and column is a square modulo q.
inline Hadamard paley(std::size_t q) {
  std::vector<std::int8_t> square(q, -1);
  for (std::size_t i = 1; i < q; ++i) square[i * i % q] = 1;
  Hadamard out{q + 1, std::vector<std::int8_t>((q + 1) * (q + 1), 1)};
  for (std::size_t i = 0; i < q; ++i)
    for (std::size_t j = 0; j < q; ++j)
      out.signs[(i + 1) * (q + 1) + j + 1] = i == j ? std::int8_t{-1} : square[(i + q - j) % q];
  return out;
}

/// True where an order can be made: Paley's, doubled any number of times.
inline bool can_make_hadamard(std::size_t order) noexcept {
  while (order > 2 && order % 2 == 0 && !(is_prime(order - 1) && (order - 1) % 4 == 3)) order /= 2;
  return order == 1 || order == 2 || (order % 4 == 0 && is_prime(order - 1) && (order - 1) % 4 == 3);
}

inline Hadamard make_hadamard(std::size_t order) {
  if (order == 1) return {};
  if (order > 2 && is_prime(order - 1) && (order - 1) % 4 == 3) return paley(order - 1);
  const Hadamard half = make_hadamard(order / 2);
  Hadamard out{order, std::vector<std::int8_t>(order * order)};
  for (std::size_t i = 0; i < half.order; ++i)
    for (std::size_t j = 0; j < half.order; ++j) {
      const std::int8_t sign = half(i, j);
      out.signs[i * order + j] = out.signs[i * order + half.order + j] = sign;
      out.signs[(half.order + i) * order + j] = sign;
      out.signs[(half.order + i) * order + half.order + j] = static_cast<std::int8_t>(-sign);
    }
  return out;
}

}  // namespace detail

/// The smallest matrix with more than `columns` columns that Paley's construction and doubling give.
///
/// Reference: Paley (1933), Journal of Mathematics and Physics 12:311-320; Sylvester (1867)
/// \throws InputError for more than 8,192 columns.
[[nodiscard]] inline Hadamard hadamard_above(std::size_t columns) {
  if (columns > 8192)
    throw InputError("at most 8192 strata to balance", std::to_string(columns), {},
                     "join strata, or choose method=\"bootstrap\"");
  std::size_t order = columns < 1 ? 1 : columns < 2 ? 2 : columns + 4 - columns % 4;
  while (!detail::can_make_hadamard(order)) order += 4;
  return detail::make_hadamard(order);
}

}  // namespace assay::survey
