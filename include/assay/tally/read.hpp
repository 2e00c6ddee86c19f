#pragma once
/// \file
/// Counting a whole table: from an Arrow stream to a tally, on as many threads as asked for.

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include <assay/io/encode.hpp>
#include <assay/io/parallel.hpp>
#include <assay/tally/accumulator.hpp>
#include <assay/tally/tally.hpp>

namespace assay {
namespace detail {

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

/// What the workers of one read share.
struct TallySource {
  const TallySpec* spec{nullptr};
  std::vector<std::size_t> dimension_columns{};
  std::size_t decision{0};
  std::size_t verdict{0};
  std::size_t correct{0};
  std::size_t weight{0};
  std::size_t exclude{0};
  std::vector<std::array<std::size_t, 2>> measures{};
  std::vector<Grouping> kept{};
  std::vector<std::unique_ptr<io::SharedDictionary>> dictionaries{};
  io::SharedDictionary labels{};
};

class TallyWorker {
 public:
  explicit TallyWorker(TallySource& source)
      : source_{&source},
        judge_{*source.spec, source.labels},
        decision_{source.labels, {}, true},
        verdict_{source.labels, {}, true},
        accumulator_{source.kept,
                     source.dimension_columns.size(),
                     outcome_classes(source.spec->judged()),
                     source.spec->judged() ? 6U : 2U,
                     source.spec->weighted(),
                     source.spec->measures.size()} {
    for (const auto& dictionary : source.dictionaries) encoders_.emplace_back(*dictionary, source.spec->missing);
    decision_.on_null("a decision", "give undecided cases a label of their own and name it in undecided=");
    verdict_.on_null(
        "a verdict",
        "leave out the rows without a verdict, or score a sample with its audits: score(sample, audits, ...)");
    codes_.resize(encoders_.size());
  }

  void begin(const io::Batch& batch) {
    const TallySpec& spec = *source_->spec;
    for (std::size_t d = 0; d < encoders_.size(); ++d) encoders_[d].begin(batch.column(source_->dimension_columns[d]));
    columns_.clear();
    if (spec.correct.empty()) {
      columns_ = {batch.column(source_->decision), batch.column(source_->verdict)};
      decision_.begin(columns_[0]);
      verdict_.begin(columns_[1]);
    } else {
      truths_.emplace(batch.column(source_->correct));
    }
    if (spec.weighted()) {
      weight_column_ = batch.column(source_->weight);
      weights_.emplace(weight_column_);
    }
    if (!spec.exclude.empty()) excludes_.emplace(batch.column(source_->exclude));
    measured_.clear();
    for (const auto& columns : source_->measures)
      measured_.push_back({batch.column(columns[0]), batch.column(columns[1])});
    numbers_of_.clear();
    for (const auto& columns : measured_) numbers_of_.push_back({io::Numbers{columns[0]}, io::Numbers{columns[1]}});
  }

  void run(std::int64_t begin, std::int64_t count) {
    for (std::int64_t done = 0; done < count; done += static_cast<std::int64_t>(rows_at_once)) {
      const std::int64_t rows = std::min<std::int64_t>(count - done, rows_at_once);
      block(begin + done, static_cast<std::size_t>(rows));
    }
  }

  [[nodiscard]] Accumulator& accumulator() noexcept { return accumulator_; }
  [[nodiscard]] const Judge& judge() const noexcept { return judge_; }
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::uint64_t undecided() const noexcept { return undecided_; }
  [[nodiscard]] std::uint64_t excluded() const noexcept { return excluded_; }

 private:
  static constexpr std::size_t rows_at_once = Accumulator::block_rows;

  void block(std::int64_t begin, std::size_t count) {
    const auto rows = static_cast<std::int64_t>(count);
    for (std::size_t d = 0; d < encoders_.size(); ++d) {
      pointers_[d] = encoders_[d].direct(begin, rows);
      if (pointers_[d] == nullptr) {
        encoders_[d].encode(begin, rows, codes_[d].data());
        pointers_[d] = codes_[d].data();
      }
      bounds_[d] = encoders_[d].bound();
    }
    if (truths_) {
      truths_->read(begin, rows, outcomes_.data());
      for (std::size_t i = 0; i < count; ++i) outcomes_[i] ^= 1U;  // upheld is 0, wrong is 1
    } else {
      decision_.encode(begin, rows, label_codes_[0].data());
      verdict_.encode(begin, rows, label_codes_[1].data());
      judge_.judge(label_codes_[0].data(), label_codes_[1].data(), count, columns_[0], columns_[1], begin,
                   outcomes_.data());
    }
    const double* weights = nullptr;
    if (weights_) {
      weights = weights_->direct();
      if (weights != nullptr) {
        weights += begin;
      } else {
        weights_->read(begin, rows, numbers_.data());
        weights = numbers_.data();
      }
      bool usable = true;
      for (std::size_t i = 0; i < count; ++i) usable &= weights[i] >= least_weight && weights[i] < weight_bound;
      for (std::size_t i = 0; !usable && i < count; ++i)
        if (!usable_weight(weights[i]))
          refuse_weight(weights[i], weight_column_.place(begin + static_cast<std::int64_t>(i)));
    }
    if (excludes_) {
      excludes_->read(begin, rows, flags_.data());
      for (std::size_t i = 0; i < count; ++i)
        if (flags_[i] != 0) outcomes_[i] = outcomes_[i] == skip_row ? skip_row : excluded_row;
    }
    if (!measured_.empty()) measure(begin, count, weights);
    count = keep_scored(count, weights);
    rows_ += count;
    if (count > 0)
      accumulator_.add(
          {{pointers_.data(), encoders_.size()}, {bounds_.data(), encoders_.size()}, outcomes_.data(), weights, count});
  }

