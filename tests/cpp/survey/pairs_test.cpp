#include <assay_test.hpp>

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/survey/pairs.hpp>

using namespace assay;
using survey::Code;
using survey::no_code;

TEST_CASE("cells tell pairs apart, few or many", "[law][survey]") {
  // 70 * 90 possible pairs fit; 7000 * 9000 do not, and only those met are kept.
  for (const std::size_t factor : {std::size_t{1}, std::size_t{100}}) {
    Random random{7};
    std::vector<Code> first, second;
    for (int i = 0; i < 5000; ++i) {
      first.push_back(random.below(9) == 0 ? no_code : static_cast<Code>(random.below(70 * factor)));
      second.push_back(random.below(9) == 0 ? no_code : static_cast<Code>(random.below(90 * factor)));
    }
    const auto cells = survey::pair_cells(
        first.size(), [&](std::size_t i) { return first[i]; }, 70 * factor, [&](std::size_t i) { return second[i]; },
        90 * factor);
    CHECK(cells.keys.empty() == (factor == 1));
    std::map<std::pair<Code, Code>, Code> seen;
    for (std::size_t i = 0; i < first.size(); ++i) {
      const Code cell = cells.cell_of_item[i];
      if (first[i] == no_code || second[i] == no_code) {
        CHECK(cell == no_code);
        continue;
      }
      REQUIRE(cell < cells.cells);
      CHECK(cells.first(cell) == first[i]);
      CHECK(cells.second(cell) == second[i]);
      const auto [at, fresh] = seen.emplace(std::pair{first[i], second[i]}, cell);
      CHECK(at->second == cell);
    }
    // Cells are in the order of their pairs.
    Code before = 0;
    for (const auto& [pair, cell] : seen) {
      CHECK(cell >= before);
      before = cell;
    }
  }
}

TEST_CASE("gaps between codes close in order", "[survey]") {
  std::vector<Code> codes{7, 2, no_code, 7, 4};
  CHECK(survey::close_gaps(codes, 9) == 3);
  CHECK(codes == std::vector<Code>{2, 0, no_code, 2, 1});
  CHECK(survey::close_gaps(codes, 3) == 3);
  std::vector<Code> none;
  CHECK(survey::close_gaps(none, 5) == 0);
}
