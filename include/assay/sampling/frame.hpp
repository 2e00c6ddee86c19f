#pragma once
/// \file
/// The frame: a table of decisions that can be drawn from, checked once and encoded.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assay/core/labels.hpp>
#include <assay/io/encode.hpp>
#include <assay/io/gather.hpp>
#include <assay/io/parallel.hpp>
#include <assay/io/table.hpp>
#include <assay/sampling/cases.hpp>

namespace assay {

/// Which columns of a table mean what; an empty name means there is none.
struct FrameColumns {
  std::string case_id{};                 ///< what is drawn; unique
  std::string decision{};                ///< the label that was given
  std::vector<std::string> by{};         ///< columns that name slices or strata
  std::vector<std::string> keep{};       ///< further columns to carry into samples
  std::string at{};                      ///< when it was decided
  std::string reviewer{};                ///< who decided
  std::string policy_version{};          ///< under which rules
  Labels labels{};                       ///< what the labels mean
  std::optional<std::string> missing{};  ///< the name of nulls in `by`

  /// All columns that are named, each once.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> out;
    const auto add = [&out](const std::string& name) {
      if (!name.empty() && std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    };
    for (const auto* name : {&case_id, &decision, &at, &reviewer, &policy_version}) add(*name);
    for (const auto* several : {&by, &keep})
      for (const std::string& name : *several) add(name);
    return out;
  }
};

namespace detail {

/// The columns that a sample adds; the user's own must have other names.
inline constexpr std::array<std::string_view, 7> sample_columns{
    "stratum", "stratum_population",  "stratum_size", "inclusion_probability",
    "weight",  "decision_population", "sample_design"};

struct FrameData {
  FrameColumns columns{};
  std::shared_ptr<const std::vector<io::Field>> fields{};
  std::vector<io::Batch> batches{};
  std::int64_t rows{0};
  std::int64_t undecided{0};
  io::SharedDictionary labels{};
  std::vector<std::int64_t> label_counts{};
  std::vector<LabelKind> label_kinds{};
  std::vector<std::unique_ptr<io::SharedDictionary>> by{};
  std::unique_ptr<io::Code[]> decisions{};
  std::vector<std::unique_ptr<io::Code[]>> by_codes{};
  std::vector<std::size_t> positions{};  // of case, decision, by...
};

class FrameWorker {
 public:
  explicit FrameWorker(FrameData& data) : data_{&data}, decision_{data.labels, {}, true} {
    decision_.on_null("a decision", undecided_mend);
    for (std::size_t d = 0; d < data.by.size(); ++d)
      by_.emplace_back(*data.by[d], data.columns.missing, data.columns.by[d] == data.columns.decision);
  }

  static constexpr const char* undecided_mend = "give undecided cases a label of their own and name it in undecided=";

  void begin(const io::Batch& batch) {
    first_row_ = batch.first_row();
    ids_ = batch.column(data_->positions[0]);
    decision_.begin(batch.column(data_->positions[1]));
    for (std::size_t d = 0; d < by_.size(); ++d) by_[d].begin(batch.column(data_->positions[2 + d]));
  }

  void run(std::int64_t begin, std::int64_t count) {
    cases_.add(ids_, begin, count);
    const std::int64_t row = first_row_ + begin;
    io::Code* const decisions = data_->decisions.get() + row;
    decision_.encode(begin, count, decisions);
    const io::Code most = *std::max_element(decisions, decisions + count);
    if (most >= counts_.size()) counts_.resize(std::size_t{most} + 1);
    for (std::int64_t i = 0; i < count; ++i) ++counts_[decisions[i]];
    for (std::size_t d = 0; d < by_.size(); ++d) by_[d].encode(begin, count, data_->by_codes[d].get() + row);
  }

  [[nodiscard]] const AscendingCases& cases() const noexcept { return cases_; }
  [[nodiscard]] const std::vector<std::int64_t>& counts() const noexcept { return counts_; }

