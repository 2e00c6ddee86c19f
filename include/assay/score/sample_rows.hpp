#pragma once
/// \file
/// A drawn sample and its audits, read, checked and brought side by side: one row a drawn case.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <assay/score/design.hpp>
#include <assay/score/sample_spec.hpp>
#include <assay/score/whole_table.hpp>

namespace assay::detail {

[[nodiscard]] inline std::int64_t whole_count(double value, const Place& place) {
  if (!(value >= 1.0 && value <= 0x1p53 && value == std::floor(value)))
    throw InputError("a whole number of cases, at least 1", to_text(value), place);
  return static_cast<std::int64_t>(value);
}

/// Rows of the sample, each with its audit where one came back. The spec outlives it.
/// \throws InputError for a table that is no drawn sample, and for audits that do not fit it.
/// \throws Cancelled when `progress`, told after each batch how many rows of the table are read, answers false.
class SampleRows {
 public:
  SampleRows(const SampleSpec& spec, io::Stream& sample, io::Stream& audits, const io::Progress& progress = {})
      : spec_{spec}, sample_{sample}, audits_{audits} {
    read_sample(progress);
    read_audits(progress);
  }

  [[nodiscard]] std::size_t size() const noexcept { return rows_; }
  [[nodiscard]] const CodedColumn& ids() const noexcept { return *ids_; }
  [[nodiscard]] const CodedColumn& decisions() const noexcept { return *decisions_; }
  [[nodiscard]] const CodedColumn& strata() const noexcept { return *strata_; }
  /// A column of `spec.by`; `io::no_code` where it is of the audits and the case has none.
  [[nodiscard]] const CodedColumn& by(std::size_t which) const noexcept { return *by_[which]; }
  /// Columns of `spec.by` that came with the audits.
  [[nodiscard]] const std::set<std::string>& audit_names() const noexcept { return audit_names_; }
  /// Numerator (side 0) or denominator (side 1) of a measure.
  [[nodiscard]] double measured(std::size_t which, std::size_t side, std::size_t row) const noexcept {
    return (*measured_[which][side])[row];
  }
  /// By code of the stratum: its population and how many were drawn.
  [[nodiscard]] const std::vector<StratumFacts>& facts() const noexcept { return facts_; }

  [[nodiscard]] std::string_view decision(std::size_t row) const {
    return decisions_->dictionary.values.text(decisions_->codes[row]);
  }
  [[nodiscard]] bool audited(std::size_t row) const noexcept { return audit_of_[row] != none; }
  /// Assumes: the row was audited, by label.
  [[nodiscard]] std::string_view verdict(std::size_t row) const { return verdict_texts_->text(verdict_[row]); }
  /// Assumes: the row was audited, by right or wrong.
  [[nodiscard]] bool correct(std::size_t row) const noexcept { return correct_[row] != 0; }
  [[nodiscard]] bool excluded(std::size_t row) const noexcept { return excluded_[row] != 0; }
  /// Cases the sample itself excludes were never waited for; what an audit excludes did come back.
  [[nodiscard]] bool waited_for(std::size_t row) const noexcept {
    return sample_excludes_ == nullptr || excluded_[row] == 0;
  }

 private:
  static constexpr io::Code none = io::no_code;
  static constexpr const char* whole_sample =
      "pass the whole sample; cases without an audit are simply left out of the audits";

