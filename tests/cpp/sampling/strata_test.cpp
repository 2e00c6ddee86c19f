#include <assay/sampling/strata.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include <assay_test.hpp>
#include <sampling/operation.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;
using assay::test::operation;
using assay::test::TableOf;
using Words = std::vector<std::string>;

TEST_CASE("strata are the combinations that decided cases have, in the order of their values", "[sampling]") {
  for (const unsigned threads : {1U, 3U}) {
    const Frame frame = operation(threads, 4);
    const Strata both{frame, {"queue", "site"}, threads};
    REQUIRE(both.size() == 5);
    Words names;
    for (std::size_t h = 0; h < both.size(); ++h) names.push_back(both.name(h));
    CHECK(names ==
          Words{"queue=eu; site=1", "queue=eu; site=2", "queue=us; site=1", "queue=us; site=2", "queue=zz; site=1"});
    CHECK(both.populations() == allocation::Counts{4, 4, 3, 3, 1});
    CHECK_FALSE(both.drawable(0));
    CHECK(both.drawable(2));
    CHECK(both.of(2) == 0);
    CHECK(both.decision_population(2) == 3);  // rows 2, 4, 8 of eu at 1 were left up, row 6 was not
    CHECK(both.decision_population(6) == 1);
    const Strata none{frame, {}, threads};
    CHECK(none.name(0) == "(all)");
    CHECK(none.populations() == allocation::Counts{15});
    CHECK(none.of(16) == 0);
  }
}

TEST_CASE("very many possible combinations are counted as well as few", "[sampling]") {
  std::vector<std::int64_t> values;
  test::TextsOrNulls labels;
  for (std::int64_t i = 0; i < 3000; ++i) values.push_back(i), labels.push_back(i % 2 == 0 ? "x" : "y");
  FrameColumns columns;
  columns.case_id = "case";
  columns.decision = "label";
  columns.by = {"one", "two", "three"};
  io::Stream stream = TableOf{}
                          .numbers("case", values)
                          .numbers("one", values)
                          .numbers("two", values)
                          .numbers("three", values)
                          .texts("label", labels)
                          .stream();
  const Strata strata{Frame::read(columns, stream), {"three", "two", "one"}};
  REQUIRE(strata.size() == 3000);
  CHECK(strata.of(2999) == 2999);
  CHECK(strata.name(12) == "three=12; two=12; one=12");
  CHECK(strata.decision_population(12) == 1);
}

TEST_CASE("a stratum's name can be taken apart again", "[sampling]") {
  FrameColumns columns;
  columns.case_id = "case";
  columns.decision = "label";
  columns.by = {"a;b", "day", "seen", "flag"};
  io::Stream stream = TableOf{}
                          .numbers("case", {1, 2})
                          .texts("label", {"x", "x"})
                          .texts("a;b", {"50%; of=it", "line\nbreak"})
                          .numbers("day", {20'000, 1'000'000'000}, "tdD")
                          .numbers("seen", {0, -1}, "tsu:UTC")
                          .truths("flag", {true, false})
                          .stream();
  const Frame frame = Frame::read(columns, stream);
  const Strata strata{frame, {"a;b", "day", "seen", "flag"}};
  CHECK(strata.name(0) == "a%3Bb=50%25%3B of%3Dit; day=2024-10-04; seen=1970-01-01T00:00:00.000000Z; flag=true");
  CHECK(strata.name(1) == "a%3Bb=line%0Abreak; day=1000000000; seen=1969-12-31T23:59:59.999999Z; flag=false");
}

TEST_CASE("strata that cannot be are refused", "[sampling]") {
  const auto refusal = [](const Words& names) {
    return message_of<InputError>([&] { (void)Strata{operation(), names}; });
  };
  CHECK(contains(refusal({"policy"}), "strata among the frame's by= columns, got 'policy'; name it in by="));
  CHECK(contains(refusal({"queue", "queue"}), "each column once in strata=, got 'queue' twice"));
}

TEST_CASE("a stratum's values are its texts, in the order of the columns asked for", "[sampling]") {
  const Strata strata{operation(), {"site", "queue"}};
  CHECK(strata.texts(0) == Words{"1", "eu"});
  CHECK(strata.columns() == std::vector<std::size_t>{0, 1});
  CHECK(Strata{operation(), {"queue", "site"}}.columns() == std::vector<std::size_t>{1, 0});
}

TEST_CASE("a row without a decided case belongs to no stratum where its whole combination is undecided", "[sampling]") {
  FrameColumns columns;
  columns.case_id = "case";
  columns.decision = "label";
  columns.by = {"queue"};
  columns.labels = Labels{{"remove"}, {}, {"skip"}};
  io::Stream stream =
      TableOf{}.numbers("case", {1, 2}).texts("queue", {"eu", "us"}).texts("label", {"skip", "remove"}).stream();
  const Strata strata{Frame::read(columns, stream), {"queue"}};
  CHECK(strata.size() == 1);
  CHECK(strata.of(0) == Strata::none);
  CHECK(strata.name(strata.of(1)) == "queue=us");
}
