#pragma once
/// \file
/// Metrics of one's own: the ratio of two columns' sums, exact like everything in a tally.

#include <cmath>
#include <string>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/numeric/sums.hpp>
#include <assay/tally/outcome.hpp>

namespace assay {

inline constexpr OutcomeSet any_outcome = 0xFF;

/// Sum of `numerator` over sum of `denominator`; each may be limited to rows of some outcomes.
struct Measure {
  std::string name{};
  std::string numerator{};
  std::string denominator{};
  OutcomeSet numerator_when{any_outcome};

  friend bool operator==(const Measure&, const Measure&) = default;
};

/// Exact sums of the moments of one measure in one cell.
struct MeasureSums {
  ExactSum y{};
  ExactSum x{};
  ExactSum yy{};
  ExactSum xy{};
  ExactSum xx{};

  /// Adds one row: numerator and denominator, both times its weight.
  void add(double numerator, double denominator) noexcept {
    y.add(numerator);
    x.add(denominator);
    yy.add(numerator * numerator);
    xy.add(numerator * denominator);
    xx.add(denominator * denominator);
  }
  void merge(const MeasureSums& other) noexcept {
    y.merge(other.y);
    x.merge(other.x);
    yy.merge(other.yy);
    xy.merge(other.xy);
    xx.merge(other.xx);
  }
  friend bool operator==(const MeasureSums&, const MeasureSums&) = default;
};

/// \throws InputError for a number whose square, times the square of any usable weight, cannot be summed.
inline void require_measurable(double value, const Place& place) {
  if (!(std::fabs(value) <= 1e140))
    throw InputError("a finite number of at most 1e140", to_text(value), place, "mend or drop the row");
}

}  // namespace assay
