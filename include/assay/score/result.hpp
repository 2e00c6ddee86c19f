#pragma once
/// \file
/// Scores as a value: everything needed to show them, to judge them and to compare them.

#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <assay/io/table.hpp>
#include <assay/numeric/special.hpp>
#include <assay/score/sample.hpp>
#include <assay/score/score.hpp>

namespace assay {

/// What a target says of a score: met, missed, or open (the interval holds the target).
enum class Standing : unsigned char { met, missed, open, unjudged };

/// Scores with the tally they came from and, where cases are known one by one, the cases.
struct ScoreResult {
  std::shared_ptr<const Tally> tally{};
  ScoreDesign design{};
  ScoreOptions options{};
  Scored scored{};
  std::map<std::string, double> targets{};
  std::shared_ptr<const CaseEvidence> cases{};
  bool judged{false};  ///< a judge helped (judged.hpp)

  /// The columns that name slices, in the order in which the groupings mention them.
  [[nodiscard]] std::vector<std::string> columns() const {
    std::vector<std::string> out;
    for (const auto& grouping : options.groupings)
      for (const std::string& name : grouping)
        if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    return out;
  }

  /// The code of one column in a score's slice; nothing where the slice takes all.
  [[nodiscard]] std::optional<io::Code> code(const Score& score, const std::string& column) const {
    const auto& grouping = options.groupings[score.grouping];
    if (std::find(grouping.begin(), grouping.end(), column) == grouping.end()) return std::nullopt;
    const Slices& slices = scored.groupings[score.grouping];
    return slices.code(slices.order[slices.begin[score.slice]], tally->spec().grouping_of({column}).front());
  }
};

/// Response below which no target is judged.
inline constexpr double least_response = 0.9;

[[nodiscard]] inline Standing standing_of(const Score& score, double target, Better better) {
  if (!score.estimate || score.response_rate < least_response)
    return score.response_rate < least_response ? Standing::unjudged : Standing::open;
  const bool above = score.process_limits.lower > target;
  const bool below = score.process_limits.upper < target;
  if (above == below) return Standing::open;
  return above == (better == Better::higher) ? Standing::met : Standing::missed;
}

/// Further audits after which a score interval would leave the target on one side, if the estimate stays what it is.
/// Nothing when it stands on the target, or when nothing was audited.
[[nodiscard]] inline std::optional<std::int64_t> audits_needed(const Score& score, double target,
                                                               Confidence confidence) {
  if (!score.estimate || *score.estimate == target || score.process_n <= 0.0) return std::nullopt;
  const double z = normal_quantile(1.0 - 0.5 * confidence.alpha());
  const double distance = *score.estimate - target;
  const auto n = static_cast<double>(score.n);
  // A share's limits leave the target by the spread a share would have there; a ratio's by its own.
  const double spread = score.share && target > 0.0 && target < 1.0 ? target * (1.0 - target) * n / score.process_n
                                                                    : score.process_variance * n;
  const double needed = z * z * spread / (distance * distance);
  return static_cast<std::int64_t>(std::ceil(std::fmin(1e15, std::fmax(1.0, needed - n))));
}

namespace detail {

/// Columns that name slices, one builder each, typed like the user's.
class SliceColumns {
 public:
  explicit SliceColumns(const ScoreResult& result) : result_{&result}, names_{result.columns()} {
    for (const std::string& name : names_) {
      const std::size_t dimension = result.tally->spec().grouping_of({name}).front();
      dictionaries_.push_back(&result.tally->dictionaries()[dimension]);
      dimensions_.push_back(dimension);
      builders_.emplace_back(name, dictionaries_.back()->format() == "n" ? "u" : dictionaries_.back()->format());
    }
    for (const auto& grouping : result.options.groupings) {
      std::vector<bool> in;
      for (const std::string& name : names_)
        in.push_back(std::find(grouping.begin(), grouping.end(), name) != grouping.end());
      shown_.push_back(std::move(in));
    }
  }

  void append(const Score& score) {
    const Slices& slices = result_->scored.groupings[score.grouping];
    const std::size_t cell = slices.order[slices.begin[score.slice]];
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (!shown_[score.grouping][i]) {
        builders_[i].append_null();
        continue;
      }
      const io::Code code = slices.code(cell, dimensions_[i]);
      const io::Dictionary& values = *dictionaries_[i];
      if (values.is_text())
        builders_[i].append(values.text(code));
      else if (values.format() == "b")
        builders_[i].append(values.integer(code) != 0);
      else
        builders_[i].append(values.integer(code));
    }
  }

  void finish(std::vector<std::shared_ptr<const io::ColumnData>>& out) {
    for (io::ColumnBuilder& builder : builders_) out.push_back(builder.finish());
  }

