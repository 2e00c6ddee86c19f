#pragma once
/// \file
/// Blaker's exact interval.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <assay/core/probability.hpp>
#include <assay/interval/clopper_pearson.hpp>
#include <assay/numeric/roots.hpp>
#include <assay/numeric/special.hpp>

namespace assay {

namespace detail {

/// One limit. `primary(p)` is the chance of the observed count or one further out, `opposite(i, p)` the chance of the i
/// outermost counts on the other side, of which at most `reach` count. `start` is where primary = alpha / 2 and `top`
/// where it is min(alpha, 1/2): the limit lies between.
///
/// A p is accepted when primary + opposite(i) > alpha with the largest i for which opposite(i) <= primary. Between the
/// points where i jumps that sum first falls and then rises; at a jump it is twice the primary, hence accepted. So the
/// limit is either the crossing in the first stretch or the first jump.
template <class Primary, class Opposite>
double blaker_limit(const Primary& primary, const Opposite& opposite, std::int64_t reach, double start, double top,
                    double alpha) {
  const std::int64_t next =
      first_true(1, reach, [&](std::int64_t i) { return opposite(i, start) > 0.5 * alpha; });  // the jump to come
  const auto before_jump = [&](double p) { return opposite(next, p) - primary(p); };
  if (before_jump(start) <= 0.0) return start;
  const auto root = [&](const auto& f, double end) { return find_root(f, std::min(start, end), std::max(start, end)); };
  const double jump = before_jump(top) > 0.0 ? top : root(before_jump, top);
  const auto accepted = [&](double p) { return primary(p) + (next > 1 ? opposite(next - 1, p) : 0.0) - alpha; };
  return accepted(jump) > 0.0 && accepted(start) < 0.0 ? root(accepted, jump) : jump;
}

}  // namespace detail

/// Blaker's exact interval for a proportion: never wider than Clopper-Pearson, nested in confidence, and it covers at
/// least its level at every probability. Where the accepted probabilities have a gap, the gap is filled.
///
/// Assumes: trials independent, one common probability.
/// Use when: the level must hold at every probability and the interval should be short.
/// Not for: one-sided claims (each limit alone may miss more often than half of what is left outside: use
/// clopper_pearson); a sample that is a good part of a finite queue (hypergeometric_blaker); clustered samples;
/// peeking. No data: n == 0 answers [0, 1].
///
/// Reference: Blaker (2000), Canadian J. Statistics 28(4):783-798, doi:10.2307/3315916; Klaschka & Reiczigel (2021),
/// Comput. Stat. 36:1775-1790, doi:10.1007/s00180-020-01031-6 (on the jumps)
[[nodiscard]] inline Interval blaker(Trials t, Confidence c) {
  if (t.trials() == 0) return {0.0, 1.0};
  const double alpha = c.alpha();
  const auto n = static_cast<double>(t.trials());
  const auto x = static_cast<double>(t.successes());
  Interval limits{0.0, 1.0};
  if (t.successes() > 0)
    limits.lower = detail::blaker_limit(
        [&](double p) { return incomplete_beta(x, n - x + 1.0, p); },
        [&](std::int64_t i, double p) {
          return incomplete_beta_complement(static_cast<double>(i), n - static_cast<double>(i) + 1.0, p);
        },
        t.successes(), detail::exact_lower(x, n, 0.5 * alpha), detail::exact_lower(x, n, std::min(alpha, 0.5)), alpha);
  if (t.failures() > 0)
    limits.upper = detail::blaker_limit(
        [&](double p) { return incomplete_beta_complement(x + 1.0, n - x, p); },
        [&](std::int64_t i, double p) {
          return incomplete_beta(n - static_cast<double>(i) + 1.0, static_cast<double>(i), p);
        },
        t.failures(), detail::exact_upper(x, n, 0.5 * alpha), detail::exact_upper(x, n, std::min(alpha, 0.5)), alpha);
  return limits;
}

}  // namespace assay
