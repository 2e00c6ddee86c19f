#include <cstdint>
#include <string>
#include <vector>

#include <assay/io/concatenate.hpp>
#include <assay_test.hpp>
#include <sampling/frames.hpp>

using namespace assay;
using assay::test::message_of;
using assay::test::TableOf;

namespace {

io::Table read(TableOf& table) {
  io::Stream stream = table.stream(2);
  return io::whole_table(stream);
}

}  // namespace

TEST_CASE("tables stand one below the other, in the order of the first table's columns", "[io]") {
  TableOf one, other;
  one.numbers("n", {1, 2, 3}).texts("t", {"a", nullptr, "c"});
  other.texts("t", {"d"}).numbers("n", {4});
  const std::vector<io::Table> tables{read(one), read(other)};
  const io::Table both = io::concatenate(tables);
  REQUIRE(both.rows() == 4);
  CHECK(both.columns()[0]->name == "n");
  CHECK(both.find("n")->at<std::int64_t>(3) == 4);
  CHECK(both.find("t")->is_null(1));
  CHECK(both.find("t")->text(3) == "d");
  CHECK(io::concatenate({}).rows() == 0);
}

TEST_CASE("a column of nulls takes the kind it has elsewhere", "[io]") {
  TableOf one, other;
  one.texts("t", {nullptr});
  other.numbers("t", {4});
  const std::vector<io::Table> tables{read(one), read(other)};
  const io::Table both = io::concatenate(tables);
  CHECK(both.find("t")->is_null(0));
  CHECK(both.find("t")->at<std::int64_t>(1) == 4);
}

TEST_CASE("tables that do not fit are refused by column", "[io]") {
  TableOf numbers, texts, others;
  numbers.numbers("n", {1});
  texts.texts("n", {"1"});
  others.numbers("n", {1}).numbers("m", {2});
  const std::vector<io::Table> kinds{read(numbers), read(texts)};
  CHECK(message_of<InputError>([&] { (void)io::concatenate(kinds); }).find("whole numbers in table 1 beside text") !=
        std::string::npos);
  const std::vector<io::Table> fewer{read(others), read(numbers)};
  CHECK(message_of<InputError>([&] { (void)io::concatenate(fewer); }).find("the column 'm' in every table") !=
        std::string::npos);
  const std::vector<io::Table> more{read(numbers), read(others)};
  CHECK(message_of<InputError>([&] { (void)io::concatenate(more); }).find("which the first table lacks") !=
        std::string::npos);
}

TEST_CASE("rows are taken in the order asked for", "[io]") {
  TableOf table;
  table.numbers("n", {1, 2, 3}).texts("t", {"a", nullptr, "c"});
  const io::Table whole = read(table);
  const std::vector<std::int64_t> rows{2, 0, 1, 2};
  const io::Table taken = io::take(whole, rows);
  REQUIRE(taken.rows() == 4);
  CHECK(taken.find("n")->at<std::int64_t>(0) == 3);
  CHECK(taken.find("t")->text(1) == "a");
  CHECK(taken.find("t")->is_null(2));
  const std::vector<std::int64_t> beyond{3};
  CHECK(message_of<InputError>([&] { (void)io::take(whole, beyond); }) == "wanted a row below 3, got 3");
}
