// Golden numbers: the finite-queue rows of A_ppi, by another road than judge_assisted.

#include <assay_test.hpp>

#include <array>
#include <cmath>

#include <assay/score/judge_moments.hpp>

using namespace assay;
using assay::detail::JudgeCells;
using assay::detail::JudgeFit;
using assay::detail::JudgeMoments;
using assay::test::shared_file;
using assay::test::Table;

TEST_CASE("the moments of one stratum reproduce survey's finite-population estimators", "[golden][score]") {
  const auto file = shared_file("golden/A_ppi/ppi_data.csv");
  if (!file) return;
  JudgeCells queue;
  Predictions said{"f", false, {}, {}};
  const Table data{*file};
  for (const auto& row : data.rows()) {
    said.numbers.push_back(row.number("f"));
    said.add_to(queue.predicted, said.numbers.size() - 1);
    queue.population += 1.0;
    if (row.text("set") != "labeled") continue;
    queue.sampled += 1.0;
    queue.add(row.number("y") == 1.0 ? 0 : 1, said, said.numbers.size() - 1);
  }
  const std::array strata{queue};
  const JudgeMoments moments{plain_accuracy, true, false, strata, queue.predicted};
  const JudgeFit none = moments.fit(JudgeWeight::none, false);
  CHECK(none.value == Approx(0.155).epsilon(1e-12));
  CHECK(std::sqrt(none.finite_variance) == Approx(0.0244608375153155).epsilon(1e-10));
  const JudgeFit full = moments.fit(JudgeWeight::full, false);
  CHECK(full.value == Approx(0.135463695909091).epsilon(1e-10));
  CHECK(std::sqrt(full.finite_variance) == Approx(0.00928081390818198).epsilon(1e-9));
  for (const bool apart : {false, true}) {
    const JudgeFit tuned = moments.fit(JudgeWeight::tuned, apart);
    CHECK(tuned.value == Approx(0.130556094887458).epsilon(1e-10));
    // one degree of freedom more is spent than the textbook's n - 1
    CHECK(std::sqrt(tuned.finite_variance) == Approx(0.00803867733487071 * std::sqrt(199.0 / 198.0)).epsilon(1e-9));
    CHECK(tuned.alone_finite == Approx(none.finite_variance));
  }
  CHECK(moments.finite_factor() == Approx(1.0 - 200.0 / 2200.0));
}

TEST_CASE("a judge with nothing to say is not usable, or not weighed", "[law][score]") {
  JudgeCells queue{.population = 100, .sampled = 20};
  Predictions same{"f", false, {}, {0.5}};
  for (int i = 0; i < 100; ++i) same.add_to(queue.predicted, 0);
  for (int i = 0; i < 20; ++i) queue.add(i % 4 == 0 ? 1 : 0, same, 0);
  const std::array strata{queue};
  const JudgeMoments moments{plain_accuracy, true, false, strata, queue.predicted};
  REQUIRE(moments.usable());
  CHECK(moments.fit(JudgeWeight::tuned, false).lambda == 0.0);
  CHECK(moments.fit(JudgeWeight::tuned, false).value == Approx(0.75));
  CHECK(moments.within_unit());
  JudgeCells silent{.population = 100, .sampled = 20};
  Predictions label{"j", true, {7}, {}};  // undecided about every case that was left alone
  for (int i = 0; i < 20; ++i) silent.add(1, label, 0);
  silent.predicted.outcomes[7] = 100;
  silent.predicted.cases = 100;
  const std::array quiet{silent};
  CHECK_FALSE(JudgeMoments(metrics[5], false, true, quiet, silent.predicted).usable());
}

TEST_CASE("a part of the squared errors comes from events that the judge named wrongly", "[law][score]") {
  // 3 events named, 4 not; 6 others named, 87 not: errors audit - lambda * judge of 1 - lambda, 1, -lambda and 0.
  JudgeCells queue{.population = 1000, .sampled = 100};
  Predictions label{"j", true, {0, 1}, {}};
  Predictions number{"f", false, {}, {1.0, 0.0}};
  JudgeCells numbers = queue;
  const auto add = [&](std::uint8_t truth, std::size_t said, int times) {
    for (int i = 0; i < times; ++i) {
      queue.add(truth, label, said);
      numbers.add(truth, number, said);
    }
  };
  add(1, 1, 3), add(1, 0, 4), add(0, 1, 6), add(0, 0, 87);  // outcome 1 is wrong: a miss
  queue.predicted.outcomes[0] = 900;
  queue.predicted.outcomes[1] = 100;
  queue.predicted.cases = 1000;
  for (int i = 0; i < 1000; ++i) number.add_to(numbers.predicted, i % 10 == 0 ? 1 : 0);
  const std::array strata{queue};
  const JudgeMoments moments{plain_accuracy, true, true, strata, queue.predicted};
  for (const double lambda : {0.4, 1.0}) {
    const double with = 3.0 * (1.0 - lambda) * (1.0 - lambda) + 4.0;
    const double against = 6.0 * lambda * lambda;
    CHECK(moments.named_part(lambda, false) == Approx(against / (with + against)));
  }
  CHECK(moments.named_part(0.0, false) == 0.0);
  // Of numbers nobody knows what is usual but their mean among cases that are no events.
  const std::array same{numbers};
  const JudgeMoments by_number{plain_accuracy, true, false, same, numbers.predicted};
  const double usual = 6.0 / 93.0;
  const double with = 3.0 * std::pow(1.0 - 0.4 * (1.0 - usual), 2.0) + 4.0 * std::pow(1.0 + 0.4 * usual, 2.0);
  const double against = 0.16 * (6.0 * std::pow(1.0 - usual, 2.0) + 87.0 * usual * usual);
  CHECK(by_number.named_part(0.4, false) == Approx(against / (with + against)));
  CHECK(by_number.reach() == 1.0);
}

TEST_CASE("where the denominator is a guess, errors are weighed over the judge's own", "[law][score]") {
  // Recall: 10 due, all acted on but 2; the judge names 20 due.
  JudgeCells queue{.population = 1000, .sampled = 100};
  Predictions label{"j", true, {0, 1, 3}, {}};
  const auto add = [&](Outcome truth, Outcome said, int times) {
    label.outcomes = {static_cast<std::uint8_t>(said)};
    for (int i = 0; i < times; ++i) queue.add(static_cast<std::uint8_t>(truth), label, 0);
  };
  add(Outcome::upheld_violating, Outcome::upheld_violating, 8);
  add(Outcome::leakage, Outcome::leakage, 1);
  add(Outcome::leakage, Outcome::upheld_clear, 1);
  add(Outcome::upheld_clear, Outcome::leakage, 11);
  add(Outcome::upheld_clear, Outcome::upheld_clear, 79);
  queue.predicted.outcomes[static_cast<std::size_t>(Outcome::leakage)] = 120;
  queue.predicted.outcomes[static_cast<std::size_t>(Outcome::upheld_violating)] = 80;
  queue.predicted.cases = 1000;
  const std::array strata{queue};
  const JudgeMoments moments{metrics[5], false, true, strata, queue.predicted};
  CHECK(moments.reach() == Approx(0.5));
  const double with = 0.75 * 0.75 + 1.0;
  const double against = 11.0 * 0.25 * 0.25;
  CHECK(moments.named_part(0.5, false) == Approx(against / (with + against)));
}
