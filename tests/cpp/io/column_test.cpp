#include <assay/io/column.hpp>

#include <optional>
#include <string>
#include <vector>

#include <assay_test.hpp>
#include <tables.hpp>

using namespace assay;
using namespace assay::io;
using namespace assay::test;

namespace {

const std::string long_text = "a text that does not fit into a view";
const test::Texts some{
    "a", std::nullopt, "", long_text, "exactly 12 b", "a second text that is long", "and a third one, longer"};

std::vector<std::optional<std::string>> read_texts(const Batches& batches) {
  return with_column(batches, [](const Column& column) {
    std::vector<std::optional<std::string>> out;
    const io::Texts texts{column};
    for (std::int64_t row = 0; row < column.length; ++row)
      if (column.is_null(row))
        out.emplace_back(std::nullopt);
      else
        out.emplace_back(std::string{texts[row]});
    return out;
  });
}

}  // namespace

TEST_CASE("text is the same text in every layout and at every offset", "[law][io][arrow]") {
  for (const char* format : {"u", "U", "vu"})
    for (const std::size_t offset : {0U, 1U, 9U})
      for (const std::size_t parent : {0U, 3U})
        for (const bool unknown : {true, false}) {
          INFO(format << " " << offset << " " << parent);
          CHECK(read_texts(one_column(texts(format, some, {offset, parent, unknown}), some.size(), parent)) == some);
        }
}

TEST_CASE("a column without nulls knows it, whatever its null count says", "[io][arrow]") {
  const auto may = [](const Array& array, std::size_t rows) {
    return with_column(one_column(array, rows), [](const Column& column) { return column.may_have_nulls(); });
  };
  CHECK_FALSE(may(integers("i", {1, 2}), 2));
  CHECK_FALSE(may(integers("i", {1, 2}, {0, 0, false, true}), 2));  // a buffer, and no null counted
  CHECK(may(integers("i", {1, 2}, {0, 0, true, true}), 2));         // a buffer, and nobody counted
  CHECK(may(integers("i", {1, std::nullopt}), 2));
  CHECK(may(nothing(2), 2));
  CHECK_FALSE(may(dictionary("c", {0}, texts("u", {"a"})), 1));
  CHECK(may(dictionary("c", {0}, texts("u", {"a", std::nullopt})), 1));
  CHECK(may(dictionary("c", {0}, nothing(1)), 1));
  CHECK(with_column(one_column(nothing(2), 2), [](const Column& column) { return column.is_null(1); }));
}

TEST_CASE("many texts are read as they are one by one", "[law][io][arrow]") {
  for (const char* format : {"u", "U", "vu"}) {
    const Batches batches = one_column(texts(format, some, {2, 1, false}), some.size(), 1);
    with_column(batches, [&](const Column& column) {
      const io::Texts all{column};
      all.each(1, column.length - 1, [&](std::int64_t i, std::string_view text) { CHECK(text == all[i + 1]); });
      return 0;
    });
  }
}

TEST_CASE("a row's place is its row in the whole table", "[io][arrow]") {
  const Place place = with_column(one_column(integers("l", {1, 2}), 2), [](Column column) {
    column.first_row = 40;
    return column.place(1);
  });
  CHECK(place.row == 41);
  CHECK(!place.column.empty());
}
