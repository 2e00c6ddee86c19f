#pragma once
/// \file
/// A record as it stands, and how an event changes it.

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/time.hpp>
#include <assay/registry/book.hpp>
#include <assay/registry/event.hpp>

namespace assay::registry {

/// One record of a book; `fields` are in the order of the book's.
struct Record {
  std::string id{};
  std::uint8_t state{0};
  std::uint64_t version{0};
  std::uint64_t last{0};  ///< the sequence number of the event that made it what it is
  TimePoint created{};
  TimePoint changed{};  ///< when what it is began to hold
  std::vector<Value> fields{};

  friend bool operator==(const Record&, const Record&) = default;

  /// A field by its number. The field must be the book's.
  [[nodiscard]] const Value& at(const Book& book, std::uint8_t number) const { return fields.at(*book.field(number)); }
};

/// Whether an event can follow on a record as it is; `apply` then cannot fail half way.
/// \throws FormatError when it does not follow, or names what the book does not have: a newer release wrote it.
inline void check(const Book& book, const Record& record, const Event& event) {
  const auto place = [&] {
    return " of book '" + std::string{book.name} + "' at event " + std::to_string(event.sequence);
  };
  const auto newer = [&](const std::string& what, std::uint8_t number) -> FormatError {
    return FormatError{what + " " + std::to_string(number) + place() +
                       " was written by a newer release of Assay; open the journal with that"};
  };
  if (event.kind == EventKind::change && event.version != record.version + 1)
    throw FormatError("wanted version " + std::to_string(record.version + 1) + " of " + std::string{book.noun} + " " +
                      in_quotes(event.id) + ", got version " + std::to_string(event.version) + " at event " +
                      std::to_string(event.sequence) + ": the journal is damaged");
  if (book.verb(event.verb) == nullptr) throw newer("verb", event.verb);
  if (!book.has_state(event.state)) throw newer("state", event.state);
  for (const auto& [number, value] : event.changes) {
    const auto position = book.field(number);
    if (!position) throw newer("field", number);
    if (is_set(value) && type_of(value) != book.fields[*position].type)
      throw FormatError("wanted " + std::string{to_text(book.fields[*position].type)} + " in field " +
                        std::to_string(number) + place() + ", got " + std::string{to_text(type_of(value))} +
                        ": the journal is damaged");
  }
}

/// The record after an event that was checked; an event that is given away gives its values.
template <class AnyEvent>
void apply(const Book& book, Record& record, AnyEvent&& event) {
  if (record.version == 0) {
    record.id = event.id;
    record.created = event.effective;
    record.fields.resize(book.fields.size());
  }
  for (auto& [number, value] : event.changes) {
    Value& field = record.fields[*book.field(number)];
    if constexpr (std::is_same_v<AnyEvent, Event>)
      field = std::move(value);
    else
      field = value;
  }
  record.state = event.state;
  record.version = event.version;
  record.last = event.sequence;
  record.changed = event.effective;
}

}  // namespace assay::registry
