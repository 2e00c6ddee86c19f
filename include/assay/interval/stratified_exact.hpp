#pragma once
/// \file
/// Limits of a share from a stratified sample that hold at every configuration of the strata, also for a few events.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/interval/clopper_pearson.hpp>
#include <assay/interval/hypergeometric.hpp>

namespace assay {

/// What one stratum's sample found: events among sampled cases.
struct StratumCount {
  Trials trials;
  double weight{1.0};                        ///< its part of the whole, up to a common factor
  std::optional<std::int64_t> population{};  ///< cases in the stratum; nothing: very many
};

namespace detail {

/// One stratum as the bound sees it: p is its share of events, within what the sample leaves possible.
struct BoundedStratum {
  double n{0.0};       ///< sampled
  double rest{0.0};    ///< not sampled; infinity: very many
  double weight{0.0};  ///< of all weights together 1
  double least{0.0};   ///< p, given what was seen
  double most{1.0};
  double step{0.0};  ///< weight / n: what one event adds to the estimate

  [[nodiscard]] double population() const noexcept { return n + rest; }
  [[nodiscard]] bool by_rest() const noexcept { return rest < n; }

  /// Logarithm of an upper bound of E exp(-lambda step X), concave in p. X is drawn without replacement, so binomial
  /// sampling bounds it (Hoeffding 1963, theorem 4); likewise the events that were not drawn, where those are fewer.
  [[nodiscard]] double log_moment(double p, double lambda) const noexcept {
    const double c = -std::expm1(-lambda * step);
    if (!by_rest()) return n * std::log1p(-p * c);
    const double drift = lambda * step * (rest - population() * p);
    return rest == 0.0 ? drift : drift + rest * std::log1p(-c * (1.0 - p));
  }
  /// The p where the bound falls `price` times as fast as the whole's share rises.
  [[nodiscard]] double at_price(double price, double lambda) const noexcept {
    const double c = -std::expm1(-lambda * step);
    double p = 1.0;
    if (!by_rest()) {
      p = 1.0 / c - n / (price * weight);
    } else {
      const double slope = lambda * step * population() - price * weight;
      if (slope > 0.0) p = 1.0 - 1.0 / c + rest / slope;
    }
    return std::clamp(p, least, most);
  }
};

/// The greatest share of the whole for which exp(lambda t) E exp(-lambda T) is not below exp(log_tail), t observed.
[[nodiscard]] inline double share_not_refuted(std::span<const BoundedStratum> strata, double t, double lambda,
                                              double log_tail) {
  const auto kept = [&](double log_price) {
    double sum = lambda * t;
    for (const BoundedStratum& h : strata) sum += h.log_moment(h.at_price(std::exp(log_price), lambda), lambda);
    return sum >= log_tail;
  };
  const auto share = [&](double log_price) {
    double sum = 0.0;
    for (const BoundedStratum& h : strata) sum += h.weight * h.at_price(std::exp(log_price), lambda);
    return sum;
  };
  double low = -80.0, high = 80.0;
  if (kept(high)) return share(high);
  for (int step = 0; step < 64; ++step) {
    const double middle = 0.5 * (low + high);
    (kept(middle) ? low : high) = middle;
  }
  return share(high);  // the refuted end: on the safe side
}

/// Chernoff's bound of P(T <= t), maximised over everything that the strata could be, inverted: the least of what each
/// lambda leaves. Every lambda is valid, so the search need not be perfect; it is quasi-convex in lambda.
[[nodiscard]] inline double chernoff_upper(std::span<const BoundedStratum> strata, double t, double tail) {
  double smallest = std::numeric_limits<double>::infinity(), largest = 0.0;
  for (const BoundedStratum& h : strata) {
    smallest = std::min(smallest, h.step);
    largest = std::max(largest, h.step);
  }
  const double log_tail = std::log(tail);
  const auto at = [&](double s) { return share_not_refuted(strata, t, std::exp(s), log_tail); };
  // A coarse look first: too small and too large a lambda refute nothing, so both ends are flat.
  const double first = std::log(1e-3 / largest), last = std::log(60.0 / smallest), stride = 0.5;
  double best = at(last), place = last;
  for (double s = first; s < last; s += stride)
    if (const double here = at(s); here < best) best = here, place = s;
  constexpr double golden = 0.61803398874989484820;
  double low = place - stride, high = place + stride;
  double left = high - golden * (high - low), right = low + golden * (high - low);
  double at_left = at(left), at_right = at(right);
  for (int step = 0; step < 20; ++step) {
    best = std::min({best, at_left, at_right});
    if (at_left <= at_right) {
      high = right, right = left, at_right = at_left;
      left = high - golden * (high - low), at_left = at(left);
    } else {
      low = left, left = right, at_left = at_right;
      right = low + golden * (high - low), at_right = at(right);
    }
  }
  return best;
}

/// Upper limit where each event adds the same to the estimate, sampled from very many: Clopper and Pearson's on the
/// sums, where Hoeffding (1956) proves that equal shares are the worst case; nothing elsewhere.
[[nodiscard]] inline std::optional<double> pooled_upper(std::span<const BoundedStratum> strata, double events,
                                                        double tail) {
  double n = 0.0;
  for (const BoundedStratum& h : strata) {
    if (std::abs(h.step - strata.front().step) > 1e-12 * h.step) return std::nullopt;
    n += h.n;
  }
  if (events == n) return 1.0;
  const double upper = exact_upper(events, n, tail);
  return events <= n * upper - 1.0 ? std::optional<double>{upper} : std::nullopt;
}

/// The upper limit of the whole's share at one tail; the lower limit is this one of the other outcome.
[[nodiscard]] inline double stratified_upper(std::span<const StratumCount> counts, bool events, double tail) {
  std::vector<BoundedStratum> strata;
  double all = 0.0, unseen = 0.0, t = 0.0, sum = 0.0;
  for (const StratumCount& each : counts) all += each.weight;
  for (const StratumCount& each : counts) {
    const double n = static_cast<double>(each.trials.trials()), weight = each.weight / all;
    if (weight == 0.0) continue;
    if (n == 0.0) {
      unseen += weight;
      continue;
    }
    const double x = static_cast<double>(events ? each.trials.successes() : each.trials.failures());
    BoundedStratum h{n, std::numeric_limits<double>::infinity(), weight, 0.0, 1.0, weight / n};
    if (each.population) {
      h.rest = static_cast<double>(*each.population) - n;
      h.least = x / h.population();
      h.most = (x + h.rest) / h.population();
    }
    t += h.step * x;
    sum += x;
    strata.push_back(h);
  }
  if (strata.empty()) return 1.0;
  double best = chernoff_upper(strata, t, tail);
  if (const auto pooled = pooled_upper(strata, sum, tail)) best = std::min(best, *pooled * (1.0 - unseen));
  // Markov's bound of the other outcome's share: P(1 - T >= 1 - t) <= E(1 - T) / (1 - t).
  best = std::min(best, (1.0 - unseen) - tail * (1.0 - unseen - t));
  return std::min(1.0, std::max(t, best) + unseen);
}

}  // namespace detail

/// Limits of the weighted mean of the strata's shares of events, each limit wrong in at most half of 1 - level of all
/// samples whatever the strata hold: P(T <= t) of the estimate T is bounded, the bound is maximised over all
/// configurations with the same mean, and what it does not refute is kept.
///
/// One stratum has the exact limits (Clopper-Pearson, or hypergeometric for a finite one). Several strata that are
/// sampled at one rate have Clopper and Pearson's on the sums, which Hoeffding proved for unequal shares. Otherwise the
/// bound is Chernoff's: without an event it is exact, with more it errs towards wide limits (by about a tenth to a
/// third at a handful of events). It never understates.
///
/// Assumes: simple random sampling within strata. A stratum without a sample may hold anything.
/// Use when: events are few and a claim must hold in every stratum's worst case. Takes some 0.1 ms a stratum.
/// Not for: short everyday limits (wilson of a DesignedShare); clusters; unequal weights within a stratum.
/// No data: [0, 1].
///
/// \throws InputError without strata, for weights that are negative, not finite or all 0, and for a population below
/// its sample.
///
/// Reference: Hoeffding (1956), Annals of Mathematical Statistics 27(3):713-721; Hoeffding (1963), JASA 58(301):13-30;
/// Buehler (1957), JASA 52(280):482-493
[[nodiscard]] inline Interval stratified_exact(std::span<const StratumCount> strata, Confidence c) {
  double all = 0.0;
  std::size_t weighty = 0;
  const StratumCount* only = nullptr;
  for (const StratumCount& each : strata) {
    if (!(each.weight >= 0.0 && std::isfinite(each.weight)))
      throw InputError("finite weights of 0 or more", to_text(each.weight));
    if (each.population && *each.population < each.trials.trials())
      throw InputError("a population of at least the " + to_text(each.trials.trials()) + " trials",
                       to_text(*each.population));
    all += each.weight;
    if (each.weight == 0.0) continue;
    ++weighty;
    only = &each;
  }
  if (!(all > 0.0 && std::isfinite(all))) throw InputError("a stratum with a weight above 0", "none");
  if (weighty == 1) {
    if (!only->population) return clopper_pearson(only->trials, c);
    return hypergeometric(only->trials, *only->population, c).shares_of(*only->population);
  }
  const double tail = 0.5 * c.alpha();
  const double upper = detail::stratified_upper(strata, true, tail);
  return {std::min(upper, std::max(0.0, 1.0 - detail::stratified_upper(strata, false, tail))), upper};
}

}  // namespace assay
