#pragma once
/// \file
/// From counts of what audits and a judge say of the same cases to an estimate with its variances.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <assay/score/judge_assisted.hpp>
#include <assay/score/predictions.hpp>

namespace assay::detail {

/// The outcomes of audits that came back.
struct CellAnswers {
  [[nodiscard]] static constexpr OutcomeSet of(bool judged) noexcept {
    return judged ? scored : plain_accuracy.denominator;
  }
};

/// One stratum's audited cases in a slice: counts by audit and judge, or the judge's numbers by audit.
struct JudgeCells {
  struct Numbers {
    double n{0.0};
    PredictionSum f{};
    PredictionSum ff{};
  };

  double population{0.0};
  double sampled{0.0};
  PredictionTotals predicted{};  ///< of all cases of the stratum in the slice
  std::array<std::array<double, 8>, 8> counts{};
  std::array<Numbers, 8> numbers{};
  double least{std::numeric_limits<double>::infinity()};
  double most{-std::numeric_limits<double>::infinity()};

  void add(std::uint8_t truth, const Predictions& said, std::size_t row) noexcept {
    Numbers& own = numbers[truth];
    own.n += 1.0;
    if (said.labels) {
      counts[truth][said.outcomes[row]] += 1.0;
      return;
    }
    own.f.add(said.numbers[row]);
    own.ff.add(said.numbers[row] * said.numbers[row]);
    least = std::min(least, said.numbers[row]);
    most = std::max(most, said.numbers[row]);
  }
  [[nodiscard]] double audited() const noexcept {
    double n = 0.0;
    for (const Numbers& own : numbers) n += own.n;
    return n;
  }
};

/// An estimate with a judge.
struct JudgeFit {
  double value{0.0};
  double lambda{0.0};
  double tuned{0.0};  ///< how many lambdas were tuned
  double finite_variance{0.0};
  double process_variance{0.0};
  double alone_finite{0.0};
  double alone_process{0.0};
};

/// The moments of one slice and metric. u is a case's linearised deviation by its audit, v by the judge.
class JudgeMoments {
 public:
  JudgeMoments(const Metric& metric, bool everybody, bool labels, std::span<const JudgeCells> strata,
               const PredictionTotals& all)
      : metric_{&metric}, everybody_{everybody}, labels_{labels}, strata_{strata} {
    double fy = 0.0;
    double fx = 0.0;
    for (const JudgeCells& own : strata) {
      const double w = own.population / own.sampled;
      for (std::size_t truth = 0; truth < 8; ++truth) {
        const double n = own.numbers[truth].n;
        y_ += w * n * hit(truth);
        x_ += w * n * in(truth);
        xx_ += w * w * n * in(truth);
        open_ += (1.0 - own.sampled / own.population) * w * w * n * in(truth);
        squares_ += w * w * n;
        open_squares_ += (1.0 - own.sampled / own.population) * w * w * n;
        for (std::size_t said = 0; labels && said < 8; ++said)
          fx_ += w * own.counts[truth][said] * predicted_denominator(metric, said, everybody);
      }
      least_ = std::min(least_, own.least);
      most_ = std::max(most_, own.most);
    }
    if (labels) {
      for (std::size_t said = 0; said < 8; ++said) {
        fy += all.outcomes[said] * predicted_numerator(metric, said);
        fx += all.outcomes[said] * predicted_denominator(metric, said, everybody);
      }
    } else {
      fx_ = x_;
      fy = all.numbers.value();
      fx = all.cases;
    }
    judge_ = fx > 0.0 ? fy / fx : 0.0;
    usable_ = x_ > 0.0 && fx_ > 0.0 && fx > 0.0;
  }

  /// Whether the judge has something to say.
  [[nodiscard]] bool usable() const noexcept { return usable_; }
  /// How much of the variance is left by design alone once the population is finite; where the denominator is estimated
  /// too, at least what is left of all cases.
  [[nodiscard]] double finite_factor() const noexcept {
    const double met = xx_ > 0.0 ? open_ / xx_ : 1.0;
    return everybody_ || !(squares_ > 0.0) ? met : std::max(met, open_squares_ / squares_);
  }
  /// What one case can move the numerator by what the judge says of it, beside 1 by its audit: a judge that guesses who
  /// is in the denominator spreads over its own, numbers over what the sample holds.
  [[nodiscard]] double reach() const noexcept { return labels_ ? x_ / fx_ : most_ > least_ ? most_ - least_ : 1.0; }
  [[nodiscard]] bool within_unit() const noexcept { return labels_ || (least_ >= 0.0 && most_ <= 1.0); }
  /// The judge's total of the numerator.
  [[nodiscard]] double predicted(const PredictionTotals& of) const noexcept {
    if (!labels_) return of.numbers.value();
    double out = 0.0;
    for (std::size_t said = 0; said < 8; ++said) out += of.outcomes[said] * predicted_numerator(*metric_, said);
    return out;
  }

