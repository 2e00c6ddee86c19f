#pragma once
/// \file
/// The plan: how many cases to audit in each stratum of a frame.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/probability.hpp>
#include <assay/io/table.hpp>
#include <assay/sampling/allocation.hpp>
#include <assay/sampling/frame.hpp>
#include <assay/sampling/overlap.hpp>
#include <assay/sampling/plan_options.hpp>
#include <assay/sampling/sizing.hpp>
#include <assay/sampling/strata.hpp>

namespace assay {

/// Half the width of the interval to expect for a rate expected to be `rate`, from `size` of `population` cases: exact
/// limits, as a score of one whole stratum has them; 0 when all are taken.
///
/// Assumes a simple random sample; a planning figure, which the interval found later will not equal.
[[nodiscard]] inline double expected_half_width(std::int64_t size, std::int64_t population, double rate,
                                                Confidence confidence) {
  if (!(rate >= 0.0 && rate <= 1.0)) throw InputError("an expected rate between 0 and 1", to_text(rate));
  if (size < 1 || population < size)
    throw InputError("a size between 1 and the population of " + to_text(population), to_text(size));
  const double v = 1.0 / static_cast<double>(size) - 1.0 / static_cast<double>(population);
  return allocation::detail::exact_half_width(allocation::detail::planning_rate(rate), v, confidence);
}

/// A slice of the frame in a plan: what was wished, what to expect, what the wish costs.
struct PlannedSlice {
  std::vector<std::string> columns{};
  std::vector<std::string> values{};
  allocation::Outlook outlook{};
  std::optional<double> half_width{};     ///< wished
  std::optional<double> variation{};      ///< wished
  std::int64_t minimum{0};                ///< wished
  std::optional<double> price{};          ///< saved by a half-width or coefficient of variation 1 % wider
  std::optional<double> minimum_price{};  ///< saved by a minimum lower by one
};

/// What a plan costs, and what no plan that keeps the wishes can cost less than.
struct PlanProof {
  double cost{0.0};
  double lower_bound{0.0};
  double minimum_price{0.0};  ///< saved by a minimum lower by one in every stratum
  double cap_price{0.0};      ///< saved by one audit more under max_audits

  [[nodiscard]] double gap() const noexcept { return cost > 0.0 ? std::max(0.0, (cost - lower_bound) / cost) : 0.0; }
};

/// A frame with a sample size for each stratum. Immutable; copies share memory.
class Plan {
 public:
  /// \throws InputError unless one aim is given (a size, a share, wishes, or a cap alone), for a size that cannot be
  /// had,
  ///         wishes that cannot be kept or cost more than the cap, a minimum below 1 (a stratum that nobody audits
  ///         would be missing from the sample), allocations without what they need, rates or costs that are missing or
  ///         out of range, and columns that are not among the frame's `by`.
  Plan(const Frame& frame, PlanOptions options, unsigned threads = 1)
      : frame_{frame},
        options_{detail::checked(std::move(options))},
        strata_{frame, options_.strata, threads},
        overlap_{frame, options_.strata, strata_, threads} {
    if (frame.decided() == 0) throw InputError("decided cases to draw from", "a frame of undecided ones only");
    learn();
    const Sized sized = Sizing{prospect_, options_}();
    sizes_ = sized.sizes;
    proof_ = {0.0, sized.bound, sized.stratum_price, sized.cap_price};
    for (std::size_t d = 0; d < sized.slice_prices.size(); ++d) {
      PlannedSlice& slice = wished_slices_[d];
      if (slice.half_width || slice.variation) slice.price = sized.slice_prices[d];
      if (slice.minimum > 0) slice.minimum_price = sized.minimum_prices[d];
    }
    for (std::size_t h = 0; h < sizes_.size(); ++h) proof_.cost += prospect_.costs[h] * static_cast<double>(sizes_[h]);
    half_widths_ = allocation::stratum_half_widths(prospect_, sizes_);
  }

  [[nodiscard]] const Frame& frame() const noexcept { return frame_; }
  [[nodiscard]] const PlanOptions& options() const noexcept { return options_; }
  [[nodiscard]] const Strata& strata() const noexcept { return strata_; }
  /// Cases to draw in each stratum.
  [[nodiscard]] const allocation::Counts& sizes() const noexcept { return sizes_; }
  /// Cases to draw in all.
  [[nodiscard]] std::int64_t size() const noexcept { return allocation::detail::sum_of(sizes_); }
  /// What they cost.
  [[nodiscard]] double cost() const noexcept { return proof_.cost; }
  /// Where there were wishes: that no plan that keeps them costs much less.
  [[nodiscard]] std::optional<PlanProof> proof() const {
    if (!options_.wished()) return std::nullopt;
    return proof_;
  }

