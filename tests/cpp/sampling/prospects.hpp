#pragma once
// Prospects that the tests of the planner share.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/sampling/precision.hpp>

namespace assay::test {

using Reals = std::vector<double>;
using allocation::Counts;
using allocation::Prospect;
using allocation::Slice;
using allocation::SlicePart;

inline Prospect simple(std::int64_t population, double rate, double half_width) {
  return {.populations = {population},
          .rates = {rate},
          .costs = {1.0},
          .limits = {{2}, {population}},
          .slices = {{"all", {{0, population, {}}}, half_width, {}, 0}}};
}

/// Queues by sites: 12 strata; the whole, each queue and each site has a wish.
inline Prospect operation(double overall, double queue, double site) {
  Prospect out;
  Random random{4};
  for (int h = 0; h < 12; ++h) {
    out.populations.push_back(static_cast<std::int64_t>(300 + random.below(9'000)));
    out.rates.push_back(0.01 + 0.12 * random.uniform());
    out.costs.push_back(1.0 + random.uniform());
  }
  out.limits = {Counts(12, 2), out.populations};
  out.slices.resize(8, Slice{});
  out.slices[0] = {"overall", {}, overall, {}, 0};
  for (std::size_t h = 0; h < 12; ++h) {
    const SlicePart part{h, out.populations[h], {}};
    out.slices[0].parts.push_back(part);
    Slice& of_queue = out.slices[1 + h / 3];
    of_queue.name = "queue " + std::to_string(h / 3);
    of_queue.half_width = queue;
    of_queue.parts.push_back(part);
    Slice& of_site = out.slices[5 + h % 3];
    of_site.name = "site " + std::to_string(h % 3);
    of_site.half_width = site;
    of_site.parts.push_back(part);
  }
  return out;
}

}  // namespace assay::test
