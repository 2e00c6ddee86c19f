#include <assay_test.hpp>

#include <assay/core/random.hpp>
#include <assay/registry/state.hpp>

#include "acts.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::act;
using assay::test::act_at;
using assay::test::complete;
using assay::test::contains;
using assay::test::day;
using assay::test::Desk;
using assay::test::found;
using assay::test::hex;
using assay::test::message_of;
using assay::test::noon;
using assay::test::replay;
using assay::test::with;
using std::chrono::hours;

namespace {

/// A little of everything: both books, lineage, commands that wait.
Desk busy() {
  Desk desk;
  desk.has("b", "active");
  desk.has("a", "active", noon, with(complete(), "labels", Labels{{"tier", "1"}}));
  desk(found("raise", "f-1",
             {{"rule", std::string{"stale"}},
              {"severity", std::string{"high"}},
              {"subject", std::string{"a"}},
              {"summary", std::string{"old"}}}),
       noon + hours{1});
  desk(act("merge", "a", {{"into", std::string{"b"}}, {"open_cases", std::int64_t{3}}}), noon + hours{2});
  desk(act("clone", "b", {{"as_id", std::string{"c"}}}), noon + hours{3});
  desk(act_at(noon + hours{48}, "pause", "b"), noon + hours{4});
  desk(act_at(noon + hours{24}, "amend", "b", {{"owner", std::string{"ben"}}}), noon + hours{5});
  return desk;
}

/// The bytes of a state whose payload is written by `put` after what comes before the records.
template <class Put>
std::string refused(const Put& put, std::uint64_t sequence = 9) {
  io::Writer out;
  out.compact(sequence);
  out.integer(0);
  out.compact(book_count);
  put(out);
  return message_of<FormatError>([&] { (void)State::from_bytes(out.finish(io::Kind::registry, 1)); });
}
void put_record(io::Writer& out, std::string_view id, int state = 1, std::uint64_t version = 1,
                std::uint64_t last = 1) {
  out.text(id);
  out.number(static_cast<std::uint8_t>(state));
  out.compact(version);
  out.compact(last);
  out.integer(0);
  out.integer(0);
}

}  // namespace

TEST_CASE("any prefix of a journal gives the state that was, and a state and the rest give the whole",
          "[law][registry]") {
  const Desk desk = busy();
  for (std::size_t split = 0; split <= desk.journal.size(); ++split) {
    const std::span<const Event> all{desk.journal};
    State state = replay(all.first(split));
    CHECK(state.sequence() == split);
    State back = State::from_bytes(state.to_bytes());
    CHECK(back == state);
    CHECK(back.to_bytes() == state.to_bytes());
    for (const Event& event : all.subspan(split)) {
      state.apply(event);
      back.apply(event_from_bytes(to_bytes(event), Part::state));
    }
    CHECK(state == desk.state);
    CHECK(back == desk.state);
    CHECK(back.to_bytes() == desk.state.to_bytes());
  }
}

TEST_CASE("equal states have equal bytes, whatever the order in which records came into memory", "[law][registry]") {
  Random random{7};
  Desk desk;
  for (int i = 0; i < 500; ++i) desk(act("create", "q" + std::to_string(random())));
  const State back = State::from_bytes(desk.state.to_bytes());  // made in order of ids
  CHECK(back == desk.state);
  CHECK(back.to_bytes() == desk.state.to_bytes());
  const auto sorted = back.sorted(queues());
  CHECK(sorted.size() == 500);
  CHECK(std::is_sorted(sorted.begin(), sorted.end(), [](const Record* a, const Record* b) { return a->id < b->id; }));
}

TEST_CASE("the bytes of a state never change", "[golden][registry]") {
  Desk desk;
  desk(act("create", "q", {{"owner", std::string{"a"}}}), TimePoint{Microseconds{1}});
  CHECK(hex(desk.state.to_bytes()) ==
        "41535359"
        "0200"
        "0100"
        "2700000000000000"
        "01"
        "0100000000000000"
        "02"
        "01"
        "0171"
        "01"
        "01"
        "01"
        "0100000000000000"
        "0100000000000000"
        "01"
        "02"
        "010161"
        "00"
        "00"
        "afa7401489616761");
}

TEST_CASE("records are found by book and id", "[registry]") {
  const Desk desk = busy();
  CHECK(desk.state.find(queues(), "a")->state == queue::deactivated);
  CHECK(desk.state.find(queues(), "f-1") == nullptr);
  CHECK(desk.state.find(findings(), "f-1")->state == finding::open);
  CHECK(desk.state.records(queues()).size() == 3);
  CHECK(desk.state.recorded() == noon + hours{5});
}

