#pragma once
/// \file
/// Scores from audits that were chosen case by case, more often where the judge was unsure.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>

namespace assay {

/// One case of the frame: the judge's prediction, the chance with which it was sent to audit, and what the audit said.
struct ActiveCase {
  double prediction{0.0};
  double probability{1.0};
  std::optional<double> truth{};  ///< nothing: not drawn
};

struct ActiveEstimate {
  double value{0.0};
  double finite_variance{0.0};   ///< of these cases: Poisson sampling, Horvitz-Thompson on the residuals
  double process_variance{0.0};  ///< of the process that made them
  double lambda{0.0};
};

/// Mean of a queue whose cases were drawn for audit independently, each with its own recorded chance.
///
/// Assumes: chances depend on the judge alone, not on the audits; every case of the frame is listed.
/// Use when: audits are scarce and go where the judge is unsure.
/// Not for: draws of a fixed size (judge_assisted by strata), chances that were not recorded: nothing can mend that.
/// No data: fewer than two cases are refused. Without `given_lambda` it is tuned for the smallest variance.
///
/// \throws InputError unless every probability is in (0, 1] and every number finite.
///
/// Reference: Zrnic & Candes (2024), arXiv:2403.03208.
[[nodiscard]] inline ActiveEstimate actively_audited(std::span<const ActiveCase> cases,
                                                     std::optional<double> given_lambda = {}) {
  if (cases.size() < 2) throw InputError("at least two cases", std::to_string(cases.size()));
  if (given_lambda && !std::isfinite(*given_lambda)) throw InputError("a finite lambda", to_text(*given_lambda));
  const auto n = static_cast<double>(cases.size());
  // A case adds a - lambda b to the mean: a = truth / chance, b = prediction (1 / chance - 1), both 0-based on the
  // draw.
  const auto a = [](const ActiveCase& each) { return each.truth ? *each.truth / each.probability : 0.0; };
  const auto b = [](const ActiveCase& each) {
    return each.prediction * ((each.truth ? 1.0 / each.probability : 0.0) - 1.0);
  };
  double sum_a = 0.0;
  double sum_b = 0.0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const ActiveCase& each = cases[i];
    const auto row = static_cast<std::int64_t>(i);
    if (!(each.probability > 0.0 && each.probability <= 1.0))
      throw InputError("a probability above 0 and at most 1", to_text(each.probability), {"probability", row});
    if (!std::isfinite(each.prediction))
      throw InputError("a finite prediction", to_text(each.prediction), {"prediction", row});
    if (each.truth && !std::isfinite(*each.truth))
      throw InputError("a finite audit", to_text(*each.truth), {"truth", row});
    sum_a += a(each);
    sum_b += b(each);
  }
  const double mean_a = sum_a / n;
  const double mean_b = sum_b / n;
  double saa = 0.0;
  double sab = 0.0;
  double sbb = 0.0;
  for (const ActiveCase& each : cases) {
    const double da = a(each) - mean_a;
    const double db = b(each) - mean_b;
    saa += da * da;
    sab += da * db;
    sbb += db * db;
  }
  ActiveEstimate out;
  out.lambda = given_lambda ? *given_lambda : sbb > 0.0 ? sab / sbb : 0.0;
  out.value = mean_a - out.lambda * mean_b;
  out.process_variance = std::fmax(0.0, saa - 2.0 * out.lambda * sab + out.lambda * out.lambda * sbb) / (n - 1.0) / n;
  for (const ActiveCase& each : cases) {
    if (!each.truth) continue;
    const double residual = (*each.truth - out.lambda * each.prediction) / each.probability;
    out.finite_variance += (1.0 - each.probability) * residual * residual / (n * n);
  }
  return out;
}

}  // namespace assay
