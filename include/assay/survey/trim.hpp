#pragma once
/// \file
/// Trimming: weights beyond limits are brought to them, and what they lose the others gain.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/survey/design.hpp>

namespace assay::survey {

/// Weights cut to [lower, upper]; what is cut off is shared out evenly among the rows that were within. With `strict`
/// this is done again until all weights are within.
/// \throws InputError for limits in the wrong order, or that no weights with the same sum could keep; and where
///         sharing out once leaves a weight of 0 or below, naming its row.
[[nodiscard]] inline std::vector<double> trimmed_weights(std::span<const double> weights, double lower, double upper,
                                                         bool strict) {
  if (!(lower >= 0.0 && lower < upper))
    throw InputError("limits of weights of which the lower is at least 0 and below the upper",
                     to_text(lower) + " and " + to_text(upper));
  std::vector<double> out(weights.begin(), weights.end());
  const auto count = static_cast<double>(out.size());
  double sum = 0.0;
  for (const double weight : out) sum += weight;
  if (sum < lower * count || sum > upper * count)
    throw InputError("limits that weights with a mean of " + to_text(sum / count) + " can keep",
                     to_text(lower) + " and " + to_text(upper));
  std::vector<char> cut(out.size(), 0);
  for (std::size_t round = 0; round <= out.size(); ++round) {
    double lost = 0.0;
    std::size_t within = 0;
    bool any = false;
    for (std::size_t row = 0; row < out.size(); ++row) {
      const double kept = std::clamp(out[row], lower, upper);
      if (kept != out[row]) cut[row] = 1, any = true;
      lost += out[row] - kept;
      out[row] = kept;
      within += cut[row] == 0 ? std::size_t{1} : std::size_t{0};
    }
    if (!any) return out;
    if (within == 0)
      throw InputError("limits that some weights are within", "all " + std::to_string(out.size()) + " beyond them", {},
                       "widen the limits");
    for (std::size_t row = 0; row < out.size(); ++row)
      if (cut[row] == 0) out[row] += lost / static_cast<double>(within);
    if (strict) continue;
    for (std::size_t row = 0; row < out.size(); ++row)
      if (cut[row] == 0 && !(out[row] > 0.0))
        throw InputError("weights above 0 after sharing out what was raised to " + to_text(lower), to_text(out[row]),
                         {"", static_cast<std::int64_t>(row)},
                         "strict=True shares out again until all weights are within, or choose a smaller lower=");
    return out;
  }
  return out;
}

/// Trimming explains nothing: variances keep their scores, under the trimmed weights. In replicates each row's weight
/// changes by the same factor as in the sample.
class Trimming final : public Adjustment {
 public:
  Trimming(std::span<const double> weights, double lower, double upper, bool strict)
      : after_{trimmed_weights(weights, lower, upper, strict)}, factor_(after_) {
    for (std::size_t row = 0; row < factor_.size(); ++row) {
      if (!(weights[row] > 0.0))
        throw InputError("weights above 0 to trim", to_text(weights[row]), {"", static_cast<std::int64_t>(row)});
      factor_[row] /= weights[row];
      if (factor_[row] < 1.0 && weights[row] > upper) ++changed_;
    }
    upper_ = upper;
  }
  [[nodiscard]] const std::vector<double>& weights() const noexcept { return after_; }
  void take_out(std::span<double>) const override {}
  [[nodiscard]] std::optional<Explained> explained() const override { return Explained{}; }
  void reweight(std::span<double> weights) const override {
    for (std::size_t row = 0; row < weights.size(); ++row) weights[row] *= factor_[row];
  }
  [[nodiscard]] std::string words() const override {
    return std::isinf(upper_) ? "weights raised to a least one"
                              : std::to_string(changed_) + " weights trimmed to " + to_text(upper_);
  }

 private:
  std::vector<double> after_;
  std::vector<double> factor_;
  std::size_t changed_{0};
  double upper_{0.0};
};

/// The design with weights within limits and the same sum.
///
/// Use when: a few rows with huge weights rule an estimate, and a little bias is a fair price for less variance.
/// Not for: weights that were calibrated and must still meet their totals (calibrate with bounds instead).
///
/// Reference: Potter (1990), "A study of procedures to identify and trim extreme sampling weights", Proceedings of the
/// Survey Research Methods Section, ASA, 225-230.
/// \throws InputError as trimmed_weights does, and for weights that are not above 0.
[[nodiscard]] inline Design trimmed(const Design& design, double lower, double upper, bool strict = false) {
  auto adjustment = std::make_shared<const Trimming>(design.weights(), lower, upper, strict);
  return design.adjusted(adjustment->weights(), adjustment);
}

}  // namespace assay::survey