TEST_CASE("commands wait in the order they fall due, and end by being done, called off or refused", "[registry]") {
  Desk desk = busy();
  REQUIRE(desk.state.waiting().size() == 2);
  const std::uint64_t first = desk.journal.back().sequence;
  CHECK(desk.state.waiting().begin()->second.sequence == first);
  CHECK(desk.state.waiting_under(first)->verb == 2);
  CHECK(desk.state.waiting_under(first - 1)->verb == 4);
  CHECK(desk.state.waiting_under(1) == nullptr);
  CHECK(desk.queue("b").last == first);  // so that its story tells of it

  Event done = desk.journal.back();
  done.sequence = first + 1;
  done.cause = first;
  done.version = desk.queue("b").version;
  SECTION("done") {
    done.kind = EventKind::change;
    done.version += 1;
    desk.state.apply(done);
    CHECK(desk.field("b", "owner") == Value{std::string{"ben"}});
  }
  SECTION("lapsed, at its time") {
    done.kind = EventKind::lapsed;
    desk.state.apply(done);
    CHECK(desk.field("b", "owner") == Value{std::string{"ana"}});
  }
  SECTION("called off, at any time") {
    done.kind = EventKind::cancelled;
    done.effective = noon + hours{6};
    desk.state.apply(done);
    CHECK(desk.field("b", "owner") == Value{std::string{"ana"}});
  }
  CHECK(desk.state.waiting().size() == 1);
  CHECK(desk.state.waiting_under(first) == nullptr);
}

TEST_CASE("an event that does not follow changes nothing", "[registry][refusal]") {
  Desk desk = busy();
  const Bytes before = desk.state.to_bytes();
  const auto fails = [&](Event event) {
    const std::string words = message_of<FormatError>([&] { desk.state.apply(std::move(event)); });
    CHECK(desk.state.to_bytes() == before);
    CHECK(desk.state.records(queues()).size() == 3);
    return words;
  };
  Event event = desk.journal[1];
  CHECK(fails(event) ==
        "wanted event " + std::to_string(desk.journal.size() + 1) + ", got event 2: the journal is damaged");
  event.sequence = desk.journal.size() + 1;
  CHECK(contains(fails(event), "wanted version"));
  event.id = "new";
  CHECK(contains(fails(event), "is about queue 'new', which does not exist: the journal is damaged"));
  event.version = 1;
  event.kind = EventKind::scheduled;
  CHECK(contains(fails(event), "which does not exist"));
  event.kind = EventKind::change;
  event.verb = 77;
  CHECK(contains(fails(event), "verb 77 of book 'queues'"));
  event.verb = 1;
  event.changes = {{77, Value{}}};
  CHECK(contains(fails(event), "field 77 of book 'queues'"));
  event.book = 9;
  CHECK(contains(fails(event), "book 9 was written by a newer release"));
}

TEST_CASE("an event that holds only later is counted, not applied", "[registry]") {
  Desk desk = busy();
  Event event = desk.journal.back();
  event.sequence += 1;
  event.recorded += hours{1};
  const auto waiting = desk.state.waiting().size();
  desk.state.skip(event);
  CHECK(desk.state.sequence() == event.sequence);
  CHECK(desk.state.recorded() == event.recorded);
  CHECK(desk.state.waiting().size() == waiting);
}

TEST_CASE("the smallest records and waiting commands come back too", "[law][registry]") {
  State state;
  for (std::uint64_t i = 1; i <= 3; ++i)
    state.apply({.sequence = i, .book = 1, .verb = 1, .state = 1, .version = 1, .id = std::string(i - 1, 'q')});
  CHECK(State::from_bytes(state.to_bytes()) == state);
  for (std::uint64_t i = 4; i <= 9; ++i)
    state.apply({.sequence = i, .kind = EventKind::scheduled, .book = 1, .verb = 4, .state = 1, .id = ""});
  CHECK(State::from_bytes(state.to_bytes()) == state);
}

