#pragma once
/// \file
/// From a tally to scores: point, interval and evidence for every slice and metric.
///
/// The interval's method follows from the design and from how many were audited, never from the errors found:
/// one stratum, everything known about its size: exact hypergeometric limits; one stratum otherwise: Wilson; several
/// strata, weights or missing audits: Wilson on the smaller of the plug-in and Kish's effective sample size, with
/// Student's t. Reasons: Franco, Little, Louis & Slud (2019), J. Surv. Stat. Methodol. 7(3):334-364.

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <assay/core/probability.hpp>
#include <assay/interval/effective.hpp>
#include <assay/interval/hypergeometric.hpp>
#include <assay/interval/wilson.hpp>
#include <assay/score/design.hpp>
#include <assay/score/metric.hpp>
#include <assay/score/moments.hpp>
#include <assay/score/rollup.hpp>
#include <assay/tally/bytes.hpp>

namespace assay {

/// What a score is about: these cases in this period, or the process that made them.
enum class About : unsigned char { queue, process };

/// One slice and metric.
struct Score {
  std::size_t grouping{0};           ///< which grouping, by position in what was asked
  std::size_t slice{0};              ///< which slice of it
  std::size_t metric{0};             ///< which metric, by position in what was asked
  std::optional<double> estimate{};  ///< nothing: no audit speaks to it
  double standard_error{0.0};
  Interval limits{0.0, 1.0};
  std::string_view method{"no audits"};
  std::int64_t n{0};
  double n_effective{0.0};
  double numerator{0.0};
  double denominator{0.0};
  double response_rate{1.0};
  Interval worst_case{0.0, 1.0};
  double process_variance{0.0};  ///< for targets and comparisons, whatever the score is about
  double process_n{0.0};         ///< effective sample size for the process
  Interval process_limits{0.0, 1.0};
  double degrees_of_freedom{0.0};
  bool share{true};  ///< a share of its denominator, with limits in [0, 1]; else a ratio of any size
};

/// Scores with what names them.
struct Scored {
  std::vector<Wanted> wanted{};
  std::vector<Slices> groupings{};
  std::vector<Score> scores{};
};

struct ScoreOptions {
  std::vector<std::string> metrics{"accuracy"};
  std::vector<std::vector<std::string>> groupings{{}};  ///< one list of columns each; an empty list is the total
  About about{About::queue};
  Confidence confidence{0.95};
};

namespace detail {

/// Quantities of one slice and metric from which point and interval follow.
struct SliceEvidence {
  std::vector<GroupSample> groups{};
  std::vector<StratumSample> strata{};
  std::vector<double> sizes{};  ///< population of each stratum's part of the denominator, where known
  std::int64_t n{0};
  std::int64_t hits{0};
  bool equal_weights{true};  ///< within each stratum
  bool unanswered_stratum{false};
  double denominator_population{std::numeric_limits<double>::quiet_NaN()};
};

class Scorer {
 public:
  Scorer(const Tally& tally, const ScoreDesign& design, const ScoreOptions& options)
      : tally_{tally},
        design_{design},
        options_{options},
        ranks_{ranks_of(tally.dictionaries())},
        strata_{tally.spec().grouping_of(tally.spec().strata)} {
    hidden_ = strata_;
    if (design.modelled) {
      const Grouping label = tally.spec().grouping_of({design.label_column});
      label_ = label.front();
      hidden_ = united(hidden_, label);
    }
    const auto names = tally.spec().dimensions();
    for (const std::string& name : tally.spec().strata)
      stratum_order_.push_back(static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
  }

  [[nodiscard]] Scored run() {
    Scored out;
    for (const std::string& name : options_.metrics) out.wanted.push_back(wanted_metric(name, tally_.spec()));
    for (std::size_t g = 0; g < options_.groupings.size(); ++g) {
      const Grouping shown = tally_.spec().grouping_of(options_.groupings[g]);
      out.groupings.push_back(slices_of(tally_, shown, hidden_, ranks_, strata_));
      const Slices& slices = out.groupings.back();
      whole_strata_ =
          tally_.excluded() == 0 &&
          std::all_of(options_.groupings[g].begin(), options_.groupings[g].end(), [&](const std::string& name) {
            return std::find(design_.made_of.begin(), design_.made_of.end(), name) != design_.made_of.end();
          });
      find_silent(slices);
      for (std::size_t slice = 0; slice < slices.size(); ++slice) {
        if (is_absent(slices, slice)) continue;
        silent_now_ = silent_.empty() ? nullptr : silent_of(slices, slice);
        for (std::size_t metric = 0; metric < out.wanted.size(); ++metric) {
          Score score = one(slices, slice, out.wanted[metric]);
          score.grouping = g;
          score.slice = slice;
          score.metric = metric;
          out.scores.push_back(score);
        }
      }
    }
    return out;
  }

 private:
  /// A slice by what is known of it without its audits.
  [[nodiscard]] std::vector<io::Code> without_audits(const Slices& slices, std::size_t slice) const {
    std::vector<io::Code> codes;
    for (const std::size_t dimension : slices.shown)
      if (!design_.absent.contains(dimension))
        codes.push_back(slices.code(slices.order[slices.begin[slice]], dimension));
    return codes;
  }

  /// Cases without an audit that could belong to a slice under a column of the audits, had they been audited.
  void find_silent(const Slices& slices) {
    silent_.clear();
    for (std::size_t slice = 0; slice < slices.size(); ++slice)
      if (is_absent(slices, slice)) {
        auto& cells = silent_[without_audits(slices, slice)];
        cells.insert(cells.end(), slices.cells_of(slice).begin(), slices.cells_of(slice).end());
      }
  }
  [[nodiscard]] const std::vector<std::size_t>* silent_of(const Slices& slices, std::size_t slice) const {
    const auto found = silent_.find(without_audits(slices, slice));
    return found == silent_.end() ? nullptr : &found->second;
  }

  /// The slice of cases without an audit, under a column of the audits.
  [[nodiscard]] bool is_absent(const Slices& slices, std::size_t slice) const {
    return std::any_of(design_.absent.begin(), design_.absent.end(), [&](const auto& entry) {
      return std::binary_search(slices.shown.begin(), slices.shown.end(), entry.first) &&
             slices.code(slices.order[slices.begin[slice]], entry.first) == entry.second;
    });
  }

  [[nodiscard]] const StratumFacts& facts_of(const Slices& slices, std::size_t cell) {
    if (stratum_order_.empty()) return design_.facts.begin()->second;
    std::vector<io::Code> codes;
    for (const std::size_t dimension : stratum_order_) codes.push_back(slices.code(cell, dimension));
    return design_.facts.at(codes);
  }

  [[nodiscard]] bool same_stratum(const Slices& slices, std::size_t a, std::size_t b) const {
    for (const std::size_t dimension : strata_)
      if (slices.code(a, dimension) != slices.code(b, dimension)) return false;
    return true;
  }

  [[nodiscard]] Moments moments_of(const Cells& cells, std::size_t cell, const Wanted& wanted, double weight) const {
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

  [[nodiscard]] OutcomeSet answered_set() const noexcept {
    return tally_.spec().judged() ? scored : outcomes(Outcome::upheld, Outcome::wrong);
  }

  /// Gathers a slice: its strata, their groups, and what is known about sizes.
  void gather(const Slices& slices, std::size_t slice, const Wanted& wanted) {
    evidence_ = {};
    const auto cells = slices.cells_of(slice);
    evidence_.groups.reserve(cells.size());
    std::vector<std::size_t> group_begin;
    double known = 0.0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::size_t cell = cells[i];
      const StratumFacts& facts = facts_of(slices, cell);
      const bool new_stratum = i == 0 || !same_stratum(slices, cells[i - 1], cell);
      if (new_stratum) {
        group_begin.push_back(evidence_.groups.size());
        evidence_.strata.push_back({facts.population, facts.sampled, {}});
        pools_.clear();
        known += wanted.metric != nullptr && wanted.metric->denominator_by_decision ? facts.acted_population
                                                                                    : facts.population;
        evidence_.sizes.push_back(known);
      }
      double weight = std::isinf(facts.population) ? 1.0 : facts.population / facts.sampled;
      Response response{facts.sampled, facts.sampled, 0};
      if (design_.modelled) {
        response = facts.by_decision.at(slices.code(cell, label_));
        if (response.answered > 0.0)
          weight *= response.sampled / response.answered;
        else
          evidence_.unanswered_stratum = true;
      }
      const Moments moments = moments_of(slices.cells, cell, wanted, weight);
      const auto known_pool = std::find(pools_.begin(), pools_.end(), response.pool);
      if (known_pool != pools_.end()) {
        evidence_.groups[group_begin.back() + static_cast<std::size_t>(known_pool - pools_.begin())].moments += moments;
      } else {
        pools_.push_back(response.pool);
        evidence_.groups.push_back({response.sampled, response.answered, moments});
      }
      for (std::size_t outcome = 0; outcome < slices.cells.classes(); ++outcome) {
        const auto count = static_cast<std::int64_t>(slices.cells.counts(cell)[outcome]);
        if (wanted.metric == nullptr) {
          if ((answered_set() >> outcome & 1U) != 0) evidence_.n += count;
        } else if ((wanted.metric->denominator >> outcome & 1U) != 0) {
          evidence_.n += count;
          if ((wanted.metric->numerator >> outcome & 1U) != 0) evidence_.hits += count;
        }
      }
    }
    group_begin.push_back(evidence_.groups.size());
    for (std::size_t h = 0; h < evidence_.strata.size(); ++h)
      evidence_.strata[h].groups =
          std::span<const GroupSample>{evidence_.groups}.subspan(group_begin[h], group_begin[h + 1] - group_begin[h]);
    if (silent_now_ != nullptr)
      for (const std::size_t cell : *silent_now_)
        if (facts_of(slices, cell).by_decision.at(slices.code(cell, label_)).answered == 0.0)
          evidence_.unanswered_stratum = true;
    evidence_.equal_weights = !slices.cells.weighted() && !design_.modelled && wanted.metric != nullptr;
    const bool whole_denominator = wanted.metric != nullptr && (wanted.metric->denominator == answered_set() ||
                                                                wanted.metric->denominator_by_decision);
    if (whole_strata_ && whole_denominator && !design_.modelled) evidence_.denominator_population = known;
  }

  [[nodiscard]] Score one(const Slices& slices, std::size_t slice, const Wanted& wanted) {
    gather(slices, slice, wanted);
    Score score;
    score.n = evidence_.n;
    score.share = wanted.metric != nullptr || is_share(wanted);
    if (design_.modelled) worst_case(slices, slice, wanted, score);
    Moments sum;
    for (const GroupSample& group : evidence_.groups) sum += group.moments;
    if (evidence_.n == 0 || sum.x == 0.0 || evidence_.unanswered_stratum) {
      if (evidence_.unanswered_stratum && evidence_.n > 0) score.method = "a stratum has no audits";
      return score;
    }
    const bool separate = wanted.metric != nullptr && wanted.metric->denominator_by_decision && post_stratify();
    if (separate) {
      sum = {};
      for (const GroupSample& group : evidence_.groups) sum += group.moments;
    }
    const Estimate estimate = separate ? post_stratified() : ratio_of(evidence_.strata);
    const bool finite = options_.about == About::queue;
    score.estimate = estimate.value;
    score.numerator = sum.y;
    score.denominator = sum.x;
    score.process_variance = estimate.process_variance;
    score.standard_error = std::sqrt(finite ? estimate.finite_variance : estimate.process_variance);
    score.n_effective = std::min(static_cast<double>(evidence_.n), sum.xx > 0.0 ? sum.x * sum.x / sum.xx : 0.0);
    score.degrees_of_freedom = std::max(1.0, static_cast<double>(evidence_.n) - static_cast<double>(active_strata()));
    if (score.share)
      share_limits(score, estimate, finite);
    else
      ratio_limits(score, estimate, finite);
    return score;
  }

  [[nodiscard]] std::size_t active_strata() const noexcept {
    std::size_t active = 0;
    for (const StratumSample& stratum : evidence_.strata)
      for (const GroupSample& group : stratum.groups)
        if (group.moments.xx > 0.0) {
          ++active;
          break;
        }
    return active;
  }

  /// A measure whose numerator is part of its denominator, such as the violating share of views.
  [[nodiscard]] bool is_share(const Wanted& wanted) const {
    const Measure& measure = tally_.spec().measures[wanted.measure];
    return measure.numerator == measure.denominator && measure.numerator_when != any_outcome;
  }

  /// Reweights each stratum's part of the denominator to its known size. False where that cannot be done.
  [[nodiscard]] bool post_stratify() {
    if (!evidence_.equal_weights || std::isnan(evidence_.denominator_population)) return false;
    double before = 0.0;
    for (std::size_t h = 0; h < evidence_.strata.size(); ++h) {
      const double size = evidence_.sizes[h] - before;
      before = evidence_.sizes[h];
      const Moments& m = evidence_.strata[h].groups.front().moments;
      if (size > 0.0 && m.x == 0.0) return false;
    }
    before = 0.0;
    std::size_t kept = 0;
    for (std::size_t h = 0; h < evidence_.strata.size(); ++h) {
      const double size = evidence_.sizes[h] - before;
      before = evidence_.sizes[h];
      if (size == 0.0) continue;
      Moments m = evidence_.groups[h].moments;
      const double audited = m.x * m.x / m.xx;
      const double hits = m.y / m.x * audited;
      const double weight = size / audited;
      evidence_.groups[kept] = {
          audited, audited, {weight * hits, size, weight * weight * hits, weight * weight * hits, weight * size}};
      evidence_.strata[kept] = {size, audited, {}};
      ++kept;
    }
    evidence_.groups.resize(kept);
    evidence_.strata.resize(kept);
    for (std::size_t h = 0; h < kept; ++h)
      evidence_.strata[h].groups = std::span<const GroupSample>{evidence_.groups}.subspan(h, 1);
    return true;
  }

  /// The mean over strata of known size: each centred on its own share.
  [[nodiscard]] Estimate post_stratified() const noexcept {
    Estimate estimate;
    double total = 0.0;
    for (const StratumSample& stratum : evidence_.strata) total += stratum.population;
    for (const StratumSample& stratum : evidence_.strata) {
      const Moments& m = stratum.groups.front().moments;
      const double share = m.y / m.x;
      const double part = stratum.population / total;
      const double n = stratum.sampled;
      const double variance = part * part * share * (1.0 - share) / std::max(1.0, n - 1.0);
      estimate.value += part * share;
      estimate.process_variance += variance;
      estimate.finite_variance += (1.0 - stratum.sampling_fraction()) * variance;
    }
    return estimate;
  }

  /// How much the finite population shrinks the variance by design alone, whatever was found.
  [[nodiscard]] double finite_factor() const noexcept {
    double with = 0.0;
    double without = 0.0;
    for (const StratumSample& stratum : evidence_.strata)
      for (const GroupSample& group : stratum.groups) {
        const double fraction =
            stratum.sampling_fraction() * (group.sampled > 0.0 ? group.answered / group.sampled : 1.0);
        with += (1.0 - fraction) * group.moments.xx;
        without += group.moments.xx;
      }
    return without > 0.0 ? with / without : 1.0;
  }

  void share_limits(Score& score, const Estimate& estimate, bool finite) const {
    const double share = std::clamp(estimate.value, 0.0, 1.0);
    const Confidence confidence = options_.confidence;
    const double factor = finite_factor();
    if (evidence_.equal_weights && evidence_.strata.size() == 1 && evidence_.hits <= evidence_.n && score.n > 0) {
      const Trials trials{evidence_.hits, evidence_.n};
      score.process_limits = wilson(trials, confidence);
      score.process_n = static_cast<double>(evidence_.n);
      const double population = evidence_.denominator_population;
      if (finite && std::isfinite(population) && population >= static_cast<double>(evidence_.n)) {
        const auto whole = static_cast<std::int64_t>(std::llround(population));
        score.method = whole == evidence_.n ? "census" : "hypergeometric";
        const CountInterval count = hypergeometric(trials, whole, confidence);
        score.limits = {static_cast<double>(count.lower) / population, static_cast<double>(count.upper) / population};
      } else if (finite && factor < 1.0) {
        score.method = factor <= 0.0 ? "census" : "wilson, finite population";
        score.limits = wilson(share, factor <= 0.0 ? std::numeric_limits<double>::infinity() : score.process_n / factor,
                              std::numeric_limits<double>::infinity(), confidence);
      } else {
        score.method = "wilson";
        score.limits = score.process_limits;
      }
    } else {
      const double plug_in =
          estimate.process_variance > 0.0 ? share * (1.0 - share) / estimate.process_variance : score.n_effective;
      score.process_n = std::max(1e-9, std::min(plug_in > 0.0 ? plug_in : score.n_effective, score.n_effective));
      score.process_limits = wilson(share, score.process_n, score.degrees_of_freedom, confidence);
      score.method = "wilson on effective n";
      score.limits = score.process_limits;
      if (finite && factor < 1.0) {
        if (factor <= 0.0) score.method = "census";
        score.limits = wilson(share, factor <= 0.0 ? std::numeric_limits<double>::infinity() : score.process_n / factor,
                              score.degrees_of_freedom, confidence);
      }
    }
    // What was seen cannot be unseen: the limits never leave what the audited cases alone already settle.
    if (finite && std::isfinite(evidence_.denominator_population)) {
      const double all = evidence_.denominator_population;
      score.limits.lower = std::min(share, std::max(score.limits.lower, static_cast<double>(evidence_.hits) / all));
      score.limits.upper =
          std::max(share, std::min(score.limits.upper, 1.0 - static_cast<double>(evidence_.n - evidence_.hits) / all));
    }
    score.limits = {std::min(share, score.limits.lower), std::max(share, score.limits.upper)};
  }

  void ratio_limits(Score& score, const Estimate& estimate, bool finite) const {
    score.method = "linearised";
    const double t = student_t_quantile(1.0 - 0.5 * options_.confidence.alpha(), score.degrees_of_freedom);
    const auto around = [&](double variance) {
      return Interval{estimate.value - t * std::sqrt(variance), estimate.value + t * std::sqrt(variance)};
    };
    score.process_limits = around(estimate.process_variance);
    score.process_n = score.n_effective;
    score.limits = finite ? around(estimate.finite_variance) : score.process_limits;
  }

  /// The least and the most the sample could have shown, had every audit come back.
  void worst_case(const Slices& slices, std::size_t slice, const Wanted& wanted, Score& score) {
    const bool judged = tally_.spec().judged();
    double sampled = 0.0;
    double answered = 0.0;
    std::array<double, 8> weight{};
    for (const std::size_t cell : slices.cells_of(slice)) {
      const StratumFacts& facts = facts_of(slices, cell);
      const double base = facts.population / facts.sampled;
      for (std::size_t outcome = 0; outcome < slices.cells.classes(); ++outcome) {
        const auto count = static_cast<double>(slices.cells.counts(cell)[outcome]);
        weight[outcome] += base * count;
        sampled += count;
        if ((answered_set() >> outcome & 1U) != 0) answered += count;
      }
    }
    const auto unanswered = static_cast<std::size_t>(judged ? Outcome::unanswered_violating : Outcome::unanswered);
    std::array<double, 2> silent{};  // acted, left alone
    if (silent_now_ != nullptr)
      for (const std::size_t cell : *silent_now_) {
        const StratumFacts& facts = facts_of(slices, cell);
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
        for (unsigned joining = 0; joining < (silent_now_ == nullptr ? 1U : 4U); ++joining) {
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

  const Tally& tally_;
  const ScoreDesign& design_;
  const ScoreOptions& options_;
  std::vector<std::vector<io::Code>> ranks_;
  Grouping strata_;
  Grouping hidden_{};
  std::vector<std::size_t> stratum_order_{};
  std::size_t label_{0};
  bool whole_strata_{false};
  SliceEvidence evidence_{};
  std::vector<int> pools_{};
  std::map<std::vector<io::Code>, std::vector<std::size_t>> silent_{};
  const std::vector<std::size_t>* silent_now_{nullptr};
};

}  // namespace detail

/// Scores every slice of the asked groupings.
///
/// No data: a slice without audits has no estimate and the limits [0, 1]; a tally without rows is refused.
/// \throws InputError for a tally without rows, an unknown metric, or a grouping that was not tallied.
[[nodiscard]] inline Scored score(const Tally& tally, const ScoreDesign& design, const ScoreOptions& options) {
  if (tally.rows() == 0)
    throw InputError("at least one audited decision",
                     tally.undecided() + tally.excluded() > 0 ? "only undecided or excluded rows" : "no rows");
  tally.check_labels();
  return detail::Scorer{tally, design, options}.run();
}

}  // namespace assay
