#include <assay/core/time.hpp>

#include <assay_test.hpp>

using namespace assay;

TEST_CASE("time points are microseconds since 1970 in UTC", "[core]") {
  CHECK(micros_of(time_from_micros(1'234'567)) == 1'234'567);
  CHECK(micros_of(time_from_micros(-1)) == -1);
  CHECK(time_from_micros(1) - time_from_micros(0) == Microseconds{1});
}

TEST_CASE("times are written as ISO 8601 with microseconds", "[core]") {
  CHECK(to_text(time_from_micros(0)) == "1970-01-01T00:00:00.000000Z");
  CHECK(to_text(time_from_micros(-1)) == "1969-12-31T23:59:59.999999Z");
  CHECK(to_text(time_from_micros(951'827'696'000'007)) == "2000-02-29T12:34:56.000007Z");
  CHECK(to_text(TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}}) == "2026-11-22T00:00:00.000000Z");
}
