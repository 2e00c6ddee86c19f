#include <cmath>
#include <map>

#include <assay/core/random.hpp>
#include <assay/tally/accumulator.hpp>
#include <assay_test.hpp>

using namespace assay;
using io::Code;

namespace {

constexpr std::size_t block = 512;

/// Feeds columns of codes block by block.
void feed(Accumulator& accumulator, const std::vector<std::vector<Code>>& columns,
          const std::vector<std::uint8_t>& outcomes, const std::vector<double>& weights) {
  std::vector<Code> bounds;
  for (const auto& column : columns) bounds.push_back(*std::max_element(column.begin(), column.end()) + 1);
  for (std::size_t from = 0; from < outcomes.size(); from += block) {
    std::vector<const Code*> codes;
    for (const auto& column : columns) codes.push_back(column.data() + from);
    accumulator.add({codes, bounds, outcomes.data() + from, weights.empty() ? nullptr : weights.data() + from,
                     std::min(block, outcomes.size() - from)});
  }
}

using Counted = std::map<std::vector<Code>, std::vector<std::uint64_t>>;

Counted counted(const Cells& cells) {
  Counted out;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    const auto codes = cells.codes(cell);
    const auto counts = cells.counts(cell);
    out[{codes.begin(), codes.end()}] = {counts.begin(), counts.end()};
  }
  return out;
}

}  // namespace

TEST_CASE("blocks of any shape count what a map counts while codes grow", "[law][tally][accumulator]") {
  Random random{41};
  for (int trial = 0; trial < 12; ++trial) {
    const std::size_t dimensions = 1 + random.below(5);
    const std::size_t rows = 1 + random.below(6000);
    std::vector<std::vector<Code>> columns(dimensions);
    for (auto& column : columns) {
      const std::uint64_t size = 1 + random.below(random.below(3) == 0 ? 4000 : 12);
      // Small codes first: the blocks are laid out anew as larger ones come.
      for (std::size_t i = 0; i < rows; ++i)
        column.push_back(static_cast<Code>(random.below(1 + size * (i + 1) / rows)));
    }
    std::vector<std::uint8_t> outcomes;
    std::vector<double> weights;
    for (std::size_t i = 0; i < rows; ++i) {
      outcomes.push_back(static_cast<std::uint8_t>(random.below(6)));
      weights.push_back(std::ldexp(1.0, static_cast<int>(random.below(56)) - 20));
    }
    std::vector<Grouping> groupings;
    for (int g = 0; g < 5; ++g) {
      Grouping grouping;
      for (std::size_t d = 0; d < dimensions; ++d)
        if (random.below(2) == 0) grouping.push_back(d);
      groupings.push_back(grouping);
    }
    for (const bool weighted : {false, true}) {
      Accumulator accumulator{groupings, dimensions, 8, 6, weighted};
      feed(accumulator, columns, outcomes, weighted ? weights : std::vector<double>{});
      const auto& cells = accumulator.finish();
      for (std::size_t g = 0; g < groupings.size(); ++g) {
        Counted known;
        std::map<std::vector<Code>, WeightSum> sums;
        for (std::size_t i = 0; i < rows; ++i) {
          std::vector<Code> key;
          for (const std::size_t d : groupings[g]) key.push_back(columns[d][i]);
          auto& counts = known[key];
          counts.resize(8);
          ++counts[outcomes[i]];
          if (outcomes[i] == 3) sums[key].add(weights[i]);
        }
        REQUIRE(counted(cells[g]) == known);
        for (std::size_t cell = 0; weighted && cell < cells[g].size(); ++cell) {
          const auto codes = cells[g].codes(cell);
          REQUIRE(cells[g].weights(cell, 3) == sums[{codes.begin(), codes.end()}]);
        }
      }
    }
  }
}

TEST_CASE("five million of the largest weights of each level overflow nothing", "[law][tally][accumulator]") {
  // A weighted cell has room for 2^22 - 1 rows and must be emptied in time; all rows fall into one cell.
  constexpr std::uint64_t rows = 5'000'000;
  for (const int level : {least_level, 0, least_level + level_count - 1}) {
    const double weight = std::nextafter(std::ldexp(1.0, 8 * level + 4), 0.0);
    const std::vector<Code> codes(block, 0);
    const std::vector<std::uint8_t> outcomes(block, 1);
    const std::vector<double> weights(block, weight);
    const Code* column = codes.data();
    const Code bound = 1;
    Accumulator accumulator{{{0}}, 1, 4, 2, true};
    for (std::uint64_t done = 0; done < rows; done += block)
      accumulator.add({{&column, 1},
                       {&bound, 1},
                       outcomes.data(),
                       weights.data(),
                       static_cast<std::size_t>(std::min<std::uint64_t>(block, rows - done))});
    const Cells& cells = accumulator.finish()[0];
    REQUIRE(cells.size() == 1);
    CHECK(cells.counts(0)[1] == rows);
    const ScaledWeight whole = scaled(weight);
    WeightSum sum;
    sum.add_scaled(static_cast<Uint128>(whole.size) * rows, size_exponent(whole.level), false);
    WeightSum square;
    square.add_scaled(static_cast<Uint128>(whole.square) * rows, square_exponent(whole.level), false);
    CHECK(cells.weights(0, 1) == sum);
    CHECK(cells.squares(0, 1) == square);
    CHECK(cells.weights(0, 1).value() == Approx(weight * static_cast<double>(rows)).epsilon(1e-15));
  }
}

TEST_CASE("nothing counted is nothing", "[tally][accumulator]") {
  Accumulator accumulator{{{0}, {}}, 1, 4, 2, false};
  for (const Cells& cells : accumulator.finish()) CHECK(cells.size() == 0);
}

TEST_CASE("counting goes on after it was finished", "[tally][accumulator]") {
  Accumulator accumulator{{{0}}, 1, 4, 2, false};
  feed(accumulator, {{1, 1}}, {0, 1}, {});
  (void)accumulator.finish();
  feed(accumulator, {{1, 9}}, {0, 0}, {});
  const Counted known{{{1}, {2, 1, 0, 0}}, {{9}, {1, 0, 0, 0}}};
  CHECK(counted(accumulator.finish()[0]) == known);
}
