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
#include <assay/score/population.hpp>
#include <assay/score/result.hpp>

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
    for (const JudgeCells& own : strata) apart = apart && own.audited() >= least_to_tune_apart;
    const JudgeFit fit = moments.fit(judge_->weight, apart && strata.size() > 1);
    settle(score, fit, moments, rows.size() - strata.size(), all.cases);
  }

  /// Writes a fit into a score, with its limits.
  void settle(Score& score, const JudgeFit& fit, const JudgeMoments& moments, std::size_t freedom, double cases) const {
    const Confidence confidence = result_->options.confidence;
    const bool finite = result_->options.about == About::queue;
    const double df = static_cast<double>(freedom) - fit.tuned;
    const double factor = moments.finite_factor();
    const auto limits = [&](double lambda, double variance, double n, double degrees) {
      return judged_limits({fit.value, moments.judge_share(), lambda * moments.range(), variance, n, degrees},
                           confidence);
    };
    const double n = score.n_effective;
    const double finite_n = factor > 0.0 ? n / factor : std::numeric_limits<double>::max();
    score.estimate = std::clamp(fit.value, 0.0, 1.0);
    score.numerator = *score.estimate * score.denominator;
    score.process_variance = fit.process_variance;
    score.standard_error = std::sqrt(finite ? fit.finite_variance : fit.process_variance);
    score.degrees_of_freedom = df;
    score.judge_lambda = fit.lambda;
    score.process_limits = limits(fit.lambda, fit.process_variance, n, df);
    score.compared_limits = score.process_limits;
    score.method = "judge-assisted wilson";
    const Interval in_queue = factor > 0.0 ? limits(fit.lambda, fit.finite_variance, finite_n, df)
                                           : Interval{*score.estimate, *score.estimate};
    score.limits = finite ? in_queue : score.process_limits;
    // The audits that would have been needed without the judge: widths by one formula on both sides.
    const auto width = [](const Interval& of) { return of.upper - of.lower; };
    const double alone = width(limits(0.0, fit.alone(finite), finite ? finite_n : n, static_cast<double>(freedom)));
    const double with =
        width(limits(fit.lambda, finite ? fit.finite_variance : fit.process_variance, finite ? finite_n : n, df));
    const double gain = with > 0.0 ? alone * alone / (with * with) : std::numeric_limits<double>::infinity();
    const auto audits = static_cast<double>(score.n);
    score.audits_alone = finite ? 1.0 / (1.0 / cases + (1.0 / audits - 1.0 / cases) / gain) : audits * gain;
    score.process_n =
        fit.process_variance > 0.0 ? std::max(n, *score.estimate * (1.0 - *score.estimate) / fit.process_variance) : n;
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
/// lambda by regression, one for the slice, or one a stratum where each has 50 audits; below 30 audits the audits
/// stand alone. `full`: lambda 1, fixed in advance; below 30 audits shares of the queue get betting limits, which hold
/// at any number.
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
