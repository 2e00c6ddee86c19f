// The reader of golden files is itself tested: a wrong reader would make every golden test worthless.

#include <assay_test.hpp>

using assay::test::message_of;
using assay::test::Table;

TEST_CASE("a golden file is read by column, quotes and blanks aside", "[golden]") {
  const Table table = Table::of("\"name\",value,note\r\nfirst,\"   0.155\",\"a, \"\"b\"\"\"\nsecond,-2e-3,NA\n");
  REQUIRE(table.size() == 2);
  CHECK(table.columns() == std::vector<std::string>{"name", "value", "note"});
  CHECK(table.has("note"));
  CHECK_FALSE(table.has("other"));
  CHECK(table.row(0).text("note") == "a, \"b\"");
  CHECK(table.numbers("value") == std::vector<double>{0.155, -0.002});
  CHECK(table.row(0).holds("note"));
  CHECK_FALSE(table.row(1).holds("note"));
}

TEST_CASE("whole numbers, empty cells and a last line without its end are read", "[golden]") {
  const Table table = Table::of("n,x\n12,\n,3");
  REQUIRE(table.rows().size() == 2);
  CHECK(table.row(0).integer("n") == 12);
  CHECK_FALSE(table.row(0).holds("x"));
  CHECK(table.row(1).integer("x") == 3);
}

TEST_CASE("a golden file that is not as expected stops the test", "[golden]") {
  const Table table = Table::of("n\nmany\n");
  CHECK(message_of<std::runtime_error>([&] { (void)table.row(0).number("n"); }) ==
        "'many' in column 'n' is no such number");
  CHECK(message_of<std::runtime_error>([&] { (void)table.row(0).text("m"); }) == "no column 'm' in the golden file");
  CHECK(message_of<std::runtime_error>([] { (void)Table::of("a,b\n1\n"); }) == "line 2 has 1 cells, the header 2");
  CHECK(message_of<std::runtime_error>([] { (void)Table{"no/such/file.csv"}; }) == "cannot read no/such/file.csv");
}

TEST_CASE("a message is asked only of the call that throws", "[golden]") {
  CHECK(message_of<std::runtime_error>([] {}) == "(nothing was thrown)");
  CHECK_THROWS_AS(message_of<std::runtime_error>([] { throw std::logic_error("other"); }), std::logic_error);
}

TEST_CASE("shared files are found where they are", "[golden]") {
  const auto file = assay::test::shared_file("golden/B_intervals/binomial_intervals.csv");
  if (!file) return;
  CHECK(Table{*file}.size() > 100);
}
