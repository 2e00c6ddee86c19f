#pragma once
/// \file
/// The design behind a table that already holds decisions and verdicts.

#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <assay/score/design.hpp>
#include <assay/score/stratum_rows.hpp>
#include <assay/tally/bytes.hpp>
#include <assay/tally/tally.hpp>

namespace assay {

/// How large the queue was from which the table was audited. Nothing of it: a large population.
///
/// Sizes count every case that could be drawn, those included that turned out undecided or are excluded: such rows were
/// drawn like the others, and the score is about the part of the queue that is neither.
struct PopulationSizes {
  std::optional<double> whole{};                        ///< one number, without strata
  std::map<std::vector<std::string>, double> strata{};  ///< by the values of the strata columns, in words
  std::string column{};  ///< a column that holds the stratum's size in every row; last of the tally's strata

  [[nodiscard]] bool known() const noexcept { return whole || !strata.empty() || !column.empty(); }
};

namespace detail {

[[nodiscard]] inline std::string join_words(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += (out.empty() ? "" : ", ") + in_quotes(value);
  return out;
}

inline void require_population(double population, double audited, const std::string& where) {
  if (!(population >= 1.0) || std::isinf(population) || population != std::floor(population))
    throw InputError("a population that is a whole number of cases" + where, to_text(population));
  if (population < audited)
    throw InputError("a population of at least the " + to_text(audited) + " audited cases" + where,
                     to_text(population));
}

/// All rows by stratum, or the refusal that they are not known.
inline void require_counted(const StratumRows& rows, double all, double set_aside) {
  double counted = 0.0;
  for (const auto& [values, count] : rows) counted += count;
  if (counted != all)
    throw InputError("strata of which every row is scored, or a table that can be read twice, beside population=",
                     to_text(set_aside) + " rows set aside as undecided or excluded, not counted by stratum", {},
                     "leave such rows out, and count population= without them");
}

/// A size among the values of a column: whole numbers, also where the column was read as text.
[[nodiscard]] inline double population_in(const io::Dictionary& sizes, io::Code code, const std::string& column) {
  if (sizes.format() == "l") return static_cast<double>(sizes.integer(code));
  const std::string words = sizes.words(code);
  std::int64_t size = 0;
  const auto [end, error] = std::from_chars(words.data(), words.data() + words.size(), size);
  if (!sizes.is_text() || error != std::errc{} || end != words.data() + words.size())
    throw InputError("whole numbers", in_quotes(words), {column, {}});
  return static_cast<double>(size);
}

}  // namespace detail

/// The strata whose rows must be counted besides (`rows_by_stratum`) because some were set aside; none as a rule.
[[nodiscard]] inline std::vector<std::string> strata_to_count(const Tally& tally, const PopulationSizes& population) {
  if (!population.known() || tally.undecided() + tally.excluded() == 0) return {};
  std::vector<std::string> strata = tally.spec().strata;
  if (!population.column.empty()) strata.pop_back();
  return strata;
}

/// The design of a tally: strata as counted, populations as told, and, where rows were set aside, all rows by stratum.
/// \throws InputError for strata without populations or weights, populations below what was audited, two in one
/// stratum, or rows set aside from strata whose rows nobody counted.
[[nodiscard]] inline ScoreDesign design_of(const Tally& tally, const PopulationSizes& population,
                                           const StratumRows& rows = {}) {
  const TallySpec& spec = tally.spec();
  std::vector<std::string> strata = spec.strata;
  if (!population.column.empty()) strata.pop_back();
  const bool known = population.known();
  const bool counted = !strata_to_count(tally, population).empty();
  const auto set_aside = static_cast<double>(tally.undecided() + tally.excluded());
  if (counted) detail::require_counted(rows, static_cast<double>(tally.rows()) + set_aside, set_aside);
  if (!strata.empty() && !known && !spec.weighted())
    throw InputError("population= (how many cases each stratum holds) or weight= beside strata=", "neither", {},
                     "strata are audited at different rates; say at which");
  if (!strata.empty() && population.whole)
    throw InputError("population= as a mapping by stratum, or a column", "one number");
  if (strata.empty() && !population.strata.empty()) throw InputError("strata= beside a mapping of populations", "none");

  ScoreDesign design;
  design.made_of = strata;
  design.words = !strata.empty() ? "stratified simple random" : spec.weighted() ? "unequal weights" : "simple random";
  if (!strata.empty() && spec.weighted()) design.words = "stratified, unequal weights";
  const auto names = spec.dimensions();
  std::vector<std::size_t> order;
  for (const std::string& name : spec.strata)
    order.push_back(static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
  const Grouping hidden = spec.grouping_of(spec.strata);

  for (std::size_t g = 0; g < tally.groupings().size(); ++g) {
    const Grouping& kept = tally.groupings()[g];
    if (!within(hidden, kept)) continue;
    const Cells& cells = tally.cells(g);
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
      std::vector<io::Code> codes;
      for (const std::size_t dimension : order)
        codes.push_back(cells.codes(
            cell)[static_cast<std::size_t>(std::lower_bound(kept.begin(), kept.end(), dimension) - kept.begin())]);
      for (const std::uint64_t count : cells.counts(cell)) design.facts[codes].sampled += static_cast<double>(count);
      for (std::size_t outcome = 0; cells.weighted() && outcome < cells.classes(); ++outcome)
        if (cells.counts(cell)[outcome] > 0) design.facts[codes].weight += cells.weights(cell, outcome).value();
    }
    break;
  }
  if (design.facts.empty() && !order.empty()) return design;  // no rows: score() says so
  if (design.facts.empty()) design.facts[{}].sampled = 0.0;

  std::map<std::vector<io::Code>, int> seen;
  std::set<std::vector<std::string>> audited;
  for (auto& [codes, facts] : design.facts) {
    std::vector<std::string> values;
    for (std::size_t i = 0; i < strata.size(); ++i) values.push_back(tally.dictionaries()[order[i]].words(codes[i]));
    audited.insert(values);
    const std::string where = values.empty() ? "" : " in stratum " + detail::join_words(values);
    if (++seen[{codes.begin(), codes.begin() + static_cast<std::ptrdiff_t>(strata.size())}] > 1)
      throw InputError("one population" + where, "two or more in column " + in_quotes(population.column), {},
                       "name the columns that make the strata in strata=");
    if (!known) continue;
    const double scored = facts.sampled;
    facts.sampled = counted ? rows.at(values) : facts.sampled + set_aside;
    if (scored > 0.0) facts.weight *= facts.sampled / scored;
    if (population.whole) {
      facts.population = *population.whole;
    } else if (!population.column.empty()) {
      const io::Dictionary& sizes = tally.dictionaries()[order.back()];
      facts.population = detail::population_in(sizes, codes.back(), population.column);
    } else {
      const auto found = population.strata.find(values);
      if (found == population.strata.end())
        throw InputError("a population for every stratum", "none for " + detail::join_words(values));
      facts.population = found->second;
    }
    detail::require_population(facts.population, facts.sampled, where);
  }
  for (const auto& [values, size] : population.strata)
    if (!audited.contains(values) && !rows.contains(values) && size > 0.0)
      throw InputError("audits of every stratum in population=", "none of " + detail::join_words(values), {},
                       "audit it, or leave it out of population= if the score is not to speak of it");
  return design;
}

}  // namespace assay
