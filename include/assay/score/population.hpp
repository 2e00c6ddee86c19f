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
#include <assay/tally/bytes.hpp>
#include <assay/tally/tally.hpp>

namespace assay {

/// How large the queue was from which the table was audited. Nothing of it: a large population.
struct PopulationSizes {
  std::optional<double> whole{};                        ///< one number, without strata
  std::map<std::vector<std::string>, double> strata{};  ///< by the values of the strata columns, in words
  std::string column{};  ///< a column that holds the stratum's size in every row; last of the tally's strata
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

/// The design of a tally: strata as counted, populations as told.
/// \throws InputError for strata without populations or weights, populations below what was audited, or two in one
/// stratum.
[[nodiscard]] inline ScoreDesign design_of(const Tally& tally, const PopulationSizes& population) {
  const TallySpec& spec = tally.spec();
  std::vector<std::string> strata = spec.strata;
  if (!population.column.empty()) strata.pop_back();
  const bool known = population.whole || !population.strata.empty() || !population.column.empty();
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
    if (!audited.contains(values) && size > 0.0)
      throw InputError("audits of every stratum in population=", "none of " + detail::join_words(values), {},
                       "audit it, or leave it out of population= if the score is not to speak of it");
  return design;
}

}  // namespace assay
