#pragma once
// What the tests of the designs share: frequencies of many seeds against probabilities, and laws written out in full.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/sampling/inclusion.hpp>
#include <assay/sampling/poisson_binomial.hpp>
#include <assay_test.hpp>

namespace assay::test {

using sampling::Positions;
using Reals = std::vector<double>;

/// The examples of golden/A_sampling: six cases, three of them drawn.
inline const Reals textbook{.07, .17, .41, .61, .83, .91};
inline const Reals tied{.2, .7, .8, .5, .4, .4};

/// The largest distance, in Monte-Carlo standard errors, between how often each case and each pair was drawn with the
/// seeds 0 .. draws - 1 and how often it should have been. Pairs that should never meet must not.
struct Frequencies {
  Frequencies(std::size_t count, int draws, const std::function<Positions(Random&)>& draw)
      : draws_{draws}, single(count), pair(count * count) {
    for (int seed = 0; seed < draws; ++seed) {
      Random random{static_cast<std::uint64_t>(seed)};
      const Positions drawn = draw(random);
      for (std::size_t a = 0; a < drawn.size(); ++a) {
        if (a > 0) REQUIRE(drawn[a - 1] < drawn[a]);
        REQUIRE(drawn[a] >= 0);
        REQUIRE(drawn[a] < static_cast<std::int64_t>(count));
        for (const auto other : drawn)
          ++pair[static_cast<std::size_t>(drawn[a]) * count + static_cast<std::size_t>(other)];
        ++single[static_cast<std::size_t>(drawn[a])];
      }
    }
  }

  [[nodiscard]] double from(const Reals& expected) const { return distance(single, expected); }
  [[nodiscard]] double from_pairs(const Reals& expected) const { return distance(pair, expected); }

 private:
  [[nodiscard]] double distance(const Reals& counted, const Reals& expected) const {
    double largest = 0.0;
    for (std::size_t i = 0; i < counted.size(); ++i) {
      const double error = std::sqrt(expected[i] * (1.0 - expected[i]) / draws_);
      const double miss = std::abs(counted[i] / draws_ - expected[i]);
      if (error > 0.0)
        largest = std::max(largest, miss / error);
      else if (miss > 0.0)
        largest = std::numeric_limits<double>::infinity();
    }
    return largest;
  }

  int draws_;
  Reals single;
  Reals pair;
};

/// Inclusion and joint probabilities (a matrix) of the design of size n that gives a sample a chance proportional to
/// `weight`, by going through all samples.
inline Reals enumerated(std::size_t count, std::size_t n,
                        const std::function<double(const std::vector<bool>&)>& weight) {
  Reals out(count * count);
  double whole = 0.0;
  for (std::uint32_t set = 0; set < (std::uint32_t{1} << count); ++set) {
    std::vector<bool> in(count);
    std::size_t size = 0;
    for (std::size_t i = 0; i < count; ++i) size += (in[i] = (set >> i & 1U) != 0) ? 1 : 0;
    if (size != n) continue;
    const double chance = weight(in);
    whole += chance;
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < count; ++j) out[i * count + j] += in[i] && in[j] ? chance : 0.0;
  }
  for (auto& each : out) each /= whole;
  return out;
}

/// Working probabilities of conditional Poisson sampling as R sampling 2.11 has them: moved by what the inclusion
/// probabilities miss, until a round moves them by less than 1e-6 in all. The golden numbers are of these, not of the
/// solution, from which they are some 1e-7 away.
inline Reals stopped_early(const Reals& wished, std::int64_t n) {
  Reals working = wished;
  for (double moved = 1.0; moved > 1e-6;) {
    const sampling::detail::PoissonBinomial law{working, n};
    const Reals got = law.with_each();
    moved = 0.0;
    for (std::size_t i = 0; i < wished.size(); ++i) {
      const double move = wished[i] - got[i] / law.size_chance();
      working[i] += move;
      moved += std::abs(move);
    }
  }
  return working;
}

/// For a fixed size: the rows add up to n p_i, and no joint probability is below 0 or above either single one.
inline void check_joint(const Reals& joint, const Reals& single) {
  const std::size_t count = single.size();
  double n = 0.0;
  for (const double each : single) n += each;
  for (std::size_t i = 0; i < count; ++i) {
    double row = 0.0;
    for (std::size_t j = 0; j < count; ++j) {
      const double both = joint[i * count + j];
      REQUIRE(both >= 0.0);
      REQUIRE(both <= std::min(single[i], single[j]) * (1 + 1e-12));
      REQUIRE(both == joint[j * count + i]);
      row += both;
    }
    REQUIRE(joint[i * count + i] == single[i]);
    REQUIRE(row == Approx(n * single[i]).epsilon(1e-11));
  }
}

/// `count` probabilities proportional to random sizes, adding up to n.
inline Reals some_probabilities(std::size_t count, std::int64_t n, std::uint64_t seed) {
  Random random{seed};
  Reals sizes(count);
  for (auto& each : sizes) each = std::exp(3.0 * random.uniform());
  return sampling::inclusion_probabilities(sizes, n);
}

/// What all designs of fixed size refuse.
inline void check_refusals(const std::function<void(const Reals&)>& draw) {
  const auto words = [&](const Reals& probabilities) { return message_of<InputError>([&] { draw(probabilities); }); };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(contains(words({}), "wanted at least one inclusion probability, got none"));
  CHECK(contains(words({.5, 0.0, .5}), "above 0 and at most 1, got 0 in column 'probabilities', row 1"));
  CHECK(contains(words({.5, 1.5}), "got 1.5 in column 'probabilities', row 1"));
  CHECK(contains(words({-.5, .5}), "got -0.5 in column 'probabilities', row 0"));
  CHECK(contains(words({.5, nan}), "got nan in column 'probabilities', row 1"));
  CHECK(contains(words({.5, .4}), "wanted probabilities that add up to a whole number, the sample size, got 0.9"));
}

/// What all designs of fixed size keep: certain cases, whole samples, sizes.
inline void check_certain(const std::function<Positions(const Reals&, Random&)>& draw) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random{seed};
    const Positions drawn = draw({1.0, .5, 1.0, .25, .25}, random);
    REQUIRE(drawn.size() == 3);
    REQUIRE(drawn[0] == 0);
    REQUIRE((drawn[1] == 2 || drawn[2] == 2));
    REQUIRE(draw({1.0, 1.0}, random) == Positions{0, 1});
    REQUIRE(draw({1.0}, random) == Positions{0});
    // ten tenths add up to 1 but for rounding
    REQUIRE(draw(Reals(10, .1), random).size() == 1);
  }
}

}  // namespace assay::test
