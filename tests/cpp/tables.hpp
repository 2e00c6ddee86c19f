#pragma once
/// \file
/// Arrow streams of any layout, made in memory. Every buffer is an allocation of exactly its size, so that the address
/// sanitizer sees a read beyond it; rows before an offset hold values that would be noticed.

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/core/wide.hpp>
#include <assay/io/arrow.hpp>

namespace assay::test {

template <class Value>
using Maybe = std::vector<std::optional<Value>>;
using Texts = Maybe<std::string>;
using Integers = Maybe<std::int64_t>;
using Reals = Maybe<double>;
using Bools = Maybe<bool>;

/// A buffer, or none at all (a null pointer).
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(const std::vector<std::byte>& bytes)
      : size_{bytes.size()}, bytes_{new std::byte[bytes.size()], std::default_delete<std::byte[]>{}} {
    if (size_ > 0) std::memcpy(bytes_.get(), bytes.data(), size_);
  }
  template <class Number>
  static Buffer of(const std::vector<Number>& numbers) {
    std::vector<std::byte> bytes(numbers.size() * sizeof(Number));
    if (!bytes.empty()) std::memcpy(bytes.data(), numbers.data(), bytes.size());
    return Buffer{bytes};
  }
  static Buffer bits(const std::vector<bool>& truths) {
    std::vector<std::byte> bytes((truths.size() + 7) / 8);
    for (std::size_t i = 0; i < truths.size(); ++i)
      if (truths[i]) bytes[i / 8] |= static_cast<std::byte>(1U << (i % 8));
    return Buffer{bytes};
  }
  [[nodiscard]] const void* data() const noexcept { return bytes_.get(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::size_t size_{0};
  std::shared_ptr<std::byte> bytes_{};
};

/// How an array lies in memory: rows before its own offset, rows before its parent's, and whether nulls were counted.
struct Layout {
  std::size_t offset{0};
  std::size_t parent{0};
  bool count_unknown{true};     ///< null_count is -1
  bool always_validity{false};  ///< a validity buffer even where nothing is null

  [[nodiscard]] std::size_t before() const noexcept { return offset + parent; }
};

/// One column of one batch.
struct Array {
  std::string format;
  std::int64_t length{0};
  std::int64_t null_count{0};
  std::int64_t offset{0};
  std::vector<Buffer> buffers{};
  std::shared_ptr<const Array> dictionary{};
};

namespace detail {

template <class Value>
Array begun(const std::string& format, const Maybe<Value>& values, const Layout& layout) {
  Array array;
  array.format = format;
  array.offset = static_cast<std::int64_t>(layout.offset);
  array.length = static_cast<std::int64_t>(values.size() + layout.parent);
  std::vector<bool> valid(layout.before(), true);
  std::int64_t nulls = 0;
  for (const auto& value : values) {
    valid.push_back(value.has_value());
    nulls += value ? 0 : 1;
  }
  array.null_count = layout.count_unknown ? -1 : nulls;
  array.buffers.push_back(nulls > 0 || layout.always_validity ? Buffer::bits(valid) : Buffer{});
  return array;
}

template <class Number, class Value, class Convert>
Array fixed(const std::string& format, const Maybe<Value>& values, const Layout& layout, const Convert& convert) {
  Array array = begun(format, values, layout);
  std::vector<Number> numbers(layout.before());
  if (!numbers.empty()) std::memset(static_cast<void*>(numbers.data()), 0x5A, numbers.size() * sizeof(Number));
  for (const auto& value : values) numbers.push_back(value ? convert(*value) : Number{});
  array.buffers.push_back(Buffer::of(numbers));
  return array;
}

}  // namespace detail

/// Numbers of one C++ type under any format of that width: "c" "S" "g" "tdD" "tsu:UTC" ...
template <class Number, class Value>
Array numbers(const std::string& format, const Maybe<Value>& values, const Layout& layout = {}) {
  return detail::fixed<Number>(format, values, layout, [](Value value) { return static_cast<Number>(value); });
}

/// Whole numbers of any width, by their format.
inline Array integers(const std::string& format, const Integers& values, const Layout& layout = {}) {
  switch (format[0]) {
    case 'c':
      return numbers<std::int8_t>(format, values, layout);
    case 'C':
      return numbers<std::uint8_t>(format, values, layout);
    case 's':
      return numbers<std::int16_t>(format, values, layout);
    case 'S':
      return numbers<std::uint16_t>(format, values, layout);
    case 'i':
      return numbers<std::int32_t>(format, values, layout);
    case 'I':
      return numbers<std::uint32_t>(format, values, layout);
    case 'L':
      return numbers<std::uint64_t>(format, values, layout);
    default:
      return format == "tdD" ? numbers<std::int32_t>(format, values, layout)
                             : numbers<std::int64_t>(format, values, layout);
  }
}

/// Half-precision numbers, given by their bits.
inline Array halves(const Maybe<std::uint16_t>& bits, const Layout& layout = {}) {
  return numbers<std::uint16_t>("e", bits, layout);
}

/// Decimals, given by their unscaled whole numbers; `bits` is 32, 64, 128 or 256.
inline Array decimals(const Integers& unscaled, int scale, int bits, const Layout& layout = {}) {
  const std::string format = "d:38," + std::to_string(scale) + (bits == 128 ? "" : "," + std::to_string(bits));
  if (bits == 32) return numbers<std::int32_t>(format, unscaled, layout);
  if (bits == 64) return numbers<std::int64_t>(format, unscaled, layout);
  if (bits == 128) return numbers<Int128>(format, unscaled, layout);
  struct Wide {
    std::int64_t low;
    std::int64_t high[3];
  };
  return detail::fixed<Wide>(format, unscaled, layout, [](std::int64_t value) {
    const std::int64_t sign = value < 0 ? -1 : 0;
    return Wide{value, {sign, sign, sign}};
  });
}

inline Array bools(const Bools& values, const Layout& layout = {}) {
  Array array = detail::begun("b", values, layout);
  std::vector<bool> bits(layout.before(), true);
  for (const auto& value : values) bits.push_back(value.value_or(true));
  array.buffers.push_back(Buffer::bits(bits));
  return array;
}

/// Text as "u", "U" or "vu"; the last puts long texts into pieces of at most two texts each.
inline Array texts(const std::string& format, const Texts& values, const Layout& layout = {}) {
  Array array = detail::begun(format, values, layout);
  Texts all(layout.before(), "never to be read");
  all.insert(all.end(), values.begin(), values.end());
  if (format == "vu") {
    std::vector<std::byte> views(16 * all.size());
    std::vector<std::string> pieces;
    std::size_t in_piece = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string text = all[i].value_or("");
      const auto length = static_cast<std::int32_t>(text.size());
      std::byte* view = views.data() + 16 * i;
      std::memcpy(view, &length, 4);
      if (length <= 12) {
        std::memcpy(view + 4, text.data(), text.size());
        continue;
      }
      if (pieces.empty() || in_piece == 2) {
        pieces.emplace_back();
        in_piece = 0;
      }
      const auto piece = static_cast<std::int32_t>(pieces.size() - 1);
      const auto start = static_cast<std::int32_t>(pieces.back().size());
      std::memcpy(view + 4, text.data(), 4);
      std::memcpy(view + 8, &piece, 4);
      std::memcpy(view + 12, &start, 4);
      pieces.back() += text;
      ++in_piece;
    }
    array.buffers.push_back(Buffer{views});
    std::vector<std::int64_t> sizes;
    for (const std::string& piece : pieces) {
      array.buffers.push_back(Buffer::of(std::vector<char>{piece.begin(), piece.end()}));
      sizes.push_back(static_cast<std::int64_t>(piece.size()));
    }
    array.buffers.push_back(Buffer::of(sizes));
    return array;
  }
  std::vector<char> letters;
  std::vector<std::int64_t> offsets{0};
  for (const auto& text : all) {
    if (text) letters.insert(letters.end(), text->begin(), text->end());
    offsets.push_back(static_cast<std::int64_t>(letters.size()));
  }
  array.buffers.push_back(format == "U" ? Buffer::of(offsets)
                                        : Buffer::of(std::vector<std::int32_t>{offsets.begin(), offsets.end()}));
  array.buffers.push_back(Buffer::of(letters));
  return array;
}

/// Nothing but nulls, without a type.
inline Array nothing(std::size_t length, const Layout& layout = {}) {
  Array array;
  array.format = "n";
  array.length = static_cast<std::int64_t>(length + layout.parent);
  array.offset = static_cast<std::int64_t>(layout.offset);
  array.null_count = array.length;
  return array;
}

/// Keys into a dictionary of any values.
inline Array dictionary(const std::string& key_format, const Integers& keys, Array values, const Layout& layout = {}) {
  Array array = integers(key_format, keys, layout);
  array.dictionary = std::make_shared<const Array>(std::move(values));
  return array;
}

/// A table as a stream: named columns, batch by batch.
class Batches {
 public:
  explicit Batches(std::vector<std::string> names) : names_{std::move(names)} {}

