#pragma once
/// \file
/// Days as other systems write them: "2026-11-30", with or without a time after it.

#include <chrono>
#include <optional>
#include <string_view>

#include <assay/registry/value.hpp>

namespace assay::registry {

/// The day that ISO 8601 text begins with; nothing where it does not begin with one ("30.11.2026", "2026-02-30").
///
/// A time after the day is not read: "2026-11-30T23:30:00+02:00" is the 30th, the day that is written there.
[[nodiscard]] inline std::optional<Day> iso_day(std::string_view text) {
  const auto digits = [&](std::size_t at, std::size_t count) {
    int number = 0;
    for (std::size_t i = at; i < at + count; ++i) {
      if (text[i] < '0' || text[i] > '9') return -1;
      number = number * 10 + (text[i] - '0');
    }
    return number;
  };
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return {};
  if (text.size() > 10 && text[10] != 'T' && text[10] != ' ') return {};
  const int year = digits(0, 4);
  const int month = digits(5, 2);
  const int day = digits(8, 2);
  if (year < 0 || month < 0 || day < 0) return {};
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return {};
  return Day{date};
}

/// The day of a date, of a time in UTC, or of text that begins with one; nothing for any other value.
[[nodiscard]] inline std::optional<Day> day_of(const Value& value) {
  if (const auto* day = std::get_if<Day>(&value)) return *day;
  if (const auto* time = std::get_if<TimePoint>(&value)) return std::chrono::floor<std::chrono::days>(*time);
  if (const auto* text = std::get_if<std::string>(&value)) return iso_day(*text);
  return {};
}

}  // namespace assay::registry
