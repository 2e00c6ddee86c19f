#pragma once
/// \file
/// From the checked arguments that assay.scores hands over (plain lists, texts and numbers) to the specs of the
/// library.

#include <optional>
#include <string>
#include <vector>

#include <assay/score/metric.hpp>
#include <assay/score/population.hpp>
#include <assay/tally/spec.hpp>

#include "bindings.hpp"

namespace assay::bindings {

using Names = std::vector<std::string>;

template <class Value>
[[nodiscard]] Value argument(const py::dict& arguments, const char* name) {
  return arguments[name].cast<Value>();
}

[[nodiscard]] inline Labels labels_of(const py::dict& arguments) {
  return Labels{argument<Names>(arguments, "violating"), argument<Names>(arguments, "not_violating"),
                argument<Names>(arguments, "undecided")};
}

/// (name, numerator, denominator, only where action was due)
[[nodiscard]] inline std::vector<Measure> measures_of(const py::dict& arguments) {
  std::vector<Measure> out;
  for (const py::handle each : argument<py::list>(arguments, "measures")) {
    const auto measure = py::reinterpret_borrow<py::tuple>(each);
    out.push_back({measure[0].cast<std::string>(), measure[1].cast<std::string>(), measure[2].cast<std::string>(),
                   measure[3].cast<bool>() ? assay::detail::due : any_outcome});
  }
  return out;
}

[[nodiscard]] inline TallySpec spec_of(const py::dict& arguments) {
  TallySpec spec;
  spec.by = argument<Names>(arguments, "by");
  spec.groupings = argument<std::vector<Names>>(arguments, "groupings");
  spec.strata = argument<Names>(arguments, "strata");
  spec.decision = argument<std::string>(arguments, "decision");
  spec.verdict = argument<std::string>(arguments, "verdict");
  spec.correct = argument<std::string>(arguments, "correct");
  spec.weight = argument<std::string>(arguments, "weight");
  spec.exclude = argument<std::string>(arguments, "exclude");
  spec.labels = labels_of(arguments);
  spec.measures = measures_of(arguments);
  spec.missing = argument<std::optional<std::string>>(arguments, "missing");
  return spec;
}

/// `population`: None, a number, a mapping from tuples of texts to numbers; `population_column`: the last of the
/// strata.
[[nodiscard]] inline PopulationSizes population_of(const py::dict& arguments) {
  PopulationSizes population;
  population.column = argument<std::string>(arguments, "population_column");
  const py::object given = arguments["population"];
  if (given.is_none()) return population;
  if (!py::isinstance<py::dict>(given)) {
    population.whole = given.cast<double>();
    return population;
  }
  for (const auto& [values, size] : py::reinterpret_borrow<py::dict>(given))
    population.strata[values.cast<Names>()] = size.cast<double>();
  return population;
}

}  // namespace assay::bindings
