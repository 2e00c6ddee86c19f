#include <limits>

#include <assay/tally/worker.hpp>
#include <assay_test.hpp>
#include <tally/rows.hpp>

using namespace assay;
using namespace assay::test;

namespace {

struct Counted {
  std::uint64_t rows{0};
  std::uint64_t undecided{0};
  std::uint64_t excluded{0};
  std::array<std::uint64_t, 8> outcomes{};
};

/// One worker given every batch in ranges of at most `step` rows.
Counted counted(const Batches& batches, std::int64_t step) {
  TallySpec spec;
  spec.decision = "decision";
  spec.verdict = "verdict";
  spec.exclude = "excluded";
  spec.labels = Labels{{"remove", "restrict"}, {}, {"escalated"}};
  io::Stream stream = batches.stream();
  assay::detail::TallySource source;
  source.spec = &spec;
  source.decision = stream.index_of("decision");
  source.verdict = stream.index_of("verdict");
  source.exclude = stream.index_of("excluded");
  source.kept = {{}};
  assay::detail::TallyWorker worker{source};
  io::Batch batch;
  while (stream.next(batch)) {
    worker.begin(batch);
    for (std::int64_t at = 0; at < batch.rows(); at += step) worker.run(at, std::min(step, batch.rows() - at));
  }
  Counted out{worker.rows(), worker.undecided(), worker.excluded(), {}};
  const auto& cells = worker.accumulator().finish();
  for (std::size_t cell = 0; cell < cells.front().size(); ++cell)
    for (std::size_t outcome = 0; outcome < 8; ++outcome) out.outcomes[outcome] += cells.front().counts(cell)[outcome];
  return out;
}

}  // namespace

TEST_CASE("a worker counts each row once, whatever the ranges it is given", "[law][tally]") {
  Random random{41};
  const auto rows = random_decisions(3000, random);
  const Batches batches = batches_of(rows, 0, rows.size(), random);
  Counted expected;
  for (const Decision& row : rows) {
    const auto outcome = outcome_by_hand(row, true);
    if (!outcome)
      ++expected.undecided;
    else if (row.excluded)
      ++expected.excluded;
    else
      ++expected.rows, ++expected.outcomes[*outcome];
  }
  for (const std::int64_t step : {std::int64_t{7}, std::int64_t{1000}, std::numeric_limits<std::int64_t>::max() / 2}) {
    const Counted found = counted(batches, step);
    CHECK(found.rows == expected.rows);
    CHECK(found.undecided == expected.undecided);
    CHECK(found.excluded == expected.excluded);
    CHECK(found.outcomes == expected.outcomes);
  }
}
