#include <assay_test.hpp>

#include <assay/registry/reconcile.hpp>

using namespace assay::registry;
using assay::test::contains;
using assay::test::message_of;

namespace {
std::vector<Value> texts(const std::vector<const char*>& values) {
  std::vector<Value> out;
  for (const char* value : values) out.push_back(value == nullptr ? Value{} : Value{std::string{value}});
  return out;
}
Sheet here() {
  return Sheet{{{"id", texts({"q-1", "q-2", "q-3", "q-4"})}, {"owner", texts({"ana", "ben", nullptr, "dan"})}}};
}
ReconciliationSpec owners() { return {.fields = {{"owner", "contact", {}}}}; }
}  // namespace

TEST_CASE("two tables are matched on their keys and compared field by field", "[registry][reconcile]") {
  const Sheet there{{{"queue", texts({"q-3", " q-1 ", "q-9", "q-2"})}, {"contact", texts({"x", "ANA", "y", "bob"})}}};
  const Reconciliation found = reconcile(here(), there, owners());
  REQUIRE(found.differences.size() == 2);
  CHECK(found.differences[0].row_here == 1);
  CHECK(found.differences[0].row_there == 3);
  CHECK(found.differences[0].field == 0);
  CHECK(found.differences[1].row_here == 2);
  CHECK(found.only_here == std::vector<std::size_t>{3});
  CHECK(found.only_there == std::vector<std::size_t>{2});
  CHECK(found.matched == 3);
  CHECK(found.twice_there.empty());
}

TEST_CASE("a key that the other table has twice is named once, with all its rows", "[registry][reconcile]") {
  const Sheet there{{{"queue", texts({"q-1", "q-1", "z", "q-1", "z", nullptr, "  "})},
                     {"contact", texts({"ana", "eve", "x", "eve", "x", "x", "x"})}}};
  const Reconciliation found = reconcile(here(), there, owners());
  REQUIRE(found.twice_there.size() == 2);
  CHECK(found.twice_there[0] == std::pair{std::string{"q-1"}, std::vector<std::size_t>{0, 1, 3}});
  CHECK(found.twice_there[1] == std::pair{std::string{"z"}, std::vector<std::size_t>{2, 4}});
  CHECK(found.differences.empty());  // the first row counts
  CHECK(found.only_there == std::vector<std::size_t>{2});
  CHECK(found.blank_there == std::vector<std::size_t>{5, 6});
}

TEST_CASE("keys match without regard to capitals only where that is not ambiguous", "[registry][reconcile]") {
  const Sheet ours{{{"id", texts({"Q-1", "q-2", "Q-2"})}}};
  const Sheet there{{{"queue", texts({"q-1", "q-2", "Q-2"})}}};
  CHECK(reconcile(ours, there, {}).matched == 3);
  const Sheet other{{{"queue", texts({"q-1", "Q-2"})}}};
  const Reconciliation found = reconcile(Sheet{{{"id", texts({"Q-1", "q-2", "q-2 b"})}}}, other, {});
  CHECK(found.matched == 2);
  const Sheet mixed{{{"id", texts({"aB", "Ab"})}}};
  CHECK(reconcile(mixed, Sheet{{{"queue", texts({"ab"})}}}, {}).only_there.size() == 1);
}

TEST_CASE("keys are the columns that are named, numbers among them", "[registry][reconcile]") {
  const Sheet ours{{{"number", {std::int64_t{7}, std::int64_t{8}}}}};
  const Sheet there{{{"nr", texts({"8", "9"})}}};
  const Reconciliation found = reconcile(ours, there, {.key_here = "number", .key_there = "nr"});
  CHECK(found.matched == 1);
  CHECK(found.only_here == std::vector<std::size_t>{0});
}

TEST_CASE("what is not expected there is not missed, and what is not compared differs only where it always counts",
          "[registry][reconcile]") {
  const Sheet there{{{"queue", texts({"q-2"})}, {"contact", texts({"eve"})}}};
  ReconciliationSpec spec = owners();
  spec.expected = {true, false, false, false};
  spec.compared = {true, false, true, true};
  CHECK(reconcile(here(), there, spec).only_here == std::vector<std::size_t>{0});
  CHECK(reconcile(here(), there, spec).differences.empty());
  spec.fields[0].always = true;
  CHECK(reconcile(here(), there, spec).differences.size() == 1);
}

TEST_CASE("fields are compared as they are told", "[registry][reconcile]") {
  const Sheet there{{{"queue", texts({"q-1"})}, {"contact", texts({"ANA"})}}};
  ReconciliationSpec spec = owners();
  spec.fields[0].how.likeness = Likeness::exact;
  CHECK(reconcile(here(), there, spec).differences.size() == 1);
}

TEST_CASE("an empty table misses everything", "[registry][reconcile]") {
  const Sheet there{{{"queue", {}}, {"contact", {}}}};
  CHECK(reconcile(here(), there, owners()).only_here.size() == 4);
}

TEST_CASE("what cannot be reconciled is refused by name", "[registry][reconcile]") {
  const Sheet there{{{"queue", texts({"q-1"})}, {"contact", texts({"ana"})}}};
  CHECK(contains(message_of<assay::InputError>([&] { (void)reconcile(here(), there, {.key_there = "id"}); }),
                 "wanted a column named 'id', got a table with the columns 'queue'"));
  CHECK(
      contains(message_of<assay::InputError>([&] { (void)reconcile(Sheet{{{"id", texts({"a", "a "})}}}, there, {}); }),
               "each key once in the register, got 'a' again in column 'id', row 1"));
  CHECK(contains(
      message_of<assay::InputError>([&] { (void)reconcile(Sheet{{{"id", texts({"a", nullptr})}}}, there, {}); }),
      "a key in every row of the register"));
  CHECK(contains(message_of<assay::InputError>([&] { (void)reconcile(here(), there, {.expected = {true}}); }),
                 "one entry for each of 4 rows, got 1"));
}
