#pragma once
/// \file
/// The slices of a score, each drawn towards what its grouping has in common.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <assay/score/result.hpp>
#include <assay/score/shrunk_rates.hpp>
#include <assay/score/shrunk_slices.hpp>

namespace assay {

enum class ShrinkModel : std::uint8_t {
  by_design,      ///< counts where all audits weigh alike, the design's variances elsewhere
  beta_binomial,  ///< counts
  fay_herriot,    ///< rates with the variances of the design
};

/// One slice and metric, before and after.
struct ShrunkScore {
  std::size_t row{0};  ///< of the scores
  std::optional<double> raw{};
  Interval raw_limits{0.0, 1.0};
  double estimate{0.0};
  Interval limits{};
  double shrinkage{0.0};
  double overall{0.0};  ///< what the slices of the grouping have in common
  std::string_view method{};
};

namespace detail {

/// Whether all audits weigh alike, so that rates are counts. Known from the design, whatever was found.
[[nodiscard]] inline bool plain_counts(const std::vector<Score>& scores, const std::vector<std::size_t>& rows) {
  return std::all_of(rows.begin(), rows.end(),
                     [&](std::size_t row) { return scores[row].n == 0 || scores[row].plain_count; });
}

inline void shrink_counts(const std::vector<Score>& scores, std::vector<ShrunkScore>& slices, Confidence confidence) {
  std::vector<Trials> units;
  for (const ShrunkScore& slice : slices)
    units.push_back(
        slice.raw ? Trials{std::llround(*slice.raw * static_cast<double>(scores[slice.row].n)), scores[slice.row].n}
                  : Trials{0, 0});
  units.emplace_back(0, 0);  // a unit without audits gets what all have in common
  const std::vector<ShrunkRate> rates = shrunk_rates(units, confidence);
  for (std::size_t i = 0; i < slices.size(); ++i) {
    slices[i].estimate = rates[i].estimate;
    slices[i].limits = rates[i].limits;
    slices[i].shrinkage = std::clamp(rates[i].shrinkage, 0.0, 1.0);
    slices[i].overall = rates.back().estimate;
    slices[i].method = "beta-binomial";
  }
}

/// Effective audits: Kish's, less what the design costs besides, pooled over the slices because a single slice with few
/// errors cannot say.
inline void shrink_by_design(const std::vector<Score>& scores, std::vector<ShrunkScore>& slices,
                             Confidence confidence) {
  double with = 0.0;
  double without = 0.0;
  for (const ShrunkScore& slice : slices) {
    const Score& score = scores[slice.row];
    if (!slice.raw) continue;
    with += static_cast<double>(score.n) * score.process_variance * score.n_effective;
    without += static_cast<double>(score.n) * *slice.raw * (1.0 - *slice.raw);
  }
  const double cost = without > 0.0 ? std::max(1.0, with / without) : 1.0;
  std::vector<SliceRate> rates;
  for (const ShrunkScore& slice : slices)
    rates.push_back(slice.raw ? SliceRate{*slice.raw, scores[slice.row].n_effective / cost} : SliceRate{});
  const ShrunkSlices shrunk = shrunk_slices(rates, confidence);
  for (std::size_t i = 0; i < slices.size(); ++i) {
    slices[i].estimate = shrunk.slices[i].estimate;
    slices[i].limits = shrunk.slices[i].limits;
    slices[i].shrinkage = shrunk.slices[i].shrinkage;
    slices[i].overall = shrunk.mean;
    slices[i].method = "fay-herriot";
  }
}

}  // namespace detail

/// Slices of scores that borrow strength from the others of their grouping; each grouping and metric on its own.
///
/// Assumes: within a grouping nothing but their audits tells the slices apart. Answers are about the process.
/// Use when: slices are ranked, coloured or acted upon and some have few audits.
/// Not for: a slice that a contract judges by its own audits; ratios that are no shares (refused).
/// No data: a slice without audits gets what the others have in common; a grouping of one slice stays as it is, with
/// shrinkage 0; the total has no others and is left out.
///
/// \throws InputError where no slice has audits, a metric is no share, or counts are asked for of a sample whose audits
/// do not weigh alike.
[[nodiscard]] inline std::vector<ShrunkScore> shrink(const ScoreResult& result, std::size_t grouping,
                                                     std::size_t metric, ShrinkModel model) {
  const std::vector<Score>& scores = result.scored.scores;
  const std::string& name = result.scored.wanted[metric].name;
  std::vector<ShrunkScore> out;
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < scores.size(); ++row) {
    const Score& score = scores[row];
    if (score.grouping != grouping || score.metric != metric) continue;
    if (!score.share)
      throw InputError("metrics that are shares", in_quotes(name) + ", a ratio of any size", {}, "name metric=");
    ShrunkScore slice;
    slice.row = row;
    if (score.n > 0 && score.estimate) {
      slice.raw = std::clamp(*score.estimate, 0.0, 1.0);
      slice.raw_limits = score.process_limits;
    }
    rows.push_back(row);
    out.push_back(slice);
  }
  if (std::none_of(out.begin(), out.end(), [](const ShrunkScore& slice) { return slice.raw.has_value(); }))
    throw InputError("at least one slice with audits that answer " + in_quotes(name), "none");
  if (out.size() == 1) {
    out[0].estimate = out[0].overall = *out[0].raw;
    out[0].limits = out[0].raw_limits;
    out[0].method = "own audits (one slice)";
    return out;
  }
  const bool counts = !result.judged && detail::plain_counts(scores, rows);
  if (model == ShrinkModel::beta_binomial && !counts)
    throw InputError(
        "audits that all weigh alike for model=\"beta_binomial\"",
        "a stratified or weighted sample, one whose audits did not all come back, or one a judge helped with", {},
        "take model=\"fay_herriot\", or None");
  if (counts && model != ShrinkModel::fay_herriot)
    detail::shrink_counts(scores, out, result.options.confidence);
  else
    detail::shrink_by_design(scores, out, result.options.confidence);
  return out;
}

