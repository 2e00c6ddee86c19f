#pragma once
/// \file
/// The strata of a frame: which cases are drawn from together.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <assay/core/time.hpp>
#include <assay/sampling/allocation.hpp>
#include <assay/sampling/frame.hpp>

namespace assay {

/// A value of a dictionary as unmistakable text: dates and times in ISO 8601, the rest as people read it.
[[nodiscard]] inline std::string value_text(const io::Dictionary& values, io::Code code) {
  constexpr std::int64_t day = 86'400'000'000;
  constexpr std::int64_t most_days = 90'000'000;  // beyond it a date has no microseconds
  if (values.format() == "tdD" && values.integer(code) < most_days && values.integer(code) > -most_days)
    return to_text(time_from_micros(values.integer(code) * day)).substr(0, 10);
  if (values.format().starts_with("tsu:")) return to_text(time_from_micros(values.integer(code)));
  return values.words(code);
}

/// The strata of a frame: the combinations of some of its `by` columns that decided cases have, in the order of their
/// values; without columns, one stratum of all decided cases. Copies share memory.
class Strata {
 public:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  /// \throws InputError for a column that is not among the frame's `by`, or repeated.
  Strata(const Frame& frame, const std::vector<std::string>& names, unsigned threads = 1) : frame_{frame} {
    const auto& by = frame.columns().by;
    for (const std::string& name : names) {
      const auto found = std::find(by.begin(), by.end(), name);
      if (found == by.end())
        throw InputError("strata among the frame's by= columns", in_quotes(name), {},
                         "name it in by= when the frame is made");
      const auto d = static_cast<std::size_t>(found - by.begin());
      if (std::find(columns_.begin(), columns_.end(), d) != columns_.end())
        throw InputError("each column once in strata=", in_quotes(name) + " twice");
      columns_.push_back(d);
    }
    std::size_t cells = make_cells();
    const std::vector<std::int64_t> firsts = first_rows(cells, threads);
    name_strata(firsts);
    count(threads);
  }

  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  /// The strata's columns, as positions in the frame's `by`.
  [[nodiscard]] const std::vector<std::size_t>& columns() const noexcept { return columns_; }
  /// The values of a stratum, one code a column.
  [[nodiscard]] const std::vector<io::Code>& values(std::size_t stratum) const noexcept { return values_[stratum]; }
  [[nodiscard]] std::vector<std::string> texts(std::size_t stratum) const {
    std::vector<std::string> out;
    for (std::size_t c = 0; c < columns_.size(); ++c)
      out.push_back(value_text(frame_.values(columns_[c]), values_[stratum][c]));
    return out;
  }
  /// A stratum in words: "queue=eu; site=a", or "(all)". In values and names % ; = and control letters are written %3B.
  [[nodiscard]] std::string name(std::size_t stratum) const {
    if (columns_.empty()) return "(all)";
    const std::vector<std::string> own = texts(stratum);
    std::string out;
    for (std::size_t c = 0; c < columns_.size(); ++c)
      out += (c == 0 ? "" : "; ") + escaped(frame_.columns().by[columns_[c]]) + "=" + escaped(own[c]);
    return out;
  }

  /// The stratum of a row; `none` where it holds no decided case.
  [[nodiscard]] std::uint32_t of(std::int64_t row) const noexcept {
    return stratum_of_[codes_ == nullptr ? 0 : codes_[static_cast<std::size_t>(row)]];
  }
  /// True for rows that can be drawn.
  [[nodiscard]] bool drawable(std::int64_t row) const noexcept { return class_of(row) != none; }
  /// Decided cases in each stratum.
  [[nodiscard]] const allocation::Counts& populations() const noexcept { return populations_; }
  /// Decided cases of the row's stratum with the same kind of decision as this row: violating or not, or, where labels
  /// are undeclared, the same label.
  [[nodiscard]] std::int64_t decision_population(std::int64_t row) const noexcept {
    return (*by_class_)[of(row) * classes_ + class_of(row)];
  }

 private:
  static std::string escaped(const std::string& text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char letter : text) {
      const auto byte = static_cast<unsigned char>(letter);
      if (letter != '%' && letter != ';' && letter != '=' && byte >= 0x20U && byte != 0x7FU) {
        out += letter;
        continue;
      }
      out += '%';
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    }
    return out;
  }

  /// The kind of a row's decision as a number; `none` where it is undecided.
  [[nodiscard]] std::uint32_t class_of(std::int64_t row) const noexcept {
    return class_of_label_[frame_.decisions()[static_cast<std::size_t>(row)]];
  }

  /// One code a row for the combination of its values; answers how many codes there may be.
  std::size_t make_cells() {
    if (columns_.empty()) return 1;
    codes_ = frame_.by(columns_.front()).data();
    std::size_t cells = frame_.values(columns_.front()).size();
    const auto rows = static_cast<std::size_t>(frame_.rows());
    for (std::size_t c = 1; c < columns_.size(); ++c) {
      const io::Code* const next = frame_.by(columns_[c]).data();
      const std::size_t width = frame_.values(columns_[c]).size();
      auto made = std::make_unique_for_overwrite<io::Code[]>(rows);
      if (cells * width <= most_dense) {
        for (std::size_t row = 0; row < rows; ++row) made[row] = static_cast<io::Code>(codes_[row] * width + next[row]);
        cells *= width;
      } else {
        std::unordered_map<std::uint64_t, io::Code> met;
        for (std::size_t row = 0; row < rows; ++row) {
          const std::uint64_t pair = std::uint64_t{codes_[row]} << 32U | next[row];
          made[row] = met.emplace(pair, static_cast<io::Code>(met.size())).first->second;
        }
        cells = met.size();
      }
      own_codes_ = std::shared_ptr<const io::Code[]>{std::move(made)};
      codes_ = own_codes_.get();
    }
    return cells;
  }