  /// Cases of a stratum's sample that a judge by labels can be expected to tell from the others.
  [[nodiscard]] double named_among(const JudgeCells& own) const noexcept {
    if (!labels_) return own.sampled;
    if (!(own.predicted.cases > 0.0)) return 0.0;
    const double named = predicted(own.predicted) / own.predicted.cases;
    return own.sampled * std::min(named, 1.0 - named);
  }

  [[nodiscard]] JudgeFit fit(JudgeWeight weight, bool apart) const {
    std::vector<Sums> sums;
    double uv = 0.0;
    double vv = 0.0;
    for (const JudgeCells& own : strata_) {
      sums.push_back(sums_of(own));
      uv += sums.back().uv;
      vv += sums.back().vv;
    }
    JudgeFit out;
    out.value = y_ / x_;
    double cases = 0.0;
    for (std::size_t h = 0; h < sums.size(); ++h) {
      const Sums& s = sums[h];
      const double top = apart ? s.uv : uv;
      const double bottom = apart ? s.vv : vv;
      const bool flat = !(bottom > 1e-14 * (apart ? s.raw : raw(sums)));
      const bool tuned = weight == JudgeWeight::tuned && !flat;
      const double lambda = weight == JudgeWeight::full ? 1.0 : tuned ? top / bottom : 0.0;
      if (tuned) out.tuned = apart ? out.tuned + 1.0 : 1.0;
      out.value -= lambda * (s.v - (apart ? predicted_deviation(strata_[h]) : 0.0));
      const double residual = std::fmax(0.0, s.uu - 2.0 * lambda * s.uv + lambda * lambda * s.vv);
      // A weight tuned on the same audits fits them a little too well.
      const double n = apart ? strata_[h].audited() : audited();
      const double groups = apart ? 1.0 : static_cast<double>(sums.size());
      const double fitted = tuned && n - groups > 1.0 ? (n - groups) / (n - groups - 1.0) : 1.0;
      out.finite_variance += fitted * residual;
      out.process_variance += fitted * residual + s.process;
      out.alone_finite += s.uu;
      out.alone_process += s.alone;
      out.lambda += strata_[h].predicted.cases * lambda;
      cases += strata_[h].predicted.cases;
    }
    out.lambda = cases > 0.0 ? out.lambda / cases : 0.0;
    return out;
  }

  /// What the judge names an event that the audit does not, as a part of all squared errors, audit - lambda * judge.
  [[nodiscard]] double named_part(double lambda, bool events_are_hits) const noexcept {
    const auto event = [&](std::size_t truth) { return (events_are_hits ? hit(truth) : in(truth)-hit(truth)) > 0.0; };
    const auto named = [&](std::size_t said) {
      const double hits = predicted_numerator(*metric_, said);
      return events_are_hits ? hits : predicted_denominator(*metric_, said, everybody_) - hits;
    };
    // What the judge says of cases that are no events, on average: labels one way or the other.
    double cases = 0.0;
    double sum = 0.0;
    for (const JudgeCells& own : strata_)
      for (std::size_t truth = 0; truth < 8; ++truth) {
        if (event(truth)) continue;
        cases += own.numbers[truth].n;
        sum += own.numbers[truth].f.value();
        for (std::size_t said = 0; labels_ && said < 8; ++said) sum += own.counts[truth][said] * named(said);
      }
    double usual = cases > 0.0 ? sum / cases : 0.0;
    if (labels_) usual = usual > 0.5 ? 1.0 : 0.0;
    const double slope = labels_ ? lambda * reach() : events_are_hits ? lambda : -lambda;
    double with = 0.0;
    double against = 0.0;
    for (const JudgeCells& own : strata_) {
      const double w = own.population / own.sampled;
      for (std::size_t truth = 0; truth < 8; ++truth) {
        const double y = event(truth) ? 1.0 : 0.0;
        const double n = own.numbers[truth].n;
        double squares = 0.0;
        for (std::size_t said = 0; labels_ && said < 8; ++said) {
          const double error = y - slope * (named(said) - usual);
          squares += own.counts[truth][said] * error * error;
        }
        if (!labels_) {
          const double f = own.numbers[truth].f.value() - n * usual;
          const double ff =
              own.numbers[truth].ff.value() - 2.0 * usual * own.numbers[truth].f.value() + n * usual * usual;
          squares = std::fmax(0.0, n * y - 2.0 * slope * y * f + slope * slope * ff);
        }
        (y > 0.0 ? with : against) += w * w * squares;
      }
    }
    return against > 0.0 ? against / (with + against) : 0.0;
  }

