#include <assay/survey/two_phase.hpp>

#include "weighted.hpp"

using namespace assay;
using namespace assay::test;

namespace {

double variance(const survey::Design& design, const Numbers& y) {
  return whole(design, {survey::Statistic::total, y, {}}).variance[0];
}

}  // namespace

TEST_CASE("all screened cases audited leave the first phase alone", "[survey][law]") {
  const Numbers y{5.0, 7.0, 13.0, 2.0, 9.0};
  const Codes kinds{0, 0, 1, 1, 1};
  const survey::Design both =
      survey::two_phase(drawn(Numbers(5, 1.0), kinds), Numbers{2, 2, 3, 3, 3}, "screened", 50.0);
  const survey::Design simple = drawn(Numbers(5, 10.0), {}, {}, Numbers(5, 50.0));
  CHECK(variance(both, y) == Approx(variance(simple, y)).epsilon(1e-12));
  CHECK(both.finite());
  CHECK(contains(both.words(), "second phase of 5 screened out of 50"));
}

TEST_CASE("the whole queue screened is a stratified sample", "[survey][law]") {
  const Numbers y{5.0, 7.0, 13.0, 2.0, 9.0}, counts{6, 6, 9, 9, 9};
  const Codes kinds{0, 0, 1, 1, 1};
  const survey::Design both = survey::two_phase(drawn(Numbers(5, 1.0), kinds), counts, "screened", 15.0);
  const survey::Design strata = drawn({3.0, 3.0, 3.0, 3.0, 3.0}, kinds, {}, counts);
  CHECK(variance(both, y) == Approx(variance(strata, y)).epsilon(1e-12));
}

TEST_CASE("the two phases' variance is right on average over all draws", "[survey][law]") {
  // a population of 6; 4 screened; kinds by the first bit; of each kind 2 audited where there are more
  const Numbers y{1.0, 4.0, 2.0, 8.0, 5.0, 7.0};
  double mean = 0.0, squares = 0.0, estimate = 0.0, draws = 0.0;
  for (unsigned first = 0; first < 64; ++first) {
    if (__builtin_popcount(first) != 4) continue;
    std::vector<std::size_t> kinds[2];
    for (std::size_t i = 0; i < 6; ++i)
      if ((first >> i & 1U) != 0) kinds[i % 2].push_back(i);
    if (kinds[0].size() < 2 || kinds[1].size() < 2) {
      // three of a kind and one of the other: the one is audited, and two of the three
      std::vector<std::size_t>& many = kinds[0].size() > 1 ? kinds[0] : kinds[1];
      const std::size_t lone = (kinds[0].size() > 1 ? kinds[1] : kinds[0])[0];
      for (std::size_t out = 0; out < 3; ++out) {
        const std::size_t a = many[(out + 1) % 3], b = many[(out + 2) % 3];
        const survey::Design design =
            survey::two_phase(drawn(Numbers(3, 1.0), {0, 0, 1}), Numbers{3, 3, 1}, "screened", 6.0);
        const Numbers own{y[a], y[b], y[lone]};
        const double total = whole(design, {survey::Statistic::total, own, {}}).point.estimate[0];
        mean += total / 3, squares += total * total / 3, estimate += variance(design, own) / 3;
      }
    } else {
      const survey::Design design =
          survey::two_phase(drawn(Numbers(4, 1.0), {0, 0, 1, 1}), Numbers{2, 2, 2, 2}, "screened", 6.0);
      const Numbers own{y[kinds[0][0]], y[kinds[0][1]], y[kinds[1][0]], y[kinds[1][1]]};
      const double total = whole(design, {survey::Statistic::total, own, {}}).point.estimate[0];
      mean += total, squares += total * total, estimate += variance(design, own);
    }
    draws += 1.0;
  }
  mean /= draws;
  CHECK(mean == Approx(27.0));
  CHECK(estimate / draws == Approx(squares / draws - mean * mean).epsilon(1e-12));
}

TEST_CASE("two phases refuse counts that cannot be", "[survey]") {
  const auto why = [](const survey::Design& design, const Numbers& screened, std::optional<double> population = {}) {
    return message_of<InputError>([&] { (void)survey::two_phase(design, screened, "screened", population); });
  };
  const survey::Design two = drawn(Numbers(2, 1.0));
  CHECK(contains(
      why(two, {1.0, 1.0}),
      "a whole number of screened cases, at least the 2 audited of the stratum, got 1 in column 'screened', row 0"));
  CHECK(contains(why(two, {2.5, 2.5}), "got 2.5"));
  CHECK(contains(why(two, {5.0, 6.0}),
                 "one count of screened cases in each stratum, got 5 and 6 in column 'screened', row 1"));
  CHECK(contains(why(two, {5.0}), "a count of screened cases for each of 2 rows, got 1"));
  CHECK(contains(why(two, {5.0, 5.0}, 4.0), "a population of at least the 5 screened cases, got 4"));
  CHECK(contains(why(drawn(Numbers(3, 1.0), {0, 0, 1}), {5.0, 5.0, 3.0}),
                 "at least two audited cases in each stratum, got one of 3"));
  CHECK(contains(why(drawn(Numbers(2, 1.0), {}, {0, 1}), {5.0, 5.0}), "rows drawn on their own within strata"));
  CHECK_FALSE(survey::two_phase(two, Numbers{5, 5}, "screened", {}).finite());
}
