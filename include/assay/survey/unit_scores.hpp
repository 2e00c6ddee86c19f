#pragma once
/// \file
/// Scores summed by the units that were drawn.

#include <cstddef>
#include <span>
#include <vector>

#include <assay/survey/design.hpp>

namespace assay::survey::detail {

/// Columns of scores, one after another, by unit of the first stage.
[[nodiscard]] inline std::vector<double> unit_scores(const Design& design, std::span<const double> scores,
                                                     std::size_t columns) {
  const Stage& stage = design.first_stage();
  if (stage.rows_are_units()) return {scores.begin(), scores.end()};
  const auto rows = static_cast<std::size_t>(design.rows());
  std::vector<double> out(stage.units() * columns, 0.0);
  for (std::size_t c = 0; c < columns; ++c)
    for (std::size_t row = 0; row < rows; ++row) out[c * stage.units() + stage.unit(row)] += scores[c * rows + row];
  return out;
}

/// The probability with which each unit of the first stage was drawn: 1 / the weight of its rows.
/// \throws InputError for a design of several stages, and for probabilities above 1 or that differ within a unit.
[[nodiscard]] inline std::vector<double> unit_probabilities(const Design& design) {
  if (design.stages().size() > 1)
    throw InputError("one stage, for variances of draws with probabilities of their own",
                     std::to_string(design.stages().size()), {}, "leave the later stages away, or leave pps= away");
  const Stage& stage = design.first_stage();
  std::vector<double> out(stage.units(), 0.0);
  const std::span<const double> weights = design.drawn_weights();
  for (std::size_t row = 0; row < weights.size(); ++row) {
    const double probability = 1.0 / weights[row];
    if (!design.weighted() || !(probability <= 1.0 + 1e-12))
      throw InputError("inclusion probabilities of at most 1", design.weighted() ? to_text(probability) : "none",
                       {"", static_cast<std::int64_t>(row)},
                       "pass probability=, the chance with which each row was drawn");
    double& own = out[stage.unit(row)];
    if (own != 0.0 && own != probability)
      throw InputError("one probability for all rows of a cluster", to_text(own) + " and " + to_text(probability),
                       {"", static_cast<std::int64_t>(row)});
    own = probability;
  }
  return out;
}

/// Units with a row inside that were not drawn for certain, minus the strata that hold one; below 0 where there is no
/// such unit.
[[nodiscard]] inline double uncertain_degrees(const Design& design, std::span<const double> probability,
                                              std::span<const unsigned char> inside) {
  const Stage& stage = design.first_stage();
  std::vector<char> met(stage.units(), 0), entered(stage.groups.size(), 0);
  std::int64_t units = 0, groups = 0;
  for (std::size_t row = 0; row < inside.size(); ++row) {
    const Code unit = stage.unit(row);
    if (inside[row] == 0 || met[unit] != 0 || probability[unit] > 1.0 - 1e-12) continue;
    met[unit] = 1;
    ++units;
    char& group = entered[stage.group_of_unit[unit]];
    groups += group == 0 ? 1 : 0;
    group = 1;
  }
  return units == 0 ? -1.0 : static_cast<double>(units - groups);
}

}  // namespace assay::survey::detail
