#include <assay/core/wide.hpp>

#include <cstdint>
#include <limits>

#include <assay_test.hpp>

TEST_CASE("wide integers hold the product of any two 64-bit integers", "[core]") {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const assay::Uint128 square = static_cast<assay::Uint128>(most) * most;
  CHECK(static_cast<std::uint64_t>(square >> 64U) == most - 1);
  CHECK(static_cast<std::uint64_t>(square) == 1);
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  CHECK(static_cast<assay::Int128>(least) * least > 0);
}
