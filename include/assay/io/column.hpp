#pragma once
/// \file
/// One column of one Arrow batch as it lies in foreign memory: nulls, values, texts, the dictionary behind keys.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <assay/core/error.hpp>
#include <assay/io/type.hpp>

namespace assay::io {

struct Field {
  std::string name;
  Type type;
};

/// One column of one batch. Rows count from 0 within the batch; `first_row` is the table's row of row 0.
struct Column {
  const Field* field{nullptr};
  const ArrowArray* array{nullptr};
  std::int64_t offset{0};
  std::int64_t length{0};
  std::int64_t first_row{0};
  const ArrowArray* distinct{nullptr};  ///< the dictionary's values, where there is one
  std::int64_t distinct_offset{0};
  std::int64_t distinct_length{0};
  bool attached{false};  ///< the dictionary came apart from the keys and may serve other columns too

  [[nodiscard]] Place place(std::int64_t row) const { return {field->name, first_row + row}; }

  [[nodiscard]] const std::uint8_t* validity() const noexcept {
    if (array->null_count == 0 || array->n_buffers == 0 || field->type.storage == Storage::none) return nullptr;
    return static_cast<const std::uint8_t*>(array->buffers[0]);
  }
  [[nodiscard]] static bool bit(const std::uint8_t* bits, std::int64_t at) noexcept {
    return (bits[at >> 3] >> (at & 7) & 1) != 0;
  }
  /// True when some row may be null; false means none is.
  [[nodiscard]] bool may_have_nulls() const noexcept {
    if (field->type.storage == Storage::none || validity() != nullptr) return length > 0;
    if (!field->type.keys || distinct == nullptr) return false;
    const ArrowArray& values = *distinct;
    return field->type.storage == Storage::none ||
           (values.null_count != 0 && values.n_buffers > 0 && values.buffers[0] != nullptr);
  }
  /// True when the row holds no value. A dictionary key that points at a null value is found where keys are read.
  [[nodiscard]] bool is_null(std::int64_t row) const noexcept {
    if (field->type.storage == Storage::none) return true;
    const std::uint8_t* bits = validity();
    return bits != nullptr && !bit(bits, offset + row);
  }
  template <class Value>
  [[nodiscard]] const Value* values() const noexcept {
    return static_cast<const Value*>(array->buffers[1]) + offset;
  }
  /// The dictionary's values as a column of their own.
  [[nodiscard]] Column dictionary() const noexcept {
    return {field, distinct, distinct_offset, distinct_length, 0, nullptr, 0, 0, false};
  }
};

/// The text values of a column, whichever of Arrow's three layouts they have.
class Texts {
 public:
  explicit Texts(const Column& column) : column_{column}, storage_{column.field->type.storage} {
    if (storage_ == Storage::text_view) {
      views_ = static_cast<const std::byte*>(column.array->buffers[1]);
      pieces_ = column.array->n_buffers - 3;
      if (pieces_ > 0)
        piece_sizes_ = static_cast<const std::int64_t*>(column.array->buffers[column.array->n_buffers - 1]);
    } else {
      letters_ = static_cast<const char*>(column.array->buffers[2]);
    }
  }

  /// Calls use(i, text) for the texts of rows begin + i, settling the layout once.
  template <class Use>
  void each(std::int64_t begin, std::int64_t count, const Use& use) const {
    const std::int64_t at = column_.offset + begin;
    if (storage_ == Storage::text32)
      for (std::int64_t i = 0; i < count; ++i) use(i, slice<std::int32_t>(at + i, begin + i));
    else if (storage_ == Storage::text64)
      for (std::int64_t i = 0; i < count; ++i) use(i, slice<std::int64_t>(at + i, begin + i));
    else
      for (std::int64_t i = 0; i < count; ++i) use(i, viewed(at + i, begin + i));
  }

  /// \throws InputError when the offsets of the array do not make sense.
  [[nodiscard]] std::string_view operator[](std::int64_t row) const {
    const std::int64_t at = column_.offset + row;
    if (storage_ == Storage::text32) return slice<std::int32_t>(at, row);
    if (storage_ == Storage::text64) return slice<std::int64_t>(at, row);
    return viewed(at, row);
  }

 private:
  [[nodiscard]] std::string_view viewed(std::int64_t at, std::int64_t row) const {
    const std::byte* view = views_ + 16 * at;
    std::int32_t length = 0;
    std::memcpy(&length, view, 4);
    if (length >= 0 && length <= 12) return {reinterpret_cast<const char*>(view + 4), static_cast<std::size_t>(length)};
    std::int32_t piece = 0;
    std::int32_t start = 0;
    std::memcpy(&piece, view + 8, 4);
    std::memcpy(&start, view + 12, 4);
    if (length < 0 || piece < 0 || piece >= pieces_ || start < 0 ||
        (piece_sizes_ != nullptr && start + static_cast<std::int64_t>(length) > piece_sizes_[piece]) ||
        column_.array->buffers[2 + piece] == nullptr)
      broken(row);
    return {static_cast<const char*>(column_.array->buffers[2 + piece]) + start, static_cast<std::size_t>(length)};
  }

  template <class Offset>
  [[nodiscard]] std::string_view slice(std::int64_t at, std::int64_t row) const {
    const auto* offsets = static_cast<const Offset*>(column_.array->buffers[1]);
    const Offset begin = offsets[at];
    const Offset end = offsets[at + 1];
    if (begin < 0 || end < begin || (letters_ == nullptr && end > begin)) broken(row);
    if (begin == end) return {};
    return {letters_ + begin, static_cast<std::size_t>(end - begin)};
  }
  [[noreturn]] void broken(std::int64_t row) const {
    throw InputError("a well-formed Arrow array", "text offsets that do not make sense", column_.place(row));
  }

  Column column_;
  Storage storage_;
  const char* letters_{nullptr};
  const std::byte* views_{nullptr};
  std::int64_t pieces_{0};
  const std::int64_t* piece_sizes_{nullptr};
};

}  // namespace assay::io
