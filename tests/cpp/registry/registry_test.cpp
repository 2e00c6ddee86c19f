#include <assay_test.hpp>

#include <assay/registry/registry.hpp>

#include "acts.hpp"
#include "stand_in.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::act;
using assay::test::act_at;
using assay::test::at;
using assay::test::complete;
using assay::test::contains;
using assay::test::day;
using assay::test::message_of;
using assay::test::noon;
using assay::test::Office;
using assay::test::Refusal;
using assay::test::refusal_of;
using assay::test::with;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

Command named(Command command, std::string command_id) {
  command.command_id = std::move(command_id);
  return command;
}
Command expecting(Command command, std::uint64_t version) {
  command.expected_version = version;
  return command;
}

std::string state_of(Registry& registry, std::string_view id) {
  const Record* record = registry.state().find(queues(), id);
  return record == nullptr ? "none" : std::string{queues().state_name(record->state)};
}

void make_active(Registry& registry, const std::string& id) {
  registry.execute(std::vector{act("create", id, complete()), act("activate", id)});
}

/// What is refused, and that it left no trace.
template <class Call>
Refusal no_trace(Registry& registry, Call&& call) {
  const Head before = registry.head();
  const Bytes bytes = registry.state().to_bytes();
  const Refusal refused = refusal_of(std::forward<Call>(call));
  CHECK_FALSE(refused.rule.empty());
  CHECK(registry.head() == before);
  CHECK(registry.state().to_bytes() == bytes);
  return refused;
}

}  // namespace

TEST_CASE("a command is written, counts, and is in the story of its record", "[registry]") {
  Office office{.now = noon};
  auto registry = office.seat();
  CHECK(registry->head() == Head{});
  const auto made = registry->execute(act("create", "q", complete()));
  office.now += hours{1};
  const auto opened = registry->execute(act("activate", "q"));
  CHECK(opened[0].recorded == noon + hours{1});
  CHECK(state_of(*registry, "q") == "active");
  CHECK(registry->head().sequence == 2);
  CHECK(&registry->store() == registry.store);
  CHECK(registry->history(queues(), "q") == std::vector{made[0], opened[0]});
  CHECK(registry->changes(0) == std::vector{made[0], opened[0]});
  CHECK(registry->changes(1) == opened);
  CHECK(registry->changes(0, 1) == made);
  CHECK(registry->changes(2).empty());
  const auto unknown = refusal_of([&] { (void)registry->history(queues(), "r"); });
  CHECK(unknown.rule == "unknown_id");
  CHECK(registry->execute(std::vector<Command>{}).empty());
}

TEST_CASE("several commands are done wholly or not at all, each on what the ones before did", "[registry]") {
  Office office{.now = noon};
  auto registry = office.seat();
  const auto events = registry->execute(std::vector{act("create", "q", complete()), act("activate", "q"),
                                                    act("clone", "q", {{"as_id", std::string{"r"}}}),
                                                    expecting(act("activate", "r"), 1)});
  CHECK(events.size() == 4);
  CHECK(state_of(*registry, "r") == "active");

  const auto refused = no_trace(
      *registry, [&] { registry->execute(std::vector{act("pause", "q"), act("resume", "r"), act("pause", "r")}); });
  CHECK(refused.rule == "illegal_transition");
  CHECK(refused.legal == queues().legal_from(queue::active));
  CHECK(refused.words ==
        "command 2 of 3: queue 'r' is active; 'resume' is for one that is paused. Legal now: amend, pause, deactivate, "
        "review, merge, split, clone; none of them was done");
  const Head head = registry->head();
  const auto bad = message_of<InputError>(
      [&] { registry->execute(std::vector{act("pause", "q"), act("amend", "r", {{"sla_hours", -1.0}})}); });
  CHECK(bad ==
        "wanted hours above 0, got -1 in column 'sla_hours', row 1 (counting from 0); none of the commands was done");
  CHECK(registry->head() == head);
}

