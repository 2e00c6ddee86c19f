#include <assay_test.hpp>

#include <assay/registry/decide.hpp>

#include "acts.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::act;
using assay::test::act_at;
using assay::test::at;
using assay::test::complete;
using assay::test::contains;
using assay::test::day;
using assay::test::Desk;
using assay::test::message_of;
using assay::test::noon;
using assay::test::Refusal;
using assay::test::refusal_of;
using assay::test::with;
using std::chrono::hours;

namespace {

constexpr std::int64_t none = 0;

/// What is refused, and that it left no trace.
Refusal refused(Desk& desk, const Command& command, TimePoint now = noon) {
  const Bytes before = desk.state.to_bytes();
  const Refusal out = refusal_of([&] { desk(command, now); });
  CHECK_FALSE(out.rule.empty());
  CHECK(desk.state.to_bytes() == before);
  return out;
}

std::string state(const Desk& desk, std::string_view id) {
  return std::string{queues().state_name(desk.queue(id).state)};
}

}  // namespace

TEST_CASE("no queue becomes active without all that must be known of it", "[registry][refusal]") {
  for (const std::string& name :
       std::vector<std::string>{"owner", "policies", "languages", "regions", "sites", "sla_hours", "review_due"}) {
    Desk desk;
    desk.has("q", "draft", noon, with(complete(), name, Value{}));
    const auto incomplete = refused(desk, act("activate", "q"));
    CHECK(incomplete.rule == "incomplete");
    CHECK(incomplete.legal == std::vector<std::string>{name});
    CHECK(incomplete.words == "queue 'q' cannot be active without: " + name + "; amend it first");
    for (const auto& [each, value] : complete())
      if (each == name) desk(act("amend", "q", {{name, value}}));
    CHECK_NOTHROW(desk(act("activate", "q")));
    // nor does it lose any of it while cases may flow in
    CHECK(refused(desk, act("amend", "q", {{name, Value{}}})).rule == "incomplete");
    desk(act("pause", "q"));
    CHECK(refused(desk, act("amend", "q", {{name, Value{}}})).rule == "incomplete");
    desk(act("deactivate", "q", {{"open_cases", none}}));
    CHECK_NOTHROW(desk(act("amend", "q", {{name, Value{}}})));
    CHECK(refused(desk, act("reactivate", "q")).rule == "incomplete");
  }
}

TEST_CASE("hours and shares lie in their ranges", "[registry][refusal]") {
  Desk desk;
  for (const double hours_given : {0.0, -1.0})
    CHECK(contains(message_of<InputError>([&] { desk(act("create", "q", {{"sla_hours", hours_given}})); }),
                   "wanted hours above 0"));
  for (const double share : {0.0, -0.1, 1.01})
    CHECK(contains(message_of<InputError>([&] { desk(act("create", "q", {{"sla_share", share}})); }),
                   "wanted a share above 0 and at most 1"));
  CHECK_NOTHROW(desk(act("create", "q", {{"sla_hours", 0.25}, {"sla_share", 1.0}})));
}

