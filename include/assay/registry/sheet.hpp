#pragma once
/// \file
/// A table as plain values: what the register audit reads registers and other systems' tables into.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/io/arrow.hpp>
#include <assay/io/encode.hpp>
#include <assay/io/read.hpp>
#include <assay/registry/value.hpp>

namespace assay::registry {

/// One column: its values row by row, or why they cannot be read.
struct SheetColumn {
  std::string name{};
  std::vector<Value> values{};
  std::string unreadable{};  ///< "durations": what it holds where that is nothing a register can hold
};

/// Named columns of one length, every value one that a field of a book can hold.
///
/// Use when: tables of thousands of rows are looked at value by value.
/// Not for: decisions by the million (see traffic.hpp and feed_facts.hpp, which read them as they stream by).
/// No data: a sheet without rows has columns all the same.
class Sheet {
 public:
  Sheet() = default;
  /// \throws InputError when the columns differ in length, or two have one name.
  explicit Sheet(std::vector<SheetColumn> columns) : columns_{std::move(columns)} {
    for (std::size_t at = 0; at < columns_.size(); ++at) {
      const SheetColumn& column = columns_[at];
      if (column.unreadable.empty() && rows_ == unknown) rows_ = column.values.size();
      if (column.unreadable.empty() && column.values.size() != rows_)
        throw InputError("columns of " + std::to_string(rows_) + " rows", std::to_string(column.values.size()),
                         {column.name, {}});
      for (std::size_t before = 0; before < at; ++before)
        if (columns_[before].name == column.name) throw InputError("one column named " + in_quotes(column.name), "two");
    }
  }

  [[nodiscard]] std::size_t rows() const noexcept { return rows_ == unknown ? 0 : rows_; }
  [[nodiscard]] const std::vector<SheetColumn>& columns() const noexcept { return columns_; }

  /// Null where there is no such column.
  [[nodiscard]] const SheetColumn* find(std::string_view name) const noexcept {
    for (const SheetColumn& column : columns_)
      if (column.name == name) return &column;
    return nullptr;
  }

  /// The values of a column.
  /// \throws InputError when there is no such column (it lists those there are), or it cannot be read.
  [[nodiscard]] const std::vector<Value>& at(std::string_view name) const {
    const SheetColumn* column = find(name);
    if (column == nullptr) {
      std::string known;
      for (const SheetColumn& each : columns_) known += (known.empty() ? "" : ", ") + in_quotes(each.name);
      throw InputError("a column named " + in_quotes(name),
                       known.empty() ? "a table without columns" : "a table with the columns " + known);
    }
    if (!column->unreadable.empty())
      throw InputError("text, lists of text, numbers, true/false, dates or times with a zone", column->unreadable,
                       {column->name, {}}, "cast the column");
    return column->values;
  }