  /// Calls work(worker, first row, row after the last) for ranges of all rows.
  template <class Work>
  void over_rows(unsigned threads, const Work& work) const {
    constexpr std::int64_t range = 1 << 18;
    const auto tasks = static_cast<std::size_t>((frame_.rows() + range - 1) / range);
    io::share_out(tasks, threads, [&](std::size_t worker, std::size_t task) {
      const auto begin = static_cast<std::int64_t>(task) * range;
      work(worker, begin, std::min(begin + range, frame_.rows()));
    });
  }

  /// The first decided row of each cell; -1 where there is none.
  std::vector<std::int64_t> first_rows(std::size_t cells, unsigned threads) {
    learn_classes();
    std::vector<std::vector<std::int64_t>> firsts(std::max(threads, 1U), std::vector<std::int64_t>(cells, -1));
    over_rows(std::max(threads, 1U), [&](std::size_t worker, std::int64_t begin, std::int64_t end) {
      auto& first = firsts[worker];
      for (std::int64_t row = begin; row < end; ++row) {
        auto& own = first[codes_ == nullptr ? 0 : codes_[row]];
        if (own < 0 && drawable(row)) own = row;
      }
    });
    for (std::size_t worker = 1; worker < firsts.size(); ++worker)
      for (std::size_t cell = 0; cell < cells; ++cell)
        if (firsts[0][cell] < 0) firsts[0][cell] = firsts[worker][cell];
    return std::move(firsts[0]);
  }

  void learn_classes() {
    const bool judged = frame_.columns().labels.judged();
    const io::Code labels = frame_.labels().size();
    classes_ = judged ? 2 : labels;
    for (io::Code label = 0; label < labels; ++label) {
      const LabelKind kind = frame_.kind(label);
      const io::Code own = judged ? (kind == LabelKind::violating ? 1U : 0U) : label;
      class_of_label_.push_back(kind == LabelKind::undecided ? none : own);
    }
  }

  void name_strata(const std::vector<std::int64_t>& firsts) {
    std::vector<std::vector<io::Code>> ranks;
    for (const std::size_t d : columns_) {
      std::vector<io::Code> rank(frame_.values(d).size());
      io::Code next = 0;
      for (const io::Code code : frame_.values(d).sorted()) rank[code] = next++;
      ranks.push_back(std::move(rank));
    }
    std::vector<std::pair<std::vector<io::Code>, std::size_t>> order;  // ranks of the values, cell
    for (std::size_t cell = 0; cell < firsts.size(); ++cell) {
      if (firsts[cell] < 0) continue;
      std::vector<io::Code> own;
      for (std::size_t c = 0; c < columns_.size(); ++c)
        own.push_back(ranks[c][frame_.by(columns_[c])[static_cast<std::size_t>(firsts[cell])]]);
      order.emplace_back(std::move(own), cell);
    }
    std::sort(order.begin(), order.end());
    stratum_of_.assign(firsts.size(), none);
    for (const auto& [rank, cell] : order) {
      stratum_of_[cell] = static_cast<std::uint32_t>(values_.size());
      std::vector<io::Code> own;
      for (const std::size_t d : columns_) own.push_back(frame_.by(d)[static_cast<std::size_t>(firsts[cell])]);
      values_.push_back(std::move(own));
    }
  }

  void count(unsigned threads) {
    if (values_.size() * classes_ > most_counted)
      throw InputError("at most " + std::to_string(most_counted / classes_) + " strata", std::to_string(values_.size()),
                       {}, "leave out a column of strata=");
    threads = std::max(threads, 1U);
    std::vector<std::vector<std::int64_t>> counts(threads, std::vector<std::int64_t>(values_.size() * classes_));
    over_rows(threads, [&](std::size_t worker, std::int64_t begin, std::int64_t end) {
      auto& own = counts[worker];
      for (std::int64_t row = begin; row < end; ++row)
        if (const std::uint32_t kind = class_of(row); kind != none) ++own[of(row) * classes_ + kind];
    });
    for (std::size_t worker = 1; worker < threads; ++worker)
      for (std::size_t i = 0; i < counts[0].size(); ++i) counts[0][i] += counts[worker][i];
    for (std::size_t stratum = 0; stratum < values_.size(); ++stratum) {
      populations_.push_back(0);
      for (std::size_t kind = 0; kind < classes_; ++kind) populations_.back() += counts[0][stratum * classes_ + kind];
    }
    by_class_ = std::make_shared<const std::vector<std::int64_t>>(std::move(counts[0]));
  }

  static constexpr std::size_t most_dense = std::size_t{1} << 22U;
  static constexpr std::size_t most_counted = std::size_t{1} << 25U;

  Frame frame_;
  std::vector<std::size_t> columns_{};
  const io::Code* codes_{nullptr};
  std::shared_ptr<const io::Code[]> own_codes_{};
  std::vector<std::uint32_t> stratum_of_{};
  std::vector<std::vector<io::Code>> values_{};
  std::vector<std::uint32_t> class_of_label_{};
  std::size_t classes_{0};
  allocation::Counts populations_{};
  std::shared_ptr<const std::vector<std::int64_t>> by_class_{};
};

}  // namespace assay
