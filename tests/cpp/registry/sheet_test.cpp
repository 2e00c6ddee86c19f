#include <assay_test.hpp>

#include <array>
#include <limits>

#include <assay/registry/sheet.hpp>
#include <tables.hpp>

using namespace assay::registry;
using assay::test::contains;
using assay::test::message_of;
using namespace std::chrono_literals;
namespace test = assay::test;

namespace {

Sheet read(const test::Batches& batches) {
  ArrowArrayStream stream{};
  batches.stream_into(&stream);
  return read_sheet(&stream);
}
Sheet read(test::Array array, std::size_t rows) { return read(test::one_column(std::move(array), rows)); }
Value text(const char* letters) { return std::string{letters}; }

/// A table of one column `x` of lists, laid out by hand; its memory is static.
template <class Offset>
struct Lists {
  std::vector<Offset> offsets;
  std::string letters;
  std::vector<std::int32_t> ends;
  std::int64_t items;
  std::int64_t rows;
  const char* format{sizeof(Offset) == 4 ? "+l" : "+L"};
  const char* item_format{"u"};
  std::uint8_t validity{0xFF};

  std::array<const void*, 3> item_buffers{};
  std::array<const void*, 2> list_buffers{};
  std::array<const void*, 1> table_buffers{};
  ArrowArray item{};
  ArrowArray list{};
  ArrowArray* items_of{&item};
  ArrowArray* lists_of{&list};
  ArrowSchema item_schema{};
  ArrowSchema list_schema{};
  ArrowSchema* item_schema_of{&item_schema};
  ArrowSchema* list_schema_of{&list_schema};
  bool given{false};

  Sheet sheet() {
    item_buffers = {nullptr, ends.data(), letters.data()};
    list_buffers = {&validity, offsets.data()};
    item = {items, 0, 0, 3, 0, item_buffers.data(), nullptr, nullptr, nullptr, nullptr};
    list = {rows, -1, 0, 2, 1, list_buffers.data(), &items_of, nullptr, nullptr, nullptr};
    item_schema = {item_format, "item", nullptr, 0, 0, nullptr, nullptr, nullptr, nullptr};
    list_schema = {format, "x", nullptr, 0, 1, &item_schema_of, nullptr, nullptr, nullptr};
    ArrowArrayStream stream{};
    stream.private_data = this;
    stream.get_schema = [](ArrowArrayStream* self, ArrowSchema* out) {
      *out = {"+s",    "",      nullptr, 0, 1, &static_cast<Lists*>(self->private_data)->list_schema_of,
              nullptr, nullptr, nullptr};
      out->release = [](ArrowSchema* each) { each->release = nullptr; };
      return 0;
    };
    stream.get_next = [](ArrowArrayStream* self, ArrowArray* out) {
      auto* own = static_cast<Lists*>(self->private_data);
      *out = {};
      if (own->given) return 0;
      own->given = true;
      *out = {own->rows, 0, 0, 1, 1, own->table_buffers.data(), &own->lists_of, nullptr, nullptr, nullptr};
      out->release = [](ArrowArray* each) { each->release = nullptr; };
      return 0;
    };
    stream.release = [](ArrowArrayStream* self) { self->release = nullptr; };
    return read_sheet(&stream);
  }
};

}  // namespace

TEST_CASE("every layout of text is read, nulls and categories included", "[registry][sheet]") {
  assay::Random random{7};
  const test::Texts values{"a", std::nullopt, "a text longer than twelve bytes", ""};
  for (unsigned kind = 0; kind < 7; ++kind) {
    const Sheet sheet = read(test::texts_of_kind(kind, values, {}, random), values.size());
    const std::vector<Value>& got = sheet.at("x");
    REQUIRE(got.size() == 4);
    CHECK(got[0] == text("a"));
    CHECK(got[1] == Value{});
    CHECK(got[2] == text("a text longer than twelve bytes"));
    CHECK(got[3] == text(""));
  }
}

