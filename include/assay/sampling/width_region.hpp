#pragma once
/// \file
/// Which weights of a slice's cases keep its half-width, and how far they reach: what plans are proved with.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <assay/sampling/precision.hpp>

namespace assay::allocation::detail {

/// The weights (of errors, of correct cases, the heaviest) for which a slice of several parts is as sharp as wished,
/// among those that sizes can give it.
///
/// Half-widths do not fall when weights grow, as long as they are below a fifth, and one error and one correct case are
/// to be expected in effect; where fewer are, they fall by less than a hundredth (the tests try both
/// by the hundred thousand). So a box of weights whose least corner is too wide holds none that keep the wish, and what
/// linear sums of weights can reach is bounded by covering the rest with ever smaller boxes: the answers here are upper
/// bounds, whatever the shape of the region.
class WidthRegion {
 public:
  static constexpr double widest = 0.178;
  static constexpr double fall = 0.99;

  /// Whether the two laws are known to hold of a slice.
  [[nodiscard]] static bool knows(const SliceLaw& law, double half_width) noexcept {
    return law.kish.size() > 1 && half_width < widest && law.rate <= 0.5;
  }

  /// Assumes: `knows`.
  WidthRegion(const Prospect& prospect, const SliceLaw& law, double half_width)
      : prospect_{&prospect}, law_{&law}, half_width_{half_width}, least_ratio_{HUGE_VAL} {
    for (std::size_t i = 0; i < law.kish.size(); ++i) {
      const auto& [h, amount] = law.kish[i];
      parts_.push_back({amount * law.rates[i] / law.rate, amount * (1.0 - law.rates[i]) / (1.0 - law.rate),
                        std::sqrt(amount / law.share[i])});
      least_ratio_ = std::min(least_ratio_, parts_[i].correct / parts_[i].error * (1.0 - 1e-12));
      most_ratio_ = std::max(most_ratio_, parts_[i].correct / parts_[i].error * (1.0 + 1e-12));
    }
    least_ = weights_of(law, prospect.limits.most);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const auto most = static_cast<double>(prospect.limits.most[law.kish[i].stratum]);
      heavy_.push_back({parts_[i].error / parts_[i].heaviest, least_.error - parts_[i].error / most,
                        parts_[i].correct / parts_[i].heaviest, least_.correct - parts_[i].correct / most});
    }
  }

  /// What each part adds to the weights, over its size; to the heaviest, what it is at least.
  [[nodiscard]] const std::vector<SliceWeights>& parts() const noexcept { return parts_; }
  [[nodiscard]] const SliceLaw& law() const noexcept { return *law_; }
  [[nodiscard]] const SliceWeights& least() const noexcept { return least_; }
  /// Half-widths that were worked out so far.
  [[nodiscard]] std::int64_t evaluations() const noexcept { return evaluations_; }

  /// Leaves weights below these out of the region: no sizes in question give them.
  void raise(const SliceWeights& least) noexcept {
    least_.error = std::max(least_.error, least.error);
    least_.correct = std::max({least_.correct, least.correct, least_ratio_ * least_.error});
    least_.heaviest = std::max(least_.heaviest, least.heaviest);
  }

  /// The weight of errors at most, where the other weights are as small as they can be beside it.
  [[nodiscard]] double most_error() {
    const auto beside = [&](double error) {
      return SliceWeights{error, std::max(least_.correct, least_ratio_ * error), std::max(least_.heaviest, error)};
    };
    const double end = law_->rate;
    if (const double found = edge(least_.error, 1e-7, half_width_, beside);
        found < end && half_width(beside(end)) >= half_width_ / fall)
      return found;
    return edge(least_.error, 1e-7, half_width_ / fall, beside);
  }

