#pragma once
/// \file
/// Tables made on the spot, as a stream of one batch or of several.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <assay/io/arrow.hpp>
#include <assay/io/export.hpp>
#include <assay/io/table.hpp>

namespace assay::test {

using TextsOrNulls = std::vector<const char*>;

/// A table put together column by column; a null pointer is a null.
class TableOf {
 public:
  TableOf& texts(const std::string& name, const TextsOrNulls& values) {
    return add(name, "u", values, [](auto& column, const char* value) {
      if (value == nullptr)
        column.append_null();
      else
        column.append(value);
    });
  }
  TableOf& numbers(const std::string& name, const std::vector<std::int64_t>& values, const std::string& format = "l") {
    return add(name, format, values, [](auto& column, std::int64_t value) { column.append(value); });
  }
  TableOf& reals(const std::string& name, const std::vector<double>& values) {
    return add(name, "g", values, [](auto& column, double value) { column.append(value); });
  }
  TableOf& truths(const std::string& name, const std::vector<bool>& values) {
    return add(name, "b", values, [](auto& column, bool value) { column.append(value); });
  }
  TableOf& column(std::shared_ptr<const io::ColumnData> made) {
    columns_.push_back(std::move(made));
    return *this;
  }

  [[nodiscard]] io::Table table() const { return io::Table{columns_}; }

  /// The rows as a stream of batches of at most `rows` rows each; 0: one batch.
  [[nodiscard]] io::Stream stream(std::int64_t rows = 0) const {
    const io::Table whole = table();
    ArrowArrayStream out{};
    io::export_stream(whole, &out);
    if (rows == 0) return io::Stream{&out};
    const io::Stream typed{&out};
    std::vector<io::Batch> batches;
    for (std::int64_t first = 0; first < whole.rows(); first += rows) {
      ArrowArray array{};
      io::detail::export_array(whole, &array);
      array.offset = first;  // a slice: the columns lie there whole
      array.length = std::min(rows, whole.rows() - first);
      batches.emplace_back(&array, typed.shared_fields(), first);
    }
    return {typed.shared_fields(), std::move(batches)};
  }

 private:
  template <class Values, class Append>
  TableOf& add(const std::string& name, const std::string& format, const Values& values, const Append& append) {
    io::ColumnBuilder column{name, format};
    for (const auto value : values) append(column, value);
    columns_.push_back(column.finish());
    return *this;
  }

  std::vector<std::shared_ptr<const io::ColumnData>> columns_{};
};

/// A column of texts behind keys, as producers of categories send it: here by hand, since tables of ours have none.
/// The array owns nothing that outlives this value.
class Categories {
 public:
  Categories(std::string name, std::vector<std::int32_t> keys, const TextsOrNulls& values, std::string key_format = "i")
      : name_{std::move(name)}, key_format_{std::move(key_format)}, keys_{std::move(keys)} {
    values_ = TableOf{}.texts("values", values).table();
  }

  [[nodiscard]] io::Stream stream() const {
    const io::ColumnData& texts = *values_.columns().front();
    auto* held = new Held{};
    held->value_buffers[0] = texts.validity.empty() ? nullptr : texts.validity.data();
    held->value_buffers[1] = texts.values.data();
    held->value_buffers[2] = texts.letters.data();
    held->key_buffers[1] = keys_.data();
    held->values = {texts.length, texts.null_count, 0, 3, 0, held->value_buffers, nullptr, nullptr, &nothing, nullptr};
    held->keys = {static_cast<std::int64_t>(keys_.size()),
                  0,
                  0,
                  2,
                  0,
                  held->key_buffers,
                  nullptr,
                  &held->values,
                  &nothing,
                  nullptr};
    held->child = &held->keys;
    ArrowArray array{held->keys.length, 0, 0, 1, 1, held->own_buffers, &held->child, nullptr, &let_go, held};
    io::Type type = io::detail::plain_type("u");
    type.keys = io::detail::plain_type(key_format_).storage;
    auto fields = std::make_shared<const std::vector<io::Field>>(std::vector<io::Field>{{name_, type}});
    std::vector<io::Batch> batches;
    batches.emplace_back(&array, fields, 0);
    return {fields, std::move(batches)};
  }

 private:
  struct Held {
    const void* value_buffers[3]{};
    const void* key_buffers[2]{};
    const void* own_buffers[1]{};
    ArrowArray values{};
    ArrowArray keys{};
    ArrowArray* child{nullptr};
  };
  static void nothing(ArrowArray* array) { array->release = nullptr; }
  static void let_go(ArrowArray* array) {
    delete static_cast<Held*>(array->private_data);
    array->release = nullptr;
  }

  std::string name_;
  std::string key_format_;
  std::vector<std::int32_t> keys_;
  io::Table values_{};
};

/// A column of one table as texts, for comparing; null is "(null)".
[[nodiscard]] inline std::vector<std::string> words(const io::Table& table, const std::string& name) {
  std::vector<std::string> out;
  const io::ColumnData* column = table.find(name);
  if (column == nullptr) return {"(no such column)"};
  for (std::int64_t row = 0; row < column->length; ++row) {
    const io::Value value = column->value(row);
    if (std::holds_alternative<std::monostate>(value)) out.emplace_back("(null)");
    if (const auto* truth = std::get_if<bool>(&value)) out.emplace_back(*truth ? "true" : "false");
    if (const auto* whole = std::get_if<std::int64_t>(&value)) out.push_back(std::to_string(*whole));
    if (const auto* real = std::get_if<double>(&value)) out.push_back(to_text(*real));
    if (const auto* text = std::get_if<std::string_view>(&value)) out.emplace_back(*text);
  }
  return out;
}

}  // namespace assay::test
