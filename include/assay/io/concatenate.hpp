#pragma once
/// \file
/// Tables with the same columns, one below the other.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/io/gather.hpp>
#include <assay/io/table.hpp>

namespace assay::io {

/// All rows of a stream as a table of its own. \throws InputError for columns that cannot be gathered.
[[nodiscard]] inline Table whole_table(Stream& stream) {
  const std::vector<Batch> batches = keep_all(stream);
  std::vector<std::int64_t> rows(static_cast<std::size_t>(stream.rows_read()));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  std::vector<std::shared_ptr<const ColumnData>> columns;
  for (std::size_t i = 0; i < stream.fields().size(); ++i)
    columns.push_back(gather(batches, stream.fields()[i], i, rows));
  return Table{std::move(columns)};
}

namespace detail {

inline void append_row(ColumnBuilder& out, const ColumnData& from, std::int64_t row) {
  if (from.is_null(row)) return out.append_null();
  if (from.format == "u" || from.format == "U") return out.append(from.text(row));
  if (from.format == "b") return out.append(std::get<bool>(from.value(row)));
  const auto width = static_cast<std::size_t>(width_of(plain_type(from.format)));
  out.append_raw(from.values.data() + static_cast<std::size_t>(row) * width, width);
}

}  // namespace detail

/// Some rows of a table, in the order asked for. \throws InputError for a row there is not.
[[nodiscard]] inline Table take(const Table& table, std::span<const std::int64_t> rows) {
  std::vector<std::shared_ptr<const ColumnData>> out;
  for (const std::int64_t row : rows)
    if (row < 0 || row >= table.rows())
      throw InputError("a row below " + std::to_string(table.rows()), std::to_string(row));
  for (const auto& column : table.columns()) {
    ColumnBuilder builder{column->name, column->format == "U" ? "u" : column->format};
    for (const std::int64_t row : rows) detail::append_row(builder, *column, row);
    out.push_back(builder.finish());
  }
  return Table{std::move(out)};
}

/// The rows of all tables in order. Columns come in the order of the first table.
///
/// A column that holds nothing but nulls in one table takes the kind it has in another.
/// \throws InputError for a column that some table lacks, or that holds another kind of values in another table.
[[nodiscard]] inline Table concatenate(std::span<const Table> tables) {
  std::vector<std::shared_ptr<const ColumnData>> out;
  if (tables.empty()) return Table{};
  for (const auto& first : tables.front().columns()) {
    std::string format = first->format;
    for (const Table& table : tables)
      if (const ColumnData* own = table.find(first->name); own != nullptr && own->null_count < own->length)
        format = own->format == "U" ? "u" : own->format;
    ColumnBuilder builder{first->name, format};
    for (std::size_t t = 0; t < tables.size(); ++t) {
      const ColumnData* own = tables[t].find(first->name);
      if (own == nullptr)
        throw InputError("the column " + in_quotes(first->name) + " in every table",
                         "none in table " + std::to_string(t + 1));
      const std::string kind = own->format == "U" ? "u" : own->format;
      if (kind != format && own->null_count < own->length)
        throw InputError("one kind of values in the column " + in_quotes(first->name) + " of all tables",
                         detail::plain_type(kind).words() + " in table " + std::to_string(t + 1) + " beside " +
                             detail::plain_type(format).words(),
                         {first->name, {}}, "read the column the same way in all of them");
      if (kind == format)
        for (std::int64_t row = 0; row < own->length; ++row) detail::append_row(builder, *own, row);
      else
        for (std::int64_t row = 0; row < own->length; ++row) builder.append_null();
    }
    out.push_back(builder.finish());
  }
  for (const Table& table : tables)
    for (const auto& column : table.columns())
      if (tables.front().find(column->name) == nullptr)
        throw InputError("the same columns in every table",
                         "the column " + in_quotes(column->name) + ", which the first table lacks");
  return Table{std::move(out)};
}

}  // namespace assay::io
