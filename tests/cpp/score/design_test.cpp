#include <assay/score/design.hpp>
#include <assay_test.hpp>

using namespace assay;

TEST_CASE("a design is finite when every stratum's size is known", "[score]") {
  ScoreDesign design;
  CHECK_FALSE(design.finite());
  design.facts[{0}].population = 10.0;
  CHECK(design.finite());
  design.facts[{1}].sampled = 3.0;
  CHECK_FALSE(design.finite());
}
