#pragma once
/// \file
/// Scores of a drawn sample with the help of a judge that has predicted every case of the queue.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <assay/interval/betting.hpp>
#include <assay/sampling/keyed.hpp>
#include <assay/score/judge_assisted.hpp>
#include <assay/score/judge_moments.hpp>
#include <assay/score/judge_population.hpp>
#include <assay/score/judged_limits.hpp>
#include <assay/score/limits.hpp>
#include <assay/score/population.hpp>
#include <assay/score/post_stratify.hpp>
#include <assay/score/result.hpp>
#include <assay/score/slice_weights.hpp>

namespace assay {

/// A judge: what it says of the sample's cases (in the order of the sample) and of the queue, and how it is weighed.
struct Judge {
  std::vector<Predictions> sample{};
  JudgePopulation population{};
  std::vector<std::size_t> source{};  ///< for each metric asked, which column of predictions speaks to it
  JudgeWeight weight{JudgeWeight::tuned};
};

/// Audits in a slice, beyond one a stratum, from which on a judge is tuned or the normal interval is trusted.
inline constexpr std::size_t least_to_tune = 30;
/// Audits in each stratum from which on each has a weight of its own for the judge.
inline constexpr double least_to_tune_apart = 50.0;
/// And how many of them, on average, the judge must tell from the others by its labels: a weight is learned from those
/// alone. Known before the audits. Reference: Peduzzi et al. (1996), J. Clinical Epidemiology 49(12):1373-1379.
inline constexpr double least_named_to_tune_apart = 10.0;

namespace detail {

/// Brings the scores of one result together with a judge.
class JudgeAssistance {
 public:
  JudgeAssistance(ScoreResult& result, const assay::Judge& judge) : result_{&result}, judge_{&judge} {
    const auto strata = result.tally->spec().grouping_of({"stratum"}).front();
    stratum_ = result.cases->codes[strata];
    for (const auto& [codes, facts] : result.design.facts)
      names_[result.tally->dictionaries()[strata].words(codes.front())] = codes.front();
  }

  void run() {
    for (std::size_t g = 0; g < result_->options.groupings.size(); ++g) {
      const auto& names = result_->options.groupings[g];
      std::vector<std::size_t> dimensions;
      for (const std::string& name : names) dimensions.push_back(result_->tally->spec().grouping_of({name}).front());
      std::map<std::vector<io::Code>, std::vector<std::size_t>> rows;
      for (std::size_t row = 0; row < result_->cases->outcomes.size(); ++row) {
        std::vector<io::Code> key;
        for (const std::size_t d : dimensions) key.push_back(result_->cases->codes[d][row]);
        rows[key].push_back(row);
      }
      for (Score& score : result_->scored.scores) {
        if (score.grouping != g || !score.estimate) continue;
        std::vector<io::Code> key;
        std::vector<std::string> words;
        for (std::size_t i = 0; i < names.size(); ++i) {
          key.push_back(*result_->code(score, names[i]));
          words.push_back(result_->tally->dictionaries()[dimensions[i]].words(key.back()));
        }
        assist(score, rows.at(key), names, words);
      }
    }
  }

 private:
  /// What the judge says of a slice, by stratum.
  [[nodiscard]] std::map<io::Code, PredictionTotals> totals_of(const std::vector<std::string>& names,
                                                               const std::vector<std::string>& words,
                                                               const std::vector<std::size_t>& rows, std::size_t source,
                                                               bool& whole) const {
    std::map<io::Code, PredictionTotals> out;
    const auto slices = judge_->population.slices.find(names);
    whole = slices == judge_->population.slices.end();
    if (whole) {
      for (const std::size_t row : rows) out[stratum_[row]];
      for (const auto& [name, totals] : judge_->population.strata)
        if (const auto found = names_.find(name); found != names_.end() && out.contains(found->second))
          out[found->second] = totals[source];
      return out;
    }
    const auto found = slices->second.find(words);
    if (found == slices->second.end())
      throw InputError("the frame of this sample", "one without the slice " + join_words(words));
    for (const auto& [name, totals] : found->second)
      if (const auto known = names_.find(name); known != names_.end()) out[known->second] = totals[source];
    return out;
  }

