#pragma once
/// \file
/// Tables that leave the library: immutable named columns that any Arrow consumer reads without a copy.

#include <cmath>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/io/type.hpp>

namespace assay::io {

/// One value of a table: nothing, true/false, a whole number (dates in days, times in microseconds), a number, text.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string_view>;

/// One finished column. Formats: "b" "l" "g" "u" "tdD" "tsu:<zone>", or any fixed-width Arrow format passed through.
struct ColumnData {
  std::string name;
  std::string format;
  std::int64_t length{0};
  std::int64_t null_count{0};
  std::vector<std::byte> validity{};  ///< bits; empty when nothing is null
  std::vector<std::byte> values{};    ///< bits, numbers or text offsets
  std::vector<std::byte> letters{};   ///< the text itself

  [[nodiscard]] bool is_null(std::int64_t row) const noexcept {
    return !validity.empty() &&
           (static_cast<unsigned>(validity[static_cast<std::size_t>(row) / 8]) >> (row % 8) & 1U) == 0;
  }
  template <class Number>
  [[nodiscard]] Number at(std::int64_t row) const noexcept {
    Number value{};
    std::memcpy(&value, values.data() + static_cast<std::size_t>(row) * sizeof(Number), sizeof(Number));
    return value;
  }
  [[nodiscard]] std::string_view text(std::int64_t row) const noexcept {
    const auto from = format == "u" ? at<std::int32_t>(row) : at<std::int64_t>(row);
    const auto to = format == "u" ? at<std::int32_t>(row + 1) : at<std::int64_t>(row + 1);
    return {reinterpret_cast<const char*>(letters.data()) + from, static_cast<std::size_t>(to - from)};
  }
  [[nodiscard]] Value value(std::int64_t row) const {
    if (is_null(row)) return std::monostate{};
    if (format == "u" || format == "U") return text(row);
    if (format == "b") return (static_cast<unsigned>(values[static_cast<std::size_t>(row) / 8]) >> (row % 8) & 1U) != 0;
    switch (detail::plain_type(format).storage) {
      case Storage::float64:
        return at<double>(row);
      case Storage::float32:
        return static_cast<double>(at<float>(row));
      case Storage::int8:
        return std::int64_t{at<std::int8_t>(row)};
      case Storage::uint8:
        return std::int64_t{at<std::uint8_t>(row)};
      case Storage::int16:
        return std::int64_t{at<std::int16_t>(row)};
      case Storage::uint16:
        return std::int64_t{at<std::uint16_t>(row)};
      case Storage::int32:
        return std::int64_t{at<std::int32_t>(row)};
      case Storage::uint32:
        return std::int64_t{at<std::uint32_t>(row)};
      case Storage::uint64:
        return static_cast<std::int64_t>(at<std::uint64_t>(row));
      case Storage::int64:
        return at<std::int64_t>(row);
      default:
        return std::monostate{};
    }
  }

  friend bool operator==(const ColumnData&, const ColumnData&) = default;
};

/// Grows one column value by value.
class ColumnBuilder {
 public:
  ColumnBuilder(std::string name, std::string format) {
    data_.name = std::move(name);
    data_.format = std::move(format);
  }

