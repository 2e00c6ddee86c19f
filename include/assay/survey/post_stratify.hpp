#pragma once
/// \file
/// Post-stratification: weights brought to the known sizes of the population's parts.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <assay/survey/design.hpp>
#include <assay/survey/margin.hpp>

namespace assay::survey {

/// What post-stratification takes from variances: the mean score of each cell, which its known size explains.
class PostStratification final : public Adjustment {
 public:
  /// \throws InputError as require_margin does, and for a cell whose weights add up to nothing.
  PostStratification(Margin margin, std::span<const double> weights)
      : margin_{std::move(margin)}, before_(weights.begin(), weights.end()) {
    require_margin(margin_, before_.size());
    after_ = before_;
    fit_margin(margin_, after_);
    held_ = held_by(margin_, before_);
  }

  [[nodiscard]] const std::vector<double>& weights() const noexcept { return after_; }

  void take_out(std::span<double> scores) const override { survey::take_out(*explained(), scores); }
  [[nodiscard]] std::optional<Explained> explained() const override {
    Explained out;
    out.levels.push_back({margin_.cell_of_row, held_.size()});
    out.counting = before_;
    out.after = after_;
    out.effects = [this] {
      return [this](std::vector<double> mean) {
        for (std::size_t cell = 0; cell < mean.size(); ++cell) mean[cell] /= held_[cell];
        return mean;
      };
    };
    return out;
  }
  void reweight(std::span<double> weights) const override { fit_margin(margin_, weights); }
  [[nodiscard]] std::string words() const override { return "post-stratified by " + margin_.name; }

 private:
  Margin margin_;
  std::vector<double> before_;
  std::vector<double> after_{};
  std::vector<double> held_{};
};

/// The design with weights that add up to the known total of each cell.
///
/// Assumes: every unit of the population is in one cell, and the totals are known without error.
/// Use when: the sizes of parts (decisions by label, cases by site) are known and differ from what was drawn by chance.
/// Not for: several margins of which only the parts, not the crossing, are known (rake); cells with a handful of rows.
/// No data: a cell without rows is refused by name.
///
/// Reference: Holt & Smith (1979), JRSS A 142(1):33-46; Särndal, Swensson & Wretman (1992), section 7.6
/// \throws InputError as PostStratification does.
[[nodiscard]] inline Design post_stratified(const Design& design, Margin margin) {
  auto adjustment = std::make_shared<const PostStratification>(std::move(margin), design.weights());
  return design.adjusted(adjustment->weights(), adjustment);
}

}  // namespace assay::survey