  void assist(Score& score, const std::vector<std::size_t>& rows, const std::vector<std::string>& names,
              const std::vector<std::string>& words) const {
    const Metric& metric = *result_->scored.wanted[score.metric].metric;
    const std::size_t source = judge_->source[score.metric];
    const Predictions& said = judge_->sample[source];
    score.judge_lambda = 0.0;
    score.audits_alone = static_cast<double>(score.n);
    bool whole = false;
    const auto totals = totals_of(names, words, rows, source, whole);
    const bool everybody = metric.denominator == CellAnswers::of(result_->tally->spec().judged());
    std::map<std::string, JudgeCells> cells;  // by the strata's names, so that the order of rows does not matter
    const auto& dictionary = result_->tally->dictionaries()[result_->tally->spec().grouping_of({"stratum"}).front()];
    for (const std::size_t row : rows) {
      const StratumFacts& facts = result_->design.facts.at({stratum_[row]});
      auto [at, fresh] = cells.try_emplace(dictionary.words(stratum_[row]));
      if (fresh) {
        at->second.population = facts.population;
        at->second.sampled = facts.sampled;
        at->second.predicted = totals.contains(stratum_[row]) ? totals.at(stratum_[row]) : PredictionTotals{};
      }
      at->second.add(result_->cases->outcomes[row], said, row);
    }
    std::vector<JudgeCells> strata;
    for (auto& [name, own] : cells) strata.push_back(own);
    PredictionTotals all;
    for (const auto& [code, own] : totals) all.merge(own);
    JudgeMoments moments{metric, everybody, said.labels, strata, all};
    const bool many = rows.size() >= least_to_tune + strata.size();
    if (!moments.usable()) return;
    if (!many) {
      if (judge_->weight == JudgeWeight::full && everybody) bet(score, rows, said, metric, totals, all, moments);
      return;
    }
    bool apart = judge_->weight == JudgeWeight::tuned && whole && everybody;
    for (const JudgeCells& own : strata)
      apart = apart && own.audited() >= least_to_tune_apart && moments.named_among(own) >= least_named_to_tune_apart;
    const JudgeFit fit = moments.fit(judge_->weight, apart && strata.size() > 1);
    // A judge that is not asked, or says the same of every case, leaves the audits' own score.
    if (fit.tuned == 0.0 && judge_->weight != JudgeWeight::full) return;
    settle(score, fit, moments, {everybody || metric.denominator_by_decision, all.cases, rows.size() - strata.size()});
  }

  /// What limits need to know of a slice besides its fit.
  struct Facts {
    bool known_denominator{true};  ///< who is in the denominator is known of every case
    double cases{0.0};
    std::size_t freedom{0};
  };

  /// Hits and misses of a score's audits, as its limits without the judge weighed them.
  [[nodiscard]] SliceWeights weights_of_slice(const Score& score) const {
    const CellFacts facts{*result_->tally, result_->design};
    const Wanted& wanted = result_->scored.wanted[score.metric];
    const bool whole = facts.whole_strata(result_->options.groupings[score.grouping]);
    SliceEvidence evidence =
        gather(facts, {result_->scored.groupings[score.grouping], score.slice, nullptr, whole}, wanted);
    if (wanted.metric->denominator_by_decision) (void)post_stratify(evidence);
    return weights_of(evidence);
  }

  /// How far disagreements that no audit met may move a share: one way by cases that the judge missed, the other way,
  /// as far as it is believed, by cases that it named wrongly.
  [[nodiscard]] Interval unmet(const SliceWeights& weights, double share, double lambda, bool known) const {
    const auto none = [&](double heaviest) {
      return heaviest > 0.0
                 ? weighted_beta({0.0, 0.0, heaviest}, result_->options.confidence, weights.allowance()).upper
                 : 0.0;
    };
    if (known) {
      const double missed = none(weights.events_are_hits ? weights.hits.heaviest : weights.misses.heaviest);
      const double named = std::fabs(lambda) * missed;
      return weights.events_are_hits ? Interval{-named, missed} : Interval{-missed, named};
    }
    // A hit more adds to the denominator as well, and so does a miss.
    const double all = weights.hits.share + weights.misses.share;
    const double hit = (1.0 - share) * none(weights.hits.heaviest) / all;
    const double miss = share * none(weights.misses.heaviest) / all;
    return {-std::hypot(miss, lambda * hit), std::hypot(hit, lambda * miss)};
  }

