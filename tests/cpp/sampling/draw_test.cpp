#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <assay/sampling/draw.hpp>
#include <assay_test.hpp>
#include <sampling/frames.hpp>

using namespace assay;
using assay::test::message_of;
using assay::test::TableOf;
using assay::test::words;
using Words = std::vector<std::string>;

namespace {

struct Cases {
  std::vector<std::int64_t> ids{};
  std::vector<std::string> texts{};
  std::vector<std::string> queues{};
  std::vector<std::string> labels{};

  explicit Cases(std::int64_t rows) {
    for (std::int64_t i = 0; i < rows; ++i) {
      ids.push_back((i * 7919) % 1'000'003);
      texts.push_back(std::to_string(ids.back()));
      queues.push_back("q" + std::to_string(i % 7));
      labels.push_back(i % 11 == 0 ? "skip" : i % 5 == 0 ? "remove" : "approve");
    }
  }
  static test::TextsOrNulls pointers(const std::vector<std::string>& values) {
    test::TextsOrNulls out;
    for (const auto& value : values) out.push_back(value.c_str());
    return out;
  }
  [[nodiscard]] TableOf table(bool as_text = false) const {
    TableOf out;
    if (as_text)
      out.texts("case", pointers(texts));
    else
      out.numbers("case", ids);
    out.texts("queue", pointers(queues)).texts("label", pointers(labels));
    return out;
  }
};

FrameColumns columns() {
  FrameColumns out;
  out.case_id = "case";
  out.decision = "label";
  out.by = {"queue"};
  out.labels = Labels{{"remove"}, {}, {"skip"}};
  return out;
}

Plan planned(const FrameColumns& given, io::Stream stream, std::int64_t size, Words strata, unsigned threads = 1) {
  PlanOptions options;
  options.size = size;
  options.strata = std::move(strata);
  return Plan{Frame::read(given, stream, threads), options, threads};
}

}  // namespace

TEST_CASE("a draw takes the smallest random numbers among the decided cases of each stratum", "[sampling]") {
  const Cases cases{3000};
  const DrawKey key{"secret", "2026-W47"};
  std::map<std::string, std::vector<std::pair<std::uint64_t, std::size_t>>> by_queue;
  std::map<std::pair<std::string, bool>, std::int64_t> alike;
  for (std::size_t i = 0; i < cases.ids.size(); ++i) {
    if (cases.labels[i] == "skip") continue;
    by_queue[cases.queues[i]].emplace_back(permanent_random_number(key, cases.ids[i]), i);
    ++alike[{cases.queues[i], cases.labels[i] == "remove"}];
  }
  const Plan plan = planned(columns(), cases.table().stream(), 80, {"queue"});
  Words expected;
  Words populations;
  Words kinds;
  std::size_t stratum = 0;
  for (auto& [queue, numbers] : by_queue) {
    std::sort(numbers.begin(), numbers.end());
    std::vector<std::size_t> rows;
    for (std::int64_t i = 0; i < plan.sizes()[stratum]; ++i)
      rows.push_back(numbers[static_cast<std::size_t>(i)].second);
    std::sort(rows.begin(), rows.end());
    for (const std::size_t row : rows) {
      expected.push_back(cases.texts[row]);
      populations.push_back(std::to_string(numbers.size()));
      kinds.push_back(std::to_string(alike[{queue, cases.labels[row] == "remove"}]));
    }
    ++stratum;
  }
  const io::Table sample = draw(plan, "secret", "2026-W47");
  CHECK(words(sample, "case") == expected);
  CHECK(words(sample, "stratum_population") == populations);
  CHECK(words(sample, "decision_population") == kinds);
  CHECK(sample.rows() == 80);
  for (std::int64_t row = 0; row < sample.rows(); ++row) {
    const auto held = static_cast<double>(sample.find("stratum_population")->at<std::int64_t>(row));
    const auto taken = static_cast<double>(sample.find("stratum_size")->at<std::int64_t>(row));
    CHECK(sample.find("inclusion_probability")->at<double>(row) == taken / held);
    CHECK(sample.find("weight")->at<double>(row) == held / taken);
    CHECK(sample.find("label")->text(row) != "skip");
    CHECK(sample.find("stratum")->text(row) == "queue=" + std::string{sample.find("queue")->text(row)});
  }
  CHECK(words(draw(plan, "secret", "2026-W48"), "case") != expected);
  CHECK(words(draw(plan, "other", "2026-W47"), "case") != expected);
  CHECK(message_of<InputError>([&] { (void)draw(plan, ""); }) ==
        "wanted a secret key, got empty text; anyone could foresee who will be audited");
}

