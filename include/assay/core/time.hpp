#pragma once
/// \file
/// Points in time: microseconds since 1970-01-01T00:00:00 UTC. Zones and calendars belong to the edges, not here.

#include <array>
#include <chrono>
#include <cstdio>
#include <string>

namespace assay {

using Microseconds = std::chrono::microseconds;
using TimePoint = std::chrono::sys_time<Microseconds>;

[[nodiscard]] constexpr TimePoint time_from_micros(std::int64_t micros) noexcept {
  return TimePoint{Microseconds{micros}};
}
[[nodiscard]] constexpr std::int64_t micros_of(TimePoint time) noexcept { return time.time_since_epoch().count(); }

/// ISO 8601 in UTC, "2026-11-22T23:42:54.000000Z".
[[nodiscard]] inline std::string to_text(TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return out.data();
}

}  // namespace assay