 private:
  FrameData* data_;
  io::Encoder decision_;
  std::vector<io::Encoder> by_{};
  std::int64_t first_row_{0};
  io::Column ids_{};
  AscendingCases cases_{};
  std::vector<std::int64_t> counts_{};
};

}  // namespace detail

/// Decisions that can be drawn: one row a decision, checked, with decision and `by` columns as codes. Immutable; copies
/// share memory, the table's own included, which stays as it came.
///
/// Undecided rows (labels.undecided) are in the frame and counted, but are never drawn.
class Frame {
 public:
  /// Reads the whole table.
  ///
  /// \param threads workers to use; the frame says the same for any number of them.
  /// \throws InputError naming column and row: no rows, ids that are null, empty or not unique, nulls in `by` without
  ///         `missing`, decisions that are null, empty or (where violating and not violating labels are both declared)
  ///         undeclared, `at` without a zone, columns there are not or that cannot be carried along.
  [[nodiscard]] static Frame read(FrameColumns columns, io::Stream& stream, unsigned threads = 1,
                                  const io::Progress& progress = {}) {
    threads = std::max(threads, 1U);
    auto data = std::make_shared<detail::FrameData>();
    data->columns = std::move(columns);
    data->fields = stream.shared_fields();
    check_names(data->columns);
    const auto position = [&](const std::string& name) { return stream.index_of(name); };
    const FrameColumns& own = data->columns;
    data->positions = {position(own.case_id), position(own.decision)};
    for (const std::string& name : own.by) data->positions.push_back(position(name));
    for (const std::string& name : own.names()) (void)position(name);

    data->batches = io::keep_all(stream);
    data->rows = stream.rows_read();
    if (data->rows == 0) throw InputError("decisions to draw from", "an empty table", {}, std::string{io::read_once});
    check_types(*data);
    for (std::size_t d = 0; d < own.by.size(); ++d) {
      data->by.push_back(std::make_unique<io::SharedDictionary>());
      data->by_codes.push_back(codes_for(data->rows));
    }
    data->decisions = codes_for(data->rows);

    std::vector<detail::FrameWorker> workers;
    for (unsigned i = 0; i < threads; ++i) workers.emplace_back(*data);
    io::Stream held{data->fields, data->batches};
    io::read_in_parallel(held, workers, progress);
    count_labels(*data, workers);
    std::vector<AscendingCases> cases;
    for (const auto& worker : workers) cases.push_back(worker.cases());
    if (!AscendingCases::all(cases)) refuse_repeated_cases(data->fields, data->batches, data->positions[0], threads);
    return Frame{std::move(data)};
  }

  [[nodiscard]] const FrameColumns& columns() const noexcept { return data_->columns; }
  [[nodiscard]] std::int64_t rows() const noexcept { return data_->rows; }
  [[nodiscard]] std::int64_t undecided() const noexcept { return data_->undecided; }
  [[nodiscard]] std::int64_t decided() const noexcept { return data_->rows - data_->undecided; }

  [[nodiscard]] std::span<const io::Batch> batches() const noexcept { return data_->batches; }
  /// The table once more, from memory.
  [[nodiscard]] io::Stream stream() const { return {data_->fields, data_->batches}; }
  /// Position and type of a column of the table. \throws InputError when there is none of that name.
  [[nodiscard]] std::pair<std::size_t, const io::Field*> column(std::string_view name) const {
    for (std::size_t i = 0; i < data_->fields->size(); ++i)
      if ((*data_->fields)[i].name == name) return {i, &(*data_->fields)[i]};
    throw InputError("a column of the frame's table", in_quotes(name));
  }
  [[nodiscard]] std::size_t case_position() const noexcept { return data_->positions[0]; }

  /// Each row's decision as a code of `labels()`.
  [[nodiscard]] std::span<const io::Code> decisions() const noexcept {
    return {data_->decisions.get(), static_cast<std::size_t>(data_->rows)};
  }
  /// All labels; those of no row (an unused category) have the count 0.
  [[nodiscard]] const io::Dictionary& labels() const noexcept { return data_->labels.values; }
  [[nodiscard]] std::int64_t count(io::Code label) const noexcept { return data_->label_counts[label]; }
  [[nodiscard]] LabelKind kind(io::Code label) const noexcept { return data_->label_kinds[label]; }
  /// The labels that some decision has, in their order.
  [[nodiscard]] std::vector<io::Code> labels_met() const {
    std::vector<io::Code> met = labels().sorted();
    std::erase_if(met, [&](io::Code label) { return count(label) == 0; });
    return met;
  }

  /// Each row's value of columns().by[d] as a code of `values(d)`.
  [[nodiscard]] std::span<const io::Code> by(std::size_t d) const noexcept {
    return {data_->by_codes[d].get(), static_cast<std::size_t>(data_->rows)};
  }
  [[nodiscard]] const io::Dictionary& values(std::size_t d) const noexcept { return data_->by[d]->values; }

