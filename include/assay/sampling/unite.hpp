#pragma once
/// \file
/// Several draws from one frame as one sample: random and targeted ones, top-ups, draws under an older plan.
///
/// Within a cell whose cases each draw treats alike (all of them in one of its strata, or none of them within its
/// reach), any two sets of as many cases are equally likely to be what the draws together took. So, given how many
/// cases of each cell were drawn, the union is a simple random sample within cells: exact, for any sizes and whether
/// the draws shared a key or not. Reference: the conditionality argument of post-stratification, Holt & Smith (1979),
/// J. R. Statist. Soc. A 142(1):33-46; Ohlsson (1995), in Business Survey Methods, ch. 9 (co-ordination).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/draw.hpp>

namespace assay {

/// One draw as its sample tells of it.
struct EarlierDraw {
  std::string label{};                      ///< what to call it: its period
  std::vector<std::string> cases{};         ///< ids as text
  std::vector<std::string> stratum{};       ///< of each case, in words
  std::vector<std::int64_t> populations{};  ///< of each case's stratum
  std::vector<std::string> strata{};        ///< the columns its strata were made of
  bool audited{false};                      ///< its cases are at work already: the union marks them
};

namespace detail {

/// The rows of the frame that hold the cases of some draws: (draw, its case) by row, in the order of rows.
class DrawnCases {
 public:
  struct Found {
    std::int64_t row{0};
    std::vector<std::pair<std::size_t, std::size_t>> drawn{};  ///< draw, position in it
  };

  DrawnCases(const Frame& frame, std::span<const EarlierDraw> draws) {
    std::unordered_map<std::string, std::size_t> known;
    std::vector<std::vector<std::pair<std::size_t, std::size_t>>> of;
    for (std::size_t d = 0; d < draws.size(); ++d)
      for (std::size_t i = 0; i < draws[d].cases.size(); ++i) {
        const auto [at, fresh] = known.try_emplace(draws[d].cases[i], of.size());
        if (fresh) of.emplace_back();
        of[at->second].emplace_back(d, i);
      }
    std::vector<char> met(of.size(), 0);
    std::string number;
    for (const io::Batch& batch : frame.batches()) {
      const io::Column ids = batch.column(frame.case_position());
      each_case_id(ids, 0, batch.rows(), [&](std::int64_t i, const auto& id) {
        auto found = known.end();
        if constexpr (std::is_convertible_v<decltype(id), std::string_view>) {
          number.assign(std::string_view{id});
        } else {
          number = std::to_string(id);
        }
        found = known.find(number);
        if (found == known.end()) return;
        met[found->second] = 1;
        found_.push_back({batch.first_row() + i, of[found->second]});
      });
    }
    for (const auto& [id, index] : known)
      if (met[index] == 0) missing_.push_back(id);
    std::sort(missing_.begin(), missing_.end());
    if (!missing_.empty())
      throw InputError(
          "draws from the cases of frame=",
          "case " + in_quotes(missing_.front()) + ", which the frame does not have" +
              (missing_.size() > 1 ? " (" + to_text(static_cast<std::int64_t>(missing_.size())) + " such)" : ""),
          {}, "pass the frame that holds all the cases that could be drawn");
  }

  [[nodiscard]] const std::vector<Found>& rows() const noexcept { return found_; }