  /// Writes a fit into a score, with its limits.
  void settle(Score& score, const JudgeFit& fit, const JudgeMoments& moments, const Facts& facts) const {
    const Confidence confidence = result_->options.confidence;
    const bool finite = result_->options.about == About::queue;
    const double factor = moments.finite_factor();
    const double before = std::clamp(*score.estimate, 0.0, 1.0);
    const double value = std::clamp(fit.value, 0.0, 1.0);
    const SliceWeights weights = weights_of_slice(score);
    const Interval here = limits_of(weights.at(before), before, confidence);
    const Interval there = limits_of(weights.at(value), value, confidence);
    const Interval open = unmet(weights, value, fit.lambda * moments.reach(), facts.known_denominator);
    const double named = moments.named_part(fit.lambda, weights.events_are_hits);
    // A tuned weight takes its share off the variance that the same audits show; one fixed in advance is compared with
    // the variance that the audits would have, had they found the judged value.
    const auto compared = [&](double variance, double left) {
      const double spread = before * (1.0 - before);
      if (fit.tuned > 0.0) return variance;
      return value * (1.0 - value) * (spread > 0.0 ? variance / spread : left / score.n_effective);
    };
    const auto limits = [&](const Interval& printed, double variance, double alone, double left) {
      const double root = std::sqrt(left);
      return judged_limits({value, variance, named, {root * open.lower, root * open.upper}},
                           {before,
                            {std::min(before, printed.lower), std::max(before, printed.upper)},
                            drawn_in(before, here, left),
                            drawn_in(value, there, left),
                            compared(alone, left)},
                           confidence);
    };
    const Interval alone = score.limits;
    score.process_limits = limits(score.process_limits, fit.process_variance, fit.alone_process, 1.0);
    score.compared_limits = limits(score.compared_limits, fit.process_variance, fit.alone_process, 1.0);
    score.limits = !finite        ? score.process_limits
                   : factor > 0.0 ? limits(alone, fit.finite_variance, fit.alone_finite, factor)
                                  : Interval{value, value};
    score.estimate = value;
    score.numerator = value * score.denominator;
    score.process_variance = fit.process_variance;
    score.standard_error = std::sqrt(finite ? fit.finite_variance : fit.process_variance);
    score.degrees_of_freedom = static_cast<double>(facts.freedom) - fit.tuned;
    score.judge_lambda = fit.lambda;
    score.method = "judge-assisted beta";
    // The audits that would have been needed without the judge for limits as narrow as these.
    const auto audits = static_cast<double>(score.n);
    const double width = score.limits.upper - score.limits.lower;
    const double gain =
        width > 0.0 ? std::pow((alone.upper - alone.lower) / width, 2.0) : std::numeric_limits<double>::infinity();
    score.audits_alone = finite ? 1.0 / (1.0 / facts.cases + (1.0 / audits - 1.0 / facts.cases) / gain) : audits * gain;
    score.process_n = fit.process_variance > 0.0
                          ? std::max(score.n_effective, value * (1.0 - value) / fit.process_variance)
                          : score.n_effective;
  }

