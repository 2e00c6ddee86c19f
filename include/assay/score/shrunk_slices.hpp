#pragma once
/// \file
/// Rates of small slices of a stratified or weighted sample, each drawn towards what all have in common.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/numeric/special.hpp>
#include <assay/score/shrunk_rates.hpp>

namespace assay {

/// A slice's own design-based rate, and how many audits of a simple random sample would know as much; 0 for none.
struct SliceRate {
  double estimate{0.0};
  double size{0.0};
};

struct ShrunkSlice {
  double estimate{0.0};
  double standard_error{0.0};  ///< with what the model itself leaves open
  Interval limits{};
  double shrinkage{0.0};  ///< weight on the common mean: 0 the slice's own audits alone, 1 the common mean alone
};

struct ShrunkSlices {
  double mean{0.0};  ///< what all have in common
  std::vector<ShrunkSlice> slices{};
};

namespace detail {

/// Less than this of one audit is no size but a slip of arithmetic.
inline constexpr double smallest_size = 1e-12;

/// The slices in the terms of Fay and Herriot's model. Variances of sampling are those of the common rate: a slice in
/// which nothing was found has no variance of 0. One audit, half an error, is spread over all slices.
struct SmoothedSlices {
  double common{0.0};
  double typical{0.0};  ///< harmonic mean of the sizes
  std::vector<double> rates{};
  std::vector<double> variances{};  ///< infinite without audits

