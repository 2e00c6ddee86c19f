#pragma once
/// \file
/// One command in the course of being decided: what a verb's rule sees, and what it may do.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
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

  /// \throws RefusedError when a record changed after this command takes effect: what it was then is not known here.
  void stood_as_now(const Record& record) const {
    if (event_.effective < record.changed)
      refuse("time_order", "time goes forward: " + std::string{book_.noun} + " " + in_quotes(record.id) +
                               " changed last at " + assay::to_text(record.changed) + ", this would take effect at " +
                               assay::to_text(event_.effective));
  }

  /// Another record of the same book changes with this one.
  void also(const Record& record, Values changes) {
    stood_as_now(record);
    std::erase_if(changes, [&](const auto& each) { return record.at(book_, each.first) == each.second; });
    add_other(record.id, record.state, record.version + 1, std::move(changes));
  }
  /// Another record of the same book comes into being with this one.
  void make(const std::string& new_id, std::uint8_t state, Values fields) {
    if (const std::string fault = id_fault(new_id); !fault.empty())
      refuse("text",
             "a new " + std::string{book_.noun} + " cannot be called " + in_quotes(new_id) + ": it has " + fault);
    if (const Record* taken = other(new_id))
      refuse("id_taken",
             "there is a " + std::string{book_.noun} + " " + in_quotes(new_id) + " already (" +
                 std::string{book_.state_name(taken->state)} + "); ids are never used again",
             book_.legal_from(taken->state));
    add_other(new_id, state, 1, std::move(fields));
  }
  /// The command changes only other records.
  void leave_alone() noexcept { alone_ = true; }

  [[noreturn]] void refuse(std::string rule, const std::string& message, std::vector<std::string> legal = {}) const {
    throw RefusedError(message, std::move(rule), std::move(legal));
  }
  /// "queue 'q-1'"
  [[nodiscard]] std::string name() const { return std::string{book_.noun} + " " + in_quotes(event_.id); }

  /// What the command comes to. One that changes nothing comes to no event, unless its id must be remembered: sent
  /// again later, it must not change what others have changed since.
  [[nodiscard]] std::vector<Event> settle() && {
    if (before_.version > 0)
      std::erase_if(event_.changes, [&](const auto& each) { return before_.at(book_, each.first) == each.second; });
    else
      std::erase_if(event_.changes, [](const auto& each) { return !is_set(each.second); });
    std::sort(event_.changes.begin(), event_.changes.end(),
              [](const auto& one, const auto& other) { return one.first < other.first; });
    event_.state = verb_.to.value_or(before_.state);
    event_.version = before_.version + 1;
    const bool idle = before_.version > 0 && event_.changes.empty() && !verb_.to && event_.command_id.empty();
    const std::uint64_t cause = event_.cause;
    const std::string command_id = event_.command_id;
    std::vector<Event> events;
    if (!alone_ && !idle) events.push_back(std::move(event_));
    std::move(others_.begin(), others_.end(), std::back_inserter(events));
    for (std::size_t i = 0; i < events.size(); ++i) {
      events[i].together = i == 0 ? static_cast<std::uint32_t>(events.size()) : 0;
      events[i].cause = i == 0 ? cause : 0;
      events[i].command_id = i == 0 ? command_id : std::string{};
    }
    return events;
  }

 private:
  void add_other(const std::string& other_id, std::uint8_t state, std::uint64_t version, Values changes) {
    std::sort(changes.begin(), changes.end(), [](const auto& one, const auto& two) { return one.first < two.first; });
    Event event = event_;
    event.id = other_id;
    event.state = state;
    event.version = version;
    event.changes = std::move(changes);
    others_.push_back(std::move(event));
  }

  Find find_;
  const Book& book_;
  const Verb& verb_;
  const Record& before_;
  Event event_;
  std::vector<Event> others_{};
  bool alone_{false};
};

}  // namespace assay::registry
