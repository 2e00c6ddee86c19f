#pragma once
/// \file
/// From a decision's label and its verdict's to an outcome, over blocks of rows.

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include <assay/io/encode.hpp>
#include <assay/tally/outcome.hpp>
#include <assay/tally/spec.hpp>

namespace assay::detail {

/// In place of an outcome: a row that is not scored, since its decision or its verdict is undecided.
inline constexpr std::uint8_t skip_row = 255;

/// From pairs of label codes to outcomes, and which labels really occurred where.
class Judge {
 public:
  Judge(const TallySpec& spec, io::SharedDictionary& labels) : spec_{&spec}, labels_{&labels} {}

  void judge(const io::Code* decisions, const io::Code* verdicts, std::size_t count, const io::Column& decision,
             const io::Column& verdict, std::int64_t begin, std::uint8_t* out) {
    io::Code most = 0;
    for (std::size_t i = 0; i < count; ++i) most = std::max({most, decisions[i], verdicts[i]});
    if (most >= kinds_.size()) learn();
    const std::size_t labels = kinds_.size();
    const std::uint8_t* table = table_.empty() ? nullptr : table_.data();
    for (std::size_t i = 0; i < count; ++i) {
      if (first_decision_[decisions[i]] < 0)
        meet(decisions[i], decision, begin + static_cast<std::int64_t>(i), first_decision_);
      if (first_verdict_[verdicts[i]] < 0)
        meet(verdicts[i], verdict, begin + static_cast<std::int64_t>(i), first_verdict_);
      out[i] = table == nullptr ? outcome(decisions[i], verdicts[i]) : table[decisions[i] * labels + verdicts[i]];
    }
  }

  /// The labels met, and the first row of each.
  template <class Use>
  void decisions(const Use& use) const {
    each(first_decision_, use);
  }
  template <class Use>
  void verdicts(const Use& use) const {
    each(first_verdict_, use);
  }

 private:
  template <class Use>
  void each(const std::vector<std::int64_t>& first, const Use& use) const {
    for (io::Code code = 0; code < first.size(); ++code)
      if (first[code] >= 0) use(texts_[code], first[code]);
  }

  void meet(io::Code code, const io::Column& column, std::int64_t row, std::vector<std::int64_t>& first) {
    const Labels& labels = spec_->labels;
    if (!labels.violating().empty() && !labels.not_violating().empty() && !labels.declares(texts_[code]))
      throw InputError(
          "a label of violating=, not_violating= or undecided= (both meanings were declared, so the list is closed)",
          in_quotes(texts_[code]), column.place(row), "mend the label, or declare it");
    first[code] = column.first_row + row;
  }

  void learn() {
    {
      const std::lock_guard lock{labels_->guard};
      for (io::Code code = static_cast<io::Code>(texts_.size()); code < labels_->values.size(); ++code)
        texts_.emplace_back(labels_->values.text(code));
    }
    for (std::size_t code = kinds_.size(); code < texts_.size(); ++code)
      kinds_.push_back(spec_->labels.kind(texts_[code]));
    first_decision_.resize(kinds_.size(), -1);
    first_verdict_.resize(kinds_.size(), -1);
    table_.clear();
    if (kinds_.size() > most_tabled) return;
    for (io::Code d = 0; d < kinds_.size(); ++d)
      for (io::Code v = 0; v < kinds_.size(); ++v) table_.push_back(outcome(d, v));
  }

  [[nodiscard]] std::uint8_t outcome(io::Code decision, io::Code verdict) const noexcept {
    if (kinds_[decision] == LabelKind::undecided || kinds_[verdict] == LabelKind::undecided) return skip_row;
    return static_cast<std::uint8_t>(outcome_of(kinds_[decision], kinds_[verdict], decision == verdict));
  }

  /// Labels up to which all pairs have their outcome in a table; a column of ids named by mistake has far more.
  static constexpr std::size_t most_tabled = 256;

  const TallySpec* spec_;
  io::SharedDictionary* labels_;
  std::vector<std::string> texts_{};
  std::vector<LabelKind> kinds_{};
  std::vector<std::uint8_t> table_{};
  std::vector<std::int64_t> first_decision_{};
  std::vector<std::int64_t> first_verdict_{};
};
}  // namespace assay::detail
