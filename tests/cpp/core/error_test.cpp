#include <assay/core/error.hpp>

#include <stdexcept>
#include <type_traits>

#include <assay_test.hpp>

using namespace assay;

TEST_CASE("every error is an AssayError, which is a runtime error", "[core]") {
  CHECK(std::is_base_of_v<std::runtime_error, AssayError>);
  CHECK(std::is_base_of_v<AssayError, InputError>);
  CHECK(std::is_base_of_v<AssayError, FormatError>);
  CHECK(std::is_base_of_v<AssayError, RefusedError>);
  CHECK(std::is_base_of_v<AssayError, StoreError>);
  CHECK_FALSE(std::is_base_of_v<InputError, FormatError>);
}

TEST_CASE("an input error says what was wanted, what was got, where, and how to mend it", "[core]") {
  const InputError error{"a weight above 0", "-2", {"weight", 7}, "drop or mend the row"};
  CHECK(std::string{error.what()} ==
        "wanted a weight above 0, got -2 in column 'weight', row 7 (counting from 0); drop or mend the row");
  CHECK(error.wanted() == "a weight above 0");
  CHECK(error.got() == "-2");
  CHECK(error.place().column == "weight");
  CHECK(error.place().row == 7);
}

TEST_CASE("an input error without a place or a mend leaves them out", "[core]") {
  const InputError error{"a table", "a list"};
  CHECK(std::string{error.what()} == "wanted a table, got a list");
  CHECK(error.place().column.empty());
  CHECK_FALSE(error.place().row.has_value());
  const InputError plain{"just words"};
  CHECK(std::string{plain.what()} == "just words");
  CHECK(plain.wanted().empty());
  CHECK(plain.got().empty());
}

TEST_CASE("a place reads well with a column, a row, both or neither", "[core]") {
  CHECK(Place{}.text().empty());
  CHECK(Place{"site", {}}.text() == " in column 'site'");
  CHECK(Place{"", 3}.text() == " at row 3 (counting from 0)");
  CHECK(Place{"site", 0}.text() == " in column 'site', row 0 (counting from 0)");
}

TEST_CASE("a refusal names its rule and what would have been legal", "[core]") {
  const RefusedError error{"the queue is archived", "archived queues take no cases", {"restore"}};
  CHECK(std::string{error.what()} == "the queue is archived");
  CHECK(error.rule() == "archived queues take no cases");
  CHECK(error.legal() == std::vector<std::string>{"restore"});
  CHECK(RefusedError{"no", "rule"}.legal().empty());
}
