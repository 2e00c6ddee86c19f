#include <assay_test.hpp>

#include <assay/registry/feed_facts.hpp>
#include <tables.hpp>

using namespace assay::registry;
using assay::test::contains;
using assay::test::message_of;
using namespace std::chrono_literals;
namespace test = assay::test;

TEST_CASE("a feed is described in one pass", "[registry][feeds]") {
  const Day day{2026y / 11 / 20};
  const std::int64_t micros = day.time_since_epoch().count() * 86'400'000'000;
  const test::Batches table =
      test::Batches{{"case", "site", "at"}}
          .add({test::texts("u", {"c1", "c2", "c1"}), test::texts("u", {"LIS", std::nullopt, "MNL"}),
                test::numbers<std::int64_t>("tsu:UTC", test::Integers{micros, micros + 3'600'000'000, std::nullopt})},
               3)
          .add({test::texts("u", {"c1"}), test::texts("u", {"LIS"}),
                test::numbers<std::int64_t>("tsu:UTC", test::Integers{micros - 1})},
               1);
  const FeedFacts facts = facts_of(table.stream(), "at", {"case"});
  CHECK(facts.rows == 4);
  REQUIRE(facts.columns.size() == 3);
  CHECK(facts.columns[1].name == "site");
  CHECK(facts.columns[1].type == "text");
  CHECK(facts.columns[1].nulls == 1);
  CHECK(facts.columns[2].type == "timestamps in UTC");
  CHECK(facts.days == std::map<Day, std::int64_t>{{day - std::chrono::days{1}, 1}, {day, 2}});
  CHECK(facts.newest == assay::TimePoint{day} + 1h);
  CHECK(facts.repeated == 2);
  CHECK(facts.examples == std::vector<std::int64_t>{2, 3});
  CHECK(facts_of(table.stream(), "", {"case", "site"}).repeated == 1);
  CHECK(facts_of(table.stream(), "", {}).repeated == 0);
  CHECK_FALSE(facts_of(table.stream(), "", {}).newest);
}

TEST_CASE("columns of nothing are all null, and an empty feed has its columns", "[registry][feeds]") {
  CHECK(facts_of(test::one_column(test::nothing(3), 3).stream(), "", {}).columns[0].nulls == 3);
  const FeedFacts empty = facts_of(test::one_column(test::texts("u", {}), 0).stream(), "", {"x"});
  CHECK(empty.rows == 0);
  CHECK(empty.columns.size() == 1);
}

TEST_CASE("nulls are values of a key like others", "[registry][feeds]") {
  const test::Batches table = test::one_column(test::texts("u", {std::nullopt, std::nullopt, "a"}), 3);
  CHECK(facts_of(table.stream(), "", {"x"}).repeated == 1);
}

TEST_CASE("columns that are not there, or hold no times, are refused", "[registry][feeds]") {
  const test::Batches table = test::one_column(test::integers("l", {1}), 1);
  CHECK_THROWS_AS(facts_of(table.stream(), "at", {}), assay::InputError);
  CHECK_THROWS_AS(facts_of(table.stream(), "", {"key"}), assay::InputError);
  CHECK(contains(message_of<assay::InputError>([&] { (void)facts_of(table.stream(), "x", {}); }),
                 "dates, or times with a zone"));
}
