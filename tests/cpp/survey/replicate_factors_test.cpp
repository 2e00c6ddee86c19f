#include <assay/survey/replicate_factors.hpp>

#include "weighted.hpp"

using namespace assay;
using namespace assay::test;
using survey::Lonely;
using survey::ReplicateFactors;
using survey::Replication;
using survey::ReplicationSpec;

namespace {

Numbers factors(const ReplicateFactors& of, std::size_t replicate) {
  Numbers out(of.units());
  of.fill(replicate, out);
  return out;
}
ReplicationSpec spec(Replication method) {
  ReplicationSpec out;
  out.method = method;
  return out;
}
std::string why(const survey::Design& design, const ReplicationSpec& asked) {
  return message_of<InputError>([&] { (void)ReplicateFactors(design, asked); });
}

}  // namespace

TEST_CASE("the jackknife leaves out each unit and raises its stratum", "[survey]") {
  const survey::Design design = drawn(Numbers(5, 1.0), {0, 0, 1, 1, 1}, {}, {4.0, 4.0, 3.0, 3.0, 3.0});
  const ReplicateFactors of{design, spec(Replication::jackknife)};
  CHECK(of.scale() == Numbers{0.25, 0.25});  // the second stratum was drawn whole
  CHECK(factors(of, 0) == Numbers{0.0, 2.0, 1.0, 1.0, 1.0});
}

TEST_CASE("half-samples are balanced, and Fay's keep a share", "[survey]") {
  const survey::Design design = drawn(Numbers(6, 1.0), {0, 0, 1, 1, 2, 2});
  const ReplicateFactors half{design, spec(Replication::balanced)};
  CHECK(half.scale() == Numbers(4, 0.25));
  ReplicationSpec fay = spec(Replication::balanced);
  fay.fay = 0.3;
  const ReplicateFactors kept{design, fay};
  CHECK(kept.scale()[0] == Approx(0.25 / 0.49));
  for (std::size_t unit = 0; unit < 6; ++unit) {
    double sum = 0.0;
    for (std::size_t r = 0; r < 4; ++r) {
      const double factor = factors(half, r)[unit];
      CHECK((factor == 0.0 || factor == 2.0));
      CHECK(factors(kept, r)[unit] == Approx(factor == 0.0 ? 0.3 : 1.7));
      sum += factor;
    }
    CHECK(sum == 4.0);  // each unit is in half of them
  }
}

TEST_CASE("bootstrap factors hang on seed and replicate alone, and shrink with the sampled share", "[survey]") {
  ReplicationSpec asked = spec(Replication::bootstrap);
  asked.count = 50;
  asked.seed = 9;
  const ReplicateFactors open{drawn(Numbers(10, 1.0)), asked};
  CHECK(open.scale() == Numbers(50, 0.02));
  CHECK(factors(open, 7) == factors(open, 7));
  CHECK(factors(open, 7) != factors(open, 8));
  for (std::size_t r = 0; r < 50; ++r) {
    double sum = 0.0;
    for (const double factor : factors(open, r)) sum += factor;
    CHECK(sum == Approx(10.0).epsilon(1e-12));
  }
  const ReplicateFactors closed{drawn(Numbers(10, 1.0), {}, {}, Numbers(10, 40.0)), asked};
  const double shrink = std::sqrt(0.75);
  for (std::size_t unit = 0; unit < 10; ++unit)
    CHECK(factors(closed, 3)[unit] - 1.0 == Approx(shrink * (factors(open, 3)[unit] - 1.0)).margin(1e-12));
  asked.about_the_estimate = false;
  CHECK(ReplicateFactors(drawn(Numbers(10, 1.0)), asked).scale()[0] == Approx(1.0 / 49.0));
  asked.seed = 10;
  CHECK(factors(ReplicateFactors{drawn(Numbers(10, 1.0)), asked}, 7) != factors(open, 7));
}

TEST_CASE("strata that a method cannot treat are refused", "[survey]") {
  CHECK(contains(why(drawn(Numbers(3, 1.0)), spec(Replication::balanced)),
                 "wanted two units in each stratum, for balanced half-samples, got 3 in stratum 1 of 1; choose "
                 "method=\"jackknife\""));
  CHECK(contains(why(drawn(Numbers(4, 1.0)), spec(Replication::balanced)), "pair_up=True cuts strata into pairs"));
  ReplicationSpec paired = spec(Replication::balanced);
  paired.pair_up = true;
  CHECK(contains(why(drawn(Numbers(3, 1.0)), paired),
                 "wanted an even number of units in each stratum, to pair up, got 3"));
  const ReplicateFactors pairs{drawn(Numbers(4, 1.0)), paired};
  CHECK(pairs.group_of_unit() == Codes{0, 0, 1, 1});
  paired.fay = 1.0;
  CHECK(contains(why(drawn(Numbers(4, 1.0)), paired), "a Fay factor of at least 0 and below 1, got 1"));
  ReplicationSpec one = spec(Replication::bootstrap);
  one.count = 1;
  CHECK(contains(why(drawn(Numbers(3, 1.0)), one), "at least 2 bootstrap replicates, got 1"));
  const Codes lone{0, 1, 1};
  CHECK(contains(why(drawn(Numbers(3, 1.0), lone, {}, {}, Lonely::adjust), spec(Replication::jackknife)),
                 "wanted at least two units drawn from each stratum, got 1 strata with one"));
  CHECK(ReplicateFactors{drawn(Numbers(3, 1.0), lone, {}, {}, Lonely::certainty), spec(Replication::jackknife)}
            .scale()
            .size() == 2);
  CHECK(contains(why(drawn(Numbers(2, 1.0), {}, {}, Numbers(2, 2.0)), spec(Replication::jackknife)),
                 "wanted a stratum that was not drawn whole"));
}
