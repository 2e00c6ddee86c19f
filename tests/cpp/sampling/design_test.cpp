#include <assay/sampling/design.hpp>
#include <assay_test.hpp>

using namespace assay;

TEST_CASE("a design says in words how the sample came about", "[design]") {
  CHECK(Design{}.text() == "simple random without replacement");
  CHECK(Design{DesignKind::stratified}.text() == "stratified simple random without replacement");
  CHECK(Design{DesignKind::bernoulli}.text() == "Bernoulli");
  CHECK(Design{DesignKind::weighted}.text() == "unequal weights");
}

TEST_CASE("only simple random and stratified draws have a size fixed beforehand", "[design]") {
  CHECK(Design{DesignKind::simple_random}.fixed_size());
  CHECK(Design{DesignKind::stratified}.fixed_size());
  CHECK_FALSE(Design{DesignKind::bernoulli}.fixed_size());
  CHECK_FALSE(Design{DesignKind::weighted}.fixed_size());
}

TEST_CASE("designs differ by kind and by what was drawn from", "[design]") {
  CHECK(Design{}.population == Population::finite);
  CHECK(Design{DesignKind::stratified} == Design{DesignKind::stratified, Population::finite});
  CHECK_FALSE(Design{DesignKind::stratified} == Design{DesignKind::stratified, Population::endless});
  CHECK_FALSE(Design{DesignKind::stratified} == Design{DesignKind::bernoulli});
}
