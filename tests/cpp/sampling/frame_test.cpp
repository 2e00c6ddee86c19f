#include <cstdint>
#include <string>
#include <vector>

#include <assay/sampling/frame.hpp>
#include <assay_test.hpp>
#include <sampling/frames.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;
using assay::test::TableOf;
using assay::test::words;
using Words = std::vector<std::string>;

namespace {

TableOf decisions() {
  return TableOf{}
      .texts("case", {"a", "c", "b", "d", "e"})
      .texts("label", {"remove", "approve", "skip", "approve", "restrict"})
      .texts("queue", {"eu", "us", "eu", "us", "us"})
      .numbers("site", {1, 2, 2, 1, 1})
      .numbers("when", {10, 20, 30, 40, 50}, "tsu:UTC")
      .reals("amount", {1.5, 2.5, 3.5, 4.5, 5.5});
}

FrameColumns columns() {
  FrameColumns out;
  out.case_id = "case";
  out.decision = "label";
  out.by = {"queue", "site"};
  out.labels = Labels{{"remove", "restrict"}, {}, {"skip"}};
  return out;
}

std::string refusal(const FrameColumns& given, const TableOf& table, std::int64_t batch = 0) {
  return message_of<InputError>([&] {
    io::Stream stream = table.stream(batch);
    (void)Frame::read(given, stream);
  });
}

Frame read(const FrameColumns& given, const TableOf& table, std::int64_t batch = 0, unsigned threads = 1) {
  io::Stream stream = table.stream(batch);
  return Frame::read(given, stream, threads);
}

}  // namespace

TEST_CASE("a frame counts decisions, and knows what their labels mean", "[sampling]") {
  for (const std::int64_t batch : {0, 1, 2})
    for (const unsigned threads : {1U, 3U}) {
      const Frame frame = read(columns(), decisions(), batch, threads);
      CHECK(frame.rows() == 5);
      CHECK(frame.undecided() == 1);
      CHECK(frame.decided() == 4);
      const io::Table summary = frame.summary();
      CHECK(words(summary, "label") == Words{"approve", "remove", "restrict", "skip"});
      CHECK(words(summary, "kind") == Words{"not violating", "violating", "violating", "undecided"});
      CHECK(words(summary, "cases") == Words{"2", "1", "1", "1"});
      CHECK(words(summary, "share") == Words{"0.4", "0.2", "0.2", "0.2"});
      Words queues;
      Words sites;
      for (const io::Code code : frame.by(0)) queues.push_back(frame.values(0).words(code));
      for (const io::Code code : frame.by(1)) sites.push_back(frame.values(1).words(code));
      CHECK(queues == Words{"eu", "us", "eu", "us", "us"});
      CHECK(sites == Words{"1", "2", "2", "1", "1"});
    }
}

TEST_CASE("without declarations, labels are undeclared", "[sampling]") {
  FrameColumns given;
  given.case_id = "case";
  given.decision = "label";
  CHECK(words(read(given, decisions()).summary(), "kind") == Words(4, "undeclared"));
}

TEST_CASE("a frame refuses what cannot be drawn from", "[sampling]") {
  CHECK(refusal(columns(), TableOf{}.texts("case", {}).texts("label", {}).texts("queue", {}).texts("site", {})) ==
        "wanted decisions to draw from, got an empty table; " + std::string{io::read_once});
  const auto with_cases = [](const test::TextsOrNulls& cases) {
    return TableOf{}.texts("case", cases).texts("label", {"x", "y", "z"});
  };
  FrameColumns plain;
  plain.case_id = "case";
  plain.decision = "label";
  CHECK(refusal(plain, with_cases({"a", nullptr, "b"}), 1) ==
        "wanted a case id, got null in column 'case', row 1 (counting from 0); drop the row, or give it an id");
  CHECK(refusal(plain, with_cases({"a", "", "b"})) ==
        "wanted a case id, got empty text in column 'case', row 1 (counting from 0); drop the row, or give it an id");
  CHECK(refusal(plain, with_cases({"a", "b", "a"}), 1) ==
        "wanted each case once, got 'a' again (first at row 0) in column 'case', row 2 (counting from 0); where one "
        "item has several decisions, name the column of the decision's id");
  CHECK(contains(refusal(plain, TableOf{}.reals("case", {1.0}).texts("label", {"x"})),
                 "wanted case ids that are text or whole numbers, got real numbers in column 'case'"));

  const auto with_labels = [](const test::TextsOrNulls& labels) {
    return TableOf{}.texts("case", {"a", "b"}).texts("label", labels);
  };
  CHECK(refusal(plain, with_labels({"x", nullptr})) ==
        "wanted a decision, got null in column 'label', row 1 (counting from 0); give undecided cases a label of their "
        "own and name it in undecided=");
  CHECK(refusal(plain, with_labels({"x", ""})) ==
        "wanted a decision, got empty text in column 'label', row 1 (counting from 0); give undecided cases a label of "
        "their own and name it in undecided=");
  FrameColumns closed = plain;
  closed.labels = Labels{{"x"}, {"y"}, {}};
  CHECK(refusal(closed, with_labels({"x", "remvoe"}), 1) ==
        "wanted a label of violating=, not_violating= or undecided= (both meanings were declared, so the list is "
        "closed), got 'remvoe' in column 'label', row 1 (counting from 0); mend the label, or declare it");
  CHECK_NOTHROW(read(closed, with_labels({"x", "y"})));

  FrameColumns by = plain;
  by.by = {"queue"};
  const auto with_queues = [](const test::TextsOrNulls& queues) {
    return TableOf{}.texts("case", {"a", "b"}).texts("label", {"x", "y"}).texts("queue", queues);
  };
  CHECK(refusal(by, with_queues({"eu", nullptr}), 1) ==
        "wanted a value, got null in column 'queue', row 1 (counting from 0); pass missing=\"(none)\" to give nulls a "
        "name (null in a result means all)");
  by.missing = "(none)";
  const Frame named = read(by, with_queues({"eu", nullptr}));
  CHECK(named.values(0).words(named.by(0)[1]) == "(none)");
  by.missing.reset();
  by.by = {"nowhere"};
  CHECK(contains(refusal(by, with_queues({"eu", "us"})),
                 "wanted a column named 'nowhere', got a table with the columns"));
}

