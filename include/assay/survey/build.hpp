#pragma once
/// \file
/// From the columns of a table to the stages of a design, with everything checked that can be.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/survey/design.hpp>
#include <assay/survey/pairs.hpp>
#include <assay/survey/stage.hpp>

namespace assay::survey {

/// What the table says of one stage, row by row; what it does not say is empty.
struct StageColumns {
  std::vector<Code> units{};  ///< which unit a row is of; empty: every row is one
  std::size_t unit_count{0};
  std::vector<Code> strata{};  ///< which stratum; empty: there is one
  std::size_t stratum_count{0};
  std::vector<double> population{};  ///< units in the group of the row, or the fraction of them that was drawn
  std::string unit_name{"clusters"};
  std::string stratum_name{"strata"};
  std::string population_name{"population"};
  std::function<std::string(std::size_t)> unit_words{};     ///< a row's unit as people read it
  std::function<std::string(std::size_t)> stratum_words{};  ///< a row's stratum as people read it
};

namespace detail {

inline std::string words_of(const std::function<std::string(std::size_t)>& words, std::size_t row) {
  return words ? in_quotes(words(row)) : "of that row";
}

/// The first row of each code.
inline std::vector<std::size_t> first_rows(const std::vector<Code>& codes, std::size_t count) {
  std::vector<std::size_t> first(count, codes.size());
  for (std::size_t row = codes.size(); row-- > 0;) first[codes[row]] = row;
  return first;
}

/// The groups of a stage by row: the units of the stage before, crossed with its strata.
inline std::vector<Code> groups_of_rows(const StageColumns& columns, const Stage* before, std::size_t rows,
                                        std::size_t& count) {
  std::vector<Code> group;
  if (before == nullptr) {
    group = columns.strata.empty() ? std::vector<Code>(rows, 0) : columns.strata;
    count = columns.strata.empty() ? 1 : columns.stratum_count;
  } else if (columns.strata.empty()) {
    group = before->unit_of_row;
    count = before->units();
  } else {
    PairCells cells = pair_cells(
        rows, [&](std::size_t row) { return before->unit(row); }, before->units(),
        [&](std::size_t row) { return columns.strata[row]; }, columns.stratum_count);
    group = std::move(cells.cell_of_item);
    count = cells.cells;
  }
  count = close_gaps(group, count);
  return group;
}

/// A unit in two groups is a slip, or a number that starts again in every group.
inline void require_nested(const StageColumns& columns, const std::vector<Code>& group, const Stage& stage) {
  const auto first = first_rows(stage.unit_of_row, stage.units());
  for (std::size_t row = 0; row < group.size(); ++row) {
    const std::size_t other = first[stage.unit_of_row[row]];
    if (group[row] != group[other])
      throw InputError("each cluster in one stratum",
                       "cluster " + words_of(columns.unit_words, row) + " in strata " +
                           words_of(columns.stratum_words, other) + " and " + words_of(columns.stratum_words, row),
                       {columns.unit_name, static_cast<std::int64_t>(row)},
                       "if clusters are numbered anew in every stratum, pass nest=True");
  }
}

inline void set_units(Stage& stage, const StageColumns& columns, std::vector<Code> group, std::size_t groups,
                      bool first, bool nest) {
  stage.groups.resize(groups);
  if (columns.units.empty()) {
    stage.group_of_unit = std::move(group);
  } else {
    std::size_t units = columns.unit_count;
    if (first && !nest) {
      stage.unit_of_row = columns.units;
    } else {
      PairCells cells = pair_cells(
          group.size(), [&](std::size_t row) { return group[row]; }, groups,
          [&](std::size_t row) { return columns.units[row]; }, columns.unit_count);
      stage.unit_of_row = std::move(cells.cell_of_item);
      units = cells.cells;
    }
    units = close_gaps(stage.unit_of_row, units);
    stage.group_of_unit.assign(units, 0);
    for (std::size_t row = group.size(); row-- > 0;) stage.group_of_unit[stage.unit_of_row[row]] = group[row];
    if (first && !nest) require_nested(columns, group, stage);
  }
  for (const Code of : stage.group_of_unit) ++stage.groups[of].sampled;
}

inline void set_populations(Stage& stage, const StageColumns& columns, std::size_t rows) {
  if (columns.population.empty()) return;
  bool fractions = false;
  for (const double value : columns.population) fractions = fractions || (value > 0.0 && value < 1.0);
  std::vector<std::size_t> first(stage.groups.size(), rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto refuse = [&](const std::string& wanted, const std::string& mend = "") {
      throw InputError(wanted, to_text(columns.population[row]),
                       {columns.population_name, static_cast<std::int64_t>(row)}, mend);
    };
    const double value = columns.population[row];
    const Code of = stage.group_of_unit[stage.unit(row)];
    Group& group = stage.groups[of];
    if (!(value > 0.0) || !std::isfinite(value)) refuse("a population above 0, or a sampled fraction");
    if (fractions && value > 1.0)
      refuse("sampled fractions of at most 1, as other rows hold", "give all strata as sizes or all as fractions");
    if (first[of] < rows && columns.population[first[of]] != value)
      refuse("one population in all rows of a stratum (" + to_text(columns.population[first[of]]) + " in row " +
             std::to_string(first[of]) + ")");
    if (first[of] == rows) {
      first[of] = row;
      const auto drawn = static_cast<double>(group.sampled);
      group.population = fractions ? drawn / value : value;
      if (group.population < drawn * (1.0 - 1e-12))
        refuse("a population of at least the " + std::to_string(group.sampled) + " units drawn from stratum " +
                   words_of(columns.stratum_words, row),
               "count units of this stage, not rows");
    }
  }
}

inline void set_scales(Stage& stage, const Stage* before) {
  for (Group& group : stage.groups) {
    if (before != nullptr) {
      const Group& parent = before->groups[before->group_of_unit[group.parent]];
      group.above = parent.above * parent.fraction();
    }
    const auto n = static_cast<double>(group.sampled);
    const double left = group.above * (1.0 - group.fraction());
    group.scale = group.whole() ? 0.0 : group.sampled > 1 ? left * n / (n - 1.0) : left;
  }
}

inline void refuse_lonely(const Stage& stage, const StageColumns& columns, std::size_t number, std::size_t rows) {
  for (std::size_t row = 0; row < rows; ++row) {
    const Group& group = stage.groups[stage.group_of_unit[stage.unit(row)]];
    if (!group.lonely()) continue;
    const std::string which = number == 0 ? "stratum " + words_of(columns.stratum_words, row)
                                          : "a unit drawn at stage " + std::to_string(number);
    throw InputError("at least two units drawn from each stratum", "one from " + which,
                     {columns.strata.empty() ? "" : columns.stratum_name, static_cast<std::int64_t>(row)},
                     "join it with a like stratum, or say what it shall count as: lonely=\"certainty\", \"remove\", "
                     "\"adjust\" or \"average\"");
  }
}

}  // namespace detail

/// The design that the columns describe.
///
/// \param weights  what each row stands for; where empty, populations known at all stages give N / n, multiplied over
///                 the stages, and where not even these are known, every row counts 1.
/// \param nest     cluster numbers start again in every stratum.
/// \throws InputError naming column and row: clusters in two strata (without `nest`), populations that are not above 0,
///         differ within a stratum, or are below what was drawn; lonely units under Lonely::refuse; bad weights.
[[nodiscard]] inline Design build(std::int64_t row_count, const std::vector<StageColumns>& columns,
                                  std::vector<double> weights, Lonely lonely, bool nest) {
  if (row_count == 0) throw InputError("a table with rows", "an empty one");
  if (row_count >= static_cast<std::int64_t>(no_code))
    throw InputError("fewer than 4,294,967,295 rows", std::to_string(row_count));
  const auto rows = static_cast<std::size_t>(row_count);
  std::vector<Stage> stages;
  stages.reserve(columns.size());
  for (std::size_t s = 0; s < columns.size(); ++s) {
    const Stage* before = s == 0 ? nullptr : &stages[s - 1];
    if (before != nullptr && before->rows_are_units())
      throw InputError("clusters at every stage before the last", "none at stage " + std::to_string(s), {},
                       "name a cluster column for each stage");
    Stage stage;
    std::size_t groups = 0;
    std::vector<Code> group = detail::groups_of_rows(columns[s], before, rows, groups);
    std::vector<Code> parents(groups, no_code);
    if (before != nullptr)
      for (std::size_t row = 0; row < rows; ++row) parents[group[row]] = before->unit_of_row[row];
    detail::set_units(stage, columns[s], std::move(group), groups, before == nullptr, nest);
    for (std::size_t g = 0; g < groups; ++g) stage.groups[g].parent = parents[g];
    detail::set_populations(stage, columns[s], rows);
    detail::set_scales(stage, before);
    if (lonely == Lonely::refuse) detail::refuse_lonely(stage, columns[s], s, rows);
    stages.push_back(std::move(stage));
  }
  bool known = weights.empty();
  for (const StageColumns& each : columns) known = known && !each.population.empty();
  if (known) {
    weights.assign(rows, 1.0);
    for (const Stage& stage : stages) {
      std::vector<double> factor;
      for (const Group& group : stage.groups) factor.push_back(group.population / static_cast<double>(group.sampled));
      for (std::size_t row = 0; row < rows; ++row) weights[row] *= factor[stage.group_of_unit[stage.unit(row)]];
    }
  }
  return {row_count, std::move(stages), std::move(weights), lonely};
}

}  // namespace assay::survey
