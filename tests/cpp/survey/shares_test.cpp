#include <assay_test.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <assay/survey/shares.hpp>
#include <sampling/frames.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;
using assay::test::TableOf;

namespace {

survey::HeldTable held(const TableOf& table) {
  io::Stream stream = table.stream(2);
  return survey::HeldTable::read(stream);
}

}  // namespace

TEST_CASE("true/false is one share, text one a level", "[survey]") {
  const auto rows = held(
      TableOf{}.truths("flag", {true, false, true}).numbers("number", {1, 0, 0}).texts("kind", {"b", "a", nullptr}));
  const auto flag = survey::share_measures(rows, "flag", {}, false, "", 1);
  REQUIRE(flag.size() == 1);
  CHECK(flag[0].y == std::vector<double>{1.0, 0.0, 1.0});
  CHECK_FALSE(flag[0].level);
  CHECK(flag[0].share);
  CHECK(survey::share_measures(rows, "number", {}, false, "", 1)[0].y == std::vector<double>{1.0, 0.0, 0.0});
  const auto kinds = survey::share_measures(rows, "kind", {}, true, "", 2);
  REQUIRE(kinds.size() == 2);
  CHECK(kinds[0].metric == "kind = a");
  CHECK(kinds[1].level == std::optional<std::string>{"b"});
  CHECK(kinds[1].y[0] == 1.0);
  CHECK(std::isnan(kinds[1].y[2]));
  CHECK(kinds[1].any_missing);
  const auto one = survey::share_measures(rows, "number", std::string{"0"}, false, "", 1);
  REQUIRE(one.size() == 1);
  CHECK(one[0].y == std::vector<double>{0.0, 1.0, 1.0});
}

TEST_CASE("what is no indicator is refused", "[survey]") {
  TableOf many = TableOf{}.reals("real", {0.0, 0.5}).texts("kind", {"b", nullptr}).texts("none", {nullptr, nullptr});
  const auto rows = held(many);
  CHECK(contains(message_of<InputError>([&] { (void)survey::share_measures(rows, "real", {}, false, "", 1); }),
                 "true or false (or 1 or 0), got 0.5 in column 'real', row 1"));
  CHECK(contains(message_of<InputError>([&] { (void)survey::share_measures(rows, "kind", {}, false, "mend", 1); }),
                 "null in column 'kind', row 1 (counting from 0); mend"));
  CHECK(contains(
      message_of<InputError>([&] { (void)survey::share_measures(rows, "kind", std::string{"z"}, true, "", 1); }),
      "a value that some row has, got 'z' in column 'kind'"));
  CHECK(contains(message_of<InputError>([&] { (void)survey::share_measures(rows, "none", {}, true, "", 1); }),
                 "a column with values, got nothing but nulls"));
  std::vector<std::string> words;
  test::TextsOrNulls texts;
  for (int i = 0; i <= 1000; ++i) words.push_back(std::to_string(i));
  for (const auto& each : words) texts.push_back(each.c_str());
  CHECK(contains(message_of<InputError>(
                     [&] { (void)survey::share_measures(held(TableOf{}.texts("id", texts)), "id", {}, false, "", 1); }),
                 "at most 1,000 levels, got 1001"));
}
