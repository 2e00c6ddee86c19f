#pragma once
/// \file
/// How many cases to audit in each stratum: whole numbers that add up to the size wished for.
///
/// Every allocation gives each stratum at least `minimum` cases and at most all it has; a stratum that holds fewer
/// than the minimum is taken whole. All refuse with an InputError: no strata, a population below 0, a size above the
/// whole population, a size too small for the minimum in every stratum.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/core/wide.hpp>

namespace assay::allocation {

using Counts = std::vector<std::int64_t>;
using CountView = std::span<const std::int64_t>;

/// So many audits in all, and at least so many in each stratum (two are needed to see any spread).
struct Wish {
  std::int64_t size{0};
  std::int64_t minimum{2};
};

namespace detail {

inline std::int64_t total(CountView counts) {
  constexpr std::int64_t most = std::int64_t{1} << 53U;  // a double holds every whole number up to here
  Int128 sum = 0;
  for (const auto count : counts) sum += count;
  if (sum > most) throw InputError("populations that add up to at most 2^53", "more");
  return static_cast<std::int64_t>(sum);
}

/// The least each stratum gets, once the wish is known to be possible.
inline Counts least_each(CountView populations, Wish wish) {
  if (populations.empty()) throw InputError("at least one stratum", "none");
  if (wish.minimum < 0) throw InputError("a minimum of 0 or more", to_text(wish.minimum));
  Counts least(populations.size());
  for (std::size_t h = 0; h < populations.size(); ++h) {
    if (populations[h] < 0)
      throw InputError("a population of 0 or more", to_text(populations[h]),
                       {"population", static_cast<std::int64_t>(h)});
    least[h] = std::min(wish.minimum, populations[h]);
  }
  const auto most = total(populations);
  const auto fewest = total(least);
  if (wish.size > most)
    throw InputError("a size of at most " + to_text(most) + ", all there is", to_text(wish.size), {},
                     "lower the size to " + to_text(most));
  if (wish.size < fewest)
    throw InputError("a size of at least " + to_text(fewest) + ", the minimum of " + to_text(wish.minimum) +
                         " in each of " + std::to_string(populations.size()) + " strata",
                     to_text(wish.size), {}, "raise the size to " + to_text(fewest) + ", or lower the minimum");
  return least;
}

}  // namespace detail

/// The same share of every stratum, as nearly as whole cases allow.
///
/// Assumes: nothing about the strata beyond their sizes.
/// Use when: little is known about where the errors are; it never does much worse than no strata at all.
/// Not for: small strata that need an answer of their own (raise the minimum, or `equal`, or `power`).
///
/// Strata whose share would fall below the minimum get the minimum; the rest is shared out by largest remainders, in
/// whole numbers throughout. Each stratum so lies within one case of its exact share, and no other allocation lies
/// nearer to the exact shares (sum of squared or absolute distances). Equal remainders: the larger, then the earlier.
///
/// Reference: Cochran (1977), Sampling Techniques, 3rd ed., section 5.3; Balinski & Young (1982), Fair Representation.
[[nodiscard]] inline Counts proportional(CountView populations, Wish wish) {
  Counts sizes = detail::least_each(populations, wish);
  std::vector<std::size_t> open(populations.size());
  std::iota(open.begin(), open.end(), std::size_t{0});
  Int128 budget = wish.size;
  Int128 held = detail::total(populations);
  for (bool settled = false; !settled;) {  // strata at their minimum leave; what remains for the others shrinks
    const Int128 budget_now = budget;
    const Int128 held_now = held;
    const auto kept = std::remove_if(open.begin(), open.end(), [&](std::size_t h) {
      if (sizes[h] * held_now < budget_now * populations[h]) return false;
      budget -= sizes[h];
      held -= populations[h];
      return true;
    });
    settled = kept == open.end();
    open.erase(kept, open.end());
  }
  std::vector<std::tuple<Int128, std::int64_t, std::size_t>> remainders;
  for (const auto h : open) {
    const Int128 share = budget * populations[h];
    sizes[h] = static_cast<std::int64_t>(share / held);
    remainders.emplace_back(-(share % held), -populations[h], h);
  }
  Int128 left = budget;
  for (const auto h : open) left -= sizes[h];
  std::sort(remainders.begin(), remainders.end());
  for (std::size_t i = 0; i < static_cast<std::size_t>(left); ++i) ++sizes[std::get<2>(remainders[i])];
  return sizes;
}

/// The same number in every stratum, or all of a stratum that holds fewer.
///
/// Use when: every stratum needs an answer of its own, equally sharp.
/// Not for: a sharp overall score; large strata are then audited too little.
/// Where the size does not divide, the larger strata, then the earlier, get one more.
[[nodiscard]] inline Counts equal(CountView populations, Wish wish) {
  Counts sizes = detail::least_each(populations, wish);
  const auto level_sum = [&](std::int64_t level) {
    Int128 sum = 0;
    for (const auto population : populations) sum += std::min(level, population);
    return sum;
  };
  std::int64_t level = wish.minimum;  // the highest level that does not cost too much
  std::int64_t above = std::max(wish.minimum, *std::max_element(populations.begin(), populations.end())) + 1;
  while (above - level > 1) {
    const std::int64_t middle = level + (above - level) / 2;
    (level_sum(middle) <= wish.size ? level : above) = middle;
  }
  auto left = static_cast<std::size_t>(wish.size - level_sum(level));
  std::vector<std::size_t> order(populations.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return populations[a] > populations[b]; });
  for (const auto h : order) {
    sizes[h] = std::min(level, populations[h]);
    if (left > 0 && sizes[h] < populations[h]) {
      ++sizes[h];
      --left;
    }
  }
  return sizes;
}

}  // namespace assay::allocation
