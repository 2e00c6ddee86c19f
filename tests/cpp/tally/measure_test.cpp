#include <cmath>
#include <limits>

#include <assay/tally/measure.hpp>
#include <assay/tally/weight.hpp>
#include <assay_test.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;

TEST_CASE("moments of a measure are sums in any order", "[law][tally][measure]") {
  const std::vector<std::pair<double, double>> rows{{1, 2}, {-3.5, 4}, {1e10, 1e-10}, {0.1, 0.3}};
  MeasureSums forth;
  MeasureSums back;
  MeasureSums half;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    forth.add(rows[i].first, rows[i].second);
    (i % 2 == 0 ? back : half).add(rows[rows.size() - 1 - i].first, rows[rows.size() - 1 - i].second);
  }
  half.merge(back);
  CHECK(half == forth);
  back.add(0, 5e-324);
  CHECK_FALSE(half == back);

  MeasureSums one;
  one.add(3, -4);
  CHECK(one.y.value() == 3);
  CHECK(one.x.value() == -4);
  CHECK(one.yy.value() == 9);
  CHECK(one.xy.value() == -12);
  CHECK(one.xx.value() == 16);
}

TEST_CASE("numbers whose weighted square is no number are refused", "[tally][measure]") {
  const auto said = [](double value) {
    return message_of<InputError>([&] { require_measurable(value, {"views", 3}); });
  };
  CHECK(said(0.0) == "(nothing was thrown)");
  CHECK(said(-1e140) == "(nothing was thrown)");
  for (const double bad : {1e141, -1e150, std::numeric_limits<double>::infinity(), std::nan("")})
    CHECK(contains(said(bad),
                   "wanted a finite number of at most 1e140, got " + to_text(bad) + " in column 'views', row 3"));
  const double most = 1e140 * std::nextafter(weight_bound, 0.0);
  CHECK(std::isfinite(most * most));
}