TEST_CASE("bytes that are no state are refused", "[registry][refusal]") {
  const Bytes bytes = busy().state.to_bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length)
    REQUIRE_THROWS_AS(State::from_bytes(ByteView{bytes}.first(length)), FormatError);
  for (std::size_t place = 0; place < bytes.size(); ++place) {
    Bytes altered = bytes;
    altered[place] ^= std::byte{4};
    REQUIRE_THROWS_AS(State::from_bytes(altered), FormatError);
  }
  const auto nothing = [](io::Writer& out) {
    for (int i = 0; i < 3; ++i) out.compact(0);
  };
  CHECK(refused(nothing) == "(nothing was thrown)");
  CHECK(contains(refused([](io::Writer&) {}), "cut short"));
  CHECK(contains(refused([&](io::Writer& out) {
                   nothing(out);
                   out.compact(0);
                 }),
                 "left over"));
  io::Writer three;
  for (const int each : {0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0}) three.number(static_cast<std::uint8_t>(each));
  CHECK(message_of<FormatError>([&] { (void)State::from_bytes(three.finish(io::Kind::registry, 1)); }) ==
        "a state of another release");
  CHECK(contains(message_of<FormatError>([&] { (void)State::from_bytes(three.finish(io::Kind::tally, 1)); }),
                 "wanted a state of kind 2, got kind 1"));
  CHECK(contains(message_of<FormatError>([&] { (void)State::from_bytes(three.finish(io::Kind::registry, 2)); }),
                 "wanted format version 1 to 1, got 2"));
}

TEST_CASE("states that cannot be are refused", "[registry][refusal]") {
  const auto one_record = [](int state, std::uint64_t version, std::uint64_t last, Values values = {}) {
    return [=](io::Writer& out) {
      out.compact(1);
      put_record(out, "q", state, version, last);
      write(out, values);
      out.compact(0);
      out.compact(0);
    };
  };
  CHECK(refused(one_record(1, 1, 9)) == "(nothing was thrown)");
  CHECK(contains(refused(one_record(9, 1, 9)), "a record that cannot be"));
  CHECK(contains(refused(one_record(1, 0, 9)), "a record that cannot be"));
  CHECK(contains(refused(one_record(1, 1, 0)), "a record that cannot be"));
  CHECK(contains(refused(one_record(1, 1, 10)), "a record that cannot be"));
  CHECK(refused(one_record(1, 1, 9, {{2, std::string{"x"}}})) == "(nothing was thrown)");
  CHECK(refused(one_record(1, 1, 9, {{2, 1.0}})) == "a state of another release");
  CHECK(refused(one_record(1, 1, 9, {{2, Value{}}})) == "a state of another release");
  CHECK(refused(one_record(1, 1, 9, {{200, std::string{"x"}}})) == "a state of another release");
  for (const std::string_view second : {"q", "p"})
    CHECK(contains(refused([&](io::Writer& out) {
                     out.compact(2);
                     for (const std::string_view id : {std::string_view{"q"}, second}) {
                       put_record(out, id);
                       out.compact(0);
                     }
                     out.compact(0);
                     out.compact(0);
                   }),
                   "records are out of order"));
}

TEST_CASE("a state whose waiting commands wait for nothing is refused", "[registry][refusal]") {
  const auto waiting = [](std::vector<Event> events) {
    return [=](io::Writer& out) {
      out.compact(1);
      put_record(out, "q");
      out.compact(0);
      out.compact(0);
      out.compact(events.size());
      for (const Event& event : events) {
        const Bytes bytes = to_bytes(event);
        out.compact(bytes.size());
        out.raw(bytes);
      }
    };
  };
  const Event good{.sequence = 5,
                   .kind = EventKind::scheduled,
                   .book = 1,
                   .verb = 4,
                   .state = 1,
                   .version = 1,
                   .effective = noon,
                   .id = "q",
                   .actor = "ana",
                   .reason = "because"};
  CHECK(refused(waiting({good})) == "(nothing was thrown)");
  Event event = good;
  event.kind = EventKind::change;
  CHECK(contains(refused(waiting({event})), "a command waits for a record that there is not"));
  event = good;
  event.id = "r";
  CHECK(contains(refused(waiting({event})), "a command waits for a record that there is not"));
  event = good;
  event.sequence = 0;
  CHECK(contains(refused(waiting({event})), "a command waits for a record that there is not"));
  event = good;
  event.sequence = 10;
  CHECK(contains(refused(waiting({event})), "a command waits for a record that there is not"));
  event = good;
  event.verb = 99;
  CHECK(contains(refused(waiting({event})), "verb 99"));
  event = good;
  event.changes = {{99, Value{}}};
  CHECK(contains(refused(waiting({event})), "field 99"));
  event = good;
  event.sequence = 4;
  CHECK(refused(waiting({event, good})) == "(nothing was thrown)");
  CHECK(contains(refused(waiting({good, event})), "waiting commands are out of order"));
  CHECK(contains(refused(waiting({good, good})), "waiting commands are out of order"));
}
