#include <assay/survey/hadamard.hpp>

#include "weighted.hpp"

using namespace assay;
using namespace assay::test;

TEST_CASE("Hadamard matrices are orthogonal and begin with a column of +1", "[survey][law]") {
  for (const std::size_t columns : {0U, 1U, 2U, 3U, 4U, 7U, 11U, 12U, 30U, 100U, 150U}) {
    const survey::Hadamard h = survey::hadamard_above(columns);
    CHECK(h.order > columns);
    for (std::size_t i = 0; i < h.order; ++i) {
      CHECK(h(i, 0) == 1);
      for (std::size_t j = 0; j < h.order; ++j) {
        int product = 0;
        for (std::size_t k = 0; k < h.order; ++k) product += h(k, i) * h(k, j);
        CHECK(product == (i == j ? static_cast<int>(h.order) : 0));
      }
    }
  }
  CHECK(survey::hadamard_above(3).order == 4);
  CHECK(survey::hadamard_above(11).order == 12);
  CHECK(survey::hadamard_above(100).order == 104);
}

TEST_CASE("matrices beyond all use are refused", "[survey]") {
  CHECK(contains(message_of<InputError>([] { (void)survey::hadamard_above(8193); }),
                 "wanted at most 8192 strata to balance, got 8193"));
}
