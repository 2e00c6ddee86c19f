#pragma once
/// \file
/// The one kernel behind every standard error: the variance of sums of linearised scores, for all domains at once.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include <assay/survey/design.hpp>
#include <assay/survey/domains.hpp>

namespace assay::survey {

namespace detail {

/// Moments of one cell, the second one taken about the mean so that nothing cancels.
struct CellMoments {
  double mean{0.0};
  double squares{0.0};  ///< sum of (value - mean)^2
};

/// Calls use(cell, value) for each unit's score that falls into a cell of groups.
template <class Use>
void each_item(const StageCells& cells, std::span<const double> scores, const std::vector<double>& unit_sums,
               const Use& use) {
  const std::vector<Code>& of = cells.groups.cell_of_item;
  if (cells.by_unit) {
    for (std::size_t item = 0; item < of.size(); ++item)
      if (of[item] != no_code) use(of[item], unit_sums[item]);
  } else {
    for (std::size_t row = 0; row < of.size(); ++row)
      if (of[row] != no_code) use(of[row], scores[row]);
  }
}

inline std::vector<double> sums_by_unit(const StageCells& cells, std::span<const double> scores) {
  std::vector<double> sums(cells.by_unit ? cells.units.cells : 0, 0.0);
  if (cells.by_unit)
    for (std::size_t row = 0; row < scores.size(); ++row)
      if (const Code cell = cells.units.cell_of_item[row]; cell != no_code) sums[cell] += scores[row];
  return sums;
}

/// What lonely groups add, by domain, and by how much the others are to be raised.
struct LonelyPart {
  std::vector<double> mean{};        ///< adjust: the mean score of all units of the stage
  std::vector<double> not_met{};     ///< adjust: the factors of lonely groups without a unit in the domain
  std::vector<std::int64_t> met{};   ///< average: groups with a unit in the domain
  std::vector<std::int64_t> lone{};  ///< average: of them lonely
};

/// Adds one stage's part to the variances of all domains.
inline void add_stage(const StageCells& cells, Lonely rule, std::span<const double> scores,
                      std::vector<double>& variances) {
  const std::vector<double> unit_sums = sums_by_unit(cells, scores);
  const std::size_t count = cells.groups.cells;
  std::vector<CellMoments> moments(count);
  each_item(cells, scores, unit_sums, [&](Code cell, double value) { moments[cell].mean += value; });
  for (std::size_t cell = 0; cell < count; ++cell)
    if (cells.members[cell] > 0) moments[cell].mean /= static_cast<double>(cells.members[cell]);
  each_item(cells, scores, unit_sums, [&](Code cell, double value) {
    const double off = value - moments[cell].mean;
    moments[cell].squares += off * off;
  });

  const std::vector<Group>& groups = cells.stage->groups;
  const std::size_t domains = variances.size();
  std::vector<double> part(domains, 0.0);
  LonelyPart lonely;
  bool any = false;
  for (const Group& group : groups) any = any || group.lonely();
  if (any && rule == Lonely::adjust) {
    lonely.mean.assign(domains, 0.0);
    double factors = 0.0;
    for (const Group& group : groups) factors += group.lonely() ? group.scale : 0.0;
    lonely.not_met.assign(domains, factors);
    for (std::size_t cell = 0; cell < count; ++cell) {
      const auto m = static_cast<double>(cells.members[cell]);
      if (m > 0) lonely.mean[cells.groups.second(cell)] += m * moments[cell].mean;
    }
    for (double& mean : lonely.mean) mean /= static_cast<double>(cells.stage->units());
  }
  if (any && rule == Lonely::average) {
    lonely.met.assign(domains, 0);
    lonely.lone.assign(domains, 0);
  }
  for (std::size_t cell = 0; cell < count; ++cell) {
    if (cells.members[cell] == 0) continue;
    const Group& group = groups[cells.groups.first(cell)];
    const Code domain = cells.groups.second(cell);
    const bool lone = group.lonely();
    if (!lonely.met.empty()) {
      ++lonely.met[domain];
      lonely.lone[domain] += lone ? 1 : 0;
    }
    if (group.scale == 0.0) continue;
    const auto m = static_cast<double>(cells.members[cell]);
    const double sum = m * moments[cell].mean;
    if (lone) {
      if (lonely.mean.empty()) continue;
      const double off = sum - lonely.mean[domain];
      part[domain] += group.scale * off * off;
      lonely.not_met[domain] -= group.scale;
      continue;
    }
    // The squared distances of all units from their mean, those outside of the domain counting 0.
    const auto n = static_cast<double>(group.sampled);
    part[domain] += group.scale * (moments[cell].squares + sum * sum * ((n - m) / (n * m)));
  }
  for (std::size_t domain = 0; domain < domains; ++domain) {
    if (!lonely.mean.empty())
      part[domain] += std::max(lonely.not_met[domain], 0.0) * lonely.mean[domain] * lonely.mean[domain];
    if (!lonely.met.empty() && lonely.lone[domain] > 0) {
      const auto whole = static_cast<double>(lonely.met[domain]);
      const auto known = static_cast<double>(lonely.met[domain] - lonely.lone[domain]);
      part[domain] = known > 0.0 ? part[domain] * whole / known : std::numeric_limits<double>::quiet_NaN();
    }
    variances[domain] += part[domain];
  }
}

}  // namespace detail

/// The scores of one domain, 0 outside of it, with what known totals explain taken out: first what the last adjustment
/// explains, since it was made of the weights that the earlier ones had left (the chain rule, from outside in).
[[nodiscard]] inline std::vector<double> residuals(const Design& design, const Domains& domains, Code domain,
                                                   std::span<const double> scores) {
  std::vector<double> out(scores.size(), 0.0);
  for (std::size_t row = 0; row < scores.size(); ++row)
    if (domains.at(row) == domain) out[row] = scores[row];
  const auto adjustments = design.adjustments();
  for (auto each = adjustments.rbegin(); each != adjustments.rend(); ++each) (*each)->take_out(out);
  return out;
}

namespace detail {

/// The variance of the sum of scores, known totals taken out of them over all rows.
inline double walked_variance(const Design& design, const DomainCells& everything, std::span<const double> scores) {
  std::vector<double> one(1, 0.0);
  for (const StageCells& stage : everything.stages()) add_stage(stage, design.lonely(), scores, one);
  return one.front();
}

/// Scores as the prepared form of known columns sees them: the effects of the columns, and the products with them.
struct SeenScores {
  std::vector<double> effects{};
  ExplainedProducts products{};
};

/// The domains' rows, in the order of the table and in that of each stage.
struct FormRows {
  std::vector<Code> all{};
  std::vector<RowsOfDomains> parts{};  ///< first in the order of the table

