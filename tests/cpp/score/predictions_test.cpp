#include <assay_test.hpp>

#include <cmath>

#include <assay/score/predictions.hpp>

#include "scores.hpp"

using namespace assay;
using assay::test::message_of;
using assay::test::Numbers;
using assay::test::Words;

namespace {

std::vector<Predictions> read(const std::vector<test::Column>& columns, const Words& names,
                              const PredictionReading& reading) {
  io::Stream stream = test::stream_of(columns);
  detail::WholeTable table{stream};
  const detail::CodedColumn& decisions = table.coded("d", {}, true);
  detail::PredictionReader reader{stream, table, names};
  (void)table.read();
  return reader.finish(decisions.dictionary.values, decisions.codes, reading);
}

const PredictionReading judged{Labels{{"remove", "spam"}, {}, {"skip"}}, {"remove", "allow"}, true};

}  // namespace

TEST_CASE("a judge's labels become outcomes beside the decisions", "[score]") {
  const auto got = read({{"d", Words{"remove", "remove", "allow", "allow", "remove", "allow", "remove"}},
                         {"j", Words{"remove", "allow", "remove", "allow", "spam", "skip", "skip"}}},
                        {"j"}, judged);
  CHECK(got.front().labels);
  CHECK(got.front().outcomes == std::vector<std::uint8_t>{0, 2, 3, 1, 4, 7, 6});
  const auto plain = read({{"d", Words{"a", "b", "a"}}, {"j", Words{"a", "a", "b"}}}, {"j"}, {});
  CHECK(plain.front().outcomes == std::vector<std::uint8_t>{0, 1, 1});
  const auto undecided = read({{"d", Words{"a"}}, {"j", Words{"skip"}}}, {"j"}, {Labels{{}, {}, {"skip"}}, {}, false});
  CHECK(undecided.front().outcomes == std::vector<std::uint8_t>{2});
}

TEST_CASE("labels nobody declared, and numbers that are none, are refused with their row", "[refusal][score]") {
  CHECK(message_of<InputError>(
            [] { (void)read({{"d", Words{"remove", "allow"}}, {"j", Words{"remove", "remvoe"}}}, {"j"}, judged); }) ==
        "wanted predictions among the labels of the frame's decisions, or declared ones, got 'remvoe' in column 'j', "
        "row 1 (counting from 0); mend the label, or declare it in violating=, not_violating= or undecided=");
  CHECK(message_of<InputError>(
            [] { (void)read({{"d", Words{"remove", "allow"}}, {"j", Numbers{0.5, std::nan("")}}}, {"j"}, judged); }) ==
        "wanted a finite prediction, got nan in column 'j', row 1 (counting from 0); let the judge predict every "
        "case, or drop prediction=");
  CHECK(message_of<InputError>([] {
          (void)read({{"d", Words{"allow"}}, {"j", Numbers{2e6}}}, {"j"}, judged);
        }).starts_with("wanted a prediction between -1,000,000 and 1,000,000, got 2000000"));
}

TEST_CASE("totals add up the same in any order", "[law][score]") {
  Predictions numbers{"j", false, {}, {0.1, 0.2, 0.3, 1e5, -1e5, 0.7}};
  PredictionTotals forward;
  PredictionTotals backward;
  PredictionTotals half;
  for (std::size_t i = 0; i < 6; ++i) numbers.add_to(forward, i);
  for (std::size_t i = 6; i > 0; --i) numbers.add_to(i > 3 ? backward : half, i - 1);
  backward.merge(half);
  CHECK(forward.numbers.value() == backward.numbers.value());
  CHECK(backward.cases == 6.0);
}

TEST_CASE("what a predicted outcome adds", "[score]") {
  const Metric& recall = metrics[5];
  const Metric& precision = metrics[4];
  CHECK(predicted_numerator(recall, 0) == 1.0);
  CHECK(predicted_denominator(recall, 3, false) == 1.0);
  CHECK(predicted_denominator(recall, 7, false) == 0.0);
  CHECK(predicted_denominator(precision, 6, false) == 1.0);  // the decision says so, whatever the judge
  CHECK(predicted_denominator(metrics[0], 7, true) == 1.0);
  CHECK(predicted_numerator(metrics[0], 7) == 0.0);
}
