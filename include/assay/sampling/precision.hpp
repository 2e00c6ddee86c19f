#pragma once
/// \file
/// How sharp a score will be: the half-width to expect for a slice before a single audit is done.
///
/// It is about the width that the score itself will have: of exact limits where a slice is one whole stratum of a
/// finite queue; elsewhere of Wilson's limits on the smaller of two effective sample sizes (of the variance, and
/// Kish's), with Student's t, which are on average as wide as the beta limits of scores to within one percent.
///
/// Assumes: simple random draws within strata, and rates as expected. A width is taken at the expected rate, where it
/// is about as wide as widths are on average, or a little wider, because it grows ever more slowly with the rate. Not
/// for: rates that are guesses near 0: take the largest one that would not surprise.
///
/// Reference: Franco, Little, Louis & Slud (2019), J. Surv. Stat. Methodol. 7(3):334-364; Kish (1965), Survey Sampling,
/// section 11.7.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/numeric/special.hpp>
#include <assay/sampling/box_allocation.hpp>
#include <assay/sampling/domain_allocation.hpp>

namespace assay::allocation {

/// So many cases of a stratum belong to a slice.
struct SlicePart {
  std::size_t stratum{0};
  std::int64_t cases{0};
  std::optional<double> rate{};  ///< error rate expected among them; none: the stratum's
};

/// A slice of the frame, and how sharp its score is to be. Without wishes its sharpness is told, and nothing demanded.
struct Slice {
  std::string name{};
  std::vector<SlicePart> parts{};
  std::optional<double> half_width{};
  std::optional<double> variation{};  ///< coefficient of variation of the rate: standard error over rate
  std::int64_t minimum{0};            ///< audits in effect (Kish's, never more than there are) to be expected
};

/// What is known before a single audit is done.
struct Prospect {
  Counts populations{};
  std::vector<double> rates{};  ///< error rate expected in each stratum
  std::vector<double> costs{};  ///< of one audit in each stratum
  Limits limits{};
  std::vector<Slice> slices{};
  Confidence confidence{0.95};
  bool finite{true};  ///< this queue (true), or the process that made it
};

namespace detail {

/// Rates are planned with no nearer to 0 and 1 than this, so that a stratum believed to be perfect is still looked at.
inline double planning_rate(double rate) { return std::clamp(rate, 1e-6, 1.0 - 1e-6); }

/// Half the width of Wilson's interval at this rate, when the effective sample size is 1 / v.
inline double wilson_half_width(double rate, double v, double z) {
  const double k = z * z * v;
  if (!(k < 1e150)) return 0.5;
  return std::sqrt(k * rate * (1.0 - rate) + 0.25 * k * k) / (1.0 + k);
}

/// The largest 1 / n for which that half-width is at most `width` (a quadratic equation).
inline double wilson_inverse(double rate, double width, double z) {
  const double a = 0.25 - width * width;
  const double b = rate * (1.0 - rate) - 2.0 * width * width;
  return 2.0 * width * width / (b + std::sqrt(b * b + 4.0 * a * width * width)) / (z * z);
}

/// Half the width of exact limits for a whole stratum, v = 1 / size - 1 / population: those of Clopper and Pearson for
/// 1 / v trials, whose step of half a case is as much too small as the whole numbers of the limits are too wide.
inline double exact_half_width(double rate, double v, Confidence confidence) {
  if (!(v > 0.0)) return 0.0;
  const double n = 1.0 / v;
  if (n > 1e9) return wilson_half_width(rate, v, normal_quantile(0.5 * confidence.alpha()));
  if (n < 1e-3) return 0.5;
  const double wrong = rate * n;
  const double tail = 0.5 * confidence.alpha();
  const double lower = beta_quantile(wrong, n - wrong + 1.0, tail);
  const double upper = beta_quantile_complement(wrong + 1.0, n - wrong, tail);
  return 0.5 * (upper - lower);
}

/// The largest v for which that half-width is at most `width`.
inline double exact_inverse(double rate, double width, Confidence confidence) {
  const double z = normal_quantile(0.5 * confidence.alpha());
  double high = std::log(wilson_inverse(rate, width, z));  // about right; for rates near 0 a little too narrow
  while (high < 7.0 && exact_half_width(rate, std::exp(high), confidence) <= width) high += 0.1;
  double low = high - 1.0;
  while (exact_half_width(rate, std::exp(low), confidence) > width) high = low, low -= 1.0;
  double at_low = std::log(exact_half_width(rate, std::exp(low), confidence) / width);
  double at_high = std::log(exact_half_width(rate, std::exp(high), confidence) / width);
  for (int round = 0; round < 60 && high - low > 1e-10; ++round) {  // by secants, halving where they are slow
    const double secant = low - at_low * (high - low) / (at_high - at_low) - 1e-12;
    const double middle = round % 4 == 3 ? 0.5 * (low + high) : std::clamp(secant, low, high);
    const double at = std::log(exact_half_width(rate, std::exp(middle), confidence) / width);
    (at <= 0.0 ? low : high) = middle;
    (at <= 0.0 ? at_low : at_high) = at;
    if (at <= 0.0 && at > -1e-9) break;
  }
  return std::exp(low);
}

/// A slice's rate, and the two sums of amount_h (1 / n_h - 1 / N_h) that are 1 / n of its effective sample sizes: the
/// one of the variance expected, and Kish's, which counts unequal weights alone. A score uses the smaller n, so both
/// count.
struct SliceLaw {
  double rate{0.0};
  std::int64_t cases{0};
  bool exact{false};                 ///< one whole stratum of a finite queue
  std::vector<double> share{};       ///< of each part, the slice's share of the stratum
  std::vector<Variance> expected{};  ///< over rate (1 - rate)
  std::vector<Variance> kish{};
};

inline SliceLaw law_of(const Prospect& prospect, const Slice& slice) {
  SliceLaw law;
  const auto rate_of = [&](const SlicePart& part) {
    return planning_rate(part.rate.value_or(prospect.rates[part.stratum]));
  };
  for (const auto& part : slice.parts) {
    law.cases += part.cases;
    law.rate += static_cast<double>(part.cases) * rate_of(part);
  }
  const auto held = static_cast<double>(law.cases);
  law.rate = std::clamp(law.rate / held, 1e-6, 1.0 - 1e-6);
  bool whole = true;
  for (const auto& part : slice.parts) {
    if (part.cases == 0) continue;
    const auto stratum = static_cast<double>(prospect.populations[part.stratum]);
    const double share = static_cast<double>(part.cases) / stratum;
    const double rate = rate_of(part);
    const double apart = rate - law.rate;
    // the variance within the stratum of "wrong, less the slice's rate", 0 outside the slice
    const double spread = share * rate * (1.0 - rate) + share * (1.0 - share) * apart * apart;
    const double weight = stratum / held * stratum / held;
    law.share.push_back(share);
    law.expected.push_back({part.stratum, weight * spread / (law.rate * (1.0 - law.rate))});
    law.kish.push_back({part.stratum, weight * share});
    whole = whole && part.cases == prospect.populations[part.stratum];
  }
  law.exact = prospect.finite && whole && law.kish.size() == 1;
  return law;
}

/// The sum of amount / n, less amount / N where the population counts; infinite where a stratum has no audits.
template <class Sizes>  // whole or real
double reached(const Prospect& prospect, const std::vector<Variance>& parts, const Sizes& sizes, bool finite) {
  double sum = 0.0;
  for (const auto& [h, amount] : parts) {
    if (!(sizes[h] > 0)) return std::numeric_limits<double>::infinity();
    sum += amount *
           (1.0 / static_cast<double>(sizes[h]) - (finite ? 1.0 / static_cast<double>(prospect.populations[h]) : 0.0));
  }
  return std::max(0.0, sum);
}

/// Audits that fall into the slice, on average.
template <class Sizes>
double audits_in(const SliceLaw& law, const Sizes& sizes) {
  double sum = 0.0;
  for (std::size_t i = 0; i < law.kish.size(); ++i)
    sum += law.share[i] * static_cast<double>(sizes[law.kish[i].stratum]);
  return sum;
}

/// Degrees of freedom that a score will have: audits in the slice less the strata that have one there, as expected.
template <class Sizes>
double degrees_of_freedom(const SliceLaw& law, const Sizes& sizes) {
  if (law.kish.size() == 1) return std::numeric_limits<double>::infinity();
  double strata = 0.0;
  for (std::size_t i = 0; i < law.kish.size(); ++i)
    strata += law.share[i] >= 1.0
                  ? 1.0
                  : -std::expm1(static_cast<double>(sizes[law.kish[i].stratum]) * std::log1p(-law.share[i]));
  return std::max(1.0, audits_in(law, sizes) - strata);
}

template <class Sizes>
double half_width_of(const Prospect& prospect, const SliceLaw& law, const Sizes& sizes) {
  const double kish = reached(prospect, law.kish, sizes, prospect.finite);
  if (!std::isfinite(kish)) return 0.5;
  if (law.exact) return exact_half_width(law.rate, kish, prospect.confidence);
  double v = std::max(kish, reached(prospect, law.expected, sizes, prospect.finite));
  if (prospect.finite) {  // a score shrinks the variance by the one factor that weights alone give
    const double endless = reached(prospect, law.kish, sizes, false);
    v = std::max(v, reached(prospect, law.expected, sizes, false) * kish / endless);
  }
  const double df = degrees_of_freedom(law, sizes);
  return wilson_half_width(law.rate, v, student_t_quantile(0.5 * prospect.confidence.alpha(), df));
}

/// Standard error over rate.
inline double variation_of(const Prospect& prospect, const SliceLaw& law, const Counts& sizes) {
  return std::sqrt(reached(prospect, law.expected, sizes, prospect.finite) * (1.0 - law.rate) / law.rate);
}

inline void refuse_unless_slices(const Prospect& prospect) {
  const std::size_t strata = prospect.populations.size();
  for (const Slice& slice : prospect.slices) {
    const Place place{"half_width", {}};
    if (slice.half_width && !(*slice.half_width > 0.0 && *slice.half_width < 0.5))
      throw InputError("a half-width above 0 and below 0.5 for " + in_quotes(slice.name), to_text(*slice.half_width),
                       place);
    if (slice.variation && !(*slice.variation > 0.0 && std::isfinite(*slice.variation)))
      throw InputError("a coefficient of variation above 0 for " + in_quotes(slice.name), to_text(*slice.variation),
                       {"coefficient_of_variation", {}});
    if (slice.minimum < 0)
      throw InputError("a minimum of 0 or more for " + in_quotes(slice.name), to_text(slice.minimum));
    std::int64_t held = 0;
    for (const auto& part : slice.parts) {
      if (part.stratum >= strata || part.cases < 0 || part.cases > prospect.populations[part.stratum])
        throw InputError("parts of " + in_quotes(slice.name) + " that their strata hold",
                         to_text(part.cases) + " cases of stratum " + std::to_string(part.stratum), place);
      if (part.rate && !(*part.rate >= 0.0 && *part.rate <= 1.0))
        throw InputError("an expected rate between 0 and 1 in " + in_quotes(slice.name), to_text(*part.rate),
                         {"expected", {}});
      held += part.cases;
    }
    if (held == 0) throw InputError("a slice with cases", "none in " + in_quotes(slice.name), place);
  }
}

}  // namespace detail

/// What a slice may look forward to, with sizes settled.
struct Outlook {
  double rate{0.0};        ///< expected
  std::int64_t cases{0};   ///< of the frame
  double audits{0.0};      ///< expected
  double half_width{0.5};  ///< expected
  double variation{0.0};   ///< expected coefficient of variation of the rate
};

/// The outlook of every slice of a prospect. \throws InputError for slices that cannot be read.
[[nodiscard]] inline std::vector<Outlook> outlooks(const Prospect& prospect, const Counts& sizes) {
  detail::refuse_unless_slices(prospect);
  std::vector<Outlook> out;
  for (const Slice& slice : prospect.slices) {
    const auto law = detail::law_of(prospect, slice);
    out.push_back({law.rate, law.cases, detail::audits_in(law, sizes), detail::half_width_of(prospect, law, sizes),
                   detail::variation_of(prospect, law, sizes)});
  }
  return out;
}

}  // namespace assay::allocation
