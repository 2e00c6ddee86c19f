#pragma once
/// \file
/// A state with events on top of it that are not written yet, so that many commands are decided wholly or not at all.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assay/registry/event.hpp>
#include <assay/registry/record.hpp>
#include <assay/registry/state.hpp>

namespace assay::registry {

class Draft {
 public:
  /// The state must outlive the draft and not change meanwhile.
  explicit Draft(const State& state) : state_{state}, next_{state.sequence() + 1} {}

  /// A record with the draft's events applied; nothing where there is none of this id.
  [[nodiscard]] const Record* find(const Book& book, std::string_view id) const {
    const auto own = touched_.find(std::pair{book.number, std::string{id}});
    return own != touched_.end() ? &own->second : state_.find(book, id);
  }

  [[nodiscard]] const State& state() const noexcept { return state_; }

  /// Adds an event: its number, and its record's event before, are filled in.
  void add(Event event) {
    const Book& book = book_of(event.book);
    const Record* record = find(book, event.id);
    event.sequence = next_++;
    event.previous = record == nullptr ? 0 : record->last;
    Record after = record == nullptr ? Record{} : *record;
    std::pair<std::uint8_t, std::string> key{book.number, event.id};
    events_.push_back(event);
    if (event.kind == EventKind::change) {
      apply(book, after, std::move(event));
    } else {
      after.last = event.sequence;
    }
    touched_.insert_or_assign(std::move(key), std::move(after));
  }

  [[nodiscard]] std::vector<Event>& events() noexcept { return events_; }

 private:
  const State& state_;
  std::uint64_t next_;
  std::map<std::pair<std::uint8_t, std::string>, Record> touched_{};
  std::vector<Event> events_{};
};

}  // namespace assay::registry
