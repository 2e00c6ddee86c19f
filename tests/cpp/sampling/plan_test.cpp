#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <assay/sampling/plan.hpp>
#include <assay_test.hpp>
#include <sampling/operation.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;
using assay::test::operation;
using assay::test::TableOf;
using assay::test::words;
using Words = std::vector<std::string>;

namespace {

PlanOptions sized(std::int64_t size, Words strata = {}) {
  PlanOptions out;
  out.size = size;
  out.strata = std::move(strata);
  return out;
}

std::string refusal(const PlanOptions& options) {
  return message_of<InputError>([&] { (void)Plan{operation(), options}; });
}

}  // namespace

TEST_CASE("a plan shares out its size", "[sampling]") {
  const Frame frame = operation();
  const io::Table table = Plan{frame, sized(10, {"queue"})}.table();
  CHECK(words(table, "queue") == Words{"eu", "us", "zz"});
  CHECK(words(table, "population") == Words{"8", "6", "1"});
  CHECK(words(table, "sample_size") == Words{"5", "4", "1"});  // zz holds fewer than the minimum: taken whole
  CHECK(table.find("expected_half_width")->at<double>(2) == 0.0);
  CHECK(Plan{frame, sized(10, {"queue"})}.size() == 10);

  PlanOptions equal = sized(9, {"queue"});
  equal.allocation = Allocation::equal;
  CHECK(Plan{frame, equal}.sizes() == allocation::Counts{4, 4, 1});
  PlanOptions higher = sized(9, {"queue"});
  higher.minimum = 4;
  CHECK(Plan{frame, higher}.sizes() == allocation::Counts{4, 4, 1});
  PlanOptions neyman = sized(7, {"queue"});
  neyman.allocation = Allocation::neyman;
  neyman.expected = std::map<Words, double>{{{"eu"}, 0.0}, {{"us"}, 0.5}, {{"zz"}, 0.5}};
  CHECK(Plan{frame, neyman}.sizes() == allocation::Counts{2, 4, 1});
  CHECK(Plan{frame, sized(15)}.sizes() == allocation::Counts{15});
  CHECK(Plan{frame, sized(10, {"queue", "site"}), 3}.sizes() == Plan{frame, sized(10, {"queue", "site"}), 1}.sizes());
}

TEST_CASE("a share is rounded over all strata, never below the minimum", "[sampling]") {
  const Frame frame = operation();
  const auto total = [&](double share, Words strata, std::int64_t minimum = 2) {
    PlanOptions options;
    options.share = share;
    options.strata = std::move(strata);
    options.minimum = minimum;
    return Plan{frame, options}.size();
  };
  CHECK(total(0.5, {}) == 8);  // 7.5
  CHECK(total(0.5, {"queue"}) == 8);
  CHECK(total(0.01, {"queue"}) == 5);  // 2 + 2 + 1
  CHECK(total(0.01, {"queue"}, 1) == 3);
  CHECK(total(1.0, {"queue", "site"}) == 15);
  for (const double wrong : {0.0, -0.1, 1.1, std::nan("")})
    CHECK(contains(message_of<InputError>([&] { (void)total(wrong, {}); }), "wanted a share above 0 and at most 1"));
}

TEST_CASE("the half-width expected is that of exact limits, with the finite population", "[sampling]") {
  // Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 5: 81 of 263, limits .2527 and .3676
  CHECK(expected_half_width(263, std::int64_t{1} << 50, 81.0 / 263.0, Confidence{0.95}) ==
        Approx((.3676 - .2527) / 2).margin(5e-5));
  // Half of a finite population counts like twice the sample from an endless one.
  CHECK(expected_half_width(100, 200, 0.1, Confidence{0.9}) ==
        Approx(expected_half_width(200, std::int64_t{1} << 50, 0.1, Confidence{0.9})).epsilon(1e-9));
  CHECK(expected_half_width(200, 200, 0.1, Confidence{0.95}) == 0.0);
  CHECK(message_of<InputError>([] { (void)expected_half_width(3, 2, 0.1, Confidence{0.95}); }) ==
        "wanted a size between 1 and the population of 2, got 3");
  CHECK(message_of<InputError>([] { (void)expected_half_width(1, 2, 1.5, Confidence{0.95}); }) ==
        "wanted an expected rate between 0 and 1, got 1.5");

  const auto width = [](ExpectedRates expected, double level) {
    PlanOptions options = sized(8);
    options.expected = std::move(expected);
    options.confidence = Confidence{level};
    return Plan{operation(), options}.table().find("expected_half_width")->at<double>(0);
  };
  CHECK(width({}, 0.95) == expected_half_width(8, 15, 0.5, Confidence{0.95}));
  CHECK(width(0.1, 0.95) == expected_half_width(8, 15, 0.1, Confidence{0.95}));
  CHECK(width(0.1, 0.8) == expected_half_width(8, 15, 0.1, Confidence{0.8}));
}