 private:
  std::vector<Found> found_{};
  std::vector<std::string> missing_{};
};

/// One stratum of a draw, seen from the cells.
struct DrawnStratum {
  std::int64_t population{0};
  std::map<std::uint32_t, std::int64_t> cells{};  ///< touched, with a row of each
};

/// \throws InputError unless each stratum of the draw is a union of cells.
inline void require_union_of_cells(const Frame& frame, const Strata& cells, const Strata& parts,
                                   std::span<const std::int64_t> first_rows, const EarlierDraw& draw,
                                   const std::map<std::string, DrawnStratum>& strata) {
  const auto named = [&](const std::string& stratum) {
    return "stratum " + in_quotes(stratum) + " of the draw " + in_quotes(draw.label);
  };
  const std::string mend = "name in cells= the columns (among the frame's by=) that tell apart what was drawn from";
  std::map<std::uint32_t, std::string> owner;
  for (const auto& [stratum, own] : strata)
    for (const auto& [cell, row] : own.cells)
      if (const auto [at, fresh] = owner.emplace(cell, stratum); !fresh)
        throw InputError("cells that lie in one stratum of each draw",
                         in_quotes(cells.name(cell)) + ", in two strata of the draw " + in_quotes(draw.label), {},
                         mend);
  // By its own columns, which cells belong to a stratum though nothing was drawn there.
  const bool known = std::all_of(draw.strata.begin(), draw.strata.end(), [&](const std::string& name) {
    const auto& by = frame.columns().by;
    return std::find(by.begin(), by.end(), name) != by.end();
  });
  const Strata own_strata{frame, known ? draw.strata : std::vector<std::string>{}};
  std::set<std::uint32_t> reached;  // parts in which the draw took cases
  for (const auto& [stratum, own] : strata)
    for (const auto& [cell, row] : own.cells) reached.insert(parts.of(row));
  for (const auto& [stratum, own] : strata) {
    std::int64_t touched = 0;
    std::int64_t alike = 0;          // cells of this stratum, wherever they lie
    std::int64_t alike_reached = 0;  // the same, in the parts reached
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const std::int64_t held = cells.populations()[c];
      if (own.cells.contains(static_cast<std::uint32_t>(c))) touched += held;
      if (!known || own_strata.name(own_strata.of(first_rows[c])) != stratum) continue;
      alike += held;
      if (reached.contains(parts.of(first_rows[c]))) alike_reached += held;
    }
    if (touched == own.population || (known && (alike == own.population || alike_reached == own.population))) continue;
    throw InputError("cells that make up the " + to_text(own.population) + " cases of " + named(stratum),
                     "cells of " + to_text(touched) + " cases in which it drew", {}, mend);
  }
}

}  // namespace detail

/// The columns whose combinations are the cells of some draws: `part_columns`, and what draws were stratified by.
[[nodiscard]] inline std::vector<std::string> cell_columns(const Frame& frame,
                                                           const std::vector<std::string>& part_columns,
                                                           std::span<const EarlierDraw> draws) {
  std::vector<std::string> out = part_columns;
  const auto has = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const EarlierDraw& draw : draws)
    for (const std::string& name : draw.strata)
      if (has(frame.columns().by, name) && !has(out, name)) out.push_back(name);
  return out;
}

