#pragma once
/// \file
/// What a judge says of a whole queue, stratum by stratum and slice by slice.

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include <assay/io/export.hpp>
#include <assay/sampling/strata.hpp>
#include <assay/score/predictions.hpp>

namespace assay {

/// Totals of predictions: one for each column of predictions.
using JudgeTotals = std::vector<PredictionTotals>;

/// What a judge says of a queue. Strata by their names, slices by the values of their columns in words.
struct JudgePopulation {
  using Strata = std::map<std::string, JudgeTotals>;

  Strata strata{};
  /// By the columns of a grouping: slice, then stratum. Groupings made of whole strata need none.
  std::map<std::vector<std::string>, std::map<std::vector<std::string>, Strata>> slices{};
};

namespace detail {

/// A column of a frame as codes, each row's.
struct FrameCodes {
  CodedColumn own{};
  const io::Dictionary* values{nullptr};
  std::span<const io::Code> codes{};
};

/// Numbers each row by the combination of some columns' values, in the order of first sight; answers how many.
inline std::size_t combine(std::vector<std::uint32_t>& rows, std::span<const io::Code> next) {
  std::unordered_map<std::uint64_t, std::uint32_t> met;
  for (std::size_t row = 0; row < rows.size(); ++row)
    rows[row] =
        met.emplace(std::uint64_t{rows[row]} << 32U | next[row], static_cast<std::uint32_t>(met.size())).first->second;
  return met.size();
}

/// Columns of a frame by name: `by` columns as the frame holds them, others read again.
class FrameColumnsByName {
 public:
  FrameColumnsByName(const Frame& frame, const std::set<std::string>& names) {
    io::Stream stream = frame.stream();
    WholeTable table{stream};
    bool again = false;
    std::vector<std::pair<FrameCodes*, const CodedColumn*>> read;
    for (const std::string& name : names) {
      const auto& by = frame.columns().by;
      const auto found = std::find(by.begin(), by.end(), name);
      FrameCodes& out = columns_[name];
      if (found != by.end()) {
        const auto d = static_cast<std::size_t>(found - by.begin());
        out.values = &frame.values(d);
        out.codes = frame.by(d);
      } else if (name == frame.columns().decision) {
        out.values = &frame.labels();
        out.codes = frame.decisions();
      } else {
        if (!stream.has(name))
          throw InputError("slices of columns that every case of the frame has, beside prediction=", in_quotes(name),
                           {},
                           "what only audits know, the judge cannot be asked: leave out prediction= for this slice");
        read.emplace_back(&out, &table.coded(name, frame.columns().missing, false));
        again = true;
      }
    }
    if (again) (void)table.read();
    for (const auto& [out, column] : read) {
      out->own.codes = column->codes;
      out->own.dictionary.values = column->dictionary.values;
      out->values = &out->own.dictionary.values;
      out->codes = out->own.codes;
    }
  }

  [[nodiscard]] const FrameCodes& at(const std::string& name) const { return columns_.at(name); }

