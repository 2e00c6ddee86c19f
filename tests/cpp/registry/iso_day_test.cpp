#include <assay_test.hpp>

#include <assay/registry/iso_day.hpp>

using namespace assay::registry;
using std::chrono::sys_days;
using namespace std::chrono_literals;

TEST_CASE("a day is read from ISO text, with or without a time", "[registry][day]") {
  CHECK(iso_day("2026-11-30") == sys_days{2026y / 11 / 30});
  CHECK(iso_day("2026-11-30T23:30:00+02:00") == sys_days{2026y / 11 / 30});
  CHECK(iso_day("2024-02-29 01:00") == sys_days{2024y / 2 / 29});
}

TEST_CASE("text that is no ISO date is none", "[registry][day]") {
  for (const char* text : {"", "30.11.2026", "2026-02-30", "2026-13-01", "2026-1-01", "2026-11-300", "2O26-11-30",
                           "2026/11/30", "2025-02-29"})
    CHECK_FALSE(iso_day(text));
}

TEST_CASE("days, times and texts have a day, other values none", "[registry][day]") {
  const Day day{2026y / 11 / 30};
  CHECK(day_of(Value{day}) == day);
  CHECK(day_of(Value{assay::TimePoint{day} + 23h}) == day);
  CHECK(day_of(Value{std::string{"2026-11-30"}}) == day);
  CHECK_FALSE(day_of(Value{}));
  CHECK_FALSE(day_of(Value{std::int64_t{20'000}}));
}
