#pragma once
/// \file
/// Domains of a design, and the cells in which their scores are summed.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <assay/survey/design.hpp>
#include <assay/survey/explained_form.hpp>
#include <assay/survey/pairs.hpp>

namespace assay::survey {

/// Which domain each row is in: at most one, numbered from 0. Rows in none have no_code; no codes at all mean one
/// domain that holds every row.
struct Domains {
  std::vector<Code> of_row{};
  std::size_t count{1};

  [[nodiscard]] Code at(std::size_t row) const noexcept { return of_row.empty() ? 0 : of_row[row]; }
};

/// The rows of each domain, in the order in which they were given.
class RowsOfDomains {
 public:
  RowsOfDomains(const Domains& domains, std::span<const Code> order) : begin_(domains.count + 1, 0) {
    for (const Code row : order)
      if (const Code domain = domains.at(row); domain != no_code) ++begin_[domain + 1];
    for (std::size_t domain = 0; domain < domains.count; ++domain) begin_[domain + 1] += begin_[domain];
    rows_.resize(begin_.back());
    std::vector<std::size_t> place(begin_.begin(), begin_.end() - 1);
    for (const Code row : order)
      if (const Code domain = domains.at(row); domain != no_code) rows_[place[domain]++] = row;
  }
  [[nodiscard]] std::span<const Code> of(std::size_t domain) const noexcept {
    return std::span{rows_}.subspan(begin_[domain], begin_[domain + 1] - begin_[domain]);
  }

 private:
  std::vector<std::size_t> begin_;
  std::vector<Code> rows_{};
};

/// One stage's units and groups crossed with domains, made once for all columns of scores.
struct StageCells {
  const Stage* stage{nullptr};
  bool by_unit{false};                   ///< scores are first summed by unit and domain
  PairCells units{};                     ///< where by_unit: (unit, domain) by row
  std::vector<Code> hit{};               ///< where by_unit: 1 for each cell of `units` that some row falls into
  PairCells groups{};                    ///< (group, domain) by row, or by cell of `units`
  std::vector<std::uint32_t> members{};  ///< by cell of `groups`: units of the domain
};

[[nodiscard]] inline StageCells stage_cells(const Stage& stage, const Domains& domains, std::size_t rows) {
  StageCells out;
  out.stage = &stage;
  out.by_unit = !stage.rows_are_units();
  if (out.by_unit) {
    out.units = pair_cells(
        rows, [&](std::size_t row) { return stage.unit_of_row[row]; }, stage.units(),
        [&](std::size_t row) { return domains.at(row); }, domains.count);
    out.hit.assign(out.units.cells, 0);
    for (const Code cell : out.units.cell_of_item)
      if (cell != no_code) out.hit[cell] = 1;
    out.groups = pair_cells(
        out.units.cells,
        [&](std::size_t cell) { return out.hit[cell] == 0 ? no_code : stage.group_of_unit[out.units.first(cell)]; },
        stage.groups.size(), [&](std::size_t cell) { return out.units.second(cell); }, domains.count);
  } else {
    out.groups = pair_cells(
        rows, [&](std::size_t row) { return stage.group_of_unit[row]; }, stage.groups.size(),
        [&](std::size_t row) { return domains.at(row); }, domains.count);
  }
  out.members.assign(out.groups.cells, 0);
  for (const Code cell : out.groups.cell_of_item)
    if (cell != no_code) ++out.members[cell];
  return out;
}

/// All stages' cells for one set of domains. The design must outlive it.
class DomainCells {
 public:
  DomainCells(const Design& design, std::shared_ptr<const Domains> domains) : domains_{std::move(domains)} {
    leave_whole_ = design.whole_groups_add_nothing();
    form_ = ExplainedForm::where_it_pays(design, domains_->count, design.lonely());
    bool first = true;
    for (const Stage& stage : design.stages()) {
      // Later stages without sampled fraction before them add nothing; the first one counts degrees of freedom.
      if (first || !stage.silent())
        stages_.push_back(stage_cells(stage, *domains_, static_cast<std::size_t>(design.rows())));
      first = false;
    }
  }

  [[nodiscard]] const Domains& domains() const noexcept { return *domains_; }
  [[nodiscard]] const std::shared_ptr<const Domains>& shared() const noexcept { return domains_; }
  [[nodiscard]] std::span<const StageCells> stages() const noexcept { return stages_; }

  /// What adjustments explain, where preparing it pays for this many domains; else null.
  [[nodiscard]] const ExplainedForm* form() const noexcept { return form_.get(); }

  /// By domain: units of the first stage that have a row in it.
  [[nodiscard]] std::vector<std::int64_t> units() const {
    std::vector<std::int64_t> out(domains_->count, 0);
    const StageCells& first = stages_.front();
    for (std::size_t cell = 0; cell < first.groups.cells; ++cell)
      if (first.members[cell] > 0) out[first.groups.second(cell)] += first.members[cell];
    return out;
  }
  /// By domain: units of the first stage that have a row in it, minus strata that have one. Strata drawn whole add no
  /// variance and show nothing of it: they count only in domains that meet no other.
  [[nodiscard]] std::vector<std::int64_t> degrees_of_freedom() const {
    std::vector<std::int64_t> out(domains_->count, 0), all(domains_->count, 0);
    std::vector<char> open(domains_->count, 0);
    const StageCells& first = stages_.front();
    for (std::size_t cell = 0; cell < first.groups.cells; ++cell) {
      if (first.members[cell] == 0) continue;
      const Code domain = first.groups.second(cell);
      const std::int64_t own = std::int64_t{first.members[cell]} - 1;
      all[domain] += own;
      if (leave_whole_ && first.stage->groups[first.groups.first(cell)].whole()) continue;
      out[domain] += own;
      open[domain] = 1;
    }
    for (std::size_t domain = 0; domain < out.size(); ++domain)
      if (open[domain] == 0) out[domain] = all[domain];
    return out;
  }

 private:
  std::shared_ptr<const Domains> domains_;
  std::vector<StageCells> stages_{};
  std::shared_ptr<const ExplainedForm> form_{};
  bool leave_whole_{false};
};

}  // namespace assay::survey
