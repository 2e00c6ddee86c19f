#include <array>
#include <limits>

#include <assay_test.hpp>

#include <assay/core/random.hpp>
#include <assay/registry/event.hpp>
#include <assay/registry/journal.hpp>

#include "acts.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::at;
using assay::test::contains;
using assay::test::day;
using assay::test::hex;
using assay::test::message_of;

namespace {

/// An event with something in every place.
Event full() {
  Event event;
  event.sequence = 300;
  event.kind = EventKind::change;
  event.book = 1;
  event.verb = 6;
  event.state = 4;
  event.version = 5;
  event.previous = 299;
  event.effective = at(2026, 11, 23, 11);
  event.recorded = at(2026, 11, 23, 12);
  event.id = "q-1";
  event.changes = {{10, day(2028, 11, 23)}, {13, std::string{"q-2"}}};
  event.arguments = {{1, std::int64_t{12}}, {2, std::string{"q-2"}}};
  event.cause = 7;
  event.together = 2;
  event.actor = "ana";
  event.reason = "merged \xe2\x82\xac";
  event.ticket = "OPS-1";
  event.command_id = "c-9";
  return event;
}

Event any_event(Random& random) {
  const auto text = [&] {
    std::string out(random.below(20), ' ');
    for (char& letter : out) letter = static_cast<char>(random.below(256));
    return out;
  };
  const auto value = [&]() -> Value {
    switch (random.below(8)) {
      case 0:
        return {};
      case 1:
        return text();
      case 2:
        return texts_of({text(), text(), text()});
      case 3:
        return static_cast<std::int64_t>(random());
      case 4:
        return random.uniform() - 0.5;
      case 5:
        return random.below(2) == 0;
      case 6:
        return Day{std::chrono::days{static_cast<int>(random.below(100'000)) - 50'000}};
      default:
        return TimePoint{Microseconds{static_cast<std::int64_t>(random() >> 14U)}};
    }
  };
  const auto values = [&] {
    Values out;
    for (std::uint64_t number = random.below(4); number < 255 && out.size() < 5; number += 1 + random.below(90))
      out.emplace_back(static_cast<std::uint8_t>(number), value());
    return out;
  };
  Event event;
  event.sequence = 1 + (random() >> random.below(64));
  event.kind = static_cast<EventKind>(1 + random.below(4));
  event.book = static_cast<std::uint8_t>(random.below(256));
  event.verb = static_cast<std::uint8_t>(random.below(256));
  event.state = static_cast<std::uint8_t>(random.below(256));
  event.version = random() >> random.below(64);
  event.previous = random.below(event.sequence);
  event.cause = random.below(event.sequence);
  event.effective = TimePoint{Microseconds{static_cast<std::int64_t>(random() >> 14U)}};
  event.recorded = TimePoint{Microseconds{-static_cast<std::int64_t>(random() >> 14U) / 32}};
  event.id = text();
  event.changes = values();
  event.arguments = values();
  event.together = static_cast<std::uint32_t>(random() >> 32U);
  event.actor = text();
  event.reason = text();
  event.ticket = text();
  event.command_id = text();
  return event;
}

std::string refused(const Event& event) {
  return message_of<FormatError>([&] { (void)event_from_bytes(to_bytes(event)); });
}

}  // namespace

TEST_CASE("every event comes back from its bytes", "[law][registry]") {
  CHECK(event_from_bytes(to_bytes(full())) == full());
  Random random{4};
  for (int i = 0; i < 2000; ++i) {
    const Event event = any_event(random);
    const Bytes bytes = to_bytes(event);
    const Event back = event_from_bytes(bytes);
    REQUIRE(back == event);
    REQUIRE(to_bytes(back) == bytes);
  }
}

TEST_CASE("what is read for the state alone is the beginning of a change, and all of what waits", "[law][registry]") {
  Event wanted = full();
  for (const EventKind kind : {EventKind::change, EventKind::scheduled, EventKind::lapsed, EventKind::cancelled}) {
    wanted.kind = kind;
    Event got = event_from_bytes(to_bytes(wanted), Part::state);
    if (kind == EventKind::change) {
      CHECK(got.actor.empty());
      CHECK(got.arguments.empty());
      got.arguments = wanted.arguments;
      got.actor = wanted.actor;
      got.reason = wanted.reason;
      got.ticket = wanted.ticket;
      got.command_id = wanted.command_id;
    }
    CHECK(got == wanted);
  }
}

TEST_CASE("the bytes of events never change", "[golden][registry]") {
  // Laid out by hand: format, kind, book, verb, state | sequence, version, previous | effective, recorded |
  // cause, together | id | changes | arguments | actor, reason, ticket, command id.
  const std::string bytes =
      "01"
      "01"
      "01"
      "06"
      "04"
      "ac02"
      "05"
      "ab02"
      "008cbc7eef600600"
      "00305055f0600600"
      "07"
      "02"
      "03"
      "712d31"
      "02"
      "0a"
      "06"
      "0754000000000000"
      "0d"
      "01"
      "03"
      "712d32"
      "02"
      "01"
      "03"
      "0c00000000000000"
      "02"
      "01"
      "03"
      "712d32"
      "03"
      "616e61"
      "0a"
      "6d657267656420e282ac"
      "05"
      "4f50532d31"
      "03"
      "632d39";
  CHECK(hex(to_bytes(full())) == bytes);
  CHECK(hex(to_bytes(Event{.sequence = 1, .book = 2, .verb = 3, .state = 1, .version = 1, .id = "f"})) ==
        "0101020301"
        "010100"
        "0000000000000000"
        "0000000000000000"
        "0001"
        "0166"
        "00"
        "00"
        "00000000");
}

TEST_CASE("a chain of three events never changes", "[golden][registry]") {
  // SHA-256("assay journal entry 1" 0x00, before, bytes), worked out apart from this library.
  Event event = full();
  Hash hash{};
  std::array<std::string, 3> hashes;
  for (std::size_t i = 0; i < 3; ++i) {
    event.sequence = 300 + i;
    hash = chain(hash, to_bytes(event));
    hashes[i] = hex(hash);
  }
  CHECK(hashes[0] == "9886f5b362714c7c393d1b3229d7d080986b35b5db07227ebcb28b7f8f815ab6");
  CHECK(hashes[1] == "85dc4b6ccbb669cd31d341cf556f155cbfeec73341d1aa298635dbb6e503269d");
  CHECK(hashes[2] == "a3dc39361903824460ffcc28e6e9635410dc0d77e47bd99a749dc54b8218f19b");
}

TEST_CASE("an event cut short anywhere, or with more behind it, is refused", "[registry][refusal]") {
  const Bytes bytes = to_bytes(full());
  for (std::size_t length = 0; length < bytes.size(); ++length)
    CHECK_THROWS_AS(event_from_bytes(ByteView{bytes}.first(length)), FormatError);
  Bytes longer = bytes;
  longer.push_back(std::byte{0});
  CHECK(message_of<FormatError>([&] { (void)event_from_bytes(longer); }) == "1 bytes left over: damaged bytes");
}

TEST_CASE("an altered byte is refused or read as another event, which has those bytes", "[law][registry]") {
  const Bytes bytes = to_bytes(full());
  int refusals = 0;
  for (std::size_t place = 0; place < bytes.size(); ++place)
    for (int bit = 0; bit < 8; ++bit) {
      Bytes altered = bytes;
      altered[place] ^= static_cast<std::byte>(1 << bit);
      try {
        const Event event = event_from_bytes(altered);
        CHECK(event != full());
        CHECK(to_bytes(event) == altered);
      } catch (const FormatError&) {
        ++refusals;
      }
    }
  CHECK(refusals > 200);
}

TEST_CASE("an older library refuses the events of a newer one by name", "[registry][refusal]") {
  Bytes bytes = to_bytes(full());
  for (const int format : {0, 2, 255}) {
    bytes[0] = static_cast<std::byte>(format);
    CHECK(message_of<FormatError>([&] { (void)event_from_bytes(bytes); }) ==
          "wanted events of format 1 to 1, got format " + std::to_string(format) +
              ": the journal was written by a newer release of Assay; open it with that");
  }
  for (const int kind : {0, 5}) {
    Event event = full();
    event.kind = static_cast<EventKind>(kind);
    CHECK(contains(refused(event), "an event of an unknown kind: written by a newer release"));
  }
}

TEST_CASE("events that cannot have been written are refused", "[registry][refusal]") {
  Event event = full();
  event.previous = event.sequence;  // a story read backwards would never end
  CHECK(refused(event) == "event 300 points forward: damaged bytes");
  event = full();
  event.cause = 301;
  CHECK(refused(event) == "event 300 points forward: damaged bytes");
  event = full();
  event.effective = TimePoint{Microseconds{std::numeric_limits<std::int64_t>::max()}};
  CHECK(refused(event) == "a time out of range: damaged bytes");
  event = full();
  event.recorded = TimePoint{first_day} - Microseconds{1};
  CHECK(refused(event) == "a time out of range: damaged bytes");
  event = full();
  std::swap(event.changes[0], event.changes[1]);
  CHECK(refused(event) == "fields are out of order: damaged bytes");
  event = full();
  event.arguments[1].first = 1;
  CHECK(refused(event) == "fields are out of order: damaged bytes");

  io::Writer out;  // a count of events together that does not fit
  for (const int each : {1, 1, 1, 1, 1, 1, 1, 0}) out.number(static_cast<std::uint8_t>(each));
  out.integer(0);
  out.integer(0);
  out.compact(0);
  out.compact(std::uint64_t{1} << 32U);
  for (int i = 0; i < 7; ++i) out.compact(0);
  CHECK(message_of<FormatError>([&] { (void)event_from_bytes(out.take()); }) ==
        "a count of events out of range: damaged bytes");
}
