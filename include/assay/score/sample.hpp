#pragma once
/// \file
/// Joining a drawn sample with the audits that came back.

#include <cmath>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <assay/io/encode.hpp>
#include <assay/score/design.hpp>
#include <assay/score/metric.hpp>
#include <assay/tally/tally.hpp>

namespace assay {

/// What a sample's columns are called and what its labels mean; `sample_design` of a drawn sample says most of it.
struct SampleSpec {
  std::string case_id{};
  std::string decision{};
  std::vector<std::string> by{};  ///< columns of the sample or of the audits that name slices
  std::vector<std::vector<std::string>> groupings{};
  std::vector<std::string> strata{};  ///< the columns the strata were made of
  std::string verdict{};
  std::string correct{};
  std::string exclude{};
  Labels labels{};
  std::set<std::string> known_labels{};        ///< labels of the frame's decisions
  std::map<std::string, std::string> types{};  ///< kind of value of `by` columns in the frame ("l", "u", ...)
  std::vector<Measure> measures{};
  std::optional<std::string> missing{};
  bool kinds_as_drawn{true};  ///< labels mean what they meant to the frame, so decision_population can be believed
};

/// The audited cases one by one, kept so that two scores that share cases can be compared fairly.
struct CaseEvidence {
  io::Dictionary ids{};
  std::vector<std::vector<io::Code>> codes{};  ///< by dimension of the tally, then by case
  std::vector<std::uint8_t> outcomes{};
  std::vector<double> weights{};
};

/// A sample with its audits, counted.
struct AuditedSample {
  Tally tally{};
  ScoreDesign design{};
  std::shared_ptr<const CaseEvidence> cases{};
  std::int64_t drawn{0};     ///< cases whose audits were waited for
  std::int64_t answered{0};  ///< of them, those that came back
  std::int64_t excluded{0};
};

namespace detail {

/// One column of a table read whole, as codes.
struct CodedColumn {
  io::SharedDictionary dictionary{};
  std::vector<io::Code> codes{};
};

/// Reads the named columns of a stream: some as codes, some as numbers, some as truths.
class WholeTable {
 public:
  explicit WholeTable(io::Stream& stream) : stream_{&stream} {}

  [[nodiscard]] bool has(const std::string& name) const { return stream_->has(name); }
  CodedColumn& coded(const std::string& name, std::optional<std::string> missing, bool as_text,
                     const std::string& null_wanted = {}, const std::string& mend = {}) {
    coded_.push_back({stream_->index_of(name), std::make_unique<CodedColumn>()});
    encoders_.emplace_back(coded_.back().second->dictionary, std::move(missing), as_text);
    if (!null_wanted.empty()) encoders_.back().on_null(null_wanted, mend);
    return *coded_.back().second;
  }
  std::vector<double>& numbers(const std::string& name) {
    numbers_.push_back({stream_->index_of(name), std::make_unique<std::vector<double>>()});
    return *numbers_.back().second;
  }
  std::vector<std::uint8_t>& truths(const std::string& name) {
    truths_.push_back({stream_->index_of(name), std::make_unique<std::vector<std::uint8_t>>()});
    return *truths_.back().second;
  }

  std::int64_t read() {
    io::Batch batch;
    while (stream_->next(batch)) {
      const std::int64_t rows = batch.rows();
      for (std::size_t i = 0; i < coded_.size(); ++i) {
        auto& codes = coded_[i].second->codes;
        const std::size_t before = codes.size();
        codes.resize(before + static_cast<std::size_t>(rows));
        encoders_[i].begin(batch.column(coded_[i].first));
        encoders_[i].encode(0, rows, codes.data() + before);
      }
      for (auto& [index, values] : numbers_) {
        values->resize(values->size() + static_cast<std::size_t>(rows));
        io::Numbers{batch.column(index)}.read(0, rows, values->data() + values->size() - rows);
      }
      for (auto& [index, values] : truths_) {
        values->resize(values->size() + static_cast<std::size_t>(rows));
        io::Truths{batch.column(index)}.read(0, rows, values->data() + values->size() - rows);
      }
    }
    return stream_->rows_read();
  }

 private:
  io::Stream* stream_;
  std::vector<std::pair<std::size_t, std::unique_ptr<CodedColumn>>> coded_{};
  std::vector<io::Encoder> encoders_{};
  std::vector<std::pair<std::size_t, std::unique_ptr<std::vector<double>>>> numbers_{};
  std::vector<std::pair<std::size_t, std::unique_ptr<std::vector<std::uint8_t>>>> truths_{};
};

/// Gives a column read from a text file the kind of value it had in the frame.
inline void restore_kind(CodedColumn& column, const std::string& format) {
  io::Dictionary& values = column.dictionary.values;
  if (values.format() == format || values.format() == "n" || (format != "l" && format != "u" && format != "b")) return;
  io::Dictionary restored{format};
  std::vector<io::Code> codes;
  for (io::Code code = 0; code < values.size(); ++code) {
    const std::string text = values.words(code);
    if (format == "u") {
      codes.push_back(restored.code_of(std::string_view{text}));
      continue;
    }
    std::int64_t number = 0;
    if (text == "true" || text == "True" || text == "TRUE")
      number = 1;
    else if (text != "false" && text != "False" && text != "FALSE") {
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc{} || end != text.data() + text.size()) return;
    }
    codes.push_back(restored.code_of(number));
  }
  for (io::Code& code : column.codes) code = codes[code];
  values = std::move(restored);
}

[[nodiscard]] inline std::int64_t whole_count(double value, const Place& place) {
  if (!(value >= 1.0 && value <= 0x1p53 && value == std::floor(value)))
    throw InputError("a whole number of cases, at least 1", to_text(value), place);
  return static_cast<std::int64_t>(value);
}

class SampleJoin {
 public:
  SampleJoin(const SampleSpec& spec, io::Stream& sample, io::Stream& audits)
      : spec_{spec}, sample_{sample}, audits_{audits} {}

