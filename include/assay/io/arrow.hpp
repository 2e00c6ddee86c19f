#pragma once
/// \file
/// Reading any Arrow stream: batches in, columns by name, no copy.
///
/// What cannot be known from the C interface (how long a foreign buffer really is) is trusted; everything that can be
/// checked is: missing buffers, negative lengths, offsets that run backwards, dictionary keys out of range.

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assay/io/column.hpp>

namespace assay::io {

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

namespace detail {

/// What a producer says, without blanks around it. Where it is a Python program, its whole traceback comes along, and
/// what went wrong is the first line after the last indented one.
[[nodiscard]] inline std::string what_went_wrong(std::string_view said) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto trimmed = [&](std::string_view text) {
    const auto begin = text.find_first_not_of(blanks);
    return begin == std::string_view::npos ? std::string_view{}
                                           : text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
  };
  const std::string_view whole = trimmed(said);
  const auto trace = whole.find("Traceback (most recent call last):");
  if (trace == std::string_view::npos) return std::string{whole};
  const auto code = whole.rfind("\n  ");
  const auto line = whole.find('\n', code == std::string_view::npos ? trace : code + 1);
  if (line == std::string_view::npos) return std::string{trimmed(whole.substr(0, trace))};
  const std::string_view rest = whole.substr(line + 1);
  return std::string{trimmed(rest.substr(0, rest.find('\n')))};
}

}  // namespace detail

/// How to mend a table that turned out empty where it must not be.
inline constexpr std::string_view read_once =
    "a reader, stream or generator can be read only once: if this one was read before, make it again";

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
    const std::string line = detail::what_went_wrong(said == nullptr ? "" : said);
    throw InputError("the table's producer failed on " + what + ": " +
                     (line.empty() ? "code " + std::to_string(code) : line));
  }
  std::unique_ptr<ArrowArrayStream, void (*)(ArrowArrayStream*)> stream_{nullptr, &let_go};
  std::shared_ptr<const std::vector<Field>> fields_{};
  std::vector<Batch> held_{};
  std::shared_ptr<const std::map<std::size_t, Batch>> attached_{};
  std::size_t next_held_{0};
  std::int64_t rows_{0};
};

}  // namespace assay::io
