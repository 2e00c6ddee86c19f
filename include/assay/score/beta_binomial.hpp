#pragma once
/// \file
/// How much the true rates of many units differ, when each is known from a handful of audits: the beta-binomial model.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>

namespace assay {

/// The common mean of the rates and how much they differ: rates are Beta(mean / spread, (1 - mean) / spread).
/// spread 0 says that all units have one rate; the intraclass correlation is spread / (1 + spread).
struct RatesModel {
  double mean{0.0};
  double spread{0.0};
  double log_likelihood{0.0};  ///< without binomial coefficients
  bool at_boundary{false};     ///< units differ no more than chance makes them: spread is 0

  [[nodiscard]] double alpha() const noexcept { return mean / spread; }
  [[nodiscard]] double beta() const noexcept { return (1.0 - mean) / spread; }
  [[nodiscard]] double correlation() const noexcept { return spread / (1.0 + spread); }
};

namespace detail {

/// The likelihood needs only how many units have more than j successes, failures and trials. Written in the spread,
/// not in alpha and beta, it loses no digits as the units grow alike.
class RatesLikelihood {
 public:
  explicit RatesLikelihood(std::span<const Trials> units) {
    for (const Trials& unit : units) {
      count(successes_, unit.successes());
      count(failures_, unit.failures());
      count(trials_, unit.trials());
    }
    for (auto* tail : {&successes_, &failures_, &trials_})
      for (std::size_t j = tail->size(); j-- > 1;) (*tail)[j - 1] += (*tail)[j];
  }

  struct Slopes {
    double value{0.0};
    double mean{0.0};
    double spread{0.0};
    double mean_mean{0.0};
    double mean_spread{0.0};
    double spread_spread{0.0};
  };

  [[nodiscard]] double value(double mean, double spread) const {
    const auto part = [spread](const std::vector<double>& tail, double base) {
      double sum = 0.0;
      for (std::size_t j = 0; j < tail.size(); ++j) sum += tail[j] * std::log(base + static_cast<double>(j) * spread);
      return sum;
    };
    return part(successes_, mean) + part(failures_, 1.0 - mean) - part(trials_, 1.0);
  }

  [[nodiscard]] Slopes slopes(double mean, double spread) const {
    Slopes out;
    out.value = value(mean, spread);
    const auto part = [&](const std::vector<double>& tail, double base, double sign_mean, double sign) {
      for (std::size_t at = 0; at < tail.size(); ++at) {
        const auto j = static_cast<double>(at);
        const double inverse = 1.0 / (base + j * spread);
        const double weight = sign * tail[at];
        out.mean += weight * sign_mean * inverse;
        out.spread += weight * j * inverse;
        out.mean_mean -= weight * sign_mean * sign_mean * inverse * inverse;
        out.mean_spread -= weight * sign_mean * j * inverse * inverse;
        out.spread_spread -= weight * j * j * inverse * inverse;
      }
    };
    part(successes_, mean, 1.0, 1.0);
    part(failures_, 1.0 - mean, -1.0, 1.0);
    part(trials_, 1.0, 0.0, -1.0);
    return out;
  }

 private:
  static void count(std::vector<double>& tail, std::int64_t most) {
    if (most <= 0) return;
    const auto size = static_cast<std::size_t>(most);
    if (tail.size() < size) tail.resize(size, 0.0);
    tail[size - 1] += 1.0;
  }

