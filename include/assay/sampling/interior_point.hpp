#pragma once
/// \file
/// The numbers behind multi-domain allocation: a primal-dual interior-point method for a problem whose Hessian is a
/// diagonal plus a matrix of low rank.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <assay/sampling/separable.hpp>

namespace assay::allocation::detail {

/// Sizes that meet every demand, prices, and how far the sizes can be from the best ones.
struct Certified {
  std::vector<double> n{};
  std::vector<double> price{};
  double cost{std::numeric_limits<double>::infinity()};
  double bound{0.0};

  [[nodiscard]] double gap() const noexcept { return (cost - bound) / cost; }
};

/// The walk. Unknown are y = log n, prices, slacks of the demands, and multipliers of the limits.
///
/// Reference: Wright (1997), Primal-Dual Interior-Point Methods, SIAM; Boyd & Vandenberghe (2004), Convex Optimization,
/// sections 4.5 and 11.7.
class InteriorPoint {
 public:
  explicit InteriorPoint(const Convex& problem)
      : problem_{problem}, strata_{problem.cost.size()}, demands_{problem.demands} {
    y_.resize(strata_), below_.resize(strata_), above_.resize(strata_), low_.assign(strata_, 1.0),
        high_.assign(strata_, 1.0);
    price_.assign(demands_, 1.0 / static_cast<double>(demands_)), slack_.resize(demands_);
    std::vector<double> n(strata_);
    for (std::size_t h = 0; h < strata_; ++h) {
      const double low = std::log(problem_.least[h]), high = std::log(problem_.most[h]);
      y_[h] = 0.5 * (low + high);
      below_[h] = above_[h] = 0.5 * (high - low);
      n[h] = std::exp(y_[h]);
    }
    scale_ = problem_.total(n);
    const auto load = problem_.loads(n);
    for (std::size_t j = 0; j < demands_; ++j) slack_[j] = std::max(0.1, 1.0 - load[j]);
    for (auto* each : {&low_, &high_}) std::fill(each->begin(), each->end(), 1.0 / static_cast<double>(strata_));
  }

  [[nodiscard]] Certified solve() {
    Certified best;
    best.price.assign(demands_, 0.0);
    for (int round = 0; round < 100; ++round) {
      certify(best);
      if (best.gap() < 1e-12 || !step()) break;
    }
    certify(best);
    return best;
  }

 private:
  struct Move {
    std::vector<double> y{}, price{}, slack{}, low{}, high{};
  };

  void certify(Certified& best) const {
    std::vector<double> money(demands_), n(strata_);
    for (std::size_t j = 0; j < demands_; ++j) money[j] = price_[j] * scale_;
    const double bound = problem_.bound(money);
    if (bound > best.bound) best.bound = bound, best.price = money;
    for (std::size_t h = 0; h < strata_; ++h) n[h] = std::clamp(std::exp(y_[h]), problem_.least[h], problem_.most[h]);
    for (auto& each : {problem_.mended(std::move(n)), problem_.mended(problem_.best(money))}) {
      const double cost = problem_.total(each);
      if (cost < best.cost) best.cost = cost, best.n = each;
    }
  }

  [[nodiscard]] double complementarity(const Move& move, double length) const {
    double sum = 0.0;
    for (std::size_t j = 0; j < demands_; ++j)
      sum += (price_[j] + length * move.price[j]) * (slack_[j] + length * move.slack[j]);
    for (std::size_t h = 0; h < strata_; ++h)
      sum += (low_[h] + length * move.low[h]) * (below_[h] + length * move.y[h]) +
             (high_[h] + length * move.high[h]) * (above_[h] - length * move.y[h]);
    return sum / static_cast<double>(demands_ + 2 * strata_);
  }

  /// How far one can go before something that must be positive is used up.
  [[nodiscard]] double room(const Move& move) const {
    double length = 1.0;
    const auto meet = [&](double value, double change) {
      if (change < 0.0) length = std::min(length, -value / change);
    };
    for (std::size_t j = 0; j < demands_; ++j) meet(price_[j], move.price[j]), meet(slack_[j], move.slack[j]);
    for (std::size_t h = 0; h < strata_; ++h) {
      meet(low_[h], move.low[h]), meet(high_[h], move.high[h]);
      meet(below_[h], move.y[h]), meet(above_[h], -move.y[h]);
    }
    return length;
  }

