#pragma once
/// \file
/// Joint inclusion probabilities: with which chance two cases are drawn together. Variances rest on them.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/conditional_poisson.hpp>
#include <assay/sampling/elimination.hpp>
#include <assay/sampling/inclusion.hpp>
#include <assay/sampling/poisson_binomial.hpp>
#include <assay/sampling/systematic.hpp>

namespace assay::sampling {

/// The designs whose joint probabilities are known; all are exact but `high_entropy`.
enum class PairDesign : unsigned char {
  poisson,              ///< each case on its own
  conditional_poisson,  ///< maximum entropy
  sampford,
  systematic,    ///< along the list as it is, random start
  tille,         ///< elimination
  midzuno,       ///< its complement
  high_entropy,  ///< Hájek's approximation, for designs nearly as random as conditional Poisson sampling
};

namespace detail {

/// Joint probabilities of pairs i < j, row by row.
using Pairs = std::vector<double>;

/// The chances of pairs, given the size. One case makes no pairs; elsewhere rounding must not go below 0.
inline Pairs given_size(Pairs pairs, double size_chance, std::int64_t n) {
  for (auto& each : pairs) each = n < 2 ? 0.0 : std::max(0.0, each / size_chance);
  return pairs;
}

inline Pairs conditional_poisson_pairs(RealView chance, std::int64_t n) {
  const PoissonBinomial law{working_chances(chance, n), n};
  return given_size(law.with_each_pair(), law.size_chance(), n);
}

inline Pairs sampford_pairs(RealView chance, std::int64_t n) {
  const PoissonBinomial law{chance, n};
  return given_size(law.with_each_pair(chance), law.weighted_size_chance(chance), n);
}

/// Starts that draw a case fill an arc of the circle of starts; both are drawn where the arcs overlap.
inline Pairs systematic_pairs(RealView chance) {
  const auto upto = cumulated(chance);
  Pairs out;
  out.reserve(chance.size() * (chance.size() - 1) / 2);
  std::vector<double> from(chance.size());
  for (std::size_t i = 1; i < from.size(); ++i) from[i] = upto[i - 1] - std::floor(upto[i - 1]);
  for (std::size_t i = 0; i < from.size(); ++i)
    for (std::size_t j = i + 1; j < from.size(); ++j) {
      double both = 0.0;
      for (const double turn : {-1.0, 0.0, 1.0})
        both += std::max(0.0,
                         std::min(from[i] + chance[i], from[j] + chance[j] + turn) - std::max(from[i], from[j] + turn));
      // An overlap that is all rounding is none: weights of its size would ruin a variance.
      out.push_back(both < 1e-12 * std::min(chance[i], chance[j]) ? 0.0 : both);
    }
  return out;
}

inline Pairs elimination_pairs(RealView chance, std::int64_t n) {
  Pairs out(chance.size() * (chance.size() - 1) / 2, 1.0);
  eliminate(chance, n, [&](const std::vector<double>& leaves) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < leaves.size(); ++i)
      for (std::size_t j = i + 1; j < leaves.size(); ++j, ++at) out[at] *= std::max(0.0, 1.0 - leaves[i] - leaves[j]);
  });
  std::size_t at = 0;
  for (std::size_t i = 0; i < chance.size(); ++i)
    for (std::size_t j = i + 1; j < chance.size(); ++j, ++at)
      if (out[at] < 1e-10 * chance[i] * chance[j]) out[at] = 0.0;  // cannot meet, but for rounding
  return out;
}

inline Pairs midzuno_pairs(RealView chance, std::int64_t n) {
  std::vector<double> against(chance.size());
  for (std::size_t i = 0; i < against.size(); ++i) against[i] = 1.0 - chance[i];
  Pairs out = elimination_pairs(against, static_cast<std::int64_t>(chance.size()) - n);
  std::size_t at = 0;
  for (std::size_t i = 0; i < chance.size(); ++i)
    for (std::size_t j = i + 1; j < chance.size(); ++j, ++at) {
      out[at] += chance[i] - against[j];
      if (out[at] < 1e-13) out[at] = 0.0;  // cannot meet, but for rounding
    }
  return out;
}

