#pragma once
/// \file
/// Two-phase draws: a cheap screen of many cases, then the expensive look at some of those, chosen by what was seen.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/random.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/inclusion.hpp>
#include <assay/sampling/simple_random.hpp>

namespace assay::sampling {

/// A case of the second phase, with the chances of both.
struct SecondPhase {
  std::int64_t position{0};  ///< in the first phase
  std::int64_t stratum{0};   ///< what the screen found
  double first_probability{1.0};
  double second_probability{1.0};  ///< given the first phase: n_h / (cases of the first phase in the stratum)
  /// The product. Not an inclusion probability in the strict sense (what the screen finds is chance as well), but the
  /// weight to estimate with: 1 / product, two-phase or double expansion.
  [[nodiscard]] double product() const noexcept { return first_probability * second_probability; }

  friend bool operator==(const SecondPhase&, const SecondPhase&) = default;
};

/// Draws, from cases screened in a first phase, `sizes[h]` cases of each stratum h that the screen sorted them into,
/// each subset of a stratum equally likely. `first` holds the inclusion probability of each case in the first phase.
///
/// Use when: a model, a junior reviewer or a second label sorts many cases cheaply, and experts see few.
/// Not for: strata known before anything is drawn: one stratified draw is sharper and simpler.
/// A stratum with a size of 0 is left out, so nothing can be said of its cases: it is refused where it holds any.
/// Order: the sample depends on the order of the cases; its law does not.
/// \throws InputError for what is no probability, strata outside 0 .. sizes - 1, and sizes that a stratum cannot give.
///
/// Reference: Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, chapter 9; Neyman (1938),
/// "Contribution to the theory of sampling human populations", JASA 33(201):101-116.
[[nodiscard]] inline std::vector<SecondPhase> second_phase(RealView first, std::span<const std::int64_t> stratum,
                                                           std::span<const std::int64_t> sizes, Random& random) {
  refuse_unless_probabilities(first);
  if (stratum.size() != first.size())
    throw InputError("one stratum for each of " + std::to_string(first.size()) + " cases of the first phase",
                     std::to_string(stratum.size()));
  std::vector<Positions> members(sizes.size());
  for (std::size_t i = 0; i < stratum.size(); ++i) {
    if (stratum[i] < 0 || stratum[i] >= static_cast<std::int64_t>(sizes.size()))
      throw InputError("a stratum between 0 and " + std::to_string(sizes.size()) + " - 1", to_text(stratum[i]),
                       {"stratum", static_cast<std::int64_t>(i)});
    members[static_cast<std::size_t>(stratum[i])].push_back(static_cast<std::int64_t>(i));
  }
  std::vector<SecondPhase> out;
  for (std::size_t h = 0; h < sizes.size(); ++h) {
    const auto held = static_cast<std::int64_t>(members[h].size());
    if (sizes[h] < std::min<std::int64_t>(1, held) || sizes[h] > held)
      throw InputError("a size between " + to_text(std::min<std::int64_t>(1, held)) + " and " + to_text(held) +
                           ", the cases of the first phase in the stratum",
                       to_text(sizes[h]), {"sizes", static_cast<std::int64_t>(h)},
                       held > 0 ? "a stratum that nobody looks at leaves the whole unanswered" : "");
    for (const auto rank : simple_random(held, sizes[h], random)) {
      const std::int64_t position = members[h][static_cast<std::size_t>(rank)];
      out.push_back({position, static_cast<std::int64_t>(h), first[static_cast<std::size_t>(position)],
                     static_cast<double>(sizes[h]) / static_cast<double>(held)});
    }
  }
  std::sort(out.begin(), out.end(), [](const SecondPhase& a, const SecondPhase& b) { return a.position < b.position; });
  return out;
}

}  // namespace assay::sampling
