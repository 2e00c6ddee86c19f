#include <assay/score/sample.hpp>
#include <assay/score/worst_case.hpp>
#include <assay_test.hpp>
#include <score/scores.hpp>

using namespace assay;
using namespace assay::test;
using Catch::Approx;

namespace {

/// Four cases drawn of eight; the audits of the last `missing` did not come back, the others were upheld.
Score worst_of(const std::string& metric, std::size_t missing) {
  SampleSpec spec;
  spec.case_id = "id";
  spec.decision = "d";
  spec.verdict = "v";
  spec.groupings = {{}};
  spec.labels = Labels{{"remove"}, {}, {}};
  Words ids{"1", "2", "3", "4"};
  Words decisions{"remove", "allow", "allow", "remove"};
  io::Stream sample = stream_of({{"id", ids},
                                 {"d", decisions},
                                 {"stratum", Words(4, "all")},
                                 {"stratum_population", Wholes(4, 8)},
                                 {"stratum_size", Wholes(4, 4)}});
  ids.resize(4 - missing);
  decisions.resize(4 - missing);
  io::Stream audits = stream_of({{"id", ids}, {"v", decisions}});
  const AuditedSample joined = join(spec, sample, audits);
  const assay::detail::CellFacts facts{joined.tally, joined.design};
  const auto ranks = assay::detail::ranks_of(joined.tally.dictionaries());
  const Slices slices = slices_of(joined.tally, {}, facts.hidden(), ranks, facts.strata());
  Score score;
  assay::detail::worst_case(score, facts, {slices}, wanted_metric(metric, joined.tally.spec()));
  return score;
}

}  // namespace

TEST_CASE("one missing audit may have gone either way", "[score]") {
  const Score score = worst_of("accuracy", 1);
  CHECK(score.response_rate == 0.75);
  CHECK(score.worst_case.lower == Approx(0.75));
  CHECK(score.worst_case.upper == 1.0);
}

TEST_CASE("a missing audit of an acted case bears on precision, and cannot add a leak", "[score]") {
  const Score precision = worst_of("precision", 1);
  CHECK(precision.worst_case.lower == Approx(0.5));
  CHECK(precision.worst_case.upper == 1.0);
  CHECK(worst_of("leakage", 1).worst_case.upper == 0.0);
  CHECK(worst_of("leakage", 2).worst_case.upper == Approx(0.25));
}
