#pragma once
/// \file
/// What happened to one record: the unit of the journal. Events are written once and read for ever.

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/time.hpp>
#include <assay/io/wire.hpp>
#include <assay/registry/value.hpp>

namespace assay::registry {

/// Values by their number: of a field, or of an argument of a verb. Sorted by number, each once.
using Values = std::vector<std::pair<std::uint8_t, Value>>;

/// The kinds of events. Numbers are never given twice.
enum class EventKind : std::uint8_t {
  change = 1,     ///< the record changed
  scheduled = 2,  ///< a command waits for its time; the record is as before
  lapsed = 3,     ///< a waiting command's time came and the rules refused it
  cancelled = 4,  ///< a waiting command was called off
};

/// One event. Book, verb, state and fields go by the numbers of their book (book.hpp).
struct Event {
  std::uint64_t sequence{0};
  EventKind kind{EventKind::change};
  std::uint8_t book{0};
  std::uint8_t verb{0};
  std::uint8_t state{0};      ///< of the record, after the event
  std::uint64_t version{0};   ///< of the record, after the event: 1, 2, 3, ...
  std::uint64_t previous{0};  ///< the event before of the same record, 0 for none: a story is read backwards
  TimePoint effective{};      ///< when it holds from
  TimePoint recorded{};       ///< when it was written
  std::string id{};           ///< of the record
  Values changes{};           ///< fields as they are after the event
  Values arguments{};         ///< what else the command said
  std::uint64_t cause{0};     ///< the event of the command that was waiting, 0 for none
  std::uint32_t together{1};  ///< events of the same command, from its first on; 0 for all but the first
  std::string actor{};
  std::string reason{};
  std::string ticket{};
  std::string command_id{};  ///< kept beside the bytes by the store, on the first event of a command

  friend bool operator==(const Event&, const Event&) = default;
};

/// Version 1: changed only by a release that also reads the versions before.
inline constexpr std::uint8_t event_format = 1;

inline void write(io::Writer& out, const Values& values) {
  out.compact(values.size());
  for (const auto& [number, value] : values) {
    out.number(number);
    write(out, value);
  }
}

/// \throws FormatError unless numbers go up.
[[nodiscard]] inline Values read_values(io::Reader& in) {
  Values values;  // grown as they are read: a false count makes no room
  for (std::size_t left = in.count(2); left > 0; --left) {
    const auto number = in.number<std::uint8_t>();
    if (!values.empty() && number <= values.back().first) throw FormatError("fields are out of order: damaged bytes");
    values.emplace_back(number, read_value(in));
  }
  return values;
}

/// The canonical bytes of an event: what the journal's chain is made of. What the state needs comes first.
[[nodiscard]] inline Bytes to_bytes(const Event& event) {
  io::Writer out;
  out.reserve(128 + event.id.size() + event.actor.size() + event.reason.size() + event.ticket.size() +
              event.command_id.size());
  out.number(event_format);
  out.number(static_cast<std::uint8_t>(event.kind));
  out.number(event.book);
  out.number(event.verb);
  out.number(event.state);
  out.compact(event.sequence);
  out.compact(event.version);
  out.compact(event.previous);
  out.integer(micros_of(event.effective));
  out.integer(micros_of(event.recorded));
  out.compact(event.cause);
  out.compact(event.together);
  out.text(event.id);
  write(out, event.changes);
  write(out, event.arguments);
  out.text(event.actor);
  out.text(event.reason);
  out.text(event.ticket);
  out.text(event.command_id);
  return out.take();
}

/// How much of an event is read: replaying a change needs only what the state is made of.
enum class Part : std::uint8_t { whole, state };

/// \throws FormatError when the bytes are damaged or of a newer release.
[[nodiscard]] inline Event event_from_bytes(ByteView bytes, Part part = Part::whole) {
  io::Reader in{bytes};
  const auto format = in.number<std::uint8_t>();
  if (format == 0 || format > event_format)
    throw FormatError("wanted events of format 1 to " + std::to_string(event_format) + ", got format " +
                      std::to_string(format) +
                      ": the journal was written by a newer release of Assay; open it with that");
  Event event;
  const auto kind = in.number<std::uint8_t>();
  if (kind < 1 || kind > 4) throw FormatError("an event of an unknown kind: written by a newer release of Assay");
  event.kind = static_cast<EventKind>(kind);
  event.book = in.number<std::uint8_t>();
  event.verb = in.number<std::uint8_t>();
  event.state = in.number<std::uint8_t>();
  event.sequence = in.compact();
  event.version = in.compact();
  event.previous = in.compact();
  event.effective = read_time(in);
  event.recorded = read_time(in);
  event.cause = in.compact();
  if (std::max(event.previous, event.cause) >= std::max<std::uint64_t>(event.sequence, 1))
    throw FormatError("event " + std::to_string(event.sequence) + " points forward: damaged bytes");
  const std::uint64_t together = in.compact();
  if (together > UINT32_MAX) throw FormatError("a count of events out of range: damaged bytes");
  event.together = static_cast<std::uint32_t>(together);
  event.id = in.text();
  event.changes = read_values(in);
  if (part == Part::state && event.kind == EventKind::change) return event;
  event.arguments = read_values(in);
  event.actor = in.text();
  event.reason = in.text();
  event.ticket = in.text();
  event.command_id = in.text();
  in.done();
  return event;
}

}  // namespace assay::registry
