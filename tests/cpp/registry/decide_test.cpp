#include <limits>

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

/// What is refused, and that it left no trace.
Refusal refused(Desk& desk, const Command& command, TimePoint now = noon) {
  const Bytes before = desk.state.to_bytes();
  Draft draft{desk.state};
  const Refusal out = refusal_of([&] { decide(draft, command, now); });
  CHECK_FALSE(out.rule.empty());
  CHECK(draft.events().empty());
  CHECK(desk.state.to_bytes() == before);
  return out;
}
std::string bad_input(Desk& desk, const Command& command) {
  Draft draft{desk.state};
  const std::string words = message_of<InputError>([&] { decide(draft, command, noon); });
  CHECK(draft.events().empty());
  return words;
}

}  // namespace

TEST_CASE("a command becomes an event that says who, when, why and under which ticket", "[registry]") {
  Desk desk;
  Command command = act_at(noon - hours{5}, "create", "q", complete());
  command.actor = "ben";
  command.reason = "new market";
  command.ticket = "OPS-7";
  command.command_id = "c-1";
  const auto events = desk(command);
  REQUIRE(events.size() == 1);
  const Event& event = events[0];
  CHECK(event.sequence == 1);
  CHECK(event.kind == EventKind::change);
  CHECK(event.book == 1);
  CHECK(event.verb == 1);
  CHECK(event.state == queue::draft);
  CHECK(event.version == 1);
  CHECK(event.effective == noon - hours{5});
  CHECK(event.recorded == noon);
  CHECK(event.id == "q");
  CHECK(event.actor == "ben");
  CHECK(event.reason == "new market");
  CHECK(event.ticket == "OPS-7");
  CHECK(event.command_id == "c-1");
  CHECK(event.cause == 0);
  CHECK(desk.queue("q").created == noon - hours{5});
  CHECK(desk(act("activate", "q"), noon + hours{1})[0].effective == noon + hours{1});
  CHECK(desk(act("pause", "q"), noon + hours{2}, 1)[0].cause == 1);
}

TEST_CASE("values come to their one form", "[registry]") {
  Desk desk;
  desk(act("create", "q",
           {{"policies", Texts{"b", "a", "b"}},
            {"sla_hours", std::int64_t{24}},
            {"labels", Labels{{"z", "1"}, {"a", ""}}},
            {"owner", std::string{"  "}},
            {"sites", Texts{}},
            {"regions", Value{}}}));
  CHECK(desk.field("q", "policies") == Value{Texts{"a", "b"}});
  CHECK(desk.field("q", "sla_hours") == Value{24.0});
  CHECK(desk.field("q", "labels") == Value{Labels{{"a", ""}, {"z", "1"}}});
  CHECK_FALSE(is_set(desk.field("q", "owner")));
  CHECK_FALSE(is_set(desk.field("q", "sites")));
  CHECK_FALSE(is_set(desk.field("q", "regions")));
  desk(act("amend", "q", {{"labels", Labels{}}}));
  CHECK_FALSE(is_set(desk.field("q", "labels")));
}

TEST_CASE("books and verbs that are not there are refused with those there are", "[registry][refusal]") {
  Desk desk;
  Command command = act("create", "q");
  command.book = "tickets";
  CHECK(refused(desk, command).rule == "unknown_book");
  const auto verb = refused(desk, act("destroy", "q"));
  CHECK(verb.rule == "unknown_verb");
  CHECK(
      verb.words ==
      "no verb 'destroy' in book 'queues'; there are: create, amend, activate, pause, resume, deactivate, reactivate, "
      "archive, discard, review, merge, split, clone");
  CHECK(verb.legal.size() == 13);
  CHECK(refused(desk, act("'; DROP TABLE entry; --", "q")).rule == "unknown_verb");
}

TEST_CASE("nobody, and no reason, is refused", "[registry][refusal]") {
  Desk desk;
  Command command = act("create", "q");
  for (const char* const blank : {"", "  ", "\xc2\xa0", "\xe2\x80\x8b"}) {
    command.reason = blank;
    CHECK(refused(desk, command).rule == "blank_reason");
    CHECK(refused(desk, command).words == "every change has a reason: 'create' came without one");
  }
  command = act("create", "q");
  for (const char* const blank : {"", " "}) {
    command.actor = blank;
    CHECK(refused(desk, command).rule == "blank_actor");
  }
}

