#include <limits>
#include <string>

#include <assay/core/sketch.hpp>
#include <assay/sampling/var_opt.hpp>

#include "designs.hpp"

using namespace assay;
using namespace assay::sampling;
using namespace assay::test;

static_assert(Sketch<VarOpt>);

namespace {

VarOpt filled(std::int64_t size, std::uint64_t seed, const Reals& weights, std::size_t from, std::size_t to) {
  VarOpt out{size, seed};
  for (std::size_t i = from; i < to; ++i) out.add(static_cast<std::int64_t>(i), weights[i]);
  return out;
}

Positions positions(const VarOpt& sample) {
  Positions out;
  for (const auto& each : sample.sample()) out.push_back(std::get<std::int64_t>(each.name));
  return out;
}

}  // namespace

TEST_CASE("threshold and chances are those of the shared table, whatever the seed and the order", "[golden][var_opt]") {
  const auto file = shared_file("golden/A_sampling/streaming_results.csv");
  if (!file) return;
  int checked = 0;
  const Table table{*file};
  for (const auto& row : table.rows()) {
    if (!contains(row.text("design"), "varopt")) continue;
    const std::string& args = row.text("args");
    Reals weights;
    for (std::size_t at = args.find('(') + 1; at < args.find(')'); at = args.find_first_of(",)", at) + 1)
      weights.push_back(std::stod(args.substr(at)));
    const auto size = std::stoll(args.substr(args.find("k=") + 2));
    INFO(args << " " << row.text("quantity"));
    const double value = row.number("value");
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const VarOpt out = filled(size, seed, weights, 0, weights.size());
      if (row.text("quantity") == "tau") {
        CHECK(out.threshold() == Approx(value).epsilon(1e-12));
        continue;
      }
      const auto i = std::stoll(row.text("quantity").substr(3));
      CHECK(inclusion_probabilities(weights, size)[static_cast<std::size_t>(i)] == Approx(value).epsilon(1e-12));
      for (const auto& each : out.sample())
        if (std::get<std::int64_t>(each.name) == i) CHECK(each.probability == Approx(value).epsilon(1e-12));
    }
    ++checked;
  }
  CHECK(checked == 41);
}

TEST_CASE("cases are drawn with chances exactly proportional to weight, in one part or in several", "[law][var_opt]") {
  const auto check = [](const Reals& weights, std::int64_t size) {
    const auto expected = inclusion_probabilities(weights, size);
    const std::size_t count = weights.size();
    const Frequencies whole{count, 20'000,
                            [&](Random& random) { return positions(filled(size, random(), weights, 0, count)); }};
    CHECK(whole.from(expected) < 3.5);
    const Frequencies parts{count, 20'000, [&](Random& random) {
                              VarOpt one = filled(size, random(), weights, 0, count - 3);
                              VarOpt other = filled(size, random(), weights, count - 3, count - 1);
                              other.merge(one);
                              other.add(static_cast<std::int64_t>(count - 1), weights[count - 1]);
                              return positions(other);
                            }};
    CHECK(parts.from(expected) < 3.5);
  };
  check({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 4);
  check({1, 2, 4, 8, 16, 32, 64}, 3);
  check({100, 1, 1, 1, 1}, 3);
}

TEST_CASE("the estimated total of weights is exact at all times", "[law][var_opt]") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random{seed};
    VarOpt out{7, seed};
    double total = 0.0;
    for (int i = 0; i < 300; ++i) {
      const double weight = std::exp(5.0 * random.uniform());
      total += weight;
      out.add(std::int64_t{i}, weight);
      double estimate = 0.0;
      for (const auto& each : out.sample()) estimate += each.weight / each.probability;
      REQUIRE(estimate == Approx(total).epsilon(1e-11));
    }
    REQUIRE(out.sample().size() == 7);
  }
}

