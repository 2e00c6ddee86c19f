#include <array>
#include <map>

#include <assay/core/random.hpp>
#include <assay/tally/cells.hpp>
#include <assay_test.hpp>

using namespace assay;
using io::Code;

TEST_CASE("cells agree with a map", "[law][tally][cells]") {
  Random random{9};
  std::map<std::array<Code, 3>, std::array<std::uint64_t, 4>> known;
  Cells cells{3, 4, false};
  for (int i = 0; i < 50'000; ++i) {
    const std::array<Code, 3> codes{static_cast<Code>(random.below(40)), static_cast<Code>(random.below(30)),
                                    static_cast<Code>(random.below(2) * 4'000'000'000U)};
    const std::size_t outcome = random.below(4);
    ++known[codes][outcome];
    cells.add(cells.cell(codes), outcome, 1);
  }
  REQUIRE(cells.size() == known.size());
  for (const auto& [codes, counts] : known) {
    const std::size_t cell = cells.cell(codes);
    for (std::size_t outcome = 0; outcome < 4; ++outcome) REQUIRE(cells.counts(cell)[outcome] == counts[outcome]);
    REQUIRE(std::equal(codes.begin(), codes.end(), cells.codes(cell).begin()));
  }
  CHECK(cells.size() == known.size());
}

TEST_CASE("absorbing adds what the other has under translated codes", "[tally][cells]") {
  Cells here{1, 2, true, 1};
  Cells there{1, 2, true, 1};
  const std::array<Code, 1> zero{0};
  const std::array<Code, 1> one{1};
  here.add(here.cell(one), 0, scaled(2.0));
  here.measure(0, 0).add(1, 2);
  there.add(there.cell(zero), 0, scaled(0.5));
  there.add(there.cell(zero), 1, scaled(3.0));
  there.measure(0, 0).add(10, 20);
  there.add(there.cell(one), 1, scaled(4.0));
  here.absorb(there, [](std::size_t, Code code) { return 1 - code; });
  REQUIRE(here.size() == 2);
  CHECK(here.counts(0)[0] == 2);
  CHECK(here.counts(0)[1] == 1);
  CHECK(here.weights(0, 0).value() == 2.5);
  CHECK(here.squares(0, 0).value() == 4.25);
  CHECK(here.weights(0, 1).value() == 3.0);
  CHECK(here.measure(0, 0).y.value() == 11);
  CHECK(here.measure(0, 0).xx.value() == 404);
  CHECK(here.codes(1)[0] == 0);
  CHECK(here.weights(1, 1).value() == 4.0);
}

TEST_CASE("everything together is one cell without codes", "[tally][cells]") {
  Cells cells{0, 2, false};
  CHECK(cells.cell({}) == 0);
  CHECK(cells.cell({}) == 0);
  CHECK(cells.size() == 1);
  CHECK(cells.codes(0).empty());
}

TEST_CASE("room made beforehand changes nothing that is counted", "[law][tally][cells]") {
  Cells plain{2, 2, true, 1};
  Cells roomy{2, 2, true, 1};
  Random random{10};
  for (int i = 0; i < 5000; ++i) {
    if (random.below(100) == 0) roomy.reserve(random.below(3000));
    const std::array<Code, 2> codes{static_cast<Code>(random.below(50)), static_cast<Code>(random.below(50))};
    for (Cells* cells : {&plain, &roomy}) cells->add(cells->cell(codes), 1, scaled(1.5));
  }
  REQUIRE(plain.size() == roomy.size());
  for (std::size_t cell = 0; cell < plain.size(); ++cell) {
    const std::size_t other = roomy.cell(plain.codes(cell));
    REQUIRE(roomy.counts(other)[1] == plain.counts(cell)[1]);
    REQUIRE(roomy.squares(other, 1) == plain.squares(cell, 1));
  }
  CHECK(roomy.size() == plain.size());
}
