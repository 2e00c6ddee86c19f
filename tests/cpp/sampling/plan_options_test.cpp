#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <assay/sampling/plan_options.hpp>
#include <assay_test.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;
using Words = std::vector<std::string>;

namespace {

PlanOptions sharp(double half_width) {
  PlanOptions out;
  out.wishes = {{{}, half_width, {}, 0}};
  out.allocation = Allocation::optimal;
  return out;
}

std::string refusal(const PlanOptions& options) {
  return message_of<InputError>([&] { (void)assay::detail::checked(options); });
}

}  // namespace

TEST_CASE("one aim at a time, and a cap with a wish or alone", "[error][planner]") {
  CHECK(contains(refusal(PlanOptions{}), "and half_width= (how sharp), got none; max_audits= or budget= alone"));
  PlanOptions both = sharp(0.02);
  both.size = 100;
  CHECK(contains(refusal(both), "got a size and a wish both; to plan by a wish under a cap, pass max_audits= with it"));
  PlanOptions capped;
  capped.size = 100;
  capped.max_audits = 50;
  CHECK(contains(refusal(capped), "wanted size= or share= alone, for they are the cap, got max_audits= too"));
  PlanOptions paid;
  paid.share = 0.1;
  paid.budget = 50;
  CHECK(contains(refusal(paid), "got budget= too"));
  PlanOptions least;
  least.size = 100;
  least.wishes = {{{"queue"}, {}, {}, 30}};
  CHECK(contains(refusal(least), "wanted minimums of slices with a half_width="));
  PlanOptions none = sharp(0.02);
  none.max_audits = 0;
  CHECK(contains(refusal(none), "wanted max_audits= of 1 or more, got 0"));
  for (const double budget : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    PlanOptions broke = sharp(0.02);
    broke.budget = budget;
    CHECK(contains(refusal(broke), "wanted a finite budget= above 0, got " + to_text(budget)));
  }
  CHECK(sharp(0.02).wished());
  CHECK(!capped.wished());
}

TEST_CASE("values that cannot be are refused by name", "[error][planner]") {
  PlanOptions cost = sharp(0.02);
  for (const double wrong : {0.0, -2.0, std::nan("")}) {
    cost.cost = std::map<Words, double>{{{"eu"}, 1.0}, {{"us"}, wrong}};
    CHECK(contains(refusal(cost), "wanted a finite cost above 0, got " + to_text(wrong) + " in column 'cost'"));
  }
  PlanOptions maximum = sharp(0.02);
  maximum.maximum = 0.5;
  CHECK(contains(refusal(maximum), "wanted a maximum of 1 or more, got 0.5 in column 'maximum'"));
  PlanOptions rate = sharp(0.02);
  rate.expected = std::map<Words, double>{{{"eu"}, -0.1}};
  CHECK(contains(refusal(rate), "wanted expected error rates between 0 and 1, got -0.1 in column 'expected'"));
  PlanOptions unknown;
  unknown.wishes = {{{}, {}, 0.2, 0}};
  CHECK(contains(refusal(unknown), "wanted expected= error rates with coefficient_of_variation=, got none"));
  PlanOptions optimal;
  optimal.size = 100;
  optimal.allocation = Allocation::optimal;
  CHECK(contains(refusal(optimal), "wanted expected= error rates or cost= for allocation=\"optimal\", got neither"));
}
