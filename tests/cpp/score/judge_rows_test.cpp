#include <assay/score/judge_rows.hpp>

#include "scores.hpp"

using namespace assay;
using assay::test::message_of;
using assay::test::Numbers;
using assay::test::Wholes;
using assay::test::Words;

namespace {

std::vector<test::Column> sample(const std::string& totals, const Numbers& sums = {5.5, 5.5}) {
  return {{"d", Words{"remove", "allow"}},
          {"stratum", Words{"all", "all"}},
          {"stratum_population", Wholes{10, 10}},
          {"judge", Words{"remove", "remove"}},
          {"judge_in_stratum", Words{totals, totals}},
          {"chance", Numbers{0.5, 0.25}},
          {"chance_in_stratum", sums}};
}

JudgePopulation read(const std::vector<test::Column>& columns, const Words& names, bool judged = true) {
  io::Stream stream = test::stream_of(columns);
  JudgePopulation out;
  (void)judge_rows(stream, "d", names, {Labels{{"remove"}, {}, {}}, {}, judged}, &out);
  return out;
}

}  // namespace

TEST_CASE("totals are read from the rows", "[score]") {
  const JudgePopulation got = read(sample("1 2 3 4 0 0 0 0"), {"judge", "chance"});
  CHECK(got.strata.at("all")[0].outcomes[3] == 4.0);
  CHECK(got.strata.at("all")[0].cases == 10.0);
  CHECK(got.strata.at("all")[1].numbers.value() == 5.5);
  const JudgePopulation plain = read(sample("1 2 3 3 0 0 1 0"), {"judge"}, false);
  CHECK(plain.strata.at("all")[0].outcomes == std::array<double, 8>{3, 6, 1, 0, 0, 0, 0, 0});
}

TEST_CASE("totals that were altered or lost are refused", "[refusal][score]") {
  CHECK(message_of<InputError>([] { (void)read(sample("1 2 3"), {"judge"}); }) ==
        "wanted eight counts, as plan.draw(...) wrote them, got '1 2 3' in column 'judge_in_stratum', row 0 (counting "
        "from 0); restore the column as it was drawn, or pass frame=");
  CHECK(message_of<InputError>([] { (void)read(sample("1 2 3 5 0 0 0 0"), {"judge"}); }) ==
        "wanted predictions of all 10 cases of the stratum, got 11 in column 'judge_in_stratum', row 0 (counting from "
        "0); restore the columns as they were drawn");
  CHECK_THROWS_AS(read(sample("1 2 3 4 0 0 0 -1"), {"judge"}), InputError);
  CHECK_THROWS_AS(read(sample("1 2 3 4 0 0 0 0", {std::nan(""), 1.0}), {"chance"}), InputError);
  std::vector<test::Column> bare = sample("");
  bare.erase(bare.begin() + 4);
  CHECK(message_of<InputError>([&] { (void)read(bare, {"judge"}); }) ==
        "wanted the frame, which says what the judge predicts of all cases, got a sample without the column "
        "'judge_in_stratum'; pass frame=, the frame that the sample was drawn from");
  CHECK(message_of<InputError>([&] { (void)read(bare, {"jury"}); }) ==
        "wanted predictions in a column of the sample, got no column 'jury'; name it in keep= when the frame is made");
}
