#pragma once
/// \file
/// What a tally counts: which columns, which groupings, which labels mean what.

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <assay/core/labels.hpp>
#include <assay/io/wire.hpp>
#include <assay/tally/lattice.hpp>
#include <assay/tally/measure.hpp>
#include <assay/tally/outcome.hpp>

namespace assay {

/// Columns by name; an empty name means there is none.
struct TallySpec {
  std::vector<std::string> by{};                      ///< columns that name slices
  std::vector<std::vector<std::string>> groupings{};  ///< combinations of them to be answered later
  std::vector<std::string> strata{};                  ///< columns whose combinations are the strata
  std::string decision{};
  std::string verdict{};
  std::string correct{};  ///< true/false instead of decision and verdict
  std::string weight{};
  std::string exclude{};  ///< rows where this is true are counted, not scored
  Labels labels{};
  std::vector<Measure> measures{};       ///< metrics of one's own
  std::optional<std::string> missing{};  ///< the name of nulls in `by` and `strata`
  bool chances{false};  ///< `weight` holds chances of having been drawn; their inverses weigh. No part of the bytes

  [[nodiscard]] bool judged() const noexcept { return correct.empty() && labels.judged(); }
  [[nodiscard]] bool weighted() const noexcept { return !weight.empty(); }

  /// All columns that make cells: slices first, then strata that are not slices already.
  [[nodiscard]] std::vector<std::string> dimensions() const {
    std::vector<std::string> out = by;
    for (const std::string& stratum : strata)
      if (std::find(out.begin(), out.end(), stratum) == out.end()) out.push_back(stratum);
    return out;
  }

  /// Every column of the table that is read.
  [[nodiscard]] std::vector<std::string> columns() const {
    std::vector<std::string> out = dimensions();
    for (const std::string* name : {&decision, &verdict, &correct, &weight, &exclude})
      if (!name->empty()) out.push_back(*name);
    for (const Measure& measure : measures) out.insert(out.end(), {measure.numerator, measure.denominator});
    return out;
  }

  /// Positions of named columns among the dimensions, ascending. \throws InputError for a name that is not counted.
  [[nodiscard]] Grouping grouping_of(const std::vector<std::string>& names) const {
    const std::vector<std::string> all = dimensions();
    Grouping out;
    for (const std::string& name : names) {
      const auto found = std::find(all.begin(), all.end(), name);
      if (found == all.end())
        throw InputError("a column that was tallied (" + listed(all) + ")", in_quotes(name), {},
                         "name it in by= when the tally is made");
      out.push_back(static_cast<std::size_t>(found - all.begin()));
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  /// The groupings whose cells are kept: the maximal ones, strata always included.
  [[nodiscard]] std::vector<Grouping> kept() const {
    std::vector<Grouping> out{grouping_of(strata)};
    for (const auto& names : groupings) out.push_back(united(grouping_of(names), out.front()));
    return maximal(std::move(out));
  }

  /// \throws InputError when the columns contradict one another.
  void check() const {
    if (correct.empty() == verdict.empty())
      throw InputError("either verdict= (the label each decision should have had) or correct= (true/false)",
                       correct.empty() ? "neither" : "both");
    if (!verdict.empty() && decision.empty()) throw InputError("decision= beside verdict=", "none");
    if (by.size() > most_dimensions || strata.size() > most_dimensions)
      throw InputError("at most " + std::to_string(most_dimensions) + " columns in by= and strata=",
                       std::to_string(std::max(by.size(), strata.size())));
    for (const auto* names : {&by, &strata})
      for (std::size_t i = 0; i < names->size(); ++i)
        if (std::find(names->begin(), names->begin() + static_cast<std::ptrdiff_t>(i), (*names)[i]) !=
            names->begin() + static_cast<std::ptrdiff_t>(i))
          throw InputError("each column once", in_quotes((*names)[i]) + " twice");
    if (dimensions().size() > most_dimensions)
      throw InputError("at most " + std::to_string(most_dimensions) + " columns in by= and strata=",
                       std::to_string(dimensions().size()));
    if (groupings.size() > most_groupings)
      throw InputError("at most " + std::to_string(most_groupings) + " groupings", std::to_string(groupings.size()), {},
                       "lower depth=, or name the combinations you need");
    (void)kept();
  }

  static constexpr std::size_t most_groupings = 4096;
  static constexpr std::size_t most_dimensions = 64;

  [[nodiscard]] static std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t most = 40;
    std::string out;
    for (std::size_t i = 0; i < names.size() && i < most; ++i) out += (i == 0 ? "" : ", ") + in_quotes(names[i]);
    if (names.size() > most) out += " and " + std::to_string(names.size() - most) + " more";
    return out.empty() ? "none" : out;
  }

  friend bool operator==(const TallySpec&, const TallySpec&) = default;
};

namespace detail {

inline void write_names(io::Writer& out, const std::vector<std::string>& names) {
  out.compact(names.size());
  for (const std::string& name : names) out.text(name);
}
inline std::vector<std::string> read_names(io::Reader& in) {
  std::vector<std::string> names(in.count(1));
  for (std::string& name : names) name = in.text();
  return names;
}

inline void write_spec(io::Writer& out, const TallySpec& spec) {
  write_names(out, spec.by);
  out.compact(spec.groupings.size());
  for (const auto& names : spec.groupings) write_names(out, names);
  write_names(out, spec.strata);
  for (const std::string* name : {&spec.decision, &spec.verdict, &spec.correct, &spec.weight, &spec.exclude})
    out.text(*name);
  write_names(out, spec.labels.violating());
  write_names(out, spec.labels.not_violating());
  write_names(out, spec.labels.undecided());
  out.compact(spec.measures.size());
  for (const Measure& measure : spec.measures) {
    write_names(out, {measure.name, measure.numerator, measure.denominator});
    out.number(measure.numerator_when);
  }
  write_names(out, spec.missing ? std::vector<std::string>{*spec.missing} : std::vector<std::string>{});
}

/// Names that were written in order, each once.
inline std::vector<std::string> read_ordered_names(io::Reader& in) {
  std::vector<std::string> names = read_names(in);
  if (std::adjacent_find(names.begin(), names.end(), std::greater_equal<>{}) != names.end())
    throw FormatError("names that are not in order: damaged bytes");
  return names;
}

inline TallySpec read_spec(io::Reader& in) {
  TallySpec spec;
  spec.by = read_names(in);
  spec.groupings.resize(in.count(1));
  for (auto& names : spec.groupings) names = read_names(in);
  spec.strata = read_names(in);
  for (std::string* name : {&spec.decision, &spec.verdict, &spec.correct, &spec.weight, &spec.exclude})
    *name = in.text();
  auto violating = read_ordered_names(in);
  auto not_violating = read_ordered_names(in);
  auto undecided = read_ordered_names(in);
  spec.labels = Labels{std::move(violating), std::move(not_violating), std::move(undecided)};
  spec.measures.resize(in.count(4));
  for (Measure& measure : spec.measures) {
    const auto names = read_names(in);
    if (names.size() != 3)
      throw FormatError("wanted three names for a measure, got " + std::to_string(names.size()) + ": damaged bytes");
    measure = {names[0], names[1], names[2], in.number<OutcomeSet>()};
  }
  const auto missing = read_names(in);
  if (missing.size() > 1)
    throw FormatError("wanted one name for nulls, got " + std::to_string(missing.size()) + ": damaged bytes");
  if (!missing.empty()) spec.missing = missing.front();
  return spec;
}

}  // namespace detail
}  // namespace assay