  void read_sample(const io::Progress& progress) {
    for (const char* needed : {"stratum", "stratum_population", "stratum_size"})
      if (!sample_.has(needed))
        throw InputError("a sample as plan.draw(...) makes it, with stratum, stratum_population and stratum_size",
                         "a table without " + in_quotes(needed), {},
                         "pass the drawn sample; to score a table that holds decision and verdict, call score(table, "
                         "decision=..., verdict=...)");
    ids_ = &sample_.coded(spec_.case_id, {}, true, "a case id", "drop the row");
    decisions_ = &sample_.coded(spec_.decision, {}, true, "a decision", "restore the decision of the drawn case");
    strata_ = &sample_.coded("stratum", {}, true, "a stratum", "restore the column as it was drawn");
    const auto& populations = sample_.numbers("stratum_population");
    const auto& sizes = sample_.numbers("stratum_size");
    const std::vector<double>* kinds =
        sample_.has("decision_population") && spec_.kinds_as_drawn ? &sample_.numbers("decision_population") : nullptr;
    const std::vector<double>* chances =
        sample_.has("inclusion_probability") ? &sample_.numbers("inclusion_probability") : nullptr;
    const std::vector<double>* weights = sample_.has("weight") ? &sample_.numbers("weight") : nullptr;
    for (const std::string& name : spec_.by) {
      const bool in_sample = sample_.has(name);
      if (in_sample && audits_.has(name) && name != spec_.case_id)
        throw InputError("the column " + in_quotes(name) + " in the sample or in the audits", "one in each", {},
                         "rename one of them");
      if (!in_sample && !audits_.has(name)) (void)sample_.coded(name, {}, true);  // refused with the list of columns
      by_.push_back(in_sample ? &sample_.coded(name, spec_.missing, false) : nullptr);
    }
    if (!spec_.exclude.empty() && sample_.has(spec_.exclude)) sample_excludes_ = &sample_.truths(spec_.exclude);
    for (const Measure& measure : spec_.measures)
      measured_.push_back({sample_.has(measure.numerator) ? &sample_.numbers(measure.numerator) : nullptr,
                           sample_.has(measure.denominator) ? &sample_.numbers(measure.denominator) : nullptr});
    rows_ = static_cast<std::size_t>(sample_.read(progress));
    if (rows_ == 0)
      throw InputError("a sample with at least one case", "an empty table", {}, std::string{io::read_once});
    for (std::size_t row = 0; row < rows_; ++row)
      if (ids_->codes[row] != row)
        throw InputError("each case once in the sample",
                         in_quotes(ids_->dictionary.values.text(ids_->codes[row])) + " again",
                         {spec_.case_id, static_cast<std::int64_t>(row)});
    for (std::size_t d = 0; d < by_.size(); ++d)
      if (const auto type = spec_.types.find(spec_.by[d]); by_[d] != nullptr && type != spec_.types.end())
        restore_kind(*by_[d], type->second);
    facts_.resize(strata_->dictionary.values.size());
    std::vector<std::int64_t> counted(facts_.size(), 0);
    for (std::size_t row = 0; row < rows_; ++row) {
      StratumFacts& facts = facts_[strata_->codes[row]];
      const auto at = static_cast<std::int64_t>(row);
      const auto population = static_cast<double>(whole_count(populations[row], {"stratum_population", at}));
      const auto size = static_cast<double>(whole_count(sizes[row], {"stratum_size", at}));
      if (size > population)
        throw InputError("a stratum_size of at most its stratum_population " + to_text(population), to_text(size),
                         {"stratum_size", at});
      if (counted[strata_->codes[row]]++ == 0) facts.population = population, facts.sampled = size;
      if (facts.population != population || facts.sampled != size)
        throw InputError("one stratum_population and stratum_size in a stratum", "two", {"stratum_population", at},
                         "restore the columns as they were drawn");
      if (chances != nullptr) require_drawn((*chances)[row], size / population, {"inclusion_probability", at});
      if (weights != nullptr) require_drawn((*weights)[row], population / size, {"weight", at});
      require_known(row);
      if (kinds != nullptr) learn_kind(facts, row, whole_count((*kinds)[row], {"decision_population", at}));
    }
    for (io::Code stratum = 0; stratum < facts_.size(); ++stratum)
      if (static_cast<double>(counted[stratum]) != facts_[stratum].sampled)
        throw InputError("all " + to_text(facts_[stratum].sampled) + " drawn cases of stratum " +
                             in_quotes(strata_->dictionary.values.text(stratum)),
                         to_text(counted[stratum]), {}, whole_sample);
    require_whole_draw();
  }

  /// What the draw said of itself: a stratum of which no case is left would not be missed by the others.
  void require_whole_draw() const {
    const auto of = [](std::int64_t strata, std::int64_t cases) {
      return to_text(strata) + (strata == 1 ? " stratum" : " strata") + " with " + to_text(cases) +
             (cases == 1 ? " case" : " cases");
    };
    const auto strata = static_cast<std::int64_t>(facts_.size());
    const auto cases = static_cast<std::int64_t>(rows_);
    if (strata != spec_.drawn_strata.value_or(strata) || cases != spec_.drawn_cases.value_or(cases))
      throw InputError(
          "the whole sample, " + of(spec_.drawn_strata.value_or(strata), spec_.drawn_cases.value_or(cases)),
          of(strata, cases), {"sample_design", {}}, whole_sample);
  }

