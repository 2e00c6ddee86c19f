#pragma once
/// \file
/// Turning the values of a column into codes, by several workers at once.
///
/// The dictionary is shared: a value has one code whichever worker meets it first, so codes may differ from run to run;
/// nothing that leaves a state depends on them.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <assay/core/processor.hpp>
#include <assay/core/time.hpp>
#include <assay/io/dictionary.hpp>
#include <assay/io/read.hpp>
#include <assay/io/recent_texts.hpp>
#include <assay/io/short_texts.hpp>

namespace assay::io {

/// The kind under which a dictionary keeps the values of a column of this type. With `as_text` all kinds become text.
/// \throws InputError for types that cannot name a slice (real numbers, durations, nested values).
[[nodiscard]] inline std::string key_format(const Field& field, bool as_text) {
  const Type& type = field.type;
  if (type.storage == Storage::none) return as_text ? "u" : "n";
  const bool whole_decimal = type.storage == Storage::decimal && type.decimal_scale == 0 && type.decimal_bytes <= 16;
  std::string format;
  if (type.is_text())
    format = "u";
  else if (type.meaning == Meaning::date)
    format = "tdD";
  else if (type.meaning == Meaning::timestamp)
    format = "tsu:" + type.zone;
  else if (type.meaning == Meaning::plain && (type.is_integer() || whole_decimal))
    format = "l";
  else if (type.storage == Storage::boolean)
    format = "b";
  else
    throw InputError("text, whole numbers, true/false or dates", type.words(), {field.name, {}},
                     type.is_real() ? "cut the numbers into bands, or cast them to whole numbers if they are whole"
                                    : "cast the column to text");
  return as_text ? "u" : format;
}

/// A dictionary several workers write to.
struct SharedDictionary {
  Dictionary values{};
  std::mutex guard{};
};

/// One worker's way from one column to codes.
class Encoder {
 public:
  /// `missing`: the name nulls get; without it they are refused.
  Encoder(SharedDictionary& shared, std::optional<std::string> missing, bool as_text = false)
      : shared_{&shared}, missing_{std::move(missing)}, as_text_{as_text || missing_.has_value()} {}

  /// What to say to someone whose column holds nulls.
  void on_null(std::string wanted, std::string mend) {
    null_wanted_ = std::move(wanted);
    null_mend_ = std::move(mend);
  }

  /// Prepares for a batch. \throws InputError for a type that cannot name slices.
  void begin(const Column& column) {
    column_ = column;
    format_ = key_format(*column.field, as_text_);
    {
      const std::lock_guard lock{shared_->guard};
      shared_->values.settle(format_, column.field->name);
    }
    if (local_.format() != format_ && format_ != "n") {
      local_ = Dictionary{format_};
      to_shared_.clear();
      recent_.clear();
      short_.clear();
    }
    missing_code_ = no_code;
    identity_ = false;
    if (!column.field->type.keys) return;
    values_ = column.dictionary();
    keys_.assign(static_cast<std::size_t>(values_.length), no_code);
    // A dictionary that serves several columns, or is very large, may hold much that this column never has: its values
    // get codes when they are met.
    if (column.attached || values_.length > (1 << 16)) return;
    encode_plain(values_, 0, values_.length, keys_.data(), true);
    identity_ = true;
    for (std::size_t i = 0; i < keys_.size(); ++i) identity_ = identity_ && keys_[i] == i;
  }

  /// No code given so far reaches this.
  [[nodiscard]] Code bound() const noexcept { return bound_; }

  /// Codes of some rows of the batch where they already lie in memory as codes; null where they must be encoded.
  [[nodiscard]] const Code* direct(std::int64_t begin, std::int64_t count) const {
    if (!identity_ || !column_.field->type.keys || column_.validity() != nullptr) return nullptr;
    if (*column_.field->type.keys != Storage::int32 && *column_.field->type.keys != Storage::uint32) return nullptr;
    // A negative key is above every size when read without its sign.
    const auto* keys = static_cast<const Code*>(column_.array->buffers[1]) + column_.offset + begin;
    return largest(keys, count) < keys_.size() ? keys : nullptr;
  }

