#include <set>

#include <assay_test.hpp>

#include <assay/registry/books.hpp>

#include "acts.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::contains;
using assay::test::message_of;
using assay::test::refusal_of;

namespace {

const Book& small() {
  static const Book book{
      .number = 9,
      .name = "things",
      .noun = "thing",
      .fields = {{1, "name", Type::text, "What it is called."}, {3, "size", Type::whole, "How big.", 10, true}},
      .states = {{1, "new", "Just made."}, {4, "old", "Long made."}},
      .verbs = {{1, "make", "made", "Makes it.", {}, std::uint8_t{1}, TakesFields::any},
                {5,
                 "age",
                 "aged",
                 "Ages it.",
                 {1},
                 std::uint8_t{4},
                 TakesFields::none,
                 {{2, "by", Type::whole, "How much."}}}},
  };
  return book;
}

}  // namespace

TEST_CASE("fields, verbs and states are found by name and by number, also where numbers have gaps", "[registry]") {
  CHECK(small().field("size") == 1U);
  CHECK(small().field(std::uint8_t{1}) == 0U);
  CHECK(small().field(std::uint8_t{3}) == 1U);
  for (const int number : {0, 2, 4, 255}) CHECK_FALSE(small().field(static_cast<std::uint8_t>(number)).has_value());
  CHECK_FALSE(small().field("colour").has_value());
  CHECK(small().verb("age") == &small().verbs[1]);
  CHECK(small().verb(std::uint8_t{1}) == &small().verbs[0]);
  CHECK(small().verb(std::uint8_t{5}) == &small().verbs[1]);
  for (const int number : {0, 2, 6, 255}) CHECK(small().verb(static_cast<std::uint8_t>(number)) == nullptr);
  CHECK(small().verb("grow") == nullptr);
  CHECK(small().state_name(4) == "old");
  CHECK(small().state_name(2) == "unknown");
  CHECK(small().has_state(1));
  CHECK_FALSE(small().has_state(2));
  CHECK_FALSE(small().has_state(0));
}

TEST_CASE("a verb knows from where it is legal, and what it is told", "[registry]") {
  const Verb& make = small().verbs[0];
  const Verb& age = small().verbs[1];
  CHECK(make.creates());
  CHECK_FALSE(make.legal_from(1));
  CHECK_FALSE(age.creates());
  CHECK(age.legal_from(1));
  CHECK_FALSE(age.legal_from(4));
  CHECK(age.argument(2)->name == "by");
  CHECK(age.argument(1) == nullptr);
  CHECK(small().legal_from(1) == std::vector<std::string>{"age"});
  CHECK(small().legal_from(4).empty());
}
