#include <map>
#include <set>

#include <assay_test.hpp>

#include <assay/registry/decide.hpp>

#include "acts.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::day;
using assay::test::Desk;
using assay::test::found;
using assay::test::noon;
using assay::test::refusal_of;
using assay::test::with;

namespace {

Named fault() {
  return {{"rule", std::string{"stale"}},
          {"severity", std::string{"high"}},
          {"subject", std::string{"q"}},
          {"summary", std::string{"review was due"}}};
}

const Record& finding_of(const Desk& desk) { return *desk.state.find(findings(), "f"); }

}  // namespace

TEST_CASE("the numbers of the book of findings never change", "[golden][registry]") {
  const std::vector<std::string_view> fields{"rule",    "severity", "subject",      "owner",  "due",
                                             "summary", "evidence", "waived_until", "answer", "source"};
  REQUIRE(findings().fields.size() == fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) CHECK(findings().fields[i].name == fields[i]);
  const std::vector<std::string_view> states{"open", "waived", "fixed"};
  for (std::size_t i = 0; i < states.size(); ++i)
    CHECK(findings().state_name(static_cast<std::uint8_t>(i + 1)) == states[i]);
  const std::vector<std::string_view> verbs{"raise", "amend", "waive", "fix", "reopen"};
  for (std::size_t i = 0; i < verbs.size(); ++i)
    CHECK(findings().verb(static_cast<std::uint8_t>(i + 1))->name == verbs[i]);
  CHECK(findings().number == 2);
  CHECK(findings().verb("waive")->arguments.at(0).number == 1);
}

TEST_CASE("from every state exactly the steps of a finding's life are legal", "[registry]") {
  const std::map<std::string, std::set<std::string>> life{
      {"open", {"amend", "waive", "fix"}}, {"waived", {"amend", "waive", "fix", "reopen"}}, {"fixed", {"reopen"}}};
  for (const auto& [state, legal] : life)
    for (const Verb& verb : findings().verbs) {
      if (verb.creates()) continue;
      const std::string name{verb.name};
      INFO(state << " " << name);
      Desk desk;
      desk(found("raise", "f", fault()));
      if (state == "waived") desk(found("waive", "f", {{"until", day(2026, 12, 1)}}));
      if (state == "fixed") desk(found("fix", "f"));
      const auto refused = refusal_of([&] {
        desk(found(name, "f",
                   name == "waive"   ? Named{{"until", day(2027, 1, 1)}}
                   : name == "amend" ? Named{{"answer", std::string{"known"}}}
                                     : Named{}));
      });
      CHECK(refused.rule == (legal.count(name) == 0 ? "illegal_transition" : ""));
      if (!refused.rule.empty()) CHECK(std::set<std::string>(refused.legal.begin(), refused.legal.end()) == legal);
    }
}

TEST_CASE("a finding says its rule, severity, subject and summary", "[registry][refusal]") {
  for (const std::string& name : std::vector<std::string>{"rule", "severity", "subject", "summary"}) {
    Desk desk;
    const auto refused = refusal_of([&] { desk(found("raise", "f", with(fault(), name, Value{}))); });
    CHECK(refused.rule == "incomplete");
    CHECK(refused.legal == std::vector<std::string>{name});
    CHECK(desk.journal.empty());
  }
}

TEST_CASE("a waiver ends on a day to come, and is gone when the finding is closed or comes back", "[registry]") {
  for (const std::string& end : std::vector<std::string>{"fix", "reopen"}) {
    Desk desk;
    desk(found("raise", "f", fault()));
    CHECK(refusal_of([&] { desk(found("waive", "f")); }).rule == "incomplete");
    const auto today = refusal_of([&] { desk(found("waive", "f", {{"until", day(2026, 11, 23)}})); });
    CHECK(today.rule == "waiver");
    CHECK(today.words == "a waiver must end after 2026-11-23, got 2026-11-23");
    desk(found("waive", "f", {{"until", day(2026, 11, 24)}}));
    CHECK(finding_of(desk).state == finding::waived);
    CHECK(finding_of(desk).at(findings(), finding::waived_until) == Value{day(2026, 11, 24)});
    desk(found("waive", "f", {{"until", day(2026, 12, 24)}}));
    CHECK(finding_of(desk).at(findings(), finding::waived_until) == Value{day(2026, 12, 24)});
    desk(found(end, "f"));
    CHECK(finding_of(desk).state == (end == "fix" ? finding::fixed : finding::open));
    CHECK_FALSE(is_set(finding_of(desk).at(findings(), finding::waived_until)));
  }
}

TEST_CASE("a finding that comes back can say what is new", "[registry]") {
  Desk desk;
  desk(found("raise", "f", fault()));
  desk(found("fix", "f"));
  desk(found("reopen", "f", {{"evidence", std::string{"seen again"}}, {"due", day(2026, 12, 1)}}));
  CHECK(finding_of(desk).state == finding::open);
  CHECK(finding_of(desk).version == 3);
  CHECK(finding_of(desk).at(findings(), finding::evidence) == Value{std::string{"seen again"}});
  CHECK(finding_of(desk).at(findings(), finding::due) == Value{day(2026, 12, 1)});
}
