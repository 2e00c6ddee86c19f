#pragma once
/// \file
/// A survey: a table and the design its columns describe.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/survey/build.hpp>
#include <assay/survey/columns.hpp>
#include <assay/survey/design.hpp>

namespace assay::survey {

/// Which columns describe the design, stage by stage; empty names and lists mean there is none.
struct DesignColumns {
  std::vector<std::vector<std::string>> strata{};  ///< by stage, columns that are crossed
  std::vector<std::string> clusters{};             ///< by stage; rows are the units of the stage after the last
  std::string weight{};
  std::string probability{};
  std::vector<std::string> population{};    ///< by stage
  std::optional<double> population_size{};  ///< of the whole first stage, in place of columns
  std::optional<std::string> missing{};     ///< the name of nulls in strata, clusters and `by`
  Lonely lonely{Lonely::refuse};
  bool nest{false};
};

/// A table with its design. Copies share memory.
struct Survey {
  HeldTable table{};
  DesignColumns columns{};
  Design design;
};

namespace detail {

inline std::vector<double> weights_of(const HeldTable& table, const DesignColumns& columns) {
  if (!columns.weight.empty() && !columns.probability.empty())
    throw InputError("weight= or probability=", "both", {}, "a weight is 1 / probability: give one of them");
  if (!columns.weight.empty()) {
    NumberColumn weight = number_column(table, columns.weight, false, "drop rows without a weight");
    for (std::size_t row = 0; row < weight.values.size(); ++row)
      if (!(weight.values[row] > 0.0))
        throw InputError("weights above 0", to_text(weight.values[row]),
                         {columns.weight, static_cast<std::int64_t>(row)}, "drop or mend the row");
    return std::move(weight.values);
  }
  if (columns.probability.empty()) return {};
  NumberColumn probability = number_column(table, columns.probability, false, "drop rows without a probability");
  for (std::size_t row = 0; row < probability.values.size(); ++row) {
    double& value = probability.values[row];
    if (!(value > 0.0 && value <= 1.0))
      throw InputError("probabilities above 0 and at most 1", to_text(value),
                       {columns.probability, static_cast<std::int64_t>(row)},
                       "give the chance with which the row was drawn, or its weight as weight=");
    value = 1.0 / value;
  }
  return std::move(probability.values);
}

/// Stages named by any of the arguments. \throws InputError where they do not fit together.
inline std::size_t stage_count(const DesignColumns& columns) {
  const std::size_t most = columns.clusters.size() + 1;  // rows are the units of a stage after the last
  const std::size_t asked = std::max({columns.strata.size(), columns.population.size(), std::size_t{1}});
  if (asked > most)
    throw InputError("at most " + std::to_string(most) + " stages (" + std::to_string(columns.clusters.size()) +
                         " columns of clusters, and the rows within them)",
                     std::to_string(asked) + " in " + (columns.strata.size() == asked ? "strata=" : "population="), {},
                     "strata= and population= list one entry a stage; strata that several columns make together are a "
                     "list in the list: strata=[[\"queue\", \"site\"]]");
  return std::max(asked, columns.clusters.size());
}

}  // namespace detail

/// Reads a table and its design.
/// \throws InputError as `build` does, and for columns there are not, nulls, and arguments that do not fit together.
[[nodiscard]] inline Survey read_survey(DesignColumns columns, io::Stream& stream, unsigned threads = 1) {
  HeldTable table = HeldTable::read(stream);
  if (table.rows == 0) throw InputError("a table with rows", "an empty one");
  const auto rows = static_cast<std::size_t>(table.rows);
  std::vector<StageColumns> stages(detail::stage_count(columns));
  for (std::size_t s = 0; s < stages.size(); ++s) {
    StageColumns& stage = stages[s];
    if (s < columns.clusters.size()) {
      auto coded = std::make_shared<CodedColumn>(code_column(table, columns.clusters[s], columns.missing, threads));
      stage.units = coded->codes;
      stage.unit_count = coded->count();
      stage.unit_name = columns.clusters[s];
      stage.unit_words = [coded](std::size_t row) { return coded->words(coded->codes[row]); };
    }
    if (s < columns.strata.size() && !columns.strata[s].empty()) {
      auto coded = std::make_shared<std::vector<CodedColumn>>();
      std::vector<const CodedColumn*> parts;
      for (const std::string& name : columns.strata[s])
        coded->push_back(code_column(table, name, columns.missing, threads));
      for (const CodedColumn& each : *coded) parts.push_back(&each);
      Crossed crossed = Crossed::of(parts, rows);
      stage.strata = std::move(crossed.of_row);
      stage.stratum_count = crossed.count;
      stage.stratum_name = columns.strata[s].front();
      stage.stratum_words = [coded](std::size_t row) {
        std::string words;
        for (const CodedColumn& each : *coded) words += (words.empty() ? "" : ", ") + each.words(each.codes[row]);
        return words;
      };
    }
    if (s < columns.population.size()) {
      stage.population_name = columns.population[s];
      stage.population = number_column(table, columns.population[s], false, "say how large the stratum is").values;
    }
  }
  if (columns.population_size) {
    if (!stages.front().strata.empty() && stages.front().stratum_count > 1)
      throw InputError("a column with the size of each row's stratum as population=", "one number for all strata", {},
                       "one number is the size of a queue without strata");
    stages.front().population.assign(rows, *columns.population_size);
    stages.front().population_name = "";
  }
  std::vector<double> weights = detail::weights_of(table, columns);
  Design design = build(table.rows, stages, std::move(weights), columns.lonely, columns.nest);
  return {std::move(table), std::move(columns), std::move(design)};
}

}  // namespace assay::survey
