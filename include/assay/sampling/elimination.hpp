#pragma once
/// \file
/// Tillé's elimination design and its complement: one case leaves (or stays) at a time.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/sampling/inclusion.hpp>

namespace assay::sampling {

namespace detail {

/// For sample sizes N - 1 down to n: with which chance each case leaves at this step, if it has not left before.
template <class Step>
void eliminate(RealView chance, std::int64_t n, const Step& step) {
  std::vector<double> before(chance.size(), 1.0);
  std::vector<double> leaves(chance.size());
  for (auto left = static_cast<std::int64_t>(chance.size()) - 1; left >= n; --left) {
    std::vector<double> now =
        left == n ? std::vector<double>(chance.begin(), chance.end()) : inclusion_probabilities(chance, left);
    for (std::size_t i = 0; i < leaves.size(); ++i) leaves[i] = std::max(0.0, 1.0 - now[i] / before[i]);
    step(leaves);
    before = std::move(now);
  }
}

/// The positions, among the chances, that stay.
[[nodiscard]] inline std::vector<std::size_t> stayers(RealView chance, std::int64_t n, Random& random) {
  std::vector<std::size_t> in(chance.size());
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = i;
  eliminate(chance, n, [&](const std::vector<double>& leaves) {
    double whole = 0.0;  // 1 but for rounding
    for (const auto i : in) whole += leaves[i];
    double mark = random.uniform() * whole;
    std::size_t gone = in.size() - 1;
    for (std::size_t rank = 0; rank < in.size(); ++rank) {
      mark -= leaves[in[rank]];
      if (mark < 0.0) {
        gone = rank;
        break;
      }
    }
    while (gone > 0 && leaves[in[gone]] == 0.0) --gone;  // rounding must not throw out a case that cannot leave
    in.erase(in.begin() + static_cast<std::ptrdiff_t>(gone));
  });
  return in;
}

}  // namespace detail

/// Cases leave one by one, with chances made so that those who stay have the inclusion probabilities wished for.
///
/// Use when: a design named in a rule or an older survey must be repeated. Its joint probabilities are exact and always
/// below the product of the two, so the Yates-Grundy variance is never negative.
/// Not for: long lists: the cost grows with N^2; nor extreme probabilities: pairs of small ones may never meet.
/// \throws InputError as `size_of` does.
///
/// Reference: Tillé (1996), "An elimination procedure for unequal probability sampling without replacement", Biometrika
/// 83(1):238-241, doi:10.1093/biomet/83.1.238
[[nodiscard]] inline Positions tille(RealView probabilities, Random& random) {
  const auto open = detail::open_of(probabilities);
  if (open.position.empty()) return open.drawn;
  return open.with(detail::stayers(open.chance, open.size, random));
}

/// The complement of `tille`: those who stay there, with probabilities 1 - p, are left out here. Also called Midzuno's
/// design.
///
/// Reference: Tillé (2006), Sampling Algorithms, section 6.3.
/// \throws InputError as `size_of` does.
[[nodiscard]] inline Positions midzuno(RealView probabilities, Random& random) {
  const auto open = detail::open_of(probabilities);
  if (open.position.empty()) return open.drawn;
  std::vector<double> against(open.chance.size());
  for (std::size_t i = 0; i < against.size(); ++i) against[i] = 1.0 - open.chance[i];
  const auto all = static_cast<std::int64_t>(against.size());
  const auto out = detail::stayers(against, all - open.size, random);
  std::vector<std::size_t> in;
  std::size_t next = 0;
  for (std::size_t i = 0; i < against.size(); ++i) {
    if (next < out.size() && out[next] == i)
      ++next;
    else
      in.push_back(i);
  }
  return open.with(in);
}

}  // namespace assay::sampling