  /// Adds the measures of the rows that are scored.
  void measure(std::int64_t begin, std::size_t count, const double* weights) {
    std::vector<io::Code> own;
    std::array<double, rows_at_once> numerator{};
    std::array<double, rows_at_once> denominator{};
    for (std::size_t which = 0; which < measured_.size(); ++which) {
      const Measure& wanted = source_->spec->measures[which];
      numbers_of_[which][0].read(begin, static_cast<std::int64_t>(count), numerator.data());
      numbers_of_[which][1].read(begin, static_cast<std::int64_t>(count), denominator.data());
      for (std::size_t i = 0; i < count; ++i) {
        if (outcomes_[i] >= excluded_row) continue;
        const auto row = begin + static_cast<std::int64_t>(i);
        require_measurable(numerator[i], measured_[which][0].place(row));
        require_measurable(denominator[i], measured_[which][1].place(row));
        const double weight = weights == nullptr ? 1.0 : weights[i];
        const double y = (wanted.numerator_when >> outcomes_[i] & 1U) != 0 ? weight * numerator[i] : 0.0;
        for (std::size_t g = 0; g < source_->kept.size(); ++g) {
          own.resize(source_->kept[g].size());
          for (std::size_t d = 0; d < own.size(); ++d) own[d] = pointers_[source_->kept[g][d]][i];
          Cells& cells = accumulator_.cells(g);
          cells.measure(cells.cell(own), which).add(y, weight * denominator[i]);
        }
      }
    }
  }

  /// Drops rows that are not scored, counting why.
  std::size_t keep_scored(std::size_t count, const double*& weights) {
    bool all = true;
    for (std::size_t i = 0; i < count; ++i) all &= outcomes_[i] < excluded_row;
    if (all) return count;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (outcomes_[i] >= excluded_row) {
        ++(outcomes_[i] == skip_row ? undecided_ : excluded_);
        continue;
      }
      for (std::size_t d = 0; d < codes_.size(); ++d) codes_[d][kept] = pointers_[d][i];
      if (weights != nullptr) numbers_[kept] = weights[i];
      outcomes_[kept++] = outcomes_[i];
    }
    for (std::size_t d = 0; d < codes_.size(); ++d) pointers_[d] = codes_[d].data();
    if (weights != nullptr) weights = numbers_.data();
    return kept;
  }

  static constexpr std::uint8_t excluded_row = 254;

