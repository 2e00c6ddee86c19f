#pragma once
/// \file
/// By what a weight is multiplied in calibration, as a function of the row's known numbers.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>

namespace assay::survey {

/// linear: regression weights, which may fall below 0. raking: factors above 0. logit: factors within bounds, smoothly.
/// truncated: linear, cut at the bounds.
enum class Distance : std::uint8_t { linear, raking, logit, truncated };

/// The factor F(u), its slope, and its integral (whose sum calibration minimises).
///
/// Reference: Deville & Särndal (1992), JASA 87(418):376-382, cases 1, 2, 6 and 7
class Factor {
 public:
  /// \throws InputError unless `bounds` are given where the distance has them, with 0 <= lower < 1 < upper.
  explicit Factor(Distance distance, std::optional<Interval> bounds = {}) : distance_{distance} {
    const bool bounded = distance == Distance::logit || distance == Distance::truncated;
    if (bounded != bounds.has_value())
      throw InputError(bounded ? "bounds on the factors of weights" : "no bounds on the factors of weights",
                       bounded ? "none" : "some", {},
                       bounded ? "pass bounds=(0.3, 3), say" : "bounds go with method=\"linear\" and \"logit\"");
    if (!bounded) return;
    low_ = bounds->lower;
    high_ = bounds->upper;
    if (!(low_ >= 0.0 && low_ < 1.0 && high_ > 1.0 && std::isfinite(high_)))
      throw InputError("bounds of which the lower is at least 0 and below 1, and the upper above 1 and finite",
                       to_text(low_) + " and " + to_text(high_), {},
                       "a factor of 1 leaves a weight as it is, and must be allowed");
    steepness_ = (high_ - low_) / ((1.0 - low_) * (high_ - 1.0));
  }

  [[nodiscard]] double value(double u) const noexcept {
    switch (distance_) {
      case Distance::raking:
        return std::exp(u);
      case Distance::logit:
        return low_ + (high_ - low_) * share(u);
      case Distance::truncated:
        return std::clamp(1.0 + u, low_, high_);
      default:
        return 1.0 + u;
    }
  }
  [[nodiscard]] double slope(double u) const noexcept {
    switch (distance_) {
      case Distance::raking:
        return std::exp(u);
      case Distance::logit: {
        const double s = share(u);
        return (high_ - low_) * steepness_ * s * (1.0 - s);
      }
      case Distance::truncated:
        return 1.0 + u > low_ && 1.0 + u < high_ ? 1.0 : 0.0;
      default:
        return 1.0;
    }
  }
  [[nodiscard]] double integral(double u) const noexcept {
    switch (distance_) {
      case Distance::raking:
        return std::exp(u);
      case Distance::logit: {
        const double a = steepness_ * u;
        // log((high - 1) + (1 - low) e^a), kept from overflowing
        const double log_sum = a > 0.0 ? a + std::log((high_ - 1.0) * std::exp(-a) + (1.0 - low_))
                                       : std::log((high_ - 1.0) + (1.0 - low_) * std::exp(a));
        return low_ * u + (high_ - low_) / steepness_ * log_sum;
      }
      case Distance::truncated: {
        const double at = std::clamp(u, low_ - 1.0, high_ - 1.0);
        return at + 0.5 * at * at + (u - at) * (1.0 + at);
      }
      default:
        return u + 0.5 * u * u;
    }
  }

 private:
  [[nodiscard]] double share(double u) const noexcept {
    const double a = steepness_ * u;
    return a > 0.0 ? (1.0 - low_) / ((high_ - 1.0) * std::exp(-a) + (1.0 - low_))
                   : (1.0 - low_) * std::exp(a) / ((high_ - 1.0) + (1.0 - low_) * std::exp(a));
  }

  Distance distance_;
  double low_{0.0};
  double high_{0.0};
  double steepness_{0.0};
};

}  // namespace assay::survey
