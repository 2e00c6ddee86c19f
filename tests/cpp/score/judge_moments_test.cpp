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
    CHECK(tuned.alone(true) == Approx(none.finite_variance));
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
