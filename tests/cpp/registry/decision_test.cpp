#include <assay_test.hpp>

#include <assay/registry/decision.hpp>
#include <assay/registry/queues.hpp>

#include "acts.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::at;
using assay::test::contains;
using assay::test::day;
using assay::test::noon;
using assay::test::refusal_of;
using std::chrono::hours;

namespace {

/// Decisions about queue "q", which is active, beside queue "r".
struct Bench {
  Record q = queue("q");
  Record r = queue("r");
  Event event{
      .book = 1, .verb = 2, .effective = noon, .recorded = noon, .id = "q", .actor = "ana", .reason = "because"};

  static Record queue(const std::string& id) {
    Record record;
    record.id = id;
    record.state = queue::active;
    record.version = 3;
    record.last = 7;
    record.created = record.changed = noon - hours{1};
    record.fields.resize(queues().fields.size());
    record.fields[1] = std::string{"ana"};
    record.fields[2] = Texts{"spam"};
    return record;
  }
  Decision decision(std::string_view verb = "amend") {
    return {[this](std::uint8_t book, std::string_view id) -> const Record* {
              return book == 1 && id == "q" ? &q : book == 1 && id == "r" ? &r : nullptr;
            },
            queues(), *queues().verb(verb), q, Event{event}};
  }
};

}  // namespace

TEST_CASE("a decision sees fields as they will be, arguments, and other records", "[registry]") {
  Bench bench;
  bench.event.changes = {{queue::policies, Texts{"fraud"}}};
  bench.event.arguments = {{1, std::int64_t{4}}};
  Decision decision = bench.decision();
  CHECK(decision.text(queue::owner) == "ana");
  CHECK(decision.texts(queue::policies) == Texts{"fraud"});
  CHECK(decision.text(queue::policies).empty());
  CHECK(decision.texts(queue::owner).empty());
  CHECK_FALSE(is_set(decision.field(queue::sites)));
  CHECK(*decision.argument<std::int64_t>(1) == 4);
  CHECK(decision.argument<std::string>(1) == nullptr);
  CHECK(decision.argument<std::int64_t>(2) == nullptr);
  CHECK(decision.other("r") == &bench.r);
  CHECK(decision.other("x") == nullptr);
  CHECK(decision.other(2, "r") == nullptr);
  CHECK(decision.other(1, "r") == &bench.r);
  CHECK(decision.id() == "q");
  CHECK(decision.name() == "queue 'q'");
  CHECK(decision.effective() == noon);
  CHECK(decision.today() == day(2026, 11, 23));
  CHECK(&decision.before() == &bench.q);
  CHECK(&decision.book() == &queues());
  CHECK(decision.verb().name == "amend");
  decision.set(queue::owner, std::string{"ben"});
  decision.set(queue::owner, std::string{"cem"});
  CHECK(decision.text(queue::owner) == "cem");
}

TEST_CASE("a decision comes to one event with what is new, in order", "[registry]") {
  Bench bench;
  bench.event.changes = {{queue::owner, std::string{"ana"}}, {queue::sla_hours, 4.0}};
  Decision decision = bench.decision();
  decision.set(queue::title, std::string{"Spam"});
  decision.set(queue::sites, Value{});
  const auto events = std::move(decision).settle();
  REQUIRE(events.size() == 1);
  CHECK(events[0].changes == Values{{queue::title, std::string{"Spam"}}, {queue::sla_hours, 4.0}});
  CHECK(events[0].version == 4);
  CHECK(events[0].state == queue::active);
  CHECK(events[0].together == 1);
}

TEST_CASE("a new record comes to an event with what is set", "[registry]") {
  Bench bench;
  bench.q = Record{};
  bench.event.changes = {{queue::owner, std::string{"ana"}}, {queue::sites, Value{}}};
  const auto events = bench.decision("create").settle();
  REQUIRE(events.size() == 1);
  CHECK(events[0].changes == Values{{queue::owner, std::string{"ana"}}});
  CHECK(events[0].version == 1);
  CHECK(events[0].state == queue::draft);
}

TEST_CASE("what changes nothing comes to no event, unless its command id must be remembered", "[registry]") {
  Bench bench;
  bench.event.changes = {{queue::owner, std::string{"ana"}}};
  CHECK(bench.decision().settle().empty());
  CHECK(bench.decision("pause").settle().size() == 1);  // a step to a state is a change
  bench.event.command_id = "c-1";
  const auto events = bench.decision().settle();
  REQUIRE(events.size() == 1);
  CHECK(events[0].changes.empty());
  CHECK(events[0].version == 4);
  CHECK(events[0].command_id == "c-1");
}

