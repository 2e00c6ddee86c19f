#pragma once
/// \file
/// What a plan is asked for: a size, or how sharp the scores of slices are to be, and under which limits.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>

namespace assay {

/// How a sample is shared out among strata; allocation.hpp, neyman.hpp and planner.hpp say when to use which. `optimal`
/// is the cheapest that keeps the wishes; with a size, the sharpest overall score where audits differ in cost.
enum class Allocation : unsigned char { proportional, equal, neyman, optimal };

/// A value for each stratum: unknown, one for all, or one by values of columns as text (`value_text`).
using ByStratum = std::variant<std::monostate, double, std::map<std::vector<std::string>, double>>;
using ExpectedRates = ByStratum;

/// How sharp each slice of some columns is to be; without columns, the whole.
struct SliceWish {
  std::vector<std::string> columns{};
  std::optional<double> half_width{};
  std::optional<double> variation{};  ///< coefficient of variation of the rate
  std::int64_t minimum{0};            ///< audits in effect expected in each slice, or all of one that holds fewer
};

struct PlanOptions {
  std::optional<std::int64_t> size{};  ///< cases in all; either this, or `share`, or wishes, or a cap alone
  std::optional<double> share{};       ///< of all decided cases, rounded to a whole number
  std::vector<std::string> strata{};   ///< columns among the frame's `by`
  Allocation allocation{Allocation::proportional};
  ExpectedRates expected{};
  std::int64_t minimum{2};  ///< least number in a stratum; one that holds fewer is taken whole
  Confidence confidence{0.95};
  std::vector<SliceWish> wishes{};
  std::optional<std::int64_t> max_audits{};
  std::optional<double> budget{};                              ///< in units of cost
  ByStratum cost{};                                            ///< of one audit; 1 where none is given
  ByStratum maximum{};                                         ///< most audits in a stratum
  std::optional<std::vector<std::string>> expected_columns{};  ///< of the values in `expected`; none: the strata
  std::optional<std::vector<std::string>> cost_columns{};
  std::optional<std::vector<std::string>> maximum_columns{};
  bool finite{true};  ///< scores are to be about this queue (true), or the process that made it

  [[nodiscard]] bool wished() const noexcept {
    return std::any_of(wishes.begin(), wishes.end(),
                       [](const SliceWish& wish) { return wish.half_width || wish.variation || wish.minimum > 0; });
  }
};

namespace detail {

inline bool given(const ByStratum& value) { return !std::holds_alternative<std::monostate>(value); }

/// Refuses a value for strata that is not `fits`.
template <class Fits>
void refuse_unless_each(const ByStratum& values, const Fits& fits, const char* wanted, const char* name) {
  const auto look = [&](double value) {
    if (!fits(value)) throw InputError(wanted, to_text(value), {name, {}});
  };
  if (const auto* one = std::get_if<double>(&values)) look(*one);
  if (const auto* each = std::get_if<std::map<std::vector<std::string>, double>>(&values))
    for (const auto& [stratum, value] : *each) look(value);
}

inline void refuse_unless_one_aim(const PlanOptions& options) {
  const bool sharp = std::any_of(options.wishes.begin(), options.wishes.end(),
                                 [](const SliceWish& wish) { return wish.half_width || wish.variation; });
  const bool capped = options.max_audits || options.budget;
  const int aims = (options.size ? 1 : 0) + (options.share ? 1 : 0) + (sharp ? 1 : 0);
  constexpr const char* one = "one of size= (cases in all), share= (of all decided cases) and half_width= (how sharp)";
  if (aims > 1)
    throw InputError(one, options.size && options.share ? "size= and share= both" : "a size and a wish both", {},
                     "to plan by a wish under a cap, pass max_audits= with it");
  if (aims == 0 && !capped && !options.wished())
    throw InputError(one, "none", {}, "max_audits= or budget= alone plans the sharpest overall score it can pay");
  if ((options.size || options.share) && capped)
    throw InputError("size= or share= alone, for they are the cap",
                     options.max_audits ? "max_audits= too" : "budget= too");
  if ((options.size || options.share) && options.wished())
    throw InputError("minimums of slices with a half_width=, max_audits= or budget=", "with a settled size", {},
                     "leave out size= or share=: the cheapest plan finds it");
  if (options.max_audits && *options.max_audits < 1)
    throw InputError("max_audits= of 1 or more", to_text(*options.max_audits));
  if (options.budget && !(*options.budget > 0.0 && std::isfinite(*options.budget)))
    throw InputError("a finite budget= above 0", to_text(*options.budget));
}

/// The options, once they make sense together. \throws InputError in plain words, with what would do.
inline PlanOptions checked(PlanOptions options) {
  refuse_unless_one_aim(options);
  if (options.minimum < 1)
    throw InputError("a minimum of 1 or more", to_text(options.minimum), {},
                     "a stratum that nobody audits would be missing from the sample");
  if (options.allocation == Allocation::neyman && !given(options.expected))
    throw InputError("expected= error rates for allocation=\"neyman\"", "none", {},
                     "pass last period's error rates, or choose \"proportional\" or \"equal\"");
  if (options.allocation == Allocation::optimal && !options.wished() && !given(options.expected) &&
      !given(options.cost))
    throw InputError("expected= error rates or cost= for allocation=\"optimal\"", "neither", {},
                     "pass last period's error rates, or choose \"proportional\" or \"equal\"");
  refuse_unless_each(
      options.expected, [](double rate) { return rate >= 0.0 && rate <= 1.0; }, "expected error rates between 0 and 1",
      "expected");
  refuse_unless_each(
      options.cost, [](double cost) { return cost > 0.0 && std::isfinite(cost); }, "a finite cost above 0", "cost");
  refuse_unless_each(options.maximum, [](double most) { return most >= 1.0; }, "a maximum of 1 or more", "maximum");
  for (const SliceWish& wish : options.wishes)
    if (wish.variation && !given(options.expected))
      throw InputError("expected= error rates with coefficient_of_variation=", "none", {},
                       "what is small beside a rate depends on the rate: pass last period's");
  for (const std::string& name : options.strata)
    for (const std::string_view own : {"population", "sample_size", "expected_half_width"})
      if (name == own)
        throw InputError("strata that are not called like a column of the plan", in_quotes(name), {},
                         "rename the column");
  return options;
}

}  // namespace detail

}  // namespace assay