/// p_i p_j (1 - c_i c_j / sum c), where the c are such that the rows add up as they must: Hájek's formula with Deville
/// and Tillé's constants.
inline Pairs high_entropy_pairs(RealView chance) {
  std::vector<double> constant(chance.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < chance.size(); ++i) sum += constant[i] = chance[i] * (1.0 - chance[i]);
  for (int round = 0; round < 1000; ++round) {
    double next = 0.0, moved = 0.0;
    for (std::size_t i = 0; i < chance.size(); ++i) {
      const double value = chance[i] * (1.0 - chance[i]) + constant[i] * constant[i] / sum;
      moved = std::max(moved, std::abs(value - constant[i]) / value);
      constant[i] = value;
      next += value;
    }
    sum = next;
    if (moved < 1e-14) break;
  }
  Pairs out;
  out.reserve(chance.size() * (chance.size() - 1) / 2);
  for (std::size_t i = 0; i < chance.size(); ++i)
    for (std::size_t j = i + 1; j < chance.size(); ++j)
      out.push_back(std::max(0.0, chance[i] * chance[j] - constant[i] * constant[j] / sum));
  return out;
}

inline Pairs pairs_of(const Open& open, PairDesign design) {
  switch (design) {
    case PairDesign::conditional_poisson:
      return conditional_poisson_pairs(open.chance, open.size);
    case PairDesign::sampford:
      return sampford_pairs(open.chance, open.size);
    case PairDesign::systematic:
      return systematic_pairs(open.chance);
    case PairDesign::tille:
      return elimination_pairs(open.chance, open.size);
    case PairDesign::midzuno:
      return midzuno_pairs(open.chance, open.size);
    case PairDesign::high_entropy:
      return high_entropy_pairs(open.chance);
    case PairDesign::poisson:
      break;
  }
  return {};
}

}  // namespace detail

/// The N x N matrix of joint inclusion probabilities, row by row; its diagonal holds the probabilities themselves. A
/// pair that can never be drawn together has 0: then no unbiased estimate of a variance exists.
///
/// Use when: a variance is wanted that takes the design as it was (Horvitz-Thompson, Yates-Grundy).
/// Not for: `high_entropy` where the sum of p (1 - p) is below about 10: take the exact design.
/// Cost: N^2 numbers; N^2 steps a node (some twenty) for conditional Poisson and Sampford, N^3 for tille and midzuno.
/// \throws InputError as `size_of` does (poisson takes any sum), and where the matrix would not fit an index.
///
/// Reference: Chen, Dempster & Liu (1994), Biometrika 81(3):457-469; Sampford (1967), Biometrika 54(3-4):499-513; Madow
/// (1949); Tillé (2006), Sampling Algorithms; Hájek (1981), Sampling from a Finite Population; Deville & Tillé (2005),
/// J. Statistical Planning and Inference 128(2):569-591.
[[nodiscard]] inline std::vector<double> joint_probabilities(RealView probabilities, PairDesign design) {
  const std::size_t count = probabilities.size();
  if (count > 40'000)  // 12.8 GB
    throw InputError("at most 40000 cases, for a matrix with one number for each pair", std::to_string(count));
  refuse_unless_probabilities(probabilities);
  const auto open = design == PairDesign::poisson ? detail::Open{} : detail::open_of(probabilities);
  std::vector<double> out(count * count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) out[i * count + j] = probabilities[i] * probabilities[j];
    out[i * count + i] = probabilities[i];
  }
  const auto pairs = open.position.empty() ? detail::Pairs{} : detail::pairs_of(open, design);
  std::size_t at = 0;
  for (std::size_t i = 0; i < open.position.size(); ++i)
    for (std::size_t j = i + 1; j < open.position.size(); ++j, ++at) {
      const auto row = static_cast<std::size_t>(open.position[i]);
      const auto column = static_cast<std::size_t>(open.position[j]);
      out[row * count + column] = out[column * count + row] = pairs[at];
    }
  return out;
}

}  // namespace assay::sampling
