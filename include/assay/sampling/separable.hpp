#pragma once
/// \file
/// The problem behind multi-domain allocation, its dual bound, and the linear systems of its steps.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace assay::allocation::detail {

/// One a in the sum of a_jh / n_h <= 1.
struct Term {
  std::size_t demand;
  double a;
};

/// Minimise sum of cost_h n_h over n between least and most (0 < least < most), where for each demand j the sum of
/// a_jh / n_h is at most 1. Assumes that n = most leaves room in every demand.
struct Convex {
  std::vector<double> cost{};
  std::vector<double> least{};
  std::vector<double> most{};
  std::vector<std::vector<Term>> terms{};  ///< of each stratum, demands ascending
  std::size_t demands{0};

  [[nodiscard]] std::vector<double> loads(const std::vector<double>& n) const {
    std::vector<double> out(demands);
    for (std::size_t h = 0; h < n.size(); ++h)
      for (const auto& [j, a] : terms[h]) out[j] += a / n[h];
    return out;
  }

  [[nodiscard]] double total(const std::vector<double>& n) const {
    double sum = 0.0;
    for (std::size_t h = 0; h < n.size(); ++h) sum += cost[h] * n[h];
    return sum;
  }

  /// The sizes that are best when demand j may be missed at price_j a unit.
  [[nodiscard]] std::vector<double> best(const std::vector<double>& price) const {
    std::vector<double> n(cost.size());
    for (std::size_t h = 0; h < n.size(); ++h) {
      double pull = 0.0;
      for (const auto& [j, a] : terms[h]) pull += price[j] * a;
      n[h] = std::clamp(std::sqrt(pull / cost[h]), least[h], most[h]);
    }
    return n;
  }

  /// What no sizes that meet the demands can cost less than, whatever the prices are (weak duality).
  [[nodiscard]] double bound(const std::vector<double>& price) const {
    const auto n = best(price);
    const auto load = loads(n);
    double out = total(n);
    for (std::size_t j = 0; j < demands; ++j) out += price[j] * (load[j] - 1.0);
    return out;
  }

  /// Sizes raised, all by one factor, until every demand is met.
  [[nodiscard]] std::vector<double> mended(std::vector<double> n) const {
    for (int round = 0; round < 200; ++round) {
      const auto load = loads(n);
      const double over = load.empty() ? 0.0 : *std::max_element(load.begin(), load.end());
      if (over <= 1.0) return n;
      const double factor = over * (1.0 + 1e-15);
      for (std::size_t h = 0; h < n.size(); ++h) n[h] = std::min(most[h], factor * n[h]);
    }
    return most;
  }
};

/// A symmetric positive definite system, solved in place (Cholesky); the lower half of `matrix` is used and lost.
class Cholesky {
 public:
  Cholesky(std::vector<double>& matrix, std::size_t order) : m_{matrix}, order_{order} {
    for (std::size_t i = 0; i < order_; ++i) {
      double* const row = &m_[i * order_];
      for (std::size_t k = 0; k <= i; ++k) {
        const double* const other = &m_[k * order_];
        double parts[4] = {0.0, 0.0, 0.0, 0.0};  // so that the sums can be made side by side
        std::size_t at = 0;
        for (; at + 4 <= k; at += 4)
          for (std::size_t lane = 0; lane < 4; ++lane) parts[lane] += row[at + lane] * other[at + lane];
        for (; at < k; ++at) parts[0] += row[at] * other[at];
        const double rest = row[k] - ((parts[0] + parts[1]) + (parts[2] + parts[3]));
        if (k < i)
          row[k] = rest / other[k];
        else
          row[i] = std::sqrt(std::max(rest, 1e-300));
      }
    }
  }

  [[nodiscard]] std::vector<double> solve(std::vector<double> x) const {
    for (std::size_t i = 0; i < order_; ++i) {
      for (std::size_t k = 0; k < i; ++k) x[i] -= m_[i * order_ + k] * x[k];
      x[i] /= m_[i * order_ + i];
    }
    for (std::size_t i = order_; i-- > 0;) {
      x[i] /= m_[i * order_ + i];
      for (std::size_t k = 0; k < i; ++k) x[k] -= m_[i * order_ + k] * x[i];
    }
    return x;
  }

 private:
  std::vector<double>& m_;
  std::size_t order_;
};

}  // namespace assay::allocation::detail
