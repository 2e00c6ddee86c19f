#pragma once
/// \file
/// The one way in which anything in a registry changes: a command is checked against the state and becomes events, or
/// is refused by name. Pure: no clock, no store.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/core/time.hpp>
#include <assay/registry/books.hpp>
#include <assay/registry/command.hpp>
#include <assay/registry/decision.hpp>
#include <assay/registry/draft.hpp>
#include <assay/registry/event.hpp>
#include <assay/registry/record.hpp>

namespace assay::registry {

namespace detail {

inline constexpr std::size_t most_reason_bytes = 2000;

inline void check_text(std::string_view what, std::string_view text, std::size_t most) {
  if (const std::string fault = text_fault(text, most); !fault.empty())
    throw RefusedError(std::string{what} + " cannot be kept: it has " + fault, "text");
}

inline void check_value(std::string_view name, const Value& value, Type type, std::size_t most) {
  if (!is_set(value)) return;
  const bool whole_as_real = type == Type::real && type_of(value) == Type::whole;
  if (type_of(value) != type && !whole_as_real)
    throw InputError(std::string{to_text(type)}, std::string{to_text(type_of(value))}, {std::string{name}, {}});
  if (const auto* number = std::get_if<double>(&value); number != nullptr && !std::isfinite(*number))
    throw InputError("a finite number", assay::to_text(*number), {std::string{name}, {}});
  const auto* day = std::get_if<Day>(&value);
  const auto* time = std::get_if<TimePoint>(&value);
  if ((day != nullptr && !can_be_kept(*day)) || (time != nullptr && !can_be_kept(*time)))
    throw InputError("a date in the years 1 to 9999", "one outside them", {std::string{name}, {}});
  const auto check_count = [&](std::size_t count) {
    if (count > most_in_set)
      throw RefusedError(std::string{name} + " cannot be kept: it has " + std::to_string(count) + " entries, at most " +
                             std::to_string(most_in_set),
                         "text");
  };
  if (const auto* text = std::get_if<std::string>(&value)) check_text(name, *text, most);
  if (const auto* texts = std::get_if<Texts>(&value)) {
    check_count(texts->size());
    for (const std::string& each : *texts) {
      check_text(name, each, most);
      if (blank(each)) throw RefusedError(std::string{name} + " holds a blank text", "text");
    }
  }
  if (const auto* labels = std::get_if<Labels>(&value)) {
    check_count(labels->size());
    for (const auto& [key, text] : *labels) {
      check_text(name, key, most);
      check_text(name, text, most);
      if (blank(key)) throw RefusedError(std::string{name} + " holds a label without a name", "text");
    }
  }
}

/// A set in order, a whole number as the number a field wants, blank text as nothing.
[[nodiscard]] inline Value normal(Value value, Type type) {
  if (auto* texts = std::get_if<Texts>(&value)) {
    *texts = texts_of(std::move(*texts));
    if (texts->empty()) return {};
  }
  if (auto* labels = std::get_if<Labels>(&value)) {
    std::sort(labels->begin(), labels->end());
    const auto twice = std::adjacent_find(labels->begin(), labels->end(),
                                          [](const auto& one, const auto& other) { return one.first == other.first; });
    if (twice != labels->end()) throw InputError("each label once", in_quotes(twice->first) + " twice");
    if (labels->empty()) return {};
  }
  if (const auto* text = std::get_if<std::string>(&value); text != nullptr && blank(*text)) return {};
  if (const auto* number = std::get_if<std::int64_t>(&value); number != nullptr && type == Type::real)
    return static_cast<double>(*number);
  return value;
}

[[nodiscard]] inline std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "nothing" : out;
}

/// Who, why and the other things every command has.
inline void check_manner(const Command& command) {
  if (blank(command.actor)) throw RefusedError("every change has an actor: who does this?", "blank_actor");
  if (blank(command.reason))
    throw RefusedError("every change has a reason: '" + command.verb + "' came without one", "blank_reason");
  check_text("actor", command.actor, most_id_bytes);
  check_text("reason", command.reason, most_reason_bytes);
  check_text("ticket", command.ticket, most_id_bytes);
  check_text("command_id", command.command_id, most_id_bytes);
  if (const std::string fault = id_fault(command.id); !fault.empty())
    throw RefusedError("no record can have the id " + in_quotes(command.id) + ": it has " + fault, "text");
  if (command.at && !can_be_kept(*command.at))
    throw InputError("a time in the years 1 to 9999", "one outside them", {"at", {}});
}

/// Fields and arguments of a command, by number.
inline void sort_values(const Book& book, const Verb& verb, const Command& command, Values& fields, Values& arguments) {
  for (const auto& [name, value] : command.values) {
    const Argument* argument = verb.argument(std::string_view{name});
    const bool is_argument = argument != nullptr;
    const auto position = is_argument ? std::nullopt : book.field(name);
    const Field* field = position && verb.fields == TakesFields::any ? &book.fields[*position] : nullptr;
    if (!is_argument && (field == nullptr || field->derived)) {
      std::vector<std::string> legal;
      for (const Argument& each : verb.arguments) legal.emplace_back(each.name);
      if (verb.fields == TakesFields::any)
        for (const Field& each : book.fields)
          if (!each.derived) legal.emplace_back(each.name);
      throw RefusedError(
          "'" + std::string{verb.name} + "' takes no " + in_quotes(name) + "; it takes: " + listed(legal),
          "unknown_field", legal);
    }
    const Type type = is_argument ? argument->type : field->type;
    check_value(name, value, type, is_argument ? most_reason_bytes : field->most_bytes);
    Values& into = is_argument ? arguments : fields;
    const std::uint8_t number = is_argument ? argument->number : field->number;
    for (const auto& each : into)
      if (each.first == number) throw InputError("each field once", in_quotes(name) + " twice");
    into.emplace_back(number, normal(value, type));
  }
  const auto by_number = [](const auto& one, const auto& other) { return one.first < other.first; };
  std::sort(fields.begin(), fields.end(), by_number);
  std::sort(arguments.begin(), arguments.end(), by_number);
}

inline void check_state(const Book& book, const Verb& verb, const Command& command, const Record* record) {
  const std::string noun{book.noun};
  if (verb.creates()) {
    if (record != nullptr)
      throw RefusedError("there is a " + noun + " " + in_quotes(command.id) + " already (" +
                             std::string{book.state_name(record->state)} + "); ids are never used again",
                         "id_taken", book.legal_from(record->state));
    if (command.expected_version && *command.expected_version != 0)
      throw RefusedError(noun + " " + in_quotes(command.id) + " is not made yet, and so not at version " +
                             std::to_string(*command.expected_version),
                         "version");
    return;
  }
  if (record == nullptr) throw RefusedError("there is no " + noun + " " + in_quotes(command.id), "unknown_id");
  if (command.expected_version && *command.expected_version != record->version)
    throw RefusedError(noun + " " + in_quotes(command.id) + " is at version " + std::to_string(record->version) +
                           ", not " + std::to_string(*command.expected_version) +
                           ": somebody changed it meanwhile; look at it again",
                       "version");
}

inline void check_transition(const Book& book, const Verb& verb, const Record& record) {
  if (verb.creates() || verb.legal_from(record.state)) return;
  std::vector<std::string> from;
  for (const std::uint8_t state : verb.from) from.emplace_back(book.state_name(state));
  const auto legal = book.legal_from(record.state);
  throw RefusedError(std::string{book.noun} + " " + in_quotes(record.id) + " is " +
                         std::string{book.state_name(record.state)} + "; '" + std::string{verb.name} +
                         "' is for one that is " + listed(from) + ". Legal now: " + listed(legal),
                     "illegal_transition", legal);
}

inline void follow_rules(Decision& decision) {
  if (decision.verb().rule != nullptr) decision.verb().rule(decision);
  if (decision.book().always != nullptr) decision.book().always(decision);
}

}  // namespace detail

