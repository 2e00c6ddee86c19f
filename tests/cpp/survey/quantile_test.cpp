// Golden numbers: R survey 4.5, svyquantile on the one-stage cluster sample of the api data (A_survey).

#include <assay_test.hpp>

#include <cmath>
#include <map>
#include <memory>
#include <vector>

#include <assay/survey/quantile.hpp>
#include <survey/surveys.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;
using assay::test::stage_of;
using survey::Code;
using survey::QuantileRule;
using survey::WeightedOrder;

TEST_CASE("quantiles of few values by each rule", "[survey]") {
  const WeightedOrder four{{1.0, 2.0, 5.0, 9.0}, {1.0, 1.0, 1.0, 1.0}};
  CHECK(four.at(0.5, QuantileRule::math) == 2.0);
  CHECK(four.at(0.5, QuantileRule::school) == 3.5);
  CHECK(four.at(0.6, QuantileRule::school) == 5.0);
  CHECK(four.at(0.5, QuantileRule::hf7) == Approx(3.5));
  CHECK(four.at(0.5, QuantileRule::hf8) == Approx(3.5));
  for (const auto rule : {QuantileRule::math, QuantileRule::school, QuantileRule::hf7, QuantileRule::hf8}) {
    CHECK(four.at(-0.2, rule) == 1.0);
    CHECK(four.at(1.2, rule) == 9.0);
    CHECK(WeightedOrder{{3.0}, {2.0}}.at(0.5, rule) == 3.0);
  }
  // Three times the weight is three rows.
  const WeightedOrder heavy{{1.0, 2.0}, {3.0, 1.0}}, rows{{1.0, 1.0, 1.0, 2.0}, {1.0, 1.0, 1.0, 1.0}};
  CHECK(heavy.at(0.7, QuantileRule::math) == rows.at(0.7, QuantileRule::math));
}

TEST_CASE("quantiles of schools and their limits", "[golden][survey]") {
  const auto file = test::shared_file("golden/A_survey/apiclus1.csv");
  const auto golden = test::shared_file("golden/A_survey/survey_results.csv");
  if (!file || !golden) return;
  const test::Table data{*file};
  std::map<double, Code> numbers;
  std::vector<Code> cluster;
  for (const double number : data.numbers("dnum"))
    cluster.push_back(numbers.emplace(number, static_cast<Code>(numbers.size())).first->second);
  const survey::Design design =
      survey::build(static_cast<std::int64_t>(data.size()), {stage_of(cluster, {}, data.numbers("fpc"))},
                    data.numbers("pw"), survey::Lonely::refuse, false);
  const auto cells = std::make_shared<const survey::DomainCells>(design, std::make_shared<const survey::Domains>());
  const auto y = data.numbers("api00");
  const std::vector<double> shares{0.25, 0.5, 0.75};
  int checked = 0;
  for (const auto& [name, rule] :
       {std::pair{"quantile_math", QuantileRule::math}, std::pair{"quantile_school", QuantileRule::school},
        std::pair{"quantile_hf8", QuantileRule::hf8}}) {
    const auto found = survey::quantiles(design, cells, y, shares, rule, Confidence{0.95});
    const test::Table results{*golden};
    for (const test::Row& row : results.rows()) {
      if (row.text("case") != name || row.text("design") != "svydesign(id=~dnum,weights=~pw,data=apiclus1,fpc=~fpc)")
        continue;
      const auto& own = found[row.number("term") == 0.25 ? 0 : row.number("term") == 0.5 ? 1 : 2];
      const std::string& stat = row.text("stat");
      const double got = stat == "quantile" ? own.value[0]
                         : stat == "se"     ? own.standard_error[0]
                         : stat == "ci.2.5" ? own.limits[0]->lower
                                            : own.limits[0]->upper;
      CHECK(got == Approx(row.number("value")).epsilon(1e-10));
      ++checked;
    }
  }
  CHECK(checked == 36);
}

TEST_CASE("domains without rows or degrees of freedom, and shares that are none", "[survey]") {
  const std::vector<double> y{3.0, 1.0, 2.0};
  const survey::Design design = survey::build(3, {stage_of({}, {})}, {}, survey::Lonely::refuse, false);
  const auto cells = std::make_shared<const survey::DomainCells>(
      design, std::make_shared<const survey::Domains>(survey::Domains{std::vector<Code>{0, 1, 1}, 3}));
  const std::vector<double> half{0.5}, one{1.0};
  const auto found = survey::quantiles(design, cells, y, half, QuantileRule::math, Confidence{0.95}).front();
  CHECK(found.value[0] == 3.0);
  CHECK_FALSE(found.limits[0]);
  CHECK(std::isnan(found.standard_error[0]));
  CHECK(found.limits[1]);
  CHECK(std::isnan(found.value[2]));
  CHECK(contains(message_of<InputError>(
                     [&] { (void)survey::quantiles(design, cells, y, one, QuantileRule::math, Confidence{0.95}); }),
                 "a quantile strictly between 0 and 1, got 1"));
}
