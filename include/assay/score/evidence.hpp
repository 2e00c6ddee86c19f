#pragma once
/// \file
/// What the audits say of one slice and metric, gathered stratum by stratum.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <assay/score/cell_facts.hpp>
#include <assay/score/metric.hpp>
#include <assay/score/moments.hpp>

namespace assay::detail {

/// Quantities of one slice and metric from which point and interval follow. Moved, never copied: the strata look into
/// the groups.
struct SliceEvidence {
  SliceEvidence() = default;
  SliceEvidence(SliceEvidence&&) = default;
  SliceEvidence& operator=(SliceEvidence&&) = default;
  SliceEvidence(const SliceEvidence&) = delete;
  SliceEvidence& operator=(const SliceEvidence&) = delete;
  ~SliceEvidence() = default;

  std::vector<GroupSample> groups{};
  std::vector<StratumSample> strata{};
  std::vector<double> sizes{};  ///< population of each stratum's part of the denominator; NaN: not known
  std::int64_t n{0};
  std::int64_t hits{0};
  bool equal_weights{true};  ///< within each stratum
  bool unanswered_stratum{false};
  double denominator_population{std::numeric_limits<double>::quiet_NaN()};  ///< of all strata; NaN: not known
  double total{0.0};               ///< weight of all scored cases of the slice, in the denominator or not
  double squares{0.0};             ///< of their weights
  double open_squares{0.0};        ///< what the finite population leaves of those
  double heaviest_hit{0.0};        ///< weight of the heaviest case that could be in the numerator; 0: not known
  double heaviest_miss{0.0};       ///< and of the heaviest that could be in the denominator only
  bool uneven{false};              ///< cases of one outcome weigh differently, so the heaviest is not known
  bool events_are_hits{true};      ///< what is counted as few: hits of an error rate, misses of a quality
  bool denominator_varies{false};  ///< another sample would have another denominator

