#pragma once
/// \file
/// Roots of a function inside a bracket, and the first whole number for which something becomes true.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>

namespace assay {

/// A root of the continuous `f` between `low` and `high`, to the last digits of a double.
///
/// Chandrupatla's method: a parabola through three points where it can be trusted, a bisection where not; never slower
/// than about twice bisection, mostly ten evaluations.
/// \throws InputError unless low <= high are finite and f changes its sign between them (NaN included).
///
/// Reference: Chandrupatla (1997), Adv. Eng. Software 28(3):145-149, doi:10.1016/S0965-9978(96)00051-8
template <class Function>
[[nodiscard]] double find_root(const Function& f, double low, double high) {
  if (!(std::isfinite(low) && std::isfinite(high) && low <= high))
    throw InputError("a finite bracket with low <= high", to_text(low) + " and " + to_text(high));
  double a = high, fa = f(a), b = low, fb = f(b);
  if (fa == 0.0) return a;
  if (fb == 0.0) return b;
  if (!((fa < 0.0) != (fb < 0.0)) || std::isnan(fa) || std::isnan(fb))
    throw InputError("a function that changes its sign in the bracket", to_text(fb) + " and " + to_text(fa));
  double t = 0.5;
  for (int step = 0; step < 4000; ++step) {
    const double x = a + t * (b - a);
    const double fx = f(x);
    if (std::isnan(fx)) throw InputError("a function that is a number in the bracket", "nan at " + to_text(x));
    double c = a, fc = fa;  // the point that is dropped; the root stays between x and b
    if ((fx < 0.0) != (fa < 0.0)) c = b, fc = fb, b = a, fb = fa;
    a = x, fa = fx;
    const double best = std::abs(fa) < std::abs(fb) ? a : b;
    const double tolerance = 2.0 * std::numeric_limits<double>::epsilon() * std::abs(best) + 1e-300;
    const double smallest = tolerance / std::abs(b - a);
    if (fx == 0.0 || smallest > 0.5) return best;
    const double place = (a - b) / (c - b), rise = (fa - fb) / (fc - fb);
    const bool trusted = rise * rise < place && (1.0 - rise) * (1.0 - rise) < 1.0 - place;
    t = trusted ? fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb) : 0.5;
    t = std::clamp(t, smallest, 1.0 - smallest);
  }
  return std::abs(fa) < std::abs(fb) ? a : b;
}

/// The first whole number in [low, high] for which `holds` is true, where it is false before and true from there on;
/// `high` when none below it does (high itself is not asked).
template <class Predicate>
[[nodiscard]] std::int64_t first_true(std::int64_t low, std::int64_t high, const Predicate& holds) {
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (holds(middle))
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

/// The same, starting at a good guess and doubling `step` until the answer is enclosed: a near miss costs few
/// questions. \throws InputError unless low <= high and step >= 1.
template <class Predicate>
[[nodiscard]] std::int64_t first_true_near(std::int64_t low, std::int64_t high, std::int64_t guess, std::int64_t step,
                                           const Predicate& holds) {
  if (low > high) throw InputError("a range with low <= high", to_text(low) + " and " + to_text(high));
  if (step < 1) throw InputError("a step of 1 or more", to_text(step));
  guess = std::clamp(guess, low, high);
  if (guess == high || holds(guess)) {
    std::int64_t top = guess;
    while (top > low) {
      const std::int64_t next = step >= top - low ? low : top - step;
      if (!holds(next)) return first_true(next + 1, top, holds);
      top = next;
      step = step > (high - low) / 2 ? step : 2 * step;
    }
    return low;
  }
  std::int64_t bottom = guess;
  while (step < high - bottom) {
    const std::int64_t next = bottom + step;
    if (holds(next)) return first_true(bottom + 1, next, holds);
    bottom = next;
    step = step > (high - low) / 2 ? step : 2 * step;
  }
  return first_true(bottom + 1, high, holds);
}

}  // namespace assay
