// Golden numbers: the tuberculin example of Hui & Walter (1980), whose two tests are unlike, is not of this model; the
// laws here recover what made the counts.

#include <assay_test.hpp>

#include <cmath>
#include <random>
#include <vector>

#include <assay/score/latent_class.hpp>

using namespace assay;
using assay::test::message_of;

namespace {

TwiceAudited expected(double share, double rate, double se, double sp, double twice, double once) {
  const auto mix = [&](double error, double clear) { return rate * error + (1.0 - rate) * clear; };
  return {share,
          twice * mix(se * se, (1 - sp) * (1 - sp)),
          twice * mix(2 * se * (1 - se), 2 * sp * (1 - sp)),
          twice * mix((1 - se) * (1 - se), sp * sp),
          once * mix(se, 1 - sp),
          once * mix(1 - se, sp)};
}

}  // namespace

TEST_CASE("counts as they are expected give back what made them", "[law][score]") {
  for (const double se : {0.7, 0.9})
    for (const double sp : {0.85, 0.97}) {
      const std::vector<TwiceAudited> sites{expected(0.3, 0.05, se, sp, 900, 1500), expected(0.7, 0.3, se, sp, 900, 0)};
      const LatentRates got = latent_class(sites, Confidence{0.95});
      CHECK(got.sensitivity == Approx(se).margin(1e-4));
      CHECK(got.specificity == Approx(sp).margin(1e-4));
      CHECK(got.rates[0] == Approx(0.05).margin(1e-4));
      CHECK(got.rates[1] == Approx(0.3).margin(1e-4));
      CHECK(got.value == Approx(0.225).margin(1e-4));
      CHECK(got.limits.contains(0.225));
      CHECK(got.sensitivity_limits.contains(se));
      CHECK(got.specificity_limits.contains(sp));
      CHECK(got.raw == Approx(0.225 * se + 0.775 * (1.0 - sp)));
    }
}

TEST_CASE("more audits, narrower limits; more confidence, wider ones; the order of populations is nothing",
          "[law][score]") {
  const std::vector<TwiceAudited> few{expected(0.5, 0.05, 0.85, 0.95, 300, 0), expected(0.5, 0.35, 0.85, 0.95, 300, 0)};
  const std::vector<TwiceAudited> many{expected(0.5, 0.05, 0.85, 0.95, 3000, 0),
                                       expected(0.5, 0.35, 0.85, 0.95, 3000, 0)};
  const LatentRates one = latent_class(few, Confidence{0.95});
  CHECK(latent_class(many, Confidence{0.95}).limits.width() < one.limits.width());
  CHECK(latent_class(few, Confidence{0.8}).limits.width() < one.limits.width());
  const std::vector<TwiceAudited> turned{few[1], few[0]};
  CHECK(latent_class(turned, Confidence{0.95}).value == Approx(one.value).margin(1e-6));
}

TEST_CASE("profile limits cover the true rate", "[law][score]") {
  // 200 repetitions with a fixed seed, Monte-Carlo error .015. Rates this far apart are never refused.
  std::mt19937_64 random{20261129};
  const auto uniform = [&] { return static_cast<double>(random() >> 11U) * 0x1.0p-53; };
  int covered = 0;
  int answered = 0;
  for (int repetition = 0; repetition < 200; ++repetition) {
    std::vector<TwiceAudited> sites;
    for (const double rate : {0.05, 0.15, 0.4}) {
      TwiceAudited site{.share = 1.0 / 3.0};
      for (int i = 0; i < 600; ++i) {
        const bool error = uniform() < rate;
        const auto found = [&] { return uniform() < (error ? 0.85 : 0.04); };
        const bool first = found();
        if (i >= 250) {
          (first ? site.once_found : site.once_clear) += 1.0;
          continue;
        }
        const bool second = found();
        (first && second ? site.both : first || second ? site.one : site.neither) += 1.0;
      }
      sites.push_back(site);
    }
    REQUIRE_NOTHROW(latent_class(sites, Confidence{0.95}));
    covered += latent_class(sites, Confidence{0.95}).limits.contains(0.2) ? 1 : 0;
    ++answered;
  }
  CHECK(static_cast<double>(covered) / answered >= 0.945);
}

TEST_CASE("single audits of one population alone are no evidence that populations differ, and ask for none",
          "[law][score]") {
  // Twice the log-likelihood of two double-audited sites is 6.69, above what chance makes of two degrees of freedom
  // (5.99) and below what it makes of three (7.81).
  std::vector<TwiceAudited> sites{{0.5, 10, 8, 82, 0, 0}, {0.5, 22, 11, 67, 0, 0}};
  const double apart = detail::heterogeneity(sites);
  CHECK(apart > 6.1);
  CHECK(apart < 7.7);
  CHECK_NOTHROW(latent_class(sites, Confidence{0.95}));
  sites[0].once_found = 1;
  sites[0].once_clear = 9;
  CHECK(detail::heterogeneity(sites) == Approx(apart));
  CHECK_NOTHROW(latent_class(sites, Confidence{0.95}));
  sites[1].once_found = 1;  // single audits of both are compared, and say here that the two are alike
  sites[1].once_clear = 9;
  CHECK(detail::heterogeneity(sites) == Approx(apart));
  CHECK_THROWS_AS(latent_class(sites, Confidence{0.95}), InputError);
}

TEST_CASE("profile limits are as far out at every level as Student's t of 11 degrees of freedom", "[law][score]") {
  // Two sites of one auditor quality known almost surely: the profile is then about a parabola, and limits at two
  // levels stand to one another as the quantiles of t.
  const std::vector<TwiceAudited> sites{expected(0.5, 0.1, 0.9, 0.97, 40000, 0),
                                        expected(0.5, 0.4, 0.9, 0.97, 40000, 0)};
  const double wide = latent_class(sites, Confidence{0.99}).sensitivity_limits.width();
  const double narrow = latent_class(sites, Confidence{0.8}).sensitivity_limits.width();
  CHECK(wide / narrow == Approx(3.105806516 / 1.363430318).epsilon(0.01));  // t_11 at .995 and .9
}

TEST_CASE("what cannot be told apart is refused by name", "[refusal][score]") {
  const Confidence c{0.95};
  const TwiceAudited bad = expected(0.5, 0.4, 0.9, 0.95, 400, 0);
  CHECK(message_of<InputError>([&] {
          (void)latent_class(std::vector<TwiceAudited>{bad}, c);
        }).starts_with("wanted two or more populations whose rates differ, got 1"));
  CHECK(message_of<InputError>([&] { (void)latent_class(std::vector<TwiceAudited>{bad, bad}, c); })
            .starts_with(
                "wanted populations whose error rates differ, got rates that differ no more than chance makes them"));
  // Auditors who agree no more than coins do, on populations that differ in how often they say so.
  const std::vector<TwiceAudited> coins{{0.5, 16, 48, 36, 0, 0}, {0.5, 36, 48, 16, 0, 0}};
  CHECK(latent_class(coins, c).limits.width() > 0.3);
  TwiceAudited none = bad;
  none.both = none.one = none.neither = 0.0;
  CHECK(message_of<InputError>([&] {
          (void)latent_class(std::vector<TwiceAudited>{bad, none}, c);
        }).starts_with("wanted double audits in every population"));
  none.both = -1.0;
  CHECK_THROWS_AS(latent_class(std::vector<TwiceAudited>{bad, none}, c), InputError);
}
