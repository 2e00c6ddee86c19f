#pragma once
/// \file
/// The mergeable state behind every score: exact counts of outcomes by slice and stratum.

#include <map>
#include <set>
#include <string>
#include <vector>

#include <assay/io/dictionary.hpp>
#include <assay/tally/cells.hpp>
#include <assay/tally/spec.hpp>

namespace assay {

/// Audited decisions, counted. A commutative monoid: any split of the rows and any order of merging gives equal bytes.
///
/// Use when rows arrive in parts: batches, days, processes, Spark tasks. For one table in one process, score it
/// directly. No data: a tally without rows is legitimate; scoring it is refused.
class Tally {
 public:
  Tally() = default;
  /// \throws InputError when the columns of the spec contradict one another.
  explicit Tally(TallySpec spec) : spec_{std::move(spec)} {
    spec_.check();
    prepare();
  }

  [[nodiscard]] const TallySpec& spec() const noexcept { return spec_; }
  /// Rows scored, and rows set aside because their decision or verdict was undecided, or because they were excluded.
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::uint64_t undecided() const noexcept { return undecided_; }
  [[nodiscard]] std::uint64_t excluded() const noexcept { return excluded_; }
  [[nodiscard]] const std::vector<io::Dictionary>& dictionaries() const noexcept { return dictionaries_; }
  [[nodiscard]] const std::vector<Grouping>& groupings() const noexcept { return groupings_; }
  [[nodiscard]] const Cells& cells(std::size_t grouping) const noexcept { return cells_[grouping]; }
  [[nodiscard]] const std::set<std::string>& decisions() const noexcept { return decisions_; }
  [[nodiscard]] const std::set<std::string>& verdicts() const noexcept { return verdicts_; }

  /// What a reader hands over: counts under its own dictionaries.
  struct Part {
    std::vector<io::Dictionary> dictionaries{};
    std::vector<Cells> cells{};
    std::set<std::string> decisions{};
    std::set<std::string> verdicts{};
    std::uint64_t rows{0};
    std::uint64_t undecided{0};
    std::uint64_t excluded{0};
  };

  /// Adds counted rows. \throws InputError (and changes nothing) when a column holds another kind of value than before.
  void add(Part part) {
    std::vector<io::Dictionary> dictionaries = dictionaries_;
    std::vector<std::vector<io::Code>> translate;
    const auto names = spec_.dimensions();
    for (std::size_t d = 0; d < dictionaries.size(); ++d)
      translate.push_back(dictionaries[d].absorb(part.dictionaries[d], names[d]));
    dictionaries_ = std::move(dictionaries);
    bool first = true;  // nothing was counted before, so the part's cells are the tally's
    for (const Cells& cells : cells_) first = first && cells.size() == 0;
    for (const auto& codes : translate)
      for (io::Code code = 0; code < codes.size(); ++code) first = first && codes[code] == code;
    if (first)
      cells_ = std::move(part.cells);
    else
      for (std::size_t g = 0; g < groupings_.size(); ++g)
        cells_[g].absorb(part.cells[g],
                         [&](std::size_t d, io::Code code) { return translate[groupings_[g][d]][code]; });
    decisions_.insert(part.decisions.begin(), part.decisions.end());
    verdicts_.insert(part.verdicts.begin(), part.verdicts.end());
    rows_ += part.rows;
    undecided_ += part.undecided;
    excluded_ += part.excluded;
  }

  /// \throws InputError when the other tally counts something else.
  void merge(const Tally& other) {
    if (other == Tally{}) return;
    if (*this == Tally{}) {
      *this = other;
      return;
    }
    if (spec_ != other.spec_)
      throw InputError("a tally of the same columns, groupings and labels", "one that counts something else");
    add({other.dictionaries_, other.cells_, other.decisions_, other.verdicts_, other.rows_, other.undecided_,
         other.excluded_});
  }

  /// \throws InputError when a verdict carries a label that no decision has and that was not declared.
  void check_labels() const {
    for (const std::string& label : verdicts_)
      if (!decisions_.contains(label) && !spec_.labels.declares(label))
        throw InputError("verdicts among the labels of the decisions (" +
                             TallySpec::listed({decisions_.begin(), decisions_.end()}) + ") or declared ones",
                         in_quotes(label), {spec_.verdict, {}},
                         "mend the label, or declare it in violating= or not_violating=");
  }

  [[nodiscard]] Bytes to_bytes() const;
  /// \throws FormatError for bytes that are not a whole, undamaged tally of a known version.
  static Tally from_bytes(ByteView bytes);

  friend bool operator==(const Tally& a, const Tally& b) {
    return a.rows_ == b.rows_ && a.spec_ == b.spec_ && a.undecided_ == b.undecided_ && a.excluded_ == b.excluded_ &&
           a.to_bytes() == b.to_bytes();
  }

 private:
  static constexpr std::uint16_t version = 1;

  void prepare() {
    groupings_ = spec_.kept();
    dictionaries_.resize(spec_.dimensions().size());
    for (const Grouping& grouping : groupings_)
      cells_.emplace_back(grouping.size(), outcome_classes(spec_.judged()), spec_.weighted(), spec_.measures.size());
  }

  void write_cells(io::Writer& out, std::size_t g, const std::vector<std::vector<io::Code>>& ranks) const;
  void read_cells(io::Reader& in, std::size_t g);

  TallySpec spec_{};
  std::vector<io::Dictionary> dictionaries_{};
  std::vector<Grouping> groupings_{};
  std::vector<Cells> cells_{};
  std::set<std::string> decisions_{};
  std::set<std::string> verdicts_{};
  std::uint64_t rows_{0};
  std::uint64_t undecided_{0};
  std::uint64_t excluded_{0};
};

}  // namespace assay

#include <assay/tally/bytes.hpp>  // IWYU pragma: export
