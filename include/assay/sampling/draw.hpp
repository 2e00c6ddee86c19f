#pragma once
/// \file
/// The draw: from a plan and a secret to the table of cases to audit.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assay/io/gather.hpp>
#include <assay/io/table.hpp>
#include <assay/sampling/bottom_k.hpp>
#include <assay/sampling/cases.hpp>
#include <assay/sampling/plan.hpp>

namespace assay {
namespace detail {

/// Order of equal random numbers: by id as text, so that whole numbers and their texts draw alike.
class ByCase {
 public:
  explicit ByCase(const Frame& frame) : frame_{&frame} {}
  [[nodiscard]] bool operator()(std::int64_t a, std::int64_t b) const {
    return case_id_text(frame_->batches(), frame_->case_position(), a) <
           case_id_text(frame_->batches(), frame_->case_position(), b);
  }

 private:
  const Frame* frame_;
};

class DrawWorker {
 public:
  DrawWorker(const Frame& frame, const Strata& strata, std::span<const std::int64_t> sizes, const DrawKey& key)
      : frame_{&frame}, strata_{&strata}, key_{key}, drawn_{sizes}, all_{frame.undecided() == 0}, before_{frame} {}

  void begin(const io::Batch& batch) { ids_ = batch.column(frame_->case_position()); }

  void run(std::int64_t begin, std::int64_t count) {
    const Strata& strata = *strata_;
    std::array<std::uint64_t, 1024> numbers{};
    constexpr auto most = static_cast<std::int64_t>(numbers.size());
    for (std::int64_t from = begin; from < begin + count; from += most) {
      const std::int64_t block = std::min(most, begin + count - from);
      number_cases(ids_, key_, from, block, numbers.data());
      for (std::int64_t i = 0; i < block; ++i) {
        const std::int64_t row = ids_.first_row + from + i;
        if (all_ || strata.drawable(row))
          drawn_.offer(strata.of(row), numbers[static_cast<std::size_t>(i)], row, before_);
      }
    }
  }

  [[nodiscard]] const StratifiedBottomK& drawn() const noexcept { return drawn_; }

 private:
  const Frame* frame_;
  const Strata* strata_;
  DrawKey key_;
  StratifiedBottomK drawn_;
  bool all_;
  ByCase before_;
  io::Column ids_{};
};

/// The rows drawn, by stratum, then by row.
inline std::vector<DrawnRow> drawn_rows(const Frame& frame, const Strata& strata, std::span<const std::int64_t> sizes,
                                        const DrawKey& key, unsigned threads, const io::Progress& progress) {
  std::vector<DrawWorker> workers(std::max(threads, 1U), DrawWorker{frame, strata, sizes, key});
  io::Stream stream = frame.stream();
  io::read_in_parallel(stream, workers, progress);
  const ByCase before{frame};
  StratifiedBottomK all{sizes};
  for (const DrawWorker& worker : workers) all.merge(worker.drawn(), before);
  std::vector<DrawnRow> rows = all.rows(before);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const DrawnRow& a, const DrawnRow& b) { return a.stratum < b.stratum; });
  return rows;
}

/// A compact JSON object, written in the order of the calls.
class JsonObject {
 public:
  void text(std::string_view name, std::string_view value) { key(name), out_ += quoted_json(value); }
  void text_or_null(std::string_view name, std::string_view value) {
    key(name), out_ += value.empty() ? "null" : quoted_json(value);
  }
  void null(std::string_view name) { key(name), out_ += "null"; }
  void number(std::string_view name, std::int64_t value) { key(name), out_ += std::to_string(value); }
  void texts(std::string_view name, const std::vector<std::string>& values) {
    key(name);
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ',';
      out_ += quoted_json(values[i]);
    }
    out_ += ']';
  }
  [[nodiscard]] std::string finish() const { return out_ + "}"; }

 private:
  void key(std::string_view name) {
    if (out_.size() > 1) out_ += ',';
    out_ += quoted_json(name);
    out_ += ':';
  }
  static std::string quoted_json(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out{"\""};
    for (const char letter : text) {
      const auto byte = static_cast<unsigned char>(letter);
      if (letter == '"' || letter == '\\') {
        out += '\\';
        out += letter;
      } else if (byte < 0x20U) {
        out += "\\u00";
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
      } else {
        out += letter;
      }
    }
    return out + "\"";
  }

  std::string out_{"{"};
};

}  // namespace detail

/// What a sample says about how it came about, so that it can be scored after a journey through a CSV file: JSON with
/// the user's column names, the kinds of the `by` values (as in io::Dictionary), what the labels mean, all labels of
/// the frame's decisions, the period, and how many strata and cases were drawn. The secret is not in it.
[[nodiscard]] inline std::string sample_design(const Frame& frame, const std::vector<std::string>& strata,
                                               std::string_view period, std::span<const std::int64_t> sizes) {
  const FrameColumns& columns = frame.columns();
  std::vector<std::string> types;
  for (std::size_t d = 0; d < columns.by.size(); ++d) types.push_back(frame.values(d).format());
  std::vector<std::string> labels;
  for (const io::Code label : frame.labels_met()) labels.emplace_back(frame.labels().text(label));
  detail::JsonObject out;
  out.number("version", 1);
  out.text("case", columns.case_id);
  out.text("decision", columns.decision);
  out.texts("by", columns.by);
  out.texts("by_types", types);
  out.texts("strata", strata);
  out.texts("violating", columns.labels.violating());
  out.texts("not_violating", columns.labels.not_violating());
  out.texts("undecided", columns.labels.undecided());
  out.texts("labels", labels);
  out.text("period", period);
  if (columns.missing)
    out.text("missing", *columns.missing);
  else
    out.null("missing");
  out.text_or_null("at", columns.at);
  out.text_or_null("reviewer", columns.reviewer);
  out.text_or_null("policy_version", columns.policy_version);
  out.texts("keep", columns.keep);
  out.number("drawn_strata", static_cast<std::int64_t>(sizes.size()));
  out.number("drawn_cases", std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}));
  return out.finish();
}

