#pragma once
/// \file
/// One stage of a sampling design: units that were drawn out of groups.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <assay/io/dictionary.hpp>

namespace assay::survey {

using io::Code;
using io::no_code;

/// What is done with a group of which only one unit was drawn, so that nothing shows how units of it differ.
///
/// refuse: the design is refused, and the group named. certainty, remove: the group adds nothing to variances (the unit
/// counts as drawn for sure). adjust: the unit's distance from the mean of all units of the stage is taken. average:
/// the group adds what the others add on average.
enum class Lonely { refuse, certainty, remove, adjust, average };

/// A group that units of one stage were drawn from: a stratum at the first stage, a unit of the stage before (or a
/// stratum within it) later.
struct Group {
  std::int64_t sampled{0};  ///< units drawn
  double population{std::numeric_limits<double>::infinity()};
  Code parent{no_code};  ///< the unit of the stage before; no_code at the first stage
  double above{1.0};     ///< the product of the sampled fractions of all stages before
  double scale{0.0};     ///< the factor on the units' squared distances from their mean

  [[nodiscard]] double fraction() const noexcept {
    return std::isinf(population) ? 0.0 : static_cast<double>(sampled) / population;
  }
  /// Drawn whole: it adds no variance of this stage.
  [[nodiscard]] bool whole() const noexcept { return 1.0 - fraction() < 1e-7; }
  /// One unit stands for others, unknown ones. A group that no variance is asked of is not lonely.
  [[nodiscard]] bool lonely() const noexcept { return sampled == 1 && !whole() && above > 0.0; }
};

/// One stage. Units and groups are numbered from 0, in the order of their values in the table.
struct Stage {
  std::vector<Code> unit_of_row{};    ///< empty where every row is a unit of its own
  std::vector<Code> group_of_unit{};  ///< by row where every row is a unit
  std::vector<Group> groups{};

  [[nodiscard]] bool rows_are_units() const noexcept { return unit_of_row.empty(); }
  [[nodiscard]] std::size_t units() const noexcept { return group_of_unit.size(); }
  [[nodiscard]] Code unit(std::size_t row) const noexcept {
    return rows_are_units() ? static_cast<Code>(row) : unit_of_row[row];
  }
  /// By how much Lonely::average raises what the stage's other groups add to scores that touch all groups; NaN where
  /// all groups are lonely.
  [[nodiscard]] double average_raise() const noexcept {
    std::size_t lone = 0;
    for (const Group& group : groups) lone += group.lonely() ? std::size_t{1} : std::size_t{0};
    if (lone == groups.size()) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(groups.size()) / static_cast<double>(groups.size() - lone);
  }
  /// True when no group of the stage adds variance, as of a later stage under a first one without population.
  [[nodiscard]] bool silent() const noexcept {
    for (const Group& group : groups)
      if (group.scale > 0.0) return false;
    return true;
  }
};

}  // namespace assay::survey
