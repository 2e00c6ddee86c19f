#include <limits>
#include <set>

#include <assay/core/random.hpp>
#include <assay/tally/lattice.hpp>
#include <assay_test.hpp>

using namespace assay;

namespace {

bool any_holds(const std::vector<Grouping>& blocks, const Grouping& wanted) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const Grouping& block) { return within(wanted, block); });
}

std::vector<Grouping> random_groupings(Random& random, std::size_t dimensions) {
  std::vector<Grouping> out;
  for (std::uint64_t i = random.below(12); i > 0; --i) {
    Grouping grouping;
    for (std::size_t d = 0; d < dimensions; ++d)
      if (random.below(3) == 0) grouping.push_back(d);
    out.push_back(grouping);
  }
  return out;
}

}  // namespace

TEST_CASE("maximal groupings answer all and lie in no other", "[law][tally][lattice]") {
  Random random{5};
  for (int trial = 0; trial < 500; ++trial) {
    const auto wanted = random_groupings(random, 6);
    const auto kept = maximal(wanted);
    for (const Grouping& grouping : wanted) REQUIRE(any_holds(kept, grouping));
    for (std::size_t i = 0; i < kept.size(); ++i)
      for (std::size_t j = 0; j < kept.size(); ++j) REQUIRE((i == j || !within(kept[i], kept[j])));
  }
  CHECK(maximal({}).empty());
  CHECK(maximal({{}}) == std::vector<Grouping>{{}});
  CHECK(maximal({{}, {2, 0}, {0, 2}, {2}}) == std::vector<Grouping>{{0, 2}});
}

TEST_CASE("blocks cover every wanted grouping, and none is larger than allowed but those that were",
          "[law][tally][lattice]") {
  Random random{6};
  for (int trial = 0; trial < 500; ++trial) {
    const std::size_t dimensions = 1 + random.below(8);
    std::vector<std::uint64_t> sizes;
    for (std::size_t d = 0; d < dimensions; ++d) sizes.push_back(1 + random.below(random.below(4) == 0 ? 100'000 : 50));
    const auto wanted = random_groupings(random, dimensions);
    const std::uint64_t cell_bytes = random.below(2) == 0 ? 8 : 192;
    const std::uint64_t most = 1ULL << (10 + random.below(16));
    const auto blocks = cover(wanted, sizes, cell_bytes, most);
    const auto own = maximal(wanted);
    for (const Grouping& grouping : wanted) REQUIRE(any_holds(blocks, grouping));
    REQUIRE(blocks.size() <= own.size());
    for (const Grouping& block : blocks)
      REQUIRE(
          (dense_cells(block, sizes) <= most / cell_bytes || std::find(own.begin(), own.end(), block) != own.end()));
  }
}

TEST_CASE("small groupings are united, large ones are left alone", "[tally][lattice]") {
  CHECK(cover({{0}, {1}, {0, 1}}, {4, 5}, 8, 1 << 20) == std::vector<Grouping>{{0, 1}});
  CHECK(cover({{0}, {1}}, {4, 5}, 8, 1 << 20) == std::vector<Grouping>{{0, 1}});
  CHECK(cover({{0}, {1}}, {40'000, 50'000}, 8, 1 << 20) == std::vector<Grouping>{{0}, {1}});
  CHECK(cover({}, {4}, 8, 1 << 20).empty());
  CHECK(cover({{}}, {4}, 8, 1 << 20) == std::vector<Grouping>{{}});
}

TEST_CASE("many groupings are covered in good time", "[tally][lattice]") {
  std::vector<Grouping> triples;
  for (std::size_t a = 0; a < 20; ++a)
    for (std::size_t b = a + 1; b < 20; ++b)
      for (std::size_t c = b + 1; c < 20; ++c) triples.push_back({a, b, c});
  const auto blocks = cover(triples, std::vector<std::uint64_t>(20, 2), 192, 32 << 20);
  for (const Grouping& grouping : triples) REQUIRE(any_holds(blocks, grouping));
}

TEST_CASE("the cells of a block that cannot be counted are the largest number", "[tally][lattice]") {
  CHECK(dense_cells({}, {7}) == 1);
  CHECK(dense_cells({0, 2}, {7, 100, 3}) == 21);
  CHECK(dense_cells({0, 1, 2}, {1ULL << 32U, 1ULL << 31U, 2}) == std::numeric_limits<std::uint64_t>::max());
  CHECK(united({0, 2}, {1, 2}) == Grouping{0, 1, 2});
  CHECK(within({}, {1}));
  CHECK_FALSE(within({0, 1}, {1, 2}));
}
