#pragma once
/// \file
/// From sums of variances to widths that are kept: what Student's t and whole numbers still ask for, or leave over.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <assay/sampling/precision.hpp>

namespace assay::allocation::detail {

/// The sum of variances, at Wilson's or the exact limits, for which a slice has this half-width.
inline double limit_of(const Prospect& prospect, const Slice& slice, const SliceLaw& law, double width) {
  if (!slice.half_width) return 0.0;
  return law.exact ? exact_inverse(law.rate, width, prospect.confidence)
                   : wilson_inverse(law.rate, width, normal_quantile(0.5 * prospect.confidence.alpha()));
}

/// Which of a slice's two sums are demanded: often one is always the larger, or turns out to be.
struct Sums {
  bool expected{false};
  bool kish{false};
};

inline Sums sums_of(const Prospect& prospect, const SliceLaw& law) {
  const Counts& most = prospect.limits.most;
  const bool more = reached(prospect, law.expected, most, false) > reached(prospect, law.kish, most, false);
  return {more, !more};
}

/// A step towards sums that give the widths wished; true when there was no need for one. Student's t falls while sizes
/// rise, so a whole step would swing to and fro: by real sizes it is half of one, on the logarithmic scale.
inline bool tighten(const Prospect& prospect, const std::vector<SliceLaw>& laws, const std::vector<double>& limits,
                    const DomainAllocation& found, std::vector<double>& tight, std::vector<Sums>& sums) {
  bool added = false;
  for (std::size_t d = 0; d < laws.size(); ++d) {
    if (!prospect.slices[d].half_width) continue;
    const double limit = limits[d] * tight[d] * (1.0 + 1e-6);
    const auto look = [&](bool& have, const std::vector<Variance>& parts) {
      if (have || reached(prospect, parts, found.real, prospect.finite) <= limit) return;
      have = added = true;
    };
    look(sums[d].expected, laws[d].expected);
    look(sums[d].kish, laws[d].kish);
  }
  if (added) return false;
  bool kept = true;
  for (std::size_t d = 0; d < laws.size(); ++d) {
    const Slice& slice = prospect.slices[d];
    if (!slice.half_width) continue;
    const double width = half_width_of(prospect, laws[d], found.real);
    const double step = limits[d] / limit_of(prospect, slice, laws[d], std::clamp(width, 1e-9, 0.4999));
    if ((step > 0.999 && step < 1.003) || (step >= 1.0 && tight[d] >= 1.0)) continue;
    tight[d] = std::min(1.0, tight[d] * std::sqrt(step));
    kept = false;
  }
  return kept;
}

/// Whether a slice is as sharp as wished, with these sizes.
inline bool keeps(const Prospect& prospect, const Slice& slice, const SliceLaw& law, const Counts& sizes) {
  if (slice.half_width && half_width_of(prospect, law, sizes) > *slice.half_width * (1.0 + 1e-9)) return false;
  if (slice.variation && variation_of(prospect, law, sizes) > *slice.variation * (1.0 + 1e-9)) return false;
  const auto minimum = static_cast<double>(std::min(slice.minimum, law.cases));
  return slice.minimum == 0 || minimum * reached(prospect, law.kish, sizes, false) <= 1.0 + 1e-9;
}

/// Adds audits, where they help most for their cost, until every width is kept that whole numbers or Student's t left a
/// little too wide.
inline void repair(const Prospect& prospect, const std::vector<SliceLaw>& laws, Counts& sizes) {
  // More audits in one stratum can widen a slice a little that others share (its weights become less equal), so the
  // slices are gone through until none is too wide.
  for (int sweep = 0; sweep < 64; ++sweep) {
    bool moved = false;
    for (std::size_t d = 0; d < laws.size(); ++d) {
      const auto& parts = laws[d].kish;
      std::vector<std::pair<double, std::size_t>> gains;
      while (!keeps(prospect, prospect.slices[d], laws[d], sizes)) {
        gains.clear();
        for (std::size_t i = 0; i < parts.size(); ++i) {
          const std::size_t h = parts[i].stratum;
          const auto n = static_cast<double>(sizes[h]);
          const double amount = std::max(parts[i].amount, laws[d].expected[i].amount);
          if (sizes[h] < prospect.limits.most[h]) gains.emplace_back(-amount / (n * (n + 1.0) * prospect.costs[h]), h);
        }
        if (gains.empty()) break;
        const std::size_t at_once = std::min(gains.size(), 1 + parts.size() / 50);
        std::partial_sort(gains.begin(), gains.begin() + static_cast<std::ptrdiff_t>(at_once), gains.end());
        for (std::size_t i = 0; i < at_once; ++i) ++sizes[gains[i].second];
        moved = true;
      }
    }
    if (!moved) return;
  }
}

/// Takes back audits that no wish needs, one at a time, the dearest first: in small samples Student's t jumps, and the
/// sums were tightened for the worst of it. Large problems have no such jumps and are left as they are.
inline void trim(const Prospect& prospect, const std::vector<SliceLaw>& laws, Counts& sizes) {
  std::vector<std::vector<std::size_t>> slices_of(sizes.size());
  std::size_t work = 0;
  for (std::size_t d = 0; d < laws.size(); ++d)
    for (const auto& part : laws[d].kish) {
      slices_of[part.stratum].push_back(d);
      work += laws[d].kish.size();
    }
  if (work > 200'000) return;
  std::vector<std::size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return prospect.costs[a] > prospect.costs[b]; });
  for (bool moved = true; moved;) {
    moved = false;
    for (const std::size_t h : order) {
      if (sizes[h] <= prospect.limits.least[h]) continue;
      --sizes[h];
      const bool kept = std::all_of(slices_of[h].begin(), slices_of[h].end(),
                                    [&](std::size_t d) { return keeps(prospect, prospect.slices[d], laws[d], sizes); });
      if (!kept) ++sizes[h];
      moved = moved || kept;
    }
  }
}

}  // namespace assay::allocation::detail
