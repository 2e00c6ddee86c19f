#pragma once
/// \file
/// Small designs, margins and scores for tests of adjusted weights.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/survey/build.hpp>
#include <assay/survey/estimate.hpp>
#include <assay/survey/margin.hpp>

#include "../assay_test.hpp"

namespace assay::test {

using Numbers = std::vector<double>;
using Codes = std::vector<survey::Code>;

inline std::size_t codes_in(const Codes& codes) {
  survey::Code most = 0;
  for (const survey::Code code : codes) most = std::max(most, code);
  return codes.empty() ? 0 : most + 1;
}

/// Rows in strata and clusters (either may be empty) with weights and the sizes of strata.
inline survey::Design drawn(Numbers weights, Codes strata = {}, Codes clusters = {}, Numbers population = {},
                            survey::Lonely lonely = survey::Lonely::certainty) {
  survey::StageColumns columns;
  columns.stratum_count = codes_in(strata);
  columns.unit_count = codes_in(clusters);
  columns.strata = std::move(strata);
  columns.units = std::move(clusters);
  columns.population = std::move(population);
  const auto rows = static_cast<std::int64_t>(weights.size());
  return survey::build(rows, {columns}, std::move(weights), lonely, false);
}

inline survey::Margin margin(std::string name, Codes cells, Numbers totals) {
  survey::Margin out;
  out.name = std::move(name);
  for (std::size_t i = 0; i < totals.size(); ++i) out.cells.push_back("level " + std::to_string(i));
  out.totals = std::move(totals);
  out.cell_of_row = std::move(cells);
  return out;
}

/// Estimates of all rows together.
inline survey::Estimates whole(const survey::Design& design, const survey::Question& question) {
  return survey::estimate(
      design, std::make_shared<const survey::DomainCells>(design, std::make_shared<const survey::Domains>()), question);
}

inline double total_of(const Numbers& weights) {
  double sum = 0.0;
  for (const double weight : weights) sum += weight;
  return sum;
}

/// Made-up rows: weights, two numbers, two columns of levels.
struct Rows {
  Numbers weights{}, y{}, x{};
  Codes strata{}, site{}, label{};

  explicit Rows(std::size_t count, std::uint64_t seed = 1) {
    Random random{seed};
    for (std::size_t i = 0; i < count; ++i) {
      strata.push_back(static_cast<survey::Code>(i % 4));
      site.push_back(static_cast<survey::Code>(i < 3 ? i : random.below(3)));
      label.push_back(static_cast<survey::Code>(i < 2 ? i : random.below(2)));
      weights.push_back(1.0 + 3.0 * random.uniform());
      x.push_back(10.0 * random.uniform());
      y.push_back(2.0 * x.back() + static_cast<double>(site.back()) + random.uniform());
    }
  }
};

}  // namespace assay::test