 private:
  struct Sums {
    double v{0.0};                     ///< weighted total of the judge's deviation
    double uu{0.0}, uv{0.0}, vv{0.0};  ///< what the stratum adds to the finite (co)variances
    double process{0.0};               ///< what drawing the queue itself adds
    double alone{0.0};                 ///< the process variance without the judge
    double raw{0.0};                   ///< weighted squares of the judge's deviations, not centred
  };

  [[nodiscard]] double hit(std::size_t truth) const noexcept {
    return (metric_->numerator >> truth & 1U) != 0 ? 1.0 : 0.0;
  }
  [[nodiscard]] double in(std::size_t truth) const noexcept {
    return (metric_->denominator >> truth & 1U) != 0 ? 1.0 : 0.0;
  }
  [[nodiscard]] double audited() const noexcept {
    double n = 0.0;
    for (const JudgeCells& own : strata_) n += own.audited();
    return n;
  }
  [[nodiscard]] static double raw(const std::vector<Sums>& sums) noexcept {
    double out = 0.0;
    for (const Sums& s : sums) out += s.raw;
    return out;
  }
  /// The judge's deviation over all cases of a stratum.
  [[nodiscard]] double predicted_deviation(const JudgeCells& own) const noexcept {
    return (predicted(own.predicted) - judge_ * own.predicted.cases) / fx_;
  }

  [[nodiscard]] Sums sums_of(const JudgeCells& own) const noexcept {
    double u = 0.0;
    double v = 0.0;
    double uu = 0.0;
    double uv = 0.0;
    double vv = 0.0;
    const double ratio = y_ / x_;
    for (std::size_t truth = 0; truth < 8; ++truth) {
      const double n = own.numbers[truth].n;
      if (n == 0.0) continue;
      const double audit = (hit(truth) - ratio * in(truth)) / x_;
      double sum = 0.0;
      double squares = 0.0;
      if (labels_) {
        for (std::size_t said = 0; said < 8; ++said) {
          const double guess =
              (predicted_numerator(*metric_, said) - judge_ * predicted_denominator(*metric_, said, everybody_)) / fx_;
          sum += own.counts[truth][said] * guess;
          squares += own.counts[truth][said] * guess * guess;
        }
      } else {
        const double f = own.numbers[truth].f.value();
        sum = (f - n * judge_) / fx_;
        squares = std::fmax(0.0, own.numbers[truth].ff.value() - 2.0 * judge_ * f + n * judge_ * judge_) / (fx_ * fx_);
      }
      u += n * audit;
      uu += n * audit * audit;
      v += sum;
      uv += audit * sum;
      vv += squares;
    }
    const double n = own.sampled;
    const double w = own.population / n;
    const double scale = n > 1.0 ? n / (n - 1.0) : 1.0;
    const auto centred = [&](double ab, double a, double b) { return n > 1.0 ? (ab - a * b / n) * scale : ab; };
    const double open = (1.0 - n / own.population) * w * w;
    Sums out;
    out.v = w * v;
    out.raw = open * scale * vv;
    out.uu = open * std::fmax(0.0, centred(uu, u, u));
    out.uv = open * centred(uv, u, v);
    out.vv = open * std::fmax(0.0, centred(vv, v, v));
    out.process = w * std::fmax(0.0, centred(uu, u, u));
    out.alone = w * w * std::fmax(0.0, centred(uu, u, u));
    return out;
  }

  const Metric* metric_;
  bool everybody_;
  bool labels_;
  std::span<const JudgeCells> strata_;
  double y_{0.0};
  double x_{0.0};
  double xx_{0.0};
  double open_{0.0};
  double squares_{0.0};
  double open_squares_{0.0};
  double fx_{0.0};
  double judge_{0.0};
  double least_{std::numeric_limits<double>::infinity()};
  double most_{-std::numeric_limits<double>::infinity()};
  bool usable_{false};
};

}  // namespace assay::detail
