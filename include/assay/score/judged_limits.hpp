#pragma once
/// \file
/// Confidence limits of a share that a judge helped to estimate.

#include <algorithm>
#include <cmath>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/numeric/special.hpp>

namespace assay {

/// An estimate of a share, value = judge's share + (audits - lambda * judge, on the audited), as far as limits need it.
struct JudgedShare {
  double value{0.0};
  double judge{0.0};        ///< the share that the judge says of the whole population
  double lambda{0.0};       ///< how far the judge is believed
  double variance{0.0};     ///< of the value
  double effective_n{0.0};  ///< audits by design: Kish's, over what the finite population takes off the variance
  double degrees_of_freedom{0.0};
};

/// Wilson's score interval, carried over from a share to a share with a judge: the residuals audit - lambda * judge are
/// joined by t^2 cases that know nothing (audit and judge each right or wrong by the toss of a coin), and the normal
/// interval of what results is taken. Without a judge (lambda 0) this is Wilson's interval, to the last bit but
/// rounding; with one it stays open for disagreements that no audit has met yet, where the standard error alone would
/// be 0.
///
/// Assumes: the judge was not made from these audits; a prediction of 0 to 1 (scale others).
/// Use when: there are some dozens of audits.
/// Not for: a handful (betting.hpp holds at any number).
/// No data: an effective n of 0 answers [0, 1].
///
/// \throws InputError unless variance and effective n are at least 0, degrees of freedom above 0 and all finite.
///
/// Reference: Wilson (1927), JASA 22(158):209-212; Agresti & Min (2005), Statistics in Medicine 24(5):729-740 (coin
/// tosses added to matched pairs).
[[nodiscard]] inline Interval judged_limits(const JudgedShare& of, Confidence c) {
  if (!(of.variance >= 0.0 && of.effective_n >= 0.0 && of.degrees_of_freedom > 0.0 && std::isfinite(of.variance) &&
        std::isfinite(of.effective_n) && std::isfinite(of.value) && std::isfinite(of.judge) &&
        std::isfinite(of.lambda)))
    throw InputError("a finite value, variance and effective n of 0 or more",
                     to_text(of.value) + ", " + to_text(of.variance) + " and " + to_text(of.effective_n));
  if (of.effective_n == 0.0) return {0.0, 1.0};
  const double t = student_t_quantile(1.0 - 0.5 * c.alpha(), of.degrees_of_freedom);
  const double n = of.effective_n;
  const double all = n + t * t;
  const double middle = of.value + t * t / all * (0.5 * (1.0 - of.lambda) - (of.value - of.lambda * of.judge));
  const double spread = n * n * of.variance + t * t * 0.25 * (1.0 + of.lambda * of.lambda);
  const double half = t * std::sqrt(spread) / all;
  return {std::clamp(middle - half, 0.0, std::clamp(of.value, 0.0, 1.0)),
          std::clamp(middle + half, std::clamp(of.value, 0.0, 1.0), 1.0)};
}

}  // namespace assay
