#pragma once
/// \file
/// How each replicate weighs the units of the first stage: jackknife, balanced half-samples, bootstrap.
///
/// Factors are made when asked for, from the design and a seed: never a matrix of rows x replicates.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/random.hpp>
#include <assay/core/text.hpp>
#include <assay/survey/design.hpp>
#include <assay/survey/hadamard.hpp>

namespace assay::survey {

/// jackknife: each unit is left out in turn. balanced: each replicate keeps one of each pair (Fay: keeps it more).
/// bootstrap: units are drawn again, with replacement.
enum class Replication : std::uint8_t { jackknife, balanced, bootstrap };

/// What is asked of replicates.
struct ReplicationSpec {
  Replication method{Replication::jackknife};
  std::size_t count{1000};  ///< of bootstrap replicates
  std::uint64_t seed{0};    ///< of the bootstrap
  double fay{0.0};          ///< balanced: the share of its weight that the other half keeps
  bool pair_up{false};      ///< balanced: strata of more units are cut into pairs, in the order of the units
  bool about_the_estimate{true};
};

/// Factors on the weights of the first stage's units, replicate by replicate.
class ReplicateFactors {
 public:
  /// \throws InputError for strata that the method cannot treat, naming them by a count, and for bad numbers in `spec`.
  ReplicateFactors(const Design& design, const ReplicationSpec& spec) : spec_{spec} {
    const Stage& stage = design.first_stage();
    group_of_unit_ = stage.group_of_unit;
    units_of_group_.resize(stage.groups.size());
    for (std::size_t unit = 0; unit < stage.units(); ++unit)
      units_of_group_[group_of_unit_[unit]].push_back(static_cast<Code>(unit));
    // Below a first stage of which a share was drawn, later stages have variance of their own: then it counts as drawn
    // with replacement, which is on the safe side.
    const bool alone = design.stages().size() == 1;
    for (const Group& group : stage.groups)
      if (group.fraction() > 0.0 && !(alone && (group.whole() || spec.method != Replication::balanced)))
        leaves_out_fractions_ = true;
    for (const Group& group : stage.groups)
      open_.push_back(!alone ? 1.0 : group.whole() ? 0.0 : 1.0 - group.fraction());
    settle_lonely(design);
    switch (spec.method) {
      case Replication::jackknife:
        set_jackknife();
        break;
      case Replication::balanced:
        set_balanced();
        break;
      case Replication::bootstrap:
        if (spec.count < 2) throw InputError("at least 2 bootstrap replicates", std::to_string(spec.count));
        scale_.assign(spec.count, 1.0 / static_cast<double>(spec.about_the_estimate ? spec.count : spec.count - 1));
    }
    if (scale_.empty())
      throw InputError("a stratum that was not drawn whole", "none: nothing varies from replicate to replicate");
  }

  [[nodiscard]] std::size_t units() const noexcept { return group_of_unit_.size(); }
  [[nodiscard]] const std::vector<double>& scale() const noexcept { return scale_; }
  /// The strata that degrees of freedom are counted by: those of the design, or the pairs they were cut into.
  [[nodiscard]] const std::vector<Code>& group_of_unit() const noexcept {
    return pair_of_unit_.empty() ? group_of_unit_ : pair_of_unit_;
  }

  /// False for units that every replicate leaves as they are: those of strata drawn whole, and of lonely ones.
  [[nodiscard]] bool varies(Code unit) const { return open_[group_of_unit_[unit]] > 0.0; }
  /// True where sampled fractions are known but do not narrow the replicates' spread: half-samples, several stages.
  [[nodiscard]] bool leaves_out_fractions() const noexcept { return leaves_out_fractions_; }

  /// Fills in the factors of all units in one replicate; they do not depend on the order in which replicates are asked
  /// for.
  void fill(std::size_t replicate, std::span<double> out) const {
    std::fill(out.begin(), out.end(), 1.0);
    if (spec_.method == Replication::jackknife) {
      const Code gone = left_out_[replicate];
      const std::vector<Code>& units = units_of_group_[group_of_unit_[gone]];
      const auto n = static_cast<double>(units.size());
      for (const Code unit : units) out[unit] = n / (n - 1.0);
      out[gone] = 0.0;
    } else if (spec_.method == Replication::balanced) {
      for (std::size_t pair = 0; pair < pairs_.size(); ++pair) {
        const bool first = signs_(replicate, pair + 1) > 0;
        out[first ? pairs_[pair].first : pairs_[pair].second] = 2.0 - spec_.fay;
        out[first ? pairs_[pair].second : pairs_[pair].first] = spec_.fay;
      }
    } else {
      redraw(replicate, out);
    }
  }