TEST_CASE("merged samples have the threshold of all their cases", "[law][var_opt]") {
  Reals weights(400);
  Random random{5};
  for (auto& each : weights) each = std::exp(4.0 * random.uniform());
  const VarOpt whole = filled(30, 9, weights, 0, 400);
  VarOpt merged = filled(30, 1, weights, 0, 150);
  merged.merge(filled(30, 2, weights, 150, 160));
  merged.merge(filled(30, 3, weights, 160, 400));
  CHECK(merged.threshold() == Approx(whole.threshold()).epsilon(1e-12));
  CHECK(merged.seen() == 400);
  CHECK(merged.sample().size() == 30);
  double total = 0.0, estimate = 0.0;
  for (const double each : weights) total += each;
  for (const auto& each : merged.sample()) {
    estimate += each.weight / each.probability;
    CHECK(each.weight == weights[static_cast<std::size_t>(std::get<std::int64_t>(each.name))]);
  }
  CHECK(estimate == Approx(total).epsilon(1e-11));
  VarOpt nothing;
  nothing.merge(merged);
  CHECK(nothing == merged);
  merged.merge(VarOpt{});
  CHECK(nothing == merged);
}

TEST_CASE("a VarOpt sample survives its journey as bytes, in the middle of a stream", "[law][var_opt]") {
  VarOpt travelled{4, 9}, whole{4, 9};
  for (int i = 0; i < 200; ++i) {
    travelled = VarOpt::from_bytes(travelled.to_bytes());
    travelled.add(std::to_string(i), 1.0 + i % 6);
    whole.add(std::to_string(i), 1.0 + i % 6);
    REQUIRE(travelled == whole);
  }
  CHECK(travelled.sample() == whole.sample());
  CHECK(VarOpt::from_bytes(VarOpt{}.to_bytes()) == VarOpt{});
}

TEST_CASE("as many cases as the size are certain, and one place is enough", "[var_opt]") {
  const VarOpt few = filled(3, 1, {5, 1, 2}, 0, 3);
  CHECK(positions(few) == Positions{0, 1, 2});
  CHECK(few.threshold() == 0.0);
  for (const auto& each : few.sample()) CHECK(each.probability == 1.0);
  const VarOpt one = filled(1, 1, {5, 1, 2}, 0, 3);
  CHECK(one.threshold() == 8.0);
  CHECK(one.sample().size() == 1);
  CHECK(one.size() == 1);
}

TEST_CASE("VarOpt refuses what would not be a sample", "[error][var_opt]") {
  VarOpt out{2, 1};
  const auto words = [&](double weight) { return message_of<InputError>([&] { out.add(std::int64_t{1}, weight); }); };
  CHECK(contains(words(0.0), "wanted a finite weight above 0, got 0 in column 'weight', row 0"));
  CHECK(contains(words(std::numeric_limits<double>::quiet_NaN()), "got nan"));
  CHECK(out.seen() == 0);
  CHECK(contains(message_of<InputError>([] { VarOpt{0, 1}; }), "got 0"));
  CHECK(contains(message_of<InputError>([] { VarOpt{}.add(std::int64_t{1}, 1.0); }), "with a size"));
  CHECK(contains(message_of<InputError>([] { VarOpt{3, 1}.merge(VarOpt{4, 2}); }), "of size 4"));
  CHECK(contains(message_of<InputError>([] { VarOpt{3, 1}.merge(VarOpt{3, 1}); }), "seed 1 twice"));
}

TEST_CASE("damaged bytes of VarOpt samples are refused", "[error][var_opt]") {
  const Bytes whole = filled(3, 1, {1, 1, 2, 4, 8}, 0, 5).to_bytes();
  for (std::size_t length = 0; length < whole.size(); ++length)
    CHECK_THROWS_AS(VarOpt::from_bytes(ByteView{whole}.first(length)), FormatError);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    Bytes altered = whole;
    altered[at] ^= std::byte{0x10};
    CHECK_THROWS_AS(VarOpt::from_bytes(altered), FormatError);
  }
}
