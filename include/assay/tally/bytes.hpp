#pragma once
/// \file
/// The bytes of a tally: canonical (values and cells in order of value), so that equal tallies have equal bytes.
///
/// Payload, version 1: spec · one dictionary a dimension · decisions · verdicts · rows, undecided, excluded ·
/// for each kept grouping its cells: codes, for each outcome the count and, where rows are weighted, both sums, then
/// the five exact sums of each measure.

#include <algorithm>
#include <numeric>

#include <assay/tally/tally.hpp>

namespace assay {
namespace detail {

inline void write_sum(io::Writer& out, const WeightSum& sum) {
  for (const std::uint64_t word : sum.state()) out.number(word);
}
inline WeightSum read_sum(io::Reader& in) {
  std::array<std::uint64_t, WeightSum::words> state{};
  for (std::uint64_t& word : state) word = in.number<std::uint64_t>();
  const WeightSum sum = WeightSum::from_state(state);
  if (sum.zero() || state.back() >> 63U != 0)
    throw FormatError("weights that do not sum to more than 0: damaged bytes");
  return sum;
}

inline void write_sum(io::Writer& out, const ExactSum& sum) {
  std::size_t used = 0;
  for (std::size_t i = 0; i < ExactSum::words; ++i)
    if (sum.state()[i] != 0) used = i + 1;
  out.compact(used);
  for (std::size_t i = 0; i < used; ++i) out.number(sum.state()[i]);
}
inline ExactSum read_exact(io::Reader& in) {
  const std::size_t used = in.count(8);
  if (used > ExactSum::words)
    throw FormatError("wanted a sum of at most " + std::to_string(ExactSum::words) + " words, got " +
                      std::to_string(used) + ": damaged bytes");
  std::array<std::uint64_t, ExactSum::words> state{};
  for (std::size_t i = 0; i < used; ++i) state[i] = in.number<std::uint64_t>();
  if (used > 0 && state[used - 1] == 0) throw FormatError("a sum that is longer than need be: damaged bytes");
  return ExactSum::from_state(state);
}

/// The cells of a grouping in the order of their values.
inline std::vector<std::size_t> cells_in_order(const Cells& cells, const Grouping& grouping,
                                               const std::vector<std::vector<io::Code>>& ranks) {
  const std::size_t dimensions = grouping.size();
  std::vector<io::Code> keys(cells.size() * dimensions);
  for (std::size_t cell = 0; cell < cells.size(); ++cell)
    for (std::size_t d = 0; d < dimensions; ++d) keys[cell * dimensions + d] = ranks[grouping[d]][cells.codes(cell)[d]];
  std::vector<std::size_t> order(cells.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::lexicographical_compare(&keys[a * dimensions], &keys[a * dimensions] + dimensions,
                                        &keys[b * dimensions], &keys[b * dimensions] + dimensions);
  });
  return order;
}

/// For each code of each dictionary, its place in the order of values.
inline std::vector<std::vector<io::Code>> ranks_of(const std::vector<io::Dictionary>& dictionaries) {
  std::vector<std::vector<io::Code>> ranks;
  for (const io::Dictionary& dictionary : dictionaries) {
    const std::vector<io::Code> sorted = dictionary.sorted();
    std::vector<io::Code> rank(sorted.size());
    for (io::Code place = 0; place < sorted.size(); ++place) rank[sorted[place]] = place;
    ranks.push_back(std::move(rank));
  }
  return ranks;
}

}  // namespace detail

inline void Tally::write_cells(io::Writer& out, std::size_t g, const std::vector<std::vector<io::Code>>& ranks) const {
  const Cells& cells = cells_[g];
  out.compact(cells.size());
  for (const std::size_t cell : detail::cells_in_order(cells, groupings_[g], ranks)) {
    for (std::size_t d = 0; d < groupings_[g].size(); ++d) out.compact(ranks[groupings_[g][d]][cells.codes(cell)[d]]);
    for (std::size_t outcome = 0; outcome < cells.classes(); ++outcome) {
      out.compact(cells.counts(cell)[outcome]);
      if (!cells.weighted() || cells.counts(cell)[outcome] == 0) continue;
      detail::write_sum(out, cells.weights(cell, outcome));
      detail::write_sum(out, cells.squares(cell, outcome));
    }
    for (std::size_t which = 0; which < cells.measures(); ++which) {
      const MeasureSums& sums = cells.measure(cell, which);
      for (const ExactSum* sum : {&sums.y, &sums.x, &sums.yy, &sums.xy, &sums.xx}) detail::write_sum(out, *sum);
    }
  }
}

