#pragma once
/// \file
/// A registry at work: a state kept in step with its journal, and commands that become entries of it.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/core/time.hpp>
#include <assay/registry/command.hpp>
#include <assay/registry/decide.hpp>
#include <assay/registry/draft.hpp>
#include <assay/registry/event.hpp>
#include <assay/registry/state.hpp>
#include <assay/registry/store.hpp>

namespace assay::registry {

using Clock = std::function<TimePoint()>;

[[nodiscard]] inline TimePoint system_time() {
  return std::chrono::floor<Microseconds>(std::chrono::system_clock::now());
}

/// May veto a command: the reason why, or nothing where it may go on. Sees the record as it is, nullptr where there is
/// none yet.
using Authoriser = std::function<std::optional<std::string>(const Command&, const Record*)>;

struct RegistryOptions {
  Clock clock{system_time};
  Authoriser authoriser{};
  /// A folded state is put by after so many new events, so that the next opening is quick; 0: never.
  std::uint64_t store_state_every{20'000};
  /// How far this machine's clock may be behind the newest event before commands are refused.
  std::chrono::seconds clock_tolerance{60};
};

/// Books that are in order because every change to them is checked first and written before it counts.
///
/// Use when: one process or many must agree on what queues there are and what state they are in. Every call sees what
/// other processes have written. Used by one thread at a time.
/// Not for: reading other people's SQLite files; the file belongs to the registry (see Store).
/// No data: an empty journal is an empty registry.
class Registry {
 public:
  /// \throws StoreError when the store cannot be read; FormatError when a newer release wrote it or it is damaged.
  explicit Registry(std::unique_ptr<Store> store, RegistryOptions options = {})
      : store_{std::move(store)}, options_{std::move(options)} {
    restore();
    catch_up();
    keep_state(options_.store_state_every);
  }

  /// Does what the commands ask, all of it or nothing, and returns what was written, once it is safe.
  ///
  /// A command whose command_id was done before is not done again: what was written then is returned.
  /// \throws RefusedError (nothing was written) naming the rule; InputError for a value of the wrong type; StoreError.
  std::vector<Event> execute(std::span<const Command> commands) {
    constexpr int most_tries = 1000;
    for (int tries = 0; tries < most_tries; ++tries) {
      settle_due();
      if (auto done = done_before(commands)) return std::move(*done);
      Draft draft{state_};
      const TimePoint now = time_of_recording();
      for (std::size_t i = 0; i < commands.size(); ++i) {
        try {
          authorise(commands[i], draft);
          decide(draft, commands[i], now);
        } catch (const RefusedError& refused) {
          if (commands.size() == 1) throw;
          throw RefusedError("command " + std::to_string(i + 1) + " of " + std::to_string(commands.size()) + ": " +
                                 refused.what() + "; none of them was done",
                             refused.rule(), refused.legal());
        }
      }
      if (write(draft)) return std::move(draft.events());
    }
    throw StoreError("others write to " + store_->place() + " so often that this command found no turn; try again");
  }
  std::vector<Event> execute(const Command& command) { return execute(std::span{&command, 1}); }

  /// Calls a waiting command off. `sequence` is that of its event.
  std::vector<Event> cancel(std::uint64_t sequence, const std::string& actor, const std::string& reason,
                            const std::string& ticket = {}) {
    constexpr int most_tries = 1000;
    for (int tries = 0; tries < most_tries; ++tries) {
      settle_due();
      const Event* waiting = nullptr;
      for (const auto& [due, event] : state_.waiting())
        if (due.second == sequence) waiting = &event;
      if (waiting == nullptr)
        throw RefusedError("no command is waiting under event " + std::to_string(sequence), "unknown_id");
      Event event = *waiting;
      event.kind = EventKind::cancelled;
      event.cause = sequence;
      event.actor = actor;
      event.reason = reason;
      event.ticket = ticket;
      event.command_id.clear();
      event.recorded = event.effective = time_of_recording();
      Command manner = command_of(*waiting);
      manner.actor = actor;
      manner.reason = reason;
      manner.ticket = ticket;
      detail::check_manner(manner);
      Draft draft{state_};
      authorise(manner, draft);
      const Record* record = draft.find(book_of(event.book), event.id);
      event.state = record->state;
      event.version = record->version;
      draft.add(std::move(event));
      if (write(draft)) return std::move(draft.events());
    }
    throw StoreError("others write to " + store_->place() + " so often that this command found no turn; try again");
  }

