#include <assay_test.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <assay/score/fay_herriot.hpp>
#include <assay/score/shrunk_slices.hpp>

using namespace assay;
using assay::test::message_of;

TEST_CASE("many slices: the average over variances is near Fay and Herriot's own answer", "[law][score]") {
  std::vector<SliceRate> slices;
  std::vector<SmallArea> areas;
  double all = 0.0;
  double found = 0.0;
  for (int i = 0; i < 60; ++i) {
    slices.push_back({0.1 + 0.08 * std::sin(1.7 * i), 60.0 + 7.0 * (i % 11)});
    all += slices.back().size;
    found += slices.back().size * slices.back().estimate;
  }
  const double common = found / all;
  for (const SliceRate& slice : slices) areas.push_back({slice.estimate, common * (1.0 - common) / slice.size});
  const FayHerriot own = fay_herriot(areas);
  const ShrunkSlices got = shrunk_slices(slices, Confidence{0.95});
  CHECK(got.mean == Approx(own.coefficients[0]).epsilon(0.01));
  for (std::size_t i = 0; i < slices.size(); ++i) {
    CHECK(got.slices[i].estimate == Approx(own.areas[i].estimate).margin(0.004));
    CHECK(got.slices[i].shrinkage == Approx(own.areas[i].shrinkage).margin(0.04));
  }
}

TEST_CASE("a slice lies between its own rate and the common one; small slices move more", "[law][score]") {
  const std::vector<SliceRate> slices{{0.0, 20}, {0.2, 20}, {0.025, 400}, {0.1, 400}, {0.05, 60}};
  const ShrunkSlices got = shrunk_slices(slices, Confidence{0.95});
  CHECK(got.slices[1].estimate < 0.2);
  CHECK(got.slices[1].estimate > got.mean);
  CHECK(got.slices[0].estimate > 0.0);
  CHECK(got.slices[0].shrinkage > got.slices[2].shrinkage);
  for (const ShrunkSlice& slice : got.slices) {
    CHECK(slice.limits.lower < slice.estimate);
    CHECK(slice.estimate < slice.limits.upper);
    CHECK(slice.limits.lower >= 0.0);
    CHECK(slice.limits.upper <= 1.0);
    CHECK(slice.standard_error > 0.0);
  }
}

TEST_CASE("no errors anywhere, nothing but errors, one audit each and equal rates have answers", "[law][score]") {
  for (const double rate : {0.0, 1.0, 0.5})
    for (const double size : {1.0, 40.0}) {
      const std::vector<SliceRate> slices(6, {rate, size});
      for (const ShrunkSlice& slice : shrunk_slices(slices, Confidence{0.95}).slices) {
        CHECK(std::isfinite(slice.estimate));
        CHECK(slice.limits.contains(slice.estimate));
        CHECK(slice.limits.width() > 0.0);
        CHECK(slice.limits.width() < 1.0);
      }
    }
}

TEST_CASE("sizes far below one audit have answers: nearly everything is possible", "[law][score]") {
  for (const double size : {1e-12, 1e-6, 0.001, 0.007, 0.1, 0.9, 1.1})
    for (const double rate : {0.0, 0.3, 1.0}) {
      INFO(size << " " << rate);
      const ShrunkSlices got =
          shrunk_slices(std::vector<SliceRate>{{rate, size}, {0.3, size}, {0.0, 0.0}}, Confidence{0.95});
      REQUIRE(std::isfinite(got.mean));
      for (const ShrunkSlice& slice : got.slices) {
        REQUIRE(std::isfinite(slice.estimate));
        REQUIRE(slice.limits.contains(slice.estimate));
        REQUIRE(std::isfinite(slice.standard_error));
        if (size < 0.01) CHECK(slice.limits.width() > 0.9);
      }
    }
  // One slice far smaller than the others drags the harmonic mean down and leaves the others what they are.
  const std::vector<SliceRate> two{{0.1, 200}, {0.2, 200}};
  const std::vector<SliceRate> three{{0.1, 200}, {0.2, 200}, {0.5, 0.001}};
  const ShrunkSlices with = shrunk_slices(three, Confidence{0.95});
  const ShrunkSlices without = shrunk_slices(two, Confidence{0.95});
  for (std::size_t i = 0; i < 2; ++i) CHECK(with.slices[i].estimate == Approx(without.slices[i].estimate).margin(0.01));
}

TEST_CASE("the standard error is no matter of the confidence asked", "[law][score]") {
  const std::vector<SliceRate> slices{{0.02, 80}, {0.15, 90}, {0.07, 30}};
  const ShrunkSlices wide = shrunk_slices(slices, Confidence{0.99});
  const ShrunkSlices narrow = shrunk_slices(slices, Confidence{0.5});
  for (std::size_t i = 0; i < slices.size(); ++i)
    CHECK(wide.slices[i].standard_error == narrow.slices[i].standard_error);
}