inline void Tally::read_cells(io::Reader& in, std::size_t g) {
  const Grouping& grouping = groupings_[g];
  const std::size_t cells = in.count(grouping.size() + cells_[g].classes());
  std::vector<io::Code> codes(grouping.size());
  const std::size_t answered = spec_.judged() ? 6 : 2;
  std::uint64_t rows = 0;
  for (std::size_t i = 0; i < cells; ++i) {
    for (std::size_t d = 0; d < grouping.size(); ++d) {
      const std::uint64_t code = in.compact();
      if (code >= dictionaries_[grouping[d]].size())
        throw FormatError("wanted codes below " + std::to_string(dictionaries_[grouping[d]].size()) + ", got " +
                          std::to_string(code) + ": damaged bytes");
      codes[d] = static_cast<io::Code>(code);
    }
    if (i > 0) {
      const auto before = cells_[g].codes(i - 1);
      if (!std::lexicographical_compare(before.begin(), before.end(), codes.begin(), codes.end()))
        throw FormatError("cells that are not in order, each once: damaged bytes");
    }
    const std::size_t cell = cells_[g].cell(codes);
    for (std::size_t outcome = 0; outcome < cells_[g].classes(); ++outcome) {
      const std::uint64_t count = in.compact();
      if (count == 0) continue;
      if (outcome < answered && __builtin_add_overflow(rows, count, &rows))
        throw FormatError("more rows than can be counted: damaged bytes");
      if (!spec_.weighted()) {
        cells_[g].add(cell, outcome, count);
        continue;
      }
      const WeightSum weights = detail::read_sum(in);
      cells_[g].add(cell, outcome, count, weights, detail::read_sum(in));
    }
    for (std::size_t which = 0; which < cells_[g].measures(); ++which) {
      MeasureSums& sums = cells_[g].measure(cell, which);
      for (ExactSum* sum : {&sums.y, &sums.x, &sums.yy, &sums.xy, &sums.xx}) *sum = detail::read_exact(in);
    }
  }
  if (rows != rows_)
    throw FormatError("wanted cells of " + std::to_string(rows_) + " rows, got " + std::to_string(rows) +
                      ": damaged bytes");
}

inline Bytes Tally::to_bytes() const {
  io::Writer out;
  detail::write_spec(out, spec_);
  const auto ranks = detail::ranks_of(dictionaries_);
  for (const io::Dictionary& dictionary : dictionaries_) {
    out.text(dictionary.format());
    out.compact(dictionary.size());
    for (const io::Code code : dictionary.sorted()) {
      if (dictionary.is_text())
        out.text(dictionary.text(code));
      else
        out.integer(dictionary.integer(code));
    }
  }
  detail::write_names(out, {decisions_.begin(), decisions_.end()});
  detail::write_names(out, {verdicts_.begin(), verdicts_.end()});
  for (const std::uint64_t count : {rows_, undecided_, excluded_}) out.compact(count);
  for (std::size_t g = 0; g < groupings_.size(); ++g) write_cells(out, g, ranks);
  return out.finish(io::Kind::tally, version);
}

inline Tally Tally::from_bytes(ByteView bytes) {
  io::Reader in{bytes, io::Kind::tally, version};
  Tally tally;
  try {
    tally.spec_ = detail::read_spec(in);
    if (tally.spec_ == TallySpec{}) {
      for (int i = 0; i < 5; ++i)
        if (in.compact() != 0) throw FormatError("a tally of nothing that holds something: damaged bytes");
      in.done();
      return tally;
    }
    tally.spec_.check();
    tally.prepare();
  } catch (const InputError& error) {
    throw FormatError(std::string{"the tally's description makes no sense: "} + error.what());
  }
  for (io::Dictionary& dictionary : tally.dictionaries_) {
    const std::string format = in.text();
    if (format != "n" && io::Dictionary::kind_in_words(format) == "nulls")
      throw FormatError("values of an unknown kind: damaged bytes");
    dictionary = io::Dictionary{format};
    const std::size_t size = in.count(1);
    if (format == "n" && size > 0) throw FormatError("values of no kind: damaged bytes");
    for (io::Code code = 0; code < size; ++code) {
      bool ordered = true;
      if (dictionary.is_text()) {
        const std::string text = in.text();
        ordered = code == 0 || dictionary.text(code - 1) < text;
        dictionary.code_of(std::string_view{text});
      } else {
        const std::int64_t value = in.integer();
        ordered = code == 0 || dictionary.integer(code - 1) < value;
        if (format == "b" && value != 0 && value != 1) throw FormatError("a truth that is neither: damaged bytes");
        dictionary.code_of(value);
      }
      if (!ordered) throw FormatError("values that are not in order, each once: damaged bytes");
    }
  }
  for (std::set<std::string>* labels : {&tally.decisions_, &tally.verdicts_})
    for (std::string& label : detail::read_ordered_names(in)) labels->insert(std::move(label));
  for (std::uint64_t* count : {&tally.rows_, &tally.undecided_, &tally.excluded_}) *count = in.compact();
  for (std::size_t g = 0; g < tally.groupings_.size(); ++g) tally.read_cells(in, g);
  in.done();
  return tally;
}

}  // namespace assay