TEST_CASE("plans that cannot be are refused, and say what would do", "[sampling]") {
  CHECK(refusal(sized(16)) ==
        "wanted a size of at most 15, all decided cases of the frame, got 16; size=15 takes them all");
  CHECK(
      refusal(sized(4, {"queue"})) ==
      "wanted a size of at least 5, the minimum of 2 in each of 3 strata, got 4; raise size= to 5, lower minimum=, or "
      "name fewer strata=");
  CHECK(refusal(PlanOptions{}) ==
        "wanted one of size= (cases in all), share= (of all decided cases) and half_width= (how sharp), got none; "
        "max_audits= or budget= alone plans the sharpest overall score it can pay");
  PlanOptions both = sized(5);
  both.share = 0.5;
  CHECK(refusal(both) ==
        "wanted one of size= (cases in all), share= (of all decided cases) and half_width= (how sharp), got size= and "
        "share= both; to plan by a wish under a cap, pass max_audits= with it");
  PlanOptions minimum = sized(5);
  minimum.minimum = 0;
  CHECK(refusal(minimum) ==
        "wanted a minimum of 1 or more, got 0; a stratum that nobody audits would be missing from the sample");
  CHECK(refusal(sized(5, {"region"})) ==
        "wanted strata among the frame's by= columns, got 'region'; name it in by= when the frame is made");
  CHECK(refusal(sized(9, {"queue", "queue"})) == "wanted each column once in strata=, got 'queue' twice");
  for (const char* own : {"population", "sample_size", "expected_half_width"})
    CHECK(refusal(sized(5, {own})) == "wanted strata that are not called like a column of the plan, got '" +
                                          std::string{own} + "'; rename the column");
  PlanOptions neyman = sized(9, {"queue"});
  neyman.allocation = Allocation::neyman;
  CHECK(refusal(neyman) ==
        "wanted expected= error rates for allocation=\"neyman\", got none; pass last period's error rates, or choose "
        "\"proportional\" or \"equal\"");
  neyman.expected = std::map<Words, double>{{{"eu"}, 0.1}, {{"us"}, 0.1}};
  CHECK(refusal(neyman) ==
        "wanted an expected error rate for each stratum, got none for 'queue=zz'; add it to expected=");
  neyman.expected = 1.5;
  CHECK(refusal(neyman) == "wanted expected error rates between 0 and 1, got 1.5 in column 'expected'");

  FrameColumns columns;
  columns.case_id = "case";
  columns.decision = "label";
  columns.labels = Labels{{}, {}, {"skip"}};
  io::Stream stream = TableOf{}.numbers("case", {1}).texts("label", {"skip"}).stream();
  const Frame undecided = Frame::read(columns, stream);
  CHECK(message_of<InputError>([&] { (void)Plan{undecided, sized(1)}; }) ==
        "wanted decided cases to draw from, got a frame of undecided ones only");
}

TEST_CASE("a plan's table shows its strata under their own types", "[sampling]") {
  FrameColumns columns;
  columns.case_id = "case";
  columns.decision = "label";
  columns.by = {"day", "seen", "flag"};
  io::Stream stream = TableOf{}
                          .numbers("case", {1, 2})
                          .texts("label", {"x", "x"})
                          .numbers("day", {20'000, 1'000'000'000}, "tdD")
                          .numbers("seen", {0, -1}, "tsu:UTC")
                          .truths("flag", {true, false})
                          .stream();
  const io::Table table = Plan{Frame::read(columns, stream), sized(2, {"day", "seen", "flag"})}.table();
  CHECK(table.find("day")->format == "tdD");
  CHECK(table.find("seen")->format == "tsu:UTC");
  CHECK(words(table, "flag") == Words{"true", "false"});
}
