#include <limits>
#include <string>

#include <assay/sampling/successive.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

TEST_CASE("successive sampling has the exact probabilities of the shared table", "[golden][successive]") {
  const auto file = shared_file("golden/A_sampling/streaming_results.csv");
  if (!file) return;
  int checked = 0;
  const Table table{*file};
  for (const auto& row : table.rows()) {
    if (!contains(row.text("design"), "successive_sampling")) continue;
    const std::string& args = row.text("args");  // w=(1, 2, 3);k=2
    Reals weights;
    for (std::size_t at = args.find('(') + 1; at < args.find(')'); at = args.find_first_of(",)", at) + 1)
      weights.push_back(std::stod(args.substr(at)));
    const auto n = std::stoll(args.substr(args.find("k=") + 2));
    const std::string& what = row.text("quantity");  // pi[0] or pi[0,1]
    const auto i = static_cast<std::size_t>(what.at(3) - '0');
    const bool pair = what.size() > 5;
    const auto j = pair ? static_cast<std::size_t>(what.at(5) - '0') : i;
    INFO(args << " " << what);
    const double value = row.number("value");
    if (!pair) CHECK(successive_probabilities(weights, n)[i] == Approx(value).epsilon(1e-12));
    CHECK(successive_joint_probabilities(weights, n)[i * weights.size() + j] == Approx(value).epsilon(1e-12));
    ++checked;
  }
  CHECK(checked == 52);
}

TEST_CASE("chances of successive sampling add up to n, and so do the rows of pairs", "[law][successive]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random{seed};
    const auto count = static_cast<std::size_t>(2 + random.below(20));
    const auto n = static_cast<std::int64_t>(1 + random.below(count));
    Reals weights(count);
    for (auto& each : weights) each = std::exp(6.0 * random.uniform());
    const auto single = successive_probabilities(weights, n);
    double sum = 0.0;
    for (const double each : single) sum += each;
    CHECK(sum == Approx(static_cast<double>(n)).epsilon(1e-12));
    const auto joint = successive_joint_probabilities(weights, n);
    for (std::size_t i = 0; i < count; ++i) {
      double row = 0.0;
      for (std::size_t j = 0; j < count; ++j) row += joint[i * count + j];
      CHECK(row == Approx(static_cast<double>(n) * single[i]).epsilon(1e-11));
    }
  }
}

TEST_CASE("one draw is in proportion to weight, and scale does not matter", "[successive]") {
  const auto one = successive_probabilities(Reals{1, 2, 5}, 1);
  CHECK(one[0] == Approx(.125).epsilon(1e-13));
  CHECK(one[2] == Approx(.625).epsilon(1e-13));
  const auto wide = successive_probabilities(Reals{1e-8, 1, 1e8}, 2);
  CHECK(wide[2] == Approx(1.0).epsilon(1e-12));
  CHECK(wide[0] == Approx(1e-8).epsilon(1e-6));
  const auto scaled = successive_probabilities(Reals{1e200, 2e200, 3e200}, 2);
  CHECK(scaled[0] == Approx(5.0 / 12.0).epsilon(1e-13));
  CHECK(successive_probabilities(Reals{3, 4}, 2) == Reals{1, 1});
  CHECK(successive_joint_probabilities(Reals{3, 4}, 2) == Reals(4, 1.0));
}

TEST_CASE("weights that cannot be used are refused", "[error][successive]") {
  const auto words = [](const Reals& weights, std::int64_t n) {
    return message_of<InputError>([&] { (void)successive_probabilities(weights, n); });
  };
  CHECK(contains(words({}, 1), "at least one weight"));
  CHECK(contains(words({1, 0}, 1), "wanted a finite weight above 0, got 0 in column 'weights', row 1"));
  CHECK(contains(words({1, std::numeric_limits<double>::quiet_NaN()}, 1), "got nan"));
  CHECK(contains(words({1, 1}, 3), "wanted a sample size between 1 and 2, all there is, got 3"));
  CHECK(contains(words({1, 1}, 0), "got 0"));
  CHECK(contains(message_of<InputError>([] { (void)successive_joint_probabilities(Reals(1001, 1.0), 2); }),
                 "wanted at most 1000 weights for joint probabilities, got 1001"));
}
