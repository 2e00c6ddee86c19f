#include <assay_test.hpp>

#include <cmath>
#include <limits>

#include <assay/interval/weighted_beta.hpp>
#include <assay/score/judged_limits.hpp>

using namespace assay;
using assay::test::message_of;

namespace {

/// 8 events among 400 audits, with limits a little wider than the form's, and what the form says about 0.03.
AuditsAlone audits_alone() {
  const auto form = [](double share) { return weighted_beta({share, share / 400.0, 1.0 / 400.0}, Confidence{0.95}); };
  const Interval here = form(0.02);
  return {0.02, {here.lower - 0.001, here.upper + 0.002}, here, form(0.03), 0.02 * 0.98 / 400.0};
}

}  // namespace

TEST_CASE("a judge that takes nothing off the variance leaves the audits' own limits", "[law][score]") {
  AuditsAlone alone = audits_alone();
  alone.form_there = alone.form_here;
  const Interval got = judged_limits({alone.share, alone.variance, 0.0, {-0.007, 0.007}}, alone, Confidence{0.95});
  CHECK(got.lower == Approx(alone.limits.lower).epsilon(1e-12));
  CHECK(got.upper == Approx(alone.limits.upper).epsilon(1e-12));
  // Nearly nothing, nearly those: without a jump.
  const Interval near =
      judged_limits({alone.share, alone.variance * (1.0 - 1e-9), 1e-9, {-0.007, 0.007}}, alone, Confidence{0.95});
  CHECK(near.lower == Approx(got.lower).epsilon(1e-6));
  CHECK(near.upper == Approx(got.upper).epsilon(1e-6));
}

TEST_CASE("a judge that was never found wrong still leaves room for errors not met", "[law][score]") {
  const AuditsAlone alone = audits_alone();
  const Interval got = judged_limits({0.03, 0.0, 0.0, {-0.004, 0.007}}, alone, Confidence{0.95});
  CHECK(got.lower == Approx(0.026).epsilon(1e-12));
  CHECK(got.upper == Approx(0.037).epsilon(1e-12));
}

TEST_CASE("each limit shrinks with what is left of the variance", "[law][score]") {
  const AuditsAlone alone = audits_alone();
  Interval before{0.03, 0.03};
  for (const double rho : {0.01, 0.1, 0.3, 0.6, 0.9, 1.0, 1.5, 4.0}) {
    const Interval got = judged_limits({0.03, rho * alone.variance, 0.0, {0.0, 0.0}}, alone, Confidence{0.95});
    CHECK(got.lower < before.lower);
    CHECK(got.upper > before.upper);
    before = got;
  }
  // What a judge adds comes on top as a normal error does.
  const Interval same = judged_limits({0.03, alone.variance, 0.0, {0.0, 0.0}}, alone, Confidence{0.95});
  const Interval more = judged_limits({0.03, 3.0 * alone.variance, 0.0, {0.0, 0.0}}, alone, Confidence{0.95});
  const double z = normal_quantile(0.975);
  CHECK(std::pow(more.upper - 0.03, 2.0) - std::pow(same.upper - 0.03, 2.0) ==
        Approx(z * z * 2.0 * alone.variance).epsilon(1e-9));
}

TEST_CASE("errors of a judge that names events wrongly are lopsided the other way", "[law][score]") {
  AuditsAlone alone = audits_alone();
  alone.limits = alone.form_here;
  const double left = 0.4 * alone.variance;
  const Interval with = judged_limits({0.03, left, 0.0, {0.0, 0.0}}, alone, Confidence{0.95});
  const Interval against = judged_limits({0.03, left, 1.0, {0.0, 0.0}}, alone, Confidence{0.95});
  CHECK(with.upper - 0.03 > 0.03 - with.lower);
  CHECK(against.upper - 0.03 == Approx(0.03 - with.lower).epsilon(1e-12));
  CHECK(0.03 - against.lower == Approx(with.upper - 0.03).epsilon(1e-12));
}

TEST_CASE("limits stay shares, and hold the value", "[law][score]") {
  const AuditsAlone none{0.0, {0.0, 0.01}, {0.0, 0.009}, {0.0, 0.009}, 0.0};
  const Interval low = judged_limits({0.0, 1e-6, 0.0, {-0.007, 0.007}}, none, Confidence{0.95});
  CHECK(low.lower == 0.0);
  CHECK(low.upper > 0.009);
  const AuditsAlone all{1.0, {0.9, 1.0}, {0.91, 1.0}, {0.91, 1.0}, 0.0};
  CHECK(judged_limits({1.0, 1e-4, 0.0, {-0.1, 0.1}}, all, Confidence{0.95}).upper == 1.0);
}

TEST_CASE("what are no variances, parts or limits is refused", "[refusal][score]") {
  const AuditsAlone alone = audits_alone();
  CHECK(message_of<InputError>([&] { (void)judged_limits({0.03, -1.0, 0.0, {0.0, 0.0}}, alone, Confidence{0.95}); }) ==
        "wanted variances of 0 or more, got -1 and 4.9e-05");
  CHECK_THROWS_AS(judged_limits({0.03, std::nan(""), 0.0, {0.0, 0.0}}, alone, Confidence{0.95}), InputError);
  CHECK(message_of<InputError>([&] { (void)judged_limits({0.03, 0.1, 1.5, {0.0, 0.0}}, alone, Confidence{0.95}); }) ==
        "wanted a part between 0 and 1, got 1.5");
  CHECK(message_of<InputError>([&] { (void)judged_limits({0.9, 0.1, 0.0, {0.0, 0.0}}, alone, Confidence{0.95}); }) ==
        "wanted shares within their limits, got 0.02 and 0.9");
  CHECK_THROWS_AS(judged_limits({0.03, 0.1, 0.0, {0.001, 0.002}}, alone, Confidence{0.95}), InputError);
}
