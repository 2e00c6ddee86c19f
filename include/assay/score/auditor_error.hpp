#pragma once
/// \file
/// Rates corrected for auditors who err themselves.

#include <algorithm>
#include <cmath>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/numeric/special.hpp>

namespace assay {

/// How good auditors are, counted on cases whose truth is known (double audits settled by an expert, gold cases).
struct AuditorQuality {
  Trials sensitivity;  ///< truly violating cases: how many of them auditors called violating
  Trials specificity;  ///< truly benign cases: how many of them auditors called benign
};

struct CorrectedRate {
  double value{0.0};  ///< cut to [0, 1]
  Interval limits{};
  double raw{0.0};  ///< the rate as the auditors see it
  bool cut{false};  ///< the correction left [0, 1]: fewer cases were found than the auditors' errors alone explain
};

/// The true rate behind an apparent one, with the uncertainty of the rate and of both auditor qualities.
///
/// Assumes: auditors err alike on the cases audited and on those that measured them, and independently from case to
/// case; sensitivity and specificity come from separate cases.
/// Use when: auditors are measured by double audits and the rate is used as a level, not only to compare.
/// Not for: auditors no better than a coin (refused), or measured on easier cases than they audit.
/// No data: without trials of the rate the limits are [0, 1]; so they are where auditors were measured on so few cases
/// that one success and one failure more would make them no better than a coin.
///
/// `n` may be an effective sample size.
///
/// \throws InputError unless 0 <= rate <= 1, n >= 0, both qualities were measured, and sensitivity + specificity > 1.
///
/// Reference: Rogan & Gladen (1978), Am. J. Epidemiol. 107(1):71-76 (the point); Lang & Reiczigel (2014), Prev. Vet.
/// Med. 113(1):13-22, doi:10.1016/j.prevetmed.2013.09.015 (the limits).
[[nodiscard]] inline CorrectedRate correct_for_auditors(double rate, double n, const AuditorQuality& quality,
                                                        Confidence c) {
  if (!(rate >= 0.0 && rate <= 1.0)) throw InputError("a rate between 0 and 1", to_text(rate));
  if (!(n >= 0.0) || std::isinf(n)) throw InputError("a finite sample size of 0 or more", to_text(n));
  const auto n_sensitivity = static_cast<double>(quality.sensitivity.trials());
  const auto n_specificity = static_cast<double>(quality.specificity.trials());
  if (!(n_sensitivity > 0.0 && n_specificity > 0.0))
    throw InputError(
        "auditors measured on violating and on benign cases",
        to_text(quality.sensitivity.trials()) + " and " + to_text(quality.specificity.trials()) + " cases");
  const double sensitivity = static_cast<double>(quality.sensitivity.successes()) / n_sensitivity;
  const double specificity = static_cast<double>(quality.specificity.successes()) / n_specificity;
  if (!(sensitivity + specificity > 1.0))
    throw InputError("auditors better than a coin (sensitivity + specificity above 1)",
                     to_text(sensitivity + specificity));
  CorrectedRate out;
  out.raw = rate;
  const double value = (rate + specificity - 1.0) / (sensitivity + specificity - 1.0);
  out.value = std::clamp(value, 0.0, 1.0);
  out.cut = value != out.value;
  if (n == 0.0) {
    out.limits = {0.0, 1.0};
    return out;
  }
  // Wilson's centre for the rate, one success and one failure more for each quality.
  const double z = -normal_quantile(0.5 * c.alpha());
  const double size = n + z * z;
  const double p = (n * rate + 0.5 * z * z) / size;
  const double se = (n_sensitivity * sensitivity + 1.0) / (n_sensitivity + 2.0);
  const double sp = (n_specificity * specificity + 1.0) / (n_specificity + 2.0);
  const double slope = se + sp - 1.0;
  if (!(slope > 0.0)) {
    out.limits = {0.0, 1.0};
    return out;
  }
  const double centre = (p + sp - 1.0) / slope;
  const double se_part = se * (1.0 - se) / (n_sensitivity + 2.0);
  const double sp_part = sp * (1.0 - sp) / (n_specificity + 2.0);
  const double shift = 2.0 * z * z * (centre * se_part - (1.0 - centre) * sp_part);
  const double spread =
      std::sqrt(p * (1.0 - p) / size + centre * centre * se_part + (1.0 - centre) * (1.0 - centre) * sp_part) / slope;
  out.limits = {std::min(out.value, std::clamp(centre + shift - z * spread, 0.0, 1.0)),
                std::max(out.value, std::clamp(centre + shift + z * spread, 0.0, 1.0))};
  return out;
}

}  // namespace assay
