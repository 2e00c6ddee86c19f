#pragma once
/// \file
/// How wide the beta limits of a score will be, from the weights that its errors are expected to have.
///
/// Scores of several strata, and of a part of one stratum of a finite queue, have beta limits of weighted events
/// (`weighted_beta`), those of a part of several strata joined from the limits of errors and of correct cases
/// (`share_of_totals`), `drawn_in` by the finite factor. What an audit will find is not known, so the width
/// is the mean over two results with the mean, the variance and the skew that are expected: at the expected rate alone
/// it would be a little too wide, most where few errors are expected.
///
/// Reference: as weighted_beta.hpp and share_of_totals.hpp.

#include <algorithm>
#include <cmath>

#include <assay/core/probability.hpp>
#include <assay/interval/drawn_in.hpp>
#include <assay/interval/share_of_totals.hpp>
#include <assay/interval/weighted_beta.hpp>
#include <assay/interval/weighted_gamma.hpp>

namespace assay::allocation {

/// Weights that the audited cases of a slice will have, as parts of the slice's cases, on average over those with an
/// error and over those without.
struct ExpectedWeights {
  double error{0.0};
  double correct{0.0};
  double heaviest{0.0};       ///< at least as large as both
  double finite_factor{1.0};  ///< what is left of the variance in a finite queue
  bool joined{false};         ///< the sum of all weights will vary too: a part of several strata
  bool whole{false};          ///< whole strata of a finite queue: what was audited is settled
};

namespace detail {

/// The limits that a score of this share would have.
inline Interval limits_at(double share, const ExpectedWeights& weights, Confidence confidence) {
  const WeightedEvents errors{share, share * weights.error, weights.heaviest};
  Interval limits;
  if (weights.joined) {
    const double rest = 1.0 - share;
    limits = share_of_totals(share, weighted_gamma(errors, confidence), rest,
                             weighted_gamma({rest, rest * weights.correct, weights.heaviest}, confidence));
  } else {
    limits = weighted_beta(errors, confidence);
  }
  limits = drawn_in(share, limits, weights.finite_factor);
  if (weights.whole) {  // a finite factor of 1/4 says that 3/4 of the cases were seen
    const double seen = 1.0 - weights.finite_factor;
    limits = {std::max(limits.lower, seen * share), std::min(limits.upper, 1.0 - seen * (1.0 - share))};
  }
  return limits;
}

}  // namespace detail

/// Half the width to expect of a score's beta limits, at most 1/2.
///
/// Assumes: a rate above 0 and below 1, weights above 0 (0: all is known).
/// Use when: precision.hpp plans a slice that is not one whole stratum. Not for: scores, which know what they found.
[[nodiscard]] inline double expected_half_width(double rate, const ExpectedWeights& weights, Confidence confidence) {
  if (!(weights.error > 0.0) || !(weights.finite_factor > 0.0)) return 0.0;
  if (!(weights.heaviest < 1e9)) return 0.5;
  // Two results with the mean, the variance and the skew of what audits find (Gauss's for Poisson counts): few errors
  // are found as none most times, and as many at times.
  const double left = std::min(1.0, weights.finite_factor);
  const double variance = rate * weights.error * (1.0 - rate) * left;
  const double skew = 0.5 * weights.error * (1.0 - 2.0 * rate) * (2.0 * left - 1.0);
  const double spread = std::sqrt(skew * skew + variance);
  const double low = std::max(0.0, rate + skew - spread), high = std::min(1.0, rate + skew + spread);
  if (!(high - low > 1e-12)) return 0.5 * detail::limits_at(rate, weights, confidence).width();
  const double at_low = detail::limits_at(low, weights, confidence).width();
  const double at_high = detail::limits_at(high, weights, confidence).width();
  return std::min(0.5, 0.5 * ((high - rate) * at_low + (rate - low) * at_high) / (high - low));
}

}  // namespace assay::allocation
