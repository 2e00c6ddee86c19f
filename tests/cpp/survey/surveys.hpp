#pragma once
/// \file
/// Small designs that the survey tests share, and their variances by brute force.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/survey/build.hpp>
#include <assay/survey/domains.hpp>

namespace assay::test {

using survey::Code;
using survey::Design;
using survey::DomainCells;
using survey::Domains;
using survey::Lonely;
using survey::StageColumns;

/// A stage from codes that have no gaps.
inline StageColumns stage_of(std::vector<Code> units, std::vector<Code> strata, std::vector<double> population = {}) {
  StageColumns out;
  const auto count = [](const std::vector<Code>& codes) {
    std::size_t most = 0;
    for (const Code code : codes) most = std::max<std::size_t>(most, code + 1);
    return most;
  };
  out.unit_count = count(units);
  out.stratum_count = count(strata);
  out.units = std::move(units);
  out.strata = std::move(strata);
  out.population = std::move(population);
  out.unit_words = [codes = out.units](std::size_t row) { return "unit " + std::to_string(codes[row]); };
  out.stratum_words = [codes = out.strata](std::size_t row) {
    return codes.empty() ? std::string{"all"} : "stratum " + std::to_string(codes[row]);
  };
  return out;
}

/// Rows in 3 strata of 4 clusters each, two stages, finite, with weights and 5 domains; some rows are in none.
struct Example {
  std::vector<Code> stratum{}, cluster{}, domain{};
  std::vector<double> weight{}, y{}, x{};

  explicit Example(std::size_t rows = 240, std::uint64_t seed = 3) {
    Random random{seed};
    for (std::size_t row = 0; row < rows; ++row) {
      stratum.push_back(static_cast<Code>(row % 3));
      cluster.push_back(static_cast<Code>(row % 3 * 4 + row / 3 % 4));
      const auto drawn = static_cast<Code>(random.below(6));
      domain.push_back(drawn == 5 ? survey::no_code : drawn);
      weight.push_back(1.0 + 4.0 * random.uniform());
      y.push_back(10.0 * random.uniform() + static_cast<double>(stratum.back()));
      x.push_back(1.0 + random.uniform());
    }
  }
  [[nodiscard]] std::shared_ptr<const Domains> domains() const {
    return std::make_shared<const Domains>(Domains{domain, 5});
  }
  [[nodiscard]] std::vector<double> each(double value) const { return std::vector<double>(y.size(), value); }
  [[nodiscard]] Design of_rows() const {
    return survey::build(static_cast<std::int64_t>(y.size()), {stage_of({}, stratum, each(400.0))}, weight,
                         Lonely::refuse, false);
  }
  [[nodiscard]] Design of_stages() const {
    return survey::build(static_cast<std::int64_t>(y.size()),
                         {stage_of(cluster, stratum, each(20.0)), stage_of({}, {}, each(50.0))}, weight, Lonely::refuse,
                         false);
  }
};

/// The variance of the sum of all rows' scores, group by group and unit by unit, without any of the room's shortcuts.
inline double by_brute_force(const Design& design, const std::vector<double>& scores) {
  double out = 0.0;
  for (const survey::Stage& stage : design.stages()) {
    std::map<Code, std::map<Code, double>> sums;
    for (std::size_t row = 0; row < scores.size(); ++row)
      sums[stage.group_of_unit[stage.unit(row)]][stage.unit(row)] += scores[row];
    for (const auto& [number, units] : sums) {
      const survey::Group& group = stage.groups[number];
      const auto n = static_cast<double>(units.size());
      double mean = 0.0, squares = 0.0;
      for (const auto& [unit, sum] : units) mean += sum / n;
      for (const auto& [unit, sum] : units) squares += (sum - mean) * (sum - mean);
      if (n > 1) out += group.above * (1.0 - group.fraction()) * n / (n - 1.0) * squares;
    }
  }
  return out;
}

/// The scores of one domain, 0 outside of it.
inline std::vector<double> masked(const std::vector<double>& scores, const Domains& domains, Code domain) {
  std::vector<double> out(scores.size(), 0.0);
  for (std::size_t row = 0; row < scores.size(); ++row)
    if (domains.at(row) == domain) out[row] = scores[row];
  return out;
}

}  // namespace assay::test