/// The cases of all draws as one sample of the frame, stratified by cells: the combinations of `part_columns`, which
/// tell apart the parts that draws were made from, and of the columns that draws were stratified by.
///
/// Assumes: every draw took simple random samples within its strata (plan.draw, or what a KeyedSampler offered), from
/// this frame or from a part of it that is a union of cells.
/// Use when: a random and a targeted draw are to be scored together, a plan changed after cases were drawn.
/// Not for: draws from different frames (days of a week: put one below the other).
/// No data: a cell with cases of which none was drawn is refused: nothing speaks for it.
///
/// The table: as `draw` makes it, the cells as strata, and `drawn_in`, the labels of the draws that took the case;
/// where some draw is marked `audited`, also `already`, true for its cases.
///
/// \throws InputError for cases the frame does not have or that are undecided, and for strata that are no unions of
/// cells.
[[nodiscard]] inline io::Table unite(const Frame& frame, const std::vector<std::string>& part_columns,
                                     std::span<const EarlierDraw> draws, std::string_view period,
                                     unsigned threads = 1) {
  if (draws.empty()) throw InputError("at least one sample", "none");
  const std::vector<std::string> columns = cell_columns(frame, part_columns, draws);
  const Strata parts{frame, part_columns, threads};
  const Strata cells{frame, columns, threads};
  std::vector<std::int64_t> first_rows(cells.size(), -1);
  for (std::int64_t row = 0; row < frame.rows(); ++row)
    if (cells.drawable(row) && first_rows[cells.of(row)] < 0) first_rows[cells.of(row)] = row;
  const detail::DrawnCases found{frame, draws};
  std::vector<std::map<std::string, detail::DrawnStratum>> strata(draws.size());
  std::vector<std::int64_t> sizes(cells.size(), 0);
  std::vector<DrawnRow> rows;
  std::vector<std::size_t> order;
  for (const auto& each : found.rows()) {
    if (!cells.drawable(each.row))
      throw InputError(
          "decided cases in every draw",
          "the undecided case " + in_quotes(case_id_text(frame.batches(), frame.case_position(), each.row)));
    const std::uint32_t cell = cells.of(each.row);
    ++sizes[cell];
    rows.push_back({each.row, cell});
    for (const auto& [d, i] : each.drawn) {
      auto& own = strata[d][draws[d].stratum[i]];
      own.population = draws[d].populations[i];
      own.cells.try_emplace(cell, each.row);
    }
  }
  for (std::size_t d = 0; d < draws.size(); ++d)
    detail::require_union_of_cells(frame, cells, parts, first_rows, draws[d], strata[d]);
  for (std::size_t c = 0; c < cells.size(); ++c)
    if (sizes[c] == 0)
      throw InputError(
          "drawn cases in every cell",
          "none of the " + to_text(cells.populations()[c]) + " cases of " + in_quotes(cells.name(c)), {},
          "stratify every draw by the same columns, each stratum with two cases at least, or draw more, so that "
          "every cell is reached");
  std::vector<std::size_t> by_stratum(rows.size());
  std::iota(by_stratum.begin(), by_stratum.end(), std::size_t{0});
  std::stable_sort(by_stratum.begin(), by_stratum.end(),
                   [&](std::size_t a, std::size_t b) { return rows[a].stratum < rows[b].stratum; });
  const bool marks = std::any_of(draws.begin(), draws.end(), [](const EarlierDraw& draw) { return draw.audited; });
  io::ColumnBuilder drawn_in{"drawn_in", "u"};
  io::ColumnBuilder already{"already", "b"};
  std::vector<DrawnRow> sorted;
  for (const std::size_t i : by_stratum) {
    sorted.push_back(rows[i]);
    std::vector<std::string_view> labels;
    bool audited = false;
    for (const auto& [d, position] : found.rows()[i].drawn) {
      if (std::find(labels.begin(), labels.end(), draws[d].label) == labels.end()) labels.push_back(draws[d].label);
      audited = audited || draws[d].audited;
    }
    std::string words;
    for (const std::string_view label : labels) (words += words.empty() ? "" : "; ") += label;
    drawn_in.append(std::string_view{words});
    already.append(audited);
  }
  std::vector<std::shared_ptr<const io::ColumnData>> further{drawn_in.finish()};
  if (marks) further.push_back(already.finish());
  return sample_table(frame, cells, columns, sizes, sorted, period, further);
}

/// Sizes that draw a replacement for every lost case: in each stratum as many more as lost cases were drawn.
///
/// The lost ones stay in the sample as audits that did not come back. Given the plan's sizes the answer is the least
/// sizes among whose cases as many are not lost as were planned (all of a stratum, where it holds fewer).
/// \throws InputError for a lost case that even those sizes do not draw.
[[nodiscard]] inline std::vector<std::int64_t> sizes_with_replacements(const Plan& plan, std::string_view secret,
                                                                       std::string_view period,
                                                                       const std::vector<std::string>& lost,
                                                                       unsigned threads = 1) {
  std::vector<std::int64_t> sizes = plan.sizes();
  std::unordered_map<std::string, bool> is_lost;
  for (const std::string& id : lost) is_lost.emplace(id, false);
  while (true) {
    std::vector<std::int64_t> missing(sizes.size(), 0);
    for (auto& [id, drawn] : is_lost) drawn = false;
    for (const DrawnRow& each :
         detail::drawn_rows(plan.frame(), plan.strata(), sizes, DrawKey{secret, period}, threads, {})) {
      const auto found = is_lost.find(case_id_text(plan.frame().batches(), plan.frame().case_position(), each.row));
      if (found == is_lost.end()) continue;
      found->second = true;
      ++missing[each.stratum];
    }
    bool enough = true;
    for (std::size_t h = 0; h < sizes.size(); ++h) {
      const std::int64_t wanted = std::min(plan.strata().populations()[h], plan.sizes()[h] + missing[h]);
      enough = enough && wanted <= sizes[h];
      sizes[h] = std::max(sizes[h], wanted);
    }
    if (enough) break;
  }
  for (const std::string& id : lost)
    if (!is_lost.at(id))
      throw InputError("lost cases that this plan draws with this key and period", in_quotes(id), {},
                       "name only cases of the sample; the others need no replacement");
  return sizes;
}

}  // namespace assay
