#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/sampling/cases.hpp>
#include <assay_test.hpp>
#include <sampling/frames.hpp>

using namespace assay;
using assay::test::Categories;
using assay::test::message_of;
using assay::test::TableOf;

namespace {

void check_repeats(io::Stream stream, unsigned threads = 1) {
  const std::vector<io::Batch> batches = io::keep_all(stream);
  refuse_repeated_cases(stream.shared_fields(), batches, 0, threads);
}

bool ascending(const TableOf& table, std::int64_t batch) {
  io::Stream stream = table.stream(batch);
  std::vector<AscendingCases> parts(2);
  std::size_t turn = 0;
  for (const io::Batch& each : io::keep_all(stream)) parts[turn++ % 2].add(each.column(0), 0, each.rows());
  return AscendingCases::all(parts);
}

io::Column column_of(const io::Batch& batch) { return batch.column(0); }

}  // namespace

TEST_CASE("a repeated id is found by its first repetition, on any number of threads", "[sampling]") {
  std::vector<std::int64_t> ids;
  for (std::int64_t i = 0; i < 100'000; ++i)
    ids.push_back(static_cast<std::int64_t>(scramble(static_cast<std::uint64_t>(i))));
  check_repeats(TableOf{}.numbers("id", ids).stream(30'000), 3);
  ids[70'000] = ids[10];
  ids[90'000] = ids[11];
  for (const unsigned threads : {1U, 2U, 4U})
    CHECK(message_of<InputError>([&] { check_repeats(TableOf{}.numbers("id", ids).stream(30'000), threads); }) ==
          "wanted each case once, got " + std::to_string(ids[10]) +
              " again (first at row 10) in column 'id', row 70000 (counting from 0); where one item has several "
              "decisions, name the column of the decision's id");
}

TEST_CASE("repeated texts are found whatever their length", "[sampling]") {
  for (const std::size_t length : {1U, 4U, 7U, 8U, 9U, 16U, 17U, 32U, 33U, 100U}) {
    std::vector<std::string> texts;
    for (int i = 0; i < 90; ++i) texts.push_back(std::string(length - 1, 'x') + static_cast<char>(33 + i));
    std::vector<const char*> ids;
    for (const auto& text : texts) ids.push_back(text.c_str());
    CHECK_NOTHROW(check_repeats(TableOf{}.texts("id", ids).stream()));
    ids.push_back(texts[5].c_str());
    CHECK(test::contains(message_of<InputError>([&] { check_repeats(TableOf{}.texts("id", ids).stream()); }),
                         "again (first at row 5) in column 'id', row 90"));
  }
  CHECK(test::contains(message_of<InputError>([] { check_repeats(Categories{"id", {0, 1, 0}, {"a", "b"}}.stream()); }),
                       "got 'a' again (first at row 0)"));
}

TEST_CASE("hashes of texts spread: none of a million similar ids agree", "[sampling]") {
  std::set<std::uint64_t> hashes;
  for (int i = 0; i < 200'000; ++i) {
    const std::string id = "2026-W47/region/" + std::to_string(i) + "/queue/with/a/long/constant/ending";
    hashes.insert(detail::quick_hash(std::string_view{id}));
  }
  CHECK(hashes.size() == 200'000);
}

TEST_CASE("ascending ids are known as such, across ranges and batches", "[sampling]") {
  CHECK(ascending(TableOf{}.numbers("id", {-5, -1, 0, 3, 9}), 2));
  CHECK_FALSE(ascending(TableOf{}.numbers("id", {-5, -1, -1, 3, 9}), 0));
  CHECK_FALSE(ascending(TableOf{}.numbers("id", {1, 2, 2, 4}), 2));  // equal across a border
  CHECK_FALSE(ascending(TableOf{}.numbers("id", {3, 1, 2}), 0));
  CHECK(ascending(TableOf{}.texts("id", {"a", "ab", "b"}), 1));
  CHECK_FALSE(ascending(TableOf{}.texts("id", {"a", "b", "ab"}), 1));
}

TEST_CASE("ids that are no ids are refused by row", "[sampling]") {
  const auto add = [](io::Stream stream) {
    for (const io::Batch& batch : io::keep_all(stream)) AscendingCases{}.add(batch.column(0), 0, batch.rows());
  };
  CHECK(message_of<InputError>([&] { add(TableOf{}.texts("id", {"a", "b", nullptr}).stream(1)); }) ==
        "wanted a case id, got null in column 'id', row 2 (counting from 0); drop the row, or give it an id");
  CHECK(message_of<InputError>([&] { add(TableOf{}.texts("id", {"a", ""}).stream()); }) ==
        "wanted a case id, got empty text in column 'id', row 1 (counting from 0); drop the row, or give it an id");
  CHECK(message_of<InputError>([&] { add(Categories{"id", {0, 1}, {"a", nullptr}}.stream()); }) ==
        "wanted a case id, got null in column 'id', row 1 (counting from 0); drop the row, or give it an id");
  CHECK(message_of<InputError>([&] { add(Categories{"id", {0, -1}, {"a"}}.stream()); }) ==
        "wanted dictionary keys below 1, got -1 in column 'id', row 1 (counting from 0)");
  CHECK(message_of<InputError>([] { require_case_ids({"id", io::detail::plain_type("g")}); }) ==
        "wanted case ids that are text or whole numbers, got real numbers in column 'id'; cast them to whole numbers "
        "(nulls among them may have made them real)");
  CHECK(message_of<InputError>([] { require_case_ids({"id", io::detail::plain_type("tdD")}); }) ==
        "wanted case ids that are text or whole numbers, got dates in column 'id'; cast the column to text");
  CHECK_NOTHROW(require_case_ids({"id", io::detail::plain_type("vu")}));
}

TEST_CASE("whole numbers and their texts, plain or behind keys, have the same random numbers", "[sampling]") {
  const DrawKey key{"secret", "2026-W47"};
  const auto numbers = [&](io::Stream stream) {
    std::vector<std::uint64_t> out(3);
    number_cases(column_of(io::keep_all(stream).front()), key, 0, 3, out.data());
    return out;
  };
  const auto expected = numbers(TableOf{}.texts("id", {"7", "-42", "1234567890123"}).stream());
  CHECK(expected[0] == permanent_random_number(key, "7"));
  CHECK(numbers(TableOf{}.numbers("id", {7, -42, 1234567890123}).stream()) == expected);
  CHECK(numbers(Categories{"id", {2, 0, 1}, {"-42", "1234567890123", "7"}}.stream()) == expected);
}

TEST_CASE("an id reads as text", "[sampling]") {
  io::Stream stream = TableOf{}.numbers("id", {7, -42, 9}).stream(2);
  const auto batches = io::keep_all(stream);
  CHECK(case_id_text(batches, 0, 1) == "-42");
  CHECK(case_id_text(batches, 0, 2) == "9");
}
