#include <assay/score/metric.hpp>
#include <assay_test.hpp>

using namespace assay;

namespace {

TallySpec judged() {
  TallySpec spec;
  spec.decision = "d";
  spec.verdict = "v";
  spec.labels = Labels{{"remove"}, {}, {}};
  return spec;
}

const Metric& named(std::string_view name) {
  for (const Metric& metric : metrics)
    if (metric.name == name) return metric;
  throw std::runtime_error("no such metric");
}

}  // namespace

TEST_CASE("four shares divide every scored outcome among them", "[law][score]") {
  OutcomeSet all = 0;
  int sizes = 0;
  for (const auto* name : {"accuracy", "over_enforcement", "leakage", "wrong_label"}) {
    CHECK(named(name).denominator == detail::scored);
    CHECK((all & named(name).numerator) == 0);
    all = static_cast<OutcomeSet>(all | named(name).numerator);
    ++sizes;
  }
  CHECK(all == detail::scored);
  CHECK(sizes == 4);
}

TEST_CASE("every numerator is part of its denominator, and complements complement", "[law][score]") {
  for (const Metric& metric : metrics) {
    CAPTURE(metric.name);
    CHECK((metric.numerator & ~metric.denominator) == 0);
    CHECK((metric.denominator & ~detail::scored) == 0);
    CHECK(!metric.title.empty());
    CHECK(!metric.definition.empty());
    CHECK(!metric.denominator_words.empty());
  }
  for (const auto& [one, other] :
       {std::pair{"recall", "false_negative_rate"}, {"specificity", "false_positive_rate"}}) {
    CHECK(named(one).denominator == named(other).denominator);
    CHECK((named(one).numerator ^ named(other).numerator) == named(one).denominator);
  }
  CHECK(named("violation_rate").numerator == named("recall").denominator);
  CHECK(named("precision").numerator == named("recall").numerator);
  CHECK(named("precision").denominator_by_decision);
}

TEST_CASE("outcomes of labelled pairs land in the metrics they should", "[score]") {
  const auto in = [](const char* name, LabelKind decision, LabelKind verdict, bool same) {
    return (named(name).numerator >> static_cast<unsigned>(outcome_of(decision, verdict, same)) & 1U) != 0;
  };
  constexpr auto act = LabelKind::violating;
  constexpr auto keep = LabelKind::not_violating;
  CHECK(in("accuracy", act, act, true));
  CHECK(in("wrong_label", act, act, false));
  CHECK(in("wrong_label", keep, keep, false));
  CHECK(in("over_enforcement", act, keep, false));
  CHECK(in("leakage", keep, act, false));
  CHECK(in("precision", act, act, false));
  CHECK_FALSE(in("recall", keep, act, false));
  CHECK(in("specificity", keep, keep, false));
}

TEST_CASE("metrics are found by name, one's own first", "[score]") {
  TallySpec spec = judged();
  CHECK(wanted_metric("leakage", spec).metric == &named("leakage"));
  CHECK(wanted_metric("leakage", spec).better == Better::lower);
  spec.measures = {{"loss", "euro", "views", any_outcome}, {"violation_rate", "views", "views", detail::due}};
  CHECK(wanted_metric("loss", spec).metric == nullptr);
  CHECK(wanted_metric("loss", spec).measure == 0);
  CHECK(wanted_metric("violation_rate", spec).measure == 1);
  CHECK(wanted_metric("violation_rate", spec).better == Better::neither);
  spec.labels = {};
  CHECK(wanted_metric("accuracy", spec).metric == &plain_accuracy);
}

TEST_CASE("what cannot be answered is refused and says what is missing", "[score]") {
  TallySpec spec = judged();
  CHECK(test::contains(test::message_of<InputError>([&] { (void)wanted_metric("acuracy", spec); }), "got 'acuracy'"));
  spec.labels = {};
  CHECK(test::contains(test::message_of<InputError>([&] { (void)wanted_metric("recall", spec); }),
                       "wanted violating= for 'recall'"));
  spec.correct = "ok";
  CHECK(test::contains(test::message_of<InputError>([&] { (void)wanted_metric("recall", spec); }),
                       "correct=, which answers accuracy only"));
}
