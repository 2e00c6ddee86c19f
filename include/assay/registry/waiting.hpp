#pragma once
/// \file
/// Commands that wait for their time: how they are carried out when it comes, and called off before.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <assay/core/error.hpp>
#include <assay/core/time.hpp>
#include <assay/registry/books.hpp>
#include <assay/registry/command.hpp>
#include <assay/registry/decide.hpp>
#include <assay/registry/draft.hpp>
#include <assay/registry/event.hpp>

namespace assay::registry {

/// The command that waits under an event, as it was given.
/// \throws FormatError when a newer release wrote it.
[[nodiscard]] inline Command command_of(const Event& event) {
  const Book& book = book_of(event.book);
  const auto newer = [&](const std::string& what) {
    return FormatError(what + " of the command waiting under event " + std::to_string(event.sequence) +
                       " was written by a newer release of Assay; open the journal with that");
  };
  const Verb* verb = book.verb(event.verb);
  if (verb == nullptr) throw newer("the verb");
  Command command;
  command.book = book.name;
  command.verb = verb->name;
  command.id = event.id;
  command.actor = event.actor;
  command.reason = event.reason;
  command.ticket = event.ticket;
  command.at = event.effective;
  for (const auto& [number, value] : event.changes) {
    const auto position = book.field(number);
    if (!position) throw newer("a field");
    command.values.emplace_back(book.fields[*position].name, value);
  }
  for (const auto& [number, value] : event.arguments) {
    const Argument* argument = verb->argument(number);
    if (argument == nullptr) throw newer("an argument");
    command.values.emplace_back(argument->name, value);
  }
  return command;
}

namespace detail {

/// At most so many bytes of a text, no letter cut in two.
[[nodiscard]] inline std::string beginning(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string{text};
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return std::string{text.substr(0, most)};
}

/// What becomes of a waiting command when it is not carried out: the record stays as it is.
[[nodiscard]] inline Event end_of(const Draft& draft, const Event& waiting, EventKind kind, TimePoint now) {
  const Record* record = draft.find(book_of(waiting.book), waiting.id);
  if (record == nullptr)
    throw FormatError("a command waits for " + in_quotes(waiting.id) +
                      ", which does not exist: the journal is damaged");
  Event event = waiting;
  event.kind = kind;
  event.state = record->state;
  event.version = record->version;
  event.cause = waiting.sequence;
  event.together = 1;
  event.recorded = now;
  event.command_id.clear();
  return event;
}

}  // namespace detail

/// Does what a waiting command asks, as of the time it waited for; where the rules refuse it, it lapses, and the
/// refusal is its reason. The draft must hold no events yet, and gets at least one.
inline void carry_out(Draft& draft, const Event& waiting, TimePoint now) {
  std::string refusal = "it changes nothing";
  try {
    decide(draft, command_of(waiting), now, waiting.sequence);
  } catch (const RefusedError& refused) {
    refusal = refused.what();
  } catch (const InputError& refused) {
    refusal = refused.what();
  }
  if (!draft.events().empty()) return;
  Event lapsed = detail::end_of(draft, waiting, EventKind::lapsed, now);
  lapsed.reason = detail::beginning(refusal, detail::most_reason_bytes);
  draft.add(std::move(lapsed));
}

/// Calls a waiting command off; `manner` says who does so, and why.
/// \throws RefusedError when nobody does, or for no reason.
inline void call_off(Draft& draft, const Event& waiting, const Command& manner, TimePoint now) {
  detail::check_manner(manner);
  Event event = detail::end_of(draft, waiting, EventKind::cancelled, now);
  event.effective = now;
  event.actor = manner.actor;
  event.reason = manner.reason;
  event.ticket = manner.ticket;
  draft.add(std::move(event));
}

}  // namespace assay::registry