TEST_CASE("texts that cannot be kept are refused wherever they stand", "[registry][refusal]") {
  Desk desk;
  const std::string control{"a\nb"};
  const std::vector<std::string Command::*> places{&Command::actor, &Command::reason, &Command::ticket,
                                                   &Command::command_id, &Command::id};
  for (const auto place : places) {
    Command command = act("create", "q");
    command.*place = control;
    CHECK(refused(desk, command).rule == "text");
    CHECK(contains(refused(desk, command).words, "a control character at byte 1"));
    command.*place = std::string(2001, 'x');
    CHECK(refused(desk, command).rule == "text");
    command.*place = "\xff";
    CHECK(contains(refused(desk, command).words, "text that is not UTF-8"));
  }
  Command command = act("create", "q");
  command.reason = std::string(2000, 'x');
  command.actor = command.ticket = command.command_id = std::string(200, 'x');
  CHECK_NOTHROW(desk(command));
  command = act("create", "r");
  command.ticket = std::string(201, 'x');
  CHECK(refused(desk, command).words == "ticket cannot be kept: it has 201 bytes of text, at most 200");
  CHECK(refused(desk, act("create", " q")).words == "no record can have the id ' q': it has a space at an end");
  CHECK(refused(desk, act("create", "")).words == "no record can have the id '': it has nothing to read");

  CHECK(refused(desk, act("create", "r", {{"owner", control}})).words ==
        "owner cannot be kept: it has a control character at byte 1");
  CHECK_NOTHROW(desk(act("create", "s", {{"owner", std::string(500, 'x')}})));
  CHECK(contains(refused(desk, act("create", "r", {{"owner", std::string(501, 'x')}})).words, "at most 500"));
  CHECK(contains(refused(desk, act("create", "r", {{"sites", Texts{"ok", control}}})).words, "sites cannot be kept"));
  CHECK(refused(desk, act("create", "r", {{"sites", Texts{"ok", " "}}})).words == "sites holds a blank text");
  CHECK(
      contains(refused(desk, act("create", "r", {{"labels", Labels{{control, ""}}}})).words, "labels cannot be kept"));
  CHECK(
      contains(refused(desk, act("create", "r", {{"labels", Labels{{"a", control}}}})).words, "labels cannot be kept"));
  CHECK(refused(desk, act("create", "r", {{"labels", Labels{{" ", "x"}}}})).words ==
        "labels holds a label without a name");
  CHECK(
      contains(refused(desk, act("deactivate", "s", {{"reroute_to", std::string(2001, 'x')}})).words, "at most 2000"));

  Texts many;
  for (int i = 0; i < 1001; ++i) many.push_back("site " + std::to_string(i));
  CHECK(refused(desk, act("create", "r", {{"sites", many}})).words ==
        "sites cannot be kept: it has 1001 entries, at most 1000");
  Labels labels;
  for (const std::string& each : many) labels.emplace_back(each, "");
  CHECK(refused(desk, act("create", "r", {{"labels", labels}})).rule == "text");
  many.pop_back();
  CHECK_NOTHROW(desk(act("create", "t", {{"sites", many}})));
}

TEST_CASE("hostile text in any field is data and nothing else", "[registry]") {
  Desk desk;
  const std::string hostile = "=cmd|' /C calc'!A0'; DROP TABLE entry; --<script>";
  desk(act("create", hostile.substr(0, 40),
           {{"owner", hostile}, {"policies", Texts{hostile}}, {"labels", Labels{{hostile, hostile}}}}));
  CHECK(desk.field(hostile.substr(0, 40), "owner") == Value{hostile});
}

TEST_CASE("values of the wrong type, or that are no answer, are bad input", "[registry][refusal]") {
  Desk desk;
  CHECK(bad_input(desk, act("create", "q", {{"owner", 1.0}})) == "wanted text, got a number in column 'owner'");
  CHECK(bad_input(desk, act("create", "q", {{"policies", std::string{"spam"}}})) ==
        "wanted a set of texts, got text in column 'policies'");
  CHECK(bad_input(desk, act("create", "q", {{"sla_hours", true}})) ==
        "wanted a number, got true or false in column 'sla_hours'");
  CHECK(bad_input(desk, act("create", "q", {{"sla_hours", std::numeric_limits<double>::quiet_NaN()}})) ==
        "wanted a finite number, got nan in column 'sla_hours'");
  CHECK(bad_input(desk, act("create", "q", {{"sla_hours", std::numeric_limits<double>::infinity()}})) ==
        "wanted a finite number, got inf in column 'sla_hours'");
  CHECK(bad_input(desk, act("create", "q", {{"review_due", last_day + std::chrono::days{1}}})) ==
        "wanted a date in the years 1 to 9999, got one outside them in column 'review_due'");
  CHECK(bad_input(desk, act("create", "q", {{"owner", std::string{"a"}}, {"owner", std::string{"b"}}})) ==
        "wanted each field once, got 'owner' twice");
  CHECK(bad_input(desk, act("create", "q", {{"labels", Labels{{"a", "1"}, {"a", "2"}}}})) ==
        "wanted each label once, got 'a' twice");
  CHECK(bad_input(desk, act_at(TimePoint::max(), "create", "q")) ==
        "wanted a time in the years 1 to 9999, got one outside them in column 'at'");
  CHECK(bad_input(desk, act_at(TimePoint::min(), "create", "q")) ==
        "wanted a time in the years 1 to 9999, got one outside them in column 'at'");
}

