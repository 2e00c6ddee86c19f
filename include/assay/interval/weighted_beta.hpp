#pragma once
/// \file
/// Limits of a share from weighted events: the beta form of Fay and Feuer's gamma limits.

#include <algorithm>
#include <cmath>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/numeric/special.hpp>

namespace assay {

/// Events among weighted cases, as parts of the weight of all cases.
struct WeightedEvents {
  double share{0.0};     ///< weight of the events
  double squares{0.0};   ///< sum of the events' squared weights
  double heaviest{0.0};  ///< weight of the heaviest case that could be an event, event or not
};

/// How much of one further event each limit allows for: 1 is Fay and Feuer's (Clopper and Pearson's, where all cases
/// weigh the same), 1/2 Jeffreys'. The everyday ones: at the level .95 and any number of events from .02 to 12
/// expected, Poisson counts are covered .956 on average and .908 at least (enumerated); with 1/2 for both .952 and
/// .898, with 1 .974 and .956. The upper one was settled on the populations of the coverage study, and holds on others.
struct Allowance {
  double lower{0.55};
  double upper{0.6};
};

/// Limits of a share from weighted events. As many equal events are put in their place as have the same sum and sum of
/// squares; the upper limit first allows for an event of the heaviest case, so that it stays honest where the heavy
/// cases happened to show none.
///
/// Assumes: cases are independent, each with its weight, drawn from strata or with unequal chances.
/// Use when: events are few or weights unequal: the default of scores over several strata.
/// Not for: a guarantee (stratified_exact), clusters (wilson of a DesignedShare). With equal weights and allowances of
/// 1 it is clopper_pearson. No data: a heaviest case of 0 answers [0, 1].
///
/// \throws InputError unless share is in [0, 1], the others are 0 or more, squares is 0 exactly where share is, and
/// the allowances are between 0 and 1.
///
/// Reference: Fay & Feuer (1997), Statistics in Medicine 16(7):791-801; Fay & Kim (2017), Biometrical Journal
/// 59(3):572-588 (the allowance of one half)
[[nodiscard]] inline Interval weighted_beta(const WeightedEvents& events, Confidence c, Allowance allowance = {}) {
  if (!(events.share >= 0.0 && events.share <= 1.0)) throw InputError("a share between 0 and 1", to_text(events.share));
  if (!(events.squares >= 0.0 && std::isfinite(events.squares)) || (events.squares > 0.0) != (events.share > 0.0))
    throw InputError("a sum of squared weights that goes with the share", to_text(events.squares));
  if (!(events.heaviest >= 0.0 && std::isfinite(events.heaviest)))
    throw InputError("a heaviest weight of 0 or more", to_text(events.heaviest));
  for (const double each : {allowance.lower, allowance.upper})
    if (!(each >= 0.0 && each <= 1.0)) throw InputError("an allowance between 0 and 1", to_text(each));
  if (events.heaviest == 0.0) return {0.0, 1.0};
  const double tail = 0.5 * c.alpha();
  // A share p with squares v stands for k = p^2 / v events among n = p / v cases; one more case is allowed for.
  const auto limit = [&](double added, double weight, auto quantile) {
    const double p = events.share + added * weight, v = events.squares + added * weight * weight;
    return quantile(p * p / v, p / v * (1.0 - p) + 1.0);
  };
  double lower = 0.0;
  if (events.share > 0.0)
    lower = limit(1.0 - allowance.lower, events.squares / events.share,
                  [&](double a, double b) { return b > 0.0 ? beta_quantile(a, b, tail) : 1.0; });
  const double upper = limit(allowance.upper == 0.0 && events.share == 0.0 ? 1.0 : allowance.upper, events.heaviest,
                             [&](double a, double b) { return b > 1e-9 ? beta_quantile_complement(a, b, tail) : 1.0; });
  const bool all = events.share >= 1.0 - 1e-12;
  return {std::min(events.share, lower), all ? 1.0 : std::max(events.share, upper)};
}

}  // namespace assay
