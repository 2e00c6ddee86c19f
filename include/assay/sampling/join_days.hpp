#pragma once
/// \file
/// Samples of several days, sites or systems, whose cases are different ones, as one sample.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/io/concatenate.hpp>
#include <assay/io/table.hpp>

namespace assay {

/// One sample of several: its rows, and the name that tells its strata from those of the others.
struct NamedSample {
  std::string name{};
  io::Table table{};
};

/// Samples of different cases, one below the other: strata are the samples' own, each under the name of its sample.
/// Draws were independent, so the whole is a stratified sample of all the frames together.
///
/// `design` becomes the sample_design of every row.
/// \throws InputError for a case that occurs in two samples, two samples of one name, or columns that do not fit.
[[nodiscard]] inline io::Table join_days(std::span<const NamedSample> samples, const std::string& case_column,
                                         std::string_view design) {
  if (samples.empty()) throw InputError("at least one sample", "none");
  std::vector<io::Table> tables;
  std::unordered_map<std::string, std::size_t> first;  // by case
  for (std::size_t s = 0; s < samples.size(); ++s) {
    for (std::size_t other = 0; other < s; ++other)
      if (samples[other].name == samples[s].name)
        throw InputError("samples of different periods", "two of the period " + in_quotes(samples[s].name), {},
                         "give each draw a period= of its own; draws from one frame need frame=");
    std::vector<std::shared_ptr<const io::ColumnData>> columns;
    for (const auto& column : samples[s].table.columns()) {
      const bool stratum = column->name == "stratum";
      if (!stratum && column->name != "sample_design") {
        columns.push_back(column);
        continue;
      }
      io::ColumnBuilder builder{column->name, "u"};
      for (std::int64_t row = 0; row < column->length; ++row) {
        const io::Value value = column->value(row);
        const auto* text = std::get_if<std::string_view>(&value);
        if (text == nullptr)
          throw InputError("text", "a value that is not", {column->name, row}, "restore the column as it was drawn");
        if (stratum)
          builder.append(std::string_view{samples[s].name + ": " + std::string{*text}});
        else
          builder.append(design);
      }
      columns.push_back(builder.finish());
    }
    tables.emplace_back(std::move(columns));
    const io::ColumnData* cases = tables.back().find(case_column);
    if (cases == nullptr)
      throw InputError("the column " + in_quotes(case_column) + " in every sample",
                       "none in " + in_quotes(samples[s].name));
    for (std::int64_t row = 0; row < cases->length; ++row) {
      const io::Value value = cases->value(row);
      std::string id;
      if (const auto* text = std::get_if<std::string_view>(&value))
        id = *text;
      else if (const auto* number = std::get_if<std::int64_t>(&value))
        id = std::to_string(*number);
      const auto [at, fresh] = first.try_emplace(std::move(id), s);
      if (!fresh)
        throw InputError("each case in one sample",
                         "case " + in_quotes(at->first) + " in " + in_quotes(samples[at->second].name) + " and in " +
                             in_quotes(samples[s].name),
                         {case_column, row},
                         "if both were drawn from one frame, pass it: combine(..., frame=frame); else name the case by "
                         "its decision's id");
    }
  }
  return io::concatenate(tables);
}

}  // namespace assay
