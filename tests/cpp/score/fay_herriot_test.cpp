// Golden numbers: R sae 1.3 on its milk data (A_smallarea); published: Arora & Lahiri (1997), You & Chapman (2006).

#include <assay_test.hpp>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include <assay/score/fay_herriot.hpp>

using namespace assay;
using assay::test::message_of;
using assay::test::shared_file;
using assay::test::Table;

TEST_CASE("milk expenditure: estimates and errors by three methods", "[golden][score]") {
  const auto milk = shared_file("golden/A_smallarea/milk.csv");
  const auto golden = shared_file("golden/A_smallarea/fay_herriot_milk.csv");
  if (!milk || !golden) return;
  std::vector<SmallArea> areas;
  const Table data{*milk};
  for (const auto& row : data.rows()) {
    SmallArea area{row.number("yi"), row.number("SD") * row.number("SD"), {1.0, 0.0, 0.0, 0.0}};
    if (const std::int64_t major = row.integer("MajorArea"); major > 1)
      area.covariates[static_cast<std::size_t>(major - 1)] = 1.0;
    areas.push_back(area);
  }
  const Table results{*golden};
  int seen = 0;
  for (const auto& row : results.rows()) {
    const std::string& name = row.text("method");
    const BetweenMethod method = name == "REML" ? BetweenMethod::restricted_likelihood
                                 : name == "ML" ? BetweenMethod::likelihood
                                                : BetweenMethod::moments;
    // sae stops when a step is below 1e-4 of the variance; stopping there too gives its digits.
    const FayHerriot fit = fay_herriot(areas, method, 1e-4);
    // Its moments stop by another step, 4e-7 from the root of the equation (the law below solves it).
    const double digits = method == BetweenMethod::moments ? 2e-6 : 1e-9;
    CHECK(fit.converged);
    const std::string& stat = row.text("stat");
    const double wanted = row.number("value");
    const auto number = [&](std::size_t letters) {
      return static_cast<std::size_t>(std::atoi(stat.c_str() + letters)) - 1;
    };
    INFO(name << " " << stat);
    const int before = seen;
    const auto met = [&](double got) {
      CHECK(got == Approx(wanted).epsilon(digits));
      ++seen;
    };
    if (stat == "refvar") met(fit.between);
    if (stat == "loglik") met(fit.log_likelihood);
    if (stat.starts_with("beta")) met(fit.coefficients.at(number(4)));
    if (stat.starts_with("eblup")) met(fit.areas.at(number(5)).estimate);
    if (stat.starts_with("mse")) met(fit.areas.at(number(3)).mean_squared_error);
    CHECK(seen == before + 1);
  }
  CHECK(seen == 276);  // all of them
}

namespace {

/// Slices about two levels, with a covariate that tells them apart.
std::vector<SmallArea> two_levels() {
  return {{1.1, 0.04, {1, 0}}, {0.9, 0.02, {1, 0}}, {1.3, 0.05, {1, 0}}, {2.2, 0.03, {1, 1}},
          {1.8, 0.04, {1, 1}}, {2.4, 0.02, {1, 1}}, {0.7, 0.03, {1, 0}}, {2.0, 0.06, {1, 1}}};
}

}  // namespace

TEST_CASE("steps end where the likelihood is highest", "[law][score]") {
  const FayHerriot fit = fay_herriot(two_levels());
  CHECK(fit.converged);
  CHECK(fit.between > 0.0);
  CHECK(std::abs(detail::fit_areas(two_levels(), fit.between, BetweenMethod::restricted_likelihood).score) < 1e-9);
  // The moments' own equation: weighted squares of the residuals add up to slices minus coefficients.
  const FayHerriot moments = fay_herriot(two_levels(), BetweenMethod::moments);
  double squares = 0.0;
  const auto areas = two_levels();
  for (const SmallArea& area : areas) {
    const double residual = area.estimate - moments.coefficients[0] - moments.coefficients[1] * area.covariates[1];
    squares += residual * residual / (moments.between + area.variance);
  }
  CHECK(squares == Approx(6.0).epsilon(1e-9));
}

TEST_CASE("slices known badly move more, and none beyond the regression", "[law][score]") {
  const auto areas = two_levels();
  const FayHerriot fit = fay_herriot(areas);
  for (std::size_t i = 0; i < areas.size(); ++i) {
    const double regression = fit.coefficients[0] + fit.coefficients[1] * areas[i].covariates[1];
    const double moved = (areas[i].estimate - fit.areas[i].estimate) / (areas[i].estimate - regression);
    CHECK(moved == Approx(fit.areas[i].shrinkage));
    CHECK(fit.areas[i].mean_squared_error > 0.0);
  }
  CHECK(fit.areas[7].shrinkage > fit.areas[1].shrinkage);
}

TEST_CASE("slices that do not differ are all drawn to the regression", "[law][score]") {
  const std::vector<SmallArea> alike{{1.0, 1.0}, {1.01, 1.0}, {0.99, 2.0}, {1.0, 1.5}};
  const FayHerriot fit = fay_herriot(alike);
  CHECK(fit.between == 0.0);
  for (const ShrunkArea& area : fit.areas) {
    CHECK(area.shrinkage == 1.0);
    CHECK(area.estimate == Approx(fit.coefficients[0]));
    CHECK(area.mean_squared_error > 0.0);
  }
}

TEST_CASE("models that cannot be fitted are refused", "[refusal][score]") {
  CHECK_THROWS_AS(fay_herriot({}), InputError);
  const std::vector<SmallArea> few{{1.0, 1.0}, {2.0, 1.0}};
  CHECK(message_of<InputError>([&] { (void)fay_herriot(few); }) == "wanted at least 3 slices for 1 covariates, got 2");
  auto areas = two_levels();
  areas[3].variance = 0.0;
  CHECK(message_of<InputError>([&] { (void)fay_herriot(areas); }) ==
        "wanted a variance above 0, got 0 at row 3 (counting from 0)");
  areas = two_levels();
  areas[2].covariates = {1};
  CHECK_THROWS_AS(fay_herriot(areas), InputError);
  areas = two_levels();
  areas[2].covariates = {1, std::nan("")};
  CHECK_THROWS_AS(fay_herriot(areas), InputError);
  areas = two_levels();
  areas[0].estimate = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(fay_herriot(areas), InputError);
  areas = two_levels();
  for (SmallArea& area : areas) area.covariates = {2, 1};
  CHECK(message_of<InputError>([&] { (void)fay_herriot(areas); }) ==
        "wanted covariates of which none follows from the others, got rank 1 of 2");
  CHECK_THROWS_AS(fay_herriot(two_levels(), BetweenMethod::likelihood, 0.0), InputError);
}
