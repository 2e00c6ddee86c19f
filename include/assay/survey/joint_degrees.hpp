#pragma once
/// \file
/// Degrees of freedom of two domains together.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <assay/survey/estimate.hpp>

namespace assay::survey {

/// Which units of the first stage each domain met, listed once so that a pair of domains costs what the two met.
///
/// The degrees of freedom are those of a domain that holds both: units with a row in either, minus their strata.
class JointDegrees {
 public:
  /// The cells must outlive it, and the design them.
  JointDegrees(const Design& design, const DomainCells& cells)
      : design_{design},
        cells_{cells},
        leave_whole_{design.whole_groups_add_nothing()},
        groups_(cells.domains().count),
        units_(cells.domains().count) {
    const StageCells& first = cells.stages().front();
    for (std::size_t cell = 0; cell < first.groups.cells; ++cell)  // in the order of groups, and of units
      if (first.members[cell] > 0)
        groups_[first.groups.second(cell)].push_back({first.groups.first(cell), first.members[cell]});
    for (std::size_t cell = 0; cell < first.hit.size(); ++cell)
      if (first.hit[cell] != 0) units_[first.units.second(cell)].push_back(first.units.first(cell));
  }

  /// Of two different domains.
  [[nodiscard]] double of(std::size_t a, std::size_t b) const {
    if (const VarianceMethod* method = design_.variance_method()) {
      std::vector<unsigned char> inside(static_cast<std::size_t>(design_.rows()));
      for (std::size_t row = 0; row < inside.size(); ++row) {
        const Code domain = cells_.domains().at(row);
        inside[row] = domain == a || domain == b ? 1 : 0;
      }
      if (const double own = method->degrees_of_freedom(design_, inside); own >= 0.0) return own;
    }
    const Stage& stage = design_.first_stage();
    std::int64_t all = 0, open = 0;  // units minus strata; strata drawn whole left out
    bool any = false;
    const auto add = [&](Code group, std::int64_t degrees) {
      all += degrees;
      if (leave_whole_ && stage.groups[group].whole()) return;
      open += degrees;
      any = true;
    };
    together(
        groups_[a], groups_[b], [](const Met& met) { return met.group; },
        [&](const Met* one, const Met* other) {
          add((one ? one : other)->group,
              (one ? std::int64_t{one->units} : 0) + (other ? std::int64_t{other->units} : 0) - 1);
        });
    together(
        units_[a], units_[b], [](Code unit) { return unit; },
        [&](const Code* one, const Code* other) {
          if (one != nullptr && other != nullptr) add(stage.group_of_unit[*one], -1);  // counted twice
        });
    return static_cast<double>(any ? open : all);
  }

 private:
  struct Met {
    Code group{0};
    std::uint32_t units{0};
  };

  /// Walks two ascending lists at once: use(pointer into a, pointer into b), null where only one holds the key.
  template <class Item, class Key, class Use>
  static void together(const std::vector<Item>& a, const std::vector<Item>& b, const Key& key, const Use& use) {
    std::size_t i = 0, j = 0;
    while (i < a.size() || j < b.size()) {
      const bool from_a = i < a.size() && (j == b.size() || !(key(b[j]) < key(a[i])));
      const bool from_b = j < b.size() && (i == a.size() || !(key(a[i]) < key(b[j])));
      use(from_a ? &a[i] : nullptr, from_b ? &b[j] : nullptr);
      i += from_a ? 1U : 0U;
      j += from_b ? 1U : 0U;
    }
  }

  const Design& design_;
  const DomainCells& cells_;
  bool leave_whole_;
  std::vector<std::vector<Met>> groups_;
  std::vector<std::vector<Code>> units_;
};

}  // namespace assay::survey