TEST_CASE("a queue with open cases is not deactivated unless they go to an active queue that takes them",
          "[registry][refusal]") {
  Desk desk;
  desk.has("q", "active");
  const auto unknown = refused(desk, act("deactivate", "q"));
  CHECK(unknown.rule == "open_cases");
  CHECK(unknown.words == "how many cases are open in queue 'q'? Say open_cases=; unknown is not none");
  CHECK(refused(desk, act("deactivate", "q", {{"open_cases", std::int64_t{-1}}})).words == "open_cases cannot be -1");
  const auto nowhere = refused(desk, act("deactivate", "q", {{"open_cases", std::int64_t{12}}}));
  CHECK(nowhere.rule == "open_cases");
  CHECK(contains(nowhere.words, "queue 'q' holds 12 open cases; say where they go"));

  const auto to = [&](const std::string& id, std::int64_t cases = 12) {
    return act("deactivate", "q", {{"open_cases", cases}, {"reroute_to", id}});
  };
  CHECK(refused(desk, to("r")).words == "cases cannot go to queue 'r': there is none");
  CHECK(refused(desk, to("q")).words == "cases of queue 'q' cannot go to itself");
  desk.has("draft", "draft");
  CHECK(refused(desk, to("draft")).words == "cases cannot go to queue 'draft': it is draft, not active");
  desk.has("paused", "paused");
  CHECK(refused(desk, to("paused")).words == "cases cannot go to queue 'paused': it is paused, not active");
  desk.has("narrow", "active", noon, with(complete(), "policies", Texts{"spam"}));
  CHECK(refused(desk, to("narrow")).words == "cases cannot go to queue 'narrow': it does not take policy 'fraud'");
  CHECK(refused(desk, to("narrow", 0)).rule == "reroute");  // a target that is named is checked
  desk.has("french", "active", noon, with(complete(), "languages", Texts{"fr"}));
  CHECK(refused(desk, to("french")).words == "cases cannot go to queue 'french': it does not take language 'de'");
  CHECK(refused(desk, to("french")).rule == "reroute");

  desk.has("wide", "active", noon,
           with(with(complete(), "policies", Texts{"fraud", "hate", "spam"}), "regions", Texts{"us"}));
  const auto events = desk(to("wide"));
  CHECK(events.size() == 1);
  CHECK(desk.field("q", "reroute_to") == Value{std::string{"wide"}});
  CHECK(state(desk, "q") == "deactivated");
  CHECK(events[0].arguments.size() == 2);
}

TEST_CASE("a queue without open cases needs no other", "[registry]") {
  Desk desk;
  desk.has("q", "paused");
  desk(act("deactivate", "q", {{"open_cases", none}}));
  CHECK(state(desk, "q") == "deactivated");
  CHECK_FALSE(is_set(desk.field("q", "reroute_to")));
}

TEST_CASE("cases are not sent back in time to a queue that changed since", "[registry][refusal]") {
  Desk desk;
  desk.has("q", "active", noon - hours{10});
  desk.has("r", "active", noon - hours{2});
  const Named told{{"open_cases", std::int64_t{1}}, {"reroute_to", std::string{"r"}}};
  CHECK(refused(desk, act_at(noon - hours{5}, "deactivate", "q", told)).rule == "time_order");
  CHECK_NOTHROW(desk(act_at(noon - hours{1}, "deactivate", "q", told)));
}

TEST_CASE("a queue comes back complete, and without what it was told when it went", "[registry]") {
  Desk desk;
  desk.has("q", "active");
  desk.has("r", "active");
  desk.has("s", "active");
  desk(act("deactivate", "q", {{"open_cases", none}, {"reroute_to", std::string{"r"}}}));
  desk(act("reactivate", "q"));
  CHECK(state(desk, "q") == "active");
  CHECK_FALSE(is_set(desk.field("q", "reroute_to")));
  desk(act("merge", "q", {{"open_cases", none}, {"into", std::string{"r"}}}));
  desk(act("reactivate", "q"));
  CHECK_FALSE(is_set(desk.field("q", "merged_into")));
  desk(act("split", "q", {{"open_cases", none}, {"into", Texts{"r", "s"}}}));
  desk(act("reactivate", "q"));
  CHECK_FALSE(is_set(desk.field("q", "split_into")));
  CHECK(desk.field("r", "merged_from") == Value{Texts{"q"}});  // that it happened stays
}

TEST_CASE("nothing is archived before its retention date", "[registry][refusal]") {
  for (const std::string& way : std::vector<std::string>{"archive", "discard"}) {
    Desk desk;
    desk.has("q", way == "archive" ? "deactivated" : "draft", noon,
             with(complete(), "retain_until", day(2026, 11, 24)));
    const auto early = refused(desk, act(way, "q"));
    CHECK(early.rule == "retention");
    CHECK(early.words == "queue 'q' is kept until 2026-11-24; today is 2026-11-23");
    CHECK(refused(desk, act(way, "q"), at(2026, 11, 23, 23)).rule == "retention");
    CHECK(refused(desk, act_at(at(2026, 11, 23, 23), way, "q"), at(2026, 11, 25)).rule == "retention");
    desk(act(way, "q"), at(2026, 11, 24));
    CHECK(state(desk, "q") == "archived");
  }
  Desk desk;
  desk.has("q", "archived");
  CHECK(state(desk, "q") == "archived");
}