  /// Newton's direction towards complementarity `target`, second-order corrected by an earlier direction.
  [[nodiscard]] Move direction(const Cholesky& factor, const std::vector<double>& load, double target,
                               const Move* earlier) const {
    const auto wanted = [&](double value, double correction) { return target - value - correction; };
    std::vector<double> right(strata_), side(demands_);
    std::vector<double> low(strata_), high(strata_), slack(demands_);
    for (std::size_t h = 0; h < strata_; ++h) {
      const double dy = earlier == nullptr ? 0.0 : earlier->y[h];
      low[h] = wanted(low_[h] * below_[h], earlier == nullptr ? 0.0 : earlier->low[h] * dy) / below_[h];
      high[h] = wanted(high_[h] * above_[h], earlier == nullptr ? 0.0 : -earlier->high[h] * dy) / above_[h];
      right[h] = -gradient_[h] + low[h] - high[h];
    }
    for (std::size_t j = 0; j < demands_; ++j) {
      slack[j] =
          wanted(price_[j] * slack_[j], earlier == nullptr ? 0.0 : earlier->price[j] * earlier->slack[j]) / price_[j];
      side[j] = slack[j] + (load[j] - 1.0 + slack_[j]);
    }
    for (std::size_t h = 0; h < strata_; ++h)
      for (const auto& [j, pull] : pulls_[h]) side[j] -= pull * right[h] / curve_[h];
    Move move{.y = std::vector<double>(strata_),
              .price = factor.solve(std::move(side)),
              .slack = std::vector<double>(demands_),
              .low = std::move(low),
              .high = std::move(high)};
    for (std::size_t h = 0; h < strata_; ++h) {
      double sum = right[h];
      for (const auto& [j, pull] : pulls_[h]) sum += pull * move.price[j];
      move.y[h] = sum / curve_[h];
      move.low[h] -= low_[h] * move.y[h] / below_[h];
      move.high[h] += high_[h] * move.y[h] / above_[h];
    }
    for (std::size_t j = 0; j < demands_; ++j) move.slack[j] = slack[j] - slack_[j] / price_[j] * move.price[j];
    return move;
  }

  bool step() {
    pulls_ = problem_.terms;  // a / n
    gradient_.assign(strata_, 0.0), curve_.assign(strata_, 0.0);
    std::vector<double> load(demands_);
    for (std::size_t h = 0; h < strata_; ++h) {
      const double n = std::exp(y_[h]);
      double pull = 0.0;
      for (auto& [j, a] : pulls_[h]) {
        a /= n;
        load[j] += a;
        pull += price_[j] * a;
      }
      const double cost = problem_.cost[h] * n / scale_;
      gradient_[h] = cost - pull - low_[h] + high_[h];
      curve_[h] = cost + pull + low_[h] / below_[h] + high_[h] / above_[h];
    }
    std::vector<double> matrix(demands_ * demands_);
    for (std::size_t h = 0; h < strata_; ++h) add_square(matrix, pulls_[h], 1.0 / curve_[h]);
    for (std::size_t j = 0; j < demands_; ++j) matrix[j * demands_ + j] += slack_[j] / price_[j];
    const Cholesky factor{matrix, demands_};

    const double now = complementarity({.y = std::vector<double>(strata_),
                                        .price = std::vector<double>(demands_),
                                        .slack = std::vector<double>(demands_),
                                        .low = std::vector<double>(strata_),
                                        .high = std::vector<double>(strata_)},
                                       0.0);
    const Move affine = direction(factor, load, 0.0, nullptr);
    const double reached = complementarity(affine, room(affine)) / now;
    const Move move = direction(factor, load, now * std::clamp(reached * reached * reached, 1e-6, 0.5), &affine);
    const double length = std::min(1.0, 0.995 * room(move));
    if (!(length > 1e-12) || !std::isfinite(length)) return false;
    for (std::size_t h = 0; h < strata_; ++h) {
      y_[h] += length * move.y[h], below_[h] += length * move.y[h], above_[h] -= length * move.y[h];
      low_[h] += length * move.low[h], high_[h] += length * move.high[h];
    }
    for (std::size_t j = 0; j < demands_; ++j) {
      price_[j] += length * move.price[j], slack_[j] += length * move.slack[j];
    }
    return true;
  }

  /// Adds scale * v v^T, lower half, v given by its terms.
  void add_square(std::vector<double>& matrix, const std::vector<Term>& v, double scale) const {
    if (v.size() == demands_) {  // a whole vector: its terms lie side by side
      for (std::size_t i = 0; i < demands_; ++i) {
        const double by = scale * v[i].a;
        double* const row = &matrix[i * demands_];
        for (std::size_t k = 0; k <= i; ++k) row[k] += by * v[k].a;
      }
      return;
    }
    for (std::size_t i = 0; i < v.size(); ++i) {
      const double by = scale * v[i].a;
      double* const row = &matrix[v[i].demand * demands_];
      for (std::size_t k = 0; k <= i; ++k) row[v[k].demand] += by * v[k].a;
    }
  }

  const Convex& problem_;
  std::size_t strata_;
  std::size_t demands_;
  double scale_{1.0};
  std::vector<double> y_{}, below_{}, above_{}, price_{}, slack_{}, low_{}, high_{};
  std::vector<double> gradient_{}, curve_{};
  std::vector<std::vector<Term>> pulls_{};
};

}  // namespace assay::allocation::detail
