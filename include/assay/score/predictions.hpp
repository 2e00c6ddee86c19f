#pragma once
/// \file
/// What a judge says of each row of a table, and what it says of whole strata and slices.

#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <assay/numeric/sums.hpp>
#include <assay/score/metric.hpp>
#include <assay/score/whole_table.hpp>
#include <assay/tally/outcome.hpp>

namespace assay {

/// A sum of predictions, the same in any order.
using PredictionSum = FixedSum<3, 100>;

/// A judge's words about some cases: how many of each outcome it predicts, or the sum of its numbers.
struct PredictionTotals {
  std::array<double, 8> outcomes{};  ///< by Outcome; unanswered: the judge's label was undecided
  double cases{0.0};
  PredictionSum numbers{};

  void merge(const PredictionTotals& other) noexcept {
    for (std::size_t i = 0; i < outcomes.size(); ++i) outcomes[i] += other.outcomes[i];
    cases += other.cases;
    numbers.merge(other.numbers);
  }
};

/// A column of predictions of one table, row by row: outcomes, if the judge gave labels, or else numbers.
struct Predictions {
  std::string column{};
  bool labels{false};
  std::vector<std::uint8_t> outcomes{};
  std::vector<double> numbers{};

  void add_to(PredictionTotals& totals, std::size_t row) const noexcept {
    totals.cases += 1.0;
    if (labels)
      totals.outcomes[outcomes[row]] += 1.0;
    else
      totals.numbers.add(numbers[row]);
  }
};

/// How labels of a judge are read beside decisions: what they mean, which are known, and whether outcomes are judged.
struct PredictionReading {
  Labels labels{};
  std::set<std::string> known{};  ///< labels of the frame's decisions; others must be declared
  bool judged{false};
};

namespace detail {

inline constexpr double largest_prediction = 1e6;

/// Columns of predictions, read from a stream once; `finish` turns them into outcomes.
class PredictionReader {
 public:
  /// \throws InputError for a column there is not, or one that holds neither labels nor numbers.
  PredictionReader(io::Stream& stream, WholeTable& table, const std::vector<std::string>& columns) {
    for (const std::string& name : columns) {
      const io::Type& type = stream.fields()[stream.index_of(name)].type;
      const bool labels = type.is_text();
      made_.push_back({name, labels, {}, {}});
      coded_.push_back(labels ? &table.coded(name, {}, true, "a prediction", mend) : nullptr);
      numbers_.push_back(labels ? nullptr : &table.numbers(name));
    }
  }

  /// \param decisions the decisions of the same rows.
  /// \throws InputError for labels never declared, and for numbers that are not finite, with their row.
  [[nodiscard]] std::vector<Predictions> finish(const io::Dictionary& decisions, std::span<const io::Code> rows,
                                                const PredictionReading& reading) {
    for (std::size_t i = 0; i < made_.size(); ++i) {
      if (made_[i].labels)
        read_labels(made_[i], *coded_[i], decisions, rows, reading);
      else
        read_numbers(made_[i], *numbers_[i]);
    }
    return std::move(made_);
  }

 private:
  static constexpr const char* mend = "let the judge predict every case, or drop prediction=";

  static void read_labels(Predictions& out, const CodedColumn& given, const io::Dictionary& decisions,
                          std::span<const io::Code> rows, const PredictionReading& reading) {
    const io::Dictionary& labels = given.dictionary.values;
    // The outcome by codes of decision and prediction; unknown labels are found where a row has them.
    constexpr std::uint8_t unknown = 255;
    std::vector<std::uint8_t> table(std::size_t{decisions.size()} * labels.size(), unknown);
    for (io::Code label = 0; label < labels.size(); ++label) {
      const std::string text{labels.text(label)};
      if (!reading.known.empty() && !reading.known.contains(text) && !reading.labels.declares(text)) continue;
      const LabelKind kind = reading.labels.kind(text);
      for (io::Code decision = 0; decision < decisions.size(); ++decision) {
        const std::string_view decided = decisions.text(decision);
        const LabelKind own = reading.labels.kind(decided);
        Outcome outcome{};
        if (kind == LabelKind::undecided)
          outcome = !reading.judged               ? Outcome::unanswered
                    : own == LabelKind::violating ? Outcome::unanswered_violating
                                                  : Outcome::unanswered_clear;
        else if (!reading.judged)
          outcome = decided == text ? Outcome::upheld : Outcome::wrong;
        else
          outcome = outcome_of(own, kind, decided == text);
        table[std::size_t{decision} * labels.size() + label] = static_cast<std::uint8_t>(outcome);
      }
    }
    out.outcomes.resize(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const std::uint8_t outcome = table[std::size_t{rows[row]} * labels.size() + given.codes[row]];
      if (outcome == unknown)
        throw InputError("predictions among the labels of the frame's decisions, or declared ones",
                         in_quotes(labels.text(given.codes[row])), {out.column, static_cast<std::int64_t>(row)},
                         "mend the label, or declare it in violating=, not_violating= or undecided=");
      out.outcomes[row] = outcome;
    }
  }

  static void read_numbers(Predictions& out, const std::vector<double>& given) {
    for (std::size_t row = 0; row < given.size(); ++row)
      if (!(std::fabs(given[row]) <= largest_prediction))
        throw InputError(
            std::isfinite(given[row]) ? "a prediction between -1,000,000 and 1,000,000" : "a finite prediction",
            to_text(given[row]), {out.column, static_cast<std::int64_t>(row)}, mend);
    out.numbers = given;
  }

  std::vector<Predictions> made_{};
  std::vector<const CodedColumn*> coded_{};
  std::vector<const std::vector<double>*> numbers_{};
};

}  // namespace detail

/// What a predicted outcome adds to a metric's numerator, 0 or 1.
[[nodiscard]] inline double predicted_numerator(const Metric& metric, std::size_t outcome) noexcept {
  return outcome < 6 && (metric.numerator >> outcome & 1U) != 0 ? 1.0 : 0.0;
}

/// What it adds to the denominator. Who is in the denominator is known of every case where it is everybody, or where
/// the decision says so; otherwise it is the judge's guess too, and an undecided judge guesses nobody.
[[nodiscard]] inline double predicted_denominator(const Metric& metric, std::size_t outcome, bool everybody) noexcept {
  if (everybody) return 1.0;
  if (metric.denominator_by_decision && outcome == static_cast<std::size_t>(Outcome::unanswered_violating)) return 1.0;
  return outcome < 6 && (metric.denominator >> outcome & 1U) != 0 ? 1.0 : 0.0;
}

}  // namespace assay