  std::vector<double> successes_{};
  std::vector<double> failures_{};
  std::vector<double> trials_{};
};

}  // namespace detail

/// Maximum-likelihood fit of the beta-binomial model.
///
/// Assumes: units are alike but for their rates; audits within a unit are independent.
/// Use when: many reviewers, queues or sites are to be compared and each has few audits; `shrunk_rates` goes on from
/// here.
/// Not for: fewer than three units, or units known to be of two kinds (fit each kind).
/// No data: units without trials say nothing and change nothing. If no unit has both a success and a failure among the
/// whole, the mean is 0 or 1 and the spread 0.
///
/// \throws InputError when no unit has a trial.
///
/// Reference: Griffiths (1973), Biometrics 29(4):637-648; Tarone (1979), Biometrika 66(3):585-590 (the boundary).
[[nodiscard]] inline RatesModel fit_rates(std::span<const Trials> units) {
  double all = 0.0;
  double right = 0.0;
  for (const Trials& unit : units) {
    all += static_cast<double>(unit.trials());
    right += static_cast<double>(unit.successes());
  }
  if (!(all > 0.0)) throw InputError("at least one unit with a trial", "none");
  RatesModel model{.mean = right / all, .at_boundary = true};
  if (right == 0.0 || right == all) return model;
  const detail::RatesLikelihood likelihood{units};
  model.log_likelihood = likelihood.value(model.mean, 0.0);
  if (likelihood.slopes(model.mean, 0.0).spread <= 0.0) return model;

  // Newton in logit(mean) and log(spread), downhill steps halved; gradient steps where the curvature is no use.
  double logit = std::log(model.mean / (1.0 - model.mean));
  double log_spread = std::log(0.01);
  auto best = likelihood.slopes(model.mean, std::exp(log_spread));
  for (int step = 0; step < 500; ++step) {
    const double mean = 1.0 / (1.0 + std::exp(-logit));
    const double spread = std::exp(log_spread);
    const double dm = mean * (1.0 - mean);
    const double g0 = best.mean * dm;
    const double g1 = best.spread * spread;
    const double h00 = best.mean_mean * dm * dm + best.mean * dm * (1.0 - 2.0 * mean);
    const double h01 = best.mean_spread * dm * spread;
    const double h11 = best.spread_spread * spread * spread + best.spread * spread;
    const double det = h00 * h11 - h01 * h01;
    double s0 = g0;
    double s1 = g1;
    if (h00 < 0.0 && det > 0.0) {
      s0 = (-h11 * g0 + h01 * g1) / det;
      s1 = (h01 * g0 - h00 * g1) / det;
    }
    const double size = std::hypot(s0, s1);
    if (size > 2.0) {
      s0 *= 2.0 / size;
      s1 *= 2.0 / size;
    }
    bool moved = false;
    for (int half = 0; half < 60; ++half, s0 *= 0.5, s1 *= 0.5) {
      const auto next = likelihood.slopes(1.0 / (1.0 + std::exp(-(logit + s0))), std::exp(log_spread + s1));
      if (!(next.value >= best.value)) continue;
      moved = next.value > best.value;
      logit += s0;
      log_spread += s1;
      best = next;
      break;
    }
    if (!moved || std::hypot(s0, s1) < 1e-13) break;
  }
  const double mean = 1.0 / (1.0 + std::exp(-logit));
  if (best.value < model.log_likelihood) return model;
  return {.mean = mean, .spread = std::exp(log_spread), .log_likelihood = best.value, .at_boundary = false};
}

/// Mean and spread without iteration: the mean of all trials, and the spread that explains how far units lie from it.
///
/// Assumes: as fit_rates, of which this is the quick relation.
/// Use when: a number to start from, or to check a fit by.
/// Not for: intervals; the likelihood knows more.
/// No data: fewer than two units with trials, or no spread beyond chance, leave the spread 0.
///
/// \throws InputError when no unit has a trial.
///
/// Reference: Kleinman (1973), JASA 68:46-54, weights proportional to the trials.
[[nodiscard]] inline RatesModel rates_by_moments(std::span<const Trials> units) {
  double all = 0.0;
  double right = 0.0;
  for (const Trials& unit : units) {
    all += static_cast<double>(unit.trials());
    right += static_cast<double>(unit.successes());
  }
  if (!(all > 0.0)) throw InputError("at least one unit with a trial", "none");
  RatesModel model{.mean = right / all, .at_boundary = true};
  double squares = 0.0;
  double free = 0.0;
  double weighted = 0.0;
  for (const Trials& unit : units) {
    const auto n = static_cast<double>(unit.trials());
    if (n == 0.0) continue;
    const double distance = static_cast<double>(unit.successes()) / n - model.mean;
    squares += n * distance * distance;
    free += 1.0 - n / all;
    weighted += n * (1.0 - n / all);
  }
  const double chance = model.mean * (1.0 - model.mean);
  if (!(chance > 0.0) || !(weighted > free)) return model;
  const double correlation = (squares - chance * free) / (chance * (weighted - free));
  if (correlation > 0.0 && correlation < 1.0) {
    model.spread = correlation / (1.0 - correlation);
    model.at_boundary = false;
  }
  return model;
}

}  // namespace assay