  /// All columns of a batch have `rows` rows and, before them, `parent` rows that do not belong to the batch.
  Batches& add(std::vector<Array> columns, std::size_t rows, std::size_t parent = 0) {
    if (formats_.empty()) formats_ = columns;
    chunks_.push_back({std::move(columns), static_cast<std::int64_t>(rows), static_cast<std::int64_t>(parent)});
    return *this;
  }
  /// After its batches the producer fails and says this.
  Batches& then_fail(std::string message) {
    failure_ = std::move(message);
    return *this;
  }

  /// An export that can be handed to any consumer.
  void stream_into(ArrowArrayStream* out) const {
    *out = {};
    out->private_data = new Source{std::make_shared<const Batches>(*this), 0};
    out->get_schema = [](ArrowArrayStream* self, ArrowSchema* schema) {
      static_cast<Source*>(self->private_data)->batches->schema_into(schema);
      return 0;
    };
    out->get_next = [](ArrowArrayStream* self, ArrowArray* array) {
      auto* source = static_cast<Source*>(self->private_data);
      *array = {};
      if (source->next < source->batches->chunks_.size()) {
        source->batches->chunk_into(source->batches->chunks_[source->next++], array);
        return 0;
      }
      return source->batches->failure_.empty() ? 0 : EIO;
    };
    out->get_last_error = [](ArrowArrayStream* self) -> const char* {
      return static_cast<Source*>(self->private_data)->batches->failure_.c_str();
    };
    out->release = [](ArrowArrayStream* self) {
      delete static_cast<Source*>(self->private_data);
      self->release = nullptr;
    };
  }
  [[nodiscard]] io::Stream stream() const {
    ArrowArrayStream out{};
    stream_into(&out);
    return io::Stream{&out};
  }