  /// Everything as it is now, whoever wrote it, with what was due done. Valid until the next call.
  const State& state() {
    settle_due();
    return state_;
  }

  /// Everything as it stood at a time, by when changes took effect.
  [[nodiscard]] State as_of(TimePoint time) {
    State out;
    store_->read(0, UINT64_MAX, [&](const EntryView& entry) {
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

  /// Every event of one record, first to last.
  /// \throws RefusedError when there is no such record.
  [[nodiscard]] std::vector<Event> history(const Book& book, std::string_view id) {
    settle_due();
    const Record* record = state_.find(book, id);
    if (record == nullptr)
      throw RefusedError("there is no " + std::string{book.noun} + " " + in_quotes(id), "unknown_id");
    std::vector<Event> events;
    for (std::uint64_t at = record->last; at != 0; at = events.back().previous) events.push_back(event_at(at));
    std::reverse(events.begin(), events.end());
    return events;
  }

  /// Events after a sequence number, in order: what a subscriber has not seen yet.
  [[nodiscard]] std::vector<Event> changes(std::uint64_t since, std::uint64_t most = UINT64_MAX) {
    std::vector<Event> events;
    store_->read(since, most, [&](const EntryView& entry) {
      events.push_back(event_from_bytes(entry.bytes));
      return true;
    });
    return events;
  }

  /// Puts the folded state by, so that the next opening is quick.
  void keep_state(std::uint64_t after_events = 1) {
    if (after_events == 0 || !store_->writable() || state_.sequence() < kept_ + after_events) return;
    store_->store_state({head_, state_.to_bytes()});
    kept_ = state_.sequence();
  }

  [[nodiscard]] const Head& head() {
    catch_up();
    return head_;
  }
  [[nodiscard]] Store& store() noexcept { return *store_; }

 private:
  void restore() {
    const auto stored = store_->stored_state();
    if (!stored || stored->head.sequence == 0) return;
    bool same = false;
    store_->read(stored->head.sequence - 1, 1, [&](const EntryView& entry) {
      same = entry.sequence == stored->head.sequence && entry.hash == stored->head.hash;
      return false;
    });
    if (!same) return;
    try {
      State state = State::from_bytes(stored->bytes);
      if (state.sequence() != stored->head.sequence) return;
      state_ = std::move(state);
    } catch (const FormatError&) {
      return;  // a cache of another release or damaged: the journal itself is read
    }
    head_ = stored->head;
    kept_ = head_.sequence;
  }

  void catch_up() {
    store_->read(head_.sequence, UINT64_MAX, [this](const EntryView& entry) {
      state_.apply(event_from_bytes(entry.bytes, Part::state));
      head_ = {entry.sequence, entry.hash};
      return true;
    });
  }

  [[nodiscard]] TimePoint time_of_recording() const {
    const TimePoint now = options_.clock();
    if (now >= state_.recorded()) return now;
    if (state_.recorded() - now > options_.clock_tolerance)
      throw RefusedError("time goes forward: this machine's clock says " + to_text(now) + ", the newest event is of " +
                             to_text(state_.recorded()) + "; set the clock right",
                         "clock");
    return state_.recorded();
  }

  void authorise(const Command& command, const Draft& draft) const {
    if (!options_.authoriser) return;
    if (const auto veto = options_.authoriser(command, draft.find(book_of(command.book), command.id)))
      throw RefusedError("'" + command.verb + "' by " + in_quotes(command.actor) + " was vetoed: " + *veto, "vetoed");
  }

  /// The command that waits under an event.
  [[nodiscard]] static Command command_of(const Event& event) {
    const Book& book = book_of(event.book);
    const Verb* verb = book.verb(event.verb);
    if (verb == nullptr) throw FormatError("a verb of a newer release of Assay waits for its time");
    Command command;
    command.book = book.name;
    command.verb = verb->name;
    command.id = event.id;
    command.actor = event.actor;
    command.reason = event.reason;
    command.ticket = event.ticket;
    command.at = event.effective;
    for (const auto& [number, value] : event.changes)
      command.values.emplace_back(book.fields.at(*book.field(number)).name, value);
    for (const auto& [number, value] : event.arguments)
      for (const Argument& argument : verb->arguments)
        if (argument.number == number) command.values.emplace_back(argument.name, value);
    return command;
  }

  /// Catches up, then does the waiting commands whose time has come.
  void settle_due() {
    for (catch_up(); store_->writable() && !state_.waiting().empty(); catch_up()) {
      const Event waiting = state_.waiting().begin()->second;
      if (waiting.effective > options_.clock()) return;
      Draft draft{state_};
      const TimePoint now = std::max(time_of_recording(), waiting.effective);
      std::string refusal = "it changed nothing";
      try {
        decide(draft, command_of(waiting), now, waiting.sequence);
      } catch (const RefusedError& refused) {
        refusal = refused.what();
      } catch (const InputError& refused) {
        refusal = refused.what();
      }
      if (draft.events().empty()) {
        Event lapsed = waiting;
        const Record* record = draft.find(book_of(waiting.book), waiting.id);
        lapsed.kind = EventKind::lapsed;
        lapsed.state = record->state;
        lapsed.version = record->version;
        lapsed.cause = waiting.sequence;
        lapsed.recorded = now;
        lapsed.reason = refusal.substr(0, detail::most_reason_bytes);
        lapsed.command_id.clear();
        draft.add(std::move(lapsed));
      }
      (void)write(draft);  // not written: somebody else was first, and the next round sees what they did
    }
  }

  [[nodiscard]] Event event_at(std::uint64_t sequence) {
    std::optional<Event> found;
    store_->read(sequence - 1, 1, [&](const EntryView& entry) {
      found = event_from_bytes(entry.bytes);
      return false;
    });
    if (!found) throw StoreError("event " + std::to_string(sequence) + " is not in " + store_->place());
    return std::move(*found);
  }

  /// What was written when these commands were done before; nothing when none of them was.
  [[nodiscard]] std::optional<std::vector<Event>> done_before(std::span<const Command> commands) {
    std::vector<Event> events;
    std::size_t found = 0;
    for (const Command& command : commands) {
      if (command.command_id.empty()) continue;
      const auto sequence = store_->find_command(command.command_id);
      if (!sequence) continue;
      ++found;
      const Event first = event_at(*sequence);
      const Book& book = book_of(first.book);
      const Verb* verb = book.verb(first.verb);
      const bool same_record = first.id == command.id || command.verb == "clone";
      if (book.name != command.book || verb == nullptr || verb->name != command.verb || !same_record)
        throw RefusedError("command_id " + in_quotes(command.command_id) + " was used before, for '" +
                               std::string{verb == nullptr ? "another verb" : verb->name} + "' of " +
                               std::string{book.noun} + " " + in_quotes(first.id),
                           "command_id_reused");
      for (std::uint32_t i = 0; i < std::max(first.together, 1U); ++i) events.push_back(event_at(*sequence + i));
    }
    if (found == 0) return {};
    if (found != commands.size())
      throw RefusedError("some of these commands were done before, others not; send the others alone",
                         "command_id_reused");
    return events;
  }

  /// Appends the draft's events; false when somebody else was first.
  [[nodiscard]] bool write(Draft& draft) {
    std::vector<NewEntry> entries;
    entries.reserve(draft.events().size());
    for (const Event& event : draft.events()) entries.push_back({to_bytes(event), event.command_id});
    if (entries.empty()) return true;
    const auto head = store_->append(head_, entries);
    if (!head) return false;
    for (const Event& event : draft.events()) state_.apply(event);
    head_ = *head;
    keep_state(options_.store_state_every);
    return true;
  }

  std::unique_ptr<Store> store_;
  RegistryOptions options_;
  State state_{};
  Head head_{};
  std::uint64_t kept_{0};
};

}  // namespace assay::registry
