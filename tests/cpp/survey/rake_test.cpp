#include <algorithm>
#include <numeric>

#include <assay/survey/rake.hpp>

#include "weighted.hpp"

using namespace assay;
using namespace assay::test;

namespace {

survey::Margin sites(const Rows& rows) { return margin("site", rows.site, {300.0, 200.0, 100.0}); }
survey::Margin labels(const Rows& rows) { return margin("label", rows.label, {450.0, 150.0}); }

}  // namespace

TEST_CASE("raked margins are met, whatever their order or that of the rows", "[survey][law]") {
  Rows rows{200};
  const survey::Design design = survey::raked(drawn(rows.weights), {sites(rows), labels(rows)});
  const Numbers after{design.weights().begin(), design.weights().end()};
  for (const survey::Margin& each : {sites(rows), labels(rows)}) {
    const Numbers held = survey::held_by(each, after);
    for (std::size_t cell = 0; cell < held.size(); ++cell)
      CHECK(std::fabs(held[cell] / each.totals[cell] - 1.0) <= 1.1e-10);
  }
  CHECK(contains(design.words(), "raked to site and label"));
  const survey::Design turned = survey::raked(drawn(rows.weights), {labels(rows), sites(rows)});
  for (std::size_t row = 0; row < after.size(); ++row) CHECK(turned.weights()[row] == Approx(after[row]).epsilon(1e-9));
  Rows back = rows;
  std::reverse(back.weights.begin(), back.weights.end());
  std::reverse(back.site.begin(), back.site.end());
  std::reverse(back.label.begin(), back.label.end());
  const survey::Design reversed = survey::raked(drawn(back.weights), {sites(back), labels(back)});
  for (std::size_t row = 0; row < after.size(); ++row)
    CHECK(reversed.weights()[after.size() - 1 - row] == Approx(after[row]).epsilon(1e-9));
}

TEST_CASE("raking starts from the design's weights", "[survey]") {
  // A peer's raking once forgot them: rows of one crossing keep the ratio of their weights.
  const survey::Design design = survey::raked(
      drawn({1.0, 3.0, 1.0, 1.0}), {margin("a", {0, 0, 0, 1}, {6.0, 4.0}), margin("b", {0, 0, 1, 1}, {5.0, 5.0})});
  CHECK(design.weights()[1] / design.weights()[0] == Approx(3.0).epsilon(1e-13));
}

TEST_CASE("one margin is post-stratification, met in one sweep", "[survey]") {
  const Rows rows{50};
  const survey::Raking raking{{sites(rows)}, rows.weights};
  CHECK(raking.sweeps() == 1);
  CHECK(survey::held_by(sites(rows), raking.weights())[1] == Approx(200.0).epsilon(1e-14));
}

TEST_CASE("shares that raking fixed have no error left", "[survey][law]") {
  const Rows rows{200};
  const survey::Design design = survey::raked(drawn(rows.weights), {sites(rows), labels(rows)});
  Numbers known;
  for (std::size_t row = 0; row < rows.y.size(); ++row)
    known.push_back((rows.site[row] == 0 ? 2.0 : 0.0) + (rows.label[row] == 1 ? 5.0 : 0.0));
  const survey::Estimates mean = whole(design, {survey::Statistic::mean, known, {}});
  CHECK(mean.point.estimate[0] == Approx((2.0 * 300.0 + 5.0 * 150.0) / 600.0).epsilon(1e-10));
  CHECK(mean.variance[0] < 1e-20);
}

TEST_CASE("margins that contradict each other are refused by name", "[survey]") {
  const Rows rows{50};
  const auto why = [&](std::vector<survey::Margin> margins, const Numbers& weights) {
    return message_of<InputError>([&] { survey::Raking{std::move(margins), weights}; });
  };
  CHECK(why({}, rows.weights) == "wanted at least one margin to rake to, got none");
  CHECK(why({sites(rows), margin("label", rows.label, {450.0, 151.0})}, rows.weights) ==
        "wanted margins that add up to one population, 600 as 'site' does, got 601 in column 'label'; mend the totals: "
        "all margins count the same units");
  // site and label say the same of every row, but not in their totals: nobody can meet both
  const std::string stuck =
      why({margin("site", {0, 0, 1, 1}, {6.0, 4.0}), margin("label", {0, 0, 1, 1}, {5.0, 5.0})}, Numbers(4, 1.0));
  CHECK(contains(stuck, "wanted margins that the rows can meet together"));
  CHECK((contains(stuck, "column 'site'") || contains(stuck, "column 'label'")));
  CHECK(contains(why({sites(rows), margin("label", rows.label, {599.0, 0.0})}, rows.weights), "above 0 for 'level 1'"));
  Numbers negative = rows.weights;
  negative[7] = -1.0;
  CHECK(contains(why({sites(rows)}, negative), "wanted weights of at least 0 to rake, got -1 at row 7"));
}