  /// These weights, all larger or smaller by one factor, where they just stop to keep the wish.
  [[nodiscard]] SliceWeights scaled(const SliceWeights& of) {
    const auto times = [&](double factor) {
      return SliceWeights{of.error * factor, of.correct * factor, of.heaviest * factor};
    };
    return times(edge(least_.error / of.error, 1e-9, half_width_, times));
  }

  /// How the half-width grows with each weight, there.
  [[nodiscard]] SliceWeights slopes(const SliceWeights& at) {
    constexpr double step = 1e-4;
    const auto slope = [&](double SliceWeights::* weight) {
      SliceWeights more = at, less = at;
      more.heaviest = less.heaviest = at.heaviest * (1.0 + 2.0 * step);  // so that no other weight overtakes it
      more.*weight *= 1.0 + step;
      less.*weight *= 1.0 - step;
      return std::max(0.0, half_width(more) - half_width(less)) / (2.0 * step * at.*weight);
    };
    return {slope(&SliceWeights::error), slope(&SliceWeights::correct), slope(&SliceWeights::heaviest)};
  }

  /// How far the region reaches: `limit` is at least the sum of weights times those of the plane, wherever the wish is
  /// kept; `where` are weights near which it is as large.
  struct Reach {
    double limit{0.0};
    SliceWeights where{};
  };

  /// The reach of a plane, in boxes of error and correct weights. `from` is a first guess that is too small or right;
  /// `most` half-widths are worked out before the answer is left coarser than `tolerance`.
  /// Assumes: the plane's weight of the heaviest is above 0.
  [[nodiscard]] Reach reach(const SliceWeights& plane, double from, double tolerance, std::int64_t most) {
    const std::int64_t before = evaluations_;
    Reach out{from * (1.0 + tolerance), {}};
    const auto sum = [&](const SliceWeights& of) {
      return plane.error * of.error + plane.correct * of.correct + plane.heaviest * of.heaviest;
    };
    // the heaviest weight of the plane's points with these other weights
    const auto heaviest = [&](double error, double correct) {
      return (out.limit - plane.error * error - plane.correct * correct) / plane.heaviest;
    };
    const auto at_least = [&](double error, double correct, double heavy) {
      return SliceWeights{error, correct, std::max({error, correct, heavy, least_.heaviest})};
    };
    std::vector<Box> boxes{{least_.error, most_error(), least_.correct, HUGE_VAL}};
    while (!boxes.empty()) {
      Box box = boxes.back();
      boxes.pop_back();
      if (!within_ratios(box)) continue;
      const SliceWeights corner = at_least(box.error, box.correct, heaviest(box.error_end, box.correct_end));
      const double needed = few_expected(box.error_end, box.correct_end) ? half_width_ / fall : half_width_;
      const double heaviest_end = most_heaviest(box.error_end, box.correct_end);
      if (corner.heaviest > heaviest_end || half_width(corner) >= needed) continue;
      const double plane_heaviest = heaviest(box.error_end, box.correct_end);
      SliceWeights far = at_least(box.error_end, box.correct_end, plane_heaviest);
      if (far.heaviest <= plane_heaviest * (1.0 + 1e-12) && far.heaviest < heaviest_end * (1.0 - 1e-6) &&
          half_width(far) < needed) {  // it reaches further
        far.heaviest = std::min(rise(far, needed), heaviest_end);
        out = {sum(far) * (1.0 + 0.5 * tolerance), far};
        boxes.push_back(box);
        continue;
      }
      const bool small =
          box.error_end < box.error * (1.0 + tolerance) && box.correct_end < box.correct * (1.0 + 4.0 * tolerance);
      if (small || evaluations_ - before > most) {
        const SliceWeights risen{box.error_end, box.correct_end, std::min(rise(corner, needed), heaviest_end)};
        if (sum(risen) > out.limit) out = {sum(risen), risen};
        continue;
      }
      // Halved the way in which its extent hides more width.
      const double error = std::sqrt(box.error * box.error_end), correct = std::sqrt(box.correct * box.correct_end);
      const bool thin_error = box.error_end < box.error * (1.0 + 1e-9);
      const bool thin_correct = box.correct_end < box.correct * (1.0 + 1e-9);
      if (thin_correct ||
          (!thin_error && half_width(at_least(error, box.correct, heaviest(error, box.correct_end))) >=
                              half_width(at_least(box.error, correct, heaviest(box.error_end, correct))))) {
        boxes.push_back({box.error, error, box.correct, box.correct_end});
        boxes.push_back({error, box.error_end, box.correct, box.correct_end});
      } else {
        boxes.push_back({box.error, box.error_end, box.correct, correct});
        boxes.push_back({box.error, box.error_end, correct, box.correct_end});
      }
    }
    return out;
  }

