#pragma once
/// \file
/// Special functions: the one header that names Boost.Math (1.74 or newer), under one policy.
///
/// Double precision throughout, never long double, so that answers do not depend on the platform's long double.
/// Arguments are judged here; what cannot be answered is an InputError in our own words.

#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <string>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>

namespace assay {

namespace detail {

namespace bmp = boost::math::policies;
/// Errors come back as values that are not finite, which finite_or_refuse turns into ours.
using MathPolicy =
    bmp::policy<bmp::promote_double<false>, bmp::promote_float<false>, bmp::domain_error<bmp::ignore_error>,
                bmp::pole_error<bmp::ignore_error>, bmp::overflow_error<bmp::ignore_error>,
                bmp::evaluation_error<bmp::ignore_error>, bmp::rounding_error<bmp::ignore_error>,
                bmp::indeterminate_result_error<bmp::ignore_error>>;

inline double finite_or_refuse(double value, const char* what) {
  if (!std::isfinite(value))
    throw InputError(std::string{"arguments for which the "} + what + " can be computed", to_text(value));
  return value;
}

inline void require_probability(double p) {
  if (!(p > 0.0 && p < 1.0)) throw InputError("a probability strictly between 0 and 1", to_text(p));
}

inline void require_share(double p) {
  if (!(p >= 0.0 && p <= 1.0)) throw InputError("a value between 0 and 1", to_text(p));
}

inline void require_shape(double a) {
  if (!(a > 0.0 && std::isfinite(a))) throw InputError("a finite shape above 0", to_text(a));
}

/// Cornish-Fisher expansion of Student's quantile about the normal quantile x, five terms: the error is of the order
/// (x^2 / (4 df))^6. Reference: Abramowitz & Stegun (1964), 26.7.5, with the fifth term from the same expansion.
inline double student_t_from_normal(double x, double df) noexcept {
  const double s = x * x;
  const double g1 = (s + 1.0) / 4.0;
  const double g2 = ((5.0 * s + 16.0) * s + 3.0) / 96.0;
  const double g3 = (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0;
  const double g4 = ((((79.0 * s + 776.0) * s + 1482.0) * s - 1920.0) * s - 945.0) / 92160.0;
  const double g5 = (((((27.0 * s + 339.0) * s + 930.0) * s - 1782.0) * s - 765.0) * s + 17955.0) / 368640.0;
  const double h = 1.0 / df;
  return x + x * h * (g1 + h * (g2 + h * (g3 + h * (g4 + h * g5))));
}

}  // namespace detail

/// P(Z <= x) of a standard normal Z. \throws InputError when x is NaN.
[[nodiscard]] inline double normal_cdf(double x) {
  if (std::isnan(x)) throw InputError("a number", to_text(x));
  return 0.5 * boost::math::erfc(-x * 0.70710678118654752440, detail::MathPolicy{});
}

/// The x with P(Z <= x) = p. For upper tails take the minus of the lower one, which loses no digits.
/// \throws InputError unless 0 < p < 1.
[[nodiscard]] inline double normal_quantile(double p) {
  detail::require_probability(p);
  return -1.41421356237309504880 * boost::math::erfc_inv(2.0 * p, detail::MathPolicy{});
}

/// The t with P(T <= t) = p of Student's T with `df` degrees of freedom, any real number above 0; infinity is normal.
///
/// From 1,000 degrees of freedom on and out to moderate tails an expansion good to 1e-13 answers, so that a loop over
/// many slices pays nothing for the exact inversion.
/// \throws InputError unless 0 < p < 1 and df > 0.
[[nodiscard]] inline double student_t_quantile(double p, double df) {
  if (!(df > 0.0)) throw InputError("degrees of freedom above 0", to_text(df));
  const double x = normal_quantile(p);
  if (std::isinf(df)) return x;
  if (df >= 1000.0 && x * x <= 0.02 * df) return detail::student_t_from_normal(x, df);
  const boost::math::students_t_distribution<double, detail::MathPolicy> student{df};
  return detail::finite_or_refuse(boost::math::quantile(student, p), "quantile of Student's t");
}

/// Regularised incomplete beta I_x(a, b): P(B <= x) of a beta variable.
/// \throws InputError unless a > 0, b > 0 and 0 <= x <= 1.
[[nodiscard]] inline double incomplete_beta(double a, double b, double x) {
  detail::require_shape(a), detail::require_shape(b), detail::require_share(x);
  return detail::finite_or_refuse(boost::math::ibeta(a, b, x, detail::MathPolicy{}), "incomplete beta function");
}

/// 1 - I_x(a, b), without the cancellation.
[[nodiscard]] inline double incomplete_beta_complement(double a, double b, double x) {
  detail::require_shape(a), detail::require_shape(b), detail::require_share(x);
  return detail::finite_or_refuse(boost::math::ibetac(a, b, x, detail::MathPolicy{}), "incomplete beta function");
}

/// The x with I_x(a, b) = p. \throws InputError unless a > 0, b > 0 and 0 <= p <= 1.
[[nodiscard]] inline double beta_quantile(double a, double b, double p) {
  detail::require_shape(a), detail::require_shape(b), detail::require_share(p);
  return detail::finite_or_refuse(boost::math::ibeta_inv(a, b, p, detail::MathPolicy{}), "quantile of the beta");
}

/// The x with 1 - I_x(a, b) = q. \throws InputError unless a > 0, b > 0 and 0 <= q <= 1.
[[nodiscard]] inline double beta_quantile_complement(double a, double b, double q) {
  detail::require_shape(a), detail::require_shape(b), detail::require_share(q);
  return detail::finite_or_refuse(boost::math::ibetac_inv(a, b, q, detail::MathPolicy{}), "quantile of the beta");
}

/// The x below which a gamma variable of this shape and scale 1 lies with chance p.
/// \throws InputError unless shape > 0 and 0 < p < 1.
[[nodiscard]] inline double gamma_quantile(double shape, double p) {
  detail::require_shape(shape), detail::require_probability(p);
  return detail::finite_or_refuse(boost::math::gamma_p_inv(shape, p, detail::MathPolicy{}), "quantile of the gamma");
}

/// The x above which it lies with chance q. \throws InputError unless shape > 0 and 0 < q < 1.
[[nodiscard]] inline double gamma_quantile_complement(double shape, double q) {
  detail::require_shape(shape), detail::require_probability(q);
  return detail::finite_or_refuse(boost::math::gamma_q_inv(shape, q, detail::MathPolicy{}), "quantile of the gamma");
}

/// Logarithm of the gamma function. \throws InputError unless x is finite and above 0.
[[nodiscard]] inline double log_gamma(double x) {
  detail::require_shape(x);
  return detail::finite_or_refuse(boost::math::lgamma(x, detail::MathPolicy{}), "log-gamma function");
}

}  // namespace assay