TEST_CASE("a command sent twice is done once, and both times says what was written", "[registry]") {
  Office office{.now = noon};
  auto registry = office.seat();
  auto other = office.seat();
  make_active(*registry, "q");
  const Command pause = named(act("pause", "q"), "c-1");
  const auto events = registry->execute(pause);
  const Head head = registry->head();
  CHECK(registry->execute(pause) == events);
  CHECK(other->execute(pause) == events);
  CHECK(registry->head() == head);
  registry->execute(act("resume", "q"));
  CHECK(registry->execute(pause) == events);
  CHECK(state_of(*registry, "q") == "active");
  CHECK(no_trace(*registry, [&] { registry->execute(named(act("resume", "q"), "c-1")); }).rule == "command_id_reused");
  CHECK(no_trace(*registry, [&] { registry->execute(std::vector{pause, act("amend", "q")}); }).rule ==
        "command_id_reused");
}

TEST_CASE("a command that changed nothing is not done later either", "[registry]") {
  Office office{.now = noon};
  auto registry = office.seat();
  make_active(*registry, "q");
  const Command same = act("amend", "q", {{"owner", std::string{"ana"}}});
  CHECK(registry->execute(same).empty());
  const auto events = registry->execute(named(same, "c-1"));
  CHECK(events.size() == 1);
  registry->execute(act("amend", "q", {{"owner", std::string{"ben"}}}));
  CHECK(registry->execute(named(same, "c-1")) == events);
  CHECK(registry->state().find(queues(), "q")->at(queues(), queue::owner) == Value{std::string{"ben"}});
}

TEST_CASE("a command whose outcome was unknown is done once when it is sent again", "[registry]") {
  Office office{.now = noon};
  auto registry = office.seat();
  registry.store->after_append = [] { throw OutcomeUnknown("the line broke"); };
  const Command make = named(act("create", "q"), "c-1");
  CHECK_THROWS_AS(registry->execute(make), OutcomeUnknown);
  registry.store->after_append = {};
  CHECK(registry->execute(make).size() == 1);
  CHECK(registry->head().sequence == 1);
}

TEST_CASE("when another writer is first, a command is decided anew on what that one wrote", "[registry]") {
  Office office{.now = noon};
  auto one = office.seat();
  auto two = office.seat();
  make_active(*one, "q");
  int turns = 3;
  two.store->before_append = [&] {
    if (turns-- > 0) one->execute(act("amend", "q", {{"name", "name " + std::to_string(turns)}}));
  };
  two->execute(act("pause", "q"));
  CHECK(one->head().sequence == 6);
  CHECK(state_of(*one, "q") == "paused");
  // now illegal, because of what the other did meanwhile
  turns = 1;
  two.store->before_append = [&] {
    if (turns-- > 0) one->execute(act("resume", "q"));
  };
  CHECK(refusal_of([&] { two->execute(act("resume", "q")); }).rule == "illegal_transition");
  turns = 1;
  two.store->before_append = [&] {
    if (turns-- > 0) one->execute(act("amend", "q", {{"name", std::string{"x"}}}));
  };
  const std::uint64_t version = two->state().find(queues(), "q")->version;
  CHECK(refusal_of([&] { two->execute(expecting(act("pause", "q"), version)); }).rule == "version");
}

TEST_CASE("the same command sent by two at once is done once", "[registry]") {
  Office office{.now = noon};
  auto one = office.seat();
  auto two = office.seat();
  const Command make = named(act("create", "q"), "c-1");
  std::vector<Event> first;
  two.store->before_append = [&] {
    if (first.empty()) first = one->execute(make);
  };
  CHECK(two->execute(make) == first);
  CHECK(one->head().sequence == 1);
}

TEST_CASE("whoever never gets a turn is told so", "[registry][refusal]") {
  Office office{.now = noon};
  auto one = office.seat();
  auto two = office.seat();
  make_active(*one, "q");
  two->execute(act_at(noon + hours{9}, "pause", "q"));
  std::uint64_t count = 0;
  two.store->before_append = [&] { one->execute(act("amend", "q", {{"name", std::to_string(++count)}})); };
  const std::string words = "others write to :memory: so often that this command found no turn; try again";
  CHECK(message_of<StoreError>([&] { two->execute(act("pause", "q")); }) == words);
  CHECK(message_of<StoreError>([&] { two->cancel(3, "ana", "because"); }) == words);
  CHECK(state_of(*one, "q") == "active");
}

TEST_CASE("every registry sees what others wrote", "[registry]") {
  Office office{.now = noon};
  auto one = office.seat();
  auto two = office.seat();
  make_active(*one, "q");
  CHECK(state_of(*two, "q") == "active");
  two->execute(act("pause", "q"));
  CHECK(one->head().sequence == 3);
  CHECK(one->changes(2).at(0).verb == 4);
  CHECK(one->history(queues(), "q").size() == 3);
}