/// The table of several groupings and metrics: one row a slice and metric.
[[nodiscard]] inline io::Table table_of(const ScoreResult& result, const std::vector<ShrunkScore>& shrunk) {
  using std::optional;
  using std::string_view;
  std::vector<std::shared_ptr<const io::ColumnData>> out;
  const std::vector<Score>& scores = result.scored.scores;
  detail::SliceColumns slices{result};
  for (const ShrunkScore& each : shrunk) slices.append(scores[each.row]);
  slices.finish(out);
  const auto add = [&](const char* name, const char* format, const auto& ask) {
    io::ColumnBuilder builder{name, format};
    for (const ShrunkScore& each : shrunk) builder.append(ask(each));
    out.push_back(builder.finish());
  };
  add("metric", "u",
      [&](const ShrunkScore& s) { return string_view{result.scored.wanted[scores[s.row].metric].name}; });
  add("raw_estimate", "g", [](const ShrunkScore& s) { return s.raw; });
  add("raw_lower", "g", [](const ShrunkScore& s) { return s.raw_limits.lower; });
  add("raw_upper", "g", [](const ShrunkScore& s) { return s.raw_limits.upper; });
  add("estimate", "g", [](const ShrunkScore& s) { return s.estimate; });
  add("lower", "g", [](const ShrunkScore& s) { return std::min(s.limits.lower, s.estimate); });
  add("upper", "g", [](const ShrunkScore& s) { return std::max(s.limits.upper, s.estimate); });
  add("shrinkage", "g", [](const ShrunkScore& s) { return s.shrinkage; });
  add("overall", "g", [](const ShrunkScore& s) { return s.overall; });
  add("confidence", "g", [&](const ShrunkScore&) { return result.options.confidence.value(); });
  add("n", "l", [&](const ShrunkScore& s) { return scores[s.row].n; });
  add("n_effective", "g", [&](const ShrunkScore& s) { return scores[s.row].n_effective; });
  add("method", "u", [](const ShrunkScore& s) { return s.method; });
  add("design", "u", [&](const ShrunkScore&) { return string_view{result.design.words}; });
  add("about", "u", [](const ShrunkScore&) { return string_view{"process"}; });
  add("basis", "u", [](const ShrunkScore&) { return string_view{"modelled"}; });
  return io::Table{std::move(out)};
}

}  // namespace assay
