#pragma once
/// \file
/// Covariances among estimates: between domains, and between columns.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <assay/survey/design.hpp>
#include <assay/survey/estimate.hpp>

namespace assay::survey {

namespace detail {

/// The scores of one unit: which estimates it touches, and by how much.
struct Touch {
  Code unit{0};
  Code estimate{0};
  double value{0.0};
};

/// Scores summed by unit and estimate, sorted by group, unit and estimate.
inline std::vector<Touch> touches(const Stage& stage, std::span<const Estimates* const> columns, std::size_t rows) {
  std::vector<Touch> out;
  Code first = 0;
  for (const Estimates* column : columns) {
    const Domains& domains = column->cells->domains();
    for (std::size_t row = 0; row < rows; ++row)
      if (const Code domain = domains.at(row); domain != no_code)
        out.push_back({stage.unit(row), first + domain, column->scores[row]});
    first += static_cast<Code>(column->count());
  }
  std::stable_sort(out.begin(), out.end(), [&](const Touch& a, const Touch& b) {
    const Code in_a = stage.group_of_unit[a.unit];
    const Code in_b = stage.group_of_unit[b.unit];
    return in_a != in_b ? in_a < in_b : a.unit != b.unit ? a.unit < b.unit : a.estimate < b.estimate;
  });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (kept > 0 && out[kept - 1].unit == out[i].unit && out[kept - 1].estimate == out[i].estimate)
      out[kept - 1].value += out[i].value;
    else
      out[kept++] = out[i];
  }
  out.resize(kept);
  return out;
}

/// Adds scale * (sum of products - product of sums / n) of one group, taken about the mean where that is affordable.
inline void add_group(std::span<const Touch> own, double n, double scale, bool about_mean, std::size_t size,
                      std::vector<double>& matrix, std::vector<double>& sums) {
  std::vector<Code> met;
  for (const Touch& touch : own) {
    sums[touch.estimate] += touch.value;
    met.push_back(touch.estimate);
  }
  std::sort(met.begin(), met.end());
  met.erase(std::unique(met.begin(), met.end()), met.end());
  const auto at = [&](Code a, Code b) -> double& {
    return matrix[static_cast<std::size_t>(a) * size + static_cast<std::size_t>(b)];
  };
  const auto place = [&](Code estimate) {
    return static_cast<std::size_t>(std::lower_bound(met.begin(), met.end(), estimate) - met.begin());
  };
  std::size_t units = 0;
  for (std::size_t i = 0; i < own.size(); ++i)
    if (i == 0 || own[i].unit != own[i - 1].unit) ++units;
  const bool dense = about_mean && static_cast<double>(units) * static_cast<double>(met.size() * met.size()) <
                                       64.0 * static_cast<double>(own.size() + met.size() * met.size());
  if (dense) {
    std::vector<double> values(met.size());
    for (std::size_t i = 0; i < own.size();) {
      for (std::size_t k = 0; k < met.size(); ++k) values[k] = -sums[met[k]] / n;
      const Code unit = own[i].unit;
      for (; i < own.size() && own[i].unit == unit; ++i) values[place(own[i].estimate)] += own[i].value;
      for (std::size_t a = 0; a < met.size(); ++a)
        for (std::size_t b = 0; b < met.size(); ++b) at(met[a], met[b]) += scale * (values[a] * values[b]);
    }
  } else {
    for (std::size_t i = 0; i < own.size();) {
      std::size_t end = i;
      while (end < own.size() && own[end].unit == own[i].unit) ++end;
      for (std::size_t a = i; a < end; ++a)
        for (std::size_t b = i; b < end; ++b)
          at(own[a].estimate, own[b].estimate) += scale * (own[a].value * own[b].value);
      i = end;
    }
  }
  const double rest = !about_mean ? 0.0 : dense ? (n - static_cast<double>(units)) / (n * n) : -1.0 / n;
  if (rest != 0.0)
    for (const Code a : met)
      for (const Code b : met) at(a, b) += scale * rest * (sums[a] * sums[b]);
  for (const Code estimate : met) sums[estimate] = 0.0;
}

/// Moves the products of lonely groups' sums to products of distances from the means of all units of the stage, groups
/// that an estimate does not touch counting 0. `sums` holds, by estimate, scale times sum over the lonely groups.
inline void add_lonely_means(const Stage& stage, std::span<const Touch> touches, std::span<const double> sums,
                             std::vector<double>& matrix) {
  double scales = 0.0;
  for (const Group& group : stage.groups) scales += group.lonely() ? group.scale : 0.0;
  if (scales == 0.0) return;
  const std::size_t size = sums.size();
  std::vector<double> mean(size, 0.0);
  for (const Touch& touch : touches) mean[touch.estimate] += touch.value;
  for (double& each : mean) each /= static_cast<double>(stage.units());
  for (std::size_t a = 0; a < size; ++a)
    for (std::size_t b = 0; b < size; ++b)
      matrix[a * size + b] += scales * (mean[a] * mean[b]) - (sums[a] * mean[b] + sums[b] * mean[a]);
}

/// Products of all columns' scores with each other, as the stages sum them; lonely groups that would be raised add
/// nothing.
inline std::vector<double> stage_products(const Design& design, std::span<const Estimates* const> columns) {
  std::size_t size = 0;
  for (const Estimates* column : columns) size += column->count();
  std::vector<double> out(size * size, 0.0);
  std::vector<double> sums(size, 0.0);
  for (const Stage& stage : design.stages()) {
    if (stage.silent()) continue;
    const std::vector<Touch> touched = touches(stage, columns, static_cast<std::size_t>(design.rows()));
    std::vector<double> lonely(design.lonely() == Lonely::adjust ? size : 0, 0.0);
    for (std::size_t i = 0; i < touched.size();) {
      const Code group = stage.group_of_unit[touched[i].unit];
      std::size_t end = i;
      while (end < touched.size() && stage.group_of_unit[touched[end].unit] == group) ++end;
      const Group& own = stage.groups[group];
      // What a lonely group adds to a covariance: only `adjust` has something to say.
      if (own.scale > 0.0 && (!own.lonely() || !lonely.empty()))
        add_group(std::span{touched}.subspan(i, end - i), static_cast<double>(own.sampled), own.scale, !own.lonely(),
                  size, out, sums);
      if (own.scale > 0.0 && own.lonely() && !lonely.empty())
        for (std::size_t k = i; k < end; ++k) lonely[touched[k].estimate] += own.scale * touched[k].value;
      i = end;
    }
    if (!lonely.empty()) add_lonely_means(stage, touched, lonely, out);
  }
  return out;
}

/// One estimate: a domain of a column.
using OneEstimate = std::pair<const Estimates*, std::size_t>;

/// Scores that reach beyond their domain, as a column of its own.
inline Estimates everywhere(std::shared_ptr<const DomainCells> everything, std::vector<double> scores) {
  Estimates out;
  out.cells = std::move(everything);
  out.scores = std::move(scores);
  out.point.estimate.assign(1, 0.0);
  return out;
}

/// Products of the residuals of all estimates, known totals taken out. Where a prepared form pays, scores keep to their
/// domains and what is explained is taken from their products; else, and for scores that are explained all but wholly,
/// every residual is a column over all rows.
inline std::vector<double> residual_products(const Design& design, std::span<const Estimates* const> columns,
                                             const std::vector<OneEstimate>& all) {
  const std::size_t size = all.size();
  const auto rows = static_cast<std::size_t>(design.rows());
  const auto everything = std::make_shared<const DomainCells>(design, std::make_shared<const Domains>());
  std::deque<Estimates> walked;
  std::vector<const Estimates*> used;
  const auto walk = [&](const OneEstimate& each) {
    walked.push_back(everywhere(everything, residuals(design, each.first->cells->domains(),
                                                      static_cast<Code>(each.second), each.first->scores)));
    used.push_back(&walked.back());
  };
  // What Lonely::average raises is seen to by the caller, in variances and covariances alike.
  const auto form = ExplainedForm::where_it_pays(
      design, size, design.lonely() == Lonely::average ? Lonely::certainty : design.lonely());
  if (form == nullptr) {
    for (const OneEstimate& each : all) walk(each);
    return stage_products(design, used);
  }

  used.assign(columns.begin(), columns.end());
  std::vector<SeenScores> own;
  for (const Estimates* column : columns) {
    const FormRows of{*form, column->cells->domains(), rows};
    for (std::size_t domain = 0; domain < column->count(); ++domain)
      own.push_back(seen(*form, of, domain, column->scores));
  }
  std::vector<std::size_t> place(size);  // of each estimate among the columns that are crossed
  std::iota(place.begin(), place.end(), std::size_t{0});
  std::vector<double> plain = stage_products(design, used);
  for (std::size_t i = 0; i < size; ++i) {
    const ExplainedForm::Change change = form->change(own[i].effects, own[i].products);
    if (trusted(plain[i * size + i] + change.value, plain[i * size + i] + change.size)) continue;
    place[i] = size + walked.size();
    walk(all[i]);
    own[i] = seen(*form, FormRows{*form, everything->domains(), rows}, 0, walked.back().scores);
    std::fill(own[i].effects.begin(), own[i].effects.end(), 0.0);  // they are taken out already
  }
  if (!walked.empty()) plain = stage_products(design, used);
  const std::size_t crossed = size + walked.size();
  const std::size_t known = form->columns();
  const std::span<const double> squares = form->squares();
  std::vector<double> out(size * size, 0.0);
  for (std::size_t i = 0; i < size; ++i) {
    std::vector<double> half(known, 0.0);  // Q(u, u) g - Q(u, s)
    for (std::size_t a = 0; a < known; ++a)
      if (const double effect = own[i].effects[a]; effect != 0.0)
        for (std::size_t b = 0; b < known; ++b) half[b] += effect * squares[a * known + b];
    for (std::size_t b = 0; b < known; ++b) half[b] -= own[i].products.value[b];
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = plain[place[i] * crossed + place[j]];
      for (std::size_t b = 0; b < known; ++b)
        sum += half[b] * own[j].effects[b] - own[i].effects[b] * own[j].products.value[b];
      out[i * size + j] = out[j * size + i] = sum;
    }
  }
  return out;
}

}  // namespace detail

