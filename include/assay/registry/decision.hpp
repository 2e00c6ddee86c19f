#pragma once
/// \file
/// One command in the course of being decided: what a verb's rule sees, and what it may do.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/core/time.hpp>
#include <assay/registry/book.hpp>
#include <assay/registry/event.hpp>
#include <assay/registry/record.hpp>

namespace assay::registry {

class Decision {
 public:
  /// Finds a record by the number of its book and its id; nullptr where there is none.
  using Find = std::function<const Record*(std::uint8_t, std::string_view)>;

  Decision(Find find, const Book& book, const Verb& verb, const Record& before, Event&& event)
      : find_{std::move(find)}, book_{book}, verb_{verb}, before_{before}, event_{std::move(event)} {}

  [[nodiscard]] const Book& book() const noexcept { return book_; }
  [[nodiscard]] const Verb& verb() const noexcept { return verb_; }
  /// The record as it is; of version 0 when it is being made.
  [[nodiscard]] const Record& before() const noexcept { return before_; }
  [[nodiscard]] const std::string& id() const noexcept { return event_.id; }
  [[nodiscard]] TimePoint effective() const noexcept { return event_.effective; }
  [[nodiscard]] Day today() const noexcept { return std::chrono::floor<std::chrono::days>(event_.effective); }

  /// A field as it will be.
  [[nodiscard]] const Value& field(std::uint8_t number) const {
    for (const auto& [each, value] : event_.changes)
      if (each == number) return value;
    static const Value none{};
    return before_.version == 0 ? none : before_.at(book_, number);
  }
  [[nodiscard]] std::string text(std::uint8_t number) const {
    const auto* value = std::get_if<std::string>(&field(number));
    return value == nullptr ? std::string{} : *value;
  }
  [[nodiscard]] Texts texts(std::uint8_t number) const {
    const auto* value = std::get_if<Texts>(&field(number));
    return value == nullptr ? Texts{} : *value;
  }

  /// An argument of the command, of the type the verb declares; nullptr where it was not given.
  template <class Alternative>
  [[nodiscard]] const Alternative* argument(std::uint8_t number) const {
    for (const auto& [each, value] : event_.arguments)
      if (each == number) return std::get_if<Alternative>(&value);
    return nullptr;
  }

  /// Another record of the same book; nullptr where there is none.
  [[nodiscard]] const Record* other(std::string_view other_id) const { return find_(book_.number, other_id); }
  /// A record of another book.
  [[nodiscard]] const Record* other(std::uint8_t other_book, std::string_view other_id) const {
    return find_(other_book, other_id);
  }

  void set(std::uint8_t number, Value value) {
    for (auto& [each, old] : event_.changes)
      if (each == number) {
        old = std::move(value);
        return;
      }
    event_.changes.emplace_back(number, std::move(value));
  }

  /// Another record of the same book changes with this one.
  void also(const Record& record, Values changes) {
    Event event = event_;
    event.id = record.id;
    event.state = record.state;
    event.version = record.version + 1;
    event.changes = std::move(changes);
    if (event.effective < record.changed)
      refuse("time_order", "time goes forward: " + std::string{book_.noun} + " " + in_quotes(record.id) +
                               " changed last at " + assay::to_text(record.changed));
    others_.push_back(std::move(event));
  }
  /// Another record of the same book comes into being with this one.
  void make(const std::string& new_id, std::uint8_t state, Values fields) {
    Record none;
    none.id = new_id;
    none.state = state;
    also(none, std::move(fields));
  }
  /// The command changes only other records.
  void leave_alone() noexcept { alone_ = true; }

  [[noreturn]] void refuse(std::string rule, const std::string& message, std::vector<std::string> legal = {}) const {
    throw RefusedError(message, std::move(rule), std::move(legal));
  }
  /// "queue 'q-1'"
  [[nodiscard]] std::string name() const { return std::string{book_.noun} + " " + in_quotes(event_.id); }

  /// What the command comes to. One that changes nothing comes to no event.
  [[nodiscard]] std::vector<Event> settle() && {
    if (before_.version > 0)
      std::erase_if(event_.changes, [&](const auto& each) { return before_.at(book_, each.first) == each.second; });
    else
      std::erase_if(event_.changes, [](const auto& each) { return !is_set(each.second); });
    std::sort(event_.changes.begin(), event_.changes.end(),
              [](const auto& one, const auto& other) { return one.first < other.first; });
    event_.state = verb_.to.value_or(before_.state);
    event_.version = before_.version + 1;
    const bool idle = before_.version > 0 && event_.state == before_.state && event_.changes.empty() && !verb_.to;
    std::vector<Event> events;
    if (!alone_ && !idle) events.push_back(event_);
    events.insert(events.end(), others_.begin(), others_.end());
    for (std::size_t i = 0; i < events.size(); ++i) {
      events[i].together = i == 0 ? static_cast<std::uint32_t>(events.size()) : 0;
      events[i].cause = i == 0 ? event_.cause : 0;
      events[i].command_id = i == 0 ? event_.command_id : std::string{};
    }
    return events;
  }

 private:
  Find find_;
  const Book& book_;
  const Verb& verb_;
  const Record& before_;
  Event event_;
  std::vector<Event> others_{};
  bool alone_{false};
};

}  // namespace assay::registry
