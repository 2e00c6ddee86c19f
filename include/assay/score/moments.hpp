#pragma once
/// \file
/// The one kernel of estimation: a ratio or a total of two variables under a stratified element design.
///
/// Everything a score reports is a ratio of two sums: accuracy (1 where right, over 1), precision (over decisions that
/// acted), spend wrongly removed over spend removed. A domain is the same with zeros outside it, so that strata keep
/// their full sample sizes. Reference: Woodruff (1971), JASA 66:411-414; Särndal, Swensson & Wretman (1992), ch. 5 and
/// 9.3 (audits that did not come back, as a second phase within groups).

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

namespace assay {

/// Weighted sums over some audited cases: y the numerator, x the denominator, w the weight.
struct Moments {
  double y{0.0};   ///< sum of w y
  double x{0.0};   ///< sum of w x
  double yy{0.0};  ///< sum of (w y)^2
  double xy{0.0};  ///< sum of w y w x
  double xx{0.0};  ///< sum of (w x)^2

  Moments& operator+=(const Moments& other) noexcept {
    y += other.y;
    x += other.x;
    yy += other.yy;
    xy += other.xy;
    xx += other.xx;
    return *this;
  }
};

/// Cases of one stratum that came back with the same chance, and what they add to one domain.
struct GroupSample {
  double sampled{0.0};   ///< cases drawn in this group, inside and outside the domain
  double answered{0.0};  ///< of them, audits that came back
  Moments moments{};     ///< over the answered cases in the domain
};

/// One stratum: everything there is, what was drawn, and what the drawn say about one domain.
struct StratumSample {
  double population{std::numeric_limits<double>::infinity()};
  double sampled{0.0};
  std::span<const GroupSample> groups{};
  /// Where every case brought a weight, 1 / chance up to this factor, and y and x are 0 or 1: chances differ within the
  /// stratum, and so does what the finite population takes from the variance. 0: all chances are alike.
  double weight_scale{0.0};

  [[nodiscard]] double sampling_fraction() const noexcept {
    return std::isinf(population) ? 0.0 : sampled / population;
  }
};

/// A point with its variances: of these cases in this period (`finite`), and of the process that made them.
struct Estimate {
  double value{0.0};
  double finite_variance{0.0};
  double process_variance{0.0};
};

namespace detail {

/// Variance of the sum of z = y - ratio x (times one over `scale`) over one stratum, with and without the
/// finite-population correction of the first phase.
inline void add_variance(const StratumSample& stratum, double ratio, double scale, Estimate& estimate) noexcept {
  double total = 0.0;
  double squares = 0.0;
  double second_phase = 0.0;
  double certain = 0.0;  // sum of w z^2: what is left of the sum of (w z)^2 where every case was certain
  for (const GroupSample& group : stratum.groups) {
    const Moments& m = group.moments;
    const double first = (m.y - ratio * m.x) / scale;
    const double square = std::fmax(0.0, m.yy - 2.0 * ratio * m.xy + ratio * ratio * m.xx) / (scale * scale);
    total += first;
    certain += (m.y * (1.0 - 2.0 * ratio) + ratio * ratio * m.x) / (scale * scale);
    squares += group.sampled > 0.0 ? square * group.answered / group.sampled : 0.0;
    if (group.answered < group.sampled && group.answered > 0.0) {
      const double spread = group.answered > 1.0 ? std::fmax(0.0, square - first * first / group.answered) *
                                                       group.answered / (group.answered - 1.0)
                                                 : square;
      second_phase += (1.0 - group.answered / group.sampled) * spread;
    }
  }
  // A stratum with one case says nothing about its own spread; its deviation from the overall value stands in for it.
  const double n = stratum.sampled;
  const double first_phase = n > 1.0 ? std::fmax(0.0, squares - total * total / n) * n / (n - 1.0) : squares;
  estimate.process_variance += first_phase + second_phase;
  const double open = stratum.weight_scale > 0.0 && squares > 0.0
                          ? std::fmin(1.0, std::fmax(0.0, 1.0 - certain / (stratum.weight_scale * squares)))
                          : 1.0 - stratum.sampling_fraction();
  estimate.finite_variance += open * first_phase + second_phase;
}

}  // namespace detail

/// Ratio of the totals of y and x, with its linearised variances.
///
/// Assumes: the denominator's total is not 0 (the caller knows what to answer when it is).
[[nodiscard]] inline Estimate ratio_of(std::span<const StratumSample> strata) noexcept {
  double y = 0.0;
  double x = 0.0;
  for (const StratumSample& stratum : strata)
    for (const GroupSample& group : stratum.groups) {
      y += group.moments.y;
      x += group.moments.x;
    }
  Estimate estimate{y / x, 0.0, 0.0};
  for (const StratumSample& stratum : strata) detail::add_variance(stratum, estimate.value, x, estimate);
  return estimate;
}

/// Total of y, with its variances.
[[nodiscard]] inline Estimate total_of(std::span<const StratumSample> strata) noexcept {
  Estimate estimate;
  for (const StratumSample& stratum : strata)
    for (const GroupSample& group : stratum.groups) estimate.value += group.moments.y;
  for (const StratumSample& stratum : strata) detail::add_variance(stratum, 0.0, 1.0, estimate);
  return estimate;
}

}  // namespace assay
