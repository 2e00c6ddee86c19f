#include <assay_test.hpp>

#include <assay/registry/journal.hpp>
#include <assay/registry/past.hpp>

#include "acts.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::act;
using assay::test::act_at;
using assay::test::complete;
using assay::test::day;
using assay::test::Desk;
using assay::test::found;
using assay::test::message_of;
using assay::test::noon;
using assay::test::refusal_of;
using std::chrono::hours;

namespace {

std::unique_ptr<Store> stored(const std::vector<Event>& events) {
  auto store = open_store(":memory:");
  std::vector<NewEntry> entries;
  for (const Event& event : events) entries.push_back({to_bytes(event), event.command_id});
  REQUIRE(store->append({}, entries).has_value());
  return store;
}

Command named(Command command, std::string command_id) {
  command.command_id = std::move(command_id);
  return command;
}

}  // namespace

TEST_CASE("one event is read by its number", "[registry]") {
  Desk desk;
  desk.has("q", "active");
  const auto store = stored(desk.journal);
  CHECK(event_at(*store, 2) == desk.journal[1]);
  for (const std::uint64_t none : {std::uint64_t{0}, std::uint64_t{3}, UINT64_MAX})
    CHECK(message_of<StoreError>([&] { (void)event_at(*store, none); }) ==
          "event " + std::to_string(none) + " is not in :memory:");
}

TEST_CASE("a record's story is its events and no other's", "[registry]") {
  Desk desk;
  desk.has("q", "active");
  desk.has("r", "active");
  desk(act_at(noon + hours{3}, "pause", "q"));
  desk(act("merge", "r", {{"open_cases", std::int64_t{0}}, {"into", std::string{"q"}}}));
  const auto store = stored(desk.journal);
  for (const char* const id : {"q", "r"}) {
    std::vector<Event> wanted;
    for (const Event& event : desk.journal)
      if (event.id == id) wanted.push_back(event);
    CHECK(events_back_from(*store, desk.queue(id).last) == wanted);
  }
  CHECK(events_back_from(*store, 0).empty());
}

TEST_CASE("the state at a time is the replay of what had taken effect", "[law][registry]") {
  Desk desk;
  desk.has("q", "active", noon - hours{10});
  desk.has("r", "active", noon - hours{9});
  desk(act_at(noon - hours{5}, "pause", "q"));                    // told late
  desk(act_at(noon + hours{2}, "resume", "q"), noon + hours{1});  // waits
  desk(act_at(noon - hours{7}, "amend", "r", {{"owner", std::string{"ben"}}}), noon + hours{1});
  desk(act_at(noon + hours{2}, "resume", "q"), noon + hours{4}, desk.state.waiting().begin()->second.sequence);
  const auto store = stored(desk.journal);
  const std::vector<TimePoint> times{
      noon - hours{11}, noon - hours{10}, noon - hours{8}, noon - hours{7}, noon - hours{5}, noon,
      noon + hours{1},  noon + hours{2},  noon + hours{4}, noon + hours{50}};
  for (const TimePoint time : times) {
    const State then = state_as_of(*store, time);
    State wanted;
    for (const Event& event : desk.journal)
      if ((event.kind == EventKind::change ? event.effective : event.recorded) <= time)
        wanted.apply(event);
      else
        wanted.skip(event);
    CHECK(then == wanted);
    CHECK(then.sequence() == desk.journal.size());
    const Record* q = then.find(queues(), "q");
    if (time < noon - hours{10})
      CHECK(q == nullptr);
    else
      CHECK(q->state == (time < noon - hours{5} || time >= noon + hours{2} ? queue::active : queue::paused));
    CHECK(then.waiting().size() == (time >= noon + hours{1} && time < noon + hours{2} ? 1U : 0U));
  }
  CHECK(state_as_of(*store, noon + hours{50}) == desk.state);
}

TEST_CASE("commands done before are told by their ids", "[registry]") {
  Desk desk;
  const Command make = named(act("create", "q", complete()), "c-1");
  const Command activate = named(act("activate", "q"), "c-2");
  const Command split = named(act("split", "q", {{"open_cases", std::int64_t{0}}, {"into", Texts{"r", "s"}}}), "c-3");
  const Command clone = named(act("clone", "q", {{"as_id", std::string{"copy"}}}), "c-4");
  desk.has("r", "active");
  desk.has("s", "active");
  std::vector<std::vector<Event>> wrote;
  for (const Command& each : {make, activate, split, clone}) wrote.push_back(desk(each));
  const auto store = stored(desk.journal);

  CHECK(done_before(*store, std::vector{make}) == wrote[0]);
  CHECK(done_before(*store, std::vector{split}) == wrote[2]);
  CHECK(wrote[2].size() == 3);
  CHECK(done_before(*store, std::vector{clone}) == wrote[3]);
  std::vector<Event> both = wrote[1];
  both.insert(both.end(), wrote[2].begin(), wrote[2].end());
  CHECK(done_before(*store, std::vector{activate, split}) == both);
  CHECK_FALSE(done_before(*store, std::vector{named(make, "new")}).has_value());
  CHECK_FALSE(done_before(*store, std::vector{act("create", "q")}).has_value());
  CHECK_FALSE(done_before(*store, {}).has_value());
}

TEST_CASE("a command id is of one command", "[registry][refusal]") {
  Desk desk;
  desk(named(act("create", "q", complete()), "c-1"));
  desk(named(act("clone", "q", {{"as_id", std::string{"copy"}}}), "c-2"));
  const auto store = stored(desk.journal);
  const auto refused = [&](std::vector<Command> commands) {
    return refusal_of([&] { (void)done_before(*store, commands); });
  };
  CHECK(refused({named(act("create", "r"), "c-1")}).words ==
        "command_id 'c-1' was used before, for 'create' of queue 'q'");
  CHECK(refused({named(act("activate", "q"), "c-1")}).rule == "command_id_reused");
  CHECK(refused({named(found("raise", "q"), "c-1")}).rule == "command_id_reused");
  CHECK(refused({named(act("clone", "r", {{"as_id", std::string{"copy"}}}), "c-2")}).rule == "command_id_reused");
  CHECK(refused({named(act("create", "q"), "c-1"), named(act("create", "r"), "c-9")}).words ==
        "some of these commands were done before, others not; send the others alone");
  CHECK(refused({named(act("create", "q"), "c-1"), act("create", "r")}).rule == "command_id_reused");
  CHECK(refused({named(act("create", "a"), "c-7"), named(act("create", "b"), "c-7")}).words ==
        "command_id 'c-7' stands at two commands; none was done");
}
