#include <assay/score/post_stratify.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include <assay_test.hpp>

using namespace assay;
using assay::detail::post_stratified;
using assay::detail::post_stratify;
using assay::detail::SliceEvidence;

namespace {

/// One stratum of the denominator: how many cases it is known to hold, how many were audited, how many of them right.
struct Part {
  double size;
  double audited;
  double right;
};

/// Each part is seen at a weight of its own, whatever its size is known to be.
SliceEvidence evidence_of(const std::vector<Part>& parts) {
  SliceEvidence out;
  out.denominator_population = 0.0;
  double weight = 1.0;
  for (const Part& part : parts) {
    weight += 2.0;
    out.groups.push_back({50.0,
                          50.0,
                          {weight * part.right, weight * part.audited, weight * weight * part.right,
                           weight * weight * part.right, weight * weight * part.audited}});
    out.strata.push_back({500.0, 50.0, {}});
    out.sizes.push_back(part.size);
    out.denominator_population += part.size;
  }
  for (std::size_t h = 0; h < out.strata.size(); ++h)
    out.strata[h].groups = std::span<const GroupSample>{out.groups}.subspan(h, 1);
  return out;
}

}  // namespace

TEST_CASE("each stratum weighs what the frame knows of it", "[score]") {
  SliceEvidence evidence = evidence_of({{30.0, 10.0, 9.0}, {70.0, 20.0, 10.0}});
  REQUIRE(post_stratify(evidence));
  const Estimate estimate = post_stratified(evidence.strata);
  CHECK(estimate.value == Approx(0.3 * 0.9 + 0.7 * 0.5));
  const double process = 0.09 * 0.9 * 0.1 / 9.0 + 0.49 * 0.5 * 0.5 / 19.0;
  CHECK(estimate.process_variance == Approx(process));
  const double finite = (1.0 - 10.0 / 30.0) * 0.09 * 0.9 * 0.1 / 9.0 + (1.0 - 20.0 / 70.0) * 0.49 * 0.5 * 0.5 / 19.0;
  CHECK(estimate.finite_variance == Approx(finite));
  CHECK(evidence.sum().x == Approx(100.0));
  CHECK(evidence.sum().y == Approx(27.0 + 35.0));
}

TEST_CASE("a stratum known to hold nothing of the denominator falls out", "[score]") {
  SliceEvidence evidence = evidence_of({{0.0, 0.0, 0.0}, {70.0, 20.0, 10.0}});
  REQUIRE(post_stratify(evidence));
  CHECK(evidence.strata.size() == 1);
  CHECK(post_stratified(evidence.strata).value == Approx(0.5));
}

TEST_CASE("an audit of all there is leaves no variance about the queue", "[law][score]") {
  SliceEvidence evidence = evidence_of({{20.0, 20.0, 7.0}});
  REQUIRE(post_stratify(evidence));
  CHECK(post_stratified(evidence.strata).finite_variance == Approx(0.0).margin(1e-15));
  CHECK(post_stratified(evidence.strata).process_variance > 0.0);
}

TEST_CASE("where sizes cannot be used the evidence stays as it was", "[score]") {
  const auto refused = [](SliceEvidence evidence) {
    const double before = evidence.sum().x;
    const bool done = post_stratify(evidence);
    return !done && evidence.sum().x == before;
  };
  SliceEvidence unknown = evidence_of({{30.0, 10.0, 9.0}});
  unknown.denominator_population = std::numeric_limits<double>::quiet_NaN();
  CHECK(refused(std::move(unknown)));
  SliceEvidence weighted = evidence_of({{30.0, 10.0, 9.0}});
  weighted.equal_weights = false;
  CHECK(refused(std::move(weighted)));
  CHECK(refused(evidence_of({{30.0, 10.0, 9.0}, {70.0, 0.0, 0.0}})));  // cases, and none of them audited
}