TEST_CASE("fields that there are not, that verbs alone write, or that a verb does not take are refused",
          "[registry][refusal]") {
  Desk desk;
  const auto unknown = refused(desk, act("create", "q", {{"colour", std::string{"red"}}}));
  CHECK(unknown.rule == "unknown_field");
  CHECK(unknown.words ==
        "'create' takes no 'colour'; it takes: name, owner, policies, languages, regions, sites, sla_hours, sla_share, "
        "review_due, retain_until, labels, standard");
  CHECK(unknown.legal.size() == 12);
  CHECK(refused(desk, act("create", "q", {{"merged_into", std::string{"x"}}})).rule == "unknown_field");
  desk.has("q", "active");
  const auto none = refused(desk, act("pause", "q", {{"owner", std::string{"x"}}}));
  CHECK(none.words == "'pause' takes no 'owner'; it takes: nothing");
  CHECK(none.legal.empty());
  CHECK(refused(desk, act("deactivate", "q", {{"into", std::string{"x"}}})).legal ==
        std::vector<std::string>{"open_cases", "reroute_to"});
}

TEST_CASE("ids are given once; commands to nobody are refused", "[registry][refusal]") {
  Desk desk;
  desk.has("q", "archived");
  const auto taken = refused(desk, act("create", "q"));
  CHECK(taken.rule == "id_taken");
  CHECK(taken.words == "there is a queue 'q' already (archived); ids are never used again");
  CHECK(taken.legal == std::vector<std::string>{"clone"});
  const auto unknown = refused(desk, act("pause", "r"));
  CHECK(unknown.rule == "unknown_id");
  CHECK(unknown.words == "there is no queue 'r'");
}

TEST_CASE("a stale version is refused", "[registry][refusal]") {
  Desk desk;
  Command make = act("create", "q", complete());
  make.expected_version = 1;
  CHECK(refused(desk, make).rule == "version");
  make.expected_version = 0;
  desk(make);
  Command command = act("amend", "q", {{"owner", std::string{"ben"}}});
  for (const std::uint64_t stale : {0, 2}) {
    command.expected_version = stale;
    CHECK(refused(desk, command).rule == "version");
    CHECK(refused(desk, command).words == "queue 'q' is at version 1, not " + std::to_string(stale) +
                                              ": somebody changed it meanwhile; look at it again");
  }
  command.expected_version = 1;
  CHECK(desk(command).size() == 1);
}

TEST_CASE("illegal steps are refused, with the legal ones", "[registry][refusal]") {
  Desk desk;
  desk.has("q", "paused");
  const auto step = refused(desk, act("pause", "q"));
  CHECK(step.rule == "illegal_transition");
  CHECK(step.words ==
        "queue 'q' is paused; 'pause' is for one that is active. Legal now: amend, resume, deactivate, review, merge, "
        "split, clone");
  CHECK(step.legal == std::vector<std::string>{"amend", "resume", "deactivate", "review", "merge", "split", "clone"});
}

TEST_CASE("time goes forward for every record, and what is told late takes effect when it did", "[registry][refusal]") {
  Desk desk;
  desk.has("q", "active", noon - hours{10});
  CHECK(desk(act_at(noon - hours{5}, "pause", "q"))[0].effective == noon - hours{5});
  const auto early = refused(desk, act_at(noon - hours{6}, "resume", "q"));
  CHECK(early.rule == "time_order");
  CHECK(early.words ==
        "time goes forward: queue 'q' changed last at 2026-11-23T07:00:00.000000Z, this would take effect at "
        "2026-11-23T06:00:00.000000Z");
  CHECK_NOTHROW(desk(act_at(noon - hours{5}, "resume", "q")));  // at the same time is in order
}

TEST_CASE("a command for a time to come waits, and its record is as before", "[registry]") {
  Desk desk;
  desk.has("q", "active");
  Command command = act_at(noon + hours{1}, "pause", "q");
  command.command_id = "c-1";
  const auto events = desk(command);
  REQUIRE(events.size() == 1);
  CHECK(events[0].kind == EventKind::scheduled);
  CHECK(events[0].effective == noon + hours{1});
  CHECK(events[0].recorded == noon);
  CHECK(events[0].command_id == "c-1");
  CHECK(events[0].version == 2);
  CHECK(desk.queue("q").state == queue::active);
  CHECK(desk.queue("q").version == 2);
  CHECK(desk.state.waiting().size() == 1);
  // what is illegal now may be legal then
  CHECK(desk(act_at(noon + hours{2}, "resume", "q")).size() == 1);
}

TEST_CASE("what can never be right is not let wait", "[registry][refusal]") {
  Desk desk;
  desk.has("q", "active");
  CHECK(refused(desk, act_at(noon + hours{1}, "create", "r")).rule == "time_order");
  CHECK(refused(desk, act_at(noon + hours{1}, "pause", "r")).rule == "unknown_id");
  CHECK(refused(desk, act_at(noon + hours{1}, "pause", "q", {{"owner", std::string{"x"}}})).rule == "unknown_field");
  CHECK(bad_input(desk, act_at(noon + hours{1}, "amend", "q", {{"sla_hours", -1.0}})) ==
        "wanted hours above 0, got -1 in column 'sla_hours'");
  Command stale = act_at(noon + hours{1}, "pause", "q");
  stale.expected_version = 1;
  CHECK(refused(desk, stale).rule == "version");
}
