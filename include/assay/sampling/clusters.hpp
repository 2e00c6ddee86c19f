#pragma once
/// \file
/// Two-stage draws: first reviewers (or sites, or days), then cases of each of them.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/random.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/conditional_poisson.hpp>
#include <assay/sampling/inclusion.hpp>
#include <assay/sampling/simple_random.hpp>

namespace assay::sampling {

/// How the clusters of a two-stage draw are chosen.
enum class FirstStage : unsigned char {
  equal,    ///< every cluster with the same chance
  by_size,  ///< chances proportional to the number of cases: with as many cases from each, every case has the same
            ///< chance
};

/// A drawn case, its cluster, and the chances of both steps.
struct ClusterDraw {
  std::int64_t position{0};  ///< of the case
  std::int64_t cluster{0};
  double cluster_probability{1.0};  ///< of the cluster
  double case_probability{1.0};     ///< of the case, once its cluster is drawn
  [[nodiscard]] double inclusion_probability() const noexcept { return cluster_probability * case_probability; }

  friend bool operator==(const ClusterDraw&, const ClusterDraw&) = default;
};

namespace detail {

/// The positions of the cases of each cluster. \throws InputError for a cluster below 0 or one without a case.
inline std::vector<Positions> members_of(std::span<const std::int64_t> cluster_of) {
  if (cluster_of.empty()) throw InputError("at least one case", "none");
  std::vector<Positions> members;
  for (std::size_t i = 0; i < cluster_of.size(); ++i) {
    const std::int64_t cluster = cluster_of[i];
    if (cluster < 0 || cluster >= static_cast<std::int64_t>(cluster_of.size()))
      throw InputError("clusters numbered 0 .. clusters - 1", to_text(cluster),
                       {"cluster", static_cast<std::int64_t>(i)});
    if (static_cast<std::size_t>(cluster) >= members.size()) members.resize(static_cast<std::size_t>(cluster) + 1);
    members[static_cast<std::size_t>(cluster)].push_back(static_cast<std::int64_t>(i));
  }
  for (std::size_t c = 0; c < members.size(); ++c)
    if (members[c].empty())
      throw InputError("a case in every cluster", "none in cluster " + std::to_string(c), {"cluster", {}});
  return members;
}

}  // namespace detail

/// Draws `clusters` clusters, then `cases` cases in each of them (all of a cluster that holds fewer), simple random
/// within. `cluster_of` names the cluster of each case, numbered from 0 without gaps.
///
/// Use when: auditing a reviewer has a cost of its own (access, calibration), so few reviewers with many cases are
/// cheaper than many with one.
/// Not for: reviewers who each need a score: that is a stratified draw.
/// `by_size` draws clusters by conditional Poisson sampling; a cluster that holds more than its share of all cases is
/// certain.
/// Order: the sample depends on the numbering of clusters and the order of cases; its law does not.
/// \throws InputError for no cases, clusters not numbered so, more clusters than there are, or fewer than one of
/// either.
///
/// Reference: Cochran (1977), Sampling Techniques, 3rd ed., chapters 10 and 11; Särndal, Swensson & Wretman (1992),
/// chapter 4.
[[nodiscard]] inline std::vector<ClusterDraw> two_stage(std::span<const std::int64_t> cluster_of, std::int64_t clusters,
                                                        std::int64_t cases, FirstStage first, Random& random) {
  const auto members = detail::members_of(cluster_of);
  const auto all = static_cast<std::int64_t>(members.size());
  if (clusters < 1 || clusters > all)
    throw InputError("between 1 and " + to_text(all) + " clusters, all there are", to_text(clusters));
  if (cases < 1) throw InputError("at least one case a cluster", to_text(cases));

  std::vector<double> chance(members.size(), static_cast<double>(clusters) / static_cast<double>(all));
  Positions drawn;
  if (first == FirstStage::by_size) {
    std::vector<double> sizes;
    for (const auto& each : members) sizes.push_back(static_cast<double>(each.size()));
    chance = inclusion_probabilities(sizes, clusters);
    drawn = conditional_poisson(chance, random);
  } else {
    drawn = simple_random(all, clusters, random);
  }
  std::vector<ClusterDraw> out;
  for (const auto cluster : drawn) {
    const Positions& own = members[static_cast<std::size_t>(cluster)];
    const auto held = static_cast<std::int64_t>(own.size());
    const std::int64_t taken = std::min(cases, held);
    for (const auto rank : simple_random(held, taken, random))
      out.push_back({own[static_cast<std::size_t>(rank)], cluster, chance[static_cast<std::size_t>(cluster)],
                     static_cast<double>(taken) / static_cast<double>(held)});
  }
  std::sort(out.begin(), out.end(), [](const ClusterDraw& a, const ClusterDraw& b) { return a.position < b.position; });
  return out;
}

}  // namespace assay::sampling
