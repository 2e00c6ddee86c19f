#pragma once
/// \file
/// How a sample came about, as a value and in words.

#include <string_view>

namespace assay {

/// How the cases were chosen.
enum class DesignKind : unsigned char {
  simple_random,  ///< a fixed number, every subset equally likely
  stratified,     ///< a fixed number in each stratum, simple random within
  bernoulli,      ///< each case on its own with one chance; the number is random
  weighted        ///< each case with its own chance
};

/// What the cases were drawn from.
enum class Population : unsigned char {
  finite,   ///< a list of known length, of which the sample is a noticeable part
  endless,  ///< a process, or a population so large that the sample is no part of it worth counting
};

/// A sampling design: how the cases were chosen, from what.
struct Design {
  DesignKind kind{DesignKind::simple_random};
  Population population{Population::finite};

  /// True when the sample size was fixed before the draw, not left to chance.
  [[nodiscard]] constexpr bool fixed_size() const noexcept {
    return kind == DesignKind::simple_random || kind == DesignKind::stratified;
  }

  /// The words of the `design` column of results.
  [[nodiscard]] constexpr std::string_view text() const noexcept {
    switch (kind) {
      case DesignKind::simple_random:
        return "simple random without replacement";
      case DesignKind::stratified:
        return "stratified simple random without replacement";
      case DesignKind::bernoulli:
        return "Bernoulli";
      case DesignKind::weighted:
        break;
    }
    return "unequal weights";
  }

  friend constexpr bool operator==(const Design&, const Design&) = default;
};

}  // namespace assay
