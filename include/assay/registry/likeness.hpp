#pragma once
/// \file
/// When two systems mean the same: values of one field compared without regard to how each writes them.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assay/registry/iso_day.hpp>
#include <assay/registry/value.hpp>

namespace assay::registry {

/// As what two systems' values are compared.
enum class Likeness : std::uint8_t {
  exact,   ///< text, letter for letter
  folded,  ///< text without regard to capitals (of ASCII) and blanks
  set,     ///< texts in any order, folded; text is taken apart at separators
  number,  ///< numbers within a tolerance; text that reads as a number counts
  day,     ///< days; times count as their day in UTC, text must begin with an ISO date
  flag,    ///< true/false; the texts true, false, yes, no, 1, 0 and the numbers 1 and 0 count
};

/// How one field is compared with a column of another system.
struct Likening {
  Likeness likeness{Likeness::folded};
  double tolerance{1e-9};         ///< of numbers: the difference that is none
  std::string separators{",;|"};  ///< of sets written as text
  /// What the other system's words mean here, both folded: {"live", {"active"}}. Empty: the words are the same.
  std::vector<std::pair<std::string, std::vector<std::string>>> meanings{};
};

/// Text without blanks around it, inner blanks single, capitals of ASCII small.
[[nodiscard]] inline std::string folded(std::string_view text) {
  std::string out;
  bool blank_before = true;
  for (const char letter : text) {
    const bool is_blank = letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r';
    if (is_blank && blank_before) continue;
    out += is_blank ? ' ' : letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    blank_before = is_blank;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

namespace detail {

[[nodiscard]] inline std::optional<double> number_in(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* text = std::get_if<std::string>(&value)) {
    const std::string plain = folded(*text);
    double number = 0.0;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), number);
    if (error == std::errc{} && end == plain.data() + plain.size() && std::isfinite(number)) return number;
  }
  return {};
}

[[nodiscard]] inline std::optional<bool> flag_in(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  const std::string word = folded(to_text(value));
  if (word == "true" || word == "yes" || word == "1") return true;
  if (word == "false" || word == "no" || word == "0") return false;
  return {};
}

[[nodiscard]] inline Texts set_in(const Value& value, const Likening& how) {
  Texts out;
  const auto add = [&](std::string_view text) {
    if (std::string item = folded(text); !item.empty()) out.push_back(std::move(item));
  };
  if (const auto* texts = std::get_if<Texts>(&value)) {
    for (const std::string& text : *texts) add(text);
  } else {
    const std::string text = to_text(value);
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find_first_of(how.separators, at), text.size());
      add(std::string_view{text}.substr(at, end - at));
      at = end + 1;
    }
  }
  return texts_of(std::move(out));
}

/// Whether one of the other system's words may stand for one of ours.
[[nodiscard]] inline bool means(const Likening& how, const std::string& here, const std::string& there) {
  if (how.meanings.empty()) return here == there;
  for (const auto& [word, ours] : how.meanings)
    if (word == there) return std::find(ours.begin(), ours.end(), here) != ours.end();
  return here == there;
}

}  // namespace detail

/// Whether a value there says what a value here says. Nothing, and text without letters, equal each other.
///
/// Use when: two systems are reconciled field by field.
/// Not for: near-alike names (near_names.hpp). What cannot be read as the kind that is compared (a number, a day) is
/// different from anything set.
[[nodiscard]] inline bool alike(const Value& here, const Value& there, const Likening& how) {
  const auto nothing = [](const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return !is_set(value) || (text != nullptr && folded(*text).empty());
  };
  if (nothing(here) || nothing(there)) return nothing(here) && nothing(there);
  const bool as_written = how.likeness == Likeness::exact || how.likeness == Likeness::set ||
                          (how.likeness == Likeness::folded && how.meanings.empty());
  if (as_written && here == there) return true;
  switch (how.likeness) {
    case Likeness::exact:
      return to_text(here) == to_text(there);
    case Likeness::folded:
      return detail::means(how, folded(to_text(here)), folded(to_text(there)));
    case Likeness::set:
      return detail::set_in(here, how) == detail::set_in(there, how);
    case Likeness::number: {
      const auto one = detail::number_in(here);
      const auto other = detail::number_in(there);
      return one && other && std::fabs(*one - *other) <= how.tolerance;
    }
    case Likeness::day: {
      const auto one = day_of(here);
      const auto other = day_of(there);
      return one && other && *one == *other;
    }
    case Likeness::flag: {
      const auto one = detail::flag_in(here);
      return one && one == detail::flag_in(there);
    }
  }
  return false;
}

}  // namespace assay::registry
