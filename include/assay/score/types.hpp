#pragma once
/// \file
/// What is asked of scores and what they answer.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <assay/core/probability.hpp>
#include <assay/score/metric.hpp>
#include <assay/score/rollup.hpp>

namespace assay {

/// What a score is about: these cases in this period, or the process that made them.
enum class About : unsigned char { queue, process };

/// One slice and metric.
struct Score {
  std::size_t grouping{0};           ///< which grouping, by position in what was asked
  std::size_t slice{0};              ///< which slice of it
  std::size_t metric{0};             ///< which metric, by position in what was asked
  std::optional<double> estimate{};  ///< nothing: no audit speaks to it
  double standard_error{0.0};
  Interval limits{0.0, 1.0};
  std::string_view method{"no audits"};
  std::int64_t n{0};
  double n_effective{0.0};
  double numerator{0.0};
  double denominator{0.0};
  double response_rate{1.0};
  Interval worst_case{0.0, 1.0};
  double process_variance{0.0};  ///< for targets and comparisons, whatever the score is about
  double process_n{0.0};         ///< effective sample size for the process
  Interval process_limits{0.0, 1.0};
  Interval compared_limits{0.0, 1.0};  ///< what goes into a difference about the process
  double degrees_of_freedom{0.0};
  std::optional<double> judge_lambda{};  ///< how far a judge was believed; nothing: none was asked
  double audits_alone{0.0};              ///< audits that would have been needed without the judge
  std::optional<double> naive{};         ///< the plain average of the audits, whatever their chances
  bool plain_count{false};               ///< hits / n by its design: audits weigh alike and all came back
  bool share{true};  ///< a share of its denominator, with limits in [0, 1]; else a ratio of any size
};

/// Scores with what names them.
struct Scored {
  std::vector<Wanted> wanted{};
  std::vector<Slices> groupings{};
  std::vector<Score> scores{};
};

struct ScoreOptions {
  std::vector<std::string> metrics{"accuracy"};
  std::vector<std::vector<std::string>> groupings{{}};  ///< one list of columns each; an empty list is the total
  About about{About::queue};
  Confidence confidence{0.95};
};

}  // namespace assay
