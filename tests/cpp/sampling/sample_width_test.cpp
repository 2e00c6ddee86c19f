#include <cmath>
#include <limits>

#include <assay/interval/effective.hpp>
#include <assay/sampling/sample_width.hpp>
#include <assay_test.hpp>

using namespace assay;

TEST_CASE("widths turn back into sizes", "[law][precision]") {
  for (const double rate : {1e-6, 0.003, 0.1, 0.5, 0.9})
    for (const double width : {0.001, 0.01, 0.1, 0.3, 0.49}) {
      const double v = allocation::detail::exact_inverse(rate, width, Confidence{.95});
      CHECK(allocation::detail::exact_half_width(rate, v, Confidence{.95}) == Approx(width).epsilon(1e-6));
      CHECK(allocation::detail::exact_half_width(rate, v, Confidence{.95}) <= width * (1 + 1e-12));
      const double z = 1.959963984540054;
      const double w = allocation::detail::wilson_inverse(rate, width, z);
      CHECK(allocation::detail::wilson_half_width(rate, w, z) == Approx(width).epsilon(1e-9));
      CHECK(allocation::detail::wilson_half_width(rate, w, z) ==
            Approx(0.5 * wilson(rate, 1.0 / w, std::numeric_limits<double>::infinity(), Confidence{.95}).width())
                .epsilon(1e-9));
    }
  CHECK(allocation::detail::exact_half_width(0.1, 0.0, Confidence{.95}) == 0.0);
  CHECK(allocation::detail::exact_half_width(0.1, 1e12, Confidence{.95}) == 0.5);
  CHECK(allocation::detail::exact_half_width(0.1, 1e-12, Confidence{.95}) ==
        Approx(1.96 * std::sqrt(0.09e-12)).epsilon(1e-3));
}