  void append(double value) { append_raw(&value, sizeof value); }
  void append(std::int64_t value) {
    if (data_.format == "tdD") {
      const auto days = static_cast<std::int32_t>(value);
      append_raw(&days, sizeof days);
    } else {
      append_raw(&value, sizeof value);
    }
  }
  void append(bool value) {
    if (data_.length % 8 == 0) data_.values.push_back(std::byte{0});
    if (value) data_.values.back() |= static_cast<std::byte>(1U << (data_.length % 8));
    mark(true);
  }
  void append(std::string_view value) {
    const auto* from = reinterpret_cast<const std::byte*>(value.data());
    data_.letters.insert(data_.letters.end(), from, from + value.size());
    ends_.push_back(static_cast<std::int64_t>(data_.letters.size()));
    mark(true);
  }
  void append(const char* value) { append(std::string_view{value}); }
  /// One value of a fixed-width format, as its bytes.
  void append_raw(const void* value, std::size_t width) {
    width_ = width;
    const auto* from = static_cast<const std::byte*>(value);
    data_.values.insert(data_.values.end(), from, from + width);
    mark(true);
  }
  void append_null() {
    if (data_.format == "u")
      ends_.push_back(static_cast<std::int64_t>(data_.letters.size()));
    else if (data_.format == "b") {
      if (data_.length % 8 == 0) data_.values.push_back(std::byte{0});
    } else {
      const int width = width_of(detail::plain_type(data_.format));
      data_.values.insert(data_.values.end(), static_cast<std::size_t>(width), std::byte{0});
    }
    mark(false);
  }
  template <class Number>
  void append(const std::optional<Number>& value) {
    if (value)
      append(*value);
    else
      append_null();
  }

  [[nodiscard]] std::shared_ptr<const ColumnData> finish() {
    if (data_.format == "u") lay_offsets();
    return std::make_shared<const ColumnData>(std::move(data_));
  }

 private:
  void mark(bool valid) {
    if (!valid && data_.validity.empty())
      data_.validity.assign(static_cast<std::size_t>(data_.length) / 8 + 1, std::byte{0xFF});
    if (!data_.validity.empty()) {
      if (static_cast<std::size_t>(data_.length) / 8 == data_.validity.size()) data_.validity.push_back(std::byte{0});
      const auto bit = static_cast<std::byte>(1U << (data_.length % 8));
      auto& byte = data_.validity[static_cast<std::size_t>(data_.length) / 8];
      byte = valid ? byte | bit : byte & ~bit;
    }
    data_.null_count += valid ? 0 : 1;
    ++data_.length;
  }

  void lay_offsets() {
    const auto lay = [&]<class Offset>(Offset) {
      data_.values.resize((ends_.size() + 1) * sizeof(Offset));
      Offset offset = 0;
      std::memcpy(data_.values.data(), &offset, sizeof offset);
      for (std::size_t i = 0; i < ends_.size(); ++i) {
        offset = static_cast<Offset>(ends_[i]);
        std::memcpy(data_.values.data() + (i + 1) * sizeof(Offset), &offset, sizeof offset);
      }
    };
    if (data_.letters.size() <= 0x7FFFFFFFU) return lay(std::int32_t{});
    data_.format = "U";
    lay(std::int64_t{});
  }

  ColumnData data_{};
  std::vector<std::int64_t> ends_{};
  std::size_t width_{0};
};

/// Named columns of one length. Copies share memory.
class Table {
 public:
  Table() = default;
  /// \throws InputError when the columns differ in length.
  explicit Table(std::vector<std::shared_ptr<const ColumnData>> columns) : columns_{std::move(columns)} {
    for (const auto& column : columns_)
      if (column->length != rows())
        throw InputError("columns of " + std::to_string(rows()) + " rows", std::to_string(column->length),
                         {column->name, {}});
  }

  [[nodiscard]] std::int64_t rows() const noexcept { return columns_.empty() ? 0 : columns_.front()->length; }
  [[nodiscard]] const std::vector<std::shared_ptr<const ColumnData>>& columns() const noexcept { return columns_; }
  /// Null when there is no such column.
  [[nodiscard]] const ColumnData* find(std::string_view name) const noexcept {
    for (const auto& column : columns_)
      if (column->name == name) return column.get();
    return nullptr;
  }

  friend bool operator==(const Table& a, const Table& b) {
    if (a.columns_.size() != b.columns_.size()) return false;
    for (std::size_t i = 0; i < a.columns_.size(); ++i)
      if (a.columns_[i] != b.columns_[i] && *a.columns_[i] != *b.columns_[i]) return false;
    return true;
  }

 private:
  std::vector<std::shared_ptr<const ColumnData>> columns_{};
};

}  // namespace assay::io
