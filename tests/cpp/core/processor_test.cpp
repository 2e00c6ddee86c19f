#include <assay/core/processor.hpp>

#include <cstdint>
#include <vector>

#include <assay_test.hpp>

namespace {

ASSAY_INLINE std::uint64_t folded(const std::vector<std::uint64_t>& values) {
  std::uint64_t sum = 0x9E3779B97F4A7C15ULL;
  for (const std::uint64_t value : values) sum = (sum ^ value) * 0xFF51AFD7ED558CCDULL + (sum >> 29U);
  return sum;
}

std::uint64_t folded_by_all(const std::vector<std::uint64_t>& values) { return folded(values); }
ASSAY_WIDE std::uint64_t folded_by_wide(const std::vector<std::uint64_t>& values) { return folded(values); }

}  // namespace

TEST_CASE("a loop gives the same bits with the wider instructions as without", "[law][core]") {
  std::vector<std::uint64_t> values;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    values.push_back(i * i * 0xD6E8FEB86659FD93ULL);
    if (assay::has_wide_instructions()) CHECK(folded_by_wide(values) == folded_by_all(values));
  }
  CHECK(folded_by_all({}) == 0x9E3779B97F4A7C15ULL);
}

TEST_CASE("the processor does not change its mind", "[core]") {
  const bool first = assay::has_wide_instructions();
  for (int i = 0; i < 100; ++i) CHECK(assay::has_wide_instructions() == first);
}
