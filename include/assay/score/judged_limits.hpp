#pragma once
/// \file
/// Confidence limits of a share that a judge helped to estimate, from those the audits have alone.

#include <algorithm>
#include <cmath>
#include <limits>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/numeric/special.hpp>

namespace assay {

/// What the audits alone say of a share, and what their method would say about the share that a judge arrives at.
struct AuditsAlone {
  double share{0.0};
  Interval limits{0.0, 1.0};      ///< as they are printed without a judge
  Interval form_here{0.0, 1.0};   ///< by a form that any share has, about `share`
  Interval form_there{0.0, 1.0};  ///< and about the judged value
  double variance{0.0};           ///< that the audits alone would have about the judged value
};

/// A share with a judge, as far as limits need it.
struct JudgedShare {
  double value{0.0};
  double variance{0.0};
  double opposed{0.0};       ///< the part of it that comes from errors against the audits' own direction
  Interval unmet{0.0, 0.0};  ///< limits, about 0, of what disagreements add that no audit has met
};

/// Limits of a judged share: those of the audits alone, moved to the judged value, of which the judge takes off what it
/// takes off the variance.
///
/// The judge settles 1 - rho of the variance (rho: variance with judge over variance alone) and leaves rho as it was.
/// For the part that is left, each limit lies as far off as sqrt(rho) of the audits' own limit would, had they found
/// the judged value; in the part that is settled no audit met a disagreement, so that it stays open as far as limits do
/// where no event was seen. The two are joined as independent parts are. Limits that are exact reach further than the
/// form, because counts go in steps; of that, rho is left too. Limits of few events are lopsided, and errors of a judge
/// that names events wrongly are lopsided the other way: their part of what is left brings the form's other side. So a
/// judge that knows nothing (rho 1) leaves the audits' own limits, one that was never found wrong (rho 0) those of
/// disagreements not met, and one that adds variance (rho above 1, possible where it is believed in full) widens them
/// by what it adds.
///
/// Assumes: the judge was not made from these audits; both variances are about the same population.
/// Use when: there are some dozens of audits. Not for: a handful (betting.hpp holds at any number).
///
/// \throws InputError unless variances are 0 or more, the part between 0 and 1, and shares within their limits.
///
/// Reference: Zou & Donner (2008), Statistics in Medicine 27(10):1693-1702 (limits of sums from limits of parts);
/// Hanley & Lippman-Hand (1983), JAMA 249(13):1743-1745 (limits where nothing was seen).
[[nodiscard]] inline Interval judged_limits(const JudgedShare& judged, const AuditsAlone& alone, Confidence c) {
  const auto bad = [](double each) { return !(each >= 0.0 && std::isfinite(each)); };
  if (bad(judged.variance) || bad(alone.variance))
    throw InputError("variances of 0 or more", to_text(judged.variance) + " and " + to_text(alone.variance));
  if (!(judged.opposed >= 0.0 && judged.opposed <= 1.0))
    throw InputError("a part between 0 and 1", to_text(judged.opposed));
  if (!alone.limits.contains(alone.share) || !alone.form_here.contains(alone.share) ||
      !alone.form_there.contains(judged.value) || !judged.unmet.contains(0.0))
    throw InputError("shares within their limits", to_text(alone.share) + " and " + to_text(judged.value));
  const double z = normal_quantile(1.0 - 0.5 * c.alpha());
  const double rho =
      judged.variance <= alone.variance ? (alone.variance > 0.0 ? judged.variance / alone.variance : 1.0) : 1.0;
  const double added = std::max(0.0, judged.variance - alone.variance);
  // Errors against the audits' direction bring the form's other side.
  const double with = rho * (1.0 - judged.opposed);
  const double against = rho * judged.opposed;
  const auto side = [&](double printed, double here, double there, double other, double unmet) {
    const double beyond = here > 0.0 ? printed * printed / (here * here) - 1.0 : 0.0;
    return std::sqrt(with * there * there * (1.0 + rho * beyond) + against * other * other +
                     (1.0 - rho) * unmet * unmet + z * z * added);
  };
  const double low = judged.value - alone.form_there.lower;
  const double high = alone.form_there.upper - judged.value;
  const double below =
      side(alone.share - alone.limits.lower, alone.share - alone.form_here.lower, low, high, -judged.unmet.lower);
  const double above =
      side(alone.limits.upper - alone.share, alone.form_here.upper - alone.share, high, low, judged.unmet.upper);
  return {std::max(std::min(0.0, judged.value), judged.value - below),
          std::min(std::max(1.0, judged.value), judged.value + above)};
}

}  // namespace assay
