#pragma once
/// \file
/// What a complex sample says of a share, and the sample size that its intervals may claim.

#include <algorithm>
#include <cmath>
#include <limits>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/numeric/special.hpp>

namespace assay {

/// A share as a weighted, stratified or clustered sample estimates it. Every interval of this room for such samples
/// takes one: wilson, korn_graubard, logit, likelihood, beta, arcsine, jeffreys, agresti_coull, wald.
///
/// A share of 0 or 1, a standard error of 0 (an indicator that is constant within every stratum or cluster) and no
/// degrees of freedom are all legal: they are what small slices look like, and each interval answers them honestly.
struct DesignedShare {
  double share{0.0};           ///< the estimate, between 0 and 1
  double standard_error{0.0};  ///< as the design estimates it; 0 says that it estimates nothing, not certainty
  double n{0.0};               ///< sampled units
  double kish{0.0};            ///< (sum of weights)^2 / sum of squared weights; where a finite-population correction
                               ///< applies, divided by the part of the variance that it leaves. Infinity: a census
  double degrees_of_freedom{0.0};  ///< sampling units less strata, within the domain; infinity: the error is known
};

/// Which sample size a complex sample may claim.
enum class EffectiveSize : unsigned char {
  smaller,  ///< the smaller of the plug-in and Kish's: the default, and honest where weights are unequal
  plug_in   ///< share (1 - share) / standard_error^2, as survey software claims it; Kish's where that is 0 / 0
};

namespace detail {

/// \throws InputError unless the estimate can be one.
inline void require_designed(const DesignedShare& d) {
  if (!(d.share >= 0.0 && d.share <= 1.0)) throw InputError("a share between 0 and 1", to_text(d.share));
  if (!(d.standard_error >= 0.0 && std::isfinite(d.standard_error)))
    throw InputError("a standard error of 0 or more", to_text(d.standard_error));
  if (!(d.n >= 0.0)) throw InputError("a sample size of 0 or more", to_text(d.n));
  if (!(d.kish >= 0.0)) throw InputError("Kish's sample size of 0 or more", to_text(d.kish));
  if (!(d.degrees_of_freedom >= 0.0))
    throw InputError("degrees of freedom of 0 or more", to_text(d.degrees_of_freedom));
}

/// Student's upper quantile at half of what the confidence leaves outside; infinity without degrees of freedom, and
/// where it is beyond the range of a double.
[[nodiscard]] inline double critical_t(Confidence c, double degrees_of_freedom) {
  const double tail = 0.5 * c.alpha();
  if (degrees_of_freedom == 0.0 || -std::log(tail) > 600.0 * degrees_of_freedom)
    return std::numeric_limits<double>::infinity();
  return std::abs(student_t_quantile(tail, degrees_of_freedom));
}

/// An interval method for n_effective trials, after what every one of them answers alike: a census is known, and
/// nothing is known without data or without degrees of freedom.
template <class Limits>
[[nodiscard]] Interval designed_limits(const DesignedShare& d, double size, double t, const Limits& limits) {
  if (std::isinf(size) && !std::isinf(t)) return {d.share, d.share};
  if (!(size > 0.0) || std::isinf(t)) return {0.0, 1.0};
  const Interval found = limits(size);
  return {std::clamp(found.lower, 0.0, d.share), std::clamp(found.upper, d.share, 1.0)};
}

}  // namespace detail

/// The size of a simple random sample that would know as much, before degrees of freedom are heeded.
///
/// Where nothing was estimated (a share of 0 or 1, a standard error of 0) the plug-in size is 0 / 0 or infinite and
/// says nothing; Kish's stands in, which depends on the weights alone. Not the number of sampled units: 180 audits of
/// weight 0.05 and 20 of weight 0.95 without an error would claim 200 where 22 are honest.
/// \throws InputError for a share outside [0, 1], or a size, standard error or degrees of freedom below 0 (NaN
/// included).
[[nodiscard]] inline double effective_size(const DesignedShare& d, EffectiveSize size = EffectiveSize::smaller) {
  detail::require_designed(d);
  const double spread = d.share * (1.0 - d.share);
  const double variance = d.standard_error * d.standard_error;
  if (std::isinf(d.kish) || spread == 0.0 || variance == 0.0) return d.kish;
  const double plug_in = spread / variance;
  return size == EffectiveSize::plug_in ? plug_in : std::min(plug_in, d.kish);
}

/// The effective size times (t_{n - 1} / t_df)^2, at most 1: what the degrees of freedom leave of it, by Korn and
/// Graubard. 0 without degrees of freedom.
///
/// \throws InputError as effective_size does.
/// Reference: Korn & Graubard (1998), Survey Methodology 24(2):193-201
[[nodiscard]] inline double adjusted_size(const DesignedShare& d, Confidence c,
                                          EffectiveSize size = EffectiveSize::smaller) {
  const double effective = effective_size(d, size);
  const double t = detail::critical_t(c, d.degrees_of_freedom);
  if (std::isinf(t)) return 0.0;
  if (d.n <= 1.0) return effective;
  const double ratio = std::min(1.0, detail::critical_t(c, d.n - 1.0) / t);
  return effective * ratio * ratio;
}

}  // namespace assay
