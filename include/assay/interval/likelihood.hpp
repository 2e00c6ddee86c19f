#pragma once
/// \file
/// The interval of shares whose scaled likelihood is near enough to the greatest.

#include <cmath>

#include <assay/interval/designed_share.hpp>
#include <assay/interval/discrete.hpp>
#include <assay/numeric/roots.hpp>

namespace assay {

/// By what the likelihood is scaled.
enum class LikelihoodScale : unsigned char {
  effective,  ///< the effective size
  r_survey    ///< that size times (n - 1) / n, as the survey package of R does
};

namespace detail {

/// p ln(p / t) + q ln(q / (1 - t)), without cancellation where p and t are close.
[[nodiscard]] inline double share_deviance(double p, double q, double t) noexcept {
  return deviance(p, t) + deviance(q, 1.0 - t);
}

}  // namespace detail

/// Likelihood interval: every share t with 2 n (p ln(p / t) + q ln(q / (1 - t))) <= Student's t squared, for the
/// effective size n; limits by root finding, not by a spline over a profile.
///
/// Assumes: the deviance of a share from a complex sample, scaled by the effective size, is about chi-squared.
/// Use when: a lopsided interval is wanted that needs no correction at 0 and 1: it answers there by formula.
/// Not for: a guarantee with few events (korn_graubard, stratified_exact). No data, or no degrees of freedom: [0, 1].
///
/// \throws InputError as effective_size does.
///
/// Reference: Rao & Scott (1984), Annals of Statistics 12(1):46-60, doi:10.1214/aos/1176346391
[[nodiscard]] inline Interval likelihood(const DesignedShare& d, Confidence c,
                                         EffectiveSize size = EffectiveSize::smaller,
                                         LikelihoodScale scale = LikelihoodScale::effective) {
  const double t = detail::critical_t(c, d.degrees_of_freedom);
  double effective = effective_size(d, size);
  if (scale == LikelihoodScale::r_survey && !std::isinf(effective)) effective *= d.n > 1.0 ? (d.n - 1.0) / d.n : 0.0;
  return detail::designed_limits(d, effective, t, [&](double n) {
    const double p = d.share;
    const double q = 1.0 - p;
    const double far = 0.5 * t * t / n;
    const auto beyond = [&](double at) { return detail::share_deviance(p, q, at) - far; };
    constexpr double least = 1e-300;
    constexpr double most = 1.0 - 0x1p-53;
    // All or nothing: -ln(1 - t) = far. Otherwise the deviance falls from infinity to 0 at p and rises again.
    const double lower = p == 0.0   ? 0.0
                         : q == 0.0 ? std::exp(-far)
                                    : (p <= least || beyond(least) <= 0.0 ? 0.0 : find_root(beyond, least, p));
    const double upper = q == 0.0   ? 1.0
                         : p == 0.0 ? -std::expm1(-far)
                                    : (p >= most || beyond(most) <= 0.0 ? 1.0 : find_root(beyond, p, most));
    return Interval{lower, upper};
  });
}

}  // namespace assay