TEST_CASE("a review says when the next is due", "[registry][refusal]") {
  Desk desk;
  desk.has("q", "active");
  CHECK(refused(desk, act("review", "q")).rule == "incomplete");
  const auto late = refused(desk, act("review", "q", {{"review_due", day(2026, 11, 23)}}));
  CHECK(late.rule == "review");
  CHECK(late.words == "the next review must be after 2026-11-23, got 2026-11-23");
  desk(act("review", "q", {{"review_due", day(2026, 11, 24)}}));
  CHECK(desk.field("q", "review_due") == Value{day(2026, 11, 24)});
  CHECK(desk.field("q", "reviewed_on") == Value{day(2026, 11, 23)});
}

TEST_CASE("a queue is merged into another, and both say so", "[registry]") {
  Desk desk;
  desk.has("q", "active");
  desk.has("r", "active");
  desk.has("p", "paused");
  const auto into = [](const std::string& id, const std::string& from = "q") {
    return act("merge", from, {{"open_cases", std::int64_t{4}}, {"into", id}});
  };
  CHECK(refused(desk, act("merge", "q", {{"into", std::string{"r"}}})).rule == "open_cases");
  CHECK(refused(desk, act("merge", "q", {{"open_cases", none}})).rule == "incomplete");
  CHECK(refused(desk, into("q")).rule == "reroute");
  CHECK(refused(desk, into("x")).rule == "reroute");
  CHECK(refused(desk, into("p")).rule == "reroute");
  const auto events = desk(into("r"));
  REQUIRE(events.size() == 2);
  CHECK(events[0].together == 2);
  CHECK(events[1].together == 0);
  CHECK(state(desk, "q") == "deactivated");
  CHECK(state(desk, "r") == "active");
  CHECK(desk.field("q", "merged_into") == Value{std::string{"r"}});
  CHECK(desk.field("q", "reroute_to") == Value{std::string{"r"}});
  CHECK(desk.field("r", "merged_from") == Value{Texts{"q"}});
  CHECK(events[1].changes == Values{{queue::merged_from, Texts{"q"}}});
  desk(into("r", "p"));
  CHECK(desk.field("r", "merged_from") == Value{Texts{"p", "q"}});
}

TEST_CASE("a merge can widen the queue that carries on", "[registry]") {
  Desk desk;
  desk.has("q", "active", noon, with(with(complete(), "policies", Texts{"hate", "spam"}), "sites", Texts{"manila"}));
  desk.has("r", "active");
  CHECK(refused(desk, act("merge", "q", {{"open_cases", none}, {"into", std::string{"r"}}})).rule == "reroute");
  CHECK(refused(desk, act("merge", "q", {{"open_cases", none}, {"into", std::string{"r"}}, {"widen", false}})).rule ==
        "reroute");
  const auto events = desk(act("merge", "q", {{"open_cases", none}, {"into", std::string{"r"}}, {"widen", true}}));
  CHECK(desk.field("r", "policies") == Value{Texts{"fraud", "hate", "spam"}});
  CHECK(desk.field("r", "sites") == Value{Texts{"lisbon", "manila"}});
  CHECK(desk.field("r", "languages") == Value{Texts{"de", "fr"}});
  CHECK(events[1].changes.size() == 3);  // only what is new: policies, sites, merged_from
  // but not into one that is not active
  desk.has("s", "paused");
  desk.has("t", "active");
  CHECK(refused(desk, act("merge", "t", {{"open_cases", none}, {"into", std::string{"s"}}, {"widen", true}})).rule ==
        "reroute");
}

TEST_CASE("a merge takes effect no earlier than the other queue's last change", "[registry][refusal]") {
  Desk desk;
  desk.has("q", "active", noon - hours{10});
  desk.has("r", "active", noon - hours{2});
  for (const bool widen : {false, true})
    CHECK(refused(desk, act_at(noon - hours{3}, "merge", "q",
                               {{"open_cases", none}, {"into", std::string{"r"}}, {"widen", widen}}))
              .rule == "time_order");
}

