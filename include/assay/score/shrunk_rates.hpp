#pragma once
/// \file
/// Rates of many small units, each drawn towards what all have in common by as much as its own audits leave open.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/numeric/special.hpp>
#include <assay/score/beta_binomial.hpp>

namespace assay {

/// The rate of one unit, three ways: its own audits alone; drawn to the common mean as if the model were known; and
/// with what the model itself leaves open.
struct ShrunkRate {
  double raw{0.0};      ///< successes / trials; NaN-free: the common mean where there are no trials
  double plug_in{0.0};  ///< posterior mean under the fitted model
  Interval plug_in_limits{};
  double estimate{0.0};   ///< posterior mean over all models that the units allow
  Interval limits{};      ///< to be reported: too short by nothing that is known
  double shrinkage{0.0};  ///< weight on the common mean: 0 its own audits alone, 1 the common mean alone
};

namespace detail {

/// Rates of people scatter with heavier tails than the models say: a few are much worse than all others. Variances are
/// taken so much larger that limits are as far out as those of Student's t of 20 degrees of freedom, not the normal's
/// (1.13 at 95 %, 1.22 at 99 %); without it 95 % limits held the true rates of three crowds of real people in 94.0 to
/// 94.4 %.
[[nodiscard]] inline double heavier_tails(Confidence c) {
  const double ratio = student_t_quantile(0.5 * c.alpha(), 20.0) / normal_quantile(0.5 * c.alpha());
  return ratio * ratio;
}

struct ModelNode {
  double mean{0.0};
  double spread{0.0};
  double weight{0.0};
};

/// Models and how far the units support each: a grid over the shrinkage of a typical unit (the spread uniform
/// beforehand) and, for each, over the logit of the mean.
[[nodiscard]] inline std::vector<ModelNode> supported_models(std::span<const Trials> units) {
  constexpr std::size_t shrinkages = 32;
  constexpr int steps = 20;
  double inverse = 0.0;
  double right = 0.5;
  double all = 1.0;
  double known = 0.0;
  for (const Trials& unit : units) {
    if (unit.trials() == 0) continue;
    inverse += 1.0 / static_cast<double>(unit.trials());
    known += 1.0;
    right += static_cast<double>(unit.successes());
    all += static_cast<double>(unit.trials());
  }
  const double typical = known / inverse;  // harmonic mean of the sizes
  const RatesLikelihood likelihood{units};
  std::vector<ModelNode> nodes;
  std::vector<double> logs;
  for (std::size_t i = 0; i < shrinkages; ++i) {
    const double shrinkage = (static_cast<double>(i) + 0.5) / static_cast<double>(shrinkages);
    const double spread = (1.0 - shrinkage) / (shrinkage * typical);
    // Effective number of trials about the mean, for the width of the grid.
    double information = 0.0;
    for (const Trials& unit : units)
      information += static_cast<double>(unit.trials()) / (1.0 + static_cast<double>(unit.trials()) * spread);
    const double centre = std::log(right / (all - right));
    const double share = right / all;
    const double width = 1.0 / std::sqrt(std::fmax(information * share * (1.0 - share), 0.25));
    for (int k = -steps; k <= steps; ++k) {
      const double mean = 1.0 / (1.0 + std::exp(-(centre + 6.0 * width * k / steps)));
      nodes.push_back({mean, spread, 0.0});
      // Jeffreys' prior of the mean, times the change of variable to its logit, times the steps of the grid; a step
      // in the shrinkage is 1 / shrinkage^2 as much in the spread.
      logs.push_back(likelihood.value(mean, spread) + 0.5 * std::log(mean * (1.0 - mean)) + std::log(width) -
                     2.0 * std::log(shrinkage));
    }
  }
  const double top = *std::max_element(logs.begin(), logs.end());
  double sum = 0.0;
  for (std::size_t i = 0; i < nodes.size(); ++i) sum += nodes[i].weight = std::exp(logs[i] - top);
  for (ModelNode& node : nodes) node.weight /= sum;
  std::erase_if(nodes, [](const ModelNode& node) { return node.weight < 1e-12; });
  return nodes;
}

}  // namespace detail

/// Rates of units that borrow strength from one another.
///
/// Assumes: as fit_rates. Units are interchangeable beforehand: nothing but their audits tells them apart.
/// Use when: a list of small units is ranked, coloured or acted upon; raw rates put the smallest at both ends.
/// Not for: a unit that must be judged by its own audits alone (a contract), or a stratified or weighted sample whose
/// rates are not plain counts (fay_herriot).
/// No data: a unit without trials gets the common mean, with limits as wide as units differ.
///
/// `limits` are those of a beta distribution with the mean and variance of the unit's rate over all supported models,
/// under a uniform prior of the spread; `plug_in_limits` take the fitted model for true and are shorter. A prior
/// uniform in the shrinkage instead takes units for more alike than they are: limits then cover 91 to 93 % where ten
/// units differ much.
///
/// \throws InputError when no unit has a trial.
///
/// Reference: Christiansen & Morris (1997), JASA 92:618-632; Morris (1983), JASA 78:47-55 (the prior).
[[nodiscard]] inline std::vector<ShrunkRate> shrunk_rates(std::span<const Trials> units, Confidence c) {
  const RatesModel model = fit_rates(units);
  const std::vector<detail::ModelNode> nodes = detail::supported_models(units);
  const double tail = 0.5 * c.alpha();
  const double wider = detail::heavier_tails(c);
  const auto limits = [tail](double a, double b) {
    return Interval{beta_quantile(a, b, tail), beta_quantile_complement(a, b, tail)};
  };
  std::vector<ShrunkRate> out;
  out.reserve(units.size());
  for (const Trials& unit : units) {
    const auto n = static_cast<double>(unit.trials());
    const auto x = static_cast<double>(unit.successes());
    ShrunkRate rate;
    double first = 0.0;
    double second = 0.0;
    for (const detail::ModelNode& node : nodes) {
      const double precision = 1.0 / node.spread;
      const double mean = (node.mean * precision + x) / (precision + n);
      first += node.weight * mean;
      second += node.weight * (mean * mean + mean * (1.0 - mean) / (precision + n + 1.0));
      rate.shrinkage += node.weight * precision / (precision + n);
    }
    rate.raw = n > 0.0 ? x / n : model.mean;
    rate.estimate = first;
    const double variance = std::fmin(wider * (second - first * first), 0.999 * first * (1.0 - first));
    const double size = first * (1.0 - first) / variance - 1.0;
    rate.limits = limits(first * size, (1.0 - first) * size);
    // Audits that found no error, or nothing else, cannot exclude that there is none, or nothing else.
    if (n > 0.0 && x == 0.0) rate.limits.lower = 0.0;
    if (n > 0.0 && x == n) rate.limits.upper = 1.0;
    if (model.spread > 0.0) {
      const double precision = 1.0 / model.spread;
      rate.plug_in = (model.mean * precision + x) / (precision + n);
      rate.plug_in_limits = limits(model.alpha() + x, model.beta() + n - x);
    } else {
      rate.plug_in = model.mean;
      rate.plug_in_limits = {model.mean, model.mean};
    }
    out.push_back(rate);
  }
  return out;
}

}  // namespace assay