  /// Strata with an audited case in the denominator.
  [[nodiscard]] std::size_t active_strata() const noexcept {
    return static_cast<std::size_t>(std::count_if(strata.begin(), strata.end(), [](const StratumSample& stratum) {
      return std::any_of(stratum.groups.begin(), stratum.groups.end(),
                         [](const GroupSample& group) { return group.moments.xx > 0.0; });
    }));
  }
  [[nodiscard]] Moments sum() const noexcept {
    Moments sum;
    for (const GroupSample& group : groups) sum += group.moments;
    return sum;
  }
};

/// What one cell adds to a metric, each of its cases weighing `weight` unless the rows brought weights of their own.
[[nodiscard]] inline Moments moments_of(const Cells& cells, std::size_t cell, const Wanted& wanted, double weight) {
  if (wanted.metric == nullptr) {
    const MeasureSums& sums = cells.measure(cell, wanted.measure);
    if (cells.weighted()) weight = 1.0;  // the rows' own weights are in the sums
    const double square = weight * weight;
    return {weight * sums.y.value(), weight * sums.x.value(), square * sums.yy.value(), square * sums.xy.value(),
            square * sums.xx.value()};
  }
  Moments moments;
  for (std::size_t outcome = 0; outcome < cells.classes(); ++outcome) {
    if ((wanted.metric->denominator >> outcome & 1U) == 0 || cells.counts(cell)[outcome] == 0) continue;
    const double first = cells.weighted() ? cells.weights(cell, outcome).value()
                                          : weight * static_cast<double>(cells.counts(cell)[outcome]);
    const double second = cells.weighted() ? cells.squares(cell, outcome).value()
                                           : weight * weight * static_cast<double>(cells.counts(cell)[outcome]);
    moments.x += first;
    moments.xx += second;
    if ((wanted.metric->numerator >> outcome & 1U) == 0) continue;
    moments.y += first;
    moments.yy += second;
    moments.xy += second;
  }
  return moments;
}

/// Counts a cell's audited cases in the denominator, and of them those in the numerator.
inline void count_cases(SliceEvidence& evidence, const Cells& cells, std::size_t cell, const Wanted& wanted,
                        OutcomeSet answered) {
  const OutcomeSet denominator = wanted.metric == nullptr ? answered : wanted.metric->denominator;
  const OutcomeSet numerator = wanted.metric == nullptr ? OutcomeSet{0} : wanted.metric->numerator;
  for (std::size_t outcome = 0; outcome < cells.classes(); ++outcome) {
    if ((denominator >> outcome & 1U) == 0) continue;
    const auto count = static_cast<std::int64_t>(cells.counts(cell)[outcome]);
    evidence.n += count;
    if ((numerator >> outcome & 1U) != 0) evidence.hits += count;
  }
}

/// Cases of a stratum that were acted on: as the frame counted them, or all or none where strata hold one decision
/// each.
[[nodiscard]] inline double acted_size(const CellFacts& of, const Cells& cells, std::size_t cell,
                                       const StratumFacts& facts) {
  if (!of.strata_by_decision() || !std::isnan(facts.acted_population)) return facts.acted_population;
  for (std::size_t outcome = 0; outcome < cells.classes(); ++outcome)
    if ((of.answered() >> outcome & 1U) != 0 && cells.counts(cell)[outcome] != 0)
      return (acted >> outcome & 1U) != 0 ? facts.population : 0.0;
  return facts.acted_population;
}

/// The weights of one cell's cases: all of them, and the heaviest that could be a hit or a miss. A decision to act
/// cannot be a leak, nor one to let stand over-enforcement: where strata hold one decision each, or each decision has
/// one weight, the other decision's weight does not count. Where cases of one decision differ, the few that were drawn
/// may by chance be light ones, so it is at least as heavy as all cases say. What the audits found does not matter.
inline void weigh_cases(SliceEvidence& evidence, const Cells& cells, std::size_t cell, const Wanted& wanted,
                        OutcomeSet answered, double weight, bool judged, bool by_decision) {
  if (wanted.metric == nullptr) return;
  const OutcomeSet hits = wanted.metric->numerator;
  const OutcomeSet misses = static_cast<OutcomeSet>(wanted.metric->denominator & ~hits);
  struct Weighed {
    double count{0.0}, first{0.0}, squares{0.0};
    [[nodiscard]] double each() const noexcept { return squares / first; }
    [[nodiscard]] bool uneven() const noexcept { return count * squares > first * first * (1.0 + 1e-9); }
  };
  const auto of = [&](OutcomeSet possible) {
    Weighed out;
    for (std::size_t outcome = 0; outcome < cells.classes(); ++outcome) {
      if ((answered & possible & OutcomeSet{1} << outcome) == 0 || cells.counts(cell)[outcome] == 0) continue;
      const auto cases = static_cast<double>(cells.counts(cell)[outcome]);
      out.count += cases;
      out.first += cells.weighted() ? cells.weights(cell, outcome).value() : weight * cases;
      out.squares += cells.weighted() ? cells.squares(cell, outcome).value() : weight * weight * cases;
    }
    return out;
  };
  const bool own_weights = judged && cells.weighted();
  const bool uneven =
      cells.weighted() && (own_weights ? of(acted).uneven() || of(not_acted).uneven() : of(answered).uneven());
  evidence.uneven = evidence.uneven || uneven;
  const auto weigh = [&](OutcomeSet possible) {
    const Weighed found = of(possible);
    if (found.count == 0.0) return;
    evidence.total += found.first;
    const double each = uneven ? std::max(found.each(), of(answered).each()) : found.each();
    if ((possible & hits) != 0) evidence.heaviest_hit = std::max(evidence.heaviest_hit, each);
    if ((possible & misses) != 0) evidence.heaviest_miss = std::max(evidence.heaviest_miss, each);
  };
  if (by_decision || own_weights) {
    weigh(acted);
    weigh(not_acted);
  } else {
    weigh(answered);
  }
}

/// The squared weights of all of a cell's scored cases, whatever the metric makes of them.
inline void square_cases(SliceEvidence& evidence, const Cells& cells, std::size_t cell, OutcomeSet answered,
                         double weight, double fraction) {
  const double scale = evidence.strata.back().weight_scale;
  for (std::size_t outcome = 0; outcome < cells.classes(); ++outcome) {
    if ((answered >> outcome & 1U) == 0 || cells.counts(cell)[outcome] == 0) continue;
    const auto cases = static_cast<double>(cells.counts(cell)[outcome]);
    const double squares = cells.weighted() ? cells.squares(cell, outcome).value() : weight * weight * cases;
    evidence.squares += squares;
    evidence.open_squares += scale > 0.0 ? std::max(0.0, squares - cells.weights(cell, outcome).value() / scale)
                                         : (1.0 - fraction) * squares;
  }
}

/// Gathers a slice: its strata, their groups, and what is known about sizes.
[[nodiscard]] inline SliceEvidence gather(const CellFacts& of, const AskedSlice& asked, const Wanted& wanted) {
  const Slices& slices = asked.slices;
  const bool modelled = of.design().modelled;
  SliceEvidence evidence;
  const auto cells = asked.cells();
  evidence.groups.reserve(cells.size());
  std::vector<std::size_t> group_begin;
  std::vector<int> pools;  // of the groups of the present stratum
  double known = 0.0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::size_t cell = cells[i];
    const StratumFacts& facts = of.stratum(slices, cell);
    if (i == 0 || !of.same_stratum(slices, cells[i - 1], cell)) {
      group_begin.push_back(evidence.groups.size());
      evidence.strata.push_back({facts.population, facts.sampled, {}});
      if (slices.cells.weighted() && wanted.metric != nullptr && facts.weight > 0.0 && std::isfinite(facts.population))
        evidence.strata.back().weight_scale = facts.population / facts.weight;
      pools.clear();
      evidence.sizes.push_back(wanted.metric != nullptr && wanted.metric->denominator_by_decision
                                   ? acted_size(of, slices.cells, cell, facts)
                                   : facts.population);
      known += evidence.sizes.back();
    }
    double weight = std::isinf(facts.population) ? 1.0 : facts.population / facts.sampled;
    Response response{facts.sampled, facts.sampled, 0};
    if (modelled) {
      response = of.response(slices, cell);
      if (response.answered > 0.0)
        weight *= response.sampled / response.answered;
      else
        evidence.unanswered_stratum = true;
    }
    const Moments moments = moments_of(slices.cells, cell, wanted, weight);
    const auto pool = std::find(pools.begin(), pools.end(), response.pool);
    if (pool != pools.end()) {
      evidence.groups[group_begin.back() + static_cast<std::size_t>(pool - pools.begin())].moments += moments;
    } else {
      pools.push_back(response.pool);
      evidence.groups.push_back({response.sampled, response.answered, moments});
    }
    count_cases(evidence, slices.cells, cell, wanted, of.answered());
    weigh_cases(evidence, slices.cells, cell, wanted, of.answered(), weight, of.spec().judged(),
                of.strata_by_decision());
    square_cases(evidence, slices.cells, cell, of.answered(), weight,
                 std::isinf(facts.population) || response.sampled <= 0.0
                     ? 0.0
                     : facts.sampled / facts.population * response.answered / response.sampled);
  }
  group_begin.push_back(evidence.groups.size());
  for (std::size_t h = 0; h < evidence.strata.size(); ++h)
    evidence.strata[h].groups =
        std::span<const GroupSample>{evidence.groups}.subspan(group_begin[h], group_begin[h + 1] - group_begin[h]);
  if (asked.silent != nullptr)
    for (const std::size_t cell : *asked.silent)
      if (of.response(slices, cell).answered == 0.0) evidence.unanswered_stratum = true;
  evidence.equal_weights = !slices.cells.weighted() && !modelled && wanted.metric != nullptr;
  const bool whole_denominator = wanted.metric != nullptr && (wanted.metric->denominator == of.answered() ||
                                                              wanted.metric->denominator_by_decision);
  if (asked.whole_strata && whole_denominator && !modelled && !of.design().recorded)
    evidence.denominator_population = known;
  evidence.events_are_hits = wanted.metric == nullptr || wanted.metric->better != Better::higher;
  evidence.denominator_varies = wanted.metric != nullptr && (wanted.metric->denominator != of.answered() ||
                                                             (!asked.whole_strata && evidence.strata.size() > 1));
  return evidence;
}

}  // namespace assay::detail
