#pragma once
/// \file
/// The variance of what adjustments explain, prepared once so that domains cost their own rows.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <assay/survey/explained_chain.hpp>

namespace assay::survey {

namespace detail {

/// Sums of known columns by unit or by group: of few columns each.
struct SparseSums {
  std::vector<std::size_t> begin{};  ///< by unit, and the end
  std::vector<Code> column{};
  std::vector<double> value{};

  template <class Use>
  void each(std::size_t unit, const Use& use) const {
    for (std::size_t i = begin[unit]; i < begin[unit + 1]; ++i) use(column[i], value[i]);
  }
};

/// Numbers from 0 in the order of their keys, as they were among equal ones.
template <class Key>
[[nodiscard]] std::vector<Code> ordered_by(std::vector<Code> order, std::size_t keys, const Key& key) {
  std::vector<std::size_t> place(keys + 1, 0);
  for (const Code each : order) ++place[key(each) + 1];
  std::partial_sum(place.begin(), place.end(), place.begin());
  std::vector<Code> out(order.size());
  for (const Code each : order) out[place[key(each)]++] = each;
  return out;
}

/// Sums by key over rows that stand in the order of their keys.
template <class Key>
[[nodiscard]] SparseSums sums_by(const ExplainedChain& chain, std::span<const Code> order, std::size_t keys,
                                 const Key& key) {
  SparseSums out;
  std::vector<double> sums(chain.columns(), 0.0);
  std::vector<char> met(chain.columns(), 0);
  std::vector<Code> touched;
  std::size_t i = 0;
  for (std::size_t k = 0; k < keys; ++k) {
    out.begin.push_back(out.column.size());
    for (; i < order.size() && key(order[i]) == k; ++i)
      chain.each(order[i], [&](std::size_t column, double value) {
        if (met[column] == 0) touched.push_back(static_cast<Code>(column));
        met[column] = 1;
        sums[column] += value;
      });
    std::sort(touched.begin(), touched.end());
    for (const Code column : touched) {
      out.column.push_back(column);
      out.value.push_back(std::exchange(sums[column], 0.0));
      met[column] = 0;
    }
    touched.clear();
  }
  out.begin.push_back(out.column.size());
  return out;
}

}  // namespace detail

/// Products of scores with the known columns, by column, and the sizes of what was added up for them.
struct ExplainedProducts {
  std::vector<double> value{};
  std::vector<double> size{};
};

/// A design's variance as a form of known columns: of the columns with each other, and of any scores with them.
///
/// Residuals e = s - sum of effect g times column u have the variance Q(e, e) = Q(s, s) - 2 Q(s, u)'g + g'Q(u, u)g,
/// where Q is bilinear also with lonely groups: under Lonely::adjust, distances from the mean of all units are; under
/// Lonely::average residuals touch every group, so that the raise is one number a stage.
///
/// The design must outlive it. Cost: rows times the squares of a row's columns (of a unit's, where rows are not units).
class ExplainedForm {
 public:
  /// None where an adjustment says nothing of its map, where a variance method rules, or where walking all rows once a
  /// domain costs fewer multiplications. Squares of columns never take more memory than four columns of the table.
  [[nodiscard]] static std::shared_ptr<const ExplainedForm> where_it_pays(const Design& design, std::size_t domains,
                                                                          Lonely rule) {
    if (design.adjustments().empty() || design.variance_method() != nullptr || domains < 2) return nullptr;
    std::optional<std::vector<Explained>> parts = ExplainedChain::parts(design);
    if (!parts) return nullptr;
    const auto rows = static_cast<double>(design.rows());
    double entries = 0.0, columns = 0.0, walk = 8.0, solve = 1.0;  // walk: by row
    for (const Explained& part : *parts) {
      entries += static_cast<double>(part.entries());
      columns += static_cast<double>(part.columns());
      walk += 2.0 * static_cast<double>(part.entries() * part.rounds);
      solve += static_cast<double>(part.rounds);
    }
    double prepare = rows * entries * entries;
    for (const Stage& stage : design.stages()) {
      const double units = static_cast<double>(stage.units());
      const double met = std::min(columns, entries * rows / units);  // columns of a unit
      if (!stage.silent()) prepare += units * met * met;
    }
    const auto count = static_cast<double>(domains);
    if (columns * columns > 4.0 * rows || prepare + count * solve * columns * columns > count * walk * rows)
      return nullptr;
    return std::make_shared<const ExplainedForm>(design, std::move(*parts), rule);
  }

