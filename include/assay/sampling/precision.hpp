#pragma once
/// \file
/// How sharp a score will be: the half-width to expect for a slice before a single audit is done.
///
/// It is about the width that the score itself will have: of exact limits where a slice is one whole stratum of a
/// finite queue; of Wilson's where it lies in one stratum of an endless process; elsewhere of the beta limits of
/// weighted events, forecast from the weights that errors are expected to have (event_width.hpp).
///
/// Assumes: simple random draws within strata, and rates as expected. Exact and Wilson's widths are taken at the
/// expected rate, where they are about as wide as widths are on average, or a little wider, because they grow ever more
/// slowly with the rate. Not for: rates that are guesses near 0: take the largest one that would not surprise.
///
/// Reference: Fay & Feuer (1997), Statistics in Medicine 16(7):791-801; Kish (1965), Survey Sampling, section 11.7.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/box_allocation.hpp>
#include <assay/sampling/domain_allocation.hpp>
#include <assay/sampling/event_width.hpp>
#include <assay/sampling/sample_width.hpp>

namespace assay::allocation {

/// So many cases of a stratum belong to a slice.
struct SlicePart {
  std::size_t stratum{0};
  std::int64_t cases{0};
  std::optional<double> rate{};  ///< error rate expected among them; none: the stratum's
};

/// A slice of the frame, and how sharp its score is to be. Without wishes its sharpness is told, and nothing demanded.
struct Slice {
  std::string name{};
  std::vector<SlicePart> parts{};
  std::optional<double> half_width{};
  std::optional<double> variation{};  ///< coefficient of variation of the rate: standard error over rate
  std::int64_t minimum{0};            ///< audits in effect (Kish's, never more than there are) to be expected
};

/// What is known before a single audit is done.
struct Prospect {
  Counts populations{};
  std::vector<double> rates{};  ///< error rate expected in each stratum
  std::vector<double> costs{};  ///< of one audit in each stratum
  Limits limits{};
  std::vector<Slice> slices{};
  Confidence confidence{0.95};
  bool finite{true};  ///< this queue (true), or the process that made it
};

namespace detail {

/// Rates are planned with no nearer to 0 and 1 than this, so that a stratum believed to be perfect is still looked at.
inline double planning_rate(double rate) { return std::clamp(rate, 1e-6, 1.0 - 1e-6); }

/// The limits that a score of a slice will have.
enum class Form : unsigned char {
  exact,     ///< one whole stratum of a finite queue
  wilson,    ///< in one stratum of an endless process
  weighted,  ///< several whole strata, or a part of one stratum of a finite queue
  joined     ///< parts of several strata
};

/// A slice's rate, and sums of amount_h (1 / n_h - 1 / N_h), each as large as 1 / n of a sample of equal weights: of
/// the variance expected, of the weights alone (Kish's), and of the weights of errors, on which the limits hang: the
/// mean weight of an error, or, where errors and correct cases are joined, of both as their ratio feels them.
struct SliceLaw {
  double rate{0.0};
  std::int64_t cases{0};
  Form form{Form::weighted};
  bool whole{false};                 ///< made of whole strata
  std::vector<double> share{};       ///< of each part, the slice's share of the stratum
  std::vector<Variance> expected{};  ///< over rate (1 - rate)
  std::vector<Variance> kish{};
  std::vector<Variance> events{};
  std::vector<double> rates{};  ///< of each part
  double pull{0.0};             ///< of the heaviest case, over that of errors
  std::vector<double> lean{};   ///< of each part, in a mean of weights that is to stand for the heaviest; they sum to 1
  std::vector<Variance> demand{};  ///< of errors and of that mean, what sizes are sought for
};

/// How much wider a slice gets by a heavier heaviest case, over how much by heavier errors, where all weigh the same.
inline double pull_of_heaviest(const SliceLaw& law, double width, Confidence confidence) {
  const auto half = [&](double each, double heaviest) {
    return expected_half_width(law.rate, {each, each, heaviest, 1.0, law.form == Form::joined, false}, confidence);
  };
  const double z = normal_quantile(0.5 * confidence.alpha());
  const double each = inverse_of([&](double v) { return half(v, v); }, width, wilson_inverse(law.rate, width, z));
  const double now = half(each, each), step = 1.0 + 1e-3;
  const double heavier = half(each, each * step) - now, both = half(each * step, each * step) - now;
  return both > heavier && heavier > 0.0 ? std::min(3.0, heavier / (both - heavier)) : 0.0;
}

/// What sizes are sought for: the errors' weights, and a mean of weights, which the heaviest is at least.
inline void set_demand(SliceLaw& law) {
  law.demand = law.events;
  if (law.pull > 0.0)
    for (std::size_t i = 0; i < law.kish.size(); ++i) {
      const double heavy = law.lean[i] * std::sqrt(law.kish[i].amount / law.share[i]);
      law.demand[i].amount = (law.events[i].amount + law.pull * heavy) / (1.0 + law.pull);
    }
}

inline SliceLaw law_of(const Prospect& prospect, const Slice& slice) {
  SliceLaw law;
  const auto rate_of = [&](const SlicePart& part) {
    return planning_rate(part.rate.value_or(prospect.rates[part.stratum]));
  };
  for (const auto& part : slice.parts) {
    law.cases += part.cases;
    law.rate += static_cast<double>(part.cases) * rate_of(part);
  }
  const auto held = static_cast<double>(law.cases);
  law.rate = std::clamp(law.rate / held, 1e-6, 1.0 - 1e-6);
  law.whole = true;
  for (const auto& part : slice.parts) {
    if (part.cases == 0) continue;
    const auto stratum = static_cast<double>(prospect.populations[part.stratum]);
    const double share = static_cast<double>(part.cases) / stratum;
    const double rate = rate_of(part);
    const double apart = rate - law.rate;
    // the variance within the stratum of "wrong, less the slice's rate", 0 outside the slice
    const double spread = share * rate * (1.0 - rate) + share * (1.0 - share) * apart * apart;
    const double weight = stratum / held * stratum / held;
    law.share.push_back(share);
    law.expected.push_back({part.stratum, weight * spread / (law.rate * (1.0 - law.rate))});
    law.kish.push_back({part.stratum, weight * share});
    law.rates.push_back(rate);
    law.whole = law.whole && part.cases == prospect.populations[part.stratum];
  }
  const bool one = law.kish.size() == 1;
  law.form = one ? (!prospect.finite ? Form::wilson
                    : law.whole      ? Form::exact
                                     : Form::weighted)
                 : (law.whole ? Form::weighted : Form::joined);
  if (!one && slice.half_width) law.pull = pull_of_heaviest(law, *slice.half_width, prospect.confidence);
  for (std::size_t i = 0; i < law.kish.size(); ++i) {
    const double p = law.rate, mine = law.rates[i];
    const double felt = law.form == Form::joined ? mine * (1.0 - p) / p + (1.0 - mine) * p / (1.0 - p) : mine / p;
    law.events.push_back({law.kish[i].stratum, law.kish[i].amount * (one ? 1.0 : felt)});
    law.lean.push_back(std::sqrt(law.kish[i].amount * law.share[i]));  // its share of the slice: no case is singled out
  }
  set_demand(law);
  return law;
}

/// The sum of amount / n, less amount / N where the population counts; infinite where a stratum has no audits.
template <class Sizes>  // whole or real
double reached(const Prospect& prospect, const std::vector<Variance>& parts, const Sizes& sizes, bool finite) {
  double sum = 0.0;
  for (const auto& [h, amount] : parts) {
    if (!(sizes[h] > 0)) return std::numeric_limits<double>::infinity();
    sum += amount *
           (1.0 / static_cast<double>(sizes[h]) - (finite ? 1.0 / static_cast<double>(prospect.populations[h]) : 0.0));
  }
  return std::max(0.0, sum);
}

/// Audits that fall into the slice, on average.
template <class Sizes>
double audits_in(const SliceLaw& law, const Sizes& sizes) {
  double sum = 0.0;
  for (std::size_t i = 0; i < law.kish.size(); ++i)
    sum += law.share[i] * static_cast<double>(sizes[law.kish[i].stratum]);
  return sum;
}

/// Weights of a slice's audited cases, as parts of its cases: of errors and of correct cases on average, and the
/// largest.
struct SliceWeights {
  double error{0.0};
  double correct{0.0};
  double heaviest{0.0};  ///< at least as large as both
};

/// The half-width of beta limits with these weights. It never falls when a weight grows: proofs rest on that, and tests
/// try it.
///
/// What is left of a variance in a finite queue: as far as weights alone say, which is what a score goes by, or as far
/// as the errors' weights say, if that is more. With every case audited all weights are 1 / cases.
inline double weighted_half_width(const Prospect& prospect, const SliceLaw& law, const SliceWeights& of) {
  ExpectedWeights weights{
      of.error, of.correct, of.heaviest, 1.0, law.form == Form::joined, law.whole && prospect.finite};
  if (prospect.finite) {
    const double p = law.rate;
    const double of_cases = p * of.error + (1.0 - p) * of.correct;
    const double felt = law.form == Form::joined ? (1.0 - p) * of.error + p * of.correct : of.error;
    weights.finite_factor = std::max(0.0, 1.0 - 1.0 / (static_cast<double>(law.cases) * std::max(of_cases, felt)));
  }
  return expected_half_width(law.rate, weights, prospect.confidence);
}

template <class Sizes>
SliceWeights weights_of(const SliceLaw& law, const Sizes& sizes) {
  SliceWeights out;
  for (std::size_t i = 0; i < law.kish.size(); ++i) {
    const auto& [h, amount] = law.kish[i];
    const double each = amount / static_cast<double>(sizes[h]);  // share of the slice's cases times a case's weight
    out.error += each * law.rates[i] / law.rate;
    out.correct += each * (1.0 - law.rates[i]) / (1.0 - law.rate);
    if (amount > 0.0)
      out.heaviest = std::max(out.heaviest, std::sqrt(amount / law.share[i]) / static_cast<double>(sizes[h]));
  }
  if (law.kish.size() == 1)
    out.heaviest = out.error = out.correct = law.kish[0].amount / static_cast<double>(sizes[law.kish[0].stratum]);
  return out;
}

template <class Sizes>
double half_width_of(const Prospect& prospect, const SliceLaw& law, const Sizes& sizes) {
  const double kish = reached(prospect, law.kish, sizes, prospect.finite);
  if (!std::isfinite(kish)) return 0.5;
  if (law.form == Form::exact) return exact_half_width(law.rate, kish, prospect.confidence);
  if (law.form == Form::wilson)
    return wilson_half_width(law.rate, kish, normal_quantile(0.5 * prospect.confidence.alpha()));
  return weighted_half_width(prospect, law, weights_of(law, sizes));
}

/// The half-width for a sum as demanded, if all cases weighed the same: what a slice has at the least.
inline double least_half_width(const Prospect& prospect, const SliceLaw& law, double sum) {
  double whole = 0.0;  // what the sum would be, with every case audited, of an endless process
  if (prospect.finite)
    for (const auto& [h, amount] : law.demand) whole += amount / static_cast<double>(prospect.populations[h]);
  const double each = sum + whole;
  return expected_half_width(law.rate,
                             {each, each, each, sum / each, law.form == Form::joined, law.whole && prospect.finite},
                             prospect.confidence);
}

/// Standard error over rate.
inline double variation_of(const Prospect& prospect, const SliceLaw& law, const Counts& sizes) {
  return std::sqrt(reached(prospect, law.expected, sizes, prospect.finite) * (1.0 - law.rate) / law.rate);
}

inline void refuse_unless_slices(const Prospect& prospect) {
  const std::size_t strata = prospect.populations.size();
  for (const Slice& slice : prospect.slices) {
    const Place place{"half_width", {}};
    if (slice.half_width && !(*slice.half_width > 0.0 && *slice.half_width < 0.5))
      throw InputError("a half-width above 0 and below 0.5 for " + in_quotes(slice.name), to_text(*slice.half_width),
                       place);
    if (slice.variation && !(*slice.variation > 0.0 && std::isfinite(*slice.variation)))
      throw InputError("a coefficient of variation above 0 for " + in_quotes(slice.name), to_text(*slice.variation),
                       {"coefficient_of_variation", {}});
    if (slice.minimum < 0)
      throw InputError("a minimum of 0 or more for " + in_quotes(slice.name), to_text(slice.minimum));
    std::int64_t held = 0;
    for (const auto& part : slice.parts) {
      if (part.stratum >= strata || part.cases < 0 || part.cases > prospect.populations[part.stratum])
        throw InputError("parts of " + in_quotes(slice.name) + " that their strata hold",
                         to_text(part.cases) + " cases of stratum " + std::to_string(part.stratum), place);
      if (part.rate && !(*part.rate >= 0.0 && *part.rate <= 1.0))
        throw InputError("an expected rate between 0 and 1 in " + in_quotes(slice.name), to_text(*part.rate),
                         {"expected", {}});
      held += part.cases;
    }
    if (held == 0) throw InputError("a slice with cases", "none in " + in_quotes(slice.name), place);
  }
}

}  // namespace detail

/// What a slice may look forward to, with sizes settled.
struct Outlook {
  double rate{0.0};        ///< expected
  std::int64_t cases{0};   ///< of the frame
  double audits{0.0};      ///< expected
  double half_width{0.5};  ///< expected
  double variation{0.0};   ///< expected coefficient of variation of the rate
};

/// The outlook of every slice of a prospect. \throws InputError for slices that cannot be read.
[[nodiscard]] inline std::vector<Outlook> outlooks(const Prospect& prospect, const Counts& sizes) {
  detail::refuse_unless_slices(prospect);
  std::vector<Outlook> out;
  for (const Slice& slice : prospect.slices) {
    const auto law = detail::law_of(prospect, slice);
    out.push_back({law.rate, law.cases, detail::audits_in(law, sizes), detail::half_width_of(prospect, law, sizes),
                   detail::variation_of(prospect, law, sizes)});
  }
  return out;
}

}  // namespace assay::allocation