TEST_CASE("any number of threads and any batches draw the same table", "[law][sampling]") {
  const Cases cases{200'000};
  const io::Table once = draw(planned(columns(), cases.table().stream(), 500, {"queue"}), "secret", "w");
  for (const auto& [batch, threads] : std::vector<std::pair<std::int64_t, unsigned>>{{0, 3}, {70'001, 1}, {999, 4}})
    CHECK(draw(planned(columns(), cases.table().stream(batch), 500, {"queue"}, threads), "secret", "w", threads) ==
          once);
  const io::Table texts = draw(planned(columns(), cases.table(true).stream(), 500, {"queue"}), "secret", "w");
  CHECK(words(texts, "case") == words(once, "case"));
  CHECK(once.find("case")->format == "l");
  CHECK(texts.find("case")->format == "u");
}

TEST_CASE("a sample carries the user's columns under their own names and types", "[sampling]") {
  FrameColumns given;
  given.case_id = "Case Id";
  given.decision = "outcome";
  given.by = {"queue", "level", "outcome"};
  given.keep = {"views", "queue", "Case Id", "score", "who"};
  given.at = "decided";
  given.reviewer = "who";
  given.policy_version = "rules";
  given.missing = "(none)";
  io::Stream stream = TableOf{}
                          .texts("rules", {"v1", nullptr, "v2"})
                          .reals("score", {0.5, 0.25, 0.125})
                          .numbers("views", {7, 8, 9}, "l")
                          .texts("who", {"ann", "bob", nullptr})
                          .numbers("decided", {1, 2, 3}, "tsn:Asia/Tokyo")
                          .texts("queue", {"eu", nullptr, "us"})
                          .numbers("level", {3, 2, 1})
                          .numbers("outcome", {10, 20, 10})
                          .texts("Case Id", {"c", "b", "a"})
                          .stream(2);
  const io::Table sample = draw(planned(given, std::move(stream), 3, {"level"}), "k", "w");
  Words names;
  Words formats;
  for (const auto& column : sample.columns()) names.push_back(column->name), formats.push_back(column->format);
  CHECK(names == Words{"Case Id", "outcome", "queue", "level", "who", "rules", "decided", "views", "score", "stratum",
                       "stratum_population", "stratum_size", "inclusion_probability", "weight", "decision_population",
                       "sample_design"});
  CHECK(formats == Words{"u", "u", "u", "l", "u", "u", "tsn:Asia/Tokyo", "l", "g", "u", "l", "l", "g", "g", "l", "u"});
  CHECK(words(sample, "Case Id") == Words{"a", "b", "c"});
  CHECK(words(sample, "outcome") == Words{"10", "20", "10"});
  CHECK(words(sample, "queue") == Words{"us", "(none)", "eu"});
  CHECK(words(sample, "who") == Words{"(null)", "bob", "ann"});
  CHECK(words(sample, "views") == Words{"9", "8", "7"});
  CHECK(words(sample, "decided") == Words{"3", "2", "1"});
  CHECK(words(sample, "stratum") == Words{"level=1", "level=2", "level=3"});
  // Labels were not declared: the same label counts.
  CHECK(words(sample, "decision_population") == Words{"1", "1", "1"});
}

TEST_CASE("the design says what the sample needs to be scored, and not the secret", "[sampling]") {
  FrameColumns given = columns();
  given.case_id = "say \"case\"";
  given.by = {"queue", "day"};
  given.labels = Labels{{"remove"}, {"keep\\up"}, {"skip"}};
  given.reviewer = "who";
  given.keep = {"day"};
  io::Stream stream = TableOf{}
                          .numbers("say \"case\"", {1, 2, 3})
                          .texts("label", {"remove", "keep\\up", "skip"})
                          .texts("queue", {"a", "b\n", "c"})
                          .numbers("day", {1, 2, 3}, "tdD")
                          .texts("who", {"x", "y", "z"})
                          .stream();
  const Plan plan = planned(given, std::move(stream), 2, {"queue"});
  const std::string expected =
      R"({"version":1,"case":"say \"case\"","decision":"label","by":["queue","day"],"by_types":["u","tdD"],)"
      R"("strata":["queue"],"violating":["remove"],"not_violating":["keep\\up"],"undecided":["skip"],)"
      R"("labels":["keep\\up","remove","skip"],"period":"week\u000a47","missing":null,"at":null,"reviewer":"who",)"
      R"("policy_version":null,"keep":["day"],"drawn_strata":2,"drawn_cases":2})";
  CHECK(sample_design(plan.frame(), plan.options().strata, "week\n47", plan.sizes()) == expected);
  CHECK(words(draw(plan, "secret", "week\n47"), "sample_design") == Words{expected, expected});
}

TEST_CASE("without strata there is one, and its name says so", "[sampling]") {
  const io::Table sample = draw(planned(columns(), Cases{100}.table().stream(), 10, {}), "secret");
  CHECK(words(sample, "stratum") == Words(10, "(all)"));
  CHECK(words(sample, "stratum_population") == Words(10, "90"));
}

TEST_CASE("equal random numbers are ordered by id as text", "[sampling]") {
  FrameColumns given;
  given.case_id = "case";
  given.decision = "label";
  io::Stream stream = TableOf{}.numbers("case", {9, 10, 100}).texts("label", {"x", "x", "x"}).stream();
  const Frame frame = Frame::read(given, stream);
  const detail::ByCase before{frame};
  CHECK(before(1, 0));  // "10" before "9"
  CHECK(before(1, 2));
  CHECK_FALSE(before(0, 2));
}

TEST_CASE("drawing can be stopped", "[sampling]") {
  const Plan plan = planned(columns(), Cases{100}.table().stream(10), 10, {});
  CHECK_THROWS_AS((void)draw(plan, "secret", "", 1, [](std::int64_t rows) { return rows < 20; }), io::Cancelled);
}
