#pragma once
/// \file
/// Quantiles of a process from audits of some cases and a judge's predictions on those and on others.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/numeric/special.hpp>
#include <assay/score/prediction_powered.hpp>

namespace assay {

/// A case of a process: what its audit found, unless only the judge has seen it.
struct PoweredCase {
  double prediction{0.0};
  std::optional<double> truth{};
  std::size_t stratum{0};
};

struct PoweredQuantile {
  double value{0.0};
  Interval limits{};
  double lambda{0.0};    ///< how far the judge was believed at the value
  double critical{0.0};  ///< standard errors that the test allows
};

/// The share of a process at or below one threshold, up to the next.
struct PoweredStep {
  double threshold{0.0};
  PoweredEstimate share{};
};

/// The prediction-powered distribution of a process, in steps at every truth and prediction: at each threshold the mean
/// of "at or below" over audits and predictions (prediction_powered). It need not rise from step to step.
///
/// \throws InputError for numbers that are not finite, a stratum out of range, or one with fewer than two audited or
/// two
///         other cases.
[[nodiscard]] inline std::vector<PoweredStep> prediction_powered_steps(std::span<const PoweredCase> cases,
                                                                       std::size_t strata,
                                                                       std::optional<double> given_lambda = {}) {
  enum class What : std::uint8_t { truth, prediction, both, other };
  struct Event {
    double at{0.0};
    What what{What::truth};
    std::size_t stratum{0};
  };
  std::vector<PoweredStratum> sums(strata);
  std::vector<Event> events;
  for (const PoweredCase& each : cases) {
    if (!std::isfinite(each.prediction) || !std::isfinite(each.truth.value_or(0.0)))
      throw InputError("finite truths and predictions",
                       to_text(std::isfinite(each.prediction) ? *each.truth : each.prediction));
    if (each.stratum >= strata)
      throw InputError("a stratum below " + std::to_string(strata), std::to_string(each.stratum));
    if (!each.truth) {
      sums[each.stratum].predicted.n += 1.0;
      events.push_back({each.prediction, What::other, each.stratum});
      continue;
    }
    sums[each.stratum].audited.n += 1.0;
    events.push_back({*each.truth, What::truth, each.stratum});
    events.push_back({each.prediction, What::prediction, each.stratum});
    events.push_back({std::max(*each.truth, each.prediction), What::both, each.stratum});
  }
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.at < b.at; });
  std::vector<PoweredStep> out;
  if (events.empty()) (void)prediction_powered(sums, given_lambda);  // refuses
  for (std::size_t i = 0; i < events.size();) {
    const double threshold = events[i].at;
    for (; i < events.size() && events[i].at == threshold; ++i) {
      PoweredStratum& own = sums[events[i].stratum];
      switch (events[i].what) {
        case What::truth:
          own.audited.y += 1.0;
          own.audited.yy += 1.0;
          break;
        case What::prediction:
          own.audited.f += 1.0;
          own.audited.ff += 1.0;
          break;
        case What::both:
          own.audited.yf += 1.0;
          break;
        case What::other:
          own.predicted.f += 1.0;
          own.predicted.ff += 1.0;
          break;
      }
    }
    out.push_back({threshold, prediction_powered(sums, given_lambda)});
  }
  return out;
}

/// Prediction-powered quantile of a process, with the limits of all values that a test does not refuse.
///
/// The value is the smallest threshold whose share is q or more. A threshold is refused where its share lies more than
/// Student's t standard errors off q; the limits reach from the first step that is not refused to the end of the last,
/// since a quantile may lie anywhere up to the next value. `tail`: the chance left outside each limit.
///
/// Assumes: audited and other cases of a stratum are independent draws from one process; within strata the audited are
/// a random part of them.
/// Use when: a median or a high quantile (handling time, views before removal) is measured on few and predicted for
/// many. Not for: quantiles beyond what the audits reach, which are refused: no audit need lie beyond the quantile with
/// more chance than `tail`. No data: refused.
///
/// \throws InputError unless q and tail are within 0 and 1, and audits enough; and as prediction_powered_steps.
///
/// Reference: Angelopoulos et al. (2023), Science 382:669-674, algorithm for quantiles; Woodruff (1952), JASA
/// 47(260):635-646, doi:10.1080/01621459.1952.10483443.
[[nodiscard]] inline PoweredQuantile prediction_powered_quantile(std::span<const PoweredCase> cases, std::size_t strata,
                                                                 double q, double tail,
                                                                 std::optional<double> given_lambda = {}) {
  if (!(q > 0.0 && q < 1.0)) throw InputError("a quantile above 0 and below 1", to_text(q));
  if (!(tail > 0.0 && tail < 0.5)) throw InputError("a tail above 0 and below 1/2", to_text(tail));
  const std::vector<PoweredStep> steps = prediction_powered_steps(cases, strata, given_lambda);
  const auto audits = static_cast<double>(
      std::count_if(cases.begin(), cases.end(), [](const PoweredCase& each) { return each.truth.has_value(); }));
  const double needed = std::ceil(std::log(tail) / std::log(std::max(q, 1.0 - q)));
  if (audits < needed)
    throw InputError("at least " + to_text(needed) + " audits for limits of the quantile " + to_text(q),
                     to_text(audits));
  const double lost = static_cast<double>(strata) * (given_lambda ? 1.0 : 2.0);
  PoweredQuantile out;
  out.critical = student_t_quantile(1.0 - tail, std::max(1.0, audits - lost));
  constexpr double rounding = 1e-12;
  const auto reached = std::find_if(steps.begin(), steps.end(),
                                    [&](const PoweredStep& step) { return step.share.value >= q - rounding; });
  out.value = reached->threshold;
  out.lambda = reached->share.lambda;
  out.limits = {out.value, out.value};
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    const PoweredEstimate& share = steps[i].share;
    if (std::fabs(share.value - q) > out.critical * std::sqrt(share.variance) + rounding) continue;
    out.limits.lower = std::min(out.limits.lower, steps[i].threshold);
    out.limits.upper = std::max(out.limits.upper, steps[i + 1].threshold);
  }
  return out;
}

}  // namespace assay
