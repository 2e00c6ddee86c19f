#pragma once
/// \file
/// The plan: how many cases to audit in each stratum of a frame.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <assay/core/probability.hpp>
#include <assay/io/table.hpp>
#include <assay/numeric/special.hpp>
#include <assay/sampling/allocation.hpp>
#include <assay/sampling/frame.hpp>
#include <assay/sampling/strata.hpp>

namespace assay {

/// How a sample is shared out among strata; allocation.hpp says when to use which.
enum class Allocation : unsigned char { proportional, equal, neyman };

/// The error rate expected: unknown, one for all strata, or one by the stratum's values as text (`value_text`).
using ExpectedRates = std::variant<std::monostate, double, std::map<std::vector<std::string>, double>>;

struct PlanOptions {
  std::optional<std::int64_t> size{};  ///< cases in all; either this or `share`
  std::optional<double> share{};       ///< of all decided cases, rounded to a whole number
  std::vector<std::string> strata{};   ///< columns among the frame's `by`
  Allocation allocation{Allocation::proportional};
  ExpectedRates expected{};
  std::int64_t minimum{2};  ///< least number in a stratum; one that holds fewer is taken whole
  Confidence confidence{0.95};
};

/// Half the width of Wilson's interval for a rate expected to be `rate`, from `size` of `population` cases.
///
/// The finite population enters as size / (1 - size / population) cases from an endless one; 0 when all are taken.
/// Assumes a simple random sample; a planning figure, which the interval found later will not equal.
[[nodiscard]] inline double expected_half_width(std::int64_t size, std::int64_t population, double rate,
                                                Confidence confidence) {
  if (!(rate >= 0.0 && rate <= 1.0)) throw InputError("an expected rate between 0 and 1", to_text(rate));
  if (size < 1 || population < size)
    throw InputError("a size between 1 and the population of " + to_text(population), to_text(size));
  if (size == population) return 0.0;
  const auto held = static_cast<double>(population);
  const double n = static_cast<double>(size) * held / static_cast<double>(population - size);
  const double z = normal_quantile(0.5 * confidence.alpha());
  const double k = z * z / n;
  return std::sqrt(k * rate * (1.0 - rate) + 0.25 * k * k) / (1.0 + k);
}

/// A frame with a sample size for each stratum. Immutable; copies share memory.
class Plan {
 public:
  /// \throws InputError unless exactly one of size and share is given, for a size that cannot be had, a minimum below 1
  ///         (a stratum that nobody audits would be missing from the sample), Neyman's allocation without expected
  ///         rates or a stratum without one, and strata that are not among the frame's `by`.
  Plan(const Frame& frame, PlanOptions options, unsigned threads = 1)
      : frame_{frame}, options_{check(std::move(options))}, strata_{frame, options_.strata, threads} {
    const allocation::Counts& held = strata_.populations();
    if (frame.decided() == 0) throw InputError("decided cases to draw from", "a frame of undecided ones only");
    std::int64_t least = 0;
    for (const std::int64_t population : held) least += std::min(population, options_.minimum);
    const allocation::Wish wish{options_.size ? wished(*options_.size, least) : shared(*options_.share, least),
                                options_.minimum};
    const std::vector<double> rates = expected_rates();
    if (options_.allocation == Allocation::neyman) {
      std::vector<double> spreads;
      for (const double rate : rates) spreads.push_back(std::sqrt(rate * (1.0 - rate)));
      sizes_ = allocation::neyman(held, spreads, wish);
    } else if (options_.allocation == Allocation::equal) {
      sizes_ = allocation::equal(held, wish);
    } else {
      sizes_ = allocation::proportional(held, wish);
    }
    for (std::size_t h = 0; h < held.size(); ++h)
      half_widths_.push_back(expected_half_width(sizes_[h], held[h], rates[h], options_.confidence));
  }

  [[nodiscard]] const Frame& frame() const noexcept { return frame_; }
  [[nodiscard]] const PlanOptions& options() const noexcept { return options_; }
  [[nodiscard]] const Strata& strata() const noexcept { return strata_; }
  /// Cases to draw in each stratum.
  [[nodiscard]] const allocation::Counts& sizes() const noexcept { return sizes_; }
  /// Cases to draw in all.
  [[nodiscard]] std::int64_t size() const noexcept {
    return std::accumulate(sizes_.begin(), sizes_.end(), std::int64_t{0});
  }

