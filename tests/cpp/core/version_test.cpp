#include <assay/core/version.hpp>

#include <assay_test.hpp>

TEST_CASE("the version in words is the version in numbers", "[core]") {
  CHECK(std::string{ASSAY_VERSION} == std::to_string(ASSAY_VERSION_MAJOR) + "." + std::to_string(ASSAY_VERSION_MINOR) +
                                          "." + std::to_string(ASSAY_VERSION_PATCH));
}