TEST_CASE("records that change together are events of one command", "[registry]") {
  Bench bench;
  bench.event.command_id = "c-1";
  bench.event.cause = 5;
  Decision decision = bench.decision();
  decision.set(queue::title, std::string{"x"});
  decision.also(bench.r,
                {{queue::merged_from, Texts{"q"}}, {queue::policies, Texts{"spam"}}, {queue::owner, std::string{"z"}}});
  decision.make("new", queue::draft, {{queue::cloned_from, std::string{"q"}}, {queue::owner, std::string{"ana"}}});
  const auto events = std::move(decision).settle();
  REQUIRE(events.size() == 3);
  CHECK(events[0].id == "q");
  CHECK(events[1].id == "r");
  CHECK(events[1].version == 4);
  CHECK(events[1].state == queue::active);
  CHECK(events[1].changes == Values{{queue::owner, std::string{"z"}}, {queue::merged_from, Texts{"q"}}});
  CHECK(events[2].id == "new");
  CHECK(events[2].version == 1);
  CHECK(events[2].state == queue::draft);
  CHECK(events[2].changes == Values{{queue::owner, std::string{"ana"}}, {queue::cloned_from, std::string{"q"}}});
  for (const Event& event : events) {
    const bool first = event.id == "q";
    CHECK(event.together == (first ? 3U : 0U));
    CHECK(event.cause == (first ? 5U : 0U));
    CHECK(event.command_id == (first ? "c-1" : ""));
    CHECK(event.actor == "ana");
  }
}

TEST_CASE("a decision may leave its own record alone", "[registry]") {
  Bench bench;
  bench.event.command_id = "c-1";
  Decision decision = bench.decision();
  decision.leave_alone();
  decision.make("new", queue::draft, {});
  const auto events = std::move(decision).settle();
  REQUIRE(events.size() == 1);
  CHECK(events[0].id == "new");
  CHECK(events[0].together == 1);
  CHECK(events[0].command_id == "c-1");
}

TEST_CASE("a rule refuses by name", "[registry][refusal]") {
  Bench bench;
  Decision decision = bench.decision();
  const auto refused = refusal_of([&] { decision.refuse("tired", "not today", {"sleep"}); });
  CHECK(refused.rule == "tired");
  CHECK(refused.words == "not today");
  CHECK(refused.legal == std::vector<std::string>{"sleep"});
}

TEST_CASE("what a record was before its last change is not known, and so not built on", "[registry][refusal]") {
  Bench bench;
  bench.r.changed = noon;
  CHECK_NOTHROW(bench.decision().stood_as_now(bench.r));
  bench.r.changed = noon + hours{1};
  Decision decision = bench.decision();
  const auto refused = refusal_of([&] { decision.also(bench.r, {}); });
  CHECK(refused.rule == "time_order");
  CHECK(refused.words ==
        "time goes forward: queue 'r' changed last at 2026-11-23T13:00:00.000000Z, this would take effect at "
        "2026-11-23T12:00:00.000000Z");
}

TEST_CASE("a record made by a rule has an id like any other, that nobody has", "[registry][refusal]") {
  Bench bench;
  Decision decision = bench.decision();
  for (const std::string& id :
       {std::string{" x"}, std::string{"x\xe2\x80\x8b"}, std::string(201, 'x'), std::string{}}) {
    const auto refused = refusal_of([&] { decision.make(id, queue::draft, {}); });
    CHECK(refused.rule == "text");
    CHECK(contains(refused.words, "a new queue cannot be called"));
  }
  const auto refused = refusal_of([&] { decision.make("r", queue::draft, {}); });
  CHECK(refused.rule == "id_taken");
  CHECK(refused.words == "there is a queue 'r' already (active); ids are never used again");
  CHECK(refused.legal == queues().legal_from(queue::active));
}

TEST_CASE("a record can be made to begin before 1970", "[registry]") {
  Bench bench;
  bench.event.effective = at(1960, 1, 1);
  bench.q.changed = at(1959, 1, 1);
  Decision decision = bench.decision();
  decision.make("old", queue::draft, {});
  CHECK(std::move(decision).settle().back().effective == at(1960, 1, 1));
}
