#pragma once
/// \file
/// Is one score better than another? Differences with intervals that respect both designs and shared cases.

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/interval/difference.hpp>
#include <assay/score/result.hpp>

namespace assay {

/// One slice and metric that both results hold: a minus b.
struct Difference {
  const Score* a{nullptr};
  const Score* b{nullptr};
  double value{0.0};
  double standard_error{0.0};
  Interval limits{-1.0, 1.0};
  bool answered{false};
  bool linearised{false};
  bool corrected{false};  ///< for continuity
  std::int64_t shared{0};
};

struct Comparison {
  std::vector<Difference> differences{};
  std::size_t only_in_one{0};  ///< slices and metrics that only one of the two results holds
};

namespace detail {

using SliceKey = std::vector<std::optional<std::string>>;

[[nodiscard]] inline SliceKey key_of(const ScoreResult& result, const std::vector<std::string>& columns,
                                     const Score& score) {
  SliceKey key;
  const auto names = result.tally->spec().dimensions();
  for (const std::string& column : columns) {
    const auto code = result.code(score, column);
    const auto dimension = result.tally->spec().grouping_of({column}).front();
    key.push_back(code ? std::optional<std::string>{result.tally->dictionaries()[dimension].words(*code)}
                       : std::nullopt);
  }
  key.emplace_back(result.scored.wanted[score.metric].name);
  return key;
}

/// What each case adds to the error of one score: its linearised deviation, by case id.
class Deviations {
 public:
  Deviations(const ScoreResult& result, const Score& score)
      : cases_{*result.cases},
        design_{result.design},
        score_{score},
        metric_{result.scored.wanted[score.metric].metric},
        denominator_{metric_ != nullptr              ? metric_->denominator
                     : result.tally->spec().judged() ? scored
                                                     : plain_accuracy.denominator},
        strata_{result.tally->spec().grouping_of({"stratum"}).front()} {
    for (const std::string& name : result.options.groupings[score.grouping]) {
      const std::size_t dimension = result.tally->spec().grouping_of({name}).front();
      keys_.emplace_back(dimension, *result.code(score, name));
    }
  }

  /// True when the case speaks to the score.
  [[nodiscard]] bool holds(std::size_t row) const noexcept {
    for (const auto& [dimension, code] : keys_)
      if (cases_.codes[dimension][row] != code) return false;
    return cases_.weights[row] > 0.0 && cases_.outcomes[row] < 8 && (denominator_ >> cases_.outcomes[row] & 1U) != 0;
  }
  [[nodiscard]] double of(std::size_t row) const noexcept {
    if (metric_ == nullptr || !holds(row)) return 0.0;
    const double hit = (metric_->numerator >> cases_.outcomes[row] & 1U) != 0 ? 1.0 : 0.0;
    return cases_.weights[row] * (hit - *score_.estimate) / score_.denominator;
  }
  [[nodiscard]] io::Code stratum(std::size_t row) const noexcept { return cases_.codes[strata_][row]; }
  [[nodiscard]] const StratumFacts& facts(io::Code stratum) const { return design_.facts.at({stratum}); }
  /// The mean deviation of each stratum's drawn cases, from which the design's variance is counted too.
  [[nodiscard]] std::vector<double> means() const {
    std::vector<double> out(design_.facts.size(), 0.0);
    for (std::size_t row = 0; row < cases_.outcomes.size(); ++row) out[stratum(row)] += of(row);
    for (const auto& [codes, facts] : design_.facts) out[codes.front()] /= facts.sampled;
    return out;
  }

 private:
  const CaseEvidence& cases_;
  const ScoreDesign& design_;
  const Score& score_;
  const Metric* metric_;
  OutcomeSet denominator_;
  std::size_t strata_;
  std::vector<std::pair<std::size_t, io::Code>> keys_{};
};

struct Shared {
  std::int64_t cases{0};
  double covariance{0.0};
};

/// What the cases in both samples say about how the errors of two scores move together.
///
/// Each pair of strata adds its shared cases' centred products. About the queue, sampling from one finite population
/// takes away what two draws of these sizes would share by chance.
[[nodiscard]] inline Shared shared_by(const Deviations& a, const Deviations& b, const std::vector<io::Code>& rows,
                                      bool finite) {
  struct Sums {
    double n{0.0};
    double a{0.0};
    double b{0.0};
    double ab{0.0};
  };
  Shared out;
  std::map<std::pair<io::Code, io::Code>, Sums> strata;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows[row] == io::no_code) continue;
    out.cases += a.holds(row) && b.holds(rows[row]) ? 1 : 0;
    Sums& sums = strata[{a.stratum(row), b.stratum(rows[row])}];
    const double ours = a.of(row);
    const double theirs = b.of(rows[row]);
    sums.n += 1.0;
    sums.a += ours;
    sums.b += theirs;
    sums.ab += ours * theirs;
  }
  if (out.cases == 0) return out;
  const std::vector<double> means_a = a.means();
  const std::vector<double> means_b = b.means();
  for (const auto& [pair, sums] : strata) {
    const StratumFacts& facts_a = a.facts(pair.first);
    const StratumFacts& facts_b = b.facts(pair.second);
    const double mean_a = means_a[pair.first];
    const double mean_b = means_b[pair.second];
    const double centred = sums.ab - mean_a * sums.b - mean_b * sums.a + sums.n * mean_a * mean_b;
    const auto unbiased = [](double n) { return n > 1.0 ? n / (n - 1.0) : 1.0; };
    const double by_chance =
        facts_a.sampled * facts_b.sampled / (sums.n * std::fmax(facts_a.population, facts_b.population));
    out.covariance += (finite ? std::fmax(0.0, 1.0 - by_chance) : 1.0) *
                      std::sqrt(unbiased(facts_a.sampled) * unbiased(facts_b.sampled)) * centred;
  }
  return out;
}