  /// Codes of some rows of the batch.
  void encode(std::int64_t begin, std::int64_t count, Code* out) {
    if (!column_.field->type.keys) return encode_plain(column_, begin, count, out, false);
    const std::uint8_t* bits = column_.validity();
    with_integers(*column_.field->type.keys, column_.array->buffers[1], [&](const auto* raw) {
      const auto* keys = raw + column_.offset + begin;
      const auto size = static_cast<std::uint64_t>(keys_.size());
      if (bits == nullptr && all_within(keys, count, size)) {
        translate(keys, count, out);
        if (largest(out, count) != no_code) return;
      }
      for (std::int64_t i = 0; i < count; ++i) {
        const bool null = bits != nullptr && !Column::bit(bits, column_.offset + begin + i);
        const auto key = static_cast<std::uint64_t>(keys[i]);
        if (!null && key >= size)
          throw InputError("dictionary keys below " + std::to_string(size),
                           std::to_string(static_cast<std::int64_t>(keys[i])), column_.place(begin + i));
        if (!null && keys_[key] == no_code) encode_plain(values_, static_cast<std::int64_t>(key), 1, &keys_[key], true);
        out[i] = null ? no_code : keys_[key];
        if (out[i] == no_code) out[i] = code_of_null(begin + i);
      }
    });
  }

 private:
  static ASSAY_INLINE Code largest_of(const Code* keys, std::int64_t count) noexcept {
    Code most = 0;
    for (std::int64_t i = 0; i < count; ++i) most = keys[i] > most ? keys[i] : most;
    return most;
  }
  ASSAY_WIDE static Code largest_wide(const Code* keys, std::int64_t count) noexcept { return largest_of(keys, count); }
  [[nodiscard]] Code largest(const Code* keys, std::int64_t count) const noexcept {
    return wide_ ? largest_wide(keys, count) : largest_of(keys, count);
  }

  /// True when every key points into a dictionary of this size.
  template <class Key>
  [[nodiscard]] bool all_within(const Key* keys, std::int64_t count, std::uint64_t size) const noexcept {
    if constexpr (sizeof(Key) == sizeof(Code)) {
      return largest(reinterpret_cast<const Code*>(keys), count) < size;  // a negative key reads as a very large one
    } else {
      Key least = 0;
      Key most = 0;
      for (std::int64_t i = 0; i < count; ++i) {
        least = keys[i] < least ? keys[i] : least;
        most = keys[i] > most ? keys[i] : most;
      }
      return least >= 0 && static_cast<std::uint64_t>(most) < size;
    }
  }

  template <class Key>
  void translate(const Key* keys, std::int64_t count, Code* out) const noexcept {
    const Code* const codes = keys_.data();
    for (std::int64_t i = 0; i < count; ++i) out[i] = codes[static_cast<std::size_t>(keys[i])];
  }

  Code code_of_null(std::int64_t row) {
    if (!missing_) refuse_null(column_, row, null_wanted_, null_mend_);
    if (missing_code_ == no_code) missing_code_ = code(std::string_view{*missing_});
    return missing_code_;
  }

  template <class Value>
  Code code(Value value) {
    const Code own = local_.code_of(value);
    if (own < to_shared_.size()) return to_shared_[own];
    const std::lock_guard lock{shared_->guard};
    to_shared_.push_back(shared_->values.code_of(value));
    bound_ = std::max(bound_, to_shared_.back() + 1);
    return to_shared_.back();
  }

  /// The code of a text, whether it was met lately or not.
  Code code_of_text(std::string_view text) {
    if (const Code known = recent_.find(text, local_); known != no_code) return known;
    const Code shared = code(text);
    recent_.keep(text, local_.find(text), shared);
    return shared;
  }

  void encode_texts(const Column& column, const Texts& texts, std::int64_t begin, std::int64_t count, Code* out) {
    const Storage storage = column.field->type.storage;
    const void* places = column.array->buffers[1];  // offsets or views
    const std::int64_t at = column.offset + begin;
    const auto slow = [&](std::int64_t i) { return code_of_text(texts[begin + i]); };
    if (storage == Storage::text_view)
      return short_.encode(static_cast<const std::byte*>(places) + 16 * at, count, out, slow);
    const auto* letters = static_cast<const char*>(column.array->buffers[2]);
    if (storage == Storage::text32)
      short_.encode(static_cast<const std::uint32_t*>(places) + at, letters, count, out, slow);
    else
      short_.encode(static_cast<const std::uint64_t*>(places) + at, letters, count, out, slow);
  }

