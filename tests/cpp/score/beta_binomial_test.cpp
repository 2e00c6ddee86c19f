// Golden numbers: maximum-likelihood fits of A_smallarea/beta_binomial_eb.csv.

#include <assay_test.hpp>

#include <cmath>
#include <vector>

#include <assay/score/beta_binomial.hpp>

using namespace assay;
using assay::test::message_of;

TEST_CASE("eighteen batters: the fit of Efron and Morris' data", "[golden][score]") {
  // Efron & Morris (1975), JASA 70:311-319, table 1: hits in the first 45 times at bat
  std::vector<Trials> batters;
  for (const int hits : {18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7})
    batters.push_back({hits, 45});
  const RatesModel model = fit_rates(batters);
  CHECK(model.alpha() == Approx(210.550835977517).epsilon(1e-8));
  CHECK(model.beta() == Approx(582.685985072041).epsilon(1e-8));
  CHECK(model.mean == Approx(0.265432504379877).epsilon(1e-10));
  CHECK(model.correlation() == Approx(0.00125907030938018).epsilon(1e-8));
  CHECK(model.log_likelihood == Approx(-468.70249122122).epsilon(1e-12));
  CHECK_FALSE(model.at_boundary);
}

TEST_CASE("ten queues of unequal size", "[golden][score]") {
  const std::vector<Trials> queues{{37, 1200}, {12, 800}, {7, 95},   {0, 40},  {22, 310},
                                   {61, 2200}, {2, 15},   {31, 560}, {9, 700}, {4, 130}};
  const RatesModel model = fit_rates(queues);
  CHECK(model.alpha() == Approx(3.34088096341067).epsilon(1e-8));
  CHECK(model.beta() == Approx(85.5467059574657).epsilon(1e-8));
  CHECK(model.correlation() == Approx(0.0111250066249999).epsilon(1e-8));
  CHECK(model.log_likelihood == Approx(-816.208979850019).epsilon(1e-12));
}

TEST_CASE("the order of the units and units without trials change nothing", "[law][score]") {
  const std::vector<Trials> one{{1, 20}, {9, 40}, {3, 90}};
  const std::vector<Trials> other{{3, 90}, {0, 0}, {1, 20}, {9, 40}};
  const RatesModel a = fit_rates(one);
  const RatesModel b = fit_rates(other);
  CHECK(a.mean == b.mean);
  CHECK(a.spread == b.spread);
}

TEST_CASE("successes and failures are mirror images", "[law][score]") {
  const RatesModel a = fit_rates(std::vector<Trials>{{1, 20}, {9, 40}, {3, 90}});
  const RatesModel b = fit_rates(std::vector<Trials>{{19, 20}, {31, 40}, {87, 90}});
  CHECK(a.mean == Approx(1.0 - b.mean).epsilon(1e-9));
  CHECK(a.spread == Approx(b.spread).epsilon(1e-7));
}

TEST_CASE("units that differ less than chance makes them have one rate", "[law][score]") {
  const RatesModel model = fit_rates(std::vector<Trials>{{5, 50}, {5, 50}, {6, 60}});
  CHECK(model.at_boundary);
  CHECK(model.spread == 0.0);
  CHECK(model.mean == Approx(0.1));
  CHECK(model.log_likelihood == Approx(16 * std::log(0.1) + 144 * std::log(0.9)));
}

TEST_CASE("no error at all, and nothing but errors, have a stated answer", "[law][score]") {
  CHECK(fit_rates(std::vector<Trials>{{0, 50}, {0, 10}}).mean == 0.0);
  CHECK(fit_rates(std::vector<Trials>{{50, 50}}).mean == 1.0);
  CHECK(fit_rates(std::vector<Trials>{{0, 50}}).at_boundary);
}

TEST_CASE("the fit is a maximum", "[law][score]") {
  const std::vector<Trials> units{{1, 20}, {9, 40}, {3, 90}, {0, 15}, {30, 80}};
  const RatesModel model = fit_rates(units);
  const detail::RatesLikelihood likelihood{units};
  for (const double step : {-1e-3, 1e-3}) {
    CHECK(likelihood.value(model.mean * (1 + step), model.spread) < model.log_likelihood);
    CHECK(likelihood.value(model.mean, model.spread * (1 + step)) < model.log_likelihood);
  }
}

TEST_CASE("a fit without trials is refused", "[refusal][score]") {
  CHECK(message_of<InputError>([] { (void)fit_rates(std::vector<Trials>{{0, 0}}); }) ==
        "wanted at least one unit with a trial, got none");
  CHECK_THROWS_AS(fit_rates({}), InputError);
}

TEST_CASE("moments: no spread beyond chance is none, and what cannot be had is refused", "[law][refusal][score]") {
  CHECK(rates_by_moments(std::vector<Trials>{{5, 50}, {5, 50}, {6, 60}}).spread == 0.0);
  CHECK(rates_by_moments(std::vector<Trials>{{0, 50}, {0, 10}}).at_boundary);
  CHECK(rates_by_moments(std::vector<Trials>{{3, 50}}).at_boundary);
  CHECK(rates_by_moments(std::vector<Trials>{{0, 20}, {9, 40}, {0, 0}, {3, 90}}).spread > 0.0);
  CHECK_THROWS_AS(rates_by_moments(std::vector<Trials>{{0, 0}}), InputError);
}