/// The covariance matrix of all estimates of several columns, row by row: first column's domains, then the next one's.
///
/// Its diagonal holds the variances of the estimates to the bit. Cost: the units times the squares of how many
/// estimates each touches, plus the squares of how many each group touches. NaN where an estimate has no variance.
///
/// Lonely::adjust takes a lonely unit's distances from the means of all units, for each estimate its own mean.
/// Lonely::average raises an estimate's variances by domain; a covariance is raised by the geometric mean of the two.
[[nodiscard]] inline std::vector<double> covariance(const Design& design, std::span<const Estimates* const> columns) {
  std::size_t size = 0;
  for (const Estimates* column : columns) size += column->count();
  if (size > 20'000) throw InputError("at most 20,000 estimates to cross with each other", std::to_string(size));
  std::vector<double> out(size * size, 0.0);
  const VarianceMethod* method = design.variance_method();
  std::vector<detail::OneEstimate> all;
  for (const Estimates* column : columns)
    for (std::size_t domain = 0; domain < column->count(); ++domain) all.emplace_back(column, domain);
  const auto fill_dense = [&](const auto& covary) {
    std::vector<double> scores;
    for (const auto& [column, domain] : all) {
      const auto own = residuals(design, column->cells->domains(), static_cast<Code>(domain), column->scores);
      scores.insert(scores.end(), own.begin(), own.end());
    }
    out = covary(scores);
  };
  if (method != nullptr && method->replicates() != nullptr) {
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t j = 0; j < size; ++j)
        out[i * size + j] = detail::replicate_covariance(*method->replicates(), *all[i].first, all[i].second,
                                                         *all[j].first, all[j].second);
  } else if (method != nullptr) {
    fill_dense([&](const std::vector<double>& scores) { return method->covariance(design, scores, size); });
  } else {
    out = design.adjustments().empty() ? detail::stage_products(design, columns)
                                       : detail::residual_products(design, columns, all);
  }
  for (std::size_t i = 0; i < size; ++i) {
    const double variance = all[i].first->variance[all[i].second];
    for (std::size_t j = 0; j < size; ++j) {
      if (i == j) continue;
      if (std::isnan(variance) || variance == 0.0) out[i * size + j] = out[j * size + i] = variance;
    }
  }
  if (design.lonely() == Lonely::average && method == nullptr) {
    std::vector<double> raised(size, 1.0);
    for (std::size_t i = 0; i < size; ++i) {
      const double plain = out[i * size + i];
      if (plain > 0.0) raised[i] = std::sqrt(all[i].first->variance[all[i].second] / plain);
    }
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t j = 0; j < size; ++j) out[i * size + j] *= raised[i] * raised[j];
  }
  for (std::size_t i = 0; i < size; ++i) out[i * size + i] = all[i].first->variance[all[i].second];
  return out;
}

}  // namespace assay::survey
