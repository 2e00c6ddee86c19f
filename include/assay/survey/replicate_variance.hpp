#pragma once
/// \file
/// Variances from replicate weights.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <assay/survey/design.hpp>
#include <assay/survey/domains.hpp>
#include <assay/survey/point.hpp>
#include <assay/survey/replicate_factors.hpp>

namespace assay::survey {

namespace detail {

/// Calls work(first, last) on even parts of [0, count), each on a thread of its own. The first error, by place, is
/// thrown on.
template <class Work>
void in_parts(std::size_t count, unsigned threads, const Work& work) {
  const std::size_t parts = std::max<std::size_t>(1, std::min<std::size_t>(threads, count));
  std::vector<std::exception_ptr> errors(parts);
  const auto run = [&](std::size_t part) {
    try {
      work(count * part / parts, count * (part + 1) / parts);
    } catch (...) {
      errors[part] = std::current_exception();
    }
  };
  std::vector<std::thread> started;
  std::size_t next = 1;
  try {
    for (; next < parts; ++next) started.emplace_back(run, next);
  } catch (const std::system_error&) {
    // No more threads to be had: the calling one does what is left.
  }
  run(0);
  for (; next < parts; ++next) run(next);
  for (std::thread& thread : started) thread.join();
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

/// Weighted sums of y and of the denominator by unit of the first stage and domain: replicates of means, ratios and
/// totals need no more of the rows.
struct UnitSums {
  std::vector<Code> unit{};
  std::vector<Code> domain{};
  std::vector<double> above{};
  std::vector<double> below{};

  static UnitSums of(const Design& design, const Question& question, const Domains& domains) {
    UnitSums out;
    const Stage& stage = design.first_stage();
    const std::span<const double> weights = design.drawn_weights();
    const bool ratio = question.statistic == Statistic::ratio;
    const StageCells cells = stage_cells(stage, domains, weights.size());
    std::vector<Code> place(cells.by_unit ? cells.units.cells : 0, no_code);
    for (std::size_t row = 0; row < weights.size(); ++row) {
      const Code domain = domains.at(row);
      if (domain == no_code) continue;
      std::size_t at = out.unit.size();
      if (cells.by_unit) {
        Code& own = place[cells.units.cell_of_item[row]];
        if (own == no_code) own = static_cast<Code>(at);
        at = own;
      }
      if (at == out.unit.size()) {
        out.unit.push_back(stage.unit(row));
        out.domain.push_back(domain);
        out.above.push_back(0.0);
        out.below.push_back(0.0);
      }
      out.above[at] += weights[row] * question.y[row];
      out.below[at] += weights[row] * (ratio ? question.x[row] : 1.0);
    }
    return out;
  }
};

}  // namespace detail

/// Replicates of a design: the variance of an estimate is the sum over replicates of scale times the squared difference
/// of the replicate's estimate from the full one, or from the replicates' mean.
class ReplicateVariance final : public VarianceMethod, public Replicates {
 public:
  /// \throws InputError as ReplicateFactors does, and for a jackknife of more than 20,000 units.
  ReplicateVariance(const Design& design, const ReplicationSpec& spec, unsigned threads)
      : spec_{spec}, factors_{design, spec}, threads_{threads} {
    if (spec.method == Replication::jackknife && factors_.scale().size() > 20000)
      throw InputError("a jackknife of at most 20000 units", std::to_string(factors_.scale().size()), {},
                       "choose method=\"bootstrap\": its replicates do not grow with the table");
  }

  [[nodiscard]] std::vector<double> covariance(const Design&, std::span<const double>, std::size_t) const override {
    throw AssayError("replicates answer with estimates, not with scores");
  }
  [[nodiscard]] const Replicates* replicates() const noexcept override { return this; }
  [[nodiscard]] const std::vector<double>& scale() const noexcept override { return factors_.scale(); }
  [[nodiscard]] bool about_the_estimate() const noexcept override { return spec_.about_the_estimate; }

  /// Units of the domain that vary from replicate to replicate, minus the strata, or pairs, that they are in; below 0
  /// where none varies.
  [[nodiscard]] double degrees_of_freedom(const Design& design, std::span<const unsigned char> inside) const override {
    const Stage& stage = design.first_stage();
    const std::vector<Code>& group = factors_.group_of_unit();
    std::vector<char> met(factors_.units(), 0), entered(factors_.units(), 0);
    double out = 0.0;
    bool any = false;
    for (std::size_t row = 0; row < inside.size(); ++row) {
      if (inside[row] == 0) continue;
      const Code unit = stage.unit(row);
      if (met[unit] != 0 || !factors_.varies(unit)) continue;
      met[unit] = 1;
      any = true;
      out += 1.0;
      if (entered[group[unit]] != 0) continue;
      entered[group[unit]] = 1;
      out -= 1.0;
    }
    return any ? out : -1.0;
  }

