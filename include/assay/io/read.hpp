#pragma once
/// \file
/// Reading the values of a column as what they are needed for: numbers, truths, whole numbers.
///
/// Each reader settles the type once and then runs over rows; nulls and nonsense are refused with their row.

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <assay/core/wide.hpp>
#include <assay/io/arrow.hpp>

namespace assay::io {

/// Calls `use` with a typed pointer to a column's values (without its offset) for any whole-number or boolean-free
/// storage.
template <class Use>
decltype(auto) with_integers(Storage storage, const void* values, const Use& use) {
  switch (storage) {
    case Storage::int8:
      return use(static_cast<const std::int8_t*>(values));
    case Storage::uint8:
      return use(static_cast<const std::uint8_t*>(values));
    case Storage::int16:
      return use(static_cast<const std::int16_t*>(values));
    case Storage::uint16:
      return use(static_cast<const std::uint16_t*>(values));
    case Storage::int32:
      return use(static_cast<const std::int32_t*>(values));
    case Storage::uint32:
      return use(static_cast<const std::uint32_t*>(values));
    case Storage::uint64:
      return use(static_cast<const std::uint64_t*>(values));
    default:
      return use(static_cast<const std::int64_t*>(values));
  }
}

[[noreturn]] inline void refuse_null(const Column& column, std::int64_t row, const std::string& wanted,
                                     const std::string& mend) {
  throw InputError(wanted, "null", column.place(row), mend);
}

/// A half-precision number, bits as in IEEE 754.
[[nodiscard]] inline double from_half(std::uint16_t bits) noexcept {
  const int exponent = bits >> 10U & 0x1F;
  const int fraction = bits & 0x3FF;
  const double size = exponent == 0    ? std::ldexp(fraction, -24)
                      : exponent == 31 ? (fraction == 0 ? std::numeric_limits<double>::infinity()
                                                        : std::numeric_limits<double>::quiet_NaN())
                                       : std::ldexp(1024 + fraction, exponent - 25);
  return (bits & 0x8000U) != 0 ? -size : size;
}

/// A decimal as a double: the unscaled whole number over ten to the scale. Exact while it has at most 15 digits.
[[nodiscard]] inline double from_decimal(const std::byte* at, const Type& type) noexcept {
  const auto word = [&](int index) {
    std::uint64_t value = 0;
    std::memcpy(&value, at + 8 * index, 8);
    return value;
  };
  double value = 0.0;
  if (type.decimal_bytes == 4) {
    std::int32_t small = 0;
    std::memcpy(&small, at, 4);
    value = small;
  } else if (type.decimal_bytes == 8) {
    value = static_cast<double>(static_cast<std::int64_t>(word(0)));
  } else if (type.decimal_bytes == 16) {
    value = static_cast<double>(static_cast<Int128>(static_cast<Uint128>(word(1)) << 64U | word(0)));
  } else {
    // The size first, then the sign: the words of a negative number, rounded one by one, would not cancel.
    const bool negative = word(3) >> 63U != 0;
    Uint128 low = static_cast<Uint128>(word(1)) << 64U | word(0);
    Uint128 high = static_cast<Uint128>(word(3)) << 64U | word(2);
    if (negative) {
      low = ~low + 1;
      high = ~high + (low == 0 ? 1U : 0U);
    }
    value = static_cast<double>(high) * 0x1p128 + static_cast<double>(low);
    if (negative) value = -value;
  }
  return type.decimal_scale >= 0 ? value / std::pow(10.0, type.decimal_scale)
                                 : value * std::pow(10.0, -type.decimal_scale);
}

/// The rows of a column as numbers. Nulls are refused. NaN passes: what it means is the caller's to say.
class Numbers {
 public:
  /// \throws InputError unless the column holds numbers (text that reads as numbers is accepted: CSV files).
  explicit Numbers(const Column& column, std::string mend = "fill or drop the row")
      : column_{column}, mend_{std::move(mend)} {
    const Type& type = column.field->type;
    const bool usable = type.is_integer() || type.is_real() || type.is_text() || type.storage == Storage::decimal ||
                        type.storage == Storage::boolean;
    if (type.meaning != Meaning::plain || !usable) throw InputError("numbers", type.words(), {column.field->name, {}});
    if (type.keys) dictionary_ = read_all(column.dictionary());
  }

  void read(std::int64_t begin, std::int64_t count, double* out) const {
    if (count == 0) return;
    if (column_.may_have_nulls())
      for (std::int64_t i = 0; i < count; ++i)
        if (column_.is_null(begin + i)) refuse_null(column_, begin + i, "a number", mend_);
    const Type& type = column_.field->type;
    if (type.keys) {
      with_integers(*type.keys, column_.array->buffers[1], [&](const auto* keys) {
        for (std::int64_t i = 0; i < count; ++i) {
          const auto key = static_cast<std::uint64_t>(keys[column_.offset + begin + i]);
          if (key >= dictionary_.size())
            throw InputError("dictionary keys below " + std::to_string(dictionary_.size()),
                             std::to_string(static_cast<std::int64_t>(key)), column_.place(begin + i));
          out[i] = dictionary_[key];
          if (std::isnan(out[i]) && column_.dictionary().is_null(static_cast<std::int64_t>(key)))
            refuse_null(column_, begin + i, "a number", mend_);
        }
      });
      return;
    }
    read_plain(column_, begin, count, out);
  }

