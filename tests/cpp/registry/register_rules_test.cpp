#include <assay_test.hpp>

#include <assay/registry/register_rules.hpp>

using namespace assay::registry;
using assay::test::contains;
using assay::test::message_of;
using namespace std::chrono_literals;

namespace {
const Day today{2026y / 11 / 23};

Sheet sheet() {
  return Sheet{{{"id", {std::string{"a"}, std::string{"b"}, std::string{"c"}}},
                {"state", {std::string{"active"}, std::string{"paused"}, std::string{"active"}}},
                {"owner", {std::string{"ana"}, {}, std::string{"ben"}}},
                {"hours", {24.0, std::int64_t{48}, {}}},
                {"due", {Day{2026y / 11 / 1}, Day{2026y / 12 / 1}, {}}},
                {"created", {assay::TimePoint{Day{2026y / 11 / 10}} + 5h, assay::TimePoint{Day{2026y / 1 / 1}}, {}}},
                {"sites", {Texts{"LIS", "MNL"}, Texts{"LIS"}, {}}}}};
}

/// The ids of the rows at fault, in order.
std::string at_fault(std::vector<Condition> when, std::vector<std::string> require = {}) {
  std::string out;
  for (const Fault& fault : faults_of({"r", std::move(when), std::move(require), ""}, sheet(), today))
    out += static_cast<char>('a' + fault.row);
  return out;
}
std::vector<Value> words(std::initializer_list<const char*> values) {
  std::vector<Value> out;
  for (const char* value : values) out.emplace_back(std::string{value});
  return out;
}
std::vector<Value> one(Value value) { return {std::move(value)}; }
}  // namespace

TEST_CASE("each test compares as its name says", "[registry][rules]") {
  CHECK(at_fault({{"state", Test::is, words({"active"})}}) == "ac");
  CHECK(at_fault({{"state", Test::is, words({"active", "paused"})}}) == "abc");
  CHECK(at_fault({{"state", Test::is_not, words({"active", "draft"})}}) == "b");
  CHECK(at_fault({{"owner", Test::missing, {}}}) == "b");
  CHECK(at_fault({{"owner", Test::present, {}}}) == "ac");
  CHECK(at_fault({{"hours", Test::below, one(48.0)}}) == "a");
  CHECK(at_fault({{"hours", Test::at_most, one(std::int64_t{48})}}) == "ab");
  CHECK(at_fault({{"hours", Test::at_least, one(48.0)}}) == "b");
  CHECK(at_fault({{"hours", Test::above, one(24.0)}}) == "b");
  CHECK(at_fault({{"hours", Test::is, one(24.0)}}) == "a");
  CHECK(at_fault({{"sites", Test::holds, words({"MNL"})}}) == "a");
  CHECK(at_fault({{"sites", Test::holds, words({"MNL", "LIS"})}}) == "ab");
  CHECK(at_fault({{"sites", Test::lacks, words({"MNL", "CAI"})}}) == "b");
  CHECK(at_fault({{"owner", Test::like, words({"a*"})}}) == "a");
  CHECK(at_fault({{"owner", Test::like, words({"*n*"})}}) == "ac");
  CHECK(at_fault({{"sites", Test::is, one(Texts{"LIS"})}}) == "b");
  CHECK(at_fault({{"sites", Test::is_not, one(Texts{"LIS"})}}) == "a");
}

TEST_CASE("days are compared with today, other fields and texts", "[registry][rules]") {
  CHECK(at_fault({{"due", Test::below, FromToday{}}}) == "a");
  CHECK(at_fault({{"due", Test::below, FromToday{-30}}}) == "");
  CHECK(at_fault({{"due", Test::at_most, FromToday{8}}}) == "ab");
  CHECK(at_fault({{"due", Test::below, OtherField{"created"}}}) == "a");
  CHECK(at_fault({{"due", Test::above, words({"2026-11-15"})}}) == "b");
  CHECK(at_fault({{"created", Test::is, one(Day{2026y / 11 / 10})}}) == "a");
}

TEST_CASE("all conditions must hold, one of any, and a required field must be missing", "[registry][rules]") {
  const Condition active{"state", Test::is, words({"active"})};
  const Condition cheap{"hours", Test::below, one(30.0)};
  CHECK(at_fault({active, cheap}) == "a");
  Condition either;
  either.any = {cheap, {"owner", Test::missing, {}}};
  CHECK(at_fault({either}) == "ab");
  CHECK(at_fault({active}, {"hours", "due"}) == "c");
  CHECK(at_fault({}, {"owner", "hours"}) == "bc");
}

TEST_CASE("a field that is not set fulfils nothing but missing", "[registry][rules]") {
  CHECK(at_fault({{"owner", Test::is_not, words({"ana"})}}) == "c");
  CHECK(at_fault({{"sites", Test::lacks, words({"CAI"})}}) == "ab");
  CHECK(at_fault({{"due", Test::at_most, OtherField{"created"}}}) == "a");
}

TEST_CASE("the sentence is filled in and the evidence shows the fields", "[registry][rules]") {
  const RegisterRule rule{"r",
                          {{"state", Test::is, words({"active"})}, {"due", Test::missing, {}}},
                          {"due", "sites"},
                          "{id} lacks {missing} on {today} {owner} {"};
  const auto faults = faults_of(rule, sheet(), today);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].row == 2);
  CHECK(faults[0].summary == "c lacks due, sites on 2026-11-23 ben {");
  CHECK(faults[0].evidence == "state = active; due is not set");
}

TEST_CASE("of a time the sentence shows the day, the evidence all of it", "[registry][rules]") {
  const auto faults =
      faults_of({"r", {{"created", Test::above, FromToday{-20}}}, {}, "Made on {created}."}, sheet(), today);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].summary == "Made on 2026-11-10.");
  CHECK(faults[0].evidence == "created = 2026-11-10T05:00:00.000000Z");
}

TEST_CASE("patterns with stars", "[registry][rules]") {
  using detail::fits;
  CHECK(fits("abc", "abc"));
  CHECK(fits("abc", "a*"));
  CHECK(fits("abc", "*c"));
  CHECK(fits("abcbc", "a*bc"));
  CHECK(fits("", "*"));
  CHECK_FALSE(fits("abc", "b*"));
  CHECK_FALSE(fits("abc", "a"));
  CHECK_FALSE(fits("abc", "a.c"));
  CHECK(fits(std::string(2000, 'a') + "b", "*a*a*a*a*a*b"));
}

TEST_CASE("rules that cannot be answered are refused by name", "[registry][rules]") {
  CHECK(contains(message_of<assay::InputError>([&] { (void)at_fault({{"owner", Test::below, one(3.0)}}); }),
                 "in rule 'r' a comparison of like with like, got text against a number "
                 "in column 'owner'"));
  CHECK_THROWS_AS(at_fault({{"owner", Test::holds, words({"x"})}}), assay::InputError);
  CHECK_THROWS_AS(at_fault({{"sites", Test::like, words({"x"})}}), assay::InputError);
  CHECK_THROWS_AS(at_fault({{"state", Test::is, one(1.0)}}), assay::InputError);
  CHECK(contains(message_of<assay::InputError>([&] { (void)at_fault({{"ownr", Test::missing, {}}}); }),
                 "a column named 'ownr'"));
  CHECK_THROWS_AS(faults_of({"r", {}, {}, "{nobody}"}, sheet(), today), assay::InputError);
}
