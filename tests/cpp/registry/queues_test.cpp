#include <map>
#include <set>

#include <assay_test.hpp>

#include <assay/registry/decide.hpp>

#include "acts.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::act;
using assay::test::day;
using assay::test::Desk;
using assay::test::noon;
using assay::test::refusal_of;

TEST_CASE("the numbers of the book of queues never change", "[golden][registry]") {
  // They stand in journals: adding is allowed at the end, nothing else.
  const std::vector<std::string_view> fields{"name",       "owner",      "policies",    "languages",   "regions",
                                             "sites",      "sla_hours",  "sla_share",   "review_due",  "retain_until",
                                             "labels",     "standard",   "reroute_to",  "merged_into", "merged_from",
                                             "split_into", "split_from", "cloned_from", "reviewed_on"};
  REQUIRE(queues().fields.size() == fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) CHECK(queues().fields[i].name == fields[i]);
  const std::vector<std::string_view> states{"draft", "active", "paused", "deactivated", "archived"};
  for (std::size_t i = 0; i < states.size(); ++i)
    CHECK(queues().state_name(static_cast<std::uint8_t>(i + 1)) == states[i]);
  const std::vector<std::string_view> verbs{"create",     "amend",      "activate", "pause",   "resume",
                                            "deactivate", "reactivate", "archive",  "discard", "review",
                                            "merge",      "split",      "clone"};
  for (std::size_t i = 0; i < verbs.size(); ++i)
    CHECK(queues().verb(static_cast<std::uint8_t>(i + 1))->name == verbs[i]);
  const std::map<std::string_view, std::vector<std::string_view>> arguments{
      {"deactivate", {"open_cases:1", "reroute_to:2"}},
      {"review", {"review_due:7"}},
      {"merge", {"open_cases:1", "into:3", "widen:6"}},
      {"split", {"open_cases:1", "into:4"}},
      {"clone", {"as_id:5"}}};
  for (const Verb& verb : queues().verbs) {
    std::vector<std::string> got;
    for (const Argument& each : verb.arguments)
      got.push_back(std::string{each.name} + ":" + std::to_string(each.number));
    const auto wanted = arguments.find(verb.name);
    CHECK(got == (wanted == arguments.end() ? std::vector<std::string>{}
                                            : std::vector<std::string>(wanted->second.begin(), wanted->second.end())));
  }
  CHECK(queues().number == 1);
  CHECK(queues().name == "queues");
  CHECK(queues().noun == "queue");
}

TEST_CASE("from every state exactly the steps of a queue's life are legal", "[registry]") {
  const std::map<std::string, std::set<std::string>> life{
      {"draft", {"amend", "activate", "discard", "review", "clone"}},
      {"active", {"amend", "pause", "deactivate", "review", "merge", "split", "clone"}},
      {"paused", {"amend", "resume", "deactivate", "review", "merge", "split", "clone"}},
      {"deactivated", {"amend", "reactivate", "archive", "review", "clone"}},
      {"archived", {"clone"}}};
  const std::map<std::string, std::string> leads{
      {"activate", "active"},        {"pause", "paused"},      {"resume", "active"},
      {"deactivate", "deactivated"}, {"reactivate", "active"}, {"archive", "archived"},
      {"discard", "archived"},       {"merge", "deactivated"}, {"split", "deactivated"}};
  const std::map<std::string, Named> told{
      {"deactivate", {{"open_cases", std::int64_t{0}}}},
      {"review", {{"review_due", day(2027, 6, 1)}}},
      {"merge", {{"open_cases", std::int64_t{0}}, {"into", std::string{"other"}}}},
      {"split", {{"open_cases", std::int64_t{0}}, {"into", Texts{"other", "third"}}}},
      {"clone", {{"as_id", std::string{"copy"}}}},
      {"amend", {{"name", std::string{"new"}}}}};
  for (const auto& [state, legal] : life)
    for (const Verb& verb : queues().verbs) {
      if (verb.creates()) continue;
      const std::string name{verb.name};
      INFO(state << " " << name);
      Desk desk;
      desk.has("other", "active");
      desk.has("third", "active");
      desk.has("q", state);
      const auto values = told.find(name);
      const Command command = act(name, "q", values == told.end() ? Named{} : values->second);
      const auto refused = refusal_of([&] { desk(command); });
      CHECK(refused.rule == (legal.count(name) == 0 ? "illegal_transition" : ""));
      if (!refused.rule.empty()) CHECK(std::set<std::string>(refused.legal.begin(), refused.legal.end()) == legal);
      const auto to = leads.find(name);
      const std::string wanted = !refused.rule.empty() || to == leads.end() ? state : to->second;
      CHECK(queues().state_name(desk.queue("q").state) == wanted);
    }
}
