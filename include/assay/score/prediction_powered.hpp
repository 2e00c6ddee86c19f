#pragma once
/// \file
/// Scores from audits of some cases and a judge's predictions on those and on other cases of the same process.

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/score/judge_assisted.hpp>

namespace assay {

/// Sums over cases that only the judge has seen.
struct PredictedSums {
  double n{0.0};
  double f{0.0};
  double ff{0.0};

  void add(double prediction) noexcept {
    n += 1.0;
    f += prediction;
    ff += prediction * prediction;
  }
};

/// One stratum of a process: audited cases with the judge's predictions, and cases with predictions alone.
struct PoweredStratum {
  JudgedSums audited{};
  PredictedSums predicted{};
};

struct PoweredEstimate {
  double value{0.0};
  double variance{0.0};  ///< of the process
  double lambda{0.0};    ///< mean over strata, weighted by cases
};

/// Prediction-powered mean of a process, stratified by what is known of every case.
///
/// Strata weigh as many cases as they hold, audited or not; lambda is chosen in each for the smallest variance unless
/// it is given, and not cut to [0, 1].
///
/// Assumes: audited and other cases of a stratum are independent draws from one process; within strata the audited are
/// a random part of them.
/// Use when: the question is the process, and audits and unaudited cases were collected apart.
/// Not for: a queue all of whose cases are known (judge_assisted is shorter, with finite-population correction).
/// No data: refused, as is a stratum with fewer than two audited or two other cases.
///
/// Reference: Angelopoulos et al. (2023), Science 382:669-674; Angelopoulos, Duchi & Zrnic (2023), arXiv:2311.01453.
[[nodiscard]] inline PoweredEstimate prediction_powered(std::span<const PoweredStratum> strata,
                                                        std::optional<double> given_lambda = {}) {
  if (given_lambda && !std::isfinite(*given_lambda)) throw InputError("a finite lambda", to_text(*given_lambda));
  double all = 0.0;
  for (const PoweredStratum& stratum : strata) all += stratum.audited.n + stratum.predicted.n;
  if (!(all > 0.0)) throw InputError("at least one stratum with cases", "none");
  PoweredEstimate out;
  for (std::size_t i = 0; i < strata.size(); ++i) {
    const JudgedSums& s = strata[i].audited;
    const PredictedSums& u = strata[i].predicted;
    if (!(s.n >= 2.0 && u.n >= 2.0))
      throw InputError("two audited and two other cases at least in stratum " + std::to_string(i + 1),
                       to_text(s.n) + " and " + to_text(u.n));
    const auto centred = [](double squares, double sum_a, double sum_b, double n) {
      return squares - sum_a * sum_b / n;
    };
    const double both = s.n + u.n;
    const double spread = std::fmax(0.0, centred(s.ff + u.ff, s.f + u.f, s.f + u.f, both)) / (both - 1.0);
    const double together = centred(s.yf, s.y, s.f, s.n) / (s.n - 1.0);
    const double lambda = given_lambda ? *given_lambda : spread > 0.0 ? together / ((1.0 + s.n / u.n) * spread) : 0.0;
    const double residual = std::fmax(0.0, centred(s.yy, s.y, s.y, s.n) - 2.0 * lambda * centred(s.yf, s.y, s.f, s.n) +
                                               lambda * lambda * centred(s.ff, s.f, s.f, s.n)) /
                            (s.n - 1.0);
    const double others = std::fmax(0.0, centred(u.ff, u.f, u.f, u.n)) / (u.n - 1.0);
    const double share = both / all;
    out.value += share * (s.y / s.n + lambda * (u.f / u.n - s.f / s.n));
    out.variance += share * share * (lambda * lambda * others / u.n + residual / s.n);
    out.lambda += share * lambda;
  }
  return out;
}

}  // namespace assay
