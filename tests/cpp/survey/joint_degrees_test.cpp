#include <assay_test.hpp>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <assay/survey/joint_degrees.hpp>
#include <survey/surveys.hpp>

using namespace assay;
using assay::test::stage_of;
using survey::Code;
using survey::Lonely;

namespace {

/// Counts the rows.
class Counted final : public survey::VarianceMethod {
 public:
  [[nodiscard]] std::vector<double> covariance(const survey::Design&, std::span<const double>,
                                               std::size_t columns) const override {
    return std::vector<double>(columns * columns, 1.0);
  }
  [[nodiscard]] double degrees_of_freedom(const survey::Design&, std::span<const unsigned char> inside) const override {
    return static_cast<double>(std::count(inside.begin(), inside.end(), 1));
  }
  [[nodiscard]] std::string words() const override { return "counted"; }
};

}  // namespace

TEST_CASE("two domains together have the degrees of freedom of a domain that holds both", "[law][survey]") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const test::Example example{60, seed};
    const auto rows = static_cast<std::int64_t>(example.y.size());
    std::vector<double> sizes;  // the first stratum was drawn whole
    for (const Code stratum : example.stratum) sizes.push_back(stratum == 0 ? 4.0 : 20.0);
    std::vector<double> of_rows;
    for (const Code stratum : example.stratum) of_rows.push_back(stratum == 0 ? 20.0 : 400.0);
    const std::vector<survey::Design> designs{
        example.of_rows(),
        example.of_stages(),
        survey::build(rows, {stage_of(example.cluster, example.stratum, sizes)}, example.weight, Lonely::refuse, false),
        survey::build(rows, {stage_of({}, example.stratum, of_rows)}, example.weight, Lonely::refuse, false),
        survey::build(rows, {stage_of({}, example.cluster)}, example.weight, Lonely::certainty, false),
        example.of_rows().with_variance(std::make_shared<Counted>())};
    for (const survey::Design& design : designs) {
      const survey::DomainCells cells{design, example.domains()};
      const survey::JointDegrees joint{design, cells};
      for (Code a = 0; a < 5; ++a)
        for (Code b = 0; b < 5; ++b) {
          if (a == b) continue;
          survey::Domains both;
          for (const Code code : example.domain) both.of_row.push_back(code == a || code == b ? 0 : survey::no_code);
          const survey::DomainCells of_both{design, std::make_shared<const survey::Domains>(both)};
          CHECK(joint.of(a, b) == survey::detail::degrees_of_freedom(design, of_both).front());
        }
    }
  }
}
