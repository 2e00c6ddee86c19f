#pragma once
/// \file
/// Reweighting audited cases to what the frame knows of each stratum's part of the denominator.

#include <algorithm>
#include <cmath>
#include <span>

#include <assay/score/evidence.hpp>

namespace assay::detail {

/// Reweights each stratum's part of the denominator to its known size. False where that cannot be done.
[[nodiscard]] inline bool post_stratify(SliceEvidence& evidence) {
  if (!evidence.equal_weights || std::isnan(evidence.denominator_population)) return false;
  for (std::size_t h = 0; h < evidence.strata.size(); ++h) {
    const double size = evidence.sizes[h];
    const Moments& m = evidence.strata[h].groups.front().moments;
    if (size > 0.0 && m.x == 0.0) return false;
  }
  std::size_t kept = 0;
  evidence.heaviest_hit = evidence.heaviest_miss = evidence.total = 0.0;
  for (std::size_t h = 0; h < evidence.strata.size(); ++h) {
    const double size = evidence.sizes[h];
    if (size == 0.0) continue;
    Moments m = evidence.groups[h].moments;
    const double audited = m.x * m.x / m.xx;
    const double hits = m.y / m.x * audited;
    const double weight = size / audited;
    evidence.groups[kept] = {
        audited, audited, {weight * hits, size, weight * weight * hits, weight * weight * hits, weight * size}};
    evidence.strata[kept] = {size, audited, {}};
    evidence.heaviest_hit = evidence.heaviest_miss = std::max(evidence.heaviest_hit, weight);
    evidence.total += size;
    ++kept;
  }
  evidence.groups.resize(kept);
  evidence.strata.resize(kept);
  for (std::size_t h = 0; h < kept; ++h)
    evidence.strata[h].groups = std::span<const GroupSample>{evidence.groups}.subspan(h, 1);
  evidence.denominator_varies = false;
  return true;
}

/// The mean over strata of known size: each centred on its own share.
[[nodiscard]] inline Estimate post_stratified(std::span<const StratumSample> strata) noexcept {
  Estimate estimate;
  double total = 0.0;
  for (const StratumSample& stratum : strata) total += stratum.population;
  for (const StratumSample& stratum : strata) {
    const Moments& m = stratum.groups.front().moments;
    const double share = m.y / m.x;
    const double part = stratum.population / total;
    const double n = stratum.sampled;
    const double variance = part * part * share * (1.0 - share) / std::max(1.0, n - 1.0);
    estimate.value += part * share;
    estimate.process_variance += variance;
    estimate.finite_variance += (1.0 - stratum.sampling_fraction()) * variance;
  }
  return estimate;
}

}  // namespace assay::detail
