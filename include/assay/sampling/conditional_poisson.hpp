#pragma once
/// \file
/// Conditional Poisson sampling: of all designs of a fixed size with given inclusion probabilities, the most random one
/// (maximum entropy).

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/random.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/inclusion.hpp>
#include <assay/sampling/poisson_binomial.hpp>

namespace assay::sampling {

namespace detail {

/// Log-odds, moved by one constant so that their chances add up to n; answers the chances.
inline std::vector<double> centred(std::vector<double>& odds, double n) {
  std::vector<double> chance(odds.size());
  for (int step = 0; step < 200; ++step) {
    CarefulSum sum;
    double spread = 0.0;
    for (std::size_t i = 0; i < odds.size(); ++i) {
      chance[i] = 1.0 / (1.0 + std::exp(-odds[i]));
      sum.add(chance[i]);
      spread += chance[i] * (1.0 - chance[i]);
    }
    const double miss = n - sum.value();
    if (std::abs(miss) <= 1e-13 * n) break;
    const double move = std::clamp(miss / std::max(spread, 1e-300), -1.0, 1.0);
    for (auto& each : odds) each += move;
  }
  return chance;
}

/// How far the chances of a draw are from those wished for, relative to the wish.
struct Miss {
  std::vector<double> by{};  ///< wished - got
  double largest{std::numeric_limits<double>::infinity()};
};

inline Miss miss_of(const PoissonBinomial& law, RealView wished) {
  Miss miss{.by = law.with_each(), .largest = 0.0};
  const double size = law.size_chance();
  for (std::size_t i = 0; i < wished.size(); ++i) {
    miss.by[i] = wished[i] - miss.by[i] / size;
    miss.largest = std::max(miss.largest, std::abs(miss.by[i]) / wished[i]);
  }
  return miss;
}

/// Newton's step for the log-odds: solves (covariance of the sample) step = miss by conjugate gradients. The covariance
/// is never written down; its products cost O(cases * nodes).
inline std::vector<double> newton_step(const PoissonBinomial& law, RealView wished, const std::vector<double>& miss) {
  const std::size_t count = wished.size();
  const double size = law.size_chance();
  std::vector<double> got = law.with_each();
  for (auto& each : got) each /= size;
  const auto product = [](const std::vector<double>& a, const std::vector<double>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  };
  std::vector<double> x(count), r = miss, z(count), spread(count);
  for (std::size_t i = 0; i < count; ++i) spread[i] = std::max(got[i] * (1.0 - got[i]), 1e-300);
  // A step that is the same for all changes nothing, so the miss must add up to 0: what rounding adds is taken out.
  const double surplus = std::accumulate(r.begin(), r.end(), 0.0) / std::accumulate(spread.begin(), spread.end(), 0.0);
  for (std::size_t i = 0; i < count; ++i) r[i] -= surplus * spread[i];
  const auto precondition = [&] {
    for (std::size_t i = 0; i < count; ++i) z[i] = r[i] / spread[i];
  };
  precondition();
  std::vector<double> direction = z;
  double energy = product(r, z);
  const double enough = 1e-12 * energy;
  for (int step = 0; step < 60 && energy > enough; ++step) {
    std::vector<double> image = law.with_pairs(direction);
    const double mean = product(got, direction);
    for (std::size_t i = 0; i < count; ++i) image[i] = image[i] / size - got[i] * mean;
    const double curve = product(direction, image);
    if (!(curve > 0.0)) break;
    const double along = energy / curve;
    for (std::size_t i = 0; i < count; ++i) {
      x[i] += along * direction[i];
      r[i] -= along * image[i];
    }
    precondition();
    const double next = product(r, z);
    for (std::size_t i = 0; i < count; ++i) direction[i] = z[i] + next / energy * direction[i];
    energy = next;
  }
  return x;
}

/// The working chances of `conditional_poisson`, for chances strictly between 0 and 1 that add up to n.
inline std::vector<double> working_chances(RealView wished, std::int64_t n) {
  const auto size = static_cast<double>(n);
  std::vector<double> odds(wished.size());
  for (std::size_t i = 0; i < wished.size(); ++i) odds[i] = std::log(wished[i]) - std::log1p(-wished[i]);
  std::vector<double> chance = centred(odds, size);
  Miss miss = miss_of(PoissonBinomial{chance, n}, wished);
  for (int round = 0; round < 60 && miss.largest > 1e-13; ++round) {
    const std::vector<double> step = newton_step(PoissonBinomial{chance, n}, wished, miss.by);
    bool better = false;
    const double least = miss.largest < 1e-10 ? 0.9 : 1e-6;  // so near, a shorter step is no better either
    for (double part = 1.0; part > least && !better; part *= 0.5) {
      std::vector<double> moved = odds;
      for (std::size_t i = 0; i < odds.size(); ++i) moved[i] += part * step[i];
      std::vector<double> tried = centred(moved, size);
      Miss after = miss_of(PoissonBinomial{tried, n}, wished);
      if (!(after.largest < miss.largest)) continue;
      better = true;
      odds = std::move(moved);
      chance = std::move(tried);
      miss = std::move(after);
    }
    if (!better) break;  // rounding has the last word
  }
  if (!(miss.largest < 1e-8))
    throw InputError("inclusion probabilities that double precision can hold apart from 0 and 1",
                     "a largest relative miss of " + to_text(miss.largest), {},
                     "set probabilities within 1e-12 of 0 or 1 aside, as left out or certain");
  return chance;
}

/// A Poisson sample, drawn again until its size is n: the positions among the chances.
inline std::vector<std::size_t> poisson_of_size(RealView chances, std::size_t n, Random& random) {
  std::vector<std::size_t> drawn;
  drawn.reserve(n + 1);
  for (;;) {
    drawn.clear();
    for (std::size_t i = 0; i < chances.size() && drawn.size() <= n; ++i)
      if (random.uniform() < chances[i]) drawn.push_back(i);
    if (drawn.size() == n) return drawn;
  }
}

}  // namespace detail

/// The working probabilities: a Poisson sample drawn with them has, given its size, the inclusion probabilities wished
/// for. They add up to n as well; certain cases keep 1.
///
/// Newton's method on the log-odds, its linear systems solved by conjugate gradients; relative error of the resulting
/// inclusion probabilities below 1e-12. Cost: O(N) memory, about 10^3 N operations.
/// \throws InputError as `size_of` does, and for probabilities that cannot be told from 0 or 1.
///
/// Reference: Chen, Dempster & Liu (1994), Biometrika 81(3):457-469, doi:10.1093/biomet/81.3.457 (existence,
/// uniqueness); Tillé (2006), Sampling Algorithms, section 5.
[[nodiscard]] inline std::vector<double> working_probabilities(RealView probabilities) {
  const auto open = detail::open_of(probabilities);
  std::vector<double> out(probabilities.begin(), probabilities.end());
  if (open.position.empty()) return out;
  const auto chance = detail::working_chances(open.chance, open.size);
  for (std::size_t i = 0; i < chance.size(); ++i) out[static_cast<std::size_t>(open.position[i])] = chance[i];
  return out;
}

/// Draws a fixed number of cases with these inclusion probabilities; every sample of that size is possible, and none is
/// preferred beyond what the probabilities say. Its joint probabilities are known exactly (joint.hpp).
///
/// Use when: sizes are unequal and an unbiased estimate of the variance is wanted: the default for unequal chances.
/// Not for: spreading the sample along a list or a map (systematic.hpp, local_pivotal.hpp), or balancing it (cube.hpp).
/// A Poisson sample with the working probabilities is drawn until it has the right size, some sqrt(2 pi sum p (1 - p))
/// times: exact, where sequential drawing would rest on tables of rounded sums.
/// The law does not depend on the order of the list; a given sample does.
/// One seed, one sample: the working probabilities rest on exp, log and sin, so two mathematical libraries that differ
/// in a last digit may disagree about a case, with a chance below 1e-12 a case and try.
/// \throws InputError as `working_probabilities` does.
///
/// Reference: Hájek (1964), Ann. Math. Statistics 35(4):1491-1523; Chen & Liu (1997), Statistica Sinica 7:875-892.
[[nodiscard]] inline Positions conditional_poisson(RealView probabilities, Random& random) {
  const auto open = detail::open_of(probabilities);
  if (open.position.empty()) return open.drawn;
  const auto chance = detail::working_chances(open.chance, open.size);
  return open.with(detail::poisson_of_size(chance, static_cast<std::size_t>(open.size), random));
}

}  // namespace assay::sampling