 private:
  struct Chunk {
    std::vector<Array> columns;
    std::int64_t rows;
    std::int64_t parent;
  };
  struct Source {
    std::shared_ptr<const Batches> batches;
    std::size_t next;
  };
  /// What one exported schema or array points at; children belong to their parent.
  struct HeldSchema {
    std::string format;
    std::string name;
    std::vector<std::unique_ptr<ArrowSchema>> own{};
    std::vector<ArrowSchema*> children{};
  };
  struct HeldArray {
    std::vector<Buffer> buffers{};
    std::vector<const void*> pointers{};
    std::vector<std::unique_ptr<ArrowArray>> own{};
    std::vector<ArrowArray*> children{};
  };
  template <class Structure, class Held>
  static void let_go(Structure* self) {
    auto* held = static_cast<Held*>(self->private_data);
    for (auto& child : held->own)
      if (child->release != nullptr) child->release(child.get());
    delete held;
    self->release = nullptr;
  }

  static void schema_of(const Array& array, const std::string& name, ArrowSchema* out) {
    auto held = std::make_unique<HeldSchema>(HeldSchema{array.format, name});
    *out = {};
    out->format = held->format.c_str();
    out->name = held->name.c_str();
    out->flags = ARROW_FLAG_NULLABLE;
    if (array.dictionary) {
      held->own.push_back(std::make_unique<ArrowSchema>());
      schema_of(*array.dictionary, "", held->own.back().get());
      out->dictionary = held->own.back().get();
    }
    out->release = &let_go<ArrowSchema, HeldSchema>;
    out->private_data = held.release();
  }
  static void array_of(const Array& array, ArrowArray* out) {
    auto held = std::make_unique<HeldArray>();
    held->buffers = array.buffers;
    for (const Buffer& buffer : held->buffers) held->pointers.push_back(buffer.data());
    *out = {};
    out->length = array.length;
    out->null_count = array.null_count;
    out->offset = array.offset;
    out->n_buffers = static_cast<std::int64_t>(held->pointers.size());
    out->buffers = held->pointers.data();
    if (array.dictionary) {
      held->own.push_back(std::make_unique<ArrowArray>());
      array_of(*array.dictionary, held->own.back().get());
      out->dictionary = held->own.back().get();
    }
    out->release = &let_go<ArrowArray, HeldArray>;
    out->private_data = held.release();
  }

