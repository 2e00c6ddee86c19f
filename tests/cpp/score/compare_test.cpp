#include <assay/score/compare.hpp>

#include "scores.hpp"

using namespace assay;
using assay::test::message_of;

namespace {

ScoreResult shares(std::size_t right, std::size_t n, const ScoreOptions& options = {},
                   const PopulationSizes& held = {}) {
  return test::result_of(test::judged_spec(), test::upheld(right, n), options, held);
}

std::string standing(const ScoreResult& a, const ScoreResult& b, double margin = 0.0) {
  return std::string{table_of(a, compare(a, b), About::process, margin).find("standing")->text(0)};
}

}  // namespace

TEST_CASE("a difference reproduces Newcombe's published interval", "[golden][score]") {
  // Newcombe (1998), Statistics in Medicine 17:873-890, table II, example (a): 56/70 - 48/80, method 11.
  const ScoreResult a = shares(56, 70);
  const ScoreResult b = shares(48, 80);
  const Difference difference = compare(a, b).differences.front();
  CHECK(difference.value == Approx(0.2));
  CHECK(difference.limits.lower == Approx(0.0428).margin(5e-5));
  CHECK(difference.limits.upper == Approx(0.3422).margin(5e-5));
  CHECK(difference.standard_error == Approx(std::sqrt(0.16 / 69 + 0.24 / 79)));
  CHECK(difference.shared == 0);
  CHECK(difference.corrected);
}

TEST_CASE("limits of effective sample sizes and of queues are not corrected for continuity", "[score]") {
  const ScoreResult a = shares(190, 200, {}, {210.0, {}, {}});
  CHECK_FALSE(compare(a, shares(170, 200, {}, {210.0, {}, {}}), About::queue).differences.front().corrected);
  const auto weighted = [](std::size_t right) {
    std::vector<test::Column> rows = test::upheld(right, 40);
    rows.emplace_back("w", test::Numbers(40, 2.5));
    TallySpec spec = test::judged_spec();
    spec.weight = "w";
    return test::result_of(spec, rows);
  };
  const ScoreResult one = weighted(38);
  const ScoreResult other = weighted(20);
  const Comparison comparison = compare(one, other);
  CHECK_FALSE(comparison.differences.front().corrected);
  CHECK(table_of(one, comparison, About::process, 0.0).find("method")->text(0) == "hybrid score");
  CHECK(compare(one, a).differences.front().corrected);
}

TEST_CASE("better, worse, no difference shown; a margin asks for more", "[score]") {
  CHECK(standing(shares(390, 400), shares(360, 400)) == "better");
  CHECK(standing(shares(360, 400), shares(390, 400)) == "worse");
  CHECK(standing(shares(380, 400), shares(376, 400)) == "no difference shown");
  CHECK(standing(shares(390, 400), shares(360, 400), 0.06) == "no difference shown");
  const ScoreOptions leakage{{"leakage"}, {{}}};
  CHECK(standing(shares(390, 400, leakage), shares(360, 400, leakage)) == "better");
}

TEST_CASE("as many more audits as a difference needs take the correction for continuity along", "[score]") {
  using assay::detail::growth_needed;
  CHECK(growth_needed(0.02, 0.04, 0.0) == Approx(4.0));
  // Fleiss, Tytun & Ury (1980): m groups of n / 4 (1 + sqrt(1 + 4 / (n d)))^2, here n = 4 * 100 and d = 0.02
  const double plain = 400.0;
  const double fleiss = plain / 4.0 * std::pow(1.0 + std::sqrt(1.0 + 4.0 / (plain * 0.02)), 2.0);
  CHECK(100.0 * growth_needed(0.02, 0.04, 0.5 / 100 + 0.5 / 100) == Approx(fleiss));
}

TEST_CASE("about two queues the limits are those of the queues", "[score]") {
  const ScoreResult a = shares(190, 200, {}, {210.0, {}, {}});
  const ScoreResult b = shares(170, 200, {}, {210.0, {}, {}});
  const Difference process = compare(a, b).differences.front();
  const Difference queue = compare(a, b, About::queue).differences.front();
  CHECK(queue.limits.width() < process.limits.width());
  CHECK(queue.standard_error == Approx(process.standard_error * std::sqrt(1.0 - 200.0 / 210.0)));
}

TEST_CASE("what cannot be compared is refused", "[score]") {
  const ScoreResult a = shares(9, 10);
  const ScoreResult other = shares(9, 10, {{"accuracy"}, {{}}, About::queue, Confidence{0.9}});
  CHECK(test::contains(message_of<InputError>([&] { (void)compare(a, other); }), "0.95 and 0.9"));
  const ScoreResult process = shares(9, 10, {{"accuracy"}, {{}}, About::process});
  CHECK(test::contains(message_of<InputError>([&] { (void)compare(a, process, About::queue); }), "about the queue"));
  const ScoreResult by = test::result_of(test::judged_spec({{"d"}}), test::upheld(9, 10), {{"accuracy"}, {{"d"}}});
  CHECK(test::contains(message_of<InputError>([&] { (void)compare(a, by); }), "the same columns"));
  const ScoreResult leakage = shares(9, 10, {{"leakage"}, {{}}});
  CHECK(test::contains(message_of<InputError>([&] { (void)compare(a, leakage); }), "in common"));
  for (const double margin : {-0.1, std::nan("")})
    CHECK(test::contains(message_of<InputError>([&] { (void)table_of(a, compare(a, a), About::process, margin); }),
                         "a margin of 0 or more"));
}
