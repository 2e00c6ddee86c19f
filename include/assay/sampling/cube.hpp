#pragma once
/// \file
/// The cube method: samples whose estimates of known totals are right, or nearly so.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/random.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/inclusion.hpp>
#include <assay/sampling/systematic.hpp>

namespace assay::sampling {

/// What is known of every case, row by row: `columns` numbers a case.
struct Known {
  RealView values{};
  std::size_t columns{0};
};

namespace detail {

/// \throws InputError unless there is a row of finite numbers for each case.
inline void refuse_unless_known(Known known, std::size_t cases, const std::string& name) {
  if (known.values.size() != cases * known.columns)
    throw InputError("a row of " + name + " for each of " + std::to_string(cases) + " probabilities",
                     std::to_string(known.values.size()) + " numbers in " + std::to_string(known.columns) + " columns");
  for (std::size_t i = 0; i < known.values.size(); ++i)
    if (!std::isfinite(known.values[i]))
      throw InputError("finite numbers in " + name, to_text(known.values[i]),
                       {name + " " + std::to_string(i % known.columns), static_cast<std::int64_t>(i / known.columns)});
}

/// The walk inside the cube of chances, over a few open cases at a time.
class Flight {
 public:
  /// Rows of `x` are conditions, scaled to a largest value of 1; the first is 1 for every case (the size).
  Flight(std::vector<double> chance, const std::vector<double>& x, std::size_t conditions)
      : chance_{std::move(chance)}, x_{x}, rows_{conditions}, reduced_(conditions * (conditions + 1)) {}

  /// Flies through the cases in this order, then lands by letting the last condition go, and the last but one, ...
  const std::vector<double>& land(const std::vector<std::size_t>& order, Random& random) {
    std::size_t next = 0;
    for (std::size_t rows = rows_; rows > 0;) {
      while (open_.size() <= rows && next < order.size()) open_.push_back(order[next++]);
      if (!find_direction(rows)) {
        --rows;  // fewer open cases than conditions, and no direction keeps them all
        continue;
      }
      step(random);
    }
    return chance_;
  }

 private:
  /// A direction that keeps the first `rows` conditions: Gauss-Jordan until a column depends on those before it.
  bool find_direction(std::size_t rows) {
    const std::size_t columns = open_.size();
    direction_.assign(columns, 0.0);
    for (std::size_t c = 0; c < columns; ++c)
      for (std::size_t r = 0; r < rows; ++r) reduced_[r * columns + c] = x_[open_[c] * rows_ + r];
    for (std::size_t c = 0; c < columns; ++c) {
      std::size_t pivot = c;
      for (std::size_t r = c; r < rows; ++r)
        if (std::abs(reduced_[r * columns + c]) > std::abs(reduced_[pivot * columns + c])) pivot = r;
      if (c >= rows || std::abs(reduced_[pivot * columns + c]) < 1e-11) {
        direction_[c] = 1.0;
        for (std::size_t r = 0; r < c; ++r) direction_[r] = -reduced_[r * columns + c];
        return true;
      }
      double* const own = &reduced_[c * columns];
      if (pivot != c) std::swap_ranges(own, own + columns, &reduced_[pivot * columns]);
      const double scale = 1.0 / own[c];
      for (std::size_t k = c; k < columns; ++k) own[k] *= scale;
      for (std::size_t r = 0; r < rows; ++r) {
        double* const row = &reduced_[r * columns];
        const double factor = row[c];
        if (r == c || factor == 0.0) continue;
        for (std::size_t k = c; k < columns; ++k) row[k] -= factor * own[k];
      }
    }
    return false;
  }

  /// Moves to the wall ahead or to the wall behind, so that every chance keeps its expectation.
  void step(Random& random) {
    double ahead = 0.0, behind = 0.0;
    std::size_t hit_ahead = 0, hit_behind = 0;
    bool first = true;
    for (std::size_t c = 0; c < open_.size(); ++c) {
      const double v = direction_[c];
      if (v == 0.0) continue;
      const double p = chance_[open_[c]];
      const double forward = v > 0.0 ? (1.0 - p) / v : p / -v;
      const double backward = v > 0.0 ? p / v : (1.0 - p) / -v;
      if (first || forward < ahead) ahead = forward, hit_ahead = c;
      if (first || backward < behind) behind = backward, hit_behind = c;
      first = false;
    }
    const bool forward = random.uniform() * (ahead + behind) < behind;
    const double length = forward ? ahead : -behind;
    const std::size_t hit = forward ? hit_ahead : hit_behind;
    std::size_t kept = 0;
    for (std::size_t c = 0; c < open_.size(); ++c) {
      double& p = chance_[open_[c]];
      p += length * direction_[c];
      if (c == hit || p < 1e-12 || p > 1.0 - 1e-12)
        p = p < 0.5 ? 0.0 : 1.0;
      else
        open_[kept++] = open_[c];
    }
    open_.resize(kept);
  }

  std::vector<double> chance_;
  const std::vector<double>& x_;
  std::size_t rows_;
  std::vector<std::size_t> open_{};
  std::vector<double> direction_{};
  std::vector<double> reduced_;
};

}  // namespace detail

/// Draws a fixed number of cases with these inclusion probabilities, such that the estimated totals of what is known,
/// sum over the sample of x / p, come as near the true totals as whole cases allow.
///
/// Assumes: `balance` holds numbers known of every case (views, age, last month's score; 0/1 columns for groups).
/// Use when: the score goes with what is known: what is balanced adds no variance.
/// Not for: more columns than about n / 10: the last cases, drawn with fewer and fewer conditions, then spoil it.
/// Columns that come last are let go first. The order of the list has no say in the law of the sample.
/// No columns: any sample of the size, as in a pivotal draw in random order.
/// Cost: O(N columns^3) at most; memory O(N columns).
/// \throws InputError as `size_of` does, and unless `balance` is one row of finite numbers a case.
///
/// Reference: Deville & Tillé (2004), "Efficient balanced sampling: the cube method", Biometrika 91(4):893-912,
/// doi:10.1093/biomet/91.4.893; Chauvet & Tillé (2006), "A fast algorithm for balanced sampling", Computational
/// Statistics 21(1):53-62, doi:10.1007/s00180-006-0250-2.
[[nodiscard]] inline Positions cube(RealView probabilities, Known balance, Random& random) {
  detail::refuse_unless_known(balance, probabilities.size(), "balance");
  const auto open = detail::open_of(probabilities);
  const std::size_t count = open.chance.size();
  const std::size_t rows = balance.columns + 1;
  std::vector<double> x(count * rows, 1.0);
  for (std::size_t k = 0; k < balance.columns; ++k) {
    double largest = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      const double value =
          balance.values[static_cast<std::size_t>(open.position[i]) * balance.columns + k] / open.chance[i];
      x[i * rows + k + 1] = value;
      largest = std::max(largest, std::abs(value));
    }
    if (!std::isfinite(largest))
      throw InputError("balance that a probability can divide", "a quotient without end",
                       {"balance " + std::to_string(k), {}});
    for (std::size_t i = 0; largest > 0.0 && i < count; ++i) x[i * rows + k + 1] /= largest;
  }
  detail::Flight flight{open.chance, x, rows};
  const auto chance = flight.land(detail::shuffled(count, random), random);
  std::vector<std::size_t> won;
  for (std::size_t i = 0; i < count; ++i)
    if (chance[i] > 0.5) won.push_back(i);
  return open.with(won);
}

}  // namespace assay::sampling
