#include <assay_test.hpp>

#include <assay/registry/waiting.hpp>

#include "acts.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::act;
using assay::test::act_at;
using assay::test::complete;
using assay::test::contains;
using assay::test::day;
using assay::test::Desk;
using assay::test::message_of;
using assay::test::noon;
using assay::test::refusal_of;
using std::chrono::hours;

namespace {

/// What waits first, carried out.
std::vector<Event> carried_out(Desk& desk, TimePoint now) {
  Draft draft{desk.state};
  carry_out(draft, desk.state.waiting().begin()->second, now);
  for (const Event& event : draft.events()) desk.state.apply(event);
  return std::move(draft.events());
}

}  // namespace

TEST_CASE("a command comes back from the event under which it waits", "[law][registry]") {
  Desk desk;
  desk.has("q", "active");
  desk.has("r", "active");
  Command amend = act_at(noon + hours{1}, "amend", "q", {{"name", std::string{"Spam"}}, {"sla_hours", 4.0}});
  amend.ticket = "OPS-1";
  Command merge = act_at(noon + hours{2}, "merge", "q",
                         {{"open_cases", std::int64_t{3}}, {"into", std::string{"r"}}, {"widen", true}});
  for (const Command& wanted : {amend, merge}) {
    const Command got = command_of(desk(wanted).front());
    CHECK(got.book == "queues");
    CHECK(got.verb == wanted.verb);
    CHECK(got.id == "q");
    CHECK(got.values == wanted.values);
    CHECK(got.actor == "ana");
    CHECK(got.reason == "because");
    CHECK(got.ticket == wanted.ticket);
    CHECK(got.at == wanted.at);
    CHECK(got.command_id.empty());
    CHECK_FALSE(got.expected_version.has_value());
  }
}

TEST_CASE("a waiting command of a newer release is refused by name", "[registry][refusal]") {
  Event event{.sequence = 5, .book = 1, .verb = 99, .id = "q"};
  const auto refused = [&] { return message_of<FormatError>([&] { (void)command_of(event); }); };
  const std::string rest =
      " of the command waiting under event 5 was written by a newer release of Assay; open the journal with that";
  CHECK(refused() == "the verb" + rest);
  event.verb = 2;
  event.changes = {{99, Value{}}};
  CHECK(refused() == "a field" + rest);
  event.changes.clear();
  event.arguments = {{1, std::int64_t{1}}};
  CHECK(refused() == "an argument" + rest);
  event.book = 9;
  CHECK(contains(refused(), "book 9"));
}

TEST_CASE("a due command takes effect when it was to, and its cause is told", "[registry]") {
  Desk desk;
  desk.has("q", "active");
  const auto waiting = desk(act_at(noon + hours{1}, "pause", "q"));
  const auto events = carried_out(desk, noon + hours{30});
  REQUIRE(events.size() == 1);
  CHECK(events[0].kind == EventKind::change);
  CHECK(events[0].effective == noon + hours{1});
  CHECK(events[0].recorded == noon + hours{30});
  CHECK(events[0].cause == waiting[0].sequence);
  CHECK(desk.queue("q").state == queue::paused);
  CHECK(desk.state.waiting().empty());
}

TEST_CASE("a due command that moves several records moves them all", "[registry]") {
  Desk desk;
  desk.has("q", "active");
  desk.has("r", "active");
  desk(act_at(noon + hours{1}, "merge", "q", {{"open_cases", std::int64_t{3}}, {"into", std::string{"r"}}}));
  desk(act_at(noon + hours{2}, "clone", "r", {{"as_id", std::string{"s"}}}));
  CHECK(carried_out(desk, noon + hours{3}).size() == 2);
  CHECK(desk.queue("q").state == queue::deactivated);
  const auto clone = carried_out(desk, noon + hours{3});
  REQUIRE(clone.size() == 1);
  CHECK(clone[0].cause > 0);
  CHECK(desk.queue("s").state == queue::draft);
  CHECK(desk.state.waiting().empty());
}

