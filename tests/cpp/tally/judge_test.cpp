#include <map>
#include <string>
#include <vector>

#include <assay/tally/judge.hpp>
#include <assay_test.hpp>

using namespace assay;

namespace {

/// Labels and their codes, with columns to blame.
struct Room {
  TallySpec spec{};
  io::SharedDictionary labels{};
  io::Field decision_field{};
  io::Field verdict_field{};
  io::Column decision{};
  io::Column verdict{};

  explicit Room(Labels meanings) {
    spec.decision = "decision";
    spec.verdict = "verdict";
    spec.labels = std::move(meanings);
    decision_field.name = "decision";
    verdict_field.name = "verdict";
    decision.field = &decision_field;
    verdict.field = &verdict_field;
    decision.first_row = verdict.first_row = 100;
  }
  io::Code code(std::string_view label) { return labels.values.code_of(label); }

  std::vector<std::uint8_t> judge(detail::Judge& judge, const std::vector<std::string>& decisions,
                                  const std::vector<std::string>& verdicts) {
    std::vector<io::Code> d;
    std::vector<io::Code> v;
    for (const std::string& label : decisions) d.push_back(code(label));
    for (const std::string& label : verdicts) v.push_back(code(label));
    std::vector<std::uint8_t> out(d.size());
    judge.judge(d.data(), v.data(), d.size(), decision, verdict, 10, out.data());
    return out;
  }
};

constexpr std::uint8_t number(Outcome outcome) { return static_cast<std::uint8_t>(outcome); }

}  // namespace

TEST_CASE("a pair of labels is judged by what the labels mean", "[tally]") {
  Room room{Labels{{"remove", "spam"}, {}, {"later"}}};
  detail::Judge judge{room.spec, room.labels};
  const auto found = room.judge(judge, {"remove", "keep", "remove", "keep", "spam", "limit", "later", "keep"},
                                {"remove", "keep", "keep", "spam", "remove", "keep", "keep", "later"});
  CHECK(found == std::vector<std::uint8_t>{number(Outcome::upheld_violating), number(Outcome::upheld_clear),
                                           number(Outcome::over_enforcement), number(Outcome::leakage),
                                           number(Outcome::wrong_label_violating), number(Outcome::wrong_label_clear),
                                           detail::skip_row, detail::skip_row});
}

TEST_CASE("more labels than fit a table are judged alike", "[tally]") {
  Room room{Labels{{"remove"}, {}, {}}};
  for (int i = 0; i < 300; ++i) (void)room.code("label " + std::to_string(i));
  detail::Judge judge{room.spec, room.labels};
  const auto found = room.judge(judge, {"remove", "label 7", "label 7"}, {"label 299", "label 7", "label 8"});
  CHECK(found == std::vector<std::uint8_t>{number(Outcome::over_enforcement), number(Outcome::upheld_clear),
                                           number(Outcome::wrong_label_clear)});
}

TEST_CASE("a judge knows which labels occurred, and the first row of each in the table", "[tally]") {
  Room room{Labels{{"remove"}, {}, {}}};
  (void)room.code("never seen");
  detail::Judge judge{room.spec, room.labels};
  (void)room.judge(judge, {"keep", "remove", "keep"}, {"remove", "remove", "spam"});
  std::map<std::string, std::int64_t> decisions;
  std::map<std::string, std::int64_t> verdicts;
  judge.decisions([&](const std::string& text, std::int64_t row) { decisions[text] = row; });
  judge.verdicts([&](const std::string& text, std::int64_t row) { verdicts[text] = row; });
  CHECK(decisions == std::map<std::string, std::int64_t>{{"keep", 110}, {"remove", 111}});
  CHECK(verdicts == std::map<std::string, std::int64_t>{{"remove", 110}, {"spam", 112}});
}

TEST_CASE("labels outside a closed list are refused with their row", "[tally]") {
  Room room{Labels{{"remove"}, {"keep"}, {}}};
  detail::Judge judge{room.spec, room.labels};
  try {
    (void)room.judge(judge, {"keep", "keep"}, {"remove", "spam"});
    FAIL("an undeclared label was accepted");
  } catch (const InputError& error) {
    CHECK(error.got() == "'spam'");
    CHECK(error.place().column == "verdict");
    CHECK(error.place().row == 111);
  }
}
