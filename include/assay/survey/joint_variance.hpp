#pragma once
/// \file
/// Variances of draws whose joint inclusion probabilities are known exactly.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/survey/pps.hpp>
#include <assay/survey/unit_scores.hpp>

namespace assay::survey {

/// Units of which it is known with which chance any two were drawn together.
///
/// An estimate below 0 is possible for both estimators, and is no answer. Cost: units squared for each variance.
///
/// Reference: Horvitz & Thompson (1952), JASA 47(260):663-685; Yates & Grundy (1953), JRSS B 15(2):253-261
class JointProbabilities final : public VarianceMethod {
 public:
  /// \param joint  units x units, row by row, in the order of the table; on the diagonal each unit's own probability.
  /// \throws InputError for another size, pairs that differ by order, that could not be drawn together, or that are
  ///         likelier than one of the two; and for a diagonal other than the design's probabilities.
  JointProbabilities(const Design& design, std::vector<double> joint, PairEstimator estimator)
      : estimator_{estimator}, weight_{std::move(joint)} {
    probability_ = detail::unit_probabilities(design);
    const std::vector<double>& single = probability_;
    const std::size_t n = single.size();
    if (weight_.size() != n * n)
      throw InputError("joint probabilities of " + std::to_string(n) + " by " + std::to_string(n) + " units",
                       std::to_string(weight_.size()) + " numbers");
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = i; j < n; ++j) {
        const double both = weight_[i * n + j];
        const std::string which = " of rows " + std::to_string(i) + " and " + std::to_string(j);
        if (!(both > 0.0))
          throw InputError("joint probabilities above 0", to_text(both) + which, {},
                           "with a pair that is never drawn together no variance can be estimated without bias");
        if (std::fabs(both - weight_[j * n + i]) > 1e-9 * both)
          throw InputError("a joint probability that does not depend on the order",
                           to_text(both) + " and " + to_text(weight_[j * n + i]) + which);
        if (i == j ? std::fabs(both - single[i]) > 1e-9 : both > std::min(single[i], single[j]) + 1e-9)
          throw InputError(i == j ? "the row's own probability on the diagonal, " + to_text(single[i])
                                  : "a joint probability of at most either row's own",
                           to_text(both) + which);
      }
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        double& each = weight_[i * n + j];
        each = i == j ? 1.0 - single[i] : 1.0 - single[i] * single[j] / each;
      }
  }

  [[nodiscard]] std::vector<double> covariance(const Design& design, std::span<const double> scores,
                                               std::size_t columns) const override {
    const std::vector<double> z = detail::unit_scores(design, scores, columns);
    const std::size_t n = design.first_stage().units();
    std::vector<double> out(columns * columns, 0.0);
    for (std::size_t a = 0; a < columns; ++a)
      for (std::size_t b = a; b < columns; ++b) {
        const double* x = z.data() + a * n;
        const double* y = z.data() + b * n;
        double sum = 0.0;
        for (std::size_t i = 0; i < n; ++i)
          for (std::size_t j = 0; j < n; ++j)
            sum += estimator_ == PairEstimator::horvitz_thompson
                       ? weight_[i * n + j] * x[i] * y[j]
                       : -0.5 * weight_[i * n + j] * (x[i] - x[j]) * (y[i] - y[j]);
        out[a * columns + b] = out[b * columns + a] = sum;
      }
    return out;
  }
  /// Units drawn for certain show nothing of the variance: they count only in domains without others.
  [[nodiscard]] double degrees_of_freedom(const Design& design, std::span<const unsigned char> inside) const override {
    return detail::uncertain_degrees(design, probability_, inside);
  }
  [[nodiscard]] bool finite() const noexcept override { return true; }
  [[nodiscard]] std::string words() const override {
    return estimator_ == PairEstimator::yates_grundy ? "unequal probabilities, joint probabilities known (Yates-Grundy)"
                                                     : "unequal probabilities, joint probabilities known "
                                                       "(Horvitz-Thompson)";
  }

 private:
  PairEstimator estimator_;
  std::vector<double> weight_;
  std::vector<double> probability_{};  ///< by unit
};

}  // namespace assay::survey
