#include <cmath>

#include <assay/io/table.hpp>
#include <assay_test.hpp>

using namespace assay;
using namespace assay::io;
using assay::test::message_of;

TEST_CASE("what was appended is read back, nulls included", "[io][table]") {
  ColumnBuilder texts{"t", "u"};
  ColumnBuilder truths{"b", "b"};
  ColumnBuilder reals{"g", "g"};
  ColumnBuilder integers{"l", "l"};
  ColumnBuilder days{"d", "tdD"};
  for (std::int64_t row = 0; row < 20; ++row) {
    if (row % 3 == 1) {
      texts.append_null();
      truths.append_null();
      reals.append(std::optional<double>{});
      integers.append_null();
      days.append_null();
      continue;
    }
    texts.append(row == 2 ? "" : std::to_string(row).c_str());
    truths.append(row % 2 == 0);
    reals.append(std::optional<double>{static_cast<double>(row) / 2});
    integers.append(-row);
    days.append(std::int64_t{-row});
  }
  const Table table{{texts.finish(), truths.finish(), reals.finish(), integers.finish(), days.finish()}};
  CHECK(table.rows() == 20);
  for (std::int64_t row = 0; row < 20; ++row) {
    INFO(row);
    const bool null = row % 3 == 1;
    CHECK(table.find("t")->value(row) == (null       ? Value{}
                                          : row == 2 ? Value{std::string_view{}}
                                                     : Value{std::string_view{std::to_string(row)}}));
    CHECK(table.find("b")->value(row) == (null ? Value{} : Value{row % 2 == 0}));
    CHECK(table.find("g")->value(row) == (null ? Value{} : Value{static_cast<double>(row) / 2}));
    CHECK(table.find("l")->value(row) == (null ? Value{} : Value{-row}));
    CHECK(table.find("d")->value(row) == (null ? Value{} : Value{-row}));
  }
  for (const auto& column : table.columns()) CHECK(column->null_count == 7);
}

TEST_CASE("a column without nulls has no validity", "[io][table]") {
  ColumnBuilder column{"x", "l"};
  column.append(std::int64_t{1});
  const auto done = column.finish();
  CHECK(done->validity.empty());
  CHECK(done->null_count == 0);
  CHECK_FALSE(done->is_null(0));
  CHECK(ColumnBuilder("y", "u").finish()->values.size() == 4);  // one offset, no texts
}

TEST_CASE("fixed-width values pass through as they are", "[io][table]") {
  const auto one = [](const std::string& format, auto number) {
    ColumnBuilder column{"x", format};
    column.append_null();
    column.append_raw(&number, sizeof number);
    column.append_null();
    const auto done = column.finish();
    CHECK(done->is_null(0));
    CHECK(done->is_null(2));
    CHECK(done->values.size() == 3 * sizeof number);
    return done->value(1);
  };
  CHECK(one("c", std::int8_t{-3}) == Value{std::int64_t{-3}});
  CHECK(one("C", std::uint8_t{200}) == Value{std::int64_t{200}});
  CHECK(one("s", std::int16_t{-3}) == Value{std::int64_t{-3}});
  CHECK(one("S", std::uint16_t{60000}) == Value{std::int64_t{60000}});
  CHECK(one("i", std::int32_t{-3}) == Value{std::int64_t{-3}});
  CHECK(one("I", std::uint32_t{4'000'000'000}) == Value{std::int64_t{4'000'000'000}});
  CHECK(one("L", std::uint64_t{7}) == Value{std::int64_t{7}});
  CHECK(one("f", 0.5F) == Value{0.5});
  CHECK(one("tsu:UTC", std::int64_t{7}) == Value{std::int64_t{7}});
  CHECK(one("d:10,2", std::pair<std::uint64_t, std::uint64_t>{1, 0}) == Value{});  // decimals have no value here
}

TEST_CASE("tables are equal by value, share columns, and have one length", "[io][table]") {
  const auto column = [](const std::string& name, std::vector<std::int64_t> values) {
    ColumnBuilder out{name, "l"};
    for (const std::int64_t value : values) out.append(value);
    return out.finish();
  };
  const Table table{{column("a", {1, 2}), column("b", {3, 4})}};
  CHECK(table == Table{{column("a", {1, 2}), column("b", {3, 4})}});
  CHECK_FALSE(table == Table{{column("a", {1, 2}), column("b", {3, 5})}});
  CHECK_FALSE(table == Table{{column("a", {1, 2}), column("c", {3, 4})}});
  CHECK_FALSE(table == Table{{column("a", {1, 2})}});
  CHECK(table.find("c") == nullptr);
  CHECK(Table{}.rows() == 0);
  CHECK(message_of<InputError>([&] { (void)Table{{column("a", {1, 2}), column("b", {3})}}; }) ==
        "wanted columns of 2 rows, got 1 in column 'b'");
}
