#pragma once
/// \file
/// What a field of a record can hold, how it is checked, and its canonical bytes.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/core/time.hpp>
#include <assay/io/wire.hpp>

namespace assay::registry {

using Texts = std::vector<std::string>;                           ///< a set: sorted, without repeats
using Labels = std::vector<std::pair<std::string, std::string>>;  ///< free notes: sorted by name, names once
using Day = std::chrono::sys_days;

/// The types of fields. Numbers are never given twice; each is the index of its alternative in Value.
enum class Type : std::uint8_t { text = 1, texts = 2, whole = 3, real = 4, flag = 5, day = 6, time = 7, labels = 8 };

/// A field's value; std::monostate is "not set".
using Value = std::variant<std::monostate, std::string, Texts, std::int64_t, double, bool, Day, TimePoint, Labels>;

[[nodiscard]] inline bool is_set(const Value& value) noexcept { return value.index() != 0; }
[[nodiscard]] inline Type type_of(const Value& value) noexcept { return static_cast<Type>(value.index()); }

/// The type as messages name it.
[[nodiscard]] inline std::string_view to_text(Type type) noexcept {
  switch (type) {
    case Type::text:
      return "text";
    case Type::texts:
      return "a set of texts";
    case Type::whole:
      return "a whole number";
    case Type::real:
      return "a number";
    case Type::flag:
      return "true or false";
    case Type::day:
      return "a date";
    case Type::time:
      return "a time with a zone";
    case Type::labels:
      return "a mapping of text to text";
  }
  return "nothing";
}

/// A set made of texts in any order.
[[nodiscard]] inline Texts texts_of(Texts values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

/// Whether every text of `part` is in `whole`; both are sets.
[[nodiscard]] inline bool holds_all(const Texts& whole, const Texts& part) {
  return std::includes(whole.begin(), whole.end(), part.begin(), part.end());
}

/// The value as people read it: "12", "2026-11-30", "counterfeit, spam"; empty where not set.
[[nodiscard]] inline std::string to_text(const Value& value) {
  struct Words {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const Texts& texts) const {
      std::string out;
      for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
      return out;
    }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return assay::to_text(number); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(Day day) const { return assay::to_text(TimePoint{day}).substr(0, 10); }
    std::string operator()(TimePoint time) const { return assay::to_text(time); }
    std::string operator()(const Labels& labels) const {
      std::string out;
      for (const auto& [name, text] : labels) out += (out.empty() ? "" : ", ") + name + "=" + text;
      return out;
    }
  };
  return std::visit(Words{}, value);
}

/// The first fault of a text that is to be kept for ever, in words; empty where there is none. Refused are texts
/// longer than `most` bytes, broken UTF-8, and characters that hide or reorder what is read: control characters,
/// direction overrides, line and paragraph separators, the byte order mark.
[[nodiscard]] inline std::string text_fault(std::string_view text, std::size_t most) {
  if (text.size() > most) return std::to_string(text.size()) + " bytes of text, at most " + std::to_string(most);
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80U ? 1 : lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : 2;
    if (lead >= 0x80U && (lead < 0xC2U || lead > 0xF4U)) return "text that is not UTF-8";
    if (at + length > text.size()) return "text that is not UTF-8";
    std::uint32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[at + i]);
      if ((next & 0xC0U) != 0x80U) return "text that is not UTF-8";
      point = point << 6U | (next & 0x3FU);
    }
    const bool overlong = (length == 3 && point < 0x800U) || (length == 4 && point < 0x10000U);
    if (overlong || point > 0x10FFFFU || (point >= 0xD800U && point < 0xE000U)) return "text that is not UTF-8";
    const bool control = point < 0x20U || (point >= 0x7FU && point < 0xA0U);
    const bool hiding = (point >= 0x202AU && point <= 0x202EU) || (point >= 0x2066U && point <= 0x2069U) ||
                        point == 0x2028U || point == 0x2029U || point == 0xFEFFU;
    if (control || hiding) return "a control character at byte " + std::to_string(at);
    at += length;
  }
  return {};
}

/// Whether there is nothing to read in it.
[[nodiscard]] inline bool blank(std::string_view text) noexcept {
  return text.find_first_not_of(' ') == std::string_view::npos;
}

inline void write(io::Writer& out, const Value& value) {
  struct Put {
    io::Writer& out;
    void operator()(std::monostate) const {}
    void operator()(const std::string& text) const { out.text(text); }
    void operator()(const Texts& texts) const {
      out.compact(texts.size());
      for (const std::string& text : texts) out.text(text);
    }
    void operator()(std::int64_t number) const { out.integer(number); }
    void operator()(double number) const { out.real(number); }
    void operator()(bool flag) const { out.compact(flag ? 1 : 0); }
    void operator()(Day day) const { out.integer(day.time_since_epoch().count()); }
    void operator()(TimePoint time) const { out.integer(micros_of(time)); }
    void operator()(const Labels& labels) const {
      out.compact(labels.size());
      for (const auto& [name, text] : labels) {
        out.text(name);
        out.text(text);
      }
    }
  };
  out.compact(value.index());
  std::visit(Put{out}, value);
}

/// \throws FormatError when the bytes are not what `write` wrote.
[[nodiscard]] inline Value read_value(io::Reader& in) {
  const std::uint64_t type = in.compact();
  switch (type) {
    case 0:
      return {};
    case 1:
      return in.text();
    case 2: {
      Texts texts(in.count(1));
      for (std::string& text : texts) text = in.text();
      if (std::adjacent_find(texts.begin(), texts.end(), std::greater_equal<>{}) != texts.end())
        throw FormatError("a set is out of order: damaged bytes");
      return texts;
    }
    case 3:
      return in.integer();
    case 4:
      return in.real();
    case 5:
      return in.compact() != 0;
    case 6: {
      const std::int64_t day = in.integer();
      if (day < -100'000'000 || day > 100'000'000) throw FormatError("a date out of range: damaged bytes");
      return Day{std::chrono::days{static_cast<int>(day)}};
    }
    case 7:
      return time_from_micros(in.integer());
    case 8: {
      Labels labels(in.count(2));
      for (auto& [name, text] : labels) {
        name = in.text();
        text = in.text();
      }
      return labels;
    }
    default:
      throw FormatError("a field of type " + std::to_string(type) + ": written by a newer release of Assay");
  }
}

}  // namespace assay::registry
