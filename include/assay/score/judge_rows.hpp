#pragma once
/// \file
/// A judge as the rows of a drawn sample know it: its predictions, and its totals where they travelled along.

#include <charconv>
#include <cstdint>
#include <string>
#include <vector>

#include <assay/score/judge_population.hpp>

namespace assay {
namespace detail {

/// Eight counts from their text. \throws InputError for anything else.
[[nodiscard]] inline PredictionTotals totals_from(std::string_view text, const Place& place, bool judged) {
  PredictionTotals out;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (double& count : out.outcomes) {
    std::int64_t value = -1;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc{} || value < 0)
      throw InputError("eight counts, as plan.draw(...) wrote them", in_quotes(std::string{text}), place,
                       "restore the column as it was drawn, or pass frame=");
    count = static_cast<double>(value);
    out.cases += count;
    at = next == end ? next : next + 1;
  }
  if (judged) return out;
  // Without verdicts by label only right and wrong can be told, and what is undecided.
  auto& o = out.outcomes;
  o = {o[0] + o[1], o[2] + o[3] + o[4] + o[5], o[6] + o[7], 0, 0, 0, 0, 0};
  return out;
}

}  // namespace detail

/// Predictions in the rows of a sample, and, unless `travelled` is null, the totals of strata that the rows carry.
///
/// \throws InputError as predictions_of does; where totals are asked for and the sample has none; and where they do not
///         fit the strata.
[[nodiscard]] inline std::vector<Predictions> judge_rows(io::Stream& sample, const std::string& decision,
                                                         const std::vector<std::string>& columns,
                                                         const PredictionReading& reading, JudgePopulation* travelled) {
  detail::WholeTable table{sample};
  for (const std::string& name : columns)
    if (!sample.has(name))
      throw InputError("predictions in a column of the sample", "no column " + in_quotes(name), {},
                       "name it in keep= when the frame is made");
  const detail::CodedColumn& decisions = table.coded(decision, {}, true);
  const detail::CodedColumn& strata = table.coded("stratum", {}, true);
  const std::vector<double>& populations = table.numbers("stratum_population");
  detail::PredictionReader reader{sample, table, columns};
  std::vector<const detail::CodedColumn*> counts;
  std::vector<const std::vector<double>*> sums;
  for (const std::string& name : columns) {
    const std::string totals = totals_column(name);
    if (travelled != nullptr && !sample.has(totals))
      throw InputError("the frame, which says what the judge predicts of all cases",
                       "a sample without the column " + in_quotes(totals), {},
                       "pass frame=, the frame that the sample was drawn from");
    const bool labels = sample.fields()[sample.index_of(name)].type.is_text();
    counts.push_back(travelled != nullptr && labels ? &table.coded(totals, {}, true) : nullptr);
    sums.push_back(travelled != nullptr && !labels ? &table.numbers(totals) : nullptr);
  }
  (void)table.read();
  if (travelled != nullptr)
    for (std::size_t row = 0; row < strata.codes.size(); ++row) {
      const std::string stratum{strata.dictionary.values.text(strata.codes[row])};
      auto [at, fresh] = travelled->strata.try_emplace(stratum, columns.size());
      for (std::size_t s = 0; fresh && s < columns.size(); ++s) {
        const Place place{totals_column(columns[s]), static_cast<std::int64_t>(row)};
        PredictionTotals& own = at->second[s];
        if (counts[s] != nullptr)
          own = detail::totals_from(counts[s]->dictionary.values.text(counts[s]->codes[row]), place, reading.judged);
        else if (!(std::fabs((*sums[s])[row]) <= detail::largest_prediction * populations[row]))
          throw InputError("the sum of the stratum's predictions", to_text((*sums[s])[row]), place);
        else
          own.numbers.add((*sums[s])[row]), own.cases = populations[row];
        if (own.cases != populations[row])
          throw InputError("predictions of all " + to_text(populations[row]) + " cases of the stratum",
                           to_text(own.cases), place, "restore the columns as they were drawn");
      }
    }
  return reader.finish(decisions.dictionary.values, decisions.codes, reading);
}

}  // namespace assay
