#pragma once
/// \file
/// A sampling design with its weights: an immutable value that every estimate starts from.

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
#include <assay/core/text.hpp>
#include <assay/survey/adjustment.hpp>
#include <assay/survey/stage.hpp>

namespace assay::survey {

/// How the rows of a table were drawn, and what each stands for. Immutable; copies share memory.
///
/// Domains are never cut out of a design: an estimate for a domain keeps all units and masks what lies outside, because
/// the units without a row of the domain belong to its variance.
class Design {
 public:
  /// \param weights  what each row stands for; empty where nothing is known of it: every row counts 1, and totals are
  ///                 refused.
  /// \throws InputError for no rows, weights that are not finite and above 0, or a number of them that is not `rows`.
  Design(std::int64_t rows, std::vector<Stage> stages, std::vector<double> weights, Lonely lonely)
      : data_{std::make_shared<const Data>(rows, std::move(stages), lonely)} {
    if (rows == 0) throw InputError("a table with rows", "an empty one");
    weighted_ = !weights.empty();
    if (weighted_) require_weights(weights);
    weights_ = std::make_shared<const std::vector<double>>(
        weighted_ ? std::move(weights) : std::vector<double>(static_cast<std::size_t>(rows), 1.0));
  }

  [[nodiscard]] std::int64_t rows() const noexcept { return data_->rows; }
  [[nodiscard]] std::span<const Stage> stages() const noexcept { return data_->stages; }
  [[nodiscard]] const Stage& first_stage() const noexcept { return data_->stages.front(); }
  [[nodiscard]] Lonely lonely() const noexcept { return data_->lonely; }
  [[nodiscard]] std::span<const double> weights() const noexcept { return *weights_; }
  /// The weights before they were adjusted.
  [[nodiscard]] std::span<const double> drawn_weights() const noexcept { return drawn_ ? *drawn_ : *weights_; }
  /// False where neither weights nor populations were known.
  [[nodiscard]] bool weighted() const noexcept { return weighted_; }
  /// True where the size of some stratum of the first stage is known: estimates are then about the finite queue.
  [[nodiscard]] bool finite() const noexcept {
    for (const Group& group : first_stage().groups)
      if (!std::isinf(group.population)) return true;
    return method_ && method_->finite();
  }
  /// True where a stratum drawn whole has no error left: one stage says all of the variance.
  [[nodiscard]] bool whole_groups_add_nothing() const noexcept {
    if (method_) return false;
    for (std::size_t stage = 1; stage < stages().size(); ++stage)
      if (!stages()[stage].silent()) return false;
    return true;
  }
  /// Units of the first stage minus its strata; strata drawn whole, and units drawn for certain, count only where there
  /// are no others, since they show nothing of the variance.
  [[nodiscard]] std::int64_t degrees_of_freedom() const {
    if (method_) {
      const std::vector<unsigned char> everywhere(static_cast<std::size_t>(rows()), 1);
      const double own = method_->degrees_of_freedom(*this, everywhere);
      if (own >= 0.0) return static_cast<std::int64_t>(own);
    }
    std::int64_t open = 0, all = 0;
    bool any = false;
    for (const Group& group : first_stage().groups) {
      all += group.sampled - 1;
      if (whole_groups_add_nothing() && group.whole()) continue;
      open += group.sampled - 1;
      any = true;
    }
    return any ? open : all;
  }

  /// Shares and quantiles have no meaning under weights below 0, as linear calibration may leave them.
  /// \throws InputError naming the first such row.
  void require_no_negative_weights() const {
    for (std::size_t row = 0; row < weights_->size(); ++row)
      if ((*weights_)[row] < 0.0)
        throw InputError("weights of at least 0, for shares and quantiles", to_text((*weights_)[row]),
                         {"", static_cast<std::int64_t>(row)},
                         "calibrate with method=\"raking\", or within bounds, which keeps weights above 0");
  }

  [[nodiscard]] std::span<const std::shared_ptr<const Adjustment>> adjustments() const noexcept { return adjustments_; }
  /// Null where the stages say the variance.
  [[nodiscard]] const VarianceMethod* variance_method() const noexcept { return method_.get(); }

  /// The same design with weights adjusted to known totals. Weights of 0 or below are possible (linear calibration).
  /// \throws InputError for weights that are not finite, or a number of them that is not `rows()`.
  [[nodiscard]] Design adjusted(std::vector<double> weights, std::shared_ptr<const Adjustment> adjustment) const {
    Design out{*this};
    out.require_weights(weights, -std::numeric_limits<double>::infinity());
    if (!out.drawn_) out.drawn_ = out.weights_;
    out.weights_ = std::make_shared<const std::vector<double>>(std::move(weights));
    out.weighted_ = true;
    if (adjustment) out.adjustments_.push_back(std::move(adjustment));
    return out;
  }
  /// The same design with its variances from elsewhere.
  [[nodiscard]] Design with_variance(std::shared_ptr<const VarianceMethod> method) const {
    Design out{*this};
    out.method_ = std::move(method);
    return out;
  }

  /// For instance "3 strata, 2 stages (40 and 126 units), finite population".
  [[nodiscard]] std::string words() const {
    const auto some = [](std::size_t count, const char* one, const char* many) {
      return std::to_string(count) + " " + (count == 1 ? one : many);
    };
    const auto& stages = data_->stages;
    std::string out = first_stage().groups.size() == 1
                          ? (stages.size() == 1 && first_stage().rows_are_units() ? "simple random" : "unstratified")
                          : some(first_stage().groups.size(), "stratum", "strata");
    if (stages.size() > 1 || !first_stage().rows_are_units()) {
      out += ", " + some(first_stage().units(), "cluster", "clusters");
      if (stages.size() > 1) out += ", " + some(stages.size(), "stage", "stages");
    }
    if (finite()) out += ", finite population";
    for (const auto& adjustment : adjustments_) out += ", " + adjustment->words();
    if (method_) out += ", " + method_->words();
    return out;
  }

 private:
  struct Data {
    std::int64_t rows;
    std::vector<Stage> stages;
    Lonely lonely;
    Data(std::int64_t count, std::vector<Stage> of, Lonely rule) : rows{count}, stages{std::move(of)}, lonely{rule} {}
  };

  void require_weights(const std::vector<double>& weights, double above = 0.0) const {
    if (static_cast<std::int64_t>(weights.size()) != rows())
      throw InputError("a weight for each of " + std::to_string(rows()) + " rows", std::to_string(weights.size()));
    for (std::size_t row = 0; row < weights.size(); ++row)
      if (!(weights[row] > above) || !std::isfinite(weights[row]))
        throw InputError(above == 0.0 ? "finite weights above 0" : "finite weights", to_text(weights[row]),
                         {"", static_cast<std::int64_t>(row)});
  }

  std::shared_ptr<const Data> data_;
  std::shared_ptr<const std::vector<double>> weights_{};
  std::shared_ptr<const std::vector<double>> drawn_{};  ///< null where nothing was adjusted
  bool weighted_{false};
  std::vector<std::shared_ptr<const Adjustment>> adjustments_{};
  std::shared_ptr<const VarianceMethod> method_{};
};

}  // namespace assay::survey
