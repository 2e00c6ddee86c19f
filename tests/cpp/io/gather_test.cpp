#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include <assay/io/gather.hpp>
#include <assay_test.hpp>
#include <sampling/frames.hpp>

using namespace assay;
using assay::test::Categories;
using assay::test::contains;
using assay::test::message_of;
using assay::test::TableOf;
using assay::test::words;
using Words = std::vector<std::string>;

namespace {

io::Table fetched(io::Stream stream, const std::vector<std::int64_t>& rows) {
  const std::vector<io::Batch> batches = io::keep_all(stream);
  std::vector<std::shared_ptr<const io::ColumnData>> out;
  for (std::size_t i = 0; i < stream.fields().size(); ++i)
    out.push_back(io::gather(batches, stream.fields()[i], i, rows));
  return io::Table{out};
}

template <class Number>
std::shared_ptr<const io::ColumnData> raw(const std::string& name, const std::string& format,
                                          const std::vector<Number>& values) {
  io::ColumnBuilder column{name, format};
  for (const Number& value : values) column.append_raw(&value, sizeof value);
  column.append_null();
  return column.finish();
}

}  // namespace

TEST_CASE("rows are fetched with their types, in any order, from any batches", "[io]") {
  struct Sixteen {
    std::uint64_t low, high;
  };
  TableOf table;
  table.texts("text", {"a", nullptr, "", "ü;x", "e"})
      .numbers("number", {1, -2, 3, 4, std::int64_t{1} << 62})
      .truths("truth", {true, false, false, true, true})
      .column(raw<std::int8_t>("small", "c", {1, -1, 2, -2}))
      .column(raw<std::uint16_t>("half", "e", {0x3C00, 1, 2, 3}))
      .column(raw<float>("real", "f", {0.5F, 1.5F, 2.5F, 3.5F}))
      .column(raw<Sixteen>("decimal", "d:38,2", {{1, 0}, {2, 0}, {3, 0}, {4, 0}}))
      .column(raw<std::int64_t>("when", "tsn:Europe/Berlin", {10, 11, 12, 13}))
      .numbers("day", {1, 2, 3, 4, 5}, "tdD");
  const std::vector<std::int64_t> rows{4, 0, 3, 3, 1};
  const io::Table whole = fetched(table.stream(), rows);
  CHECK(words(whole, "text") == Words{"e", "a", "ü;x", "ü;x", "(null)"});
  CHECK(words(whole, "number") == Words{"4611686018427387904", "1", "4", "4", "-2"});
  CHECK(words(whole, "truth") == Words{"true", "true", "true", "true", "false"});
  CHECK(words(whole, "small") == Words{"(null)", "1", "-2", "-2", "-1"});
  CHECK(words(whole, "real") == Words{"(null)", "0.5", "3.5", "3.5", "1.5"});
  CHECK(whole.find("half")->at<std::uint16_t>(1) == 0x3C00);
  CHECK(whole.find("decimal")->format == "d:38,2");
  CHECK(whole.find("decimal")->at<Sixteen>(2).low == 4);
  CHECK(whole.find("decimal")->is_null(0));
  CHECK(whole.find("when")->format == "tsn:Europe/Berlin");
  CHECK(words(whole, "when") == Words{"(null)", "10", "13", "13", "11"});
  CHECK(words(whole, "day") == Words{"5", "1", "4", "4", "2"});
  for (const std::int64_t size : {1, 2, 3}) CHECK(fetched(table.stream(size), rows) == whole);
}

TEST_CASE("dictionaries come out as their values", "[io]") {
  const Categories colours{"colour", {1, 0, 2, 1}, {"red", "blue", nullptr}};
  const io::Table got = fetched(colours.stream(), {3, 2, 1});
  CHECK(got.find("colour")->format == "u");
  CHECK(words(got, "colour") == Words{"blue", "(null)", "red"});
  const Categories broken{"colour", {5}, {"red"}};
  CHECK(message_of<InputError>([&] { (void)fetched(broken.stream(), {0}); }) ==
        "wanted dictionary keys below 1, got 5 in column 'colour', row 0 (counting from 0)");
}

TEST_CASE("what cannot be fetched is refused", "[io]") {
  const io::Field times{"clock", io::detail::plain_type("ttm")};
  CHECK_FALSE(io::can_gather(times.type));
  CHECK(message_of<InputError>([&] { (void)io::gather({}, times, 0, {}); }) ==
        "wanted a column of numbers, text, true/false, dates or times, got values of Arrow format 'ttm' in column "
        "'clock'; cast the column to text");
  CHECK(message_of<InputError>([] { (void)fetched(TableOf{}.numbers("a", {1, 2}).stream(), {2}); }) ==
        "wanted a row below 2, got 2");
  CHECK(message_of<InputError>([] { (void)fetched(TableOf{}.numbers("a", {1, 2}).stream(), {-1}); }) ==
        "wanted a row below 2, got -1");
}

TEST_CASE("a column of nothing but nulls comes out as null texts", "[io]") {
  const io::Field field{"nothing", io::detail::plain_type("n")};
  CHECK(io::can_gather(field.type));
  CHECK(io::gather({}, field, 0, {})->format == "u");
}

TEST_CASE("shared-out tasks are each done once, and the first failure is the one told", "[io]") {
  for (const std::size_t workers : {1U, 2U, 5U}) {
    std::vector<std::atomic<int>> done(1000);
    io::share_out(done.size(), workers, [&](std::size_t worker, std::size_t task) {
      REQUIRE(worker < workers);
      ++done[task];
    });
    bool once = true;
    for (const auto& times : done) once = once && times == 1;
    CHECK(once);
    CHECK(message_of<InputError>([&] {
            io::share_out(1000, workers, [](std::size_t, std::size_t task) {
              if (task >= 40) throw InputError("task " + std::to_string(task));
            });
          }) == "task 40");
  }
  io::share_out(0, 3, [](std::size_t, std::size_t) { FAIL("there is nothing to do"); });
}
