#pragma once
/// \file
/// Intervals of survey estimates.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/interval/arcsine.hpp>
#include <assay/interval/beta.hpp>
#include <assay/interval/designed_agresti_coull.hpp>
#include <assay/interval/designed_jeffreys.hpp>
#include <assay/interval/designed_share.hpp>
#include <assay/interval/designed_wilson.hpp>
#include <assay/interval/korn_graubard.hpp>
#include <assay/interval/likelihood.hpp>
#include <assay/interval/logit.hpp>
#include <assay/interval/wald.hpp>
#include <assay/numeric/special.hpp>
#include <assay/survey/estimate.hpp>

namespace assay::survey {

/// Student's t about an estimate. No degrees of freedom, or no standard error: no limits.
[[nodiscard]] inline std::optional<Interval> student_limits(double estimate, double standard_error,
                                                            double degrees_of_freedom, Confidence confidence) {
  if (!std::isfinite(estimate) || !std::isfinite(standard_error) || !(degrees_of_freedom > 0.0)) return std::nullopt;
  const double t = assay::detail::critical_t(confidence, degrees_of_freedom);
  if (std::isinf(t)) return std::nullopt;
  return Interval{estimate - t * standard_error, estimate + t * standard_error};
}

/// What the intervals of shares take, for one domain. Without a standard error there are no degrees of freedom either.
[[nodiscard]] inline DesignedShare designed_share(const Estimates& estimates, std::size_t domain) {
  const bool known = std::isfinite(estimates.variance[domain]);
  return {std::clamp(estimates.point.estimate[domain], 0.0, 1.0), known ? estimates.standard_error(domain) : 0.0,
          static_cast<double>(estimates.point.rows[domain]), estimates.kish_left[domain],
          known ? std::max(estimates.degrees_of_freedom[domain], 0.0) : 0.0};
}

/// An interval of a share, by name.
struct ShareInterval {
  const char* name;
  const char* title;
  Interval (*limits)(const DesignedShare&, Confidence, EffectiveSize);
};

/// \throws InputError for a name that is none of the nine.
[[nodiscard]] inline const ShareInterval& share_interval(const std::string& name) {
  using Share = const DesignedShare&;
  static const std::vector<ShareInterval> all{
      {"wilson", "Wilson", [](Share d, Confidence c, EffectiveSize e) { return wilson(d, c, e); }},
      {"korn_graubard", "Korn-Graubard", [](Share d, Confidence c, EffectiveSize e) { return korn_graubard(d, c, e); }},
      {"logit", "logit", [](Share d, Confidence c, EffectiveSize e) { return logit(d, c, e); }},
      {"likelihood", "likelihood",
       [](Share d, Confidence c, EffectiveSize e) {
         // What other software claims, it claims with a factor of its own.
         return likelihood(d, c, e,
                           e == EffectiveSize::plug_in ? LikelihoodScale::r_survey : LikelihoodScale::effective);
       }},
      {"beta", "beta", [](Share d, Confidence c, EffectiveSize e) { return beta(d, c, e); }},
      {"arcsine", "arcsine", [](Share d, Confidence c, EffectiveSize e) { return arcsine(d, c, e); }},
      {"jeffreys", "Jeffreys", [](Share d, Confidence c, EffectiveSize e) { return jeffreys(d, c, e); }},
      {"agresti_coull", "Agresti-Coull", [](Share d, Confidence c, EffectiveSize e) { return agresti_coull(d, c, e); }},
      {"wald", "Wald", [](Share d, Confidence c, EffectiveSize e) { return wald(d, c, e); }}};
  std::string wanted;
  for (const ShareInterval& each : all) {
    if (name == each.name) return each;
    wanted += (wanted.empty() ? "" : ", ") + std::string{each.name};
  }
  throw InputError("interval= as one of " + wanted, in_quotes(name));
}

}  // namespace assay::survey
