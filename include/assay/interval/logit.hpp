#pragma once
/// \file
/// The interval that is symmetric on the scale of log odds.

#include <cmath>

#include <assay/interval/designed_share.hpp>
#include <assay/interval/korn_graubard.hpp>

namespace assay {

/// Logit interval: log odds, give or take Student's t times their linearised standard error.
///
/// Assumes: the log odds are about normal. A share of 0 or 1 has none: korn_graubard answers there.
/// Use when: numbers must agree with survey software, whose usual default it is (with EffectiveSize::plug_in).
/// Not for: few events, where it is wide and lopsided (wilson, korn_graubard). No data, or no degrees of freedom:
/// [0, 1].
///
/// \throws InputError as effective_size does.
///
/// Reference: Korn & Graubard (1999), Analysis of Health Surveys, Wiley, section 3.1
[[nodiscard]] inline Interval logit(const DesignedShare& d, Confidence c, EffectiveSize size = EffectiveSize::smaller) {
  const double t = detail::critical_t(c, d.degrees_of_freedom);
  const double effective = effective_size(d, size);
  if (d.share == 0.0 || d.share == 1.0) return korn_graubard(d, c, size);
  return detail::designed_limits(d, effective, t, [&](double n) {
    const double centre = std::log(d.share) - std::log1p(-d.share);
    const double half = t / std::sqrt(n * d.share * (1.0 - d.share));
    return Interval{1.0 / (1.0 + std::exp(half - centre)), 1.0 / (1.0 + std::exp(-half - centre))};
  });
}

}  // namespace assay
