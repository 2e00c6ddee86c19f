#include <assay_test.hpp>

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <assay/survey/columns.hpp>
#include <sampling/frames.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;
using assay::test::TableOf;
using survey::Code;
using survey::HeldTable;

namespace {

HeldTable held(const TableOf& table, std::int64_t batch = 0) {
  io::Stream stream = table.stream(batch);
  return HeldTable::read(stream);
}

}  // namespace

TEST_CASE("codes are in the order of values, whatever the kind, the batches and the threads", "[law][survey]") {
  const TableOf table =
      TableOf{}
          .texts("text", {"b", "a", "c", "a"})
          .numbers("near", {7, 5, 9, 5})
          .numbers("far", {0, -(std::int64_t{1} << 60), std::int64_t{1} << 60, -(std::int64_t{1} << 60)})
          .truths("truth", {true, false, true, false});
  for (const std::int64_t batch : {0, 1, 3})
    for (const unsigned threads : {1U, 4U}) {
      const HeldTable rows = held(table, batch);
      for (const char* name : {"text", "near", "far"})
        CHECK(survey::code_column(rows, name, {}, threads).codes == std::vector<Code>{1, 0, 2, 0});
      CHECK(survey::code_column(rows, "truth", {}, threads).codes == std::vector<Code>{1, 0, 1, 0});
      CHECK(survey::code_column(rows, "near", {}, threads).words(2) == "9");
      CHECK(survey::code_column(rows, "near", std::string{"(none)"}, threads).words(2) == "9");
    }
}

TEST_CASE("nulls get their name or are refused with the mend", "[survey]") {
  const HeldTable rows = held(TableOf{}.texts("kind", {"b", nullptr}).reals("real", {1.5, 2.5}));
  const auto named = survey::code_column(rows, "kind", std::string{"(none)"}, 1);
  CHECK(named.words(named.codes[1]) == "(none)");
  CHECK(contains(message_of<InputError>([&] { (void)survey::code_column(rows, "kind", {}, 1); }),
                 "null in column 'kind', row 1 (counting from 0); fill it, or name nulls with missing="));
  CHECK(contains(message_of<InputError>([&] { (void)survey::code_column(rows, "real", {}, 1); }), "got real numbers"));
  CHECK(contains(message_of<InputError>([&] { (void)survey::code_column(rows, "none", {}, 1); }), "none"));
}

TEST_CASE("numbers are finite, or missing when that is asked for", "[survey]") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const HeldTable rows = held(TableOf{}
                                  .reals("hole", {1.0, nan, 3.0})
                                  .reals("endless", {1.0, std::numeric_limits<double>::infinity(), 3.0})
                                  .numbers("whole", {1, 2, 3})
                                  .texts("some", {"1", nullptr, "3"}),
                              2);
  CHECK(survey::number_column(rows, "whole", false, "").values == std::vector<double>{1.0, 2.0, 3.0});
  for (const char* name : {"hole", "some"}) {
    const auto dropped = survey::number_column(rows, name, true, "");
    CHECK(dropped.missing == 1);
    CHECK(std::isnan(dropped.values[1]));
    CHECK(dropped.values[2] == 3.0);
    CHECK(contains(message_of<InputError>([&] { (void)survey::number_column(rows, name, false, "mend it"); }),
                   "row 1 (counting from 0); mend it"));
  }
  CHECK(contains(message_of<InputError>([&] { (void)survey::number_column(rows, "endless", true, ""); }),
                 "finite numbers, got inf in column 'endless', row 1"));
}

TEST_CASE("crossing columns keeps only what is met, in order", "[survey]") {
  const HeldTable rows = held(TableOf{}.texts("a", {"y", "x", "y", "x"}).numbers("b", {2, 1, 1, 1}));
  const auto a = survey::code_column(rows, "a", {}, 1), b = survey::code_column(rows, "b", {}, 1);
  const auto crossed = survey::Crossed::of({&a, &b}, 4);
  CHECK(crossed.count == 3);
  CHECK(crossed.of_row == std::vector<Code>{2, 0, 1, 0});
  CHECK(crossed.first_row == std::vector<std::size_t>{1, 2, 0});
  CHECK(survey::Crossed::of({}, 4).count == 1);
  CHECK(survey::Crossed::of({}, 4).of_row.empty());
}
