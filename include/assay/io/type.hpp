#pragma once
/// \file
/// The types a column can have, read from an Arrow schema.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/io/arrow_abi.hpp>

namespace assay::io {

/// How the values of a column lie in memory.
enum class Storage : std::uint8_t {
  none,
  boolean,
  int8,
  uint8,
  int16,
  uint16,
  int32,
  uint32,
  int64,
  uint64,
  float16,
  float32,
  float64,
  text32,
  text64,
  text_view,
  decimal,
  unsupported
};

/// What the values of a column mean beyond their storage.
enum class Meaning : std::uint8_t { plain, date, timestamp, duration };

/// One column's type. `format` is the Arrow format of the values (of the dictionary's values where there is one).
struct Type {
  Storage storage{Storage::unsupported};
  Meaning meaning{Meaning::plain};
  std::string format{};
  /// Storage of the keys where the column is dictionary-encoded.
  std::optional<Storage> keys{};
  int decimal_bytes{0};
  int decimal_scale{0};
  /// Units of a date, timestamp or duration in one second; 0 for days.
  std::int64_t units_per_second{0};
  std::string zone{};

  [[nodiscard]] bool is_text() const noexcept {
    return storage == Storage::text32 || storage == Storage::text64 || storage == Storage::text_view;
  }
  [[nodiscard]] bool is_integer() const noexcept { return storage >= Storage::int8 && storage <= Storage::uint64; }
  [[nodiscard]] bool is_real() const noexcept { return storage >= Storage::float16 && storage <= Storage::float64; }

  /// The type in words, for messages.
  [[nodiscard]] std::string words() const {
    if (meaning == Meaning::date) return "dates";
    if (meaning == Meaning::timestamp) return zone.empty() ? "timestamps without a zone" : "timestamps in " + zone;
    if (meaning == Meaning::duration) return "durations";
    if (is_text()) return "text";
    if (is_integer()) return "whole numbers";
    if (is_real()) return "real numbers";
    if (storage == Storage::boolean) return "true/false";
    if (storage == Storage::decimal) return "decimals";
    if (storage == Storage::none) return "only nulls";
    return "values of Arrow format " + in_quotes(format);
  }
};

/// Bytes of one value in a fixed-width storage; 0 where values are bits, text or nothing.
[[nodiscard]] inline int width_of(const Type& type) noexcept {
  switch (type.storage) {
    case Storage::int8:
    case Storage::uint8:
      return 1;
    case Storage::int16:
    case Storage::uint16:
    case Storage::float16:
      return 2;
    case Storage::int32:
    case Storage::uint32:
    case Storage::float32:
      return 4;
    case Storage::int64:
    case Storage::uint64:
    case Storage::float64:
      return 8;
    case Storage::decimal:
      return type.decimal_bytes;
    default:
      return 0;
  }
}

namespace detail {

/// The number behind the comma at `*rest`, which is moved past it.
inline std::optional<int> next_number(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  int value = 0;
  bool negative = false;
  std::size_t at = 0;
  if (rest[at] == '-') negative = true, ++at;
  if (at == rest.size() || rest[at] < '0' || rest[at] > '9') return std::nullopt;
  for (; at < rest.size() && rest[at] >= '0' && rest[at] <= '9' && value < 100000; ++at)
    value = value * 10 + (rest[at] - '0');
  if (at < rest.size() && rest[at] != ',') return std::nullopt;
  rest = at < rest.size() ? rest.substr(at + 1) : std::string_view{};
  return negative ? -value : value;
}

inline Type plain_type(std::string_view format) {
  Type type;
  type.format = format;
  if (format.size() == 1) {
    switch (format[0]) {
      case 'n':
        type.storage = Storage::none;
        break;
      case 'b':
        type.storage = Storage::boolean;
        break;
      case 'c':
        type.storage = Storage::int8;
        break;
      case 'C':
        type.storage = Storage::uint8;
        break;
      case 's':
        type.storage = Storage::int16;
        break;
      case 'S':
        type.storage = Storage::uint16;
        break;
      case 'i':
        type.storage = Storage::int32;
        break;
      case 'I':
        type.storage = Storage::uint32;
        break;
      case 'l':
        type.storage = Storage::int64;
        break;
      case 'L':
        type.storage = Storage::uint64;
        break;
      case 'e':
        type.storage = Storage::float16;
        break;
      case 'f':
        type.storage = Storage::float32;
        break;
      case 'g':
        type.storage = Storage::float64;
        break;
      case 'u':
        type.storage = Storage::text32;
        break;
      case 'U':
        type.storage = Storage::text64;
        break;
      default:
        break;
    }
    return type;
  }
  if (format == "vu") {
    type.storage = Storage::text_view;
  } else if (format == "tdD") {
    type.storage = Storage::int32;
    type.meaning = Meaning::date;
  } else if (format == "tdm") {
    type.storage = Storage::int64;
    type.meaning = Meaning::date;
    type.units_per_second = 1000;
  } else if (format.size() >= 3 && (format.substr(0, 2) == "ts" || format.substr(0, 2) == "tD")) {
    constexpr std::string_view units = "smun";
    const auto unit = units.find(format[2]);
    if (unit == std::string_view::npos) return type;
    constexpr std::int64_t per_second[] = {1, 1'000, 1'000'000, 1'000'000'000};
    type.storage = Storage::int64;
    type.meaning = format[1] == 's' ? Meaning::timestamp : Meaning::duration;
    type.units_per_second = per_second[unit];
    if (format.size() > 4) type.zone = format.substr(4);
  } else if (format.substr(0, 2) == "d:") {
    std::string_view rest = format.substr(2);
    const auto precision = next_number(rest);
    const auto scale = next_number(rest);
    const auto bits = rest.empty() ? std::optional<int>{128} : next_number(rest);
    if (!precision || !scale || !bits || (*bits != 32 && *bits != 64 && *bits != 128 && *bits != 256)) return type;
    type.storage = Storage::decimal;
    type.decimal_bytes = *bits / 8;
    type.decimal_scale = *scale;
  }
  return type;
}

}  // namespace detail

/// Reads one column's type. Unknown formats are `unsupported`, which only matters when the column is used.
[[nodiscard]] inline Type type_of(const ArrowSchema& schema) {
  if (schema.dictionary == nullptr)
    return detail::plain_type(schema.format == nullptr ? std::string_view{} : std::string_view{schema.format});
  Type type = detail::plain_type(schema.dictionary->format == nullptr ? std::string_view{}
                                                                      : std::string_view{schema.dictionary->format});
  const Type keys = detail::plain_type(schema.format == nullptr ? std::string_view{} : std::string_view{schema.format});
  if (!keys.is_integer() || schema.dictionary->dictionary != nullptr) type.storage = Storage::unsupported;
  type.keys = keys.storage;
  return type;
}

}  // namespace assay::io
