#include <limits>

#include <assay/survey/margin.hpp>

#include "weighted.hpp"

using namespace assay;
using namespace assay::test;

TEST_CASE("a margin's weights are brought to its totals", "[survey][margin]") {
  const survey::Margin sizes = margin("site", {0, 1, 1}, {10.0, 30.0});
  CHECK(sizes.whole() == 40.0);
  Numbers weights{2.0, 1.0, 3.0};
  survey::fit_margin(sizes, weights);
  CHECK(weights == Numbers{10.0, 7.5, 22.5});
  CHECK(survey::held_by(sizes, weights) == Numbers{10.0, 30.0});
}

TEST_CASE("margins that cannot be met are refused by name", "[survey][margin]") {
  const auto why = [](const survey::Margin& sizes) {
    return message_of<InputError>([&] { survey::require_margin(sizes, 3); });
  };
  CHECK(why(margin("site", {0, 1}, {1.0, 1.0})) == "wanted a cell for each of 3 rows, got 2 in column 'site'");
  CHECK(why(margin("site", {0, 1, 2}, {1.0, 1.0})) ==
        "wanted a total for each level, got a level without one in column 'site', row 2 (counting from 0); give its "
        "total, or drop its rows");
  CHECK(contains(why(margin("site", {0, 1, 1}, {1.0, 1.0, 5.0})), "got none in 'level 2' in column 'site'"));
  for (const double bad :
       {0.0, -4.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    CHECK(contains(why(margin("site", {0, 1, 1}, {1.0, bad})), "a finite total above 0 for 'level 1'"));
  Numbers gone{0.0, 1.0, 3.0};
  CHECK(contains(message_of<InputError>([&] { survey::fit_margin(margin("site", {0, 1, 1}, {1.0, 1.0}), gone); }),
                 "wanted weights above 0 in each level of a margin, got 0 in 'level 0'"));
}
