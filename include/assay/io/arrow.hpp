#pragma once
/// \file
/// Reading any Arrow stream: batches in, columns by name, no copy.
///
/// What cannot be known from the C interface (how long a foreign buffer really is) is trusted; everything that can be
/// checked is: missing buffers, negative lengths, offsets that run backwards, dictionary keys out of range.

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

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

/// Some rows of a table. Cheap to copy: the memory is shared and let go with the last copy.
class Batch {
 public:
  Batch() = default;
  /// Takes the array over. \throws InputError when it is not a well-formed struct array of these fields.
  Batch(ArrowArray* array, std::shared_ptr<const std::vector<Field>> fields, std::int64_t first_row,
        std::shared_ptr<const std::map<std::size_t, Batch>> attached = nullptr)
      : fields_{std::move(fields)},
        first_row_{first_row},
        array_{new ArrowArray{*array}, &let_go},
        attached_{std::move(attached)} {
    array->release = nullptr;
    const ArrowArray& rows = *array_;
    if (rows.n_children != static_cast<std::int64_t>(fields_->size()) || !has_children(rows) || !measured(rows))
      throw InputError("a well-formed Arrow batch", "one whose children do not match its schema");
    if (rows.n_buffers > 0 && rows.buffers != nullptr && rows.buffers[0] != nullptr && rows.null_count != 0)
      for (std::int64_t row = 0; row < rows.length; ++row)
        if (!Column::bit(static_cast<const std::uint8_t*>(rows.buffers[0]), rows.offset + row))
          throw InputError("rows", "a row that is null as a whole", {"", first_row + row});
  }

  [[nodiscard]] std::int64_t rows() const noexcept { return array_ ? array_->length : 0; }
  [[nodiscard]] std::int64_t first_row() const noexcept { return first_row_; }

  /// \throws InputError when the column's buffers are missing or too short to be what they claim.
  [[nodiscard]] Column column(std::size_t index) const {
    const Field& field = (*fields_)[index];
    const ArrowArray& array = *array_->children[index];
    Column column{&field, &array, array.offset + array_->offset, rows(), first_row_, array.dictionary, 0, 0};
    if (array.dictionary != nullptr) {
      column.distinct_offset = array.dictionary->offset;
      column.distinct_length = array.dictionary->length;
    }
    if (attached_ != nullptr && attached_->contains(index)) {
      const Column values = attached_->at(index).column(0);
      column.distinct = values.array;
      column.distinct_offset = values.offset;
      column.distinct_length = values.length;
      column.attached = true;
    }
    check(field, array, column.distinct, array_->offset + rows());
    return column;
  }

 private:
  static void let_go(ArrowArray* array) {
    if (array->release != nullptr) array->release(array);
    delete array;
  }

  static bool has_children(const ArrowArray& array) noexcept {
    if (array.n_children == 0) return true;
    return array.children != nullptr && std::none_of(array.children, array.children + array.n_children,
                                                     [](const ArrowArray* child) { return child == nullptr; });
  }
  /// True when length and offset are such that positions, and bytes up to them, stay within 64 bits.
  static bool measured(const ArrowArray& array) noexcept {
    constexpr std::int64_t most = std::int64_t{1} << 56U;
    return array.length >= 0 && array.offset >= 0 && array.length <= most && array.offset <= most;
  }

  static void check(const Field& field, const ArrowArray& array, const ArrowArray* distinct, std::int64_t needed) {
    const auto refuse = [&](const std::string& got) {
      throw InputError("a well-formed Arrow array", got, {field.name, {}});
    };
    if (!measured(array)) refuse("one of an impossible length or offset");
    if (array.length < needed) refuse("one shorter than its batch");
    if (field.type.keys) {
      if (distinct == nullptr) refuse("dictionary keys without their dictionary");
      if (array.n_buffers < 2 || array.buffers == nullptr || (needed > 0 && array.buffers[1] == nullptr))
        refuse("one without its keys");
      check_values(field, *distinct, refuse);
    } else {
      check_values(field, array, refuse);
    }
  }

  template <class Refuse>
  static void check_values(const Field& field, const ArrowArray& array, const Refuse& refuse) {
    const Storage storage = field.type.storage;
    if (storage == Storage::none || storage == Storage::unsupported) return;
    if (!measured(array)) refuse("one of an impossible length or offset");
    const bool text = field.type.is_text();
    const std::int64_t wanted = text ? 3 : 2;
    if (array.n_buffers < wanted || array.buffers == nullptr) refuse("one with too few buffers");
    if (array.length > 0 && array.buffers[1] == nullptr) refuse("one without its values");
  }

  std::shared_ptr<const std::vector<Field>> fields_{};
  std::int64_t first_row_{0};
  std::shared_ptr<ArrowArray> array_{};
  std::shared_ptr<const std::map<std::size_t, Batch>> attached_{};
};

