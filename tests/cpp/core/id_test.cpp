#include <assay/core/id.hpp>

#include <type_traits>

#include <assay_test.hpp>

using namespace assay;
using assay::test::message_of;

TEST_CASE("a whole number and its decimal text name the same case", "[core]") {
  CHECK(CaseId{std::int64_t{7}} == CaseId{"7"});
  CHECK(CaseId{std::int64_t{-12}}.text() == "-12");
  CHECK(CaseId{"07"} != CaseId{"7"});
}

TEST_CASE("ids are ordered by their text", "[core]") {
  CHECK(CaseId{"a"} < CaseId{"b"});
  CHECK(CaseId{"10"} < CaseId{"9"});
}

TEST_CASE("an id is not empty", "[core]") {
  CHECK(message_of<InputError>([] { (void)CaseId{""}; }) == "wanted an id, got empty text");
}

TEST_CASE("ids of two kinds are two types, and text becomes one only on purpose", "[core]") {
  using QueueId = Id<struct QueueTag>;
  CHECK_FALSE(std::is_convertible_v<CaseId, QueueId>);
  CHECK_FALSE(std::is_constructible_v<QueueId, CaseId>);
  CHECK_FALSE(std::is_convertible_v<std::string, CaseId>);
}
