#pragma once
/// \file
/// What missing audits could have done to a score at worst.

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include <assay/score/cell_facts.hpp>
#include <assay/score/types.hpp>

namespace assay::detail {

/// The response rate, and the least and the most the sample could have shown, had every audit come back.
/// Assumes: the design is modelled.
inline void worst_case(Score& score, const CellFacts& of, const AskedSlice& asked, const Wanted& wanted) {
  const Slices& slices = asked.slices;
  const bool judged = of.spec().judged();
  double sampled = 0.0;
  double answered = 0.0;
  std::array<double, 8> weight{};
  for (const std::size_t cell : asked.cells()) {
    const StratumFacts& facts = of.stratum(slices, cell);
    const double base = facts.population / facts.sampled;
    for (std::size_t outcome = 0; outcome < slices.cells.classes(); ++outcome) {
      const auto count = static_cast<double>(slices.cells.counts(cell)[outcome]);
      weight[outcome] += base * count;
      sampled += count;
      if ((of.answered() >> outcome & 1U) != 0) answered += count;
    }
  }
  const auto unanswered = static_cast<std::size_t>(judged ? Outcome::unanswered_violating : Outcome::unanswered);
  std::array<double, 2> silent{};  // acted, left alone
  if (asked.silent != nullptr)
    for (const std::size_t cell : *asked.silent) {
      const StratumFacts& facts = of.stratum(slices, cell);
      for (std::size_t kind = 0; kind < (judged ? 2U : 1U); ++kind) {
        const auto count = static_cast<double>(slices.cells.counts(cell)[unanswered + kind]);
        silent[kind] += facts.population / facts.sampled * count;
        sampled += count;
      }
    }
  score.response_rate = sampled > 0.0 ? answered / sampled : 0.0;
  if (wanted.metric == nullptr) {
    if (!score.share)
      score.worst_case = {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
    return;
  }
  const std::vector<std::size_t> for_acted =
      judged ? std::vector<std::size_t>{0, 2, 4} : std::vector<std::size_t>{0, 1};
  const std::vector<std::size_t> for_clear = judged ? std::vector<std::size_t>{1, 3, 5} : std::vector<std::size_t>{0};
  score.worst_case = {1.0, 0.0};
  for (const std::size_t acted_as : for_acted)
    for (const std::size_t clear_as : for_clear)
      for (unsigned joining = 0; joining < (asked.silent == nullptr ? 1U : 4U); ++joining) {
        std::array<double, 8> filled = weight;
        filled[acted_as] += weight[unanswered] + ((joining & 1U) != 0 ? silent[0] : 0.0);
        if (judged) filled[clear_as] += weight[unanswered + 1] + ((joining & 2U) != 0 ? silent[1] : 0.0);
        double numerator = 0.0;
        double denominator = 0.0;
        for (std::size_t outcome = 0; outcome < (judged ? 6U : 2U); ++outcome) {
          if ((wanted.metric->denominator >> outcome & 1U) != 0) denominator += filled[outcome];
          if ((wanted.metric->numerator >> outcome & 1U) != 0) numerator += filled[outcome];
        }
        if (denominator <= 0.0) continue;
        score.worst_case.lower = std::min(score.worst_case.lower, numerator / denominator);
        score.worst_case.upper = std::max(score.worst_case.upper, numerator / denominator);
      }
  if (score.worst_case.lower > score.worst_case.upper) score.worst_case = {0.0, 1.0};
}

}  // namespace assay::detail
