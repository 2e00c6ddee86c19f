#pragma once
/// \file
/// Counting a whole table: from an Arrow stream to a tally, on as many threads as asked for.

#include <algorithm>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include <assay/io/encode.hpp>
#include <assay/io/parallel.hpp>
#include <assay/tally/tally.hpp>
#include <assay/tally/worker.hpp>

namespace assay {
namespace detail {

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
  for (detail::TallyWorker& worker : workers) {  // each has finished on its own thread
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
  tally.add(std::move(part));
  return tally;
}

}  // namespace assay