 private:
  std::map<std::string, FrameCodes> columns_{};
};

}  // namespace detail

/// Predictions of every case of a frame.
/// \throws InputError for columns there are not, labels never declared, nulls and numbers that are not finite.
[[nodiscard]] inline std::vector<Predictions> predictions_of(const Frame& frame,
                                                             const std::vector<std::string>& columns,
                                                             const PredictionReading& reading) {
  io::Stream stream = frame.stream();
  for (const std::string& name : columns)
    if (!stream.has(name))
      throw InputError("predictions in a column of the frame", "no column " + in_quotes(name), {},
                       "name it in keep= when the frame is made");
  detail::WholeTable table{stream};
  detail::PredictionReader reader{stream, table, columns};
  (void)table.read();
  return reader.finish(frame.labels(), frame.decisions(), reading);
}

/// Adds up a frame's predictions by stratum, and by slice where `groupings` says so.
///
/// Use when: a sample of the frame is scored with a judge (judged.hpp). Undecided cases are left out.
/// \throws InputError as predictions_of does, and for slices of columns the frame has not.
[[nodiscard]] inline JudgePopulation judge_population(const Frame& frame, const Strata& strata,
                                                      const std::vector<std::string>& columns,
                                                      const PredictionReading& reading,
                                                      const std::vector<std::vector<std::string>>& groupings = {}) {
  const std::vector<Predictions> predicted = predictions_of(frame, columns, reading);
  JudgePopulation out;
  std::vector<JudgeTotals> sums(strata.size(), JudgeTotals(columns.size()));
  const auto rows = static_cast<std::size_t>(frame.rows());
  for (std::size_t row = 0; row < rows; ++row) {
    const auto at = static_cast<std::int64_t>(row);
    if (!strata.drawable(at)) continue;
    for (std::size_t s = 0; s < columns.size(); ++s) predicted[s].add_to(sums[strata.of(at)][s], row);
  }
  for (std::size_t h = 0; h < strata.size(); ++h) out.strata[strata.name(h)] = sums[h];

  std::set<std::string> names;
  for (const auto& grouping : groupings) names.insert(grouping.begin(), grouping.end());
  const detail::FrameColumnsByName by_name{frame, names};
  for (const auto& grouping : groupings) {
    std::vector<std::uint32_t> cell(rows, 0);
    for (std::size_t row = 0; row < rows; ++row)
      if (const auto at = static_cast<std::int64_t>(row); strata.drawable(at)) cell[row] = strata.of(at) + 1;
    std::size_t cells = strata.size() + 1;
    for (const std::string& name : grouping) cells = detail::combine(cell, by_name.at(name).codes);
    std::vector<JudgeTotals> totals(cells, JudgeTotals(columns.size()));
    std::vector<std::size_t> first(cells, rows);
    for (std::size_t row = 0; row < rows; ++row) {
      if (!strata.drawable(static_cast<std::int64_t>(row))) continue;
      first[cell[row]] = std::min(first[cell[row]], row);
      for (std::size_t s = 0; s < columns.size(); ++s) predicted[s].add_to(totals[cell[row]][s], row);
    }
    auto& slices = out.slices[grouping];
    for (std::size_t c = 0; c < cells; ++c) {
      if (first[c] == rows) continue;
      std::vector<std::string> words;
      for (const std::string& name : grouping)
        words.push_back(by_name.at(name).values->words(by_name.at(name).codes[first[c]]));
      slices[words][strata.name(strata.of(static_cast<std::int64_t>(first[c])))] = totals[c];
    }
  }
  return out;
}

/// The name of the column that carries a stratum's totals of a column of predictions in every row of a sample.
[[nodiscard]] inline std::string totals_column(const std::string& prediction) { return prediction + "_in_stratum"; }

namespace detail {

/// Eight counts as text, "812 95 30 4 3 0 0 0".
[[nodiscard]] inline std::string totals_text(const PredictionTotals& totals) {
  std::string out;
  for (const double count : totals.outcomes)
    out += (out.empty() ? "" : " ") + std::to_string(static_cast<std::int64_t>(count));
  return out;
}

/// A kept column that a judge may have made: text that holds labels only, or numbers from 0 to 1.
[[nodiscard]] inline bool looks_predicted(const Frame& frame, const std::string& name, const PredictionReading& reading,
                                          std::vector<Predictions>& out) {
  const auto [position, field] = frame.column(name);
  const io::Type& type = field->type;
  if (!type.is_text() && !type.is_real()) return false;
  const std::vector<std::string> taken = frame.columns().names();
  if (std::find(taken.begin(), taken.end(), totals_column(name)) != taken.end()) return false;
  try {
    out = predictions_of(frame, {name}, reading);
  } catch (const InputError&) {  // nulls, other words, numbers without an end: no predictions, then
    return false;
  }
  return out.front().labels || std::all_of(out.front().numbers.begin(), out.front().numbers.end(),
                                           [](double value) { return value >= 0.0 && value <= 1.0; });
}

}  // namespace detail

/// A drawn sample, and for each kept column that a judge may have made (labels of the frame, or numbers from 0 to 1)
/// a further column `<name>_in_stratum`: what the judge says of the whole stratum. So a sample can be scored with its
/// judge after a journey through a CSV file, in slices that are made of whole strata.
///
/// Labels travel as eight counts, by Outcome; numbers as their sum.
[[nodiscard]] inline io::Table with_judge_totals(const io::Table& sample, const Frame& frame, const Strata& strata) {
  std::vector<std::shared_ptr<const io::ColumnData>> out = sample.columns();
  PredictionReading reading{frame.columns().labels, {}, frame.columns().labels.judged()};
  for (const io::Code label : frame.labels_met()) reading.known.emplace(frame.labels().text(label));
  ArrowArrayStream raw{};
  io::export_stream(sample, &raw);
  io::Stream rows{&raw};
  detail::WholeTable table{rows};
  const detail::CodedColumn& stratum = table.coded("stratum", {}, true);
  (void)table.read();
  for (const std::string& name : frame.columns().keep) {
    std::vector<Predictions> predicted;
    if (!detail::looks_predicted(frame, name, reading, predicted)) continue;
    std::vector<PredictionTotals> totals(strata.size());
    for (std::int64_t row = 0; row < frame.rows(); ++row)
      if (strata.drawable(row)) predicted.front().add_to(totals[strata.of(row)], static_cast<std::size_t>(row));
    std::map<std::string, const PredictionTotals*> by_name;
    for (std::size_t h = 0; h < strata.size(); ++h) by_name[strata.name(h)] = &totals[h];
    io::ColumnBuilder column{totals_column(name), predicted.front().labels ? "u" : "g"};
    for (const io::Code code : stratum.codes) {
      const PredictionTotals& own = *by_name.at(std::string{stratum.dictionary.values.text(code)});
      if (predicted.front().labels)
        column.append(std::string_view{detail::totals_text(own)});
      else
        column.append(own.numbers.value());
    }
    out.insert(out.end() - 1, column.finish());  // the design stays last
  }
  return io::Table{std::move(out)};
}

}  // namespace assay
