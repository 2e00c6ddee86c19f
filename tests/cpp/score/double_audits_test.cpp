#include <assay_test.hpp>

#include <cmath>
#include <random>
#include <vector>

#include <assay/score/double_audits.hpp>

using namespace assay;
using assay::test::message_of;

namespace {

/// A week: decisions of two kinds, errors in each, auditors who find and invent them, an expert on some cases.
struct Week {
  double violating{0.3};
  double error[2]{0.06, 0.12};
  double sensitivity[2]{0.75, 0.9};
  double specificity[2]{0.98, 0.94};

  [[nodiscard]] double truth() const { return (1.0 - violating) * error[0] + violating * error[1]; }

  template <class Uniform>
  [[nodiscard]] std::vector<AuditedKind> audit(int once, int twice, const Uniform& uniform) const {
    double n[2]{};
    double found[2]{};
    double second[2][2]{};  // by kind and first audit: double audits
    double upheld[2][2]{};
    double truth_found[2][2]{};  // by kind and truth: double audits
    double right[2][2]{};
    for (int i = 0; i < once; ++i) {
      const int kind = uniform() < violating ? 1 : 0;
      const bool error_here = uniform() < error[kind];
      const bool first = uniform() < (error_here ? sensitivity[kind] : 1.0 - specificity[kind]);
      n[kind] += 1.0;
      found[kind] += first ? 1.0 : 0.0;
      if (i >= twice) continue;
      second[kind][first] += 1.0;
      upheld[kind][first] += error_here ? 1.0 : 0.0;
      truth_found[kind][error_here] += 1.0;
      right[kind][error_here] += first == error_here ? 1.0 : 0.0;
    }
    std::vector<AuditedKind> out;
    for (int k = 0; k < 2; ++k) {
      AuditedKind kind;
      kind.share = {n[k] / once, static_cast<double>(once)};
      kind.found = {found[k] / n[k], n[k]};
      kind.upheld = {second[k][1] > 0 ? upheld[k][1] / second[k][1] : 0.0, second[k][1]};
      kind.missed = {second[k][0] > 0 ? upheld[k][0] / second[k][0] : 0.0, second[k][0]};
      const auto trials = [](double x, double of) {
        return Trials{static_cast<std::int64_t>(x), static_cast<std::int64_t>(of)};
      };
      kind.quality = {trials(right[k][1], truth_found[k][1]), trials(right[k][0], truth_found[k][0])};
      out.push_back(kind);
    }
    return out;
  }
};

std::vector<AuditedKind> one(SeenRate found, SeenRate upheld, SeenRate missed) {
  AuditedKind kind;
  kind.found = found;
  kind.upheld = upheld;
  kind.missed = missed;
  return {kind};
}

}  // namespace

TEST_CASE("the difference is the mean of the first audits plus that of second minus first", "[law][score]") {
  // 1,000 audited once, 100 found; 200 of them again: of 20 found 15 upheld, of 180 not found 9 found.
  const CorrectedShare got = correct_by_difference(one({0.1, 1000}, {0.75, 20}, {0.05, 180}), Confidence{0.95});
  CHECK(got.raw == Approx(0.1));
  CHECK(got.value == Approx(0.1 + (9.0 - 5.0) / 200.0));
  CHECK(got.limits.contains(got.value));
  CHECK_FALSE(got.cut);
}

TEST_CASE("an expert who always agrees leaves the rate; more double audits narrow the limits", "[law][score]") {
  const auto few = correct_by_difference(one({0.1, 1000}, {1, 20}, {0, 180}), Confidence{0.95});
  const auto many = correct_by_difference(one({0.1, 1000}, {1, 80}, {0, 720}), Confidence{0.95});
  CHECK(few.value == Approx(0.1));
  CHECK(many.limits.width() < few.limits.width());
  CHECK(few.limits.upper > 0.11);
}