  /// One row a label: label, kind ("violating", "not violating", "undecided", "undeclared"), cases, share of all.
  [[nodiscard]] io::Table summary() const {
    io::ColumnBuilder label{"label", "u"};
    io::ColumnBuilder kind_words{"kind", "u"};
    io::ColumnBuilder cases{"cases", "l"};
    io::ColumnBuilder share{"share", "g"};
    constexpr std::array<std::string_view, 4> words{"violating", "not violating", "undecided", "undeclared"};
    for (const io::Code code : labels_met()) {
      label.append(labels().text(code));
      kind_words.append(words[static_cast<std::size_t>(kind(code))]);
      cases.append(count(code));
      share.append(static_cast<double>(count(code)) / static_cast<double>(rows()));
    }
    return io::Table{{label.finish(), kind_words.finish(), cases.finish(), share.finish()}};
  }

 private:
  explicit Frame(std::shared_ptr<const detail::FrameData> data) : data_{std::move(data)} {}

  static std::unique_ptr<io::Code[]> codes_for(std::int64_t rows) {
    return std::make_unique_for_overwrite<io::Code[]>(static_cast<std::size_t>(rows));
  }

  static void check_names(const FrameColumns& columns) {
    if (columns.case_id.empty()) throw InputError("case=, the column of the ids", "no name");
    if (columns.decision.empty()) throw InputError("decision=, the column of the labels", "no name");
    if (columns.case_id == columns.decision)
      throw InputError("two columns for case= and decision=", in_quotes(columns.case_id) + " for both");
    for (std::size_t i = 0; i < columns.by.size(); ++i)
      if (std::find(columns.by.begin() + static_cast<std::ptrdiff_t>(i) + 1, columns.by.end(), columns.by[i]) !=
          columns.by.end())
        throw InputError("each column once in by=", in_quotes(columns.by[i]) + " twice");
    for (const std::string& name : columns.names())
      if (std::find(detail::sample_columns.begin(), detail::sample_columns.end(), name) != detail::sample_columns.end())
        throw InputError("columns that are not called like those a sample adds", in_quotes(name), {},
                         "rename the column");
  }

  static void check_types(const detail::FrameData& data) {
    const FrameColumns& columns = data.columns;
    require_case_ids((*data.fields)[data.positions[0]]);
    const auto carried = [&](const std::string& name) -> const io::Field& {
      const auto found = std::find_if(data.fields->begin(), data.fields->end(),
                                      [&](const io::Field& field) { return field.name == name; });
      if (!io::can_gather(found->type))
        throw InputError("a column of numbers, text, true/false, dates or times", found->type.words(), {name, {}},
                         "cast the column to text, or leave it out");
      return *found;
    };
    for (const std::string& name : columns.keep) (void)carried(name);
    for (const auto* name : {&columns.reviewer, &columns.policy_version})
      if (!name->empty()) (void)carried(*name);
    if (columns.at.empty()) return;
    const io::Type& type = carried(columns.at).type;
    if (type.meaning != io::Meaning::timestamp || type.zone.empty())
      throw InputError("timestamps with a zone", type.words(), {columns.at, {}},
                       type.meaning == io::Meaning::timestamp ? "say which zone they are in (UTC, for instance)"
                                                              : "cast the column to timestamps with a zone");
  }

  static void count_labels(detail::FrameData& data, const std::vector<detail::FrameWorker>& workers) {
    const io::Dictionary& values = data.labels.values;
    data.label_counts.resize(values.size());
    for (const auto& worker : workers)
      for (std::size_t code = 0; code < worker.counts().size(); ++code)
        data.label_counts[code] += worker.counts()[code];
    const Labels& labels = data.columns.labels;
    const bool closed = !labels.violating().empty() && !labels.not_violating().empty();
    std::vector<bool> wrong(values.size());
    for (io::Code code = 0; code < values.size(); ++code) {
      data.label_kinds.push_back(labels.kind(values.text(code)));
      if (data.label_counts[code] == 0) continue;
      if (data.label_kinds[code] == LabelKind::undecided) data.undecided += data.label_counts[code];
      wrong[code] = values.text(code).empty() || (closed && !labels.declares(values.text(code)));
    }
    if (std::find(wrong.begin(), wrong.end(), true) == wrong.end()) return;
    std::int64_t row = 0;
    while (!wrong[data.decisions[static_cast<std::size_t>(row)]]) ++row;
    const std::string_view label = values.text(data.decisions[static_cast<std::size_t>(row)]);
    if (label.empty())
      throw InputError("a decision", "empty text", {data.columns.decision, row}, detail::FrameWorker::undecided_mend);
    throw InputError(
        "a label of violating=, not_violating= or undecided= (both meanings were declared, so the list is closed)",
        in_quotes(label), {data.columns.decision, row}, "mend the label, or declare it");
  }

  std::shared_ptr<const detail::FrameData> data_;
};

}  // namespace assay
