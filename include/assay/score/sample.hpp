#pragma once
/// \file
/// Joining a drawn sample with the audits that came back.

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <assay/score/design.hpp>
#include <assay/score/metric.hpp>
#include <assay/score/response.hpp>
#include <assay/score/sample_rows.hpp>
#include <assay/score/sample_spec.hpp>
#include <assay/score/whole_table.hpp>
#include <assay/tally/tally.hpp>

namespace assay {
namespace detail {

/// Counts the rows of a sample by what their audits found.
class SampleJoin {
 public:
  /// The value of an audit's column in cases without an audit.
  static constexpr std::string_view no_audit = "(no audit)";

  SampleJoin(const SampleSpec& spec, io::Stream& sample, io::Stream& audits, const io::Progress& progress)
      : spec_{spec}, in_{spec, sample, audits, progress}, facts_{in_.facts()} {}

  [[nodiscard]] AuditedSample run() {
    classify();
    return count();
  }

 private:
  static constexpr std::uint8_t excluded_case = 254;
  static constexpr io::Code none = io::no_code;

  /// The outcome of each case; an undecided verdict answers nothing.
  void classify() {
    const bool judged = spec_.correct.empty() && spec_.labels.judged();
    outcomes_.resize(in_.size());
    for (std::size_t row = 0; row < in_.size(); ++row) {
      const LabelKind kind = spec_.labels.kind(in_.decision(row));
      if (kind == LabelKind::undecided)
        throw InputError("decided cases in the sample", "an undecided one (" + in_quotes(in_.decision(row)) + ")",
                         {spec_.decision, static_cast<std::int64_t>(row)});
      Outcome outcome = judged
                            ? (kind == LabelKind::violating ? Outcome::unanswered_violating : Outcome::unanswered_clear)
                            : Outcome::unanswered;
      if (in_.audited(row) && !spec_.correct.empty()) {
        outcome = in_.correct(row) ? Outcome::upheld : Outcome::wrong;
      } else if (in_.audited(row)) {
        const std::string_view verdict = in_.verdict(row);
        const LabelKind verdict_kind = spec_.labels.kind(verdict);
        if (verdict_kind != LabelKind::undecided)
          outcome = outcome_of(kind, verdict_kind, verdict == in_.decision(row));
      }
      outcomes_[row] = static_cast<std::uint8_t>(outcome);
      answered_.push_back(is_answered(outcomes_[row], judged) || in_.excluded(row));
    }
  }

  [[nodiscard]] static bool is_answered(std::uint8_t outcome, bool judged) noexcept {
    return outcome < (judged ? 6 : 2);
  }

  [[nodiscard]] AuditedSample count() {
    AuditedSample out;
    const bool complete = std::find(answered_.begin(), answered_.end(), false) == answered_.end();
    TallySpec spec;
    spec.by = spec_.by;
    spec.groupings = spec_.groupings;
    spec.strata = {"stratum"};
    spec.decision = spec_.decision;
    spec.verdict = spec_.verdict;
    spec.correct = spec_.correct;
    spec.exclude = spec_.exclude;
    spec.labels = spec_.labels;
    spec.measures = spec_.measures;
    spec.missing = spec_.missing;
    if (!complete) {
      out.design.modelled = true;
      out.design.label_column = spec_.decision;
      if (std::find(spec.by.begin(), spec.by.end(), spec_.decision) == spec.by.end()) spec.by.push_back(spec_.decision);
      for (auto& names : spec.groupings)
        if (std::find(names.begin(), names.end(), spec_.decision) == names.end()) names.push_back(spec_.decision);
    }
    out.tally = Tally{spec};
    const auto dimensions = spec.dimensions();
    std::vector<const CodedColumn*> columns;
    for (const std::string& name : dimensions) {
      const auto found = std::find(spec_.by.begin(), spec_.by.end(), name);
      columns.push_back(name == "stratum"         ? &in_.strata()
                        : found != spec_.by.end() ? &in_.by(static_cast<std::size_t>(found - spec_.by.begin()))
                                                  : &in_.decisions());
    }

    Tally::Part part;
    for (const CodedColumn* column : columns) part.dictionaries.push_back(column->dictionary.values);
    std::vector<io::Code> absent(columns.size(), none);
    out.design.made_of = spec_.strata;
    out.design.made_of.emplace_back("stratum");
    out.design.audit_columns = in_.audit_names();
    for (std::size_t d = 0; d < columns.size(); ++d)
      for (std::size_t row = 0; row < in_.size() && absent[d] == none; ++row)
        if (columns[d]->codes[row] == none)
          absent[d] = part.dictionaries[d].is_text() || part.dictionaries[d].format() == "n"
                          ? (part.dictionaries[d].settle("u", dimensions[d]),
                             part.dictionaries[d].code_of(std::string_view{no_audit}))
                          : part.dictionaries[d].code_of(std::numeric_limits<std::int64_t>::min());
    for (std::size_t d = 0; d < columns.size(); ++d)
      if (absent[d] != none) out.design.absent[d] = absent[d];
    auto evidence = std::make_shared<CaseEvidence>();
    evidence->ids = in_.ids().dictionary.values;
    evidence->codes.resize(columns.size());
    const std::size_t classes = outcome_classes(spec.judged());
    for (const Grouping& grouping : out.tally.groupings())
      part.cells.emplace_back(grouping.size(), classes, false, spec.measures.size());
    std::vector<io::Code> own;
    for (std::size_t row = 0; row < in_.size(); ++row) {
      for (std::size_t d = 0; d < columns.size(); ++d)
        evidence->codes[d].push_back(columns[d]->codes[row] == none ? absent[d] : columns[d]->codes[row]);
      evidence->outcomes.push_back(in_.excluded(row) ? excluded_case : outcomes_[row]);
      part.decisions.emplace(in_.decision(row));
      if (in_.excluded(row)) {
        ++part.excluded;
        continue;
      }
      part.rows += answered_[row] ? 1U : 0U;
      for (std::size_t g = 0; g < part.cells.size(); ++g) {
        own.clear();
        for (const std::size_t d : out.tally.groupings()[g]) own.push_back(evidence->codes[d][row]);
        const std::size_t cell = part.cells[g].cell(own);
        part.cells[g].add(cell, outcomes_[row], 1);
        if (answered_[row]) measure(part.cells[g], cell, row);
      }
    }
    out.excluded = static_cast<std::int64_t>(part.excluded);
    describe(out, complete);
    for (std::size_t row = 0; row < in_.size(); ++row) {
      const StratumFacts& facts = facts_[in_.strata().codes[row]];
      double weight = facts.population / facts.sampled;
      if (out.design.modelled && !in_.excluded(row)) {
        const Response& response = facts.by_decision.at(in_.decisions().codes[row]);
        weight = response.answered > 0.0 ? weight * response.sampled / response.answered : 0.0;
      }
      evidence->weights.push_back(answered_[row] ? weight : 0.0);
    }
    out.tally.add(part);
    // Codes of the tally's own dictionaries: the tally was empty, so they are the part's, in the order of first sight.
    for (io::Code stratum = 0; stratum < facts_.size(); ++stratum) out.design.facts[{stratum}] = facts_[stratum];
    out.cases = std::move(evidence);
    return out;
  }