/// The table of some drawn rows, given by stratum, then by row: what `draw` says, and `further` columns.
///
/// `strata_columns` name the columns that `strata` were made of; `sizes` are the cases drawn in each stratum.
[[nodiscard]] inline io::Table sample_table(const Frame& frame, const Strata& strata,
                                            const std::vector<std::string>& strata_columns,
                                            std::span<const std::int64_t> sizes, std::span<const DrawnRow> drawn,
                                            std::string_view period,
                                            const std::vector<std::shared_ptr<const io::ColumnData>>& further = {}) {
  const FrameColumns& columns = frame.columns();
  std::vector<std::int64_t> rows;
  for (const DrawnRow& each : drawn) rows.push_back(each.row);

  std::vector<std::shared_ptr<const io::ColumnData>> out;
  std::set<std::string> done;
  const auto encoded = [&](const std::string& name, const io::Dictionary& values, std::span<const io::Code> codes) {
    io::ColumnBuilder column{name, "u"};
    for (const std::int64_t row : rows) column.append(values.text(codes[static_cast<std::size_t>(row)]));
    out.push_back(column.finish());
  };
  const auto carry = [&](const std::string& name) {
    if (name.empty() || !done.insert(name).second) return;
    const auto [position, field] = frame.column(name);
    out.push_back(io::gather(frame.batches(), *field, position, rows));
  };
  carry(columns.case_id);
  encoded(columns.decision, frame.labels(), frame.decisions());
  done.insert(columns.decision);
  for (std::size_t d = 0; d < columns.by.size(); ++d) {
    const io::Dictionary& values = frame.values(d);
    if (!columns.missing || values.find(std::string_view{*columns.missing}) == io::no_code)
      carry(columns.by[d]);
    else if (done.insert(columns.by[d]).second)
      encoded(columns.by[d], values, frame.by(d));
  }
  for (const auto* name : {&columns.reviewer, &columns.policy_version, &columns.at}) carry(*name);
  for (const std::string& name : columns.keep) carry(name);

  io::ColumnBuilder stratum{"stratum", "u"};
  io::ColumnBuilder population{"stratum_population", "l"};
  io::ColumnBuilder size{"stratum_size", "l"};
  io::ColumnBuilder probability{"inclusion_probability", "g"};
  io::ColumnBuilder weight{"weight", "g"};
  io::ColumnBuilder alike{"decision_population", "l"};
  io::ColumnBuilder design{"sample_design", "u"};
  const std::string words = sample_design(frame, strata_columns, period, sizes);
  std::string name;
  std::uint32_t named = Strata::none;
  for (const DrawnRow& each : drawn) {
    if (named != each.stratum) name = strata.name(named = each.stratum);
    const std::int64_t held = strata.populations()[each.stratum];
    const std::int64_t taken = sizes[each.stratum];
    stratum.append(std::string_view{name});
    population.append(held);
    size.append(taken);
    probability.append(static_cast<double>(taken) / static_cast<double>(held));
    weight.append(static_cast<double>(held) / static_cast<double>(taken));
    alike.append(strata.decision_population(each.row));
    design.append(std::string_view{words});
  }
  for (auto* column : {&stratum, &population, &size, &probability, &weight, &alike}) out.push_back(column->finish());
  out.insert(out.end(), further.begin(), further.end());
  out.push_back(design.finish());
  return io::Table{std::move(out)};
}

/// Draws the plan's number of cases in each stratum: those with the smallest permanent random numbers (keyed.hpp).
///
/// Assumes: unique ids, which the frame has checked. Undecided cases are never drawn.
/// Use when: cases are to be audited; whoever knows secret, period and frame can repeat the draw and check it.
/// The same for any number of threads and any division into batches, and for ids as whole numbers or as their text.
///
/// The table: the user's columns under their own names and types (decisions as text; `by` columns that hold nulls as
/// text, with the name of nulls), then stratum, stratum_population, stratum_size, inclusion_probability, weight,
/// decision_population (decided cases of the stratum with the same kind of decision) and sample_design. Rows by
/// stratum, then as in the frame. \throws InputError for an empty secret. \throws Cancelled when `progress` answers
/// false.
[[nodiscard]] inline io::Table draw(const Plan& plan, std::string_view secret, std::string_view period = {},
                                    unsigned threads = 1, const io::Progress& progress = {}) {
  const std::vector<DrawnRow> drawn =
      detail::drawn_rows(plan.frame(), plan.strata(), plan.sizes(), DrawKey{secret, period}, threads, progress);
  return sample_table(plan.frame(), plan.strata(), plan.options().strata, plan.sizes(), drawn, period);
}

}  // namespace assay
