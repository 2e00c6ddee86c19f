#include <assay/registry/story.hpp>

#include <string>
#include <utility>
#include <vector>

#include <assay_test.hpp>

#include <assay/registry/decide.hpp>
#include <assay/registry/queues.hpp>
#include <assay/registry/state.hpp>

using namespace assay::registry;
using assay::TimePoint;

namespace {

constexpr TimePoint noon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + std::chrono::hours{12};

/// A registry without a store: commands become events of a state.
struct Books {
  State state{};
  TimePoint now{noon};

  std::vector<Event> act(Command command) {
    command.book = "queues";
    command.actor = "ops-analyst";
    if (command.reason.empty()) command.reason = "because";
    Draft draft{state};
    decide(draft, command, now);
    for (const Event& event : draft.events()) state.apply(event);
    now += std::chrono::hours{1};
    return draft.events();
  }
  std::vector<Event> create(const std::string& id, const Named& more = {}) {
    Command command{.verb = "create",
                    .id = id,
                    .values = {{"owner", "ana"},
                               {"policies", Texts{"hate", "spam"}},
                               {"languages", Texts{"de"}},
                               {"regions", Texts{"eu"}},
                               {"sites", Texts{"berlin"}},
                               {"sla_hours", 24.0},
                               {"review_due", Day{std::chrono::days{20'900}}}}};
    for (const auto& each : more) command.values.push_back(each);
    auto events = act(command);
    for (Event& event : act({.verb = "activate", .id = id})) events.push_back(std::move(event));
    return events;
  }
};

std::string last_line(const std::vector<Event>& events) { return story(queues(), events).back().text(); }

}  // namespace

TEST_CASE("a sentence says when, who, what, why and the ticket", "[registry]") {
  Books books;
  books.create("q-eu");
  auto events = books.create("q-1");
  for (Event& event : books.act({.verb = "deactivate",
                                 .id = "q-1",
                                 .values = {{"open_cases", std::int64_t{12}}, {"reroute_to", std::string{"q-eu"}}},
                                 .reason = "merged",
                                 .ticket = "OPS-12"}))
    events.push_back(std::move(event));
  CHECK(last_line(events) ==
        "2026-11-22 16:00 UTC  ops-analyst deactivated it (12 open cases to q-eu): merged [OPS-12]");
}

TEST_CASE("what is made is told with all it was made with", "[registry]") {
  Books books;
  const auto sentences = story(queues(), books.create("q-1", {{"labels", Labels{{"tier", "1"}}}}));
  CHECK(sentences.at(0).act == "created it");
  CHECK(sentences.at(0).detail ==
        "owner: ana; policies: hate, spam; languages: de; regions: eu; sites: berlin; sla hours: 24; review due: "
        "2027-03-23; labels: tier=1");
  CHECK(sentences.at(1).text() == "2026-11-22 13:00 UTC  ops-analyst activated it: because");
  CHECK(sentences.at(1).sequence == 2);
}

TEST_CASE("an amendment is told from what to what", "[registry]") {
  Books books;
  auto events = books.create("q-1");
  const auto amended = books.act(
      {.verb = "amend",
       .id = "q-1",
       .values = {
           {"owner", std::string{"ben"}}, {"policies", Texts{"fraud", "spam"}}, {"name", std::string{"Frauds"}}}});
  events.insert(events.end(), amended.begin(), amended.end());
  CHECK(story(queues(), events).back().detail == "name: Frauds; owner: ana → ben; policies: +fraud -hate");
  SECTION("where the telling begins later, only what it became is known") {
    CHECK(story(queues(), amended).back().detail == "name: Frauds; owner: ben; policies: fraud, spam");
  }
  SECTION("a field that was cleared became nothing") {
    for (Event& event : books.act({.verb = "amend", .id = "q-1", .values = {{"name", Value{}}}}))
      events.push_back(std::move(event));
    CHECK(story(queues(), events).back().detail == "name: Frauds → nothing");
  }
}

TEST_CASE("a long value is cut between letters", "[registry]") {
  Books books;
  auto events = books.create("q-1");
  std::string name;
  for (int i = 0; i < 80; ++i) name += "é";
  for (Event& event : books.act({.verb = "amend", .id = "q-1", .values = {{"name", "x" + name}}}))
    events.push_back(std::move(event));
  const std::string detail = story(queues(), events).back().detail;
  CHECK(detail == "name: x" + name.substr(0, 118) + "…");
  CHECK(text_fault(detail, 1000).empty());
}

TEST_CASE("a merger is told on both sides", "[registry]") {
  Books books;
  auto target = books.create("q-eu");
  auto source = books.create("q-1");
  auto events =
      books.act({.verb = "merge",
                 .id = "q-1",
                 .values = {{"open_cases", std::int64_t{1}}, {"into", std::string{"q-eu"}}, {"widen", true}}});
  REQUIRE(events.size() == 2);
  source.push_back(events[0]);
  target.push_back(events[1]);
  CHECK(story(queues(), source).back().act == "merged it");
  CHECK(story(queues(), source).back().detail == "1 open cases into q-eu; widen");
  CHECK(story(queues(), target).back().act == "merged another queue, which changed this one");
  CHECK(story(queues(), target).back().detail == "merged from: q-1");
}

TEST_CASE("what was planned is told when it was planned", "[registry]") {
  Books books;
  auto events = books.create("q-1");
  for (Event& event : books.act({.verb = "pause", .id = "q-1", .at = noon + std::chrono::days{3}}))
    events.push_back(std::move(event));
  CHECK(last_line(events) == "2026-11-22 14:00 UTC  ops-analyst planned for 2026-11-25 12:00 UTC: pause: because");
  Event cancelled = events.back();
  cancelled.kind = EventKind::cancelled;
  cancelled.cause = 3;
  cancelled.effective = books.now;
  events.push_back(cancelled);
  CHECK(last_line(events) == "2026-11-22 15:00 UTC  ops-analyst called off what event 3 had planned: pause: because");
  events.back().kind = EventKind::lapsed;
  events.back().reason = "queue 'q-1' is archived";
  CHECK(last_line(events) ==
        "2026-11-22 15:00 UTC  ops-analyst had planned: pause. It was not done, for it was refused: queue 'q-1' is "
        "archived");
}

TEST_CASE("an entry made later than it holds says so", "[registry]") {
  Books books;
  auto events = books.create("q-1");
  books.now += std::chrono::days{2};
  for (Event& event : books.act({.verb = "pause", .id = "q-1", .at = noon + std::chrono::days{1}}))
    events.push_back(std::move(event));
  CHECK(last_line(events) ==
        "2026-11-23 12:00 UTC  ops-analyst paused it (put on record 2026-11-24 14:00 UTC): because");
}

TEST_CASE("verbs and fields of a newer release are told by their numbers", "[registry]") {
  Event event;
  event.sequence = 9;
  event.book = 1;
  event.verb = 200;
  event.version = 4;
  event.effective = event.recorded = noon;
  event.actor = "robot";
  event.reason = "why not";
  event.changes = {{250, std::string{"x"}}};
  CHECK(last_line({event}) == "2026-11-22 12:00 UTC  robot did verb 200 to it (field 250: x): why not");
}
