#pragma once
/// \file
/// The local pivotal method: neighbours fight for their chances, so the sample is spread over all that is known.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/sampling/cube.hpp>
#include <assay/sampling/inclusion.hpp>
#include <assay/sampling/pivotal.hpp>

namespace assay::sampling {

namespace detail {

/// A k-d tree over points that leave one by one; finds the nearest one that is still there.
class Neighbours {
 public:
  /// `points` holds `dimensions` coordinates a point.
  Neighbours(const std::vector<double>& points, std::size_t dimensions)
      : points_{points}, dimensions_{dimensions}, order_(points.size() / std::max<std::size_t>(dimensions, 1)) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    place_.resize(order_.size());
    leaf_.resize(order_.size());
    nodes_.reserve(order_.size() / 4 + 1);
    if (!order_.empty()) build(0, order_.size(), none);
  }

  void leave(std::size_t point) {
    Node& leaf = nodes_[leaf_[point]];
    const std::size_t last = leaf.first + leaf.held - 1;
    std::swap(order_[place_[point]], order_[last]);
    place_[order_[place_[point]]] = place_[point];
    place_[point] = last;
    for (std::size_t at = leaf_[point]; at != none; at = nodes_[at].parent) --nodes_[at].held;
  }

  /// The nearest other point; among equally near ones that are met on the way, any with the same chance.
  [[nodiscard]] std::size_t nearest(std::size_t point, Random& random) const {
    Search search{.from = point};
    visit(0, search, random);
    return search.found;
  }

 private:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t bucket = 12;

  struct Node {
    std::size_t first;  ///< in order_
    std::size_t held;   ///< points still there, in or below
    std::size_t parent;
    std::size_t dimension{none};  ///< none: a leaf
    double split{0.0};
    std::size_t below{none};
    std::size_t above{none};
  };

  struct Search {
    std::size_t from;
    std::size_t found{none};
    double distance{std::numeric_limits<double>::infinity()};
    std::uint64_t ties{0};
  };

  [[nodiscard]] double at(std::size_t point, std::size_t dimension) const {
    return points_[point * dimensions_ + dimension];
  }

  std::size_t build(std::size_t first, std::size_t last, std::size_t parent) {
    const std::size_t own = nodes_.size();
    nodes_.push_back({.first = first, .held = last - first, .parent = parent});
    if (last - first <= bucket) {
      for (std::size_t i = first; i < last; ++i) {
        place_[order_[i]] = i;
        leaf_[order_[i]] = own;
      }
      return own;
    }
    std::size_t widest = 0;
    double width = -1.0;
    for (std::size_t d = 0; d < dimensions_; ++d) {
      double low = at(order_[first], d), high = low;
      for (std::size_t i = first; i < last; ++i) {
        low = std::min(low, at(order_[i], d));
        high = std::max(high, at(order_[i], d));
      }
      if (high - low > width) width = high - low, widest = d;
    }
    const std::size_t middle = first + (last - first) / 2;
    const auto begin = order_.begin();
    // ties by number, so that every machine builds the same tree
    std::nth_element(begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(middle),
                     begin + static_cast<std::ptrdiff_t>(last), [&](std::size_t a, std::size_t b) {
                       return at(a, widest) != at(b, widest) ? at(a, widest) < at(b, widest) : a < b;
                     });
    const double split = at(order_[middle], widest);
    std::sort(begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(middle));
    std::sort(begin + static_cast<std::ptrdiff_t>(middle), begin + static_cast<std::ptrdiff_t>(last));
    const std::size_t below = build(first, middle, own);
    const std::size_t above = build(middle, last, own);
    nodes_[own].dimension = widest;
    nodes_[own].split = split;
    nodes_[own].below = below;
    nodes_[own].above = above;
    return own;
  }

  void visit(std::size_t at_node, Search& search, Random& random) const {
    const Node& node = nodes_[at_node];
    if (node.held == 0) return;
    if (node.dimension == none) {
      for (std::size_t i = node.first; i < node.first + node.held; ++i) meet(order_[i], search, random);
      return;
    }
    const double ahead = at(search.from, node.dimension) - node.split;
    visit(ahead < 0.0 ? node.below : node.above, search, random);
    if (ahead * ahead < search.distance) visit(ahead < 0.0 ? node.above : node.below, search, random);
  }

  void meet(std::size_t point, Search& search, Random& random) const {
    if (point == search.from) return;
    double distance = 0.0;
    for (std::size_t d = 0; d < dimensions_; ++d) {
      const double apart = at(point, d) - at(search.from, d);
      const double square = apart * apart;
      distance += square;
      if (distance > search.distance) return;
    }
    if (distance < search.distance) {
      search.distance = distance;
      search.ties = 1;
      search.found = point;
    } else if (random.below(++search.ties) == 0) {
      search.found = point;
    }
  }

  const std::vector<double>& points_;
  std::size_t dimensions_;
  std::vector<std::size_t> order_;
  std::vector<std::size_t> place_{};  ///< of a point in order_
  std::vector<std::size_t> leaf_{};   ///< of a point
  std::vector<Node> nodes_{};
};

}  // namespace detail

/// Draws a fixed number of cases with these inclusion probabilities, spread over what is known: a case chosen at random
/// and its nearest open neighbour fight until all are decided, so near cases seldom come together.
///
/// Assumes: columns on comparable scales (distances are Euclidean): divide each by its standard deviation before.
/// Use when: the score varies smoothly with what is known, in whatever way: a spread sample is balanced on all of it.
/// Not for: an unbiased estimate of the variance; exact balance on a few totals (cube.hpp).
/// No columns: every case is as near as any other, and the draw is a pivotal one in random order.
/// The order of the list has no say in the law of the sample.
/// Cost: O(N log N) on average in a few columns, with a k-d tree; towards N^2 in ten and more.
/// \throws InputError as `size_of` does, and unless `position` is one row of finite numbers a case.
///
/// Reference: Grafström, Lundström & Schelin (2012), "Spatially balanced sampling through the pivotal method",
/// Biometrics 68(2):514-520, doi:10.1111/j.1541-0420.2011.01699.x (their second method); Lisic & Cruze (2016), k-d
/// tree.
[[nodiscard]] inline Positions local_pivotal(RealView probabilities, Known position, Random& random) {
  detail::refuse_unless_known(position, probabilities.size(), "position");
  const auto open = detail::open_of(probabilities);
  const std::size_t dimensions = std::max<std::size_t>(position.columns, 1);
  std::vector<double> points(open.chance.size() * dimensions);
  for (std::size_t i = 0; i < open.chance.size(); ++i)
    for (std::size_t d = 0; d < position.columns; ++d)
      points[i * dimensions + d] = position.values[static_cast<std::size_t>(open.position[i]) * dimensions + d];
  detail::Neighbours neighbours{points, dimensions};
  std::vector<double> chance = open.chance;
  std::vector<std::size_t> left(chance.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  while (left.size() > 1) {
    const auto pick = static_cast<std::size_t>(random.below(left.size()));
    const std::size_t one = left[pick];
    if (detail::decided(chance[one])) {
      left[pick] = left.back();
      left.pop_back();
      continue;
    }
    const std::size_t other = neighbours.nearest(one, random);
    if (other == std::numeric_limits<std::size_t>::max()) break;  // the last open one
    detail::fight(chance[one], chance[other], random);
    for (const std::size_t each : {one, other})
      if (detail::decided(chance[each])) neighbours.leave(each);
  }
  return detail::winners(open, chance);
}

}  // namespace assay::sampling