TEST_CASE("a queue is split into active queues that together take all it took", "[registry][refusal]") {
  Desk desk;
  desk.has("q", "active");
  desk.has("a", "active", noon, with(complete(), "policies", Texts{"spam"}));
  desk.has("b", "active", noon, with(complete(), "policies", Texts{"fraud"}));
  desk.has("c", "active", noon, with(complete(), "policies", Texts{"hate"}));
  desk.has("d", "paused");
  const auto into = [](const Texts& ids) {
    return act("split", "q", {{"open_cases", std::int64_t{9}}, {"into", ids}});
  };
  CHECK(refused(desk, act("split", "q", {{"into", Texts{"a", "b"}}})).rule == "open_cases");
  CHECK(refused(desk, act("split", "q", {{"open_cases", none}})).rule == "incomplete");
  CHECK(refused(desk, into({"a"})).rule == "incomplete");
  CHECK(refused(desk, into({"a", "a"})).rule == "incomplete");
  CHECK(refused(desk, into({"a", "d"})).words == "every part of queue 'q' must be another, active queue; 'd' is not");
  CHECK(refused(desk, into({"a", "x"})).rule == "split");
  CHECK(refused(desk, into({"a", "q"})).rule == "split");
  CHECK(refused(desk, into({"a", "c"})).words == "no part of queue 'q' takes policy 'fraud'");
  const auto events = desk(into({"b", "a"}));
  REQUIRE(events.size() == 3);
  CHECK(events[0].together == 3);
  CHECK(state(desk, "q") == "deactivated");
  CHECK(desk.field("q", "split_into") == Value{Texts{"a", "b"}});
  CHECK(desk.field("a", "split_from") == Value{Texts{"q"}});
  CHECK(desk.field("b", "split_from") == Value{Texts{"q"}});
}

TEST_CASE("a split takes effect no earlier than the parts' last change", "[registry][refusal]") {
  Desk desk;
  desk.has("q", "active", noon - hours{10});
  desk.has("a", "active", noon - hours{9});
  desk.has("b", "active", noon - hours{2});
  const Named told{{"open_cases", none}, {"into", Texts{"a", "b"}}};
  CHECK(refused(desk, act_at(noon - hours{3}, "split", "q", told)).rule == "time_order");
  CHECK(desk(act_at(noon - hours{2}, "split", "q", told)).size() == 3);
}

TEST_CASE("a clone is a draft with the same fields and a name of where it came from", "[registry]") {
  Desk desk;
  desk.has("q", "active", noon,
           with(with(complete(), "standard", std::string{"sop-7"}), "labels", Labels{{"tier", "1"}}));
  desk.has("r", "active");
  desk(act("deactivate", "q", {{"open_cases", none}, {"reroute_to", std::string{"r"}}}));
  CHECK(refused(desk, act("clone", "q")).rule == "incomplete");
  CHECK(refused(desk, act("clone", "q", {{"as_id", std::string{"r"}}})).rule == "id_taken");
  CHECK(refused(desk, act("clone", "q", {{"as_id", std::string{"q"}}})).rule == "id_taken");
  CHECK(refused(desk, act("clone", "q", {{"as_id", std::string(201, 'x')}})).rule == "text");
  CHECK(refused(desk, act("clone", "q", {{"as_id", std::string{" x"}}})).rule == "text");
  const Record before = desk.queue("q");
  const auto events = desk(act("clone", "q", {{"as_id", std::string{"copy"}}}), noon + hours{1});
  REQUIRE(events.size() == 1);
  CHECK(desk.queue("q") == before);
  CHECK(state(desk, "copy") == "draft");
  CHECK(desk.queue("copy").version == 1);
  CHECK(desk.field("copy", "cloned_from") == Value{std::string{"q"}});
  CHECK_FALSE(is_set(desk.field("copy", "reroute_to")));
  for (const std::string_view same :
       {"owner", "policies", "languages", "regions", "sites", "sla_hours", "review_due", "standard", "labels"})
    CHECK(desk.field("copy", same) == desk.field("q", same));
}