  /// The slices of some groupings with what to expect of them: the wished ones of the plan first, then `groupings`.
  [[nodiscard]] std::vector<PlannedSlice> slices(const std::vector<std::vector<std::string>>& groupings = {}) const {
    std::vector<PlannedSlice> out = wished_slices_;
    const auto seen = allocation::outlooks(prospect_, sizes_);
    for (std::size_t d = 0; d < out.size(); ++d) out[d].outlook = seen[d];
    allocation::Prospect further = prospect_;
    for (const auto& grouping : groupings) {
      if (std::any_of(out.begin(), out.end(), [&](const PlannedSlice& slice) { return slice.columns == grouping; }))
        continue;
      further.slices.clear();
      const auto found = overlap_.slices(grouping, options_.expected, expected_columns());
      for (const FrameSlice& slice : found) further.slices.push_back({slice.name, slice.parts, {}, {}, 0});
      const auto outlook = allocation::outlooks(further, sizes_);
      for (std::size_t d = 0; d < found.size(); ++d)
        out.push_back({grouping, found[d].values, outlook[d], {}, {}, 0, {}, {}});
    }
    return out;
  }

  /// The same as a table: column, slice, population, expected_rate, expected_audits, expected_half_width, wished,
  /// expected_variation, wished_variation, minimum, price, minimum_price. Rates and what rests on them are null where
  /// none were given, wishes and prices where there are none.
  [[nodiscard]] io::Table slices_table(const std::vector<std::vector<std::string>>& groupings = {}) const {
    io::ColumnBuilder column{"column", "u"}, slice{"slice", "u"}, population{"population", "l"},
        minimum{"minimum", "l"};
    io::ColumnBuilder rate{"expected_rate", "g"}, audits{"expected_audits", "g"}, width{"expected_half_width", "g"};
    io::ColumnBuilder wished{"wished", "g"}, variation{"expected_variation", "g"}, varied{"wished_variation", "g"};
    io::ColumnBuilder price{"price", "g"}, minimum_price{"minimum_price", "g"};
    const bool known = detail::given(options_.expected);
    const auto joined = [](const std::vector<std::string>& texts, const char* none) {
      std::string out;
      for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
      return texts.empty() ? std::string{none} : out;
    };
    for (const PlannedSlice& each : slices(groupings)) {
      column.append(joined(each.columns, "overall"));
      slice.append(joined(each.values, "all"));
      population.append(each.outlook.cases);
      rate.append(known ? std::optional{each.outlook.rate} : std::nullopt);
      audits.append(each.outlook.audits);
      width.append(each.outlook.half_width);
      wished.append(each.half_width);
      variation.append(known ? std::optional{each.outlook.variation} : std::nullopt);
      varied.append(each.variation);
      minimum.append(each.minimum > 0 ? std::optional{each.minimum} : std::nullopt);
      price.append(each.price);
      minimum_price.append(each.minimum_price);
    }
    return io::Table{{column.finish(), slice.finish(), population.finish(), rate.finish(), audits.finish(),
                      width.finish(), wished.finish(), variation.finish(), varied.finish(), minimum.finish(),
                      price.finish(), minimum_price.finish()}};
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
  [[nodiscard]] const std::vector<std::string>& expected_columns() const {
    return options_.expected_columns ? *options_.expected_columns : options_.strata;
  }

  /// What is known of the strata before anything is allocated.
  void learn() {
    prospect_.populations = strata_.populations();
    prospect_.confidence = options_.confidence;
    prospect_.finite = options_.finite;
    prospect_.rates =
        overlap_.averages(options_.expected, expected_columns(), {"an expected error rate", "expected"}, 0.5);
    const auto& cost_columns = options_.cost_columns ? *options_.cost_columns : options_.strata;
    prospect_.costs = overlap_.averages(options_.cost, cost_columns, {"a cost", "cost"}, 1.0);
    const auto& maximum_columns = options_.maximum_columns ? *options_.maximum_columns : options_.strata;
    const auto most = overlap_.averages(options_.maximum, maximum_columns, {"a maximum", "maximum"}, 9e15);
    for (std::size_t h = 0; h < most.size(); ++h) {
      const std::int64_t held = prospect_.populations[h];
      prospect_.limits.most.push_back(std::min(held, static_cast<std::int64_t>(std::min(most[h], 9e15))));
      prospect_.limits.least.push_back(std::min(options_.minimum, prospect_.limits.most[h]));
    }
    for (const SliceWish& wish : options_.wishes)
      for (FrameSlice& slice : overlap_.slices(wish.columns, options_.expected, expected_columns())) {
        wished_slices_.push_back(
            {wish.columns, slice.values, {}, wish.half_width, wish.variation, wish.minimum, {}, {}});
        prospect_.slices.push_back({slice.name, std::move(slice.parts), wish.half_width, wish.variation, wish.minimum});
      }
  }

  Frame frame_;
  PlanOptions options_;
  Strata strata_;
  Overlap overlap_;
  allocation::Prospect prospect_{};
  std::vector<PlannedSlice> wished_slices_{};
  allocation::Counts sizes_{};
  std::vector<double> half_widths_{};
  PlanProof proof_{};
};

}  // namespace assay