  void read_audits(const io::Progress& progress) {
    const CodedColumn& ids = audits_.coded(spec_.case_id, {}, true, "a case id", "drop the row");
    const bool by_label = !spec_.verdict.empty();
    const CodedColumn* verdicts =
        by_label ? &audits_.coded(spec_.verdict, {}, true, "a verdict", "leave out the audits that did not come back")
                 : nullptr;
    const std::vector<std::uint8_t>* correct = by_label ? nullptr : &audits_.truths(spec_.correct);
    std::vector<const CodedColumn*> by(spec_.by.size(), nullptr);
    for (std::size_t d = 0; d < by.size(); ++d)
      if (by_[d] == nullptr) by[d] = &audits_.coded(spec_.by[d], spec_.missing, false);
    const std::vector<std::uint8_t>* excludes = nullptr;
    if (!spec_.exclude.empty() && sample_excludes_ == nullptr) excludes = &audits_.truths(spec_.exclude);
    std::vector<std::array<const std::vector<double>*, 2>> measured;
    for (std::size_t m = 0; m < spec_.measures.size(); ++m)
      measured.push_back({measured_[m][0] == nullptr ? &audits_.numbers(spec_.measures[m].numerator) : nullptr,
                          measured_[m][1] == nullptr ? &audits_.numbers(spec_.measures[m].denominator) : nullptr});
    const auto audits = static_cast<std::size_t>(audits_.read(progress));

    audit_of_.assign(rows_, none);
    for (std::size_t audit = 0; audit < audits; ++audit) {
      const std::string_view id = ids.dictionary.values.text(ids.codes[audit]);
      const io::Code row = ids_->dictionary.values.find(id);
      const Place place{spec_.case_id, static_cast<std::int64_t>(audit)};
      if (row == none) {
        const std::string twin = but_for_zeros(id);
        throw InputError("audits of cases that were drawn",
                         "an audit of case " + in_quotes(id) + ", which is not in the sample", place,
                         twin.empty() ? "drop the audit, or pass the sample it belongs to"
                                      : "the sample has " + in_quotes(twin) +
                                            ": where ids begin with zeros, read their column as text in both files");
      }
      if (audit_of_[row] != none)
        throw InputError("one audit a case", "a second audit of case " + in_quotes(id), place,
                         "keep the one that counts");
      audit_of_[row] = static_cast<io::Code>(audit);
    }
    verdict_.assign(rows_, none);
    correct_.assign(rows_, 0);
    excluded_.assign(rows_, 0);
    for (std::size_t row = 0; row < rows_; ++row) {
      if (sample_excludes_ != nullptr) excluded_[row] = (*sample_excludes_)[row];
      if (audit_of_[row] == none) continue;
      if (verdicts != nullptr) verdict_[row] = verdicts->codes[audit_of_[row]];
      if (correct != nullptr) correct_[row] = (*correct)[audit_of_[row]];
      if (excludes != nullptr) excluded_[row] = (*excludes)[audit_of_[row]];
    }
    if (verdicts != nullptr) check_verdicts(*verdicts);
    // Columns of the audits, brought into the order of the sample. Cases without an audit have no value there.
    for (std::size_t d = 0; d < by.size(); ++d) {
      if (by[d] == nullptr) continue;
      audit_names_.insert(spec_.by[d]);
      audit_columns_.push_back(std::make_unique<CodedColumn>());
      CodedColumn& own = *audit_columns_.back();
      own.dictionary.values = by[d]->dictionary.values;
      for (std::size_t row = 0; row < rows_; ++row)
        own.codes.push_back(audit_of_[row] == none ? none : by[d]->codes[audit_of_[row]]);
      by_[d] = &own;
    }
    for (std::size_t m = 0; m < measured.size(); ++m)
      for (std::size_t side = 0; side < 2; ++side) {
        if (measured[m][side] == nullptr) continue;
        audit_numbers_.push_back(std::make_unique<std::vector<double>>());
        for (std::size_t row = 0; row < rows_; ++row)
          audit_numbers_.back()->push_back(audit_of_[row] == none ? 0.0 : (*measured[m][side])[audit_of_[row]]);
        measured_[m][side] = audit_numbers_.back().get();
      }
  }

