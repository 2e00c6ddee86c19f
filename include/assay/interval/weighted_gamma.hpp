#pragma once
/// \file
/// Limits of a total of weighted events: the gamma limits of Fay and Feuer.

#include <algorithm>
#include <cmath>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/interval/weighted_beta.hpp>
#include <assay/numeric/special.hpp>

namespace assay {

/// Limits of a total of weighted events that may be as many as they like. As many equal events are put in their place
/// as have the same sum and sum of squares; each limit allows for a part of one further event, the upper one of the
/// heaviest.
///
/// Assumes: events are independent, each with its weight, and Poisson counts describe how many there are.
/// Use when: the total is one of two that make a ratio (share_of_totals): hits and misses among the audits of a slice
/// then vary apart, as Poisson counts do. As shares of one sample (weighted_beta) the one loses what the other gains,
/// and a ratio joined from them would be too sharp: of a slice that holds .7 of a sample, at a rate of .3, by a sixth.
/// Not for: a share of a sample (weighted_beta, which knows that there are no more events than cases).
/// No data: without events and with a heaviest weight of 0 there is no limit above, so it is refused.
///
/// \throws InputError unless total and squares are finite, 0 or more and 0 together, and the heaviest weight is above
/// 0.
///
/// Reference: Fay & Feuer (1997), Statistics in Medicine 16(7):791-801; Fay & Kim (2017), Biometrical Journal
/// 59(3):572-588 (allowances)
[[nodiscard]] inline Interval weighted_gamma(const WeightedEvents& events, Confidence c, Allowance allowance = {}) {
  if (!(events.share >= 0.0 && std::isfinite(events.share)))
    throw InputError("a total of 0 or more", to_text(events.share));
  if (!(events.squares >= 0.0 && std::isfinite(events.squares)) || (events.squares > 0.0) != (events.share > 0.0))
    throw InputError("a sum of squared weights that goes with the total", to_text(events.squares));
  if (!(events.heaviest > 0.0 && std::isfinite(events.heaviest)))
    throw InputError("a heaviest weight above 0", to_text(events.heaviest));
  for (const double each : {allowance.lower, allowance.upper})
    if (!(each >= 0.0 && each <= 1.0)) throw InputError("an allowance between 0 and 1", to_text(each));
  const double tail = 0.5 * c.alpha();
  // A total t with squares v stands for t^2 / v events of v / t each.
  const auto limit = [&](double added, double weight, auto quantile) {
    const double t = events.share + added * weight, v = events.squares + added * weight * weight;
    return v / t * quantile(t * t / v);
  };
  double lower = 0.0;
  if (events.share > 0.0)
    lower = limit(1.0 - allowance.lower, events.squares / events.share,
                  [&](double shape) { return gamma_quantile(shape, tail); });
  const double upper = limit(allowance.upper == 0.0 && events.share == 0.0 ? 1.0 : allowance.upper, events.heaviest,
                             [&](double shape) { return gamma_quantile_complement(shape, tail); });
  return {std::min(events.share, lower), std::max(events.share, upper)};
}

}  // namespace assay