  ExplainedForm(const Design& design, std::vector<Explained> parts, Lonely rule)
      : chain_{std::move(parts), static_cast<std::size_t>(design.rows())},
        rule_{rule},
        squares_(columns() * columns(), 0.0),
        sizes_(squares_) {
    std::vector<Code> rows(static_cast<std::size_t>(design.rows()));
    std::iota(rows.begin(), rows.end(), Code{0});
    for (const Stage& stage : design.stages())
      if (!stage.silent()) add_stage(stage, rows);
  }

  [[nodiscard]] const ExplainedChain& chain() const noexcept { return chain_; }
  [[nodiscard]] std::size_t columns() const noexcept { return chain_.columns(); }
  [[nodiscard]] std::size_t stages() const noexcept { return parts_.size(); }
  /// All rows in the order in which `products` wants them: by group and unit of that stage.
  [[nodiscard]] std::span<const Code> order(std::size_t stage) const noexcept { return parts_[stage].order; }
  /// Q(u, u), columns by columns.
  [[nodiscard]] std::span<const double> squares() const noexcept { return squares_; }

  /// Adds one stage's Q(s, u) of the scores of some rows, 0 elsewhere, given in the stage's order.
  /// Cost: these rows times their columns (those of their units and groups).
  void add_products(std::size_t stage, std::span<const Code> rows, std::span<const double> scores,
                    ExplainedProducts& out) const {
    const Part& part = parts_[stage];
    const Stage& of = *part.stage;
    const auto add = [&](std::size_t column, double product) {
      out.value[column] += product;
      out.size[column] += std::fabs(product);
    };
    double whole = 0.0, of_lonely = 0.0;
    for (std::size_t i = 0; i < rows.size();) {
      const Code number = of.group_of_unit[of.unit(rows[i])];
      const Group& group = of.groups[number];
      const double scale = group.scale * part.raise;
      const bool counts = scale != 0.0 && (!group.lonely() || rule_ == Lonely::adjust);
      double in_group = 0.0;
      while (i < rows.size() && of.group_of_unit[of.unit(rows[i])] == number) {
        const Code unit = of.unit(rows[i]);
        const Code row = rows[i];
        double sum = 0.0;
        for (; i < rows.size() && of.unit(rows[i]) == unit; ++i) sum += scores[rows[i]];
        in_group += sum;
        if (!counts) continue;
        const auto use = [&](std::size_t column, double value) { add(column, scale * sum * value); };
        of.rows_are_units() ? chain_.each(row, use) : part.units.each(unit, use);
      }
      whole += in_group;
      if (!counts) continue;
      if (group.lonely()) {
        of_lonely += scale * in_group;
      } else {
        const double mean = scale * in_group / static_cast<double>(group.sampled);
        part.groups.each(number, [&](std::size_t column, double value) { add(column, -mean * value); });
      }
    }
    if (part.mean.empty()) return;
    whole /= static_cast<double>(of.units());
    for (std::size_t column = 0; column < columns(); ++column) {
      add(column, -of_lonely * part.mean[column]);
      add(column, -whole * part.lever[column]);
    }
  }

  /// What effects change in a variance, -2 Q(s, u)'g + g'Q(u, u)g, and the size of all that was added up for it.
  struct Change {
    double value{0.0};
    double size{0.0};
  };
  [[nodiscard]] Change change(std::span<const double> effects, const ExplainedProducts& products) const {
    Change out;
    const std::size_t size = columns();
    for (std::size_t i = 0; i < size; ++i) {
      if (effects[i] == 0.0) continue;
      double value = 0.0, added = 0.0;
      for (std::size_t j = 0; j < size; ++j) {
        value += squares_[i * size + j] * effects[j];
        added += sizes_[i * size + j] * std::fabs(effects[j]);
      }
      out.value += effects[i] * (value - 2.0 * products.value[i]);
      out.size += std::fabs(effects[i]) * (added + 2.0 * products.size[i]);
    }
    return out;
  }

