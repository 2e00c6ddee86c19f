#pragma once
/// \file
/// What a field of a record can hold, how it is checked, and its canonical bytes.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
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

/// The most that an id, or another name of a thing or person, may hold.
inline constexpr std::size_t most_id_bytes = 200;
/// The most texts in one set, and labels of one record, that a command may bring.
inline constexpr std::size_t most_in_set = 1'000;

/// Days and times that can be kept, and written as people write them: the years 1 to 9999.
inline constexpr Day first_day{std::chrono::year{1} / 1 / 1};
inline constexpr Day last_day{std::chrono::year{9999} / 12 / 31};
[[nodiscard]] constexpr bool can_be_kept(Day day) noexcept { return day >= first_day && day <= last_day; }
[[nodiscard]] constexpr bool can_be_kept(TimePoint time) noexcept {
  return time >= TimePoint{first_day} && time < TimePoint{last_day + std::chrono::days{1}};
}

namespace detail {

/// Letters that look like a space.
[[nodiscard]] constexpr bool white(char32_t code) noexcept {
  return code == U' ' || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x202F ||
         code == 0x205F || code == 0x3000;
}

}  // namespace detail

/// The first fault of a text that is to be kept for ever, in words; empty where there is none. Refused are texts
/// longer than `most` bytes, broken UTF-8, and characters that hide or reorder what is read: control characters,
/// direction overrides, line and paragraph separators, the byte order mark.
[[nodiscard]] inline std::string text_fault(std::string_view text, std::size_t most) {
  if (text.size() > most) return std::to_string(text.size()) + " bytes of text, at most " + std::to_string(most);
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, length] = assay::detail::letter_at(text.substr(at));
    if (length == 0) return "text that is not UTF-8";
    const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
    const bool hiding = (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
    if (control || hiding) return "a control character at byte " + std::to_string(at);
    at += length;
  }
  return {};
}

/// Whether there is nothing to read in it.
[[nodiscard]] inline bool blank(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto [code, length] = assay::detail::letter_at(text);
    if (length == 0 || !(detail::white(code) || assay::detail::invisible(code))) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// The first fault of an id, in words; empty where there is none. Beyond what holds for every text, two ids that look
/// the same must be the same: no letters that show nothing, no spaces but plain ones, none at either end.
[[nodiscard]] inline std::string id_fault(std::string_view id) {
  if (std::string fault = text_fault(id, most_id_bytes); !fault.empty()) return fault;
  if (blank(id)) return "nothing to read";
  for (std::size_t at = 0; at < id.size();) {
    const auto [code, length] = assay::detail::letter_at(id.substr(at));
    if (assay::detail::invisible(code)) return "a letter that shows nothing at byte " + std::to_string(at);
    if (code != U' ' && detail::white(code)) return "a space that is not a plain one at byte " + std::to_string(at);
    at += length;
  }
  if (id.front() == ' ' || id.back() == ' ') return "a space at an end";
  return {};
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

/// \throws FormatError when the time cannot have been written.
[[nodiscard]] inline TimePoint read_time(io::Reader& in) {
  const TimePoint time = time_from_micros(in.integer());
  if (!can_be_kept(time)) throw FormatError("a time out of range: damaged bytes");
  return time;
}

/// \throws FormatError when the bytes are not what `write` wrote: each value has one form in bytes.
[[nodiscard]] inline Value read_value(io::Reader& in) {
  const std::uint64_t type = in.compact();
  switch (type) {
    case 0:
      return {};
    case 1:
      return in.text();
    case 2: {
      Texts texts;  // grown as they are read: a false count makes no room
      for (std::size_t left = in.count(1); left > 0; --left) {
        texts.push_back(in.text());
        if (texts.size() > 1 && texts.back() <= texts[texts.size() - 2])
          throw FormatError("a set is out of order: damaged bytes");
      }
      return texts;
    }
    case 3:
      return in.integer();
    case 4: {
      const double number = in.real();
      if (!std::isfinite(number)) throw FormatError("a number that is not finite: damaged bytes");
      return number;
    }
    case 5: {
      const std::uint64_t flag = in.compact();
      if (flag > 1) throw FormatError("a flag that is neither true nor false: damaged bytes");
      return flag == 1;
    }
    case 6: {
      const std::int64_t day = in.integer();
      if (day < first_day.time_since_epoch().count() || day > last_day.time_since_epoch().count())
        throw FormatError("a date out of range: damaged bytes");
      return Day{std::chrono::days{static_cast<int>(day)}};
    }
    case 7:
      return read_time(in);
    case 8: {
      Labels labels;
      for (std::size_t left = in.count(2); left > 0; --left) {
        std::string name = in.text();
        labels.emplace_back(std::move(name), in.text());
        if (labels.size() > 1 && labels.back().first <= labels[labels.size() - 2].first)
          throw FormatError("labels are out of order: damaged bytes");
      }
      return labels;
    }
    default:
      throw FormatError("a field of type " + std::to_string(type) + ": written by a newer release of Assay");
  }
}

}  // namespace assay::registry