  /// A case of the sample that is the same number with more or fewer zeros before it; empty where there is none.
  [[nodiscard]] std::string but_for_zeros(std::string_view id) const {
    const auto bare = [](std::string_view text) {
      text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
      return text;
    };
    const io::Dictionary& known = ids_->dictionary.values;
    for (io::Code code = 0; code < known.size(); ++code)
      if (bare(known.text(code)) == bare(id)) return std::string{known.text(code)};
    return {};
  }

  /// The chances and weights of a draw follow from its sizes; other ones mean that the sample was altered.
  static void require_drawn(double value, double drawn, const Place& place) {
    if (!(std::fabs(value - drawn) <= 1e-6 * drawn))
      throw InputError(to_text(drawn) + ", as the stratum's population and size say", to_text(value), place,
                       "restore the column as it was drawn");
  }

  void require_known(std::size_t row) const {
    const std::string label{decision(row)};
    if (!spec_.known_labels.empty() && !spec_.known_labels.contains(label) && !spec_.labels.declares(label))
      throw InputError("decisions among the labels of the frame (" +
                           TallySpec::listed({spec_.known_labels.begin(), spec_.known_labels.end()}) + ")",
                       in_quotes(label), {spec_.decision, static_cast<std::int64_t>(row)},
                       "restore the decision of the drawn case");
  }

  /// What a row's decision_population says about its stratum.
  void learn_kind(StratumFacts& facts, std::size_t row, std::int64_t cases) const {
    const auto kind = static_cast<double>(cases);
    const Place place{"decision_population", static_cast<std::int64_t>(row)};
    if (kind > facts.population)
      throw InputError("at most the stratum's population of " + to_text(facts.population), to_text(kind), place,
                       "restore the column as it was drawn");
    if (!spec_.labels.judged()) return;
    const double acted_cases =
        spec_.labels.kind(decision(row)) == LabelKind::violating ? kind : facts.population - kind;
    if (std::isfinite(facts.acted_population) && facts.acted_population != acted_cases)
      throw InputError("one decision_population for each kind of decision in a stratum", "two", place,
                       "restore the column as it was drawn");
    facts.acted_population = acted_cases;
  }

  void check_verdicts(const CodedColumn& verdicts) {
    const io::Dictionary& texts = verdicts.dictionary.values;
    std::set<std::string> known = spec_.known_labels;
    for (io::Code code = 0; code < decisions_->dictionary.values.size(); ++code)
      known.emplace(decisions_->dictionary.values.text(code));
    for (std::size_t audit = 0; audit < verdicts.codes.size(); ++audit) {
      const std::string text{texts.text(verdicts.codes[audit])};
      if (known.contains(text) || spec_.labels.declares(text)) continue;
      throw InputError("verdicts among the labels of the decisions (" +
                           TallySpec::listed({known.begin(), known.end()}) + ") or declared ones",
                       in_quotes(text), {spec_.verdict, static_cast<std::int64_t>(audit)},
                       "mend the label, or declare it in violating= or not_violating=");
    }
    verdict_texts_ = &texts;
  }

  const SampleSpec& spec_;
  WholeTable sample_;
  WholeTable audits_;
  std::size_t rows_{0};
  CodedColumn* ids_{nullptr};
  CodedColumn* decisions_{nullptr};
  CodedColumn* strata_{nullptr};
  std::vector<CodedColumn*> by_{};
  std::vector<std::unique_ptr<CodedColumn>> audit_columns_{};
  std::set<std::string> audit_names_{};
  std::vector<std::unique_ptr<std::vector<double>>> audit_numbers_{};
  std::vector<std::array<const std::vector<double>*, 2>> measured_{};
  const std::vector<std::uint8_t>* sample_excludes_{nullptr};
  std::vector<StratumFacts> facts_{};
  std::vector<io::Code> audit_of_{};
  std::vector<io::Code> verdict_{};
  const io::Dictionary* verdict_texts_{nullptr};
  std::vector<std::uint8_t> correct_{};
  std::vector<std::uint8_t> excluded_{};
};

}  // namespace assay::detail