 private:
  struct Part {
    const Stage* stage{nullptr};
    double raise{1.0};
    std::vector<Code> order{};
    detail::SparseSums units{};   ///< empty where rows are units
    detail::SparseSums groups{};  ///< of all units
    std::vector<double> mean{};   ///< by column: of all units of the stage; empty without lonely groups to adjust
    std::vector<double> lever{};  ///< and the scaled distances of lonely groups from it, added up
  };

  void add_stage(const Stage& stage, const std::vector<Code>& rows) {
    Part part;
    part.stage = &stage;
    part.raise = rule_ == Lonely::average ? stage.average_raise() : 1.0;
    const auto unit_of = [&](Code row) { return stage.unit(row); };
    const auto group_of = [&](Code row) { return stage.group_of_unit[stage.unit(row)]; };
    const std::size_t size = columns();
    part.order = rows;
    if (!stage.rows_are_units()) {
      part.order = detail::ordered_by(std::move(part.order), stage.units(), unit_of);
      part.units = detail::sums_by(chain_, part.order, stage.units(), unit_of);
    }
    part.order = detail::ordered_by(std::move(part.order), stage.groups.size(), group_of);
    part.groups = detail::sums_by(chain_, part.order, stage.groups.size(), group_of);

    std::vector<std::pair<std::size_t, double>> met;
    std::vector<double> within(size * size, 0.0), between(size * size, 0.0);  // upper triangles
    const auto square = [&](std::vector<double>& into, double scale) {
      for (std::size_t a = 0; a < met.size(); ++a)
        for (std::size_t b = a; b < met.size(); ++b)
          into[met[a].first * size + met[b].first] += scale * (met[a].second * met[b].second);
      met.clear();
    };
    const auto take = [&](std::size_t column, double value) { met.emplace_back(column, value); };
    for (std::size_t unit = 0; unit < stage.units(); ++unit) {
      const Group& group = stage.groups[stage.group_of_unit[unit]];
      if (group.scale == 0.0 || (group.lonely() && rule_ != Lonely::adjust)) continue;
      stage.rows_are_units() ? chain_.each(unit, take) : part.units.each(unit, take);
      square(within, group.scale * part.raise);
    }
    double scales = 0.0;
    std::vector<double> sum(size, 0.0), lonely(size, 0.0);
    for (std::size_t number = 0; number < stage.groups.size(); ++number) {
      const Group& group = stage.groups[number];
      part.groups.each(number, [&](std::size_t column, double value) {
        sum[column] += value;
        if (group.lonely()) lonely[column] += group.scale * value;
      });
      if (group.lonely()) scales += group.scale;
      if (group.scale == 0.0 || group.lonely()) continue;
      part.groups.each(number, take);
      square(between, group.scale * part.raise / static_cast<double>(group.sampled));
    }
    if (rule_ == Lonely::adjust && scales > 0.0) {
      for (double& each : sum) each /= static_cast<double>(stage.units());
      for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = i; j < size; ++j)
          between[i * size + j] += lonely[i] * sum[j] + lonely[j] * sum[i] - scales * sum[i] * sum[j];
      part.lever = lonely;
      for (std::size_t i = 0; i < size; ++i) part.lever[i] -= scales * sum[i];
      part.mean = std::move(sum);
    }
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t j = i; j < size; ++j) {
        const std::size_t at = i * size + j, turned = j * size + i;
        squares_[at] += within[at] - between[at];
        sizes_[at] += std::fabs(within[at]) + std::fabs(between[at]);
        squares_[turned] = squares_[at];
        sizes_[turned] = sizes_[at];
      }
    parts_.push_back(std::move(part));
  }

  ExplainedChain chain_;
  Lonely rule_;
  std::vector<double> squares_;
  std::vector<double> sizes_;
  std::vector<Part> parts_{};
};

}  // namespace assay::survey
