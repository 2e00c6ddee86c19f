#pragma once
/// \file
/// One worker of a parallel read: batches of a table in, an accumulator of outcomes out.

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <assay/io/encode.hpp>
#include <assay/io/parallel.hpp>
#include <assay/tally/accumulator.hpp>
#include <assay/tally/judge.hpp>
#include <assay/tally/spec.hpp>

namespace assay::detail {

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

/// Encodes, judges and adds its share of the rows; `io::read_in_parallel` gives it batches and ranges of them.
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

  /// Called on the worker's own thread when nothing is left to read.
  void finish() { (void)accumulator_.finish(); }

  [[nodiscard]] Accumulator& accumulator() noexcept { return accumulator_; }
  [[nodiscard]] const Judge& judge() const noexcept { return judge_; }
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::uint64_t undecided() const noexcept { return undecided_; }
  [[nodiscard]] std::uint64_t excluded() const noexcept { return excluded_; }

 private:
  static constexpr std::size_t rows_at_once = 2048;

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
      if (source_->spec->chances) weights = inverted(weights, begin, count);
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

  /// Weights from the chances with which rows were drawn.
  const double* inverted(const double* chances, std::int64_t begin, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const Place place = weight_column_.place(begin + static_cast<std::int64_t>(i));
      if (!(chances[i] > 0.0 && chances[i] <= 1.0))
        throw InputError("a chance of having been drawn above 0 and at most 1", to_text(chances[i]), place,
                         "mend it, or leave out cases that could not be drawn");
      if (chances[i] * weight_bound <= 1.0) throw InputError("a chance of at least 2e-11", to_text(chances[i]), place);
      numbers_[i] = 1.0 / chances[i];
    }
    return numbers_.data();
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
}  // namespace assay::detail