  void measure(Cells& cells, std::size_t cell, std::size_t row) {
    for (std::size_t m = 0; m < spec_.measures.size(); ++m) {
      const double numerator = in_.measured(m, 0, row);
      const double denominator = in_.measured(m, 1, row);
      require_measurable(numerator, {spec_.measures[m].numerator, static_cast<std::int64_t>(row)});
      require_measurable(denominator, {spec_.measures[m].denominator, static_cast<std::int64_t>(row)});
      cells.measure(cell, m).add((spec_.measures[m].numerator_when >> outcomes_[row] & 1U) != 0 ? numerator : 0.0,
                                 denominator);
    }
  }

  /// Response by stratum and decision.
  void describe(AuditedSample& out, bool complete) {
    for (std::size_t row = 0; row < in_.size(); ++row) {
      if (!in_.waited_for(row)) continue;
      ++out.drawn;
      Response& response = facts_[in_.strata().codes[row]].by_decision[in_.decisions().codes[row]];
      response.sampled += 1.0;
      response.answered += answered_[row] ? 1.0 : 0.0;
      out.answered += answered_[row] ? 1 : 0;
    }
    const bool several = facts_.size() > 1;
    out.design.words = several ? "stratified simple random" : "simple random";
    out.design.response_rate = out.drawn > 0 ? static_cast<double>(out.answered) / static_cast<double>(out.drawn) : 1.0;
    for (StratumFacts& facts : facts_)
      if (complete)
        facts.by_decision.clear();
      else
        pool_silent(facts.by_decision, [&](io::Code label) {
          return static_cast<int>(spec_.labels.kind(in_.decisions().dictionary.values.text(label)));
        });
  }

  const SampleSpec& spec_;
  SampleRows in_;
  std::vector<StratumFacts> facts_;
  std::vector<std::uint8_t> outcomes_{};
  std::vector<bool> answered_{};
};

}  // namespace detail

/// Joins a sample with its audits and counts what they found.
///
/// Audits that did not come back are answered for by the others of their stratum and decision; the design says so
/// (`modelled`). \throws InputError for audits of cases that were not drawn, two audits of one case, unknown labels.
/// \throws Cancelled when `progress`, told after each batch how many rows of a table are read, answers false.
[[nodiscard]] inline AuditedSample join(const SampleSpec& spec, io::Stream& sample, io::Stream& audits,
                                        const io::Progress& progress = {}) {
  if (spec.verdict.empty() == spec.correct.empty())
    throw InputError("either verdict= (the label each decision should have had) or correct= (true/false)",
                     spec.verdict.empty() ? "neither" : "both");
  return detail::SampleJoin{spec, sample, audits, progress}.run();
}

}  // namespace assay
