#include <assay/registry/standing.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <assay_test.hpp>

#include <assay/core/random.hpp>
#include <assay/registry/journal.hpp>
#include <assay/registry/queues.hpp>
#include <assay/registry/registry.hpp>

using namespace assay::registry;
using assay::TimePoint;

namespace {

constexpr TimePoint monday = std::chrono::sys_days{std::chrono::year{2026} / 11 / 16};

struct Ops {
  TimePoint now{monday};
  Registry registry;

  Ops() : registry{open_store(":memory:"), {.clock = [this] { return now; }}} {}

  void act(const std::string& verb, const std::string& id, Named values = {}) {
    registry.execute(Command{
        .book = "queues", .verb = verb, .id = id, .values = std::move(values), .actor = "ops", .reason = "because"});
    now += std::chrono::hours{24};
  }
  void make(const std::string& id, const std::string& owner) {
    act("create", id,
        {{"owner", owner},
         {"policies", Texts{"spam"}},
         {"languages", Texts{"de"}},
         {"regions", Texts{"eu"}},
         {"sites", Texts{"berlin"}},
         {"sla_hours", 24.0},
         {"review_due", Day{std::chrono::days{20'900}}}});
    act("activate", id);
  }
  Standings standings(std::vector<std::uint8_t> fields) {
    return assay::registry::standings(registry.store(), queues(), std::move(fields), queue::merged_into);
  }
};

std::string owner_at(const Standings& standings, const std::string& id, TimePoint time) {
  const auto* span = standings.at(id, time);
  return span == nullptr ? "no such queue" : to_text(standings.value(*span, 0));
}

}  // namespace

TEST_CASE("a field is as it stood at each time", "[registry]") {
  Ops ops;
  ops.make("q-1", "ana");                                                                 // Monday, Tuesday
  ops.act("amend", "q-1", {{"owner", std::string{"ben"}}});                               // Wednesday
  ops.act("amend", "q-1", {{"owner", std::string{"cy"}}, {"name", std::string{"One"}}});  // Thursday
  const Standings standings = ops.standings({queue::owner, queue::title});
  CHECK(owner_at(standings, "q-1", monday - std::chrono::microseconds{1}) == "no such queue");
  CHECK(owner_at(standings, "q-1", monday) == "ana");
  CHECK(owner_at(standings, "q-1", monday + std::chrono::hours{48} - std::chrono::microseconds{1}) == "ana");
  CHECK(owner_at(standings, "q-1", monday + std::chrono::hours{48}) == "ben");
  CHECK(owner_at(standings, "q-1", monday + std::chrono::hours{24 * 400}) == "cy");
  CHECK(owner_at(standings, "q-2", monday) == "no such queue");
  const auto* last = standings.at("q-1", monday + std::chrono::hours{72});
  REQUIRE(last != nullptr);
  CHECK(to_text(standings.value(*last, 1)) == "One");
  CHECK(last->state == queue::active);
  CHECK(standings.at("q-1", monday)->state == queue::draft);
  CHECK_FALSE(is_set(standings.value(*standings.at("q-1", monday), 1)));
}

TEST_CASE("changes of other fields make no new span, changes of the state do", "[registry]") {
  Ops ops;
  ops.make("q-1", "ana");
  ops.act("amend", "q-1", {{"name", std::string{"One"}}});
  ops.act("pause", "q-1");
  const Standings standings = ops.standings({queue::owner});
  REQUIRE(standings.of("q-1") != nullptr);
  CHECK(standings.of("q-1")->size() == 3);  // draft, active, paused
  CHECK(standings.of("q-2") == nullptr);
}

TEST_CASE("values are told apart by small numbers, 0 for not set", "[registry]") {
  Ops ops;
  ops.make("q-1", "ana");
  ops.make("q-2", "ana");
  ops.act("amend", "q-2", {{"owner", std::string{"ben"}}});
  const Standings standings = ops.standings({queue::owner, queue::title});
  CHECK(standings.distinct(0) == std::vector<Value>{Value{}, std::string{"ana"}, std::string{"ben"}});
  CHECK(standings.code(standings.of("q-2")->back(), 0) == 2);
  CHECK(standings.code(standings.of("q-2")->back(), 1) == 0);
  CHECK(standings.fields() == std::vector<std::uint8_t>{queue::owner, queue::title});
}

TEST_CASE("what was merged is carried on for through many hands, and by itself again when it was reactivated",
          "[registry]") {
  Ops ops;
  for (const char* id : {"q-1", "q-2", "q-3"}) ops.make(id, "ana");
  ops.act("merge", "q-1", {{"open_cases", std::int64_t{0}}, {"into", std::string{"q-2"}}});
  ops.act("merge", "q-2", {{"open_cases", std::int64_t{3}}, {"into", std::string{"q-3"}}});
  CHECK(ops.standings({}).now("q-1") == "q-3");
  CHECK(ops.standings({}).now("q-3") == "q-3");
  CHECK(ops.standings({}).now("never was") == "never was");
  ops.act("reactivate", "q-2");
  CHECK(ops.standings({}).now("q-1") == "q-2");
  ops.act("reactivate", "q-1");
  CHECK(ops.standings({}).now("q-1") == "q-1");
}

TEST_CASE("a circle of heirs, which no journal of ours holds, has an end", "[registry]") {
  Standings standings{queues(), {}, queue::merged_into};
  Event event;
  event.book = 1;
  event.id = "a";
  event.changes = {{queue::merged_into, std::string{"b"}}};
  standings.add(event);
  std::swap(event.id, std::get<std::string>(event.changes[0].second));
  standings.add(event);
  const auto now = standings.now("a");
  CHECK((now == "a" || now == "b"));
}

TEST_CASE("events of other books and of waiting commands change nothing", "[registry]") {
  Ops ops;
  ops.make("q-1", "ana");
  ops.registry.execute(Command{.book = "queues",
                               .verb = "amend",
                               .id = "q-1",
                               .values = {{"owner", std::string{"ben"}}},
                               .actor = "ops",
                               .reason = "planned",
                               .at = ops.now + std::chrono::hours{24 * 30}});
  ops.registry.execute(Command{.book = "findings",
                               .verb = "raise",
                               .id = "q-1",
                               .values = {{"rule", std::string{"stale"}},
                                          {"severity", std::string{"low"}},
                                          {"subject", std::string{"q-1"}},
                                          {"summary", std::string{"old"}},
                                          {"owner", std::string{"zoe"}}},
                               .actor = "ops",
                               .reason = "found"});
  CHECK(owner_at(ops.standings({queue::owner}), "q-1", ops.now + std::chrono::hours{24 * 60}) == "ana");
}

TEST_CASE("one pass gives what the state as of each time gives", "[registry][law]") {
  Ops ops;
  assay::Random random{7};
  const std::vector<std::string> ids{"q-1", "q-2", "q-3"};
  for (const std::string& id : ids) ops.make(id, "ana");
  for (int i = 0; i < 60; ++i) {
    const std::string& id = ids[random.below(3)];
    try {
      switch (random.below(4)) {
        case 0:
          ops.act("amend", id, {{"owner", "owner " + std::to_string(random.below(5))}});
          break;
        case 1:
          ops.act("pause", id);
          break;
        case 2:
          ops.act("resume", id);
          break;
        default:
          ops.act("amend", id, {{"name", "name " + std::to_string(random.below(3))}});
      }
    } catch (const assay::RefusedError&) {
      continue;
    }
  }
  const Standings standings = ops.standings({queue::owner, queue::title});
  for (TimePoint time = monday - std::chrono::hours{24}; time < ops.now; time += std::chrono::hours{31}) {
    const State state = ops.registry.as_of(time);
    for (const std::string& id : ids) {
      const Record* record = state.find(queues(), id);
      const auto* span = standings.at(id, time);
      REQUIRE((record == nullptr) == (span == nullptr));
      if (record == nullptr) continue;
      CHECK(span->state == record->state);
      CHECK(standings.value(*span, 0) == record->at(queues(), queue::owner));
      CHECK(standings.value(*span, 1) == record->at(queues(), queue::title));
    }
  }
}
