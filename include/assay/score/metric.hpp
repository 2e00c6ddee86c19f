#pragma once
/// \file
/// The metrics: which outcomes count, out of which, and what that means in words.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <assay/tally/spec.hpp>

namespace assay {

enum class Better : unsigned char { higher, lower, neither };

/// A share of audited decisions: those with an outcome of `numerator` among those with one of `denominator`.
struct Metric {
  std::string_view name;
  std::string_view title;
  std::string_view definition;  ///< completes "the share of ..."
  std::string_view denominator_words;
  OutcomeSet numerator;
  OutcomeSet denominator;
  Better better;
  /// The decision alone says who is in the denominator, so its size in the frame is known.
  bool denominator_by_decision;
};

namespace detail {

inline constexpr OutcomeSet scored =
    outcomes(Outcome::upheld_violating, Outcome::upheld_clear, Outcome::over_enforcement, Outcome::leakage,
             Outcome::wrong_label_violating, Outcome::wrong_label_clear);
inline constexpr OutcomeSet acted =
    outcomes(Outcome::upheld_violating, Outcome::over_enforcement, Outcome::wrong_label_violating);
inline constexpr OutcomeSet not_acted = outcomes(Outcome::upheld_clear, Outcome::leakage, Outcome::wrong_label_clear);
inline constexpr OutcomeSet due = outcomes(Outcome::upheld_violating, Outcome::leakage, Outcome::wrong_label_violating);
inline constexpr OutcomeSet not_due =
    outcomes(Outcome::upheld_clear, Outcome::over_enforcement, Outcome::wrong_label_clear);

}  // namespace detail

/// Every metric that needs nothing but decisions and verdicts.
inline constexpr std::array<Metric, 10> metrics{{
    {"accuracy", "Accuracy", "decisions that carry the label the verdict says they should", "all audited decisions",
     outcomes(Outcome::upheld_violating, Outcome::upheld_clear), detail::scored, Better::higher, false},
    {"over_enforcement", "Over-enforcement",
     "decisions that acted against content where the verdict says no action was due", "all audited decisions",
     outcomes(Outcome::over_enforcement), detail::scored, Better::lower, false},
    {"leakage", "Leakage", "decisions that let content stand where the verdict says action was due",
     "all audited decisions", outcomes(Outcome::leakage), detail::scored, Better::lower, false},
    {"wrong_label", "Wrong label",
     "decisions that were right about acting or not, but under another label than the verdict's",
     "all audited decisions", outcomes(Outcome::wrong_label_violating, Outcome::wrong_label_clear), detail::scored,
     Better::lower, false},
    {"precision", "Precision", "decisions that acted where action was due", "decisions that acted",
     outcomes(Outcome::upheld_violating, Outcome::wrong_label_violating), detail::acted, Better::higher, true},
    {"recall", "Recall (of cases that reached review)", "cases where action was due that were acted on",
     "reviewed cases where action was due", outcomes(Outcome::upheld_violating, Outcome::wrong_label_violating),
     detail::due, Better::higher, false},
    {"specificity", "Specificity", "cases where no action was due that were left alone",
     "reviewed cases where no action was due", outcomes(Outcome::upheld_clear, Outcome::wrong_label_clear),
     detail::not_due, Better::higher, false},
    {"false_positive_rate", "False-positive rate", "cases where no action was due that were acted on",
     "reviewed cases where no action was due", outcomes(Outcome::over_enforcement), detail::not_due, Better::lower,
     false},
    {"false_negative_rate", "False-negative rate", "cases where action was due that were let stand",
     "reviewed cases where action was due", outcomes(Outcome::leakage), detail::due, Better::lower, false},
    {"violation_rate", "Violation rate", "cases where the verdict says action was due", "all audited decisions",
     detail::due, detail::scored, Better::neither, false},
}};

/// Accuracy where labels are compared but not judged.
inline constexpr Metric plain_accuracy{"accuracy",
                                       "Accuracy",
                                       "decisions that the audit upheld",
                                       "all audited decisions",
                                       outcomes(Outcome::upheld),
                                       outcomes(Outcome::upheld, Outcome::wrong),
                                       Better::higher,
                                       false};

/// What is asked of a score: a metric, or a measure of one's own by its position in the tally's spec.
struct Wanted {
  std::string name{};
  const Metric* metric{nullptr};
  std::size_t measure{0};
  Better better{Better::higher};
};

/// Finds what a name stands for. \throws InputError for an unknown name, or one that needs labels told apart.
[[nodiscard]] inline Wanted wanted_metric(const std::string& name, const TallySpec& spec) {
  for (std::size_t i = 0; i < spec.measures.size(); ++i)
    if (spec.measures[i].name == name)
      return {name, nullptr, i, name == "violation_rate" ? Better::neither : Better::higher};
  if (name == "accuracy" && !spec.judged()) return {name, &plain_accuracy, 0, Better::higher};
  std::string known;
  for (const Metric& metric : metrics) {
    known += (known.empty() ? "" : ", ") + std::string{metric.name};
    if (metric.name != name) continue;
    if (spec.judged()) return {name, &metric, 0, metric.better};
    if (!spec.correct.empty())
      throw InputError(
          "decisions with verdict= and violating= for " + in_quotes(name), "correct=, which answers accuracy only", {},
          "pass the label each decision should have had as verdict=, and the labels that mean action as violating=");
    throw InputError("violating= for " + in_quotes(name), "labels that are not told apart", {},
                     "name the labels that mean action against the content in violating=");
  }
  throw InputError("a metric among " + known + ", or a ratio of one's own", in_quotes(name));
}

}  // namespace assay