  FormRows(const ExplainedForm& form, const Domains& domains, std::size_t rows) : all(rows) {
    std::iota(all.begin(), all.end(), Code{0});
    parts.emplace_back(domains, all);
    for (std::size_t stage = 0; stage < form.stages(); ++stage) parts.emplace_back(domains, form.order(stage));
  }
};

inline SeenScores seen(const ExplainedForm& form, const FormRows& rows, std::size_t domain,
                       std::span<const double> scores) {
  SeenScores out;
  std::vector<double> sums(form.columns(), 0.0);
  for (const Code row : rows.parts.front().of(domain)) form.chain().add(row, scores[row], sums);
  out.effects = form.chain().effects(sums);
  out.products = {std::vector<double>(form.columns(), 0.0), std::vector<double>(form.columns(), 0.0)};
  for (std::size_t stage = 0; stage < form.stages(); ++stage)
    form.add_products(stage, rows.parts[stage + 1].of(domain), scores, out.products);
  return out;
}

/// A difference is trusted while it is a thousandth of what was added up for it: twelve digits or so are left.
/// Where totals explain more than that, rows are walked.
inline bool trusted(double value, double size) { return value >= 1e-3 * size; }

/// Variances of residuals without making them: see ExplainedForm.
inline std::vector<double> formed_variances(const Design& design, const DomainCells& cells,
                                            std::span<const double> scores) {
  const ExplainedForm& form = *cells.form();
  const bool average = design.lonely() == Lonely::average;
  std::vector<double> out(cells.domains().count, 0.0);
  for (const StageCells& stage : cells.stages()) {
    std::vector<double> part(out.size(), 0.0);
    add_stage(stage, average ? Lonely::certainty : design.lonely(), scores, part);
    const double raise = average ? stage.stage->average_raise() : 1.0;
    for (std::size_t domain = 0; domain < out.size(); ++domain) out[domain] += raise * part[domain];
  }
  const FormRows rows{form, cells.domains(), scores.size()};
  std::optional<DomainCells> everything;
  for (std::size_t domain = 0; domain < out.size(); ++domain) {
    if (std::isnan(out[domain])) continue;
    const SeenScores own = seen(form, rows, domain, scores);
    const ExplainedForm::Change change = form.change(own.effects, own.products);
    const double size = out[domain] + change.size;
    out[domain] += change.value;
    if (trusted(out[domain], size)) continue;
    if (!everything) everything.emplace(design, std::make_shared<const Domains>());
    out[domain] =
        walked_variance(design, *everything, residuals(design, cells.domains(), static_cast<Code>(domain), scores));
  }
  return out;
}

}  // namespace detail

/// By domain, the variance of the sum of the scores of its rows.
///
/// At each stage the units of a group differ by chance; a group adds (1 - f) n / (n - 1) times the squared distances
/// of its n units from their mean, times the sampled fractions of all stages before. Units without a row in the
/// domain count as 0, because they belong to the sample all the same. All domains together cost a walk over the rows,
/// plus the cells of groups and domains that are met. Where weights were adjusted, they cost the squares of the known
/// columns besides; a domain whose scores known totals explain all but wholly costs a walk over all rows.
///
/// NaN stands where the rule for lonely units leaves no answer (Lonely::average where every group is lonely).
///
/// Reference: Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, sections 4.3 and 5.5
[[nodiscard]] inline std::vector<double> variances(const Design& design, const DomainCells& cells,
                                                   std::span<const double> scores) {
  std::vector<double> out(cells.domains().count, 0.0);
  const VarianceMethod* method = design.variance_method();
  if (design.adjustments().empty() && method == nullptr) {
    for (const StageCells& stage : cells.stages()) detail::add_stage(stage, design.lonely(), scores, out);
    return out;
  }
  if (cells.form() != nullptr) return detail::formed_variances(design, cells, scores);
  const DomainCells everything{design, std::make_shared<const Domains>()};
  for (std::size_t domain = 0; domain < out.size(); ++domain) {
    const std::vector<double> own = residuals(design, cells.domains(), static_cast<Code>(domain), scores);
    out[domain] = method != nullptr ? method->covariance(design, own, 1).front()
                                    : detail::walked_variance(design, everything, own);
  }
  return out;
}

}  // namespace assay::survey
