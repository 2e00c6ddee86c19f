#pragma once
/// \file
/// What the adjustments of a design explain of scores, one after another, as one linear map.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <assay/survey/design.hpp>
#include <assay/survey/explained.hpp>

namespace assay::survey {

/// The columns of all adjustments side by side. Scores s leave the residuals s - sum of effect times known column,
/// where `each` says a row's known columns, weighted, and `effects` answers the effects from the sums that `add` makes.
///
/// The last adjustment is taken out first, and the ones before see what it left: their sums lose what its effects put
/// into them, which tables between the adjustments say without another look at the rows.
class ExplainedChain {
 public:
  /// What the design's adjustments explain, those that explain nothing left away; none where one has no such form.
  [[nodiscard]] static std::optional<std::vector<Explained>> parts(const Design& design) {
    std::vector<Explained> out;
    for (const auto& adjustment : design.adjustments()) {
      std::optional<Explained> one = adjustment->explained();
      if (!one) return std::nullopt;
      if (one->columns() > 0) out.push_back(std::move(*one));
    }
    return out;
  }

  /// Cost: the rows times the squares of their columns, where there are several adjustments; memory: columns squared.
  ExplainedChain(std::vector<Explained> parts, std::size_t rows) : parts_{std::move(parts)} {
    for (const Explained& part : parts_) {
      first_.push_back(columns_);
      columns_ += part.columns();
      effects_.push_back(part.effects());
    }
    if (parts_.size() < 2) return;
    between_.assign(columns_ * columns_, 0.0);
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t late = 1; late < parts_.size(); ++late)
        parts_[late].each(row, [&](std::size_t column, double x) {
          for (std::size_t early = 0; early < late; ++early) {
            const double counted = parts_[early].counted(row, parts_[late].after[row] * x);
            parts_[early].each(row, [&](std::size_t of, double value) {
              between_[(first_[early] + of) * columns_ + first_[late] + column] += counted * value;
            });
          }
        });
  }

  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }

  /// Calls use(column, value) for the known columns of a row, each times the weight after its adjustment.
  template <class Use>
  void each(std::size_t row, const Use& use) const {
    for (std::size_t k = 0; k < parts_.size(); ++k) {
      const double after = parts_[k].after[row];
      parts_[k].each(row, [&](std::size_t column, double x) { use(first_[k] + column, after * x); });
    }
  }
  /// Adds a row's score to the sums that effects are made from.
  void add(std::size_t row, double score, std::span<double> sums) const {
    for (std::size_t k = 0; k < parts_.size(); ++k) {
      const double counted = parts_[k].counted(row, score);
      parts_[k].each(row, [&](std::size_t column, double x) { sums[first_[k] + column] += counted * x; });
    }
  }
  /// The effects of all columns.
  [[nodiscard]] std::vector<double> effects(std::span<const double> sums) const {
    std::vector<double> out(columns_, 0.0);
    for (std::size_t k = parts_.size(); k-- > 0;) {
      const std::size_t end = first_[k] + parts_[k].columns();
      std::vector<double> own(sums.begin() + static_cast<std::ptrdiff_t>(first_[k]),
                              sums.begin() + static_cast<std::ptrdiff_t>(end));
      if (!between_.empty())
        for (std::size_t i = first_[k]; i < end; ++i)
          for (std::size_t late = end; late < columns_; ++late)
            own[i - first_[k]] -= between_[i * columns_ + late] * out[late];
      own = effects_[k](std::move(own));
      std::copy(own.begin(), own.end(), out.begin() + static_cast<std::ptrdiff_t>(first_[k]));
    }
    return out;
  }

 private:
  std::vector<Explained> parts_;
  std::vector<std::size_t> first_{};  ///< by part, its first column
  std::vector<Explained::Effects> effects_{};
  std::vector<double> between_{};  ///< by column of an earlier part and of a later one
  std::size_t columns_{0};
};

}  // namespace assay::survey