TEST_CASE("opening again gives the same registry, with stored states or without", "[law][registry]") {
  for (const std::uint64_t every : {0, 2, 20'000}) {
    Office office{.now = noon};
    RegistryOptions options;
    options.store_state_every = every;
    auto registry = office.seat(options);
    for (const char* const id : {"b", "a", "c"}) make_active(*registry, id);
    CHECK(registry.store->states_stored == (every == 2 ? 3U : 0U));
    registry->keep_state();
    CHECK(registry.store->states_stored == (every == 2 ? 3U : 1U));
    auto again = office.seat(options);
    CHECK(again->state().to_bytes() == registry->state().to_bytes());
    CHECK(again->head() == registry->head());
  }
}

TEST_CASE("what was scheduled is done when its time has come, whoever looks first", "[registry]") {
  Office office{.now = noon};
  auto one = office.seat();
  auto two = office.seat();
  make_active(*one, "q");
  const auto waits = one->execute(named(act_at(noon + hours{2}, "pause", "q"), "c-1"));
  one->execute(act_at(noon + hours{1}, "amend", "q", {{"owner", std::string{"ben"}}}));
  office.now = noon + hours{2} - seconds{1};
  CHECK(state_of(*two, "q") == "active");
  CHECK(two->state().waiting().size() == 1);
  CHECK(two->state().find(queues(), "q")->at(queues(), queue::owner) == Value{std::string{"ben"}});
  office.now = noon + hours{2};
  CHECK(state_of(*two, "q") == "paused");
  CHECK(one->head().sequence == 6);
  CHECK(one->state().find(queues(), "q")->changed == noon + hours{2});
  CHECK(one->execute(named(act_at(noon + hours{2}, "pause", "q"), "c-1")) == waits);
  const auto story = one->history(queues(), "q");
  CHECK(story.size() == 6);
  CHECK(story.back().cause == waits[0].sequence);
}

TEST_CASE("what is due is done before a new command, before the past is told and before changes are", "[registry]") {
  Office office{.now = noon};
  auto registry = office.seat();
  make_active(*registry, "q");
  registry->execute(act_at(noon + hours{1}, "pause", "q"));
  registry->execute(act_at(noon + hours{2}, "resume", "q"));
  registry->execute(act_at(noon + hours{3}, "pause", "q"));
  office.now = noon + hours{1};
  CHECK(refusal_of([&] { registry->execute(act("pause", "q")); }).rule == "illegal_transition");
  office.now = noon + hours{2};
  CHECK(registry->changes(6).size() == 1);
  office.now = noon + hours{3};
  CHECK(registry->as_of(noon + hours{3}).find(queues(), "q")->state == queue::paused);
  CHECK(registry->as_of(noon + hours{2}).find(queues(), "q")->state == queue::active);
  CHECK(registry->as_of(noon + hours{1}).find(queues(), "q")->state == queue::paused);
  CHECK(registry->as_of(noon - hours{1}).find(queues(), "q") == nullptr);
}

TEST_CASE("a clock that is a little behind does not undo the order of what is due", "[registry]") {
  Office office{.now = noon};
  auto ahead = office.seat();
  make_active(*ahead, "q");
  ahead->execute(act_at(noon + seconds{10}, "pause", "q"));
  // the other machine's newest event is 30 s ahead of this one's clock: by the journal's time the pause is due
  ahead->execute(act_at(noon + seconds{40}, "amend", "q", {{"name", std::string{"later"}}}));
  office.now = noon + seconds{35};
  make_active(*ahead, "r");
  office.now = noon + seconds{5};
  auto behind = office.seat();
  CHECK(state_of(*behind, "q") == "paused");
  const auto events = behind->execute(act("resume", "q"));
  CHECK(events.at(0).recorded == noon + seconds{35});
  CHECK(behind->state().waiting().size() == 1);
}

TEST_CASE("a clock that is far behind is refused, but for those who look", "[registry][refusal]") {
  Office office{.now = noon};
  auto registry = office.seat();
  make_active(*registry, "q");
  registry->execute(act_at(noon + seconds{1}, "pause", "q"));
  office.now = noon - seconds{60};
  CHECK(registry->execute(act("amend", "q", {{"name", std::string{"x"}}})).at(0).recorded == noon);
  office.now = noon - seconds{61};
  CHECK(state_of(*registry, "q") == "active");
  const auto refused = no_trace(*registry, [&] { registry->execute(act("pause", "q")); });
  CHECK(refused.rule == "clock");
  CHECK(refused.words ==
        "time goes forward: this machine's clock says 2026-11-23T11:58:59.000000Z, the newest event is of "
        "2026-11-23T12:00:00.000000Z; set the clock right");
  CHECK(refusal_of([&] { registry->cancel(3, "ana", "because"); }).rule == "clock");
  RegistryOptions patient;
  patient.clock_tolerance = seconds{61};
  CHECK(office.seat(patient)->execute(act("pause", "q")).size() == 1);
  office.now = TimePoint::max();
  CHECK(refusal_of([&] { registry->execute(act("resume", "q")); }).rule == "clock");
}

TEST_CASE("a waiting command is called off", "[registry]") {
  Office office{.now = noon};
  auto registry = office.seat();
  make_active(*registry, "q");
  const std::uint64_t waits = registry->execute(act_at(noon + hours{1}, "pause", "q")).at(0).sequence;
  CHECK(no_trace(*registry, [&] { registry->cancel(waits, "ben", " "); }).rule == "blank_reason");
  CHECK(no_trace(*registry, [&] { registry->cancel(waits, "", "x"); }).rule == "blank_actor");
  const auto unknown = no_trace(*registry, [&] { registry->cancel(waits - 1, "ben", "x"); });
  CHECK(unknown.rule == "unknown_id");
  CHECK(unknown.words == "no command is waiting under event " + std::to_string(waits - 1));
  const auto events = registry->cancel(waits, "ben", "not after all", "OPS-3");
  REQUIRE(events.size() == 1);
  CHECK(events[0].kind == EventKind::cancelled);
  CHECK(events[0].ticket == "OPS-3");
  CHECK(no_trace(*registry, [&] { registry->cancel(waits, "ben", "x"); }).rule == "unknown_id");
  office.now = noon + hours{2};
  CHECK(state_of(*registry, "q") == "active");
  CHECK(registry->history(queues(), "q").size() == 4);
}

TEST_CASE("two who call the same command off: one does", "[registry]") {
  Office office{.now = noon};
  auto one = office.seat();
  auto two = office.seat();
  make_active(*one, "q");
  one->execute(act_at(noon + hours{1}, "pause", "q"));
  bool done = false;
  two.store->before_append = [&] {
    if (!std::exchange(done, true)) one->cancel(3, "ana", "because");
  };
  CHECK(refusal_of([&] { two->cancel(3, "ben", "because"); }).rule == "unknown_id");
  CHECK(one->head().sequence == 4);
}

TEST_CASE("an authoriser sees the command and the record, and its veto is a refusal with its reason", "[registry]") {
  Office office{.now = noon};
  std::vector<std::string> seen;
  std::string veto;
  RegistryOptions options;
  options.authoriser = [&](const Command& command, const Record* record) -> std::optional<std::string> {
    seen.push_back(command.verb + ":" + (record == nullptr ? "none" : std::string{queues().state_name(record->state)}));
    if (command.verb == veto) return "only owners may";
    return {};
  };
  auto registry = office.seat(options);
  make_active(*registry, "q");
  registry->execute(act_at(noon + hours{1}, "pause", "q"));
  registry->cancel(3, "ana", "because");
  CHECK(seen == std::vector<std::string>{"create:none", "activate:draft", "pause:active", "cancel:active"});
  veto = "pause";
  const auto refused = no_trace(*registry, [&] { registry->execute(act("pause", "q")); });
  CHECK(refused.rule == "vetoed");
  CHECK(refused.words == "'pause' by 'ana' was vetoed: only owners may");
  CHECK(
      contains(no_trace(*registry, [&] { registry->execute(std::vector{act("amend", "q"), act("pause", "q")}); }).words,
               "command 2 of 2: 'pause' by 'ana' was vetoed"));
  registry->execute(act_at(noon + hours{1}, "amend", "q", {{"name", std::string{"x"}}}));
  veto = "cancel";
  CHECK(no_trace(*registry, [&] { registry->cancel(5, "ana", "because"); }).rule == "vetoed");
}

TEST_CASE("an authoriser may look at the registry, not change it, and its errors are the caller's", "[registry]") {
  Office office{.now = noon};
  std::function<void()> act_then;
  RegistryOptions options;
  options.authoriser = [&](const Command&, const Record*) -> std::optional<std::string> {
    if (const auto then = std::exchange(act_then, {})) then();
    return {};
  };
  auto registry = office.seat(options);
  auto other = office.seat();
  make_active(*registry, "q");
  registry->execute(act_at(noon + hours{1}, "pause", "q"));

  std::string saw;
  act_then = [&] {
    other->execute(act("amend", "q", {{"name", "by another " + std::to_string(saw.size())}}));
    office.now = noon + hours{2};  // a command falls due meanwhile
    saw = state_of(*registry, "q") + " " + std::to_string(registry->history(queues(), "q").size());
  };
  CHECK(registry->execute(act("amend", "q", {{"sla_hours", 1.0}})).size() == 1);
  CHECK(saw == "active 3");
  CHECK(state_of(*registry, "q") == "paused");

  act_then = [&] { registry->execute(act("resume", "q")); };
  CHECK(refusal_of([&] { registry->execute(act("amend", "q")); }).rule == "vetoed");
  act_then = [&] { registry->cancel(3, "ana", "because"); };
  CHECK(refusal_of([&] { registry->execute(act("amend", "q")); }).rule == "vetoed");
  act_then = [] { throw std::out_of_range("no such group"); };
  CHECK_THROWS_AS(registry->execute(act("resume", "q")), std::out_of_range);
  CHECK(registry->execute(act("resume", "q")).size() == 1);
}

TEST_CASE("who may only look sees what is due as waiting, and changes nothing", "[registry]") {
  Office office{.now = noon};
  auto writer = office.seat();
  auto reader = office.seat();
  make_active(*writer, "q");
  writer->execute(act_at(noon + hours{1}, "pause", "q"));
  reader.store->may_write = false;
  reader.store->before_append = [] { throw StoreError("read-only"); };
  office.now = noon + hours{2};
  CHECK(state_of(*reader, "q") == "active");
  CHECK(reader->state().waiting().size() == 1);
  CHECK(reader->as_of(noon + hours{2}).waiting().size() == 1);
  CHECK_THROWS_AS(reader->execute(act("amend", "q", {{"name", std::string{"x"}}})), StoreError);
  reader->keep_state();
  CHECK(reader.store->states_stored == 0);
  CHECK(state_of(*writer, "q") == "paused");
  CHECK(state_of(*reader, "q") == "paused");
}

TEST_CASE("that what is due cannot be written is no reason to see nothing", "[registry]") {
  Office office{.now = noon};
  auto registry = office.seat();
  make_active(*registry, "q");
  registry->execute(act_at(noon + hours{1}, "pause", "q"));
  office.now = noon + hours{2};
  registry.store->before_append = [] { throw StoreError("disk full"); };
  CHECK(state_of(*registry, "q") == "active");
  CHECK(registry->history(queues(), "q").size() == 3);
  CHECK_THROWS_AS(registry->execute(act("amend", "q", {{"name", std::string{"x"}}})), StoreError);
  registry.store->before_append = {};
  CHECK(state_of(*registry, "q") == "paused");
}

TEST_CASE("a failing store leaves no trace of a command", "[registry]") {
  Office office{.now = noon};
  auto registry = office.seat();
  make_active(*registry, "q");
  const Bytes before = registry->state().to_bytes();
  registry.store->before_append = [] { throw StoreError("locked"); };
  CHECK_THROWS_AS(registry->execute(act("pause", "q")), StoreError);
  CHECK(registry->state().to_bytes() == before);
  registry.store->before_read = [] { throw StoreError("gone"); };
  CHECK_THROWS_AS(registry->state(), StoreError);
  registry.store->before_read = registry.store->before_append = {};
  CHECK(registry->state().to_bytes() == before);
  registry->execute(act("pause", "q"));
}

TEST_CASE("the system's clock is in microseconds and runs", "[registry]") {
  const TimePoint one = system_time();
  CHECK(can_be_kept(one));
  CHECK(one > at(2024, 1, 1));
  CHECK(system_time() >= one);
  Registry registry{open_store(":memory:")};
  CHECK(registry.execute(act("create", "q")).at(0).recorded >= one);
}
