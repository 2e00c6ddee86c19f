#pragma once
/// \file
/// The true inclusion probabilities of successive sampling (what weighted reservoirs draw).

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/inclusion.hpp>

namespace assay::sampling {

namespace detail {

/// \throws InputError unless there are weights, finite and above 0, and 1 <= n <= their number.
inline void refuse_unless_weights(RealView weights, std::int64_t n) {
  if (weights.empty()) throw InputError("at least one weight", "none");
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (!(weights[i] > 0.0 && std::isfinite(weights[i])))
      throw InputError("a finite weight above 0", to_text(weights[i]), {"weights", static_cast<std::int64_t>(i)});
  if (n < 1 || n > static_cast<std::int64_t>(weights.size()))
    throw InputError("a sample size between 1 and " + std::to_string(weights.size()) + ", all there is", to_text(n));
}

/// Sums f(t) dt over t > 0 (exp-sinh rule: double-exponential, so 300 nodes are good for 13 digits and more).
template <class Function>
void over_time(double scale, const Function& f) {
  constexpr double width = 1.0 / 32.0;
  for (int node = -150; node <= 150; ++node) {
    const double x = width * node;
    const double t = scale * std::exp(0.5 * std::numbers::pi * std::sinh(x));
    f(t, t * 0.5 * std::numbers::pi * std::cosh(x) * width);
  }
}

/// The chance that at most `most` of all but one of these events happen, for each left out.
inline std::vector<double> all_but_one(RealView chance, std::size_t most, std::vector<double>& room) {
  const std::size_t count = chance.size();
  const std::size_t width = most + 1;
  room.assign((count + 1) * width, 0.0);  // chances of 0 .. most among the first i
  room[0] = 1.0;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = 0; k < width; ++k)
      room[(i + 1) * width + k] =
          room[i * width + k] * (1.0 - chance[i]) + (k > 0 ? room[i * width + k - 1] * chance[i] : 0.0);
  std::vector<double> upto(width, 1.0);  // the chance of at most k among the last ones
  std::vector<double> out(count);
  for (std::size_t i = count; i-- > 0;) {
    for (std::size_t k = 0; k < width; ++k) out[i] += room[i * width + k] * upto[most - k];
    for (std::size_t k = width; k-- > 0;)
      upto[k] = upto[k] * (1.0 - chance[i]) + (k > 0 ? upto[k - 1] * chance[i] : 0.0);
  }
  return out;
}

}  // namespace detail

/// The chance of each case to be among n drawn one after the other, each time in proportion to weight.
///
/// Cases arrive after exponential times with their weights as rates, and the first n are the sample; so the chance is
/// an integral over the time of arrival. Cost: 300 N n.
/// \throws InputError for weights that are not finite and above 0, and n outside 1 .. their number.
///
/// Reference: Rosén (1997), "Asymptotic theory for order sampling", J. Statistical Planning and Inference
/// 62(2):135-158; Takahasi & Mori (1974), "Double exponential formulas for numerical integration", Publ. RIMS
/// 9(3):721-741.
[[nodiscard]] inline std::vector<double> successive_probabilities(RealView weights, std::int64_t n) {
  detail::refuse_unless_weights(weights, n);
  const std::size_t count = weights.size();
  if (n == static_cast<std::int64_t>(count)) return std::vector<double>(count, 1.0);
  const double largest = *std::max_element(weights.begin(), weights.end());
  detail::CarefulSum sum;
  for (const double each : weights) sum.add(each / largest);
  std::vector<double> out(count), chance(count), room;
  detail::over_time(static_cast<double>(n) / sum.value(), [&](double t, double width) {
    for (std::size_t i = 0; i < count; ++i) chance[i] = -std::expm1(-weights[i] / largest * t);
    const auto few = detail::all_but_one(chance, static_cast<std::size_t>(n) - 1, room);
    for (std::size_t i = 0; i < count; ++i) {
      const double rate = weights[i] / largest;
      out[i] += rate * std::exp(-rate * t) * few[i] * width;
    }
  });
  return out;
}

/// The same for pairs: an N x N matrix, row by row. Cost: 300 N^2 n, so for short lists.
/// \throws InputError as above, and for more than 1,000 weights.
[[nodiscard]] inline std::vector<double> successive_joint_probabilities(RealView weights, std::int64_t n) {
  const auto single = successive_probabilities(weights, n);
  const std::size_t count = weights.size();
  if (count > 1'000) throw InputError("at most 1000 weights for joint probabilities", std::to_string(count));
  std::vector<double> out(count * count);
  for (std::size_t i = 0; i < count; ++i) out[i * count + i] = single[i];
  if (n == static_cast<std::int64_t>(count)) return std::vector<double>(count * count, 1.0);
  if (n == 1) return out;
  const double largest = *std::max_element(weights.begin(), weights.end());
  detail::CarefulSum sum;
  for (const double each : weights) sum.add(each / largest);
  std::vector<double> others(count - 1), room;
  detail::over_time(static_cast<double>(n) / sum.value(), [&](double t, double width) {
    for (std::size_t i = 0; i < count; ++i) {  // i arrives at t; the other one has arrived before
      for (std::size_t j = 0, at = 0; j < count; ++j)
        if (j != i) others[at++] = -std::expm1(-weights[j] / largest * t);
      const auto few = detail::all_but_one(others, static_cast<std::size_t>(n) - 2, room);
      const double rate = weights[i] / largest;
      const double arrives = rate * std::exp(-rate * t) * width;
      for (std::size_t j = 0, at = 0; j < count; ++j) {
        if (j == i) continue;
        const double part = arrives * others[at] * few[at];
        out[i * count + j] += part;
        out[j * count + i] += part;
        ++at;
      }
    }
  });
  return out;
}

}  // namespace assay::sampling
