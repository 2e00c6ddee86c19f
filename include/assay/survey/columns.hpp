#pragma once
/// \file
/// The columns of a survey's table: values as codes in their order, numbers with what is missing.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/io/encode.hpp>
#include <assay/io/gather.hpp>
#include <assay/io/parallel.hpp>
#include <assay/io/read.hpp>
#include <assay/survey/pairs.hpp>

namespace assay::survey {

/// A table that stays in memory as it came, so that any of its columns can be asked for later.
struct HeldTable {
  std::shared_ptr<const std::vector<io::Field>> fields{};
  std::vector<io::Batch> batches{};
  std::int64_t rows{0};

  [[nodiscard]] static HeldTable read(io::Stream& stream) {
    HeldTable out;
    out.fields = stream.shared_fields();
    out.batches = io::keep_all(stream);
    out.rows = stream.rows_read();
    return out;
  }
  [[nodiscard]] io::Stream stream() const { return {fields, batches}; }
  /// \throws InputError naming the columns there are.
  [[nodiscard]] std::size_t index_of(std::string_view name) const { return stream().index_of(name); }
  [[nodiscard]] const io::Field& field(std::string_view name) const { return (*fields)[index_of(name)]; }
};

/// A column as codes: 0 for its smallest value, and so on. Every code is met in some row.
struct CodedColumn {
  std::string name{};
  std::vector<Code> codes{};
  std::shared_ptr<const io::SharedDictionary> dictionary{};
  std::vector<Code> values{};  ///< by code, the dictionary's own

  [[nodiscard]] std::size_t count() const noexcept { return values.size(); }
  [[nodiscard]] std::string words(Code code) const {
    return code == no_code ? "nothing" : dictionary->values.words(values[code]);
  }
};

namespace detail {

class CodeWorker {
 public:
  CodeWorker(std::size_t column, io::SharedDictionary& shared, const std::optional<std::string>& missing,
             std::vector<Code>& out, const std::string& mend)
      : column_{column}, encoder_{shared, missing}, out_{&out} {
    encoder_.on_null("a value", mend);
  }
  void begin(const io::Batch& batch) {
    encoder_.begin(batch.column(column_));
    first_row_ = batch.first_row();
  }
  void run(std::int64_t begin, std::int64_t count) { encoder_.encode(begin, count, out_->data() + first_row_ + begin); }

 private:
  std::size_t column_;
  io::Encoder encoder_;
  std::vector<Code>* out_;
  std::int64_t first_row_{0};
};

/// Codes in the order of values, and only those met.
inline void settle(CodedColumn& column) {
  const io::Dictionary& dictionary = column.dictionary->values;
  std::vector<Code> place(dictionary.size(), no_code);
  for (const Code code : column.codes) place[code] = 0;
  for (const Code code : dictionary.sorted())
    if (place[code] != no_code) {
      place[code] = static_cast<Code>(column.values.size());
      column.values.push_back(code);
    }
  bool same = true;
  for (Code code = 0; code < place.size(); ++code) same = same && place[code] == code;
  if (!same)
    for (Code& code : column.codes) code = place[code];
}

/// Whole numbers of a narrow range need no dictionary to become codes. Answers false where they are not that.
inline bool code_narrow(const HeldTable& table, std::size_t index, CodedColumn& out) {
  const io::Type& type = (*table.fields)[index].type;
  if (!type.is_integer() || type.meaning != io::Meaning::plain || type.keys || type.storage == io::Storage::uint64)
    return false;
  const auto each = [&](const auto& use) {
    for (const io::Batch& batch : table.batches) {
      if (batch.rows() == 0) continue;
      const io::Column column = batch.column(index);
      io::with_integers(type.storage, column.array->buffers[1],
                        [&](const auto* values) { use(values + column.offset, batch); });
    }
  };
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = std::numeric_limits<std::int64_t>::min();
  for (const io::Batch& batch : table.batches)
    if (batch.rows() > 0 && batch.column(index).may_have_nulls()) return false;
  each([&](const auto* values, const io::Batch& batch) {
    for (std::int64_t row = 0; row < batch.rows(); ++row) {
      const auto value = static_cast<std::int64_t>(values[row]);
      least = value < least ? value : least;
      most = value > most ? value : most;
    }
  });
  if (least > most || static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least) >=
                          static_cast<std::uint64_t>(std::max<std::int64_t>(2 * table.rows, 1 << 16)))
    return false;
  each([&](const auto* values, const io::Batch& batch) {
    Code* const to = out.codes.data() + batch.first_row();
    for (std::int64_t row = 0; row < batch.rows(); ++row)
      to[row] = static_cast<Code>(static_cast<std::int64_t>(values[row]) - least);
  });
  std::vector<Code> place(static_cast<std::size_t>(most - least) + 1, no_code);
  for (const Code code : out.codes) place[code] = 0;
  const auto shared = std::make_shared<io::SharedDictionary>();
  shared->values.settle("l", out.name);
  for (std::size_t i = 0; i < place.size(); ++i)
    if (place[i] != no_code) {
      place[i] = shared->values.code_of(least + static_cast<std::int64_t>(i));
      out.values.push_back(place[i]);
    }
  if (out.values.size() != place.size())
    for (Code& code : out.codes) code = place[code];
  out.dictionary = shared;
  return true;
}

}  // namespace detail

