#include <set>

#include <assay/tally/outcome.hpp>
#include <assay_test.hpp>

using namespace assay;

TEST_CASE("every pair of judged labels has one outcome", "[tally][outcome]") {
  using enum LabelKind;
  CHECK(outcome_of(violating, violating, true) == Outcome::upheld_violating);
  CHECK(outcome_of(violating, violating, false) == Outcome::wrong_label_violating);
  CHECK(outcome_of(violating, not_violating, false) == Outcome::over_enforcement);
  CHECK(outcome_of(not_violating, violating, false) == Outcome::leakage);
  CHECK(outcome_of(not_violating, not_violating, true) == Outcome::upheld_clear);
  CHECK(outcome_of(not_violating, not_violating, false) == Outcome::wrong_label_clear);
  CHECK(outcome_of(undeclared, undeclared, true) == Outcome::upheld);
  CHECK(outcome_of(undeclared, undeclared, false) == Outcome::wrong);
}

TEST_CASE("outcomes keep the numbers they are written with", "[golden][tally][outcome]") {
  CHECK(static_cast<int>(Outcome::upheld_violating) == 0);
  CHECK(static_cast<int>(Outcome::upheld_clear) == 1);
  CHECK(static_cast<int>(Outcome::over_enforcement) == 2);
  CHECK(static_cast<int>(Outcome::leakage) == 3);
  CHECK(static_cast<int>(Outcome::wrong_label_violating) == 4);
  CHECK(static_cast<int>(Outcome::wrong_label_clear) == 5);
  CHECK(static_cast<int>(Outcome::unanswered_violating) == 6);
  CHECK(static_cast<int>(Outcome::unanswered_clear) == 7);
  CHECK(static_cast<int>(Outcome::wrong) == 1);
  CHECK(static_cast<int>(Outcome::unanswered) == 2);
  CHECK(outcome_classes(true) == 8);
  CHECK(outcome_classes(false) == 4);
}

TEST_CASE("a set of outcomes has a bit for each of them", "[tally][outcome]") {
  CHECK(outcomes() == 0);
  CHECK(outcomes(Outcome::upheld_violating) == 1);
  CHECK(outcomes(Outcome::over_enforcement, Outcome::leakage) == 12);
  CHECK(outcomes(Outcome::unanswered_clear, Outcome::unanswered_clear) == 128);
}