 private:
  struct Box {
    double error, error_end, correct, correct_end;
  };
  /// A part's shares of errors and of correct cases, and what the other parts add to their weights at least.
  struct Heavy {
    double errors, other_errors, correct, other_correct;
  };

  /// Whether less than one error, or one correct case, are to be expected of audits with these weights.
  [[nodiscard]] bool few_expected(double error, double correct) const noexcept {
    return error > law_->rate || correct > 1.0 - law_->rate;
  }

  /// Where less is expected, as if it were one: that grows with every weight.
  [[nodiscard]] double half_width(const SliceWeights& of) {
    ++evaluations_;
    return weighted_half_width(*prospect_, *law_,
                               {std::min(of.error, law_->rate), std::min(of.correct, 1.0 - law_->rate),
                                std::max({of.error, of.correct, of.heaviest})});
  }

  /// Cuts from a box what sizes cannot give: parts have only so many correct cases an error. False where nothing stays.
  [[nodiscard]] bool within_ratios(Box& box) const noexcept {
    box.correct = std::max(box.correct, least_ratio_ * box.error);
    box.correct_end = std::min(box.correct_end, most_ratio_ * box.error_end);
    if (box.correct > box.correct_end) return false;
    box.error = std::max(box.error, box.correct / most_ratio_);
    box.error_end = std::min(box.error_end, box.correct_end / least_ratio_);
    return box.error <= box.error_end;
  }

  /// The heaviest weight that goes with these others: whichever part has it adds its share to them, and the other parts
  /// what they have at least.
  [[nodiscard]] double most_heaviest(double error, double correct) const noexcept {
    double out = 0.0;
    for (const Heavy& part : heavy_)
      out = std::max(
          out, std::min((error - part.other_errors) / part.errors, (correct - part.other_correct) / part.correct));
    return out * (1.0 + 1e-12);
  }

  /// From which value on, within `fine` and rather too large, the weights of a value are as wide as that.
  template <class Weights>
  [[nodiscard]] double edge(double from, double fine, double wide, const Weights& weights) {
    const auto kept = [&](double value) { return half_width(weights(value)) < wide; };
    double low = from, high = from;
    for (double step = 1.02; kept(high); high *= step) {
      low = high;
      step = std::min(step * step, 4.0);
      if (high > 1e9) return HUGE_VAL;
    }
    while (high > low * (1.0 + fine)) {
      const double middle = std::sqrt(low * high);
      (kept(middle) ? low : high) = middle;
    }
    return high;
  }

  /// The heaviest weight from which on the wish is not kept beside these other weights.
  [[nodiscard]] double rise(const SliceWeights& of, double wide) {
    return edge(of.heaviest, 1e-5, wide, [&](double heaviest) { return SliceWeights{of.error, of.correct, heaviest}; });
  }

  const Prospect* prospect_;
  const SliceLaw* law_;
  double half_width_;
  double least_ratio_;  ///< of the correct cases' weight to the errors'
  double most_ratio_{0.0};
  std::vector<SliceWeights> parts_{};
  std::vector<Heavy> heavy_{};
  SliceWeights least_{};
  std::int64_t evaluations_{0};
};

}  // namespace assay::allocation::detail
