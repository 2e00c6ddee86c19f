#include <assay_test.hpp>

#include <assay/registry/draft.hpp>

#include "acts.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::act;
using assay::test::Desk;
using assay::test::message_of;
using assay::test::noon;

TEST_CASE("a draft shows its own events over a state that it leaves alone", "[registry]") {
  Desk desk;
  desk.has("a", "active");
  const Bytes before = desk.state.to_bytes();
  Draft draft{desk.state};
  CHECK(&draft.state() == &desk.state);
  CHECK(draft.find(queues(), "a") == desk.state.find(queues(), "a"));
  CHECK(draft.find(queues(), "b") == nullptr);

  draft.add({.book = 1, .verb = 4, .state = 3, .version = 3, .effective = noon, .id = "a"});
  draft.add({.book = 1, .verb = 1, .state = 1, .version = 1, .effective = noon, .id = "b"});
  draft.add(
      {.kind = EventKind::scheduled, .book = 1, .verb = 5, .state = 3, .version = 3, .effective = noon, .id = "a"});
  CHECK(draft.find(queues(), "a")->state == 3);
  CHECK(draft.find(queues(), "a")->version == 3);
  CHECK(draft.find(queues(), "a")->last == 5);
  CHECK(draft.find(queues(), "b")->id == "b");
  CHECK(draft.find(findings(), "b") == nullptr);
  CHECK(desk.state.to_bytes() == before);

  const auto& events = draft.events();
  REQUIRE(events.size() == 3);
  CHECK(events[0].sequence == 3);
  CHECK(events[0].previous == 2);
  CHECK(events[1].sequence == 4);
  CHECK(events[1].previous == 0);
  CHECK(events[2].sequence == 5);
  CHECK(events[2].previous == 3);
  State after = desk.state;
  for (const Event& event : events) after.apply(event);
  CHECK(*after.find(queues(), "a") == *draft.find(queues(), "a"));
  CHECK(*after.find(queues(), "b") == *draft.find(queues(), "b"));
}

TEST_CASE("an event that does not follow stays out of a draft", "[registry][refusal]") {
  const State state;
  Draft draft{state};
  CHECK(message_of<FormatError>([&] { draft.add({.book = 1, .verb = 1, .state = 1, .version = 2, .id = "a"}); }) ==
        "wanted version 1 of queue 'a', got version 2 at event 1: the journal is damaged");
  CHECK(draft.events().empty());
  CHECK(draft.find(queues(), "a") == nullptr);
}
