#pragma once
/// \file
/// A book: what kind of record it keeps, the fields, the states, and the verbs that lead from one state to another.
///
/// A book is data and a few pure functions. Adding one is a header that describes it (queues.hpp is the first) and a
/// line in books.hpp. Numbers of books, fields, states and verbs are in the journal: they are never given twice.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <assay/registry/value.hpp>

namespace assay::registry {

class Decision;

/// One field of a record. A derived field is written by verbs alone.
struct Field {
  std::uint8_t number;
  std::string_view name;
  Type type;
  std::string_view meaning;
  std::size_t most_bytes{500};  ///< of one text
  bool derived{false};
};

/// Something a verb is told besides fields.
struct Argument {
  std::uint8_t number;
  std::string_view name;
  Type type;
  std::string_view meaning;
};

struct StateOfRecord {
  std::uint8_t number;
  std::string_view name;
  std::string_view meaning;
};

/// Which fields a verb may be given.
enum class TakesFields : std::uint8_t { none, any };

/// A verb: from which states it is legal, to which it leads, and the rule that guards it. A verb that is legal from
/// no state makes a new record.
struct Verb {
  using Rule = void (*)(Decision&);

  std::uint8_t number;
  std::string_view name;
  std::string_view past;  ///< for the story: "paused it"
  std::string_view meaning;
  std::vector<std::uint8_t> from;
  std::optional<std::uint8_t> to;  ///< nothing: the state stays
  TakesFields fields{TakesFields::none};
  std::vector<Argument> arguments{};
  Rule rule{nullptr};

  [[nodiscard]] bool creates() const noexcept { return from.empty(); }
  /// By name or number; nullptr where it has no such argument.
  [[nodiscard]] const Argument* argument(std::string_view argument_name) const noexcept {
    for (const Argument& each : arguments)
      if (each.name == argument_name) return &each;
    return nullptr;
  }
  [[nodiscard]] const Argument* argument(std::uint8_t argument_number) const noexcept {
    for (const Argument& each : arguments)
      if (each.number == argument_number) return &each;
    return nullptr;
  }
  [[nodiscard]] bool legal_from(std::uint8_t state) const noexcept {
    for (const std::uint8_t each : from)
      if (each == state) return true;
    return false;
  }
};

struct Book {
  std::uint8_t number;
  std::string_view name;  ///< "queues"
  std::string_view noun;  ///< "queue"
  std::vector<Field> fields;
  std::vector<StateOfRecord> states;
  std::vector<Verb> verbs;
  Verb::Rule always{nullptr};  ///< what must hold of a record whatever the verb

  /// Position of a field by name or number; nothing where there is none.
  [[nodiscard]] std::optional<std::size_t> field(std::string_view field_name) const noexcept {
    for (std::size_t at = 0; at < fields.size(); ++at)
      if (fields[at].name == field_name) return at;
    return {};
  }
  [[nodiscard]] std::optional<std::size_t> field(std::uint8_t field_number) const noexcept {
    if (field_number > 0 && field_number <= fields.size() && fields[field_number - 1U].number == field_number)
      return field_number - 1U;
    for (std::size_t at = 0; at < fields.size(); ++at)
      if (fields[at].number == field_number) return at;
    return {};
  }
  [[nodiscard]] const Verb* verb(std::string_view verb_name) const noexcept {
    for (const Verb& each : verbs)
      if (each.name == verb_name) return &each;
    return nullptr;
  }
  [[nodiscard]] const Verb* verb(std::uint8_t verb_number) const noexcept {
    if (verb_number > 0 && verb_number <= verbs.size() && verbs[verb_number - 1U].number == verb_number)
      return &verbs[verb_number - 1U];
    for (const Verb& each : verbs)
      if (each.number == verb_number) return &each;
    return nullptr;
  }
  [[nodiscard]] bool has_state(std::uint8_t state) const noexcept {
    for (const StateOfRecord& each : states)
      if (each.number == state) return true;
    return false;
  }
  [[nodiscard]] std::string_view state_name(std::uint8_t state) const noexcept {
    for (const StateOfRecord& each : states)
      if (each.number == state) return each.name;
    return "unknown";
  }
  /// The verbs that are legal from a state, in the book's order.
  [[nodiscard]] std::vector<std::string> legal_from(std::uint8_t state) const {
    std::vector<std::string> names;
    for (const Verb& each : verbs)
      if (each.legal_from(state)) names.emplace_back(each.name);
    return names;
  }
};

}  // namespace assay::registry
