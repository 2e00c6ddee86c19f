#include <string>

#include <assay/sampling/joint.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

namespace {

/// Joint probabilities of conditional Poisson sampling as R has them: from the working odds w of an iteration stopped
/// early and the probabilities wished for, (w_j p_i - w_i p_j) / (w_j - w_i); where odds are tied, what the row lacks.
double pair_in_r(const Reals& p, std::size_t i, std::size_t j) {
  if (i == j) return p[i];
  Reals odds = stopped_early(p, 3);
  for (auto& each : odds) each = each / (1.0 - each);
  const auto untied = [&](std::size_t a, std::size_t b) {
    return (odds[b] * p[a] - odds[a] * p[b]) / (odds[b] - odds[a]);
  };
  if (odds[i] != odds[j]) return untied(i, j);
  double row = 2.0 * p[i];
  for (std::size_t other = 0; other < p.size(); ++other)
    if (odds[other] != odds[i]) row -= untied(i, other);
  return row;  // one tie in these examples
}

}  // namespace

TEST_CASE("joint probabilities reproduce published values", "[golden][joint]") {
  // golden/A_sampling and Tillé (2006), p. 86.
  const auto entropy = joint_probabilities(textbook, PairDesign::conditional_poisson);
  // These two are of an iteration that stopped early, see `stopped_early`; the table below holds them to 1e-10.
  CHECK(entropy[0 * 6 + 1] == Approx(0.00491709069946113).epsilon(1e-6));
  CHECK(entropy[4 * 6 + 5] == Approx(0.746068019133).epsilon(1e-6));
  const auto of_sampford = joint_probabilities(textbook, PairDesign::sampford);
  CHECK(of_sampford[0 * 6 + 1] == Approx(0.00401349580869847).epsilon(1e-10));
  CHECK(of_sampford[4 * 6 + 5] == Approx(0.745000335428914).epsilon(1e-10));
}

TEST_CASE("the whole shared table of joint probabilities is met", "[golden][joint]") {
  const auto file = shared_file("golden/A_sampling/sampling_results.csv");
  if (!file) return;
  int checked = 0;
  const Table table{*file};
  for (const auto& row : table.rows()) {
    const std::string& name = row.text("fn");
    PairDesign design{};
    if (name == "UPmaxentropypi2")
      design = PairDesign::conditional_poisson;
    else if (name == "UPsampfordpi2")
      design = PairDesign::sampford;
    else if (name == "UPtillepi2")
      design = PairDesign::tille;
    else if (name == "UPmidzunopi2")
      design = PairDesign::midzuno;
    else if (name == "UPsystematicpi2")
      design = PairDesign::systematic;
    else
      continue;
    const Reals& p = contains(row.text("args"), "pik=(.2,") ? tied : textbook;
    const std::string& stat = row.text("stat");  // pi[i,j], counted from 1
    const auto i = static_cast<std::size_t>(stat.at(3) - '1');
    const auto j = static_cast<std::size_t>(stat.at(5) - '1');
    double got = joint_probabilities(p, design)[i * 6 + j];
    INFO(name << " " << row.text("args") << " " << stat);
    if (design == PairDesign::conditional_poisson) {
      CHECK(got == Approx(row.number("value")).epsilon(0).margin(1e-6));
      got = pair_in_r(p, i, j);
    }
    CHECK(got == Approx(row.number("value")).epsilon(1e-10).margin(1e-15));
    ++checked;
  }
  CHECK(checked == 125);
}

TEST_CASE("joint probabilities agree with going through all samples", "[law][joint]") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random{seed};
    const auto count = static_cast<std::size_t>(3 + random.below(8));
    const auto n = static_cast<std::size_t>(1 + random.below(count - 1));
    Reals sizes(count);
    for (auto& each : sizes) each = 1.0 + 3.0 * random.uniform();
    const auto p = inclusion_probabilities(sizes, static_cast<std::int64_t>(n));
    if (*std::max_element(p.begin(), p.end()) == 1.0) continue;
    const auto working = working_probabilities(p);
    const auto entropy = enumerated(count, n, [&](const std::vector<bool>& in) {
      double weight = 1.0;
      for (std::size_t i = 0; i < count; ++i) weight *= in[i] ? working[i] : 1.0 - working[i];
      return weight;
    });
    const auto of_sampford = enumerated(count, n, [&](const std::vector<bool>& in) {
      double weight = 1.0, against = 0.0;
      for (std::size_t i = 0; i < count; ++i) {
        weight *= in[i] ? p[i] / (1.0 - p[i]) : 1.0;
        against += in[i] ? 1.0 - p[i] : 0.0;
      }
      return weight * against;
    });
    const auto got = joint_probabilities(p, PairDesign::conditional_poisson);
    const auto got_sampford = joint_probabilities(p, PairDesign::sampford);
    for (std::size_t i = 0; i < count * count; ++i) {
      REQUIRE(got[i] == Approx(entropy[i]).epsilon(1e-10));
      REQUIRE(got_sampford[i] == Approx(of_sampford[i]).epsilon(1e-10));
    }
  }
}

