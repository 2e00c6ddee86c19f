#pragma once
/// \file
/// Error rates corrected by double audits: some cases that an auditor has judged are judged again by someone better.

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/interval/effective.hpp>
#include <assay/numeric/special.hpp>
#include <assay/score/auditor_error.hpp>

namespace assay {

/// A rate seen in so many (effective) cases.
struct SeenRate {
  double rate{0.0};
  double n{0.0};
};

/// Decisions of one kind (violating or not, or all), of which an error can be found, and what audits found.
struct AuditedKind {
  SeenRate share{1.0, std::numeric_limits<double>::infinity()};  ///< of all decisions; endless where it is all of them
  SeenRate found{};                                              ///< first audits that found the error
  SeenRate upheld{};  ///< second audits that found it too, among double audits whose first did
  SeenRate missed{};  ///< second audits that found it, among double audits whose first did not
  /// First audits counted by what the second found: the error (sensitivity), none (specificity).
  AuditorQuality quality{Trials{0, 0}, Trials{0, 0}};
};

/// A rate of all decisions before and after.
struct CorrectedShare {
  double raw{0.0};
  double value{0.0};
  Interval limits{};
  bool cut{false};  ///< the correction left [0, 1]
};

namespace detail {

/// One part of a sum, and how the sum moves with it.
struct Part {
  double slope{0.0};
  double value{0.0};
  Interval limits{};
};

/// Limits of a smooth function of independent parts from the limits of each (method of variance estimates recovery).
[[nodiscard]] inline Interval recovered_limits(double value, std::span<const Part> parts) {
  double below = 0.0;
  double above = 0.0;
  for (const Part& part : parts) {
    const double down = part.slope * (part.value - part.limits.lower);
    const double up = part.slope * (part.limits.upper - part.value);
    below += part.slope > 0.0 ? down * down : up * up;
    above += part.slope > 0.0 ? up * up : down * down;
  }
  return {std::clamp(value - std::sqrt(below), 0.0, 1.0), std::clamp(value + std::sqrt(above), 0.0, 1.0)};
}

/// Exact limits, for few cases; the number of cases may be an effective one.
[[nodiscard]] inline Interval exact_limits(const SeenRate& seen, Confidence c) {
  const double x = seen.rate * seen.n;
  const double tail = 0.5 * c.alpha();
  if (!(seen.n > 0.0)) return {0.0, 1.0};
  return {x <= 0.0 ? 0.0 : beta_quantile(x, seen.n - x + 1.0, tail),
          x >= seen.n ? 1.0 : beta_quantile_complement(x + 1.0, seen.n - x, tail)};
}

[[nodiscard]] inline Interval share_limits(const SeenRate& seen, Confidence c) {
  if (std::isinf(seen.n)) return {seen.rate, seen.rate};
  return wilson(seen.rate, seen.n, std::numeric_limits<double>::infinity(), c);
}

inline void require(const SeenRate& seen, const char* what) {
  if (!(seen.rate >= 0.0 && seen.rate <= 1.0))
    throw InputError(std::string{what} + " as a rate between 0 and 1", to_text(seen.rate));
  if (!(seen.n >= 0.0)) throw InputError(std::string{what} + " in a number of cases of 0 or more", to_text(seen.n));
}

inline void require(std::span<const AuditedKind> kinds) {
  if (kinds.empty()) throw InputError("at least one kind of decisions", "none");
  for (const AuditedKind& kind : kinds) {
    require(kind.share, "the share of a kind of decisions");
    require(kind.found, "errors found by first audits");
    if (!(kind.found.n > 0.0)) throw InputError("first audits of each kind of decisions", "none");
  }
}

}  // namespace detail

/// The rate that second audits of everything would find: first audits of all, corrected by the double audits among
/// them.
///
/// Assumes: double audits were drawn at random among the audited, or among those whose first audit found an error and
/// those whose did not, at any rates; the second audit is right. Nothing of how auditors err: this is measured, not
/// modelled.
/// Use when: a share of each week's audits is done again by an expert. The preferred correction.
/// Not for: gold cases or double audits picked by hand (correct_by_error_rates), second audits as fallible as the first
/// (latent_class).
/// No data: where first audits found nothing, none of these can be audited again, and none need be.
///
/// Limits are recovered from Wilson's for what was audited once and exact ones for what was audited twice.
///
/// \throws InputError where some first audits found the error (or did not) and none of them was audited again.
///
/// Reference: Tenenbein (1970), JASA 65:1350-1361 (double sampling); Särndal, Swensson & Wretman (1992), ch. 9;
/// Zou & Donner (2008), Stat. Med. 27:1693-1702 (the limits).
[[nodiscard]] inline CorrectedShare correct_by_difference(std::span<const AuditedKind> kinds, Confidence c) {
  detail::require(kinds);
  CorrectedShare out;
  std::vector<detail::Part> parts;
  for (const AuditedKind& kind : kinds) {
    detail::require(kind.upheld, "errors upheld by second audits");
    detail::require(kind.missed, "errors found by second audits alone");
    const double q = kind.found.rate;
    if (q > 0.0 && !(kind.upheld.n > 0.0))
      throw InputError("double audits of cases whose first audit found the error", "none");
    if (q < 1.0 && !(kind.missed.n > 0.0))
      throw InputError("double audits of cases whose first audit found no error", "none");
    const double a = kind.upheld.n > 0.0 ? kind.upheld.rate : 1.0;
    const double b = kind.missed.n > 0.0 ? kind.missed.rate : 0.0;
    const double rate = q * a + (1.0 - q) * b;
    const double share = kind.share.rate;
    out.raw += share * q;
    out.value += share * rate;
    parts.push_back({rate, share, detail::share_limits(kind.share, c)});
    parts.push_back({share * (a - b), q, detail::share_limits(kind.found, c)});
    parts.push_back({share * q, a, detail::exact_limits(kind.upheld, c)});
    parts.push_back({share * (1.0 - q), b, detail::exact_limits(kind.missed, c)});
  }
  out.value = std::clamp(out.value, 0.0, 1.0);
  out.limits = detail::recovered_limits(out.value, parts);
  return out;
}

/// The true rate behind the first audits, from how often they find errors that are there and that are not; kind by kind
/// of decision, so that auditors may be better at one than at the other.
///
/// Assumes: as correct_for_auditors, within each kind.
/// Use when: auditors were measured on gold cases, or double audits are no random part of the audited.
/// Not for: double audits drawn at random among the audited (correct_by_difference assumes less).
/// No data: a kind in which nothing is known of one quality is refused.
///
/// \throws InputError as correct_for_auditors.
///
/// Reference: Rogan & Gladen (1978); Lang & Reiczigel (2014); Zou & Donner (2008), Stat. Med. 27:1693-1702.
[[nodiscard]] inline CorrectedShare correct_by_error_rates(std::span<const AuditedKind> kinds, Confidence c) {
  detail::require(kinds);
  CorrectedShare out;
  std::vector<detail::Part> parts;
  for (const AuditedKind& kind : kinds) {
    const CorrectedRate rate = correct_for_auditors(kind.found.rate, kind.found.n, kind.quality, c);
    const double share = kind.share.rate;
    out.raw += share * rate.raw;
    out.value += share * rate.value;
    out.cut = out.cut || rate.cut;
    parts.push_back({rate.value, share, detail::share_limits(kind.share, c)});
    parts.push_back(
        {share, rate.value, {std::min(rate.limits.lower, rate.value), std::max(rate.limits.upper, rate.value)}});
  }
  out.value = std::clamp(out.value, 0.0, 1.0);
  out.limits = detail::recovered_limits(out.value, parts);
  return out;
}

}  // namespace assay