TEST_CASE("limits of both corrections cover the true rate, with few errors and many", "[law][score]") {
  // 1,500 repetitions with a fixed seed: Monte-Carlo error .006.
  std::mt19937_64 random{20261128};
  const auto uniform = [&] { return static_cast<double>(random() >> 11U) * 0x1.0p-53; };
  for (const double scale : {0.3, 1.0, 3.0}) {
    Week week;
    for (double& error : week.error) error *= scale;
    // Every draw counts for each correction by itself; what a correction refuses is counted beside.
    constexpr int draws = 1500;
    int difference = 0;
    int difference_refused = 0;
    int rates = 0;
    int rates_refused = 0;
    int raw = 0;
    for (int repetition = 0; repetition < draws; ++repetition) {
      const auto kinds = week.audit(800, 250, uniform);
      double seen = 0.0;
      for (const AuditedKind& kind : kinds) seen += kind.share.rate * kind.found.rate;
      raw += wilson(seen, 800.0, std::numeric_limits<double>::infinity(), Confidence{0.95}).contains(week.truth());
      try {
        difference += correct_by_difference(kinds, Confidence{0.95}).limits.contains(week.truth()) ? 1 : 0;
      } catch (const InputError&) {
        ++difference_refused;  // a kind of which the expert saw no case that first audits found
      }
      try {
        rates += correct_by_error_rates(kinds, Confidence{0.95}).limits.contains(week.truth()) ? 1 : 0;
      } catch (const InputError&) {
        ++rates_refused;  // no true error among a kind's double audits, or auditors that look no better than a coin
      }
    }
    INFO(scale << ": difference " << difference << " refused " << difference_refused << ", rates " << rates
               << " refused " << rates_refused << ", raw " << raw);
    CHECK(difference_refused <= draws / 100);
    CHECK(rates_refused <= draws / 4);
    CHECK(static_cast<double>(difference) / (draws - difference_refused) >= 0.945);
    CHECK(static_cast<double>(rates) / (draws - rates_refused) >= 0.945);
    if (scale == 1.0) CHECK(static_cast<double>(raw) / draws < 0.9);  // what uncorrected limits hold
  }
}

TEST_CASE("what auditors do to each kind of decision is undone kind by kind", "[law][score]") {
  const double sensitivity[2]{0.75, 0.9};
  const double specificity[2]{0.98, 0.94};
  std::vector<AuditedKind> kinds;
  for (std::size_t k = 0; k < 2; ++k) {
    const double truth = k == 0 ? 0.06 : 0.12;
    AuditedKind kind;
    kind.share = {k == 0 ? 0.7 : 0.3, 1000};
    kind.found = {truth * sensitivity[k] + (1 - truth) * (1 - specificity[k]), k == 0 ? 700.0 : 300.0};
    kind.quality = {{k == 0 ? 75 : 90, 100}, {k == 0 ? 98 : 94, 100}};
    kinds.push_back(kind);
  }
  const CorrectedShare got = correct_by_error_rates(kinds, Confidence{0.95});
  CHECK(got.value == Approx(0.7 * 0.06 + 0.3 * 0.12));
  CHECK(got.limits.contains(got.value));
}

TEST_CASE("what double audits cannot correct is refused", "[refusal][score]") {
  const Confidence c{0.95};
  CHECK(message_of<InputError>([&] { (void)correct_by_difference(one({0.1, 90}, {0, 0}, {0, 9}), c); }) ==
        "wanted double audits of cases whose first audit found the error, got none");
  CHECK(message_of<InputError>([&] { (void)correct_by_difference(one({0.1, 90}, {1, 9}, {0, 0}), c); }) ==
        "wanted double audits of cases whose first audit found no error, got none");
  CHECK(correct_by_difference(one({0.0, 90}, {0, 0}, {0, 9}), c).value == 0.0);
  CHECK_THROWS_AS(correct_by_difference({}, c), InputError);
  CHECK_THROWS_AS(correct_by_difference(one({1.1, 90}, {1, 9}, {0, 9}), c), InputError);
  CHECK_THROWS_AS(correct_by_difference(one({0.1, -1}, {1, 9}, {0, 9}), c), InputError);
  CHECK_THROWS_AS(correct_by_difference(one({0.1, 0}, {1, 9}, {0, 9}), c), InputError);
  CHECK_THROWS_AS(correct_by_difference(one({0.1, 90}, {NAN, 9}, {0, 9}), c), InputError);
  AuditedKind coin;
  coin.found = {0.1, 100};
  coin.quality = {{4, 10}, {5, 10}};
  CHECK(message_of<InputError>([&] {
          (void)correct_by_error_rates(std::vector<AuditedKind>{coin}, c);
        }).starts_with("wanted auditors better than a coin"));
}
