#pragma once
/// \file
/// What a journal tells of the past: one event, a record's story, the state at a time, commands that were done before.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/core/time.hpp>
#include <assay/registry/books.hpp>
#include <assay/registry/command.hpp>
#include <assay/registry/event.hpp>
#include <assay/registry/state.hpp>
#include <assay/registry/store.hpp>

namespace assay::registry {

/// \throws StoreError when the journal does not hold it.
[[nodiscard]] inline Event event_at(Store& store, std::uint64_t sequence) {
  std::optional<Event> found;
  if (sequence > 0)
    store.read(sequence - 1, 1, [&](const EntryView& entry) {
      found = event_from_bytes(entry.bytes);
      return false;
    });
  if (!found || found->sequence != sequence)
    throw StoreError("event " + std::to_string(sequence) + " is not in " + store.place());
  return std::move(*found);
}

/// The events of one record, first to last; `last` is the newest.
[[nodiscard]] inline std::vector<Event> events_back_from(Store& store, std::uint64_t last) {
  std::vector<Event> events;
  for (std::uint64_t at = last; at != 0; at = events.back().previous) events.push_back(event_at(store, at));
  std::reverse(events.begin(), events.end());
  return events;
}

/// Everything as it stood at a time, by when changes took effect.
///
/// Assumes: events of one record take effect in the order they were recorded; `decide` sees to that.
[[nodiscard]] inline State state_as_of(Store& store, TimePoint time) {
  State out;
  store.read(0, UINT64_MAX, [&](const EntryView& entry) {
    Event event = event_from_bytes(entry.bytes, Part::state);
    const bool holds = event.kind == EventKind::change ? event.effective <= time : event.recorded <= time;
    if (holds)
      out.apply(std::move(event));
    else
      out.skip(event);
    return true;
  });
  return out;
}

namespace detail {

/// Whether an event is what a command of this id came to; a command may be told by the record it made, or by one that
/// the made record names.
[[nodiscard]] inline bool came_of(const Event& event, const Command& command) {
  const Book& book = book_of(event.book);
  const Verb* verb = book.verb(event.verb);
  if (book.name != command.book || verb == nullptr || verb->name != command.verb) return false;
  if (event.id == command.id) return true;
  return event.version == 1 && std::any_of(event.changes.begin(), event.changes.end(), [&](const auto& each) {
           const auto* text = std::get_if<std::string>(&each.second);
           return text != nullptr && *text == command.id && book.fields.at(*book.field(each.first)).derived;
         });
}

}  // namespace detail

/// What was written when these commands were done before; nothing when none of them was.
/// \throws RefusedError when their ids were used for something else, or for some of them only.
[[nodiscard]] inline std::optional<std::vector<Event>> done_before(Store& store, std::span<const Command> commands) {
  std::vector<Event> events;
  std::unordered_set<std::string_view> ids;
  std::size_t found = 0;
  for (const Command& command : commands) {
    if (command.command_id.empty()) continue;
    if (!ids.insert(command.command_id).second)
      throw RefusedError("command_id " + in_quotes(command.command_id) + " stands at two commands; none was done",
                         "command_id_reused");
    const auto sequence = store.find_command(command.command_id);
    if (!sequence) continue;
    ++found;
    Event first = event_at(store, *sequence);
    if (!detail::came_of(first, command)) {
      const Book& book = book_of(first.book);
      const Verb* verb = book.verb(first.verb);
      throw RefusedError("command_id " + in_quotes(command.command_id) + " was used before, for '" +
                             std::string{verb == nullptr ? "another verb" : verb->name} + "' of " +
                             std::string{book.noun} + " " + in_quotes(first.id),
                         "command_id_reused");
    }
    const std::uint32_t together = std::max(first.together, 1U);
    events.push_back(std::move(first));
    for (std::uint32_t i = 1; i < together; ++i) events.push_back(event_at(store, *sequence + i));
  }
  if (found == 0) return {};
  if (found != commands.size())
    throw RefusedError("some of these commands were done before, others not; send the others alone",
                       "command_id_reused");
  return events;
}

}  // namespace assay::registry
