#pragma once
/// \file
/// Confidence, Share, Interval, Trials: numbers that mean something, refused at the door when they do not.

#include <cstdint>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>

namespace assay {

/// The share of intervals that should hold the truth, for instance 0.95.
class Confidence {
 public:
  /// \throws InputError unless 0 < level < 1 (NaN included).
  explicit Confidence(double level) : level_{level} {
    if (!(level > 0.0 && level < 1.0)) throw InputError("a confidence strictly between 0 and 1", to_text(level));
  }

  [[nodiscard]] double value() const noexcept { return level_; }
  /// The chance left outside, 1 - level.
  [[nodiscard]] double alpha() const noexcept { return 1.0 - level_; }

  friend bool operator==(const Confidence&, const Confidence&) = default;

 private:
  double level_;
};

/// A share of a whole that is not nothing, for instance the chance with which a case is drawn.
class Share {
 public:
  /// \throws InputError unless 0 < value <= 1 (NaN included).
  explicit Share(double value) : value_{value} {
    if (!(value > 0.0 && value <= 1.0)) throw InputError("a share above 0 and at most 1", to_text(value));
  }

  [[nodiscard]] double value() const noexcept { return value_; }

  friend bool operator==(const Share&, const Share&) = default;

 private:
  double value_;
};

/// Two limits, lower <= upper.
struct Interval {
  double lower{0.0};
  double upper{1.0};

  [[nodiscard]] double width() const noexcept { return upper - lower; }
  [[nodiscard]] bool contains(double value) const noexcept { return lower <= value && value <= upper; }

  friend bool operator==(const Interval&, const Interval&) = default;
};

/// So many successes in so many trials.
class Trials {
 public:
  /// \throws InputError unless 0 <= successes <= trials.
  Trials(std::int64_t successes, std::int64_t trials) : successes_{successes}, trials_{trials} {
    if (trials < 0) throw InputError("a number of trials of 0 or more", to_text(trials));
    if (successes < 0 || successes > trials)
      throw InputError("successes between 0 and " + to_text(trials), to_text(successes));
  }

  [[nodiscard]] std::int64_t successes() const noexcept { return successes_; }
  [[nodiscard]] std::int64_t failures() const noexcept { return trials_ - successes_; }
  [[nodiscard]] std::int64_t trials() const noexcept { return trials_; }

  friend bool operator==(const Trials&, const Trials&) = default;

 private:
  std::int64_t successes_;
  std::int64_t trials_;
};

}  // namespace assay