 private:
  const ScoreResult* result_;
  std::vector<std::string> names_;
  std::vector<const io::Dictionary*> dictionaries_{};
  std::vector<std::size_t> dimensions_{};
  std::vector<std::vector<bool>> shown_{};
  std::vector<io::ColumnBuilder> builders_{};
};

[[nodiscard]] constexpr std::string_view words_of(Standing standing) noexcept {
  return standing == Standing::met ? "met" : standing == Standing::missed ? "missed" : "open";
}

/// A column made by asking each score.
template <class Ask>
void add_column(std::vector<std::shared_ptr<const io::ColumnData>>& out, const char* name, const char* format,
                const std::vector<Score>& scores, const Ask& ask) {
  io::ColumnBuilder builder{name, format};
  for (const Score& score : scores) builder.append(ask(score));
  out.push_back(builder.finish());
}

}  // namespace detail

/// The table of a result: one row a slice and metric, columns as the contract names them.
[[nodiscard]] inline io::Table table_of(const ScoreResult& result) {
  using std::optional;
  using std::string_view;
  std::vector<std::shared_ptr<const io::ColumnData>> out;
  const std::vector<Score>& scores = result.scored.scores;
  detail::SliceColumns slices{result};
  for (const Score& score : scores) slices.append(score);
  slices.finish(out);

  const auto only = [](const Score& score, double value) {
    return score.estimate ? optional<double>{value} : std::nullopt;
  };
  detail::add_column(out, "metric", "u", scores,
                     [&](const Score& s) { return string_view{result.scored.wanted[s.metric].name}; });
  detail::add_column(out, "estimate", "g", scores, [](const Score& s) { return s.estimate; });
  detail::add_column(out, "standard_error", "g", scores, [&](const Score& s) { return only(s, s.standard_error); });
  detail::add_column(out, "lower", "g", scores, [](const Score& s) { return s.limits.lower; });
  detail::add_column(out, "upper", "g", scores, [](const Score& s) { return s.limits.upper; });
  detail::add_column(out, "confidence", "g", scores, [&](const Score&) { return result.options.confidence.value(); });
  detail::add_column(out, "n", "l", scores, [](const Score& s) { return s.n; });
  detail::add_column(out, "n_effective", "g", scores, [](const Score& s) { return s.n_effective; });
  detail::add_column(out, "numerator", "g", scores, [](const Score& s) { return s.numerator; });
  detail::add_column(out, "denominator", "g", scores, [](const Score& s) { return s.denominator; });
  detail::add_column(out, "method", "u", scores, [](const Score& s) { return s.method; });
  const std::string domain = result.design.words + ", domain of the audited";
  detail::add_column(out, "design", "u", scores, [&](const Score& s) {
    const auto& names = result.options.groupings[s.grouping];
    const bool found = std::any_of(names.begin(), names.end(),
                                   [&](const auto& name) { return result.design.audit_columns.contains(name); });
    return string_view{found ? domain : result.design.words};
  });
  const string_view about = result.options.about == About::queue ? "queue" : "process";
  detail::add_column(out, "about", "u", scores, [&](const Score&) { return about; });
  const string_view basis = result.design.modelled || result.design.chosen ? "modelled" : "measured";
  detail::add_column(out, "basis", "u", scores, [&](const Score&) { return basis; });
  if (result.design.naive) {
    detail::add_column(out, "naive", "g", scores, [](const Score& s) { return s.naive; });
    detail::add_column(out, "bias", "g", scores, [](const Score& s) -> optional<double> {
      return s.naive && s.estimate ? optional<double>{*s.naive - *s.estimate} : std::nullopt;
    });
  }
  if (result.judged) {
    detail::add_column(out, "lambda", "g", scores, [](const Score& s) { return s.judge_lambda; });
    detail::add_column(out, "audits_saved", "l", scores, [](const Score& s) -> optional<std::int64_t> {
      if (!s.judge_lambda) return std::nullopt;
      return std::llround(std::fmin(1e15, std::fmax(0.0, s.audits_alone - static_cast<double>(s.n))));
    });
  }
  if (result.design.modelled) {
    detail::add_column(out, "response_rate", "g", scores, [](const Score& s) { return s.response_rate; });
    detail::add_column(out, "worst_case_lower", "g", scores, [](const Score& s) { return s.worst_case.lower; });
    detail::add_column(out, "worst_case_upper", "g", scores, [](const Score& s) { return s.worst_case.upper; });
  }
  if (!result.targets.empty()) {
    const auto target = [&](const Score& s) -> optional<double> {
      const auto found = result.targets.find(result.scored.wanted[s.metric].name);
      return found == result.targets.end() ? std::nullopt : optional<double>{found->second};
    };
    const auto standing = [&](const Score& s) {
      return standing_of(s, *target(s), result.scored.wanted[s.metric].better);
    };
    detail::add_column(out, "target", "g", scores, target);
    detail::add_column(out, "standing", "u", scores, [&](const Score& s) -> optional<string_view> {
      if (!target(s) || standing(s) == Standing::unjudged) return std::nullopt;
      return detail::words_of(standing(s));
    });
    detail::add_column(out, "audits_needed", "l", scores, [&](const Score& s) -> optional<std::int64_t> {
      if (!target(s) || standing(s) == Standing::unjudged) return std::nullopt;
      return standing(s) == Standing::open ? audits_needed(s, *target(s), result.options.confidence)
                                           : optional<std::int64_t>{0};
    });
  }
  return io::Table{std::move(out)};
}

}  // namespace assay