  void weights(const Design& design, std::size_t replicate, std::span<double> out) const override {
    std::vector<double> factor(factors_.units());
    fill_weights(design, replicate, factor, out);
  }

  [[nodiscard]] std::vector<std::vector<double>> estimates(const Design& design, const Question& question,
                                                           const Domains& domains) const override {
    std::vector<std::vector<double>> out(scale().size());
    const bool sums = design.adjustments().empty() && question.statistic != Statistic::variance;
    const detail::UnitSums of = sums ? detail::UnitSums::of(design, question, domains) : detail::UnitSums{};
    detail::in_parts(out.size(), threads_, [&](std::size_t first, std::size_t last) {
      std::vector<double> factor(factors_.units());
      std::vector<double> own(sums ? 0 : static_cast<std::size_t>(design.rows()));
      for (std::size_t r = first; r < last; ++r) {
        if (sums) {
          factors_.fill(r, factor);
          out[r] = from_sums(of, factor, question.statistic, domains.count);
        } else {
          fill_weights(design, r, factor, own);
          out[r] = point_estimates(question, own, domains).estimate;
        }
      }
    });
    return out;
  }

  [[nodiscard]] std::string words() const override {
    const std::string count = " with " + std::to_string(scale().size()) + " replicates";
    const std::string fractions = factors_.leaves_out_fractions() ? ", as if drawn with replacement" : "";
    switch (spec_.method) {
      case Replication::jackknife:
        return "jackknife" + count + fractions;
      case Replication::balanced:
        return (spec_.fay > 0.0 ? "Fay's balanced half-samples (" + to_text(spec_.fay) + ")"
                                : "balanced half-samples") +
               count + fractions;
      default:
        return "bootstrap" + count + ", seed " + std::to_string(spec_.seed) + fractions;
    }
  }

 private:
  void fill_weights(const Design& design, std::size_t replicate, std::vector<double>& factor,
                    std::span<double> out) const {
    factors_.fill(replicate, factor);
    const Stage& stage = design.first_stage();
    const std::span<const double> weights = design.drawn_weights();
    for (std::size_t row = 0; row < weights.size(); ++row) out[row] = weights[row] * factor[stage.unit(row)];
    try {
      for (const auto& adjustment : design.adjustments()) adjustment->reweight(out);
    } catch (const InputError& error) {
      throw InputError("replicate " + std::to_string(replicate + 1) + " of " + std::to_string(scale().size()) +
                       " cannot be adjusted as the sample was: " + error.what());
    }
  }

  static std::vector<double> from_sums(const detail::UnitSums& of, const std::vector<double>& factor,
                                       Statistic statistic, std::size_t count) {
    std::vector<double> above(count, 0.0), below(count, 0.0);
    if (count == 1) {
      double y = 0.0, x = 0.0;
      for (std::size_t i = 0; i < of.unit.size(); ++i) {
        y += factor[of.unit[i]] * of.above[i];
        x += factor[of.unit[i]] * of.below[i];
      }
      above[0] = y, below[0] = x;
    } else {
      for (std::size_t i = 0; i < of.unit.size(); ++i) {
        above[of.domain[i]] += factor[of.unit[i]] * of.above[i];
        below[of.domain[i]] += factor[of.unit[i]] * of.below[i];
      }
    }
    if (statistic != Statistic::total)
      for (std::size_t d = 0; d < count; ++d)
        above[d] = below[d] != 0.0 ? above[d] / below[d] : std::numeric_limits<double>::quiet_NaN();
    return above;
  }

  ReplicationSpec spec_;
  ReplicateFactors factors_;
  unsigned threads_;
};

/// The design with its variances from replicates; weights that were adjusted, or will be, are adjusted anew in each.
///
/// Assumes: the first stage's units were drawn independently of each other; later stages come along with their unit.
/// Use when: a statistic has no formula, adjustments should be felt whole, or another tool wants replicates.
/// jackknife: smooth statistics, few units. balanced: two units a stratum, quantiles too. bootstrap: anything.
/// Not for: quantiles by the jackknife.
///
/// Reference: Rao & Wu (1988), JASA 83(401):231-241; McCarthy (1969), Review of the ISI 37(3):239-264; Judkins (1990),
/// Journal of Official Statistics 6(3):223-239 (Fay); Wolter (2007), Introduction to Variance Estimation, ch. 3-5
/// \throws InputError as ReplicateVariance does, and for designs of unequal probabilities or two phases.
[[nodiscard]] inline Design replicated(const Design& design, const ReplicationSpec& spec, unsigned threads = 1) {
  if (design.variance_method() != nullptr && design.variance_method()->replicates() == nullptr)
    throw InputError("a design whose stages say its variance, to replicate", design.variance_method()->words(), {},
                     "leave pps= and joint= away to replicate as if drawn with replacement");
  return design.with_variance(std::make_shared<const ReplicateVariance>(design, spec, threads));
}

}  // namespace assay::survey