  /// The same plan with other sizes: what came of it when cases had to be replaced.
  /// \throws InputError unless each is between 0 and what its stratum holds.
  [[nodiscard]] Plan resized(allocation::Counts sizes) const {
    if (sizes.size() != sizes_.size())
      throw InputError("a size for each of " + std::to_string(sizes_.size()) + " strata", std::to_string(sizes.size()));
    for (std::size_t h = 0; h < sizes.size(); ++h)
      if (sizes[h] < 0 || sizes[h] > strata_.populations()[h])
        throw InputError("a size between 0 and " + to_text(strata_.populations()[h]), to_text(sizes[h]),
                         {strata_.name(h), {}});
    Plan out{*this};
    out.sizes_ = std::move(sizes);
    return out;
  }

  /// One row a stratum: its columns, population (decided cases), sample_size, expected_half_width (at the expected
  /// error rate, or at 50 %, the widest there is, where none was given).
  [[nodiscard]] io::Table table() const {
    std::vector<std::shared_ptr<const io::ColumnData>> out;
    for (std::size_t c = 0; c < strata_.columns().size(); ++c) {
      const io::Dictionary& values = frame_.values(strata_.columns()[c]);
      io::ColumnBuilder column{options_.strata[c], values.format()};
      for (std::size_t h = 0; h < strata_.size(); ++h) {
        const io::Code code = strata_.values(h)[c];
        if (values.is_text())
          column.append(values.text(code));
        else if (values.format() == "b")
          column.append(values.integer(code) != 0);
        else
          column.append(values.integer(code));
      }
      out.push_back(column.finish());
    }
    io::ColumnBuilder population{"population", "l"};
    io::ColumnBuilder size{"sample_size", "l"};
    io::ColumnBuilder half_width{"expected_half_width", "g"};
    for (std::size_t h = 0; h < strata_.size(); ++h) {
      population.append(strata_.populations()[h]);
      size.append(sizes_[h]);
      half_width.append(half_widths_[h]);
    }
    out.insert(out.end(), {population.finish(), size.finish(), half_width.finish()});
    return io::Table{std::move(out)};
  }

 private:
  static PlanOptions check(PlanOptions options) {
    if (options.size.has_value() == options.share.has_value())
      throw InputError("either size= (cases in all) or share= (of all decided cases)",
                       options.size ? "both" : "neither");
    if (options.minimum < 1)
      throw InputError("a minimum of 1 or more", to_text(options.minimum), {},
                       "a stratum that nobody audits would be missing from the sample");
    if (options.allocation == Allocation::neyman && std::holds_alternative<std::monostate>(options.expected))
      throw InputError("expected= error rates for allocation=\"neyman\"", "none", {},
                       "pass last period's error rates, or choose \"proportional\" or \"equal\"");
    for (const std::string& name : options.strata)
      for (const std::string_view own : {"population", "sample_size", "expected_half_width"})
        if (name == own)
          throw InputError("strata that are not called like a column of the plan", in_quotes(name), {},
                           "rename the column");
    return options;
  }

  [[nodiscard]] std::int64_t wished(std::int64_t size, std::int64_t least) const {
    const std::int64_t most = frame_.decided();
    if (size > most)
      throw InputError("a size of at most " + to_text(most) + ", all decided cases of the frame", to_text(size), {},
                       "size=" + to_text(most) + " takes them all");
    if (size < least)
      throw InputError("a size of at least " + to_text(least) + ", the minimum of " + to_text(options_.minimum) +
                           " in each of " + std::to_string(strata_.size()) + " strata",
                       to_text(size), {},
                       "raise size= to " + to_text(least) + ", lower minimum=, or name fewer strata=");
    return size;
  }

  [[nodiscard]] std::int64_t shared(double share, std::int64_t least) const {
    const double wanted = Share{share}.value() * static_cast<double>(frame_.decided());
    return std::clamp(static_cast<std::int64_t>(std::llround(wanted)), least, frame_.decided());
  }

  [[nodiscard]] std::vector<double> expected_rates() const {
    std::vector<double> rates(strata_.size(), 0.5);
    if (const auto* one = std::get_if<double>(&options_.expected)) rates.assign(strata_.size(), *one);
    if (const auto* each = std::get_if<std::map<std::vector<std::string>, double>>(&options_.expected))
      for (std::size_t h = 0; h < rates.size(); ++h) {
        const auto found = each->find(strata_.texts(h));
        if (found == each->end())
          throw InputError("an expected error rate for each stratum", "none for " + in_quotes(strata_.name(h)), {},
                           "add it to expected=");
        rates[h] = found->second;
      }
    for (const double rate : rates)
      if (!(rate >= 0.0 && rate <= 1.0))
        throw InputError("expected error rates between 0 and 1", to_text(rate), {"expected", {}});
    return rates;
  }

  Frame frame_;
  PlanOptions options_;
  Strata strata_;
  allocation::Counts sizes_{};
  std::vector<double> half_widths_{};
};

}  // namespace assay