/// Checks one command and adds its events to the draft. `now` is the time of recording; `cause` is the event of a
/// command that was waiting and is now due.
///
/// Nothing is added to the draft when the command is refused.
/// \throws RefusedError naming the rule and the legal alternatives; InputError when a value is of the wrong type.
inline void decide(Draft& draft, const Command& command, TimePoint now, std::uint64_t cause = 0) {
  const Book& book = book_of(command.book);
  const Verb* verb = book.verb(command.verb);
  if (verb == nullptr) {
    std::vector<std::string> names;
    for (const Verb& each : book.verbs) names.emplace_back(each.name);
    throw RefusedError("no verb " + in_quotes(command.verb) + " in book '" + std::string{book.name} +
                           "'; there are: " + detail::listed(names),
                       "unknown_verb", names);
  }
  detail::check_manner(command);
  Event event;
  event.book = book.number;
  event.verb = verb->number;
  event.id = command.id;
  event.actor = command.actor;
  event.reason = command.reason;
  event.ticket = command.ticket;
  event.command_id = command.command_id;
  event.cause = cause;
  event.recorded = now;
  event.effective = command.at.value_or(now);
  detail::sort_values(book, *verb, command, event.changes, event.arguments);

  const auto find = [&draft](std::uint8_t number, std::string_view id) { return draft.find(book_of(number), id); };
  const Record* record = draft.find(book, command.id);
  detail::check_state(book, *verb, command, record);
  if (event.effective > now) {
    if (verb->creates())
      throw RefusedError(
          "a " + std::string{book.noun} + " cannot be made in time to come; make it now and schedule what follows",
          "time_order");
    event.kind = EventKind::scheduled;
    event.state = record->state;
    event.version = record->version;
    try {
      Decision trial{find, book, *verb, *record, Event{event}};
      detail::follow_rules(trial);
    } catch (const RefusedError&) {
      // what is refused now may be in order when its time comes; a value that can never be right is not let wait
    }
    draft.add(std::move(event));
    return;
  }
  if (record != nullptr && event.effective < record->changed)
    throw RefusedError("time goes forward: " + std::string{book.noun} + " " + in_quotes(command.id) +
                           " changed last at " + assay::to_text(record->changed) + ", this would take effect at " +
                           assay::to_text(event.effective),
                       "time_order");
  const Record none{};
  const Record& before = record == nullptr ? none : *record;
  detail::check_transition(book, *verb, before);
  Decision decision{find, book, *verb, before, std::move(event)};
  detail::follow_rules(decision);
  for (Event& each : std::move(decision).settle()) draft.add(std::move(each));
}

}  // namespace assay::registry
