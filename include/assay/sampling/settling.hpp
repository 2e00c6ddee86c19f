#pragma once
/// \file
/// From sums of variances to widths that are kept: what unequal weights and whole numbers still ask for, or leave over.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/precision.hpp>

namespace assay::allocation::detail {

/// The sum of the errors' weights for which a slice has this half-width; with unequal weights it has a wider one.
inline double limit_of(const Prospect& prospect, const Slice& slice, const SliceLaw& law, double width) {
  if (!slice.half_width) return 0.0;
  if (law.form == Form::exact) return exact_inverse(law.rate, width, prospect.confidence);
  const double wilson = wilson_inverse(law.rate, width, normal_quantile(0.5 * prospect.confidence.alpha()));
  if (law.form == Form::wilson) return wilson;
  return inverse_of([&](double sum) { return least_half_width(prospect, law, sum); }, width, wilson);
}

/// Leans the mean that stands for the heaviest case towards the parts that have it, so that it stands for it better.
inline void lean_on_heaviest(SliceLaw& law, const std::vector<double>& real) {
  if (!(law.pull > 0.0)) return;
  double mean = 0.0, all = 0.0;
  const auto weight = [&](std::size_t i) {
    return std::sqrt(law.kish[i].amount / law.share[i]) / std::max(1e-9, real[law.kish[i].stratum]);
  };
  for (std::size_t i = 0; i < law.lean.size(); ++i) mean += law.lean[i] * weight(i);
  for (std::size_t i = 0; i < law.lean.size(); ++i) all += law.lean[i] *= std::pow(weight(i) / mean, 1.5);
  for (double& each : law.lean) each /= all;
  set_demand(law);
}

/// A step towards sums that give the widths wished; true when there was no need for one. The heaviest case loses weight
/// while sizes rise, so a whole step would swing to and fro: by real sizes it is half of one, on the logarithmic scale.
inline bool tighten(const Prospect& prospect, const std::vector<SliceLaw>& laws, const std::vector<double>& limits,
                    const DomainAllocation& found, std::vector<double>& tight) {
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

/// Wishes that these sizes, the most that there can be, do not fulfil are refused here, with what could be had.
inline void refuse_unless_kept(const Prospect& prospect, const std::vector<SliceLaw>& laws, const Counts& most,
                               double rounding) {
  constexpr const char* mend =
      "no sizes can meet it, not even auditing every case allowed: widen it, or allow more audits in its strata";
  for (std::size_t d = 0; d < laws.size(); ++d) {
    const Slice& slice = prospect.slices[d];
    if (slice.half_width)
      if (const double best = half_width_of(prospect, laws[d], most); best > *slice.half_width * (1.0 + rounding))
        throw InputError("a half-width of at least " + to_text(std::ceil(best * 1e5) / 1e5) + " for " +
                             in_quotes(slice.name) + ", what the most audits allowed can reach",
                         to_text(*slice.half_width), {"half_width", {}}, mend);
    if (slice.variation)
      if (const double best = variation_of(prospect, laws[d], most); best > *slice.variation * (1.0 + rounding))
        throw InputError("a coefficient of variation of at least " + to_text(std::ceil(best * 1e5) / 1e5) + " for " +
                             in_quotes(slice.name) + ", what the most audits allowed can reach",
                         to_text(*slice.variation), {"coefficient_of_variation", {}}, mend);
    const double kish = reached(prospect, laws[d].kish, most, false);
    const double wanted = static_cast<double>(std::min(slice.minimum, laws[d].cases));
    if (slice.minimum > 0 && !(kish * wanted <= 1.0 + rounding))
      throw InputError("a minimum of at most " + to_text(std::floor(1.0 / kish)) + " for " + in_quotes(slice.name) +
                           ", what the most audits allowed can reach",
                       to_text(slice.minimum), {"minimum", {}}, mend);
  }
}

/// What one audit more in each part of a slice takes from its sums, as amounts over sizes: of the errors' weights, of
/// what further wishes ask for, and of the heaviest case that the upper limit allows for.
inline std::vector<double> amounts_of(const Slice& slice, const SliceLaw& law, const Counts& sizes) {
  std::vector<double> out;
  double sum = 0.0, heaviest = 0.0;
  std::size_t where = 0;
  for (std::size_t i = 0; i < law.kish.size(); ++i) {
    out.push_back(law.demand[i].amount);
    if (slice.variation) out.back() = std::max(out.back(), law.expected[i].amount);
    if (slice.minimum > 0) out.back() = std::max(out.back(), law.kish[i].amount);
    const auto n = static_cast<double>(sizes[law.kish[i].stratum]);
    sum += law.events[i].amount / n;
    if (const double weight = std::sqrt(law.kish[i].amount / law.share[i]) / n; weight > heaviest)
      heaviest = weight, where = i;
  }
  if (law.kish.size() > 1 && std::isfinite(sum)) {
    const double added = heaviest * (std::sqrt(law.rate * sum) + 2.0 * heaviest) / law.rate;
    out[where] += Allowance{}.upper * added * static_cast<double>(sizes[law.kish[where].stratum]);
  }
  return out;
}

/// Adds audits, where they help most for their cost, until every width is kept that whole numbers or unequal weights
/// left a little too wide. \throws InputError where a wish is unmet by all audits allowed.
inline void repair(const Prospect& prospect, const std::vector<SliceLaw>& laws, Counts& sizes) {
  // More audits in one stratum can widen a slice a little that others share (its weights become less equal), so the
  // slices are gone through until none is too wide, or has no more to give.
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t d = 0; d < laws.size(); ++d) {
      const auto& parts = laws[d].kish;
      std::vector<std::pair<double, std::size_t>> gains;
      while (!keeps(prospect, prospect.slices[d], laws[d], sizes)) {
        gains.clear();
        const auto amounts = amounts_of(prospect.slices[d], laws[d], sizes);
        for (std::size_t i = 0; i < parts.size(); ++i) {
          const std::size_t h = parts[i].stratum;
          const auto n = static_cast<double>(sizes[h]);
          if (sizes[h] < prospect.limits.most[h])
            gains.emplace_back(-amounts[i] / (n * (n + 1.0) * prospect.costs[h]), h);
        }
        if (gains.empty()) break;
        const std::size_t at_once = std::min(gains.size(), 1 + parts.size() / 50);
        std::partial_sort(gains.begin(), gains.begin() + static_cast<std::ptrdiff_t>(at_once), gains.end());
        for (std::size_t i = 0; i < at_once; ++i) ++sizes[gains[i].second];
        moved = true;
      }
    }
  }
  refuse_unless_kept(prospect, laws, sizes, 1e-6);
}

/// Takes back audits that no wish needs, one at a time, the dearest first: sums were tightened for all strata of a
/// slice alike. Large problems have little of it and are left as they are.
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