/// How far the correction for continuity can move the limits of a difference: half a case on either side.
[[nodiscard]] inline double correction_of(const Difference& d) noexcept {
  return d.corrected ? 0.5 / static_cast<double>(d.a->n) + 0.5 / static_cast<double>(d.b->n) : 0.0;
}

/// How many times as many audits would show a difference that lies `distance` beyond the margin, when its limits now
/// reach `reach` and the correction for continuity `correction` further: the g of distance = reach / sqrt(g) +
/// correction / g. Reference: Fleiss, Tytun & Ury (1980), Biometrics 36(2):343-346.
[[nodiscard]] inline double growth_needed(double distance, double reach, double correction) noexcept {
  const double root = (reach + std::sqrt(reach * reach + 4.0 * correction * distance)) / (2.0 * distance);
  return root * root;
}

/// For each case of a, its row in b or no_code.
[[nodiscard]] inline std::vector<io::Code> shared_cases(const ScoreResult& a, const ScoreResult& b) {
  std::vector<io::Code> rows;
  if (!a.cases || !b.cases) return rows;
  for (io::Code row = 0; row < a.cases->ids.size(); ++row) rows.push_back(b.cases->ids.find(a.cases->ids.text(row)));
  if (std::all_of(rows.begin(), rows.end(), [](io::Code row) { return row == io::no_code; })) rows.clear();
  return rows;
}

}  // namespace detail

/// Compares two results slice by slice: a minus b.
///
/// \param about the process (for decisions, trends and contracts) or these two queues; both must have been scored about
///        their queue for the latter.
/// Shares are compared by the method of variance estimates recovery from the limits of the two (Newcombe's hybrid
/// score; about the process of simple random samples corrected for continuity), with the correlation that shared cases
/// bring; ratios of one's own by their linearised variances.
/// \throws InputError when the two have no slice and metric in common, or differ in confidence.
[[nodiscard]] inline Comparison compare(const ScoreResult& a, const ScoreResult& b, About about = About::process) {
  if (a.options.confidence != b.options.confidence)
    throw InputError("two scores at one confidence",
                     to_text(a.options.confidence.value()) + " and " + to_text(b.options.confidence.value()));
  if (about == About::queue && (a.options.about != About::queue || b.options.about != About::queue))
    throw InputError("scores about the queue for about=\"queue\"", "scores about the process", {},
                     "score both with about=\"queue\"");
  const std::vector<std::string> columns = a.columns();
  const std::vector<std::string> other = b.columns();
  if (!std::is_permutation(columns.begin(), columns.end(), other.begin(), other.end()))
    throw InputError("two scores by the same columns", TallySpec::listed(columns) + " and " + TallySpec::listed(other));

  std::map<detail::SliceKey, const Score*> in_b;
  for (const Score& score : b.scored.scores) in_b.emplace(detail::key_of(b, columns, score), &score);
  const std::vector<io::Code> shared = detail::shared_cases(a, b);
  if (!shared.empty() && (a.judged || b.judged))
    throw InputError("judge-assisted scores of samples that share no case", "samples with cases in common", {},
                     "score both without prediction= to compare them: how a judge's errors move together is not known");
  const double z = -normal_quantile(0.5 * a.options.confidence.alpha());

  Comparison out;
  std::size_t matched = 0;
  for (const Score& score : a.scored.scores) {
    const auto found = in_b.find(detail::key_of(a, columns, score));
    if (found == in_b.end()) {
      ++out.only_in_one;
      continue;
    }
    ++matched;
    const Score& than = *found->second;
    Difference difference{&score, &than};
    difference.linearised = a.scored.wanted[score.metric].metric == nullptr;
    difference.answered = score.estimate && than.estimate;
    if (difference.answered) {
      double covariance = 0.0;
      const bool finite = about == About::queue;
      if (!shared.empty()) {
        const detail::Shared both =
            detail::shared_by(detail::Deviations{a, score}, detail::Deviations{b, than}, shared, finite);
        covariance = both.covariance;
        difference.shared = both.cases;
      }
      const double variance_a = finite ? score.standard_error * score.standard_error : score.process_variance;
      const double variance_b = finite ? than.standard_error * than.standard_error : than.process_variance;
      const double joint = std::sqrt(variance_a * variance_b);
      const double correlation = joint > 0.0 ? std::clamp(covariance / joint, -1.0, 1.0) : 0.0;
      difference.value = *score.estimate - *than.estimate;
      difference.standard_error = std::sqrt(std::max(0.0, variance_a + variance_b - 2.0 * correlation * joint));
      const double t = score.degrees_of_freedom + than.degrees_of_freedom > 0.0 && difference.linearised
                           ? -student_t_quantile(0.5 * a.options.confidence.alpha(),
                                                 std::max(1.0, score.degrees_of_freedom + than.degrees_of_freedom))
                           : z;
      difference.limits =
          difference.linearised
              ? Interval{difference.value - t * difference.standard_error,
                         difference.value + t * difference.standard_error}
              : mover_difference(*score.estimate, finite ? score.limits : score.compared_limits, *than.estimate,
                                 finite ? than.limits : than.compared_limits, correlation);
      difference.corrected =
          !finite && (score.compared_limits != score.process_limits || than.compared_limits != than.process_limits);
    }
    out.differences.push_back(difference);
  }
  out.only_in_one += b.scored.scores.size() - std::min(matched, b.scored.scores.size());
  if (out.differences.empty()) throw InputError("two scores with a slice and metric in common", "none in common");
  return out;
}