  [[nodiscard]] AuditedSample run() {
    read_sample();
    read_audits();
    classify();
    return count();
  }

 private:
  static constexpr std::uint8_t excluded_case = 254;
  static constexpr io::Code none = io::no_code;

  void read_sample() {
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
    rows_ = static_cast<std::size_t>(sample_.read());
    if (rows_ == 0) throw InputError("a sample with at least one case", "an empty table");
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
      if (kinds != nullptr && spec_.labels.judged()) {
        const double kind = (*kinds)[row];
        facts.acted_population =
            spec_.labels.kind(decision(row)) == LabelKind::violating ? kind : facts.population - kind;
      }
    }
    for (io::Code stratum = 0; stratum < facts_.size(); ++stratum)
      if (static_cast<double>(counted[stratum]) != facts_[stratum].sampled)
        throw InputError("all " + to_text(facts_[stratum].sampled) + " drawn cases of stratum " +
                             in_quotes(strata_->dictionary.values.text(stratum)),
                         to_text(counted[stratum]), {},
                         "pass the whole sample; cases without an audit are simply left out of the audits");
  }

  void read_audits() {
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
    const auto audits = static_cast<std::size_t>(audits_.read());

    audit_of_.assign(rows_, none);
    for (std::size_t audit = 0; audit < audits; ++audit) {
      const std::string_view id = ids.dictionary.values.text(ids.codes[audit]);
      const io::Code row = ids_->dictionary.values.find(id);
      const Place place{spec_.case_id, static_cast<std::int64_t>(audit)};
      if (row == none)
        throw InputError("audits of cases that were drawn",
                         "an audit of case " + in_quotes(id) + ", which is not in the sample", place,
                         "drop the audit, or pass the sample it belongs to");
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

  [[nodiscard]] std::string_view decision(std::size_t row) const {
    return decisions_->dictionary.values.text(decisions_->codes[row]);
  }

  /// The outcome of each case; an undecided verdict answers nothing.
  void classify() {
    const bool judged = spec_.correct.empty() && spec_.labels.judged();
    outcomes_.resize(rows_);
    for (std::size_t row = 0; row < rows_; ++row) {
      const LabelKind kind = spec_.labels.kind(decision(row));
      if (kind == LabelKind::undecided)
        throw InputError("decided cases in the sample", "an undecided one (" + in_quotes(decision(row)) + ")",
                         {spec_.decision, static_cast<std::int64_t>(row)});
      Outcome outcome = judged
                            ? (kind == LabelKind::violating ? Outcome::unanswered_violating : Outcome::unanswered_clear)
                            : Outcome::unanswered;
      if (audit_of_[row] != none && !spec_.correct.empty()) {
        outcome = correct_[row] != 0 ? Outcome::upheld : Outcome::wrong;
      } else if (audit_of_[row] != none) {
        const std::string_view verdict = verdict_texts_->text(verdict_[row]);
        const LabelKind verdict_kind = spec_.labels.kind(verdict);
        if (verdict_kind != LabelKind::undecided) outcome = outcome_of(kind, verdict_kind, verdict == decision(row));
      }
      outcomes_[row] = static_cast<std::uint8_t>(outcome);
      answered_.push_back(is_answered(outcomes_[row], judged) || excluded_[row] != 0);
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
      columns.push_back(name == "stratum"         ? strata_
                        : found != spec_.by.end() ? by_[static_cast<std::size_t>(found - spec_.by.begin())]
                                                  : decisions_);
    }

    Tally::Part part;
    for (const CodedColumn* column : columns) part.dictionaries.push_back(column->dictionary.values);
    std::vector<io::Code> absent(columns.size(), none);
    out.design.made_of = spec_.strata;
    out.design.made_of.emplace_back("stratum");
    out.design.audit_columns = audit_names_;
    for (std::size_t d = 0; d < columns.size(); ++d)
      for (std::size_t row = 0; row < rows_ && absent[d] == none; ++row)
        if (columns[d]->codes[row] == none)
          absent[d] = part.dictionaries[d].is_text() || part.dictionaries[d].format() == "n"
                          ? (part.dictionaries[d].settle("u", dimensions[d]),
                             part.dictionaries[d].code_of(std::string_view{no_audit}))
                          : part.dictionaries[d].code_of(std::numeric_limits<std::int64_t>::min());
    for (std::size_t d = 0; d < columns.size(); ++d)
      if (absent[d] != none) out.design.absent[d] = absent[d];
    auto evidence = std::make_shared<CaseEvidence>();
    evidence->ids = ids_->dictionary.values;
    evidence->codes.resize(columns.size());
    const std::size_t classes = outcome_classes(spec.judged());
    for (const Grouping& grouping : out.tally.groupings())
      part.cells.emplace_back(grouping.size(), classes, false, spec.measures.size());
    std::vector<io::Code> own;
    for (std::size_t row = 0; row < rows_; ++row) {
      for (std::size_t d = 0; d < columns.size(); ++d)
        evidence->codes[d].push_back(columns[d]->codes[row] == none ? absent[d] : columns[d]->codes[row]);
      evidence->outcomes.push_back(excluded_[row] != 0 ? excluded_case : outcomes_[row]);
      part.decisions.emplace(decision(row));
      if (excluded_[row] != 0) {
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
    for (std::size_t row = 0; row < rows_; ++row) {
      const StratumFacts& facts = facts_[strata_->codes[row]];
      double weight = facts.population / facts.sampled;
      if (out.design.modelled && excluded_[row] == 0) {
        const Response& response = facts.by_decision.at(decisions_->codes[row]);
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
      const double numerator = (*measured_[m][0])[row];
      const double denominator = (*measured_[m][1])[row];
      require_measurable(numerator, {spec_.measures[m].numerator, static_cast<std::int64_t>(row)});
      require_measurable(denominator, {spec_.measures[m].denominator, static_cast<std::int64_t>(row)});
      cells.measure(cell, m).add((spec_.measures[m].numerator_when >> outcomes_[row] & 1U) != 0 ? numerator : 0.0,
                                 denominator);
    }
  }

  /// Response by stratum and decision. Labels of which nothing came back are pooled: with those of the same kind, or,
  /// where that does not help, with the whole stratum.
  void describe(AuditedSample& out, bool complete) {
    for (std::size_t row = 0; row < rows_; ++row) {
      // Cases the sample itself excludes were never waited for; what an audit excludes did come back.
      if (sample_excludes_ != nullptr && excluded_[row] != 0) continue;
      ++out.drawn;
      Response& response = facts_[strata_->codes[row]].by_decision[decisions_->codes[row]];
      response.sampled += 1.0;
      response.answered += answered_[row] ? 1.0 : 0.0;
      out.answered += answered_[row] ? 1 : 0;
    }
    const bool several = facts_.size() > 1;
    out.design.words = several ? "stratified simple random" : "simple random";
    out.design.response_rate = out.drawn > 0 ? static_cast<double>(out.answered) / static_cast<double>(out.drawn) : 1.0;
    for (StratumFacts& facts : facts_) {
      if (complete) {
        facts.by_decision.clear();
        continue;
      }
      int pool = 0;
      for (auto& [label, response] : facts.by_decision) response.pool = pool++;
      const auto pool_where_needed = [&](const auto& key) {
        std::map<int, Response> pools;
        std::set<int> needed;
        for (const auto& [label, response] : facts.by_decision) {
          Response& joined = pools[key(label)];
          joined.sampled += response.sampled;
          joined.answered += response.answered;
          if (response.answered == 0.0) needed.insert(key(label));
        }
        for (auto& [label, response] : facts.by_decision)
          if (needed.contains(key(label)))
            response = {pools[key(label)].sampled, pools[key(label)].answered, -1 - key(label)};
      };
      const auto empty = [&] {
        return std::any_of(facts.by_decision.begin(), facts.by_decision.end(),
                           [](const auto& entry) { return entry.second.answered == 0.0; });
      };
      const auto original = facts.by_decision;
      if (empty())
        pool_where_needed([&](io::Code label) {
          return static_cast<int>(spec_.labels.kind(decisions_->dictionary.values.text(label)));
        });
      if (empty()) {
        facts.by_decision = original;
        pool_where_needed([](io::Code) { return 9; });
      }
    }
  }

 public:
  /// The value of an audit's column in cases without an audit.
  static constexpr std::string_view no_audit = "(no audit)";

 private:
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
  std::vector<std::uint8_t> outcomes_{};
  std::vector<bool> answered_{};
};

}  // namespace detail

/// Joins a sample with its audits and counts what they found.
///
/// Audits that did not come back are answered for by the others of their stratum and decision; the design says so
/// (`modelled`). \throws InputError for audits of cases that were not drawn, two audits of one case, unknown labels.
[[nodiscard]] inline AuditedSample join(const SampleSpec& spec, io::Stream& sample, io::Stream& audits) {
  if (spec.verdict.empty() == spec.correct.empty())
    throw InputError("either verdict= (the label each decision should have had) or correct= (true/false)",
                     spec.verdict.empty() ? "neither" : "both");
  return detail::SampleJoin{spec, sample, audits}.run();
}

}  // namespace assay