/// A table that arrives batch by batch. Can be read once.
class Stream {
 public:
  /// Moves the stream out of `source`, which is left released.
  /// \throws InputError when it was read before, fails, or is not a table.
  explicit Stream(ArrowArrayStream* source) {
    if (source == nullptr || source->release == nullptr)
      throw InputError("an Arrow stream", "one that was already read", {},
                       "make the table again, or pass a table instead of a reader");
    stream_ = std::unique_ptr<ArrowArrayStream, void (*)(ArrowArrayStream*)>{new ArrowArrayStream{*source}, &let_go};
    source->release = nullptr;
    ArrowSchema schema{};
    if (const int code = stream_->get_schema(stream_.get(), &schema); code != 0) failed("the schema", code);
    const std::unique_ptr<ArrowSchema, void (*)(ArrowSchema*)> hold{&schema, [](ArrowSchema* own) {
                                                                      if (own->release != nullptr) own->release(own);
                                                                    }};
    if (schema.format == nullptr || std::string_view{schema.format} != "+s")
      throw InputError("a table", "an Arrow stream of single values", {}, "put the column into a table with a name");
    auto fields = std::make_shared<std::vector<Field>>();
    for (std::int64_t i = 0; i < schema.n_children; ++i) {
      const ArrowSchema& child = *schema.children[i];
      fields->push_back({child.name == nullptr ? "" : child.name, type_of(child)});
    }
    fields_ = std::move(fields);
  }

  /// A stream of batches that are already held; they can be streamed again.
  Stream(std::shared_ptr<const std::vector<Field>> fields, std::vector<Batch> batches)
      : fields_{std::move(fields)}, held_{std::move(batches)} {}

  [[nodiscard]] const std::vector<Field>& fields() const noexcept { return *fields_; }
  [[nodiscard]] std::shared_ptr<const std::vector<Field>> shared_fields() const noexcept { return fields_; }

  /// Makes a column of whole numbers the keys of a dictionary: the values of the only column of `values`. For producers
  /// that can hand over keys and values apart for nothing, but not together.
  void attach_dictionary(std::size_t index, const std::vector<Field>& value_fields, Batch values) {
    const Type& given = fields_->at(index).type;
    if (!given.is_integer() || given.meaning != Meaning::plain || given.keys || value_fields.size() != 1)
      throw InputError("whole numbers as keys of one column of values", given.words(), {fields_->at(index).name, {}});
    auto fields = std::make_shared<std::vector<Field>>(*fields_);
    Type& type = (*fields)[index].type;
    const Storage keys = type.storage;
    type = value_fields.at(0).type;
    type.keys = keys;
    fields_ = std::move(fields);
    auto attached = attached_ ? std::make_shared<std::map<std::size_t, Batch>>(*attached_)
                              : std::make_shared<std::map<std::size_t, Batch>>();
    attached->insert_or_assign(index, std::move(values));
    attached_ = std::move(attached);
  }

  /// The position of a column. \throws InputError that lists the columns there are, or says the name is not unique.
  [[nodiscard]] std::size_t index_of(std::string_view name) const {
    std::size_t found = fields_->size();
    for (std::size_t i = 0; i < fields_->size(); ++i) {
      if ((*fields_)[i].name != name) continue;
      if (found != fields_->size()) throw InputError("one column named " + in_quotes(name), "two");
      found = i;
    }
    if (found != fields_->size()) return found;
    std::string known;
    for (std::size_t i = 0; i < fields_->size() && i < 40; ++i)
      known += (i == 0 ? "" : ", ") + in_quotes((*fields_)[i].name);
    throw InputError("a column named " + in_quotes(name),
                     fields_->empty() ? "a table without columns" : "a table with the columns " + known);
  }

  [[nodiscard]] bool has(std::string_view name) const noexcept {
    for (const Field& field : *fields_)
      if (field.name == name) return true;
    return false;
  }

  /// The next batch that has rows; false when there is none. \throws InputError when the producer fails.
  [[nodiscard]] bool next(Batch& batch) {
    if (!stream_) {
      if (next_held_ == held_.size()) return false;
      batch = held_[next_held_++];
      rows_ += batch.rows();
      return true;
    }
    while (true) {
      ArrowArray array{};
      if (const int code = stream_->get_next(stream_.get(), &array); code != 0) failed("a batch", code);
      if (array.release == nullptr) return false;
      batch = Batch{&array, fields_, rows_, attached_};
      rows_ += batch.rows();
      if (batch.rows() > 0) return true;
    }
  }

  [[nodiscard]] std::int64_t rows_read() const noexcept { return rows_; }

 private:
  static void let_go(ArrowArrayStream* stream) {
    if (stream->release != nullptr) stream->release(stream);
    delete stream;
  }
  [[noreturn]] void failed(const std::string& what, int code) {
    const char* said = stream_->get_last_error == nullptr ? nullptr : stream_->get_last_error(stream_.get());
    throw InputError("the table's producer failed on " + what + ": " +
                     (said == nullptr ? "code " + std::to_string(code) : std::string{said}));
  }

  std::unique_ptr<ArrowArrayStream, void (*)(ArrowArrayStream*)> stream_{nullptr, &let_go};
  std::shared_ptr<const std::vector<Field>> fields_{};
  std::vector<Batch> held_{};
  std::shared_ptr<const std::map<std::size_t, Batch>> attached_{};
  std::size_t next_held_{0};
  std::int64_t rows_{0};
};

}  // namespace assay::io
