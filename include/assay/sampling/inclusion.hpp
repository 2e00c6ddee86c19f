#pragma once
/// \file
/// Inclusion probabilities: made from sizes, and checked before anything is drawn with them.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>

namespace assay::sampling {

using RealView = std::span<const double>;
using Positions = std::vector<std::int64_t>;

namespace detail {

/// A sum that carries what each addition cut off (Neumaier 1974). It only adds, so no compiler can fuse its steps, and
/// it has the same bits everywhere.
class CarefulSum {
 public:
  void add(double term) noexcept {
    const double next = sum_ + term;
    cut_ += std::abs(sum_) >= std::abs(term) ? (sum_ - next) + term : (term - next) + sum_;
    sum_ = next;
  }
  [[nodiscard]] double value() const noexcept { return sum_ + cut_; }

 private:
  double sum_{0.0};
  double cut_{0.0};
};

}  // namespace detail

/// \throws InputError unless there is at least one probability and all lie above 0 and at most at 1.
inline void refuse_unless_probabilities(RealView probabilities) {
  if (probabilities.empty()) throw InputError("at least one inclusion probability", "none");
  for (std::size_t i = 0; i < probabilities.size(); ++i)
    if (!(probabilities[i] > 0.0 && probabilities[i] <= 1.0))
      throw InputError("an inclusion probability above 0 and at most 1", to_text(probabilities[i]),
                       {"probabilities", static_cast<std::int64_t>(i)},
                       probabilities[i] == 0.0 ? "a case that can never be drawn is not in the population: leave it out"
                                               : "inclusion_probabilities makes them from sizes");
}

/// The sample size of a design of fixed size: the sum of the probabilities, which must be whole (to 1e-9 of itself).
/// \throws InputError for what is not a probability, and for a sum that is not whole.
[[nodiscard]] inline std::int64_t size_of(RealView probabilities) {
  refuse_unless_probabilities(probabilities);
  detail::CarefulSum sum;
  for (const double each : probabilities) sum.add(each);
  const double whole = std::round(sum.value());
  if (!(std::abs(sum.value() - whole) <= 1e-9 * std::max(1.0, whole)))
    throw InputError("probabilities that add up to a whole number, the sample size", to_text(sum.value()), {},
                     "inclusion_probabilities(sizes, n) makes such; poisson takes any");
  return static_cast<std::int64_t>(whole);
}

/// Probabilities proportional to size that add up to n. Cases so large that their share would exceed 1 are certain (1),
/// and the rest is shared among the others, until none exceeds 1.
///
/// Assumes: sizes known for every case of the population.
/// Use when: a case's weight in the answer (views, amount, risk) grows with its size.
/// Not for: sizes of 0, which would never be drawn: they are refused, not skipped in silence.
/// \throws InputError for no sizes, a size that is not finite and above 0, sizes more than 1e300 times apart, or n
/// outside 1 .. number of sizes.
///
/// Reference: Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, section 3.6.
[[nodiscard]] inline std::vector<double> inclusion_probabilities(RealView sizes, std::int64_t n) {
  if (sizes.empty()) throw InputError("at least one size", "none");
  const auto count = static_cast<std::int64_t>(sizes.size());
  if (n < 1 || n > count)
    throw InputError("a sample size between 1 and " + to_text(count) + ", all there is", to_text(n));
  for (std::size_t i = 0; i < sizes.size(); ++i)
    if (!(sizes[i] > 0.0 && std::isfinite(sizes[i])))
      throw InputError("a finite size above 0", to_text(sizes[i]), {"sizes", static_cast<std::int64_t>(i)},
                       "a case of size 0 can never be drawn: leave it out, or give it a small size");

  std::vector<std::size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return sizes[a] > sizes[b]; });
  const double largest = sizes[order.front()];
  if (sizes[order.back()] / largest < 1e-300)
    throw InputError("sizes at most 1e300 times apart", to_text(sizes[order.back()]) + " and " + to_text(largest));
  std::vector<double> held(order.size() + 1);  // the sum of the relative sizes from this rank on
  detail::CarefulSum sum;
  for (std::size_t rank = order.size(); rank-- > 0;) {
    sum.add(sizes[order[rank]] / largest);
    held[rank] = sum.value();
  }

  std::vector<double> out(sizes.size(), 1.0);
  std::size_t certain = 0;
  const auto left = [&] { return static_cast<double>(n - static_cast<std::int64_t>(certain)); };
  while (left() > 0.0 && left() * (sizes[order[certain]] / largest) >= held[certain]) {
    ++certain;
    if (certain == order.size()) return out;
  }
  for (std::size_t rank = certain; rank < order.size(); ++rank)
    out[order[rank]] = left() * (sizes[order[rank]] / largest) / held[certain];
  return out;
}

namespace detail {

/// What a draw of fixed size has still to decide, once the certain cases are set aside.
struct Open {
  Positions drawn{};             ///< certain: probability 1
  Positions position{};          ///< of the others, in order
  std::vector<double> chance{};  ///< of the others
  std::int64_t size{0};          ///< how many of the others

  /// Those drawn, with these of the others, in ascending order.
  [[nodiscard]] Positions with(const std::vector<std::size_t>& others) const {
    Positions out = drawn;
    for (const auto i : others) out.push_back(position[i]);
    std::sort(out.begin(), out.end());
    return out;
  }
};

/// \throws InputError as `size_of` does.
[[nodiscard]] inline Open open_of(RealView probabilities) {
  Open open;
  open.size = size_of(probabilities);
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const auto position = static_cast<std::int64_t>(i);
    if (probabilities[i] == 1.0) {
      open.drawn.push_back(position);
      --open.size;
    } else {
      open.position.push_back(position);
      open.chance.push_back(probabilities[i]);
    }
  }
  if (open.size == static_cast<std::int64_t>(open.position.size()))  // all but rounding: every one of them
    open.drawn.insert(open.drawn.end(), open.position.begin(), open.position.end());
  if (open.size <= 0 || open.size == static_cast<std::int64_t>(open.position.size())) {
    open.position.clear();
    open.chance.clear();
    open.size = 0;
  }
  std::sort(open.drawn.begin(), open.drawn.end());
  return open;
}

}  // namespace detail

}  // namespace assay::sampling
