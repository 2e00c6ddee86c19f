#include <map>

#include "scores.hpp"

using namespace assay;
using assay::test::Column;
using assay::test::Words;

namespace {

std::vector<Column> rows() {
  Words a, b, c, d, v;
  for (int i = 0; i < 97; ++i) {
    a.push_back("a" + std::to_string(i * 5 % 4));
    b.push_back("b" + std::to_string(i * i % 3));
    c.push_back("c" + std::to_string(i % 5));
    d.push_back(i % 3 == 0 ? "remove" : "allow");
    v.push_back(i % 7 == 0 ? "remove" : "allow");
  }
  return {{"a", a}, {"b", b}, {"c", c}, {"d", d}, {"v", v}};
}

}  // namespace

TEST_CASE("slices follow from finer cells, sorted, each cell in one slice", "[law][score]") {
  const Tally tally = test::tally_of(test::judged_spec({{"a", "b", "c"}}), rows());
  const auto ranks = assay::detail::ranks_of(tally.dictionaries());
  for (const Grouping& shown : {Grouping{}, Grouping{0}, Grouping{1, 2}, Grouping{0, 1, 2}}) {
    const Slices slices = slices_of(tally, shown, {2}, ranks, {2});
    std::uint64_t total = 0;
    std::size_t cells = 0;
    std::vector<io::Code> before;
    for (std::size_t slice = 0; slice < slices.size(); ++slice) {
      std::vector<io::Code> key;
      for (const std::size_t d : shown) key.push_back(ranks[d][slices.code(slices.cells_of(slice).front(), d)]);
      if (slice > 0) CHECK(before < key);
      before = key;
      for (const std::size_t cell : slices.cells_of(slice)) {
        ++cells;
        for (std::size_t k = 0; k < shown.size(); ++k) CHECK(ranks[shown[k]][slices.code(cell, shown[k])] == key[k]);
        for (const std::uint64_t count : slices.cells.counts(cell)) total += count;
      }
    }
    CHECK(total == 97);
    CHECK(cells == slices.cells.size());
  }
}

TEST_CASE("cells that belong together follow one another", "[law][score]") {
  const Tally tally = test::tally_of(test::judged_spec({{"a", "b", "c"}}), rows());
  const auto ranks = assay::detail::ranks_of(tally.dictionaries());
  // Hidden are b and c; those of one c stay together although b comes first among the columns.
  const Slices slices = slices_of(tally, {0}, {1, 2}, ranks, {2});
  for (std::size_t slice = 0; slice < slices.size(); ++slice) {
    std::map<io::Code, int> runs;
    io::Code last = io::no_code;
    for (const std::size_t cell : slices.cells_of(slice)) {
      if (slices.code(cell, 2) != last) ++runs[slices.code(cell, 2)];
      last = slices.code(cell, 2);
    }
    for (const auto& [code, count] : runs) CHECK(count == 1);
  }
}

TEST_CASE("a grouping that was not tallied is refused", "[score]") {
  const Tally tally = test::tally_of(test::judged_spec({{"a"}, {"b"}}), rows());
  const auto ranks = assay::detail::ranks_of(tally.dictionaries());
  CHECK(test::contains(test::message_of<InputError>([&] { (void)slices_of(tally, {0, 1}, {}, ranks, {}); }),
                       "a grouping that was tallied"));
}
