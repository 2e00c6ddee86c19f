#include <assay_test.hpp>

#include <limits>

#include <assay/registry/traffic.hpp>
#include <tables.hpp>

using namespace assay::registry;
using assay::test::contains;
using assay::test::message_of;
using namespace std::chrono_literals;
namespace test = assay::test;

namespace {
const Day since{2026y / 11 / 20};
std::int64_t number(Day day) { return day.time_since_epoch().count(); }
std::int64_t micros(Day day) { return number(day) * 86'400'000'000; }
}  // namespace

TEST_CASE("cases are counted by queue, in all and lately, with the last day", "[registry][traffic]") {
  const Day old{2026y / 11 / 1};
  const test::Batches table =
      test::Batches{{"queue", "at"}}
          .add({test::texts("u", {"a", "b", "a"}),
                test::numbers<std::int64_t>("tsu:UTC",
                                            test::Integers{micros(old) + 5, micros(since), micros(since) - 1})},
               3)
          .add({test::texts("u", {"a"}), test::numbers<std::int64_t>("tsu:UTC", test::Integers{std::nullopt})}, 1);
  const auto found = traffic_of(table.stream(), {.at = "at"}, since);
  REQUIRE(found.size() == 2);
  CHECK(found[0].queue == "a");
  CHECK(found[0].cases == 3.0);
  CHECK(found[0].rows == 3);
  CHECK(found[0].recent == 0.0);
  CHECK(found[0].last == Day{2026y / 11 / 19});
  CHECK(found[1].recent == 1.0);
  CHECK(found[1].last == since);
}

TEST_CASE("counts, dates, text dates and categories are read; a category without rows is no queue",
          "[registry][traffic]") {
  const test::Batches counts = test::Batches{{"q", "day", "n"}}.add(
      {test::dictionary("c", {0, 2}, test::texts("u", {"a", "nobody", "b"})),
       test::numbers<std::int32_t>("tdD", test::Integers{number(since), number(since)}), test::integers("l", {40, 0})},
      2);
  const auto found = traffic_of(counts.stream(), {"q", "day", "n"}, since);
  REQUIRE(found.size() == 2);
  CHECK(found[0].cases == 40.0);
  CHECK(found[1].queue == "b");
  CHECK(found[1].cases == 0.0);
  CHECK_FALSE(found[1].last);
  const test::Batches text =
      test::Batches{{"queue", "day"}}.add({test::texts("vu", {"a"}), test::texts("U", {"2026-11-21"})}, 1);
  CHECK(traffic_of(text.stream(), {.at = "day"}, since)[0].recent == 1.0);
  const test::Batches bare = test::one_column(test::texts("u", {"a", "a"}), 2, 0, "queue");
  CHECK(traffic_of(bare.stream(), {}, since)[0].recent == 2.0);
}

TEST_CASE("traffic that cannot be read is refused by name", "[registry][traffic]") {
  const auto bare = [](test::Array array, const char* name) { return test::one_column(std::move(array), 1, 0, name); };
  CHECK(contains(message_of<assay::InputError>(
                     [&] { (void)traffic_of(bare(test::texts("u", {std::nullopt}), "queue").stream(), {}, since); }),
                 "a queue in every row, got null in column 'queue', row 0"));
  CHECK(contains(
      message_of<assay::InputError>([&] { (void)traffic_of(bare(test::texts("u", {"a"}), "q").stream(), {}, since); }),
      "a column named 'queue'"));
  const auto with = [](test::Array second) {
    return test::Batches{{"queue", "x"}}.add({test::texts("u", {"a"}), std::move(second)}, 1).stream();
  };
  CHECK(contains(message_of<assay::InputError>([&] {
                   (void)traffic_of(with(test::numbers<double>("g", test::Reals{-1.0})), {.cases = "x"}, since);
                 }),
                 "a number of cases of 0 or more, got -1"));
  CHECK_THROWS_AS(traffic_of(with(test::numbers<double>("g", test::Reals{std::numeric_limits<double>::infinity()})),
                             {.cases = "x"}, since),
                  assay::InputError);
  CHECK(contains(message_of<assay::InputError>(
                     [&] { (void)traffic_of(with(test::texts("u", {"21.11.2026"})), {.at = "x"}, since); }),
                 "a date such as 2026-11-30, got '21.11.2026' in column 'x', row 0"));
  CHECK(contains(message_of<assay::InputError>([&] {
                   (void)traffic_of(with(test::numbers<std::int64_t>("tsu:", test::Integers{0})), {.at = "x"}, since);
                 }),
                 "dates, or times with a zone, got timestamps without a zone"));
  CHECK_THROWS_AS(traffic_of(with(test::numbers<std::int64_t>("tdm", test::Integers{INT64_MAX})), {.at = "x"}, since),
                  assay::InputError);
}