 private:
  void settle_lonely(const Design& design) {
    std::size_t lonely = 0;
    for (std::size_t g = 0; g < open_.size(); ++g) {
      if (units_of_group_[g].size() > 1 || open_[g] == 0.0) continue;
      ++lonely;
      open_[g] = 0.0;  // certainty, remove: the unit is in every replicate as it is
    }
    if (lonely > 0 && design.lonely() != Lonely::certainty && design.lonely() != Lonely::remove)
      throw InputError("at least two units drawn from each stratum", std::to_string(lonely) + " strata with one", {},
                       "replicates know lonely=\"certainty\" and \"remove\" only: join such strata with like ones");
  }

  void set_jackknife() {
    for (std::size_t g = 0; g < open_.size(); ++g) {
      if (open_[g] == 0.0) continue;
      const auto n = static_cast<double>(units_of_group_[g].size());
      for (const Code unit : units_of_group_[g]) {
        left_out_.push_back(unit);
        scale_.push_back((n - 1.0) / n * open_[g]);
      }
    }
  }

  void set_balanced() {
    if (!(spec_.fay >= 0.0 && spec_.fay < 1.0))
      throw InputError("a Fay factor of at least 0 and below 1", to_text(spec_.fay));
    pair_of_unit_.assign(units(), 0);
    for (std::size_t g = 0; g < open_.size(); ++g) {
      const std::vector<Code>& units = units_of_group_[g];
      if (open_[g] == 0.0) continue;
      const bool fits = units.size() == 2 || (spec_.pair_up && units.size() % 2 == 0);
      if (!fits)
        throw InputError(spec_.pair_up ? "an even number of units in each stratum, to pair up"
                                       : "two units in each stratum, for balanced half-samples",
                         std::to_string(units.size()) + " in stratum " + std::to_string(g + 1) + " of " +
                             std::to_string(open_.size()),
                         {},
                         spec_.pair_up || units.size() % 2 != 0
                             ? "choose method=\"jackknife\" or \"bootstrap\""
                             : "pair_up=True cuts strata into pairs in the order of their units; \"jackknife\" and "
                               "\"bootstrap\" need no pairs");
      for (std::size_t i = 0; i < units.size(); i += 2) {
        pair_of_unit_[units[i]] = pair_of_unit_[units[i + 1]] = static_cast<Code>(pairs_.size());
        pairs_.emplace_back(units[i], units[i + 1]);
      }
    }
    if (pairs_.empty()) return;
    signs_ = hadamard_above(pairs_.size());
    const double kept = 1.0 - spec_.fay;
    scale_.assign(signs_.order, 1.0 / (static_cast<double>(signs_.order) * kept * kept));
  }

  /// Rao & Wu's rescaled bootstrap: n - 1 of a stratum's n units are drawn with replacement; sampled fractions shrink
  /// how far factors are from 1.
  void redraw(std::size_t replicate, std::span<double> out) const {
    Random random{scramble(spec_.seed) + 0xD1B54A32D192ED03ULL * (static_cast<std::uint64_t>(replicate) + 1)};
    for (std::size_t g = 0; g < open_.size(); ++g) {
      const std::vector<Code>& units = units_of_group_[g];
      const std::size_t n = units.size();
      if (open_[g] == 0.0) continue;
      const double shrink = std::sqrt(open_[g]);
      const double step = shrink * static_cast<double>(n) / static_cast<double>(n - 1);
      for (const Code unit : units) out[unit] = 1.0 - shrink;
      for (std::size_t draw = 0; draw + 1 < n; ++draw) out[units[random.below(n)]] += step;
    }
  }

  ReplicationSpec spec_;
  std::vector<Code> group_of_unit_{};
  std::vector<std::vector<Code>> units_of_group_{};
  std::vector<double> open_{};  ///< by group, 1 - sampled fraction; 0 where it does not vary
  bool leaves_out_fractions_{false};
  std::vector<double> scale_{};
  std::vector<Code> left_out_{};
  std::vector<std::pair<Code, Code>> pairs_{};
  std::vector<Code> pair_of_unit_{};
  Hadamard signs_{};
};

}  // namespace assay::survey