  void encode_plain(const Column& column, std::int64_t begin, std::int64_t count, Code* out, bool keep_nulls) {
    const Type& type = column.field->type;
    const bool nulls = column.may_have_nulls() || type.storage == Storage::none;
    const auto null_at = [&](std::int64_t row) { return nulls && column.is_null(row); };
    const auto on_null = [&](std::int64_t row) { return keep_nulls ? no_code : code_of_null(row); };
    if (type.storage == Storage::none) {
      for (std::int64_t i = 0; i < count; ++i) out[i] = on_null(begin + i);
    } else if (type.is_text()) {
      const Texts texts{column};
      if (nulls) {
        for (std::int64_t i = 0; i < count; ++i)
          out[i] = null_at(begin + i) ? on_null(begin + i) : code(texts[begin + i]);
      } else {
        encode_texts(column, texts, begin, count, out);
      }
    } else {
      for (std::int64_t i = 0; i < count; ++i) {
        if (null_at(begin + i))
          out[i] = on_null(begin + i);
        else
          out[i] = format_ == "u" ? code(std::string_view{words(column, begin + i)}) : code(whole(column, begin + i));
      }
    }
  }

  /// A value that is not text, as the whole number its dictionary keeps.
  [[nodiscard]] static std::int64_t whole(const Column& column, std::int64_t row) {
    const Type& type = column.field->type;
    const std::int64_t at = column.offset + row;
    const void* values = column.array->buffers[1];
    if (type.storage == Storage::boolean) return Column::bit(static_cast<const std::uint8_t*>(values), at) ? 1 : 0;
    if (type.storage == Storage::decimal) {
      const double value = from_decimal(static_cast<const std::byte*>(values) + at * type.decimal_bytes, type);
      if (!(std::fabs(value) < 0x1p53))  // 2^53 itself may be a rounded neighbour
        throw InputError("whole numbers below 2^53", to_text(value), column.place(row));
      return static_cast<std::int64_t>(value);
    }
    return with_integers(type.storage, values, [&](const auto* typed) -> std::int64_t {
      const auto value = typed[at];
      if constexpr (std::is_same_v<decltype(value), const std::uint64_t>) {
        if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
          throw InputError("whole numbers below 2^63", std::to_string(value), column.place(row));
      }
      const auto number = static_cast<std::int64_t>(value);
      const auto floored = [](std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); };
      if (type.meaning == Meaning::date && type.units_per_second != 0)
        return floored(number, 86'400 * type.units_per_second);
      if (type.meaning == Meaning::timestamp) return to_micros(number, type, column, row);
      return number;
    });
  }

 public:
  /// A timestamp's value in microseconds. \throws InputError when it does not fit.
  [[nodiscard]] static std::int64_t to_micros(std::int64_t value, const Type& type, const Column& column,
                                              std::int64_t row) {
    if (type.units_per_second > 1'000'000) return value / 1000 - (value % 1000 < 0 ? 1 : 0);
    std::int64_t micros = 0;
    if (__builtin_mul_overflow(value, 1'000'000 / type.units_per_second, &micros))
      throw InputError("a time within 290,000 years of 1970", std::to_string(value), column.place(row));
    return micros;
  }

 private:
  [[nodiscard]] static std::string words(const Column& column, std::int64_t row) {
    if (column.field->type.storage == Storage::uint64 && column.field->type.meaning == Meaning::plain)
      return std::to_string(static_cast<const std::uint64_t*>(column.array->buffers[1])[column.offset + row]);
    const std::int64_t value = whole(column, row);
    const Type& type = column.field->type;
    if (type.storage == Storage::boolean) return value != 0 ? "true" : "false";
    if (type.meaning == Meaning::plain) return std::to_string(value);
    constexpr std::int64_t year_0 = -719'528;  // in days
    constexpr std::int64_t year_10000 = 2'932'897;
    constexpr std::int64_t day = 86'400'000'000;
    const bool date = type.meaning == Meaning::date;
    if (value < year_0 * (date ? 1 : day) || value >= year_10000 * (date ? 1 : day))
      throw InputError("a date in the years 0 to 9999", std::to_string(value), column.place(row));
    return date ? to_text(time_from_micros(value * day)).substr(0, 10) : to_text(time_from_micros(value));
  }

  SharedDictionary* shared_;
  std::optional<std::string> missing_;
  bool as_text_;
  std::string null_wanted_{"a value"};
  std::string null_mend_{"pass missing=\"(none)\" to give nulls a name (null in a result means all)"};
  Column column_{};
  std::string format_{};
  Dictionary local_{};
  std::vector<Code> to_shared_{};
  RecentTexts recent_{};
  ShortTexts short_{};
  std::vector<Code> keys_{};
  bool identity_{false};
  bool wide_{has_wide_instructions()};
  Code bound_{0};
  Column values_{};
  Code missing_code_{no_code};
};

}  // namespace assay::io
