#pragma once
/// \file
/// A record as it stands, and how an event changes it.

#include <cstdint>
#include <string>
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

/// The record after an event.
/// \throws FormatError when the event names a field that the book does not have: a newer release wrote it.
inline void apply(const Book& book, Record& record, Event&& event) {
  if (event.version != record.version + 1)
    throw FormatError("wanted version " + std::to_string(record.version + 1) + " of " + std::string{book.noun} + " " +
                      in_quotes(event.id) + ", got version " + std::to_string(event.version) + " at event " +
                      std::to_string(event.sequence) + ": the journal is damaged");
  if (record.version == 0) {
    record.id = std::move(event.id);
    record.created = event.effective;
    record.fields.resize(book.fields.size());
  }
  for (auto& [number, value] : event.changes) {
    const auto position = book.field(number);
    if (!position)
      throw FormatError("field " + std::to_string(number) + " of book '" + std::string{book.name} + "' at event " +
                        std::to_string(event.sequence) + " was written by a newer release of Assay");
    record.fields[*position] = std::move(value);
  }
  record.state = event.state;
  record.version = event.version;
  record.last = event.sequence;
  record.changed = event.effective;
}

}  // namespace assay::registry
