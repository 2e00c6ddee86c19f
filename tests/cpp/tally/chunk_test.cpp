#include <assay/core/random.hpp>
#include <assay/tally/chunk.hpp>
#include <assay_test.hpp>

using namespace assay;
using io::Code;

TEST_CASE("a chunk holds the rows it was given, in parts of any size, until it is full", "[law][tally][chunk]") {
  Random random{71};
  for (const bool weighted : {false, true}) {
    RowChunk chunk{2, 3, weighted};
    std::array<std::vector<Code>, 2> codes;
    std::vector<std::uint8_t> outcomes;
    std::vector<double> weights;
    while (!chunk.full()) {
      const std::size_t count = 1 + random.below(3000);
      const std::size_t before = outcomes.size();
      for (std::size_t i = 0; i < count; ++i) {
        codes[0].push_back(static_cast<Code>(random.below(1 + outcomes.size())));
        codes[1].push_back(static_cast<Code>(random.below(4)));
        outcomes.push_back(static_cast<std::uint8_t>(random.below(3)));
        weights.push_back(std::ldexp(1.0 + static_cast<double>(random.below(1000)) / 1000.0,
                                     static_cast<int>(random.below(50)) - 20));
      }
      const std::array<const Code*, 2> at{codes[0].data() + before, codes[1].data() + before};
      const std::array<Code, 2> bounds{static_cast<Code>(outcomes.size()), 4};
      const EncodedRows rows{at, bounds, outcomes.data() + before, weighted ? weights.data() + before : nullptr, count};
      const std::size_t room = RowChunk::most_rows - chunk.size();
      REQUIRE(chunk.append(rows, 0) == std::min(count, room));
    }
    REQUIRE(chunk.size() == RowChunk::most_rows);
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      REQUIRE(chunk.codes(0)[i] == codes[0][i]);
      REQUIRE(chunk.codes(1)[i] == codes[1][i]);
      REQUIRE(chunk.codes(0)[i] < chunk.sizes()[0]);
      REQUIRE(chunk.classes()[i] % chunk.outcomes() == outcomes[i]);
      REQUIRE(chunk.classes()[i] < chunk.classes_used());
      if (!weighted) continue;
      const ScaledWeight whole = scaled(weights[i]);
      REQUIRE(chunk.weights()[i].size == whole.size);
      REQUIRE(chunk.weights()[i].square == whole.square);
      REQUIRE(chunk.levels()[chunk.classes()[i] / chunk.outcomes()] == whole.level);
    }
    CHECK(chunk.sizes()[1] == 4);
    CHECK(chunk.levels().size() == (weighted ? 7 : 0));
    chunk.clear();
    CHECK(chunk.size() == 0);
    CHECK_FALSE(chunk.full());
  }
}

TEST_CASE("rows are taken from where one says, and only levels that occur make classes", "[tally][chunk]") {
  RowChunk chunk{1, 2, true};
  CHECK(chunk.classes_used() == 0);
  const std::array<Code, 3> codes{9, 1, 2};
  const std::array<const Code*, 1> at{codes.data()};
  const std::array<Code, 1> bounds{10};
  const std::array<std::uint8_t, 3> outcomes{0, 1, 0};
  const std::array<double, 3> weights{1e6, 1.0, 2.0};
  CHECK(chunk.append({at, bounds, outcomes.data(), weights.data(), 3}, 1) == 2);
  CHECK(chunk.size() == 2);
  CHECK(chunk.codes(0)[0] == 1);
  CHECK(chunk.sizes()[0] == 3);
  CHECK(chunk.classes_used() == 2);
  CHECK(chunk.append({at, bounds, outcomes.data(), weights.data(), 1}, 0) == 1);
  CHECK(chunk.sizes()[0] >= 10);
  CHECK(chunk.classes_used() == 4);
  CHECK(chunk.classes()[2] == 2);
}
