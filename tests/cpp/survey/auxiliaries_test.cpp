#include <limits>

#include <assay/survey/auxiliaries.hpp>

#include "weighted.hpp"

using namespace assay;
using namespace assay::test;

TEST_CASE("known columns of numbers and levels act as one matrix", "[survey]") {
  survey::Auxiliaries known{3};
  known.add_margin(margin("site", {0, 1, 0}, {5.0, 6.0}));
  known.add_size(11.0);
  known.add_number("views", {1.0, 2.0, 4.0}, 30.0);
  CHECK(known.columns() == 4);
  CHECK(known.totals() == Numbers{11.0, 30.0, 5.0, 6.0});
  CHECK(known.name(1) == "views");
  CHECK(known.name(3) == "site = 'level 1'");
  CHECK(known.words() == "the size of the population, views, site");
  CHECK(known.sums(Numbers{1.0, 10.0, 100.0}) == Numbers{111.0, 421.0, 101.0, 10.0});
  CHECK(known.products(Numbers{1.0, 2.0, 3.0, 4.0}) == Numbers{6.0, 9.0, 12.0});
  const SquareMatrix squares = known.squares(Numbers{1.0, 10.0, 100.0});
  const Numbers x[] = {{1, 1, 1, 0}, {1, 2, 0, 1}, {1, 4, 1, 0}};
  const Numbers weights{1.0, 10.0, 100.0};
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) {
      double sum = 0.0;
      for (std::size_t row = 0; row < 3; ++row) sum += weights[row] * x[row][i] * x[row][j];
      CHECK(squares(i, j) == sum);
    }
}

TEST_CASE("auxiliaries without a number are refused", "[survey]") {
  survey::Auxiliaries known{2};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(message_of<InputError>([&] { known.add_number("views", {1.0, nan}, 3.0); }) ==
        "wanted a finite number to calibrate on, got nan in column 'views', row 1 (counting from 0); fill the row: "
        "every row takes part in the totals");
  CHECK(contains(message_of<InputError>([&] { known.add_number("views", {1.0}, 3.0); }), "a value for each of 2 rows"));
  CHECK(contains(message_of<InputError>([&] { known.add_number("views", {1.0, 2.0}, nan); }), "a finite total"));
}