 private:
  static constexpr std::size_t unknown = std::numeric_limits<std::size_t>::max();
  std::vector<SheetColumn> columns_{};
  std::size_t rows_{unknown};
};

namespace detail {

/// What one Arrow column holds, once for all its batches.
struct SheetReader {
  std::string unreadable{};
  bool list{false};
  bool wide_list{false};
  io::Field item{};  ///< of a list
};

[[nodiscard]] inline SheetReader sheet_reader(const ArrowSchema& schema) {
  SheetReader reader;
  const std::string_view format = schema.format == nullptr ? "" : schema.format;
  if ((format == "+l" || format == "+L") && schema.n_children == 1 && schema.dictionary == nullptr) {
    reader.list = true;
    reader.wide_list = format == "+L";
    reader.item = {schema.name == nullptr ? "" : schema.name, io::type_of(*schema.children[0])};
    const bool usable = reader.item.type.is_text() || reader.item.type.storage == io::Storage::none;
    if (!usable) reader.unreadable = "lists of " + reader.item.type.words();
    return reader;
  }
  const io::Type type = io::type_of(schema);
  const bool zoneless = type.meaning == io::Meaning::timestamp && type.zone.empty();
  if (type.storage == io::Storage::unsupported || type.meaning == io::Meaning::duration || zoneless ||
      (type.keys && !type.is_text()))
    reader.unreadable = type.words();
  return reader;
}

[[nodiscard]] inline Value text_value(std::string_view text) { return std::string{text}; }

/// One value of a column that is neither a list nor keys of a dictionary.
[[nodiscard]] inline Value plain_value(const io::Column& column, std::int64_t row) {
  const io::Type& type = column.field->type;
  const std::int64_t at = column.offset + row;
  const void* values = column.array->buffers[1];
  if (type.storage == io::Storage::boolean) return io::Column::bit(static_cast<const std::uint8_t*>(values), at);
  if (type.is_real() || type.storage == io::Storage::decimal) {
    double number = 0.0;
    io::Numbers{column}.read(row, 1, &number);
    if (std::isnan(number)) return {};
    if (type.storage == io::Storage::decimal && type.decimal_scale == 0 && std::fabs(number) < 0x1p53)
      return static_cast<std::int64_t>(number);
    return number;
  }
  return io::with_integers(type.storage, values, [&](const auto* typed) -> Value {
    const auto raw = typed[at];
    if constexpr (std::is_same_v<decltype(raw), const std::uint64_t>)
      if (raw > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return static_cast<double>(raw);
    const auto number = static_cast<std::int64_t>(raw);
    if (type.meaning == io::Meaning::plain) return number;
    if (type.meaning == io::Meaning::timestamp)
      return time_from_micros(io::Encoder::to_micros(number, type, column, row));
    const std::int64_t in_a_day = type.units_per_second == 0 ? 1 : 86'400 * type.units_per_second;
    const std::int64_t day = number / in_a_day - (number % in_a_day < 0 ? 1 : 0);
    if (day < -100'000'000 || day > 100'000'000)
      throw InputError("a date within 270,000 years of 1970", std::to_string(day), column.place(row));
    return Day{std::chrono::days{static_cast<int>(day)}};
  });
}

inline void read_texts(const io::Column& column, std::vector<Value>& out) {
  if (!column.field->type.keys) {
    const io::Texts texts{column};
    for (std::int64_t row = 0; row < column.length; ++row)
      out.push_back(column.is_null(row) ? Value{} : text_value(texts[row]));
    return;
  }
  const io::Column values = column.dictionary();
  const io::Texts texts{values};
  io::with_integers(*column.field->type.keys, column.array->buffers[1], [&](const auto* keys) {
    for (std::int64_t row = 0; row < column.length; ++row) {
      if (column.is_null(row)) {
        out.emplace_back();
        continue;
      }
      const auto key = static_cast<std::int64_t>(keys[column.offset + row]);
      if (key < 0 || key >= values.length)
        throw InputError("dictionary keys below " + std::to_string(values.length), std::to_string(key),
                         column.place(row));
      out.push_back(values.is_null(key) ? Value{} : text_value(texts[key]));
    }
  });
}

/// A list column: each row the set of its texts.
template <class Offset>
void read_lists(const io::Column& column, const io::Field& item, std::vector<Value>& out) {
  const ArrowArray& array = *column.array;
  const auto refuse = [&](const char* got) {
    throw InputError("a well-formed Arrow array", got, {column.field->name, {}});
  };
  if (array.n_buffers < 2 || array.buffers == nullptr || array.buffers[1] == nullptr || array.n_children != 1 ||
      array.children == nullptr || array.children[0] == nullptr)
    return refuse("a list without its offsets or items");
  const ArrowArray& items = *array.children[0];
  const auto* offsets = static_cast<const Offset*>(array.buffers[1]) + column.offset;
  const bool no_items = items.length == 0 || item.type.storage == io::Storage::none;
  if (items.offset < 0 || items.length < 0) return refuse("list items of an impossible length or offset");
  if (!no_items && (items.n_buffers < (item.type.keys ? 2 : 3) || items.buffers == nullptr ||
                    items.buffers[1] == nullptr || (item.type.keys && items.dictionary == nullptr)))
    return refuse("list items without their values");
  io::Column inner{&item, &items, items.offset, items.length, 0, items.dictionary, 0, 0};
  if (items.dictionary != nullptr) {
    inner.distinct_offset = items.dictionary->offset;
    inner.distinct_length = items.dictionary->length;
  }
  std::vector<Value> texts;
  if (!no_items) read_texts(inner, texts);
  for (std::int64_t row = 0; row < column.length; ++row) {
    if (column.is_null(row)) {
      out.emplace_back();
      continue;
    }
    if (offsets[row] < 0 || offsets[row + 1] < offsets[row] || offsets[row + 1] > items.length)
      return refuse("list offsets that do not make sense");
    Texts set;
    if (!no_items)
      for (auto at = offsets[row]; at < offsets[row + 1]; ++at)
        if (const auto* text = std::get_if<std::string>(&texts[static_cast<std::size_t>(at)])) set.push_back(*text);
    out.push_back(set.empty() ? Value{} : Value{texts_of(std::move(set))});
  }
}

inline void read_column(const io::Column& column, const SheetReader& reader, std::vector<Value>& out) {
  const io::Type& type = column.field->type;
  if (reader.list && reader.wide_list) return read_lists<std::int64_t>(column, reader.item, out);
  if (reader.list) return read_lists<std::int32_t>(column, reader.item, out);
  if (type.is_text()) return read_texts(column, out);
  for (std::int64_t row = 0; row < column.length; ++row)
    out.push_back(column.is_null(row) ? Value{} : plain_value(column, row));
}

}  // namespace detail

/// Reads any Arrow stream. Numbers that are not (NaN) are not set; lists of text are sets; columns of other types, and
/// times without a zone, are kept as unreadable until somebody asks for them.
/// \throws InputError when the stream was read before, fails or is not well-formed.
[[nodiscard]] inline Sheet read_sheet(ArrowArrayStream* source) {
  std::vector<detail::SheetReader> readers;
  if (source != nullptr && source->release != nullptr) {
    ArrowSchema schema{};
    if (source->get_schema(source, &schema) == 0) {
      for (std::int64_t i = 0; i < schema.n_children; ++i) readers.push_back(detail::sheet_reader(*schema.children[i]));
      if (schema.release != nullptr) schema.release(&schema);
    }
  }
  io::Stream stream{source};
  std::vector<SheetColumn> columns(stream.fields().size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns[i].name = stream.fields()[i].name;
    columns[i].unreadable = readers[i].unreadable;
  }
  for (io::Batch batch; stream.next(batch);)
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (columns[i].unreadable.empty()) detail::read_column(batch.column(i), readers[i], columns[i].values);
  return Sheet{std::move(columns)};
}

}  // namespace assay::registry
