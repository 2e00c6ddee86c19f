#pragma once
/// \file
/// Scores from a judge's predictions on every case and human audits on a sample of them.
///
/// The audits correct the judge: a poor judge costs width, never truth.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>

namespace assay {

/// Sums over audited cases: y what the audit said of a case (1 right, 0 wrong, say), f what the judge had predicted.
struct JudgedSums {
  double n{0.0};
  double y{0.0};
  double f{0.0};
  double yy{0.0};
  double yf{0.0};
  double ff{0.0};

  void add(double truth, double prediction) noexcept {
    n += 1.0;
    y += truth;
    f += prediction;
    yy += truth * truth;
    yf += truth * prediction;
    ff += prediction * prediction;
  }
};

/// One stratum: how many cases there are, what the judge predicted of them all, and the audited among them.
struct JudgedStratum {
  double population{0.0};
  double predicted{0.0};  ///< sum of predictions over the population
  JudgedSums audited{};
};

/// How far the judge is believed: its predictions are multiplied by lambda before the audits correct them.
enum class JudgeWeight : std::uint8_t {
  full,   ///< lambda 1, the difference estimator: fixed in advance, unbiased at any size
  tuned,  ///< lambda by regression within strata: never much worse than no judge; a few dozen audits a stratum
  none,   ///< lambda 0: the audits alone
};

/// A judge-assisted mean with its variances: of these cases, and of the process that made them.
struct JudgedEstimate {
  double value{0.0};
  double finite_variance{0.0};
  double process_variance{0.0};
  double audits_alone_variance{0.0};  ///< finite variance of the same audits without the judge
  double lambda{0.0};                 ///< mean over strata, weighted by cases

  /// How many audits without the judge know as much as one with it, at equal half-width (finite-population
  /// corrections aside); infinity where the judge leaves nothing open.
  [[nodiscard]] double audits_saved_factor() const noexcept {
    return finite_variance > 0.0 ? audits_alone_variance / finite_variance : std::numeric_limits<double>::infinity();
  }
};

/// Mean of a stratified queue all of whose cases a judge has scored, and a simple random sample of each stratum
/// audited.
///
/// Assumes: predictions were made without looking at the audits; audits drawn at random within strata.
/// Use when: a model or an LLM judge has a prediction for every case of the frame.
/// Not for: audits chosen by uncertainty (actively_audited), audits of other cases than the judge's frame
/// (prediction_powered), a handful of audits (betting on the differences holds at any number).
/// No data: a stratum without audits, or with one where a variance is wanted, is refused.
///
/// \throws InputError when a stratum has fewer than two audits (three for `tuned`), or more than cases.
///
/// Reference: Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, ch. 6; Angelopoulos, Duchi & Zrnic
/// (2023), arXiv:2311.01453 (tuning); Fisch et al. (2024), arXiv:2406.04291 (strata).
[[nodiscard]] inline JudgedEstimate judge_assisted(std::span<const JudgedStratum> strata, JudgeWeight weight) {
  double all = 0.0;
  for (const JudgedStratum& stratum : strata) all += stratum.population;
  if (strata.empty() || !(all > 0.0)) throw InputError("at least one stratum with cases", "none");
  JudgedEstimate out;
  for (std::size_t i = 0; i < strata.size(); ++i) {
    const JudgedStratum& stratum = strata[i];
    const JudgedSums& s = stratum.audited;
    const double least = weight == JudgeWeight::tuned ? 3.0 : 2.0;
    if (!(s.n >= least) || s.n > stratum.population)
      throw InputError(
          to_text(least) + " to " + to_text(stratum.population) + " audits in stratum " + std::to_string(i + 1),
          to_text(s.n));
    const double mean_y = s.y / s.n;
    const double mean_f = s.f / s.n;
    const double syy = std::fmax(0.0, s.yy - s.n * mean_y * mean_y);
    const double syf = s.yf - s.n * mean_y * mean_f;
    const double sff = std::fmax(0.0, s.ff - s.n * mean_f * mean_f);
    const bool flat = !(sff > 1e-14 * s.ff);  // a judge that says the same of every case helps nobody
    const double lambda = weight == JudgeWeight::full ? 1.0 : weight == JudgeWeight::tuned && !flat ? syf / sff : 0.0;
    const double residual = std::fmax(0.0, syy - 2.0 * lambda * syf + lambda * lambda * sff) / (s.n - 1.0);
    const double share = stratum.population / all;
    const double fraction = s.n / stratum.population;
    out.value += share * (mean_y + lambda * (stratum.predicted / stratum.population - mean_f));
    out.finite_variance += share * share * (1.0 - fraction) / s.n * residual;
    out.process_variance +=
        share * share * ((1.0 - fraction) / s.n * residual + syy / (s.n - 1.0) / stratum.population);
    out.audits_alone_variance += share * share * (1.0 - fraction) / s.n * syy / (s.n - 1.0);
    out.lambda += share * lambda;
  }
  return out;
}

}  // namespace assay