/// The table of a comparison. `margin`: a difference of at most this size does not matter.
[[nodiscard]] inline io::Table table_of(const ScoreResult& a, const Comparison& comparison, About about,
                                        double margin) {
  using std::optional;
  using std::string_view;
  if (!(margin >= 0.0 && std::isfinite(margin))) throw InputError("a margin of 0 or more", to_text(margin));
  std::vector<std::shared_ptr<const io::ColumnData>> out;
  detail::SliceColumns slices{a};
  for (const Difference& difference : comparison.differences) slices.append(*difference.a);
  slices.finish(out);
  const auto add = [&](const char* name, const char* format, const auto& ask) {
    io::ColumnBuilder builder{name, format};
    for (const Difference& difference : comparison.differences) builder.append(ask(difference));
    out.push_back(builder.finish());
  };
  const auto answered = [](const Difference& d, double value) {
    return d.answered ? optional<double>{value} : std::nullopt;
  };
  const auto beyond = [&](const Difference& d) {
    return d.answered && (d.limits.lower > margin || d.limits.upper < -margin);
  };
  add("metric", "u", [&](const Difference& d) { return string_view{a.scored.wanted[d.a->metric].name}; });
  add("difference", "g", [&](const Difference& d) { return answered(d, d.value); });
  add("standard_error", "g", [&](const Difference& d) { return answered(d, d.standard_error); });
  add("lower", "g", [&](const Difference& d) { return answered(d, d.limits.lower); });
  add("upper", "g", [&](const Difference& d) { return answered(d, d.limits.upper); });
  add("confidence", "g", [&](const Difference&) { return a.options.confidence.value(); });
  add("estimate_a", "g", [](const Difference& d) { return d.a->estimate; });
  add("estimate_b", "g", [](const Difference& d) { return d.b->estimate; });
  add("n_a", "l", [](const Difference& d) { return d.a->n; });
  add("n_b", "l", [](const Difference& d) { return d.b->n; });
  add("shared_cases", "l", [](const Difference& d) { return d.shared; });
  add("method", "u", [](const Difference& d) -> string_view {
    return !d.answered    ? "no audits"
           : d.linearised ? "linearised"
           : d.corrected  ? "hybrid score, continuity corrected"
                          : "hybrid score";
  });
  add("about", "u", [&](const Difference&) -> string_view { return about == About::queue ? "queue" : "process"; });
  add("margin", "g", [&](const Difference&) { return margin; });
  add("standing", "u", [&](const Difference& d) -> optional<string_view> {
    if (!d.answered) return std::nullopt;
    if (!beyond(d)) return "no difference shown";
    return (d.value > 0.0) == (a.scored.wanted[d.a->metric].better == Better::higher) ? "better" : "worse";
  });
  add("audits_needed", "l", [&](const Difference& d) -> optional<std::int64_t> {
    if (beyond(d)) return 0;
    const double distance = std::fabs(d.value) - margin;
    if (!d.answered || distance <= 0.0) return std::nullopt;
    const double z = -normal_quantile(0.5 * a.options.confidence.alpha());
    const double factor = detail::growth_needed(distance, z * d.standard_error, detail::correction_of(d));
    return static_cast<std::int64_t>(
        std::ceil(std::fmin(1e15, std::fmax(1.0, (factor - 1.0) * static_cast<double>(d.a->n + d.b->n)))));
  });
  return io::Table{std::move(out)};
}

}  // namespace assay