  /// Few audits, the judge believed in full: limits that hold at any number, stratum by stratum.
  void bet(Score& score, const std::vector<std::size_t>& rows, const Predictions& said, const Metric& metric,
           const std::map<io::Code, PredictionTotals>& totals, const PredictionTotals& all,
           const JudgeMoments& moments) const {
    if (result_->options.about != About::queue || !moments.within_unit()) return;
    const JudgeFit fit = moments.fit(JudgeWeight::full, false);
    const double alpha = result_->options.confidence.alpha() / static_cast<double>(totals.size());
    static const DrawKey order{"the order of bets", ""};
    double lower = moments.predicted(all);
    double upper = lower;
    for (const auto& [code, own] : totals) {
      const StratumFacts& facts = result_->design.facts.at({code});
      std::vector<std::pair<std::uint64_t, double>> bets;
      for (const std::size_t row : rows) {
        if (stratum_[row] != code) continue;
        const double truth = (metric.numerator >> result_->cases->outcomes[row] & 1U) != 0 ? 1.0 : 0.0;
        const double guess = said.labels ? predicted_numerator(metric, said.outcomes[row]) : said.numbers[row];
        bets.emplace_back(permanent_random_number(order, result_->cases->ids.text(static_cast<io::Code>(row))),
                          0.5 * (truth - guess + 1.0));
      }
      // Cases of the stratum outside the slice differ by nothing: they are half way.
      for (std::size_t row = 0; row < stratum_.size(); ++row)
        if (stratum_[row] == code && !std::binary_search(rows.begin(), rows.end(), row))
          bets.emplace_back(permanent_random_number(order, result_->cases->ids.text(static_cast<io::Code>(row))), 0.5);
      std::sort(bets.begin(), bets.end());
      std::vector<double> values;
      for (const auto& [number, value] : bets) values.push_back(value);
      const Interval mean = betting(values, static_cast<std::int64_t>(facts.population), Confidence{1.0 - alpha});
      lower += facts.population * (2.0 * mean.lower - 1.0);
      upper += facts.population * (2.0 * mean.upper - 1.0);
    }
    score.estimate = std::clamp(fit.value, 0.0, 1.0);
    score.numerator = *score.estimate * score.denominator;
    score.standard_error = std::sqrt(fit.finite_variance);
    score.process_variance = fit.process_variance;
    score.judge_lambda = fit.lambda;
    score.method = "judge-assisted betting";
    score.limits = {std::clamp(lower / all.cases, 0.0, *score.estimate),
                    std::clamp(upper / all.cases, *score.estimate, 1.0)};
    // Of the process the audits alone speak; their limits must not leave out what is now the estimate.
    for (Interval* limits : {&score.process_limits, &score.compared_limits})
      *limits = {std::min(limits->lower, *score.estimate), std::max(limits->upper, *score.estimate)};
  }

  ScoreResult* result_;
  const assay::Judge* judge_;
  std::vector<io::Code> stratum_{};
  std::map<std::string, io::Code> names_{};
};

}  // namespace detail

/// Lets a judge help the scores of a sample: replaces estimates, variances and limits, and says what it was worth.
///
/// One form holds for all metrics and slices: the audits' ratio, minus lambda times how far the judge's ratio on the
/// audited lies off its ratio on the whole queue. Linearised, stratified, with finite-population correction. `tuned`:
/// lambda by regression, one for the slice, or one a stratum where each has 50 audits and the judge can be expected to
/// tell 10 of them from the others; below 30 audits the audits stand alone. `full`: lambda 1, fixed in advance; below
/// 30 audits shares of the queue get betting limits, which hold at any number. Other limits are those the audits have
/// alone, less what the judge takes off the variance (judged_limits.hpp).
///
/// Assumes: `result` was made from a drawn sample, all of whose audits came back; predictions in the same order.
/// \throws InputError for audits that are missing or excluded, slices of columns that audits alone know, ratios of
///         one's own, and numbers as predictions of a metric whose denominator is a guess too.
///
/// Reference: Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, ch. 6 and 7; Angelopoulos, Duchi &
/// Zrnic (2023), arXiv:2311.01453; Fisch et al. (2024), arXiv:2406.04291.
inline void assist(ScoreResult& result, const Judge& judge) {
  for (std::size_t m = 0; m < result.scored.wanted.size(); ++m) {
    const Wanted& wanted = result.scored.wanted[m];
    if (wanted.metric == nullptr)
      throw InputError("metrics of decisions beside prediction=", in_quotes(wanted.name) + ", a ratio of columns", {},
                       "score it without prediction=");
    const bool everybody = wanted.metric->denominator == detail::CellAnswers::of(result.tally->spec().judged());
    if (!judge.sample[judge.source[m]].labels && !everybody)
      throw InputError("labels as predictions for " + in_quotes(wanted.name) + ", whose denominator is predicted too",
                       "numbers in column " + in_quotes(judge.sample[judge.source[m]].column), {},
                       "pass a column with the label the judge would give, or score it without prediction=");
    const bool shared = std::count(judge.source.begin(), judge.source.end(), judge.source[m]) > 1;
    if (!judge.sample[judge.source[m]].labels && judge.weight == JudgeWeight::full && shared)
      throw InputError("a column of its own for each metric beside judge=\"full\"",
                       "column " + in_quotes(judge.sample[judge.source[m]].column) + " for several", {},
                       "pass prediction= as a mapping from metrics to columns, or judge=\"tuned\"");
  }
  detail::JudgeAssistance{result, judge}.run();
  result.judged = true;
  result.design.words += ", judge-assisted";
}

}  // namespace assay