  void schema_into(ArrowSchema* out) const {
    auto held = std::make_unique<HeldSchema>(HeldSchema{"+s", ""});
    for (std::size_t i = 0; i < names_.size(); ++i) {
      held->own.push_back(std::make_unique<ArrowSchema>());
      schema_of(formats_.at(i), names_[i], held->own.back().get());
      held->children.push_back(held->own.back().get());
    }
    *out = {};
    out->format = held->format.c_str();
    out->name = held->name.c_str();
    out->n_children = static_cast<std::int64_t>(names_.size());
    out->children = held->children.data();
    out->release = &let_go<ArrowSchema, HeldSchema>;
    out->private_data = held.release();
  }
  void chunk_into(const Chunk& chunk, ArrowArray* out) const {
    auto held = std::make_unique<HeldArray>();
    held->pointers.push_back(nullptr);
    for (const Array& column : chunk.columns) {
      held->own.push_back(std::make_unique<ArrowArray>());
      array_of(column, held->own.back().get());
      held->children.push_back(held->own.back().get());
    }
    *out = {};
    out->length = chunk.rows;
    out->offset = chunk.parent;
    out->n_buffers = 1;
    out->buffers = held->pointers.data();
    out->n_children = static_cast<std::int64_t>(chunk.columns.size());
    out->children = held->children.data();
    out->release = &let_go<ArrowArray, HeldArray>;
    out->private_data = held.release();
  }

  std::vector<std::string> names_;
  std::vector<Array> formats_{};
  std::vector<Chunk> chunks_{};
  std::string failure_{};
};

/// One batch of one column.
[[nodiscard]] inline Batches one_column(Array column, std::size_t rows, std::size_t parent = 0,
                                        const std::string& name = "x") {
  Batches out{{name}};
  out.add({std::move(column)}, rows, parent);
  return out;
}

/// Calls `use` with the only column of the first batch.
template <class Use>
decltype(auto) with_column(const Batches& batches, const Use& use) {
  io::Stream stream = batches.stream();
  io::Batch batch;
  if (!stream.next(batch)) throw std::runtime_error("a test table without rows");
  return use(batch.column(0));
}

/// Text as any producer may lay it out: kind 0 to 2 plain, 3 to 6 behind keys of a dictionary in random order that
/// also holds a value nobody uses.
[[nodiscard]] inline Array texts_of_kind(unsigned kind, const Texts& values, const Layout& layout, Random& random) {
  static constexpr const char* plain[] = {"u", "U", "vu"};
  static constexpr const char* keys[] = {"c", "S", "I", "l"};
  if (kind < 3) return texts(plain[kind], values, layout);
  Texts distinct{"nobody's value"};
  for (const auto& value : values)
    if (value && std::find(distinct.begin(), distinct.end(), value) == distinct.end()) distinct.push_back(value);
  for (std::size_t i = distinct.size(); i > 1; --i) std::swap(distinct[i - 1], distinct[random.below(i)]);
  const bool null_value = random.below(2) == 0;
  if (null_value) distinct.emplace_back(std::nullopt);
  Integers codes;
  for (const auto& value : values) {
    if (!value && (!null_value || random.below(2) == 0)) {
      codes.emplace_back(std::nullopt);
      continue;
    }
    codes.emplace_back(std::find(distinct.begin(), distinct.end(), value) - distinct.begin());
  }
  Layout own;
  own.offset = random.below(3);
  return dictionary(keys[kind - 3], codes, texts(plain[kind % 3], distinct, own), layout);
}

}  // namespace assay::test