TEST_CASE("rows of joint probabilities of a fixed size add up to n times the probability", "[law][joint]") {
  for (const auto design : {PairDesign::conditional_poisson, PairDesign::sampford, PairDesign::systematic,
                            PairDesign::tille, PairDesign::midzuno}) {
    check_joint(joint_probabilities(textbook, design), textbook);
    const Reals certain{1.0, .5, .25, 1.0, .25};
    check_joint(joint_probabilities(certain, design), certain);
    check_joint(joint_probabilities(Reals{1.0, 1.0}, design), {1.0, 1.0});
    const auto many = some_probabilities(60, 20, 3);
    check_joint(joint_probabilities(many, design), many);
  }
}

TEST_CASE("the approximation is near where the design is near to random", "[joint]") {
  const auto p = some_probabilities(300, 60, 2);
  const auto exact = joint_probabilities(p, PairDesign::conditional_poisson);
  const auto near = joint_probabilities(p, PairDesign::high_entropy);
  check_joint(near, p);
  for (std::size_t i = 0; i < exact.size(); ++i) CHECK(near[i] == Approx(exact[i]).epsilon(2e-3));
}

TEST_CASE("pairs of a Poisson sample have the product", "[joint]") {
  const auto joint = joint_probabilities(Reals{.5, .25, 1.0}, PairDesign::poisson);
  CHECK(joint == Reals{.5, .125, .5, .125, .25, .25, .5, .25, 1.0});
}

TEST_CASE("the Horvitz-Thompson variance over all samples is what the joint probabilities say", "[law][joint]") {
  // Yates-Grundy and Horvitz-Thompson agree for a fixed size, and both are the variance by enumeration.
  const Reals y{5, 1, 7, 13, 2, 4};
  const auto joint = joint_probabilities(textbook, PairDesign::conditional_poisson);
  const auto working = working_probabilities(textbook);
  double by_pairs = 0.0;
  for (std::size_t i = 0; i < 6; ++i)
    for (std::size_t j = 0; j < 6; ++j)
      by_pairs += (joint[i * 6 + j] - textbook[i] * textbook[j]) * y[i] / textbook[i] * y[j] / textbook[j];
  double whole = 0.0, mean = 0.0, square = 0.0;
  for (std::uint32_t set = 0; set < 64; ++set) {
    double weight = 1.0, total = 0.0;
    int size = 0;
    for (std::size_t i = 0; i < 6; ++i) {
      const bool in = (set >> i & 1U) != 0;
      weight *= in ? working[i] : 1.0 - working[i];
      total += in ? y[i] / textbook[i] : 0.0;
      size += in ? 1 : 0;
    }
    if (size != 3) continue;
    whole += weight;
    mean += weight * total;
    square += weight * total * total;
  }
  mean /= whole;
  CHECK(mean == Approx(32.0).epsilon(1e-11));  // unbiased: the sum of y
  CHECK(square / whole - mean * mean == Approx(by_pairs).epsilon(1e-9));
}

TEST_CASE("joint probabilities refuse what the designs refuse", "[error][joint]") {
  for (const auto design : {PairDesign::conditional_poisson, PairDesign::sampford, PairDesign::systematic,
                            PairDesign::tille, PairDesign::midzuno, PairDesign::high_entropy})
    check_refusals([design](const Reals& p) { (void)joint_probabilities(p, design); });
  CHECK(contains(message_of<InputError>([] { (void)joint_probabilities(Reals{.5, 0.0}, PairDesign::poisson); }),
                 "got 0 in column 'probabilities', row 1"));
  CHECK(contains(message_of<InputError>([] { (void)joint_probabilities(Reals(40'001, .5), PairDesign::poisson); }),
                 "wanted at most 40000 cases"));
}

TEST_CASE("joint probabilities are symmetric, within what single ones allow, and follow their cases", "[law][joint]") {
  const std::vector<std::size_t> order{4, 0, 5, 2, 1, 3};
  for (const Reals& p : {textbook, tied})
    for (const PairDesign design : {PairDesign::conditional_poisson, PairDesign::sampford, PairDesign::tille,
                                    PairDesign::poisson, PairDesign::high_entropy}) {
      Reals turned;
      for (const std::size_t at : order) turned.push_back(p[at]);
      const auto got = joint_probabilities(p, design);
      const auto other = joint_probabilities(turned, design);
      for (std::size_t i = 0; i < 6; ++i)
        for (std::size_t j = 0; j < 6; ++j) {
          CHECK(got[i * 6 + j] == Approx(got[j * 6 + i]).epsilon(1e-12));
          CHECK(got[i * 6 + j] <= std::min(p[i], p[j]) + 1e-12);
          CHECK(got[i * 6 + j] >= std::max(0.0, p[i] + p[j] - 1.0) - 1e-12);
          CHECK(other[i * 6 + j] == Approx(got[order[i] * 6 + order[j]]).epsilon(1e-10));
        }
    }
}