  explicit SmoothedSlices(std::span<const SliceRate> slices) {
    double all = 0.0;
    double found = 0.0;
    double inverse = 0.0;
    double known = 0.0;
    for (std::size_t i = 0; i < slices.size(); ++i) {
      const SliceRate& slice = slices[i];
      const auto row = static_cast<std::int64_t>(i);
      if (!(slice.size >= 0.0) || std::isinf(slice.size))
        throw InputError("a finite size of 0 or more", to_text(slice.size), {"", row});
      if (slice.size == 0.0) continue;
      if (slice.size < smallest_size)
        throw InputError("a size of 0, or of " + to_text(smallest_size) + " or more", to_text(slice.size), {"", row});
      if (!(slice.estimate >= 0.0 && slice.estimate <= 1.0))
        throw InputError("a rate between 0 and 1", to_text(slice.estimate), {"", row});
      all += slice.size;
      found += slice.size * slice.estimate;
      inverse += 1.0 / slice.size;
      known += 1.0;
    }
    if (!(all > 0.0)) throw InputError("at least one slice with audits", "none");
    common = (found + 0.5) / (all + 1.0);
    typical = known / inverse;
    for (const SliceRate& slice : slices) {
      rates.push_back((slice.estimate * all + 0.5) / (all + 1.0));
      variances.push_back(common * (1.0 - common) / slice.size);
    }
  }
};

/// One variance between slices: what the slices' common mean is under it, and how well it fits them.
struct BetweenNode {
  double between{0.0};
  double mean{0.0};
  double mean_variance{0.0};
  double weight{0.0};
};

/// A grid over the shrinkage of a typical slice, weighted by the restricted likelihood; the variance between slices is
/// uniform beforehand, up to where rates differ as much as none and all. Where a typical slice knows less than one
/// audit, most of that grid would lie beyond: it is then one over the variance itself.
[[nodiscard]] inline std::vector<BetweenNode> supported_variances(const SmoothedSlices& slices) {
  constexpr int steps = 64;
  const double most = slices.common * (1.0 - slices.common);
  std::vector<BetweenNode> nodes;
  double top = 0.0;
  for (int k = 0; k < steps; ++k) {
    const bool little = slices.typical < 1.0;
    const double shrinkage = (k + 0.5) / steps;
    BetweenNode node;
    node.between = little ? most * shrinkage : most / slices.typical * (1.0 - shrinkage) / shrinkage;
    if (node.between > most) continue;
    double precision = 0.0;
    double sum = 0.0;
    double log_variance = 0.0;
    for (std::size_t i = 0; i < slices.rates.size(); ++i) {
      if (std::isinf(slices.variances[i])) continue;
      const double v = node.between + slices.variances[i];
      precision += 1.0 / v;
      sum += slices.rates[i] / v;
      log_variance += std::log(v);
    }
    node.mean = sum / precision;
    node.mean_variance = 1.0 / precision;
    double squares = 0.0;
    for (std::size_t i = 0; i < slices.rates.size(); ++i)
      if (!std::isinf(slices.variances[i]))
        squares += (slices.rates[i] - node.mean) * (slices.rates[i] - node.mean) / (node.between + slices.variances[i]);
    node.weight = (little ? 0.0 : -2.0 * std::log(shrinkage)) - 0.5 * (log_variance + std::log(precision) + squares);
    top = nodes.empty() ? node.weight : std::max(top, node.weight);
    nodes.push_back(node);
  }
  double sum = 0.0;
  for (BetweenNode& node : nodes) sum += node.weight = std::exp(node.weight - top);
  for (BetweenNode& node : nodes) node.weight /= sum;
  return nodes;
}

}  // namespace detail

/// Fay and Herriot's model for rates, averaged over every variance between slices that the slices support.
///
/// Assumes: slices are interchangeable beforehand; each slice's own rate is about unbiased, with a variance near that
/// of the common rate at its size.
/// Use when: slices come from a stratified or weighted sample, so that counts alone do not say how sure they are.
/// Not for: plain counts (shrunk_rates, which knows their law), covariates (fay_herriot), one slice alone.
/// No data: a slice of size 0 gets the common mean, with limits as wide as slices differ.
///
/// `limits` are those of a beta distribution with the mean and the variance of the slice's rate: they stay within
/// [0, 1] and lean the right way near 0; a slice in which nothing was found keeps 0 within its limits. The sampling
/// variance in them is that of the slice's own shrunk rate.
///
/// \throws InputError when no slice has audits, a size is negative, not finite or above 0 but below 1e-12, or a rate is
/// not within [0, 1].
///
/// Reference: Fay & Herriot (1979), JASA 74:269-277; Rao & Molina (2015), Small Area Estimation, ch. 10 (averaging over
/// the variance); Morris (1983), JASA 78:47-55 (the uniform prior).
[[nodiscard]] inline ShrunkSlices shrunk_slices(std::span<const SliceRate> slices, Confidence c) {
  const detail::SmoothedSlices smoothed{slices};
  const std::vector<detail::BetweenNode> nodes = detail::supported_variances(smoothed);
  const double tail = 0.5 * c.alpha();
  const double wider = detail::heavier_tails(c);
  ShrunkSlices out;
  for (const detail::BetweenNode& node : nodes) out.mean += node.weight * node.mean;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    double first = 0.0;
    double second = 0.0;
    ShrunkSlice slice;
    for (const detail::BetweenNode& node : nodes) {
      const double variance = smoothed.variances[i];
      const double shrinkage = std::isinf(variance) ? 1.0 : variance / (variance + node.between);
      const double mean = (1.0 - shrinkage) * smoothed.rates[i] + shrinkage * node.mean;
      const double sampling = std::isinf(variance) ? 0.0 : mean * (1.0 - mean) / slices[i].size;
      const double spread = (1.0 - shrinkage) * (1.0 - shrinkage) * sampling +
                            shrinkage * shrinkage * (node.between + node.mean_variance);
      first += node.weight * mean;
      second += node.weight * (spread + mean * mean);
      slice.shrinkage += node.weight * shrinkage;
    }
    slice.estimate = std::clamp(first, 0.0, 1.0);
    const double widest = 0.999 * first * (1.0 - first);
    const double own = std::clamp(second - first * first, 1e-12 * widest, widest);
    slice.standard_error = std::sqrt(own);
    const double variance = std::fmin(wider * own, widest);
    const double size = first * (1.0 - first) / variance - 1.0;
    slice.limits = {beta_quantile(first * size, (1.0 - first) * size, tail),
                    beta_quantile_complement(first * size, (1.0 - first) * size, tail)};
    // Audits that found no error, or nothing else, cannot exclude that there is none, or nothing else.
    if (slices[i].size > 0.0 && slices[i].estimate == 0.0) slice.limits.lower = 0.0;
    if (slices[i].size > 0.0 && slices[i].estimate == 1.0) slice.limits.upper = 1.0;
    out.slices.push_back(slice);
  }
  return out;
}

}  // namespace assay
