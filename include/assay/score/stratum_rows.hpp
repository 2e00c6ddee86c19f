#pragma once
/// \file
/// How many rows of a table each stratum holds, whether they are scored or set aside.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <assay/score/whole_table.hpp>

namespace assay {

/// Rows by the values of the strata's columns, in words.
using StratumRows = std::map<std::vector<std::string>, double>;

/// Counts all rows of a table by stratum.
///
/// Use when: rows are set aside (undecided, excluded) beside populations by stratum. They were drawn like the others,
/// so they belong to the sampling fraction, and a tally does not count them by stratum.
/// No data: an empty table answers no strata.
/// \throws InputError for a column that is not there, and for nulls unless `missing` names them.
[[nodiscard]] inline StratumRows rows_by_stratum(io::Stream& stream, const std::vector<std::string>& strata,
                                                 const std::optional<std::string>& missing = {}) {
  detail::WholeTable table{stream};
  std::vector<const detail::CodedColumn*> columns;
  for (const std::string& name : strata) columns.push_back(&table.coded(name, missing, false));
  const auto rows = static_cast<std::size_t>(table.read());
  std::map<std::vector<io::Code>, double> counts;
  std::vector<io::Code> codes(columns.size());
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t c = 0; c < columns.size(); ++c) codes[c] = columns[c]->codes[row];
    counts[codes] += 1.0;
  }
  StratumRows out;
  for (const auto& [own, count] : counts) {
    std::vector<std::string> values;
    for (std::size_t c = 0; c < columns.size(); ++c) values.push_back(columns[c]->dictionary.values.words(own[c]));
    out[values] += count;
  }
  return out;
}

}  // namespace assay
