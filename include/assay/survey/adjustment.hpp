#pragma once
/// \file
/// What changes a design after the draw: weights that were adjusted to known totals, and variances that do not come
/// from the stages.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <assay/survey/explained.hpp>

namespace assay::survey {

class Design;

/// Weights that were adjusted to known totals (post-stratification, raking, calibration).
///
/// What the totals explain has no sampling error any more, so that each adjustment takes it out of the scores before
/// their variance is computed.
class Adjustment {
 public:
  Adjustment() = default;
  Adjustment(const Adjustment&) = delete;
  Adjustment& operator=(const Adjustment&) = delete;
  virtual ~Adjustment() = default;

  /// Replaces the scores (one a row: weight times linearised value, 0 outside of the domain) by their residuals.
  virtual void take_out(std::span<double> scores) const = 0;
  /// The same map through few numbers, so that many domains need not walk all rows each; none where it has no such
  /// form.
  [[nodiscard]] virtual std::optional<Explained> explained() const { return std::nullopt; }
  /// Adjusts other weights of the same rows, a replicate's, to the same totals.
  /// \throws InputError where they cannot meet them.
  virtual void reweight(std::span<double> weights) const = 0;
  /// For instance "post-stratified by site".
  [[nodiscard]] virtual std::string words() const = 0;
};

struct Question;
struct Domains;

/// Replicate weights, made when they are asked for: never rows x replicates at once.
class Replicates {
 public:
  Replicates() = default;
  Replicates(const Replicates&) = delete;
  Replicates& operator=(const Replicates&) = delete;
  virtual ~Replicates() = default;

  /// By replicate, the factor on its squared difference.
  [[nodiscard]] virtual const std::vector<double>& scale() const noexcept = 0;
  /// Differences are from the full estimate, or from the replicates' mean.
  [[nodiscard]] virtual bool about_the_estimate() const noexcept = 0;
  /// Fills in the weights of all rows in one replicate, adjusted as the design's were.
  virtual void weights(const Design& design, std::size_t replicate, std::span<double> out) const = 0;
  /// By replicate, the estimates of all domains.
  [[nodiscard]] virtual std::vector<std::vector<double>> estimates(const Design& design, const Question& question,
                                                                   const Domains& domains) const = 0;
};

/// A variance that does not come from the stages: probabilities proportional to size, two phases, replicates.
class VarianceMethod {
 public:
  VarianceMethod() = default;
  VarianceMethod(const VarianceMethod&) = delete;
  VarianceMethod& operator=(const VarianceMethod&) = delete;
  virtual ~VarianceMethod() = default;

  /// The covariance matrix (columns x columns, row by row) of the sums of scores; `scores` holds one column of all rows
  /// after another. Not called where there are replicates.
  [[nodiscard]] virtual std::vector<double> covariance(const Design& design, std::span<const double> scores,
                                                       std::size_t columns) const = 0;
  /// Replicate weights, where the variance comes from them.
  [[nodiscard]] virtual const Replicates* replicates() const noexcept { return nullptr; }
  /// Degrees of freedom of a domain, given as 1 for each row in it; below 0 to let units minus strata
  /// answer.
  [[nodiscard]] virtual double degrees_of_freedom(const Design&, std::span<const unsigned char>) const { return -1.0; }
  /// True where the variance is that of drawing from a finite population, though the stages know no size.
  [[nodiscard]] virtual bool finite() const noexcept { return false; }
  /// For instance "jackknife with 15 replicates".
  [[nodiscard]] virtual std::string words() const = 0;
};

}  // namespace assay::survey
