#include <assay/score/response.hpp>
#include <assay_test.hpp>

using namespace assay;

namespace {

/// Labels 0 and 1 are of one kind, 2 and 3 of another.
int kind(io::Code label) { return static_cast<int>(label / 2); }

}  // namespace

TEST_CASE("labels that were all answered in part keep a response of their own", "[score]") {
  detail::Responses responses{{0, {4.0, 2.0, 0}}, {1, {5.0, 5.0, 0}}, {2, {3.0, 1.0, 0}}};
  CHECK_FALSE(detail::some_silent(responses));
  detail::pool_silent(responses, kind);
  CHECK(responses[0].sampled == 4.0);
  CHECK(responses[1].answered == 5.0);
  CHECK(responses[0].pool != responses[1].pool);
  CHECK(responses[1].pool != responses[2].pool);
}

TEST_CASE("a label without an answer is pooled with those of its kind, and no others", "[score]") {
  detail::Responses responses{{0, {4.0, 0.0, 0}}, {1, {5.0, 3.0, 0}}, {2, {3.0, 1.0, 0}}, {3, {2.0, 2.0, 0}}};
  CHECK(detail::some_silent(responses));
  detail::pool_silent(responses, kind);
  for (const io::Code label : {0U, 1U}) {
    CHECK(responses[label].sampled == 9.0);
    CHECK(responses[label].answered == 3.0);
  }
  CHECK(responses[0].pool == responses[1].pool);
  CHECK(responses[2].sampled == 3.0);
  CHECK(responses[2].pool != responses[3].pool);
}

TEST_CASE("a kind without an answer is pooled with the whole stratum", "[score]") {
  detail::Responses responses{{0, {4.0, 0.0, 0}}, {1, {5.0, 0.0, 0}}, {2, {3.0, 1.0, 0}}};
  detail::pool_silent(responses, kind);
  for (const auto& [label, response] : responses) {
    CHECK(response.sampled == 12.0);
    CHECK(response.answered == 1.0);
    CHECK(response.pool == responses[0].pool);
  }
}