TEST_CASE("a slice without audits gets the common rate and the widest limits", "[law][score]") {
  const ShrunkSlices got =
      shrunk_slices(std::vector<SliceRate>{{0.02, 80}, {0.15, 90}, {0.07, 100}, {0.0, 0.0}}, Confidence{0.95});
  CHECK(got.slices[3].estimate == Approx(got.mean));
  CHECK(got.slices[3].shrinkage == Approx(1.0));
  for (std::size_t i = 0; i < 3; ++i) CHECK(got.slices[3].limits.width() > got.slices[i].limits.width());
}

TEST_CASE("errors and successes mirror each other; more confidence, wider limits", "[law][score]") {
  std::vector<SliceRate> slices{{0.02, 80}, {0.15, 90}, {0.07, 30}};
  const ShrunkSlices one = shrunk_slices(slices, Confidence{0.95});
  const ShrunkSlices narrow = shrunk_slices(slices, Confidence{0.8});
  for (SliceRate& slice : slices) slice.estimate = 1.0 - slice.estimate;
  const ShrunkSlices other = shrunk_slices(slices, Confidence{0.95});
  for (std::size_t i = 0; i < slices.size(); ++i) {
    CHECK(one.slices[i].estimate == Approx(1.0 - other.slices[i].estimate));
    CHECK(one.slices[i].limits.upper == Approx(1.0 - other.slices[i].limits.lower));
    CHECK(narrow.slices[i].limits.width() < one.slices[i].limits.width());
  }
}

TEST_CASE("limits cover rates that differ much, little and not at all", "[law][score]") {
  // 12 slices of 15 to 180 audits, 400 repetitions with a fixed seed: 4,800 rates, Monte-Carlo error .003.
  std::mt19937_64 random{20261124};
  const auto uniform = [&] { return static_cast<double>(random() >> 11U) * 0x1.0p-53; };
  for (const double mean : {0.03, 0.1, 0.4})
    for (const double precision : {1e9, 200.0, 20.0}) {
      int covered = 0;
      int all = 0;
      double raw_error = 0.0;
      double error = 0.0;
      for (int repetition = 0; repetition < 400; ++repetition) {
        std::vector<SliceRate> slices;
        std::vector<double> truth;
        for (int k = 0; k < 12; ++k) {
          const int n = 15 + k * 37 % 166;
          truth.push_back(precision > 1e8 ? mean : beta_quantile(mean * precision, (1 - mean) * precision, uniform()));
          int x = 0;
          for (int i = 0; i < n; ++i) x += uniform() < truth.back() ? 1 : 0;
          slices.push_back({static_cast<double>(x) / n, static_cast<double>(n)});
        }
        const ShrunkSlices got = shrunk_slices(slices, Confidence{0.95});
        for (std::size_t k = 0; k < slices.size(); ++k, ++all) {
          covered += got.slices[k].limits.contains(truth[k]) ? 1 : 0;
          raw_error += (slices[k].estimate - truth[k]) * (slices[k].estimate - truth[k]);
          error += (got.slices[k].estimate - truth[k]) * (got.slices[k].estimate - truth[k]);
        }
      }
      INFO(mean << " " << precision);
      CHECK(static_cast<double>(covered) / all >= 0.945);
      CHECK(error < raw_error);
    }
}

TEST_CASE("slices that cannot be shrunk are refused", "[refusal][score]") {
  const Confidence c{0.95};
  CHECK(message_of<InputError>([&] { (void)shrunk_slices(std::vector<SliceRate>{{0.1, 0.0}}, c); }) ==
        "wanted at least one slice with audits, got none");
  CHECK(message_of<InputError>([&] { (void)shrunk_slices(std::vector<SliceRate>{{0.1, 9}, {1.1, 9}}, c); }) ==
        "wanted a rate between 0 and 1, got 1.1 at row 1 (counting from 0)");
  CHECK_THROWS_AS(shrunk_slices(std::vector<SliceRate>{{std::nan(""), 9}}, c), InputError);
  CHECK_THROWS_AS(shrunk_slices(std::vector<SliceRate>{{0.1, -1}}, c), InputError);
  CHECK(message_of<InputError>([&] {
          (void)shrunk_slices(std::vector<SliceRate>{{0.1, 1e-310}}, c);
        }).starts_with("wanted a size of 0, or of 1e-12 or more, got "));
  CHECK_THROWS_AS(shrunk_slices(std::vector<SliceRate>{{0.1, std::numeric_limits<double>::infinity()}}, c), InputError);
}
