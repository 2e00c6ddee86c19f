#pragma once
/// \file
/// What the design says of each cell of a tally, and which cells no audit reached.

#include <algorithm>
#include <map>
#include <span>
#include <vector>

#include <assay/score/design.hpp>
#include <assay/score/metric.hpp>
#include <assay/score/rollup.hpp>

namespace assay::detail {

/// The stratum of a cell, and how its audits came back. Tally and design outlive it.
class CellFacts {
 public:
  CellFacts(const Tally& tally, const ScoreDesign& design)
      : tally_{&tally}, design_{&design}, strata_{tally.spec().grouping_of(tally.spec().strata)}, hidden_{strata_} {
    if (design.modelled) {
      const Grouping label = tally.spec().grouping_of({design.label_column});
      label_ = label.front();
      hidden_ = united(hidden_, label);
    }
    const auto names = tally.spec().dimensions();
    for (const std::string& name : tally.spec().strata)
      stratum_order_.push_back(static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
  }

  [[nodiscard]] const TallySpec& spec() const noexcept { return tally_->spec(); }
  [[nodiscard]] const ScoreDesign& design() const noexcept { return *design_; }
  /// Dimensions that make a stratum.
  [[nodiscard]] const Grouping& strata() const noexcept { return strata_; }
  /// Dimensions that a slice needs besides those it shows: the strata's, and the decision where audits are missing.
  [[nodiscard]] const Grouping& hidden() const noexcept { return hidden_; }

  [[nodiscard]] const StratumFacts& stratum(const Slices& slices, std::size_t cell) const {
    if (stratum_order_.empty()) return design_->facts.begin()->second;
    std::vector<io::Code> codes;
    for (const std::size_t dimension : stratum_order_) codes.push_back(slices.code(cell, dimension));
    return design_->facts.at(codes);
  }
  /// The response among a cell's stratum and decision. Assumes: the design is modelled.
  [[nodiscard]] const Response& response(const Slices& slices, std::size_t cell) const {
    return stratum(slices, cell).by_decision.at(slices.code(cell, label_));
  }
  [[nodiscard]] bool same_stratum(const Slices& slices, std::size_t a, std::size_t b) const {
    return std::all_of(strata_.begin(), strata_.end(),
                       [&](std::size_t dimension) { return slices.code(a, dimension) == slices.code(b, dimension); });
  }
  /// Outcomes of cases whose audit came back.
  [[nodiscard]] OutcomeSet answered() const noexcept {
    return spec().judged() ? scored : outcomes(Outcome::upheld, Outcome::wrong);
  }

  /// Whether every stratum holds decisions of one label, so that some outcomes cannot be in it.
  [[nodiscard]] bool strata_by_decision() const noexcept {
    return spec().judged() &&
           std::find(design_->made_of.begin(), design_->made_of.end(), spec().decision) != design_->made_of.end();
  }

  /// Whether every case of a stratum falls into one slice of these columns, so that the slice's size is known. Where
  /// rows were set aside, nobody knows how many of the cases that were not drawn would be.
  [[nodiscard]] bool whole_strata(const std::vector<std::string>& columns) const {
    return tally_->excluded() + tally_->undecided() == 0 &&
           std::all_of(columns.begin(), columns.end(), [&](const std::string& name) {
             return std::find(design_->made_of.begin(), design_->made_of.end(), name) != design_->made_of.end();
           });
  }

 private:
  const Tally* tally_;
  const ScoreDesign* design_;
  Grouping strata_;
  Grouping hidden_;
  std::vector<std::size_t> stratum_order_{};
  std::size_t label_{0};
};

/// Under columns of the audits: cases without an audit, which could belong to any slice that agrees with them in the
/// sample's columns, had they been audited.
class SilentCells {
 public:
  SilentCells(const ScoreDesign& design, const Slices& slices) : design_{&design}, slices_{&slices} {
    for (std::size_t slice = 0; slice < slices.size(); ++slice)
      if (is_absent(slice)) {
        auto& cells = cells_[without_audits(slice)];
        cells.insert(cells.end(), slices.cells_of(slice).begin(), slices.cells_of(slice).end());
      }
  }

  /// The slice is of cases without an audit: no slice to be scored.
  [[nodiscard]] bool is_absent(std::size_t slice) const {
    return std::any_of(design_->absent.begin(), design_->absent.end(), [&](const auto& entry) {
      return std::binary_search(slices_->shown.begin(), slices_->shown.end(), entry.first) &&
             slices_->code(slices_->order[slices_->begin[slice]], entry.first) == entry.second;
    });
  }
  /// Cells that could belong to a slice; null where there are none.
  [[nodiscard]] const std::vector<std::size_t>* beside(std::size_t slice) const {
    if (cells_.empty()) return nullptr;
    const auto found = cells_.find(without_audits(slice));
    return found == cells_.end() ? nullptr : &found->second;
  }

 private:
  /// A slice by what is known of it without its audits.
  [[nodiscard]] std::vector<io::Code> without_audits(std::size_t slice) const {
    std::vector<io::Code> codes;
    for (const std::size_t dimension : slices_->shown)
      if (!design_->absent.contains(dimension))
        codes.push_back(slices_->code(slices_->order[slices_->begin[slice]], dimension));
    return codes;
  }

  const ScoreDesign* design_;
  const Slices* slices_;
  std::map<std::vector<io::Code>, std::vector<std::size_t>> cells_{};
};

/// One slice to be scored, with what could belong to it.
struct AskedSlice {
  const Slices& slices;
  std::size_t slice{0};
  const std::vector<std::size_t>* silent{nullptr};  ///< cells of `slices` without an audit; null: none
  bool whole_strata{false};                         ///< made of whole strata, so its size is known

  [[nodiscard]] std::span<const std::size_t> cells() const noexcept { return slices.cells_of(slice); }
};

}  // namespace assay::detail
