#include <assay/interval/designed_share.hpp>
#include <assay/interval/effective.hpp>

#include "designed.hpp"

using namespace assay;
using assay::test::message_of;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("the effective sizes are R's", "[golden][interval]") {
  const auto file = test::shared_file("golden/A_survey/ciprop_effective_results.csv");
  if (!file) return;
  const test::Table golden{*file};
  int rows = 0;
  for (const test::Row& row : golden.rows()) {
    const auto d = test::share_of_schools(row.text("design"), row.text("indicator"));
    if (!d) return;
    CAPTURE(row.text("design"), row.text("indicator"));
    CHECK(d->share == Approx(row.number("p")).epsilon(1e-12));
    CHECK(d->standard_error * d->standard_error == Approx(row.number("var")).epsilon(1e-11));
    CHECK(d->degrees_of_freedom == row.number("df"));
    CHECK(effective_size(*d, EffectiveSize::plug_in) == Approx(row.number("neff")).epsilon(1e-11));
    const double adjusted = adjusted_size(*d, Confidence{0.95}, EffectiveSize::plug_in);
    CHECK(adjusted == Approx(row.number("neff_df_adj")).epsilon(1e-11));
    if (row.text("method").rfind("Wilson_eff", 0) == 0) {
      const Interval got = wilson(d->share, adjusted, infinite, Confidence{0.95});
      CHECK(got.lower == Approx(row.number("lo")).epsilon(1e-10));
      CHECK(got.upper == Approx(row.number("hi")).epsilon(1e-10));
    }
    ++rows;
  }
  CHECK(rows == 75);
}

TEST_CASE("every estimate and limit of R's logit is found from the same share", "[golden][interval]") {
  const auto file = test::shared_file("golden/A_survey/survey_results.csv");
  if (!file) return;
  const test::Table golden{*file};
  int rows = 0;
  for (const test::Row& row : golden.rows()) {
    if (!test::contains(row.text("case"), "ciprop_") || row.text("stat") != "estimate") continue;
    const auto d = test::share_of_schools(row.text("design"), row.text("term"));
    if (!d) return;
    CAPTURE(row.text("case"), row.text("design"), row.text("call"));
    const bool iterated = row.text("case") == "ciprop_logit" || row.text("case") == "ciprop_likelihood";
    CHECK(d->share == Approx(row.number("value")).epsilon(iterated ? 1e-7 : 1e-12).margin(iterated ? 1e-9 : 0.0));
    ++rows;
  }
  CHECK(rows == 394);
}

TEST_CASE("where nothing was estimated, the weights alone say what is known", "[interval]") {
  // 180 audits of weight 0.05 / 180 and 20 of weight 0.95 / 20, no errors: 200 audits that are worth 22
  const double heavy = 0.95 / 20, light = 0.05 / 180;
  const double kish = 1.0 / (20 * heavy * heavy + 180 * light * light);
  CHECK(kish == Approx(22.16).epsilon(1e-3));
  for (const EffectiveSize size : {EffectiveSize::smaller, EffectiveSize::plug_in}) {
    CHECK(effective_size({0.0, 0.0, 200.0, kish, 198.0}, size) == kish);
    CHECK(effective_size({1.0, 0.0, 200.0, kish, 198.0}, size) == kish);
    CHECK(effective_size({0.3, 0.0, 200.0, kish, 198.0}, size) == kish);  // constant within strata
  }
}

TEST_CASE("the smaller size is claimed unless the plug-in is asked for", "[interval]") {
  const DesignedShare lucky{0.1, std::sqrt(0.09 / 300.0), 200.0, 150.0, 199.0};
  CHECK(effective_size(lucky) == 150.0);
  CHECK(effective_size(lucky, EffectiveSize::plug_in) == Approx(300.0));
  const DesignedShare clustered{0.1, std::sqrt(0.09 / 30.0), 200.0, 150.0, 199.0};
  CHECK(effective_size(clustered) == Approx(30.0));
}

TEST_CASE("degrees of freedom take their part, and give nothing", "[interval]") {
  const Confidence c{0.9};
  const DesignedShare d{0.1, 0.01, 100.0, 80.0, 9.0};
  const double ratio = student_t_quantile(0.05, 99.0) / student_t_quantile(0.05, 9.0);
  CHECK(adjusted_size(d, c) == Approx(80.0 * ratio * ratio).epsilon(1e-12));
  CHECK(adjusted_size({0.1, 0.01, 100.0, 80.0, infinite}, c) == 80.0);
  CHECK(adjusted_size({0.1, 0.01, 1.0, 0.8, 3.0}, c) == 0.8);
  CHECK(adjusted_size({0.1, 0.01, 100.0, 80.0, 0.0}, c) == 0.0);
  CHECK(adjusted_size({0.1, 0.01, 100.0, 80.0, 1e-6}, c) == 0.0);
}

TEST_CASE("what is no estimate is refused", "[errors][interval]") {
  const auto said = [](DesignedShare d) { return message_of<InputError>([&] { (void)effective_size(d); }); };
  CHECK(said({-0.1, 0.1, 1.0, 1.0, 1.0}) == "wanted a share between 0 and 1, got -0.1");
  CHECK(said({std::nan(""), 0.1, 1.0, 1.0, 1.0}) == "wanted a share between 0 and 1, got nan");
  CHECK(said({0.1, -1.0, 1.0, 1.0, 1.0}) == "wanted a standard error of 0 or more, got -1");
  CHECK(said({0.1, infinite, 1.0, 1.0, 1.0}) == "wanted a standard error of 0 or more, got inf");
  CHECK(said({0.1, 0.1, -1.0, 1.0, 1.0}) == "wanted a sample size of 0 or more, got -1");
  CHECK(said({0.1, 0.1, 1.0, std::nan(""), 1.0}) == "wanted Kish's sample size of 0 or more, got nan");
  CHECK(said({0.1, 0.1, 1.0, 1.0, -1.0}) == "wanted degrees of freedom of 0 or more, got -1");
  CHECK_THROWS_AS(adjusted_size({0.1, 0.1, 1.0, 1.0, std::nan("")}, Confidence{0.9}), InputError);
}