TEST_CASE("columns are refused where they cannot serve", "[sampling]") {
  FrameColumns given = columns();
  given.at = "site";
  CHECK(refusal(given, decisions()) ==
        "wanted timestamps with a zone, got whole numbers in column 'site'; cast the column to timestamps with a zone");
  given.at = "naive";
  CHECK(refusal(given, decisions().numbers("naive", {1, 2, 3, 4, 5}, "tsu:")) ==
        "wanted timestamps with a zone, got timestamps without a zone in column 'naive'; say which zone they are in "
        "(UTC, for instance)");
  given.at = "when";
  given.keep = {"amount"};
  given.reviewer = "site";
  given.policy_version = "queue";
  CHECK_NOTHROW(read(given, decisions()));
  for (auto* name : {&given.at, &given.reviewer, &given.policy_version, &given.keep[0]}) {
    const std::string before = std::exchange(*name, "nowhere");
    CHECK(contains(refusal(given, decisions()), "wanted a column named 'nowhere'"));
    *name = before;
  }
  io::ColumnBuilder clock{"clock", "ttm"};
  for (std::int32_t i = 0; i < 5; ++i) clock.append_raw(&i, sizeof i);
  given.keep = {"clock"};
  const auto made = clock.finish();
  CHECK(refusal(given, decisions().column(made)) ==
        "wanted a column of numbers, text, true/false, dates or times, got values of Arrow format 'ttm' in column "
        "'clock'; cast the column to text, or leave it out");
  given.keep.clear();
  given.reviewer = "clock";
  CHECK(contains(refusal(given, decisions().column(made)), "in column 'clock'; cast the column to text"));
}

TEST_CASE("names must be given, be different, and leave room for those of the sample", "[sampling]") {
  FrameColumns given = columns();
  given.case_id = "";
  CHECK(refusal(given, decisions()) == "wanted case=, the column of the ids, got no name");
  given = columns();
  given.decision = "";
  CHECK(refusal(given, decisions()) == "wanted decision=, the column of the labels, got no name");
  given.decision = "case";
  CHECK(refusal(given, decisions()) == "wanted two columns for case= and decision=, got 'case' for both");
  given = columns();
  given.by = {"site", "queue", "site"};
  CHECK(refusal(given, decisions()) == "wanted each column once in by=, got 'site' twice");
  for (const char* own : {"stratum", "stratum_population", "stratum_size", "inclusion_probability", "weight",
                          "decision_population", "sample_design"}) {
    given = columns();
    given.keep = {own};
    CHECK(refusal(given, decisions().numbers(own, {1, 2, 3, 4, 5})) ==
          "wanted columns that are not called like those a sample adds, got '" + std::string{own} +
              "'; rename the column");
  }
}

TEST_CASE("reading can be stopped", "[sampling]") {
  io::Stream stream = decisions().stream(1);
  std::int64_t told = 0;
  CHECK_THROWS_AS((void)Frame::read(columns(), stream, 1,
                                    [&](std::int64_t rows) {
                                      told = rows;
                                      return rows < 3;
                                    }),
                  io::Cancelled);
  CHECK(told == 3);
}