  /// Points straight at the values where they are 64-bit reals without nulls, which spares a copy; else null.
  [[nodiscard]] const double* direct() const noexcept {
    const Type& type = column_.field->type;
    return type.storage == Storage::float64 && !type.keys && !column_.may_have_nulls() ? column_.values<double>()
                                                                                       : nullptr;
  }

 private:
  static std::vector<double> read_all(const Column& column) {
    std::vector<double> out(static_cast<std::size_t>(column.length), std::numeric_limits<double>::quiet_NaN());
    for (std::int64_t i = 0; i < column.length; ++i)
      if (!column.is_null(i)) read_plain(column, i, 1, &out[static_cast<std::size_t>(i)]);
    return out;
  }

  static void read_plain(const Column& column, std::int64_t begin, std::int64_t count, double* out) {
    const Type& type = column.field->type;
    const std::int64_t at = column.offset + begin;
    const void* values = column.array->buffers[1];
    if (type.is_integer()) {
      with_integers(type.storage, values, [&](const auto* typed) {
        for (std::int64_t i = 0; i < count; ++i) out[i] = static_cast<double>(typed[at + i]);
      });
    } else if (type.storage == Storage::float64) {
      std::memcpy(out, static_cast<const double*>(values) + at, static_cast<std::size_t>(count) * 8);
    } else if (type.storage == Storage::float32) {
      for (std::int64_t i = 0; i < count; ++i) out[i] = static_cast<const float*>(values)[at + i];
    } else if (type.storage == Storage::float16) {
      for (std::int64_t i = 0; i < count; ++i) out[i] = from_half(static_cast<const std::uint16_t*>(values)[at + i]);
    } else if (type.storage == Storage::decimal) {
      for (std::int64_t i = 0; i < count; ++i)
        out[i] = from_decimal(static_cast<const std::byte*>(values) + (at + i) * type.decimal_bytes, type);
    } else if (type.storage == Storage::boolean) {
      for (std::int64_t i = 0; i < count; ++i)
        out[i] = Column::bit(static_cast<const std::uint8_t*>(values), at + i) ? 1.0 : 0.0;
    } else {
      const Texts texts{column};
      for (std::int64_t i = 0; i < count; ++i) {
        const std::string_view text = texts[begin + i];
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out[i]);
        if (error != std::errc{} || end != text.data() + text.size())
          throw InputError("a number", in_quotes(text), column.place(begin + i));
      }
    }
  }

  Column column_;
  std::string mend_;
  std::vector<double> dictionary_{};
};

/// The rows of a column as truths: true/false, the numbers 0 and 1, or the texts "true" and "false" in any case.
class Truths {
 public:
  explicit Truths(const Column& column, std::string mend = "fill or drop the row")
      : column_{column}, mend_{std::move(mend)} {
    const Type& type = column.field->type;
    if (type.storage == Storage::boolean && !type.keys) return;
    const bool number = type.is_integer() || type.is_real() || type.storage == Storage::decimal;
    if (type.meaning != Meaning::plain || !(number || type.is_text() || type.storage == Storage::boolean))
      throw InputError("true/false", type.words(), {column.field->name, {}});
    if (!type.is_text())
      numbers_.emplace_back(column, mend_);
    else if (type.keys)
      throw InputError("true/false", "categories", {column.field->name, {}}, "cast the column to true/false");
  }

  void read(std::int64_t begin, std::int64_t count, std::uint8_t* out) const {
    if (numbers_.empty() && column_.may_have_nulls())
      for (std::int64_t i = 0; i < count; ++i)
        if (column_.is_null(begin + i)) refuse_null(column_, begin + i, "true or false", mend_);
    if (!numbers_.empty()) {
      for (std::int64_t i = 0; i < count; ++i) {
        double value = 0.0;
        numbers_.front().read(begin + i, 1, &value);
        if (value != 0.0 && value != 1.0)
          throw InputError("true or false (or 1 or 0)", to_text(value), column_.place(begin + i));
        out[i] = value != 0.0;
      }
    } else if (column_.field->type.is_text()) {
      const Texts texts{column_};
      for (std::int64_t i = 0; i < count; ++i) out[i] = truth_of(texts[begin + i], begin + i);
    } else {
      const auto* bits = static_cast<const std::uint8_t*>(column_.array->buffers[1]);
      const std::int64_t at = column_.offset + begin;
      for (std::int64_t i = 0; i < count; ++i) out[i] = bits[(at + i) >> 3] >> ((at + i) & 7) & 1;
    }
  }

 private:
  [[nodiscard]] bool truth_of(std::string_view text, std::int64_t row) const {
    std::string lower{text};
    for (char& letter : lower)
      if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    if (lower == "true" || lower == "1") return true;
    if (lower == "false" || lower == "0") return false;
    throw InputError("true or false", in_quotes(text), column_.place(row));
  }

  Column column_;
  std::string mend_;
  std::vector<Numbers> numbers_{};
};

}  // namespace assay::io