TEST_CASE("numbers, flags, dates and times are read as what they are", "[registry][sheet]") {
  CHECK(read(test::integers("C", {200, std::nullopt}), 2).at("x") == std::vector<Value>{std::int64_t{200}, {}});
  CHECK(read(test::integers("L", {-1}), 1).at("x")[0] == Value{0x1p64});
  CHECK(read(test::numbers<double>("g", test::Reals{0.5, std::numeric_limits<double>::quiet_NaN()}), 2).at("x") ==
        std::vector<Value>{0.5, {}});
  CHECK(read(test::numbers<float>("f", test::Reals{0.5}), 1).at("x")[0] == Value{0.5});
  CHECK(read(test::decimals({1234}, 2, 128), 1).at("x")[0] == Value{12.34});
  CHECK(read(test::decimals({1234}, 0, 128), 1).at("x")[0] == Value{std::int64_t{1234}});
  CHECK(read(test::bools({true, false, std::nullopt}), 3).at("x") == std::vector<Value>{true, false, {}});
  CHECK(read(test::numbers<std::int32_t>("tdD", test::Integers{-1}), 1).at("x")[0] == Value{Day{1969y / 12 / 31}});
  CHECK(read(test::numbers<std::int64_t>("tdm", test::Integers{-1}), 1).at("x")[0] == Value{Day{1969y / 12 / 31}});
  CHECK(read(test::numbers<std::int64_t>("tss:UTC", test::Integers{60}), 1).at("x")[0] ==
        Value{assay::time_from_micros(60'000'000)});
  CHECK(read(test::nothing(2), 2).at("x") == std::vector<Value>{{}, {}});
}

TEST_CASE("lists of text are sets, of any width of offsets", "[registry][sheet]") {
  Lists<std::int32_t> lists{{0, 2, 2, 4}, "LISMNLABAB", {0, 3, 6, 8, 10}, 4, 3};
  CHECK(lists.sheet().at("x") == std::vector<Value>{Texts{"LIS", "MNL"}, {}, Texts{"AB"}});
  Lists<std::int64_t> wide{{0, 1, 3, 3}, "MNLLISAB", {0, 3, 6, 8}, 3, 3};
  wide.validity = 0b101;
  CHECK(wide.sheet().at("x") == std::vector<Value>{Texts{"MNL"}, {}, {}});
}

TEST_CASE("lists that do not make sense are refused, lists of numbers are unreadable", "[registry][sheet]") {
  const auto lists = [](std::vector<std::int32_t> offsets) {
    return Lists<std::int32_t>{std::move(offsets), "AB", {0, 1, 2}, 2, 1}.sheet();
  };
  CHECK_NOTHROW(lists({0, 2}));
  CHECK_THROWS_AS(lists({0, 3}), assay::InputError);
  CHECK_THROWS_AS(lists({-1, 1}), assay::InputError);
  CHECK_THROWS_AS(lists({2, 1}), assay::InputError);
  Lists<std::int32_t> numbers{{0, 1}, "AB", {0, 1}, 1, 1};
  numbers.item_format = "l";
  CHECK(numbers.sheet().columns()[0].unreadable == "lists of whole numbers");
}

TEST_CASE("columns that a register cannot hold are refused only when they are asked for", "[registry][sheet]") {
  const Sheet sheet = read(test::Batches{{"a", "b", "c"}}.add(
      {test::integers("l", {1}), test::numbers<std::int64_t>("tsu:", test::Integers{1}),
       test::numbers<std::int64_t>("tDu", test::Integers{1})},
      1));
  CHECK(sheet.rows() == 1);
  CHECK(sheet.at("a").size() == 1);
  CHECK(contains(message_of<assay::InputError>([&] { (void)sheet.at("b"); }),
                 "got timestamps without a zone in column 'b'"));
  CHECK(contains(message_of<assay::InputError>([&] { (void)sheet.at("c"); }), "got durations"));
  CHECK(contains(message_of<assay::InputError>([&] { (void)sheet.at("d"); }),
                 "a column named 'd', got a table with the columns 'a'"));
  CHECK(contains(message_of<assay::InputError>([&] { (void)Sheet{}.at("d"); }), "a table without columns"));
  CHECK(sheet.find("d") == nullptr);
}

TEST_CASE("a sheet has columns of one length under names of their own", "[registry][sheet]") {
  CHECK_THROWS_AS((Sheet{{{"a", {1.0}}, {"b", {}}}}), assay::InputError);
  CHECK_THROWS_AS((Sheet{{{"a", {1.0}}, {"a", {1.0}}}}), assay::InputError);
  CHECK(Sheet{}.rows() == 0);
}

TEST_CASE("a stream that was read, and dates out of all range, are refused", "[registry][sheet]") {
  ArrowArrayStream gone{};
  CHECK_THROWS_AS(read_sheet(&gone), assay::InputError);
  CHECK_THROWS_AS(read_sheet(nullptr), assay::InputError);
  CHECK_THROWS_AS(read(test::numbers<std::int64_t>("tdm", test::Integers{INT64_MAX}), 1), assay::InputError);
  CHECK_THROWS_AS(read(test::dictionary("c", {5}, test::texts("u", {"a"})), 1), assay::InputError);
}
