#pragma once
/// \file
/// Intervals of survey estimates.

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/interval/effective.hpp>
#include <assay/numeric/special.hpp>

namespace assay::survey {

/// Student's t about an estimate. No degrees of freedom, or no standard error: no limits.
[[nodiscard]] inline std::optional<Interval> student_limits(double estimate, double standard_error,
                                                            double degrees_of_freedom, Confidence confidence) {
  if (!std::isfinite(estimate) || !std::isfinite(standard_error) || !(degrees_of_freedom > 0.0)) return std::nullopt;
  const double half = -student_t_quantile(0.5 * confidence.alpha(), degrees_of_freedom) * standard_error;
  return Interval{estimate - half, estimate + half};
}

}  // namespace assay::survey
