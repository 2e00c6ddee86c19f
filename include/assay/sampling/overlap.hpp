#pragma once
/// \file
/// How strata and slices of a frame overlap: counted in one pass over the rows for each grouping.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/frame.hpp>
#include <assay/sampling/plan_options.hpp>
#include <assay/sampling/precision.hpp>
#include <assay/sampling/strata.hpp>

namespace assay {

/// A slice of the frame: its values, one a column of its grouping, and its overlap with the strata.
struct FrameSlice {
  std::vector<std::string> values{};
  std::string name{};  ///< in words, as strata are named
  std::vector<allocation::SlicePart> parts{};
};

/// The cells in which strata, slices and known values meet. One a plan; asked for one grouping after another.
class Overlap {
 public:
  Overlap(const Frame& frame, std::vector<std::string> strata, const Strata& of, unsigned threads = 1)
      : frame_{frame}, strata_columns_{std::move(strata)}, threads_{threads} {
    for (std::size_t h = 0; h < of.size(); ++h) stratum_of_[of.values(h)] = h;
    populations_ = of.populations();
  }

  /// The slices of a grouping in the order of their values, each with its cases by stratum and, where rates are known,
  /// the rate expected among them.
  ///
  /// \param name what a value is, for the refusal of cells that have none ("an expected error rate", "expected").
  /// \throws InputError for columns that are not among the frame's `by`, and cells without a value.
  [[nodiscard]] std::vector<FrameSlice> slices(const std::vector<std::string>& grouping, const ByStratum& rates,
                                               const std::vector<std::string>& rate_columns) const {
    std::vector<FrameSlice> out;
    each_cell(grouping, rates, rate_columns, {"an expected error rate", "expected"},
              [&](const Strata& cells, std::size_t cell, std::size_t stratum, std::int64_t cases,
                  const std::optional<double>& rate) {
                std::vector<std::string> values = cells.texts(cell);
                values.resize(grouping.size());
                if (out.empty() || out.back().values != values) {
                  FrameSlice fresh{values, {}, {}};
                  for (std::size_t c = 0; c < grouping.size(); ++c)
                    fresh.name += (c == 0 ? "" : "; ") + grouping[c] + "=" + values[c];
                  if (grouping.empty()) fresh.name = "overall";
                  out.push_back(std::move(fresh));
                }
                auto& parts = out.back().parts;
                if (parts.empty() || parts.back().stratum != stratum) {  // cells of one stratum lie side by side
                  parts.push_back({stratum, cases, rate});
                  return;
                }
                auto& same = parts.back();
                if (rate) {
                  const auto before = static_cast<double>(same.cases), added = static_cast<double>(cases);
                  same.rate = (same.rate.value_or(0.0) * before + *rate * added) / (before + added);
                }
                same.cases += cases;
              });
    return out;
  }

  /// A value for each stratum: the average over its cases of what its cells have.
  [[nodiscard]] std::vector<double> averages(const ByStratum& values, const std::vector<std::string>& columns,
                                             std::pair<std::string, std::string> called, double otherwise) const {
    std::vector<double> out(populations_.size(), otherwise);
    if (const auto* one = std::get_if<double>(&values)) out.assign(out.size(), *one);
    if (!std::holds_alternative<std::map<std::vector<std::string>, double>>(values)) return out;
    std::fill(out.begin(), out.end(), 0.0);
    std::vector<std::int64_t> seen(out.size());
    each_cell(
        {}, values, columns, called,
        [&](const Strata&, std::size_t, std::size_t stratum, std::int64_t cases, const std::optional<double>& value) {
          const std::int64_t all = seen[stratum] + cases;  // a running mean keeps one value exact
          out[stratum] += (*value - out[stratum]) * static_cast<double>(cases) / static_cast<double>(all);
          seen[stratum] = all;
        });
    return out;
  }

 private:
  /// Calls use(cells, cell, stratum, cases, value) for every combination of grouping, strata and value columns.
  template <class Use>
  void each_cell(const std::vector<std::string>& grouping, const ByStratum& values,
                 const std::vector<std::string>& value_columns, const std::pair<std::string, std::string>& called,
                 const Use& use) const {
    const auto* table = std::get_if<std::map<std::vector<std::string>, double>>(&values);
    std::vector<std::string> all = grouping;
    const auto position = [&](const std::string& name) {
      const auto found = std::find(all.begin(), all.end(), name);
      if (found != all.end()) return static_cast<std::size_t>(found - all.begin());
      all.push_back(name);
      return all.size() - 1;
    };
    std::vector<std::size_t> of_strata, of_value;
    for (const std::string& name : strata_columns_) of_strata.push_back(position(name));
    if (table != nullptr)
      for (const std::string& name : value_columns) of_value.push_back(position(name));
    const Strata cells{frame_, all, threads_};
    std::vector<io::Code> stratum(of_strata.size());
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
      for (std::size_t c = 0; c < of_strata.size(); ++c) stratum[c] = cells.values(cell)[of_strata[c]];
      std::optional<double> value;
      if (const auto* one = std::get_if<double>(&values)) value = *one;
      if (table != nullptr) {
        const std::vector<std::string> texts = cells.texts(cell);
        std::vector<std::string> key;
        std::string words;
        for (std::size_t c = 0; c < of_value.size(); ++c) {
          key.push_back(texts[of_value[c]]);
          words += (c == 0 ? "" : "; ") + value_columns[c] + "=" + key.back();
        }
        const auto found = table->find(key);
        if (found == table->end())
          throw InputError(called.first + " for each stratum", "none for " + in_quotes(words.empty() ? "(all)" : words),
                           {}, "add it to " + called.second + "=");
        value = found->second;
      }
      use(cells, cell, stratum_of_.at(stratum), cells.populations()[cell], value);
    }
  }

  Frame frame_;
  std::vector<std::string> strata_columns_;
  unsigned threads_;
  std::map<std::vector<io::Code>, std::size_t> stratum_of_{};
  allocation::Counts populations_{};
};

}  // namespace assay
