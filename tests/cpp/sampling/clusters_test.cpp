#include <assay/sampling/clusters.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

namespace {

// reviewers with 1, 2, 3 and 6 cases
const Positions reviewer{3, 0, 1, 3, 2, 3, 1, 3, 2, 3, 2, 3};

Positions positions(const std::vector<ClusterDraw>& drawn) {
  Positions out;
  for (const auto& each : drawn) out.push_back(each.position);
  return out;
}

}  // namespace

TEST_CASE("two-stage draws have the chances they say", "[law][clusters]") {
  for (const auto first : {FirstStage::equal, FirstStage::by_size}) {
    // Chances of all cases: every cluster is drawn by some seed.
    Reals chance(12);
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      Random random{seed};
      for (const auto& each : two_stage(reviewer, 2, 2, first, random)) {
        const auto position = static_cast<std::size_t>(each.position);
        if (chance[position] > 0.0) REQUIRE(chance[position] == each.inclusion_probability());
        chance[position] = each.inclusion_probability();
        REQUIRE(each.cluster == reviewer[position]);
      }
    }
    const Frequencies seen{12, 20'000,
                           [&](Random& random) { return positions(two_stage(reviewer, 2, 2, first, random)); }};
    CHECK(seen.from(chance) < 3.5);
  }
}

TEST_CASE("by size, every case of a large enough reviewer has the same chance", "[clusters]") {
  // 4 reviewers of 10, 20, 30, 40 cases: 2 drawn by size, 5 cases each: 2 * 5 / 100 for every case.
  Positions of;
  for (std::int64_t c = 0; c < 4; ++c) of.insert(of.end(), static_cast<std::size_t>(10 * (c + 1)), c);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random{seed};
    const auto drawn = two_stage(of, 2, 5, FirstStage::by_size, random);
    REQUIRE(drawn.size() == 10);
    for (const auto& each : drawn) REQUIRE(each.inclusion_probability() == Approx(0.1).epsilon(1e-12));
  }
}

TEST_CASE("totals are estimated without bias, whatever the first stage", "[law][clusters]") {
  for (const auto first : {FirstStage::equal, FirstStage::by_size}) {
    constexpr int draws = 8'000;
    double sum = 0.0, square = 0.0, truth = 0.0;
    for (std::size_t i = 0; i < 12; ++i) truth += static_cast<double>(i * i);
    for (std::uint64_t seed = 0; seed < draws; ++seed) {
      Random random{seed};
      double estimate = 0.0;
      for (const auto& each : two_stage(reviewer, 3, 1, first, random))
        estimate += static_cast<double>(each.position * each.position) / each.inclusion_probability();
      sum += estimate;
      square += estimate * estimate;
    }
    const double error = std::sqrt((square / draws - sum / draws * sum / draws) / draws);
    CHECK(std::abs(sum / draws - truth) < 3.0 * error);
  }
}

TEST_CASE("all clusters and all cases are everything, with certainty", "[clusters]") {
  Random random{1};
  for (const auto first : {FirstStage::equal, FirstStage::by_size}) {
    const auto drawn = two_stage(reviewer, 4, 6, first, random);
    REQUIRE(drawn.size() == 12);
    for (const auto& each : drawn) CHECK(each.inclusion_probability() == 1.0);
  }
}

TEST_CASE("two-stage draws refuse what cannot be drawn", "[error][clusters]") {
  const auto words = [](const Positions& of, std::int64_t clusters, std::int64_t cases) {
    return message_of<InputError>([&] {
      Random random{1};
      (void)two_stage(of, clusters, cases, FirstStage::equal, random);
    });
  };
  CHECK(contains(words({}, 1, 1), "wanted at least one case, got none"));
  CHECK(
      contains(words({0, -1}, 1, 1), "wanted clusters numbered 0 .. clusters - 1, got -1 in column 'cluster', row 1"));
  CHECK(contains(words({0, 2, 9}, 1, 1), "got 9"));
  CHECK(contains(words({0, 2, 2}, 1, 1), "wanted a case in every cluster, got none in cluster 1"));
  CHECK(contains(words(reviewer, 5, 1), "wanted between 1 and 4 clusters, all there are, got 5"));
  CHECK(contains(words(reviewer, 0, 1), "got 0"));
  CHECK(contains(words(reviewer, 1, 0), "wanted at least one case a cluster, got 0"));
}