/// A column as codes. `missing` names nulls; without it they are refused.
/// \throws InputError for nulls, and for kinds of values that name no groups (real numbers, durations).
[[nodiscard]] inline CodedColumn code_column(const HeldTable& table, const std::string& name,
                                             const std::optional<std::string>& missing, unsigned threads,
                                             const std::string& mend =
                                                 "fill it, or name nulls with missing= where the "
                                                 "design is made") {
  CodedColumn out;
  out.name = name;
  out.codes.resize(static_cast<std::size_t>(table.rows));
  // Where nulls have a name, all values are text.
  if (!missing && detail::code_narrow(table, table.index_of(name), out)) return out;
  const auto shared = std::make_shared<io::SharedDictionary>();
  std::vector<detail::CodeWorker> workers;
  for (unsigned i = 0; i < std::max(threads, 1U); ++i)
    workers.emplace_back(table.index_of(name), *shared, missing, out.codes, mend);
  io::Stream stream = table.stream();
  io::read_in_parallel(stream, workers);
  out.dictionary = shared;
  detail::settle(out);
  return out;
}

/// Numbers by row; NaN where one is missing.
struct NumberColumn {
  std::string name{};
  std::vector<double> values{};
  std::int64_t missing{0};
};

/// A column as numbers; true counts 1 and false 0.
/// \param drop  nulls and NaN are kept as NaN; without it they are refused.
/// \throws InputError for missing values without `drop`, for infinite ones, and for columns that hold no numbers.
[[nodiscard]] inline NumberColumn number_column(const HeldTable& table, const std::string& name, bool drop,
                                                const std::string& mend) {
  NumberColumn out;
  out.name = name;
  out.values.resize(static_cast<std::size_t>(table.rows));
  const std::size_t index = table.index_of(name);
  for (const io::Batch& batch : table.batches) {
    if (batch.rows() == 0) continue;
    const io::Column column = batch.column(index);
    double* const to = out.values.data() + batch.first_row();
    if (column.field->type.storage == io::Storage::none && drop) {
      std::fill(to, to + batch.rows(), std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    const io::Numbers numbers{column, mend};
    if (!drop || !column.may_have_nulls()) {
      numbers.read(0, batch.rows(), to);
      continue;
    }
    const bool keys = column.field->type.keys.has_value();
    for (std::int64_t row = 0; row < batch.rows(); ++row) {
      if (column.is_null(row) || keys) to[row] = std::numeric_limits<double>::quiet_NaN();
      if (!column.is_null(row)) numbers.read(row, 1, to + row);
    }
  }
  for (std::size_t row = 0; row < out.values.size(); ++row) {
    const double value = out.values[row];
    if (std::isfinite(value)) continue;
    if (std::isnan(value) && drop)
      ++out.missing;
    else
      throw InputError(std::isnan(value) ? "a number" : "finite numbers", to_text(value),
                       {name, static_cast<std::int64_t>(row)}, mend);
  }
  return out;
}

/// Rows by the values of several columns together; no columns make one group of all rows.
struct Crossed {
  std::vector<Code> of_row{};  ///< empty where there is one group
  std::size_t count{1};
  std::vector<std::size_t> first_row{};  ///< by group, a row that is in it

  /// Groups in the order of the first column's values, then the second's, and so on; only those met.
  [[nodiscard]] static Crossed of(const std::vector<const CodedColumn*>& columns, std::size_t rows) {
    Crossed out;
    out.first_row.assign(1, 0);
    if (columns.empty()) return out;
    out.of_row = columns.front()->codes;
    out.count = columns.front()->count();
    for (std::size_t c = 1; c < columns.size(); ++c) {
      PairCells cells = pair_cells(
          rows, [&](std::size_t row) { return out.of_row[row]; }, out.count,
          [&](std::size_t row) { return columns[c]->codes[row]; }, columns[c]->count());
      out.of_row = std::move(cells.cell_of_item);
      out.count = close_gaps(out.of_row, cells.cells);
    }
    out.first_row.assign(out.count, rows);
    std::size_t found = 0;
    for (std::size_t row = 0; row < rows && found < out.count; ++row)
      if (std::size_t& first = out.first_row[out.of_row[row]]; first == rows) {
        first = row;
        ++found;
      }
    return out;
  }
};

}  // namespace assay::survey
