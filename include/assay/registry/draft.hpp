#pragma once
/// \file
/// A state with events on top of it that are not written yet, so that many commands are decided wholly or not at all.

#include <array>
#include <cstdint>
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

  /// A record with the draft's events applied; nothing where there is none of this id. Valid until the next event.
  [[nodiscard]] const Record* find(const Book& book, std::string_view id) const {
    const State::Records& own = touched_.at(book.number - 1U);
    const auto found = own.find(id);
    return found != own.end() ? &found->second : state_.find(book, id);
  }

  [[nodiscard]] const State& state() const noexcept { return state_; }

  /// Adds an event: its number, and its record's event before, are filled in.
  void add(Event event) {
    const Book& book = book_of(event.book);
    const Record* found = find(book, event.id);
    Record after = found == nullptr ? Record{} : *found;
    event.sequence = next_;
    event.previous = after.last;
    check(book, after, event);
    if (event.kind == EventKind::change) {
      apply(book, after, event);
    } else {
      after.last = event.sequence;
    }
    touched_.at(book.number - 1U).insert_or_assign(event.id, std::move(after));
    events_.push_back(std::move(event));
    ++next_;
  }

  [[nodiscard]] std::vector<Event>& events() noexcept { return events_; }

 private:
  const State& state_;
  std::uint64_t next_;
  std::array<State::Records, book_count> touched_{};
  std::vector<Event> events_{};
};

}  // namespace assay::registry