TEST_CASE("a due command that the rules refuse lapses, and says why", "[registry]") {
  Desk desk;
  desk.has("q", "active");
  Command resume = act_at(noon + hours{1}, "resume", "q");
  resume.command_id = "c-1";
  desk(resume);
  const Record before = desk.queue("q");
  const auto events = carried_out(desk, noon + hours{2});
  REQUIRE(events.size() == 1);
  CHECK(events[0].kind == EventKind::lapsed);
  CHECK(contains(events[0].reason, "queue 'q' is active; 'resume' is for one that is paused"));
  CHECK(events[0].command_id.empty());
  CHECK(events[0].together == 1);
  CHECK(events[0].version == before.version);
  CHECK(desk.queue("q").version == before.version);
  CHECK(desk.queue("q").last == events[0].sequence);
  CHECK(desk.state.waiting().empty());
}

TEST_CASE("a due command that changes nothing lapses", "[registry]") {
  Desk desk;
  desk.has("q", "active");
  desk(act_at(noon + hours{1}, "amend", "q", {{"owner", std::string{"ana"}}}));
  const auto events = carried_out(desk, noon + hours{2});
  CHECK(events[0].kind == EventKind::lapsed);
  CHECK(events[0].reason == "it changes nothing");
}

TEST_CASE("a due command whose values are no longer in order lapses", "[registry]") {
  // sla_share falls out of its range only in a journal that another release wrote
  Desk desk;
  desk.has("q", "active");
  Event waiting{.sequence = desk.state.sequence() + 1,
                .kind = EventKind::scheduled,
                .book = 1,
                .verb = 2,
                .state = 2,
                .version = 2,
                .effective = noon + hours{1},
                .recorded = noon,
                .id = "q",
                .changes = {{queue::sla_share, 7.0}},
                .actor = "ana",
                .reason = "because"};
  desk.state.apply(waiting);
  const auto events = carried_out(desk, noon + hours{2});
  CHECK(events[0].kind == EventKind::lapsed);
  CHECK(contains(events[0].reason, "wanted a share above 0"));
}

TEST_CASE("a waiting command is called off by somebody, for a reason", "[registry]") {
  Desk desk;
  desk.has("q", "active");
  desk(act_at(noon + hours{9}, "pause", "q"));
  const Event waiting = desk.state.waiting().begin()->second;
  Draft draft{desk.state};
  Command manner = command_of(waiting);
  manner.reason = " ";
  CHECK(refusal_of([&] { call_off(draft, waiting, manner, noon); }).rule == "blank_reason");
  manner.reason = "not after all";
  manner.actor = "";
  CHECK(refusal_of([&] { call_off(draft, waiting, manner, noon); }).rule == "blank_actor");
  CHECK(draft.events().empty());
  manner.actor = "ben";
  manner.ticket = "OPS-3";
  call_off(draft, waiting, manner, noon + hours{1});
  const Event event = draft.events().at(0);
  CHECK(event.kind == EventKind::cancelled);
  CHECK(event.actor == "ben");
  CHECK(event.reason == "not after all");
  CHECK(event.ticket == "OPS-3");
  CHECK(event.cause == waiting.sequence);
  CHECK(event.effective == noon + hours{1});
  CHECK(event.recorded == noon + hours{1});
  desk.state.apply(event);
  CHECK(desk.state.waiting().empty());
}

TEST_CASE("a command that waits for a record that is not there shows damage", "[registry][refusal]") {
  const State state;
  Draft draft{state};
  const Event waiting{.sequence = 5,
                      .kind = EventKind::scheduled,
                      .book = 1,
                      .verb = 4,
                      .effective = noon,
                      .id = "q",
                      .actor = "ana",
                      .reason = "because"};
  CHECK(message_of<FormatError>([&] { carry_out(draft, waiting, noon); }) ==
        "a command waits for 'q', which does not exist: the journal is damaged");
}

TEST_CASE("text is cut between letters", "[registry]") {
  CHECK(registry::detail::beginning("abc", 3) == "abc");
  CHECK(registry::detail::beginning("abcd", 3) == "abc");
  CHECK(registry::detail::beginning("ab\xe2\x82\xac", 4) == "ab");
  CHECK(registry::detail::beginning("ab\xe2\x82\xac", 3) == "ab");
  CHECK(registry::detail::beginning("ab\xe2\x82\xac", 5) == "ab\xe2\x82\xac");
  CHECK(registry::detail::beginning("ab\xe2\x82\xac!", 5) == "ab\xe2\x82\xac");
}
