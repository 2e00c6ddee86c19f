#pragma once
/// \file
/// Tables of the registry for Python: columns of plain values, and of sets as lists of texts.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <assay/io/arrow_abi.hpp>
#include <assay/io/table.hpp>
#include <assay/registry/value.hpp>

namespace assay::bindings {

/// One column. Where its type is texts, row i holds the items from ends[i] to ends[i + 1], and is never null.
struct ViewColumn {
  registry::Type type{registry::Type::text};
  std::shared_ptr<const io::ColumnData> data{};
  std::vector<std::int32_t> ends{};

  [[nodiscard]] bool is_list() const noexcept { return type == registry::Type::texts; }
  [[nodiscard]] std::int64_t rows() const noexcept {
    return is_list() ? static_cast<std::int64_t>(ends.size()) - 1 : data->length;
  }
  friend bool operator==(const ViewColumn& one, const ViewColumn& other) {
    return one.type == other.type && one.ends == other.ends && *one.data == *other.data;
  }
};

/// Grows a column value by value; what is not set is null, or a list of nothing.
class ViewColumnBuilder {
 public:
  ViewColumnBuilder(std::string name, registry::Type type);

  void append(const registry::Value& value);
  void append(const std::string& text) { values_.append(std::string_view{text}); }
  void append(std::string_view text) { values_.append(text); }
  void append(TimePoint time) { values_.append(micros_of(time)); }
  void append(std::uint64_t number) { values_.append(static_cast<std::int64_t>(number)); }
  void append_null();
  [[nodiscard]] ViewColumn finish();

 private:
  void end_row();

  registry::Type type_;
  io::ColumnBuilder values_;
  std::int64_t items_{0};
  std::vector<std::int32_t> ends_{0};
};

/// Named columns of one length, never altered. Copies share memory.
class View {
 public:
  explicit View(std::vector<ViewColumn> columns)
      : columns_{std::make_shared<std::vector<ViewColumn>>(std::move(columns))} {}

  [[nodiscard]] const std::vector<ViewColumn>& columns() const noexcept { return *columns_; }
  [[nodiscard]] std::int64_t rows() const noexcept { return columns_->empty() ? 0 : columns_->front().rows(); }
  /// \throws InputError when there is no such column.
  [[nodiscard]] const ViewColumn& column(const std::string& name) const;
  /// Fills `out` with a stream of the whole table in one batch, no copy.
  void to_stream(ArrowArrayStream* out) const;

  friend bool operator==(const View& one, const View& other) { return *one.columns_ == *other.columns_; }

 private:
  std::shared_ptr<const std::vector<ViewColumn>> columns_;
};

/// A value as JSON, so that every library can read it from a text column.
[[nodiscard]] std::string to_json(const registry::Value& value);
[[nodiscard]] std::string json_text(std::string_view text);

}  // namespace assay::bindings