  TallySource* source_;
  Judge judge_;
  std::vector<io::Encoder> encoders_{};
  io::Encoder decision_;
  io::Encoder verdict_;
  Accumulator accumulator_;
  std::vector<io::Column> columns_{};
  io::Column weight_column_{};
  std::optional<io::Truths> truths_{};
  std::optional<io::Numbers> weights_{};
  std::optional<io::Truths> excludes_{};
  std::vector<std::array<io::Column, 2>> measured_{};
  std::vector<std::array<io::Numbers, 2>> numbers_of_{};
  std::array<const io::Code*, 64> pointers_{};
  std::array<io::Code, 64> bounds_{};
  std::vector<std::array<io::Code, rows_at_once>> codes_{};
  std::array<std::array<io::Code, rows_at_once>, 2> label_codes_{};
  std::array<std::uint8_t, rows_at_once> outcomes_{};
  std::array<std::uint8_t, rows_at_once> flags_{};
  std::array<double, rows_at_once> numbers_{};
  std::uint64_t rows_{0};
  std::uint64_t undecided_{0};
  std::uint64_t excluded_{0};
};

/// Refuses verdicts no decision knows, with the row of the first.
inline void check_verdicts(const TallySpec& spec, const std::vector<TallyWorker>& workers,
                           const std::set<std::string>& decisions) {
  std::int64_t first = -1;
  std::string label;
  for (const TallyWorker& worker : workers)
    worker.judge().verdicts([&](const std::string& text, std::int64_t row) {
      if (decisions.contains(text) || spec.labels.declares(text) || (first >= 0 && row >= first)) return;
      first = row;
      label = text;
    });
  if (first >= 0)
    throw InputError("verdicts among the labels of the decisions (" +
                         TallySpec::listed({decisions.begin(), decisions.end()}) + ") or declared ones",
                     in_quotes(label), {spec.verdict, first},
                     "mend the label, or declare it in violating= or not_violating=");
}

/// Leaves out values that no scored row has (categories nobody uses, values of rows set aside), so that equal rows give
/// equal bytes whatever the dictionaries they came with.
inline void drop_unused(Tally::Part& part, const std::vector<Grouping>& groupings) {
  bool complete = true;
  std::vector<std::vector<io::Code>> translate;
  for (std::size_t d = 0; d < part.dictionaries.size(); ++d) {
    io::Dictionary& all = part.dictionaries[d];
    std::vector<bool> used(all.size(), false);
    for (std::size_t g = 0; g < groupings.size(); ++g) {
      const auto at = std::find(groupings[g].begin(), groupings[g].end(), d);
      if (at == groupings[g].end()) continue;
      const auto position = static_cast<std::size_t>(at - groupings[g].begin());
      for (std::size_t cell = 0; cell < part.cells[g].size(); ++cell) used[part.cells[g].codes(cell)[position]] = true;
    }
    translate.emplace_back(all.size(), io::no_code);
    if (std::find(used.begin(), used.end(), false) == used.end()) {
      std::iota(translate.back().begin(), translate.back().end(), io::Code{0});
      continue;
    }
    complete = false;
    io::Dictionary kept{all.format()};
    for (io::Code code = 0; code < all.size(); ++code)
      if (used[code])
        translate.back()[code] = all.is_text() ? kept.code_of(all.text(code)) : kept.code_of(all.integer(code));
    all = std::move(kept);
  }
  if (complete) return;
  for (std::size_t g = 0; g < groupings.size(); ++g) {
    const Cells& old = part.cells[g];
    Cells cells{groupings[g].size(), old.classes(), old.weighted(), old.measures()};
    cells.absorb(old, [&](std::size_t d, io::Code code) { return translate[groupings[g][d]][code]; });
    part.cells[g] = std::move(cells);
  }
}

}  // namespace detail

/// Counts a table.
///
/// \param threads workers to use, at least 1; the answer has the same bits for any number of them.
/// \param closed refuse verdicts that carry a label no decision of this table has (nor was declared); leave it false
///        when more rows will follow, and check the whole with Tally::check_labels.
/// \throws InputError naming column and row; nothing is counted then.
[[nodiscard]] inline Tally tally_table(const TallySpec& spec, io::Stream& stream, unsigned threads = 1,
                                       bool closed = false, const io::Progress& progress = {}) {
  Tally tally{spec};
  detail::TallySource source;
  source.spec = &spec;
  for (const std::string& name : spec.dimensions()) {
    source.dimension_columns.push_back(stream.index_of(name));
    source.dictionaries.push_back(std::make_unique<io::SharedDictionary>());
  }
  if (spec.correct.empty()) {
    source.decision = stream.index_of(spec.decision);
    source.verdict = stream.index_of(spec.verdict);
  } else {
    source.correct = stream.index_of(spec.correct);
  }
  if (spec.weighted()) source.weight = stream.index_of(spec.weight);
  if (!spec.exclude.empty()) source.exclude = stream.index_of(spec.exclude);
  for (const Measure& measure : spec.measures)
    source.measures.push_back({stream.index_of(measure.numerator), stream.index_of(measure.denominator)});
  source.kept = tally.groupings();

  std::vector<detail::TallyWorker> workers;
  for (unsigned i = 0; i < std::max(threads, 1U); ++i) workers.emplace_back(source);
  io::read_in_parallel(stream, workers, progress);

  Tally::Part part;
  for (const auto& dictionary : source.dictionaries) part.dictionaries.push_back(std::move(dictionary->values));
  for (detail::TallyWorker& worker : workers) {
    auto& cells = worker.accumulator().finish();
    if (part.cells.empty())
      part.cells = std::move(cells);
    else
      for (std::size_t g = 0; g < cells.size(); ++g)
        part.cells[g].absorb(cells[g], [](std::size_t, io::Code code) { return code; });
    worker.judge().decisions([&](const std::string& text, std::int64_t) { part.decisions.insert(text); });
    worker.judge().verdicts([&](const std::string& text, std::int64_t) { part.verdicts.insert(text); });
    part.rows += worker.rows();
    part.undecided += worker.undecided();
    part.excluded += worker.excluded();
  }
  if (closed) detail::check_verdicts(spec, workers, part.decisions);
  detail::drop_unused(part, source.kept);
  tally.add(part);
  return tally;
}

}  // namespace assay
