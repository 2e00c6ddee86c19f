#include <map>

#include <assay/core/random.hpp>
#include <assay/tally/dense_block.hpp>
#include <assay_test.hpp>

using namespace assay;
using io::Code;

TEST_CASE("a block tells each grouping it serves what a map would, emptied once or often", "[law][tally][block]") {
  Random random{81};
  for (int trial = 0; trial < 30; ++trial) {
    const bool weighted = random.below(2) == 0;
    const std::size_t dimensions = random.below(5);
    Grouping whole;
    for (std::size_t d = 0; d < dimensions; ++d) whole.push_back(d);
    std::vector<Grouping> groupings{{}, whole};
    Grouping some;
    for (const std::size_t d : whole)
      if (random.below(2) == 0) some.push_back(d);
    groupings.push_back(some);
    std::vector<Cells> cells;
    for (const Grouping& grouping : groupings) cells.emplace_back(grouping.size(), 3, weighted);
    std::vector<std::map<std::vector<Code>, std::uint64_t>> rows_of(3);
    std::vector<std::map<std::vector<Code>, WeightSum>> weight_of(3);

    RowChunk chunk{dimensions, 3, weighted};
    std::vector<DenseBlock> block;
    for (int round = 0; round < 4; ++round) {
      const std::size_t count = 1 + random.below(1500);
      std::vector<std::vector<Code>> codes(dimensions);
      std::vector<std::uint8_t> outcomes;
      std::vector<double> weights;
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t d = 0; d < dimensions; ++d) codes[d].push_back(static_cast<Code>(random.below(d + 2)));
        outcomes.push_back(static_cast<std::uint8_t>(random.below(3)));
        weights.push_back(1.0 + random.uniform());
        for (std::size_t g = 0; g < 3; ++g) {
          std::vector<Code> own;
          for (const std::size_t d : groupings[g]) own.push_back(codes[d].back());
          if (outcomes.back() != 2) continue;
          ++rows_of[g][own];
          weight_of[g][own].add(weights.back());
        }
      }
      std::vector<const Code*> at;
      std::vector<Code> bounds;
      for (std::size_t d = 0; d < dimensions; ++d) {
        at.push_back(codes[d].data());
        bounds.push_back(static_cast<Code>(d + 2));
      }
      chunk.clear();
      REQUIRE(chunk.append({at, bounds, outcomes.data(), weighted ? weights.data() : nullptr, count}, 0) == count);
      if (block.empty()) {
        std::vector<std::uint64_t> sizes(bounds.begin(), bounds.end());
        block.emplace_back(whole, sizes, chunk, weighted, std::vector<std::size_t>{0, 1, 2});
      }
      block.front().count(chunk);
      if (random.below(2) == 0) block.front().empty(chunk, groupings, cells, count);
    }
    block.front().empty(chunk, groupings, cells, 6000);
    block.front().empty(chunk, groupings, cells, 0);  // nothing is left to move
    for (std::size_t g = 0; g < 3; ++g)
      for (const auto& [own, rows] : rows_of[g]) {
        const std::size_t cell = cells[g].cell(own);
        REQUIRE(cells[g].counts(cell)[2] == rows);
        if (weighted) REQUIRE(cells[g].weights(cell, 2) == weight_of[g][own]);
      }
  }
}

TEST_CASE("a cell takes four bytes a class, or thirty-two with weights", "[tally][block]") {
  CHECK(DenseBlock::bytes_per_cell(6, false) == 24);
  CHECK(DenseBlock::bytes_per_cell(2, true) == 64);
}
