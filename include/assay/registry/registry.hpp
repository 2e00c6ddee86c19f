#pragma once
/// \file
/// A registry at work: a state kept in step with its journal, and commands that become entries of it.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/core/time.hpp>
#include <assay/registry/command.hpp>
#include <assay/registry/decide.hpp>
#include <assay/registry/draft.hpp>
#include <assay/registry/event.hpp>
#include <assay/registry/follower.hpp>
#include <assay/registry/past.hpp>
#include <assay/registry/state.hpp>
#include <assay/registry/store.hpp>
#include <assay/registry/waiting.hpp>

namespace assay::registry {

using Clock = std::function<TimePoint()>;

[[nodiscard]] inline TimePoint system_time() {
  return std::chrono::floor<Microseconds>(std::chrono::system_clock::now());
}

/// May veto a command: the reason why, or nothing where it may go on. Sees the record as it is, nullptr where there is
/// none yet; the verb is "cancel" where a waiting command is called off. It may read the registry, not change it.
using Authoriser = std::function<std::optional<std::string>(const Command&, const Record*)>;

struct RegistryOptions {
  Clock clock{system_time};
  Authoriser authoriser{};
  /// A folded state is put by after so many new events, so that the next opening is quick; 0: never.
  std::uint64_t store_state_every{50'000};
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
      : options_{std::move(options)}, journal_{std::move(store), options_.store_state_every} {}

  /// Does what the commands ask, all of it or nothing, and returns what was written, once it is safe.
  ///
  /// A command whose command_id was done before is not done again: what was written then is returned.
  /// \throws RefusedError (nothing was written) naming the rule; InputError for a value of the wrong type; StoreError.
  std::vector<Event> execute(std::span<const Command> commands) {
    refuse_from_authoriser();
    for (int tries = 0; tries < most_tries; ++tries) {
      settle_due();
      if (auto done = done_before(journal_.store(), commands)) return std::move(*done);
      Draft draft{journal_.state()};
      const TimePoint now = time_of_recording();
      for (std::size_t i = 0; i < commands.size(); ++i) decide_one(draft, commands, i, now);
      if (journal_.append(draft.events())) return std::move(draft.events());
    }
    give_up();
  }
  std::vector<Event> execute(const Command& command) { return execute(std::span{&command, 1}); }

  /// Calls a waiting command off. `sequence` is that of its event.
  /// \throws RefusedError when nothing waits under it.
  std::vector<Event> cancel(std::uint64_t sequence, const std::string& actor, const std::string& reason,
                            const std::string& ticket = {}) {
    refuse_from_authoriser();
    for (int tries = 0; tries < most_tries; ++tries) {
      settle_due();
      const Event* waiting = journal_.state().waiting_under(sequence);
      if (waiting == nullptr)
        throw RefusedError("no command is waiting under event " + std::to_string(sequence), "unknown_id");
      Draft draft{journal_.state()};
      Command manner = command_of(*waiting);
      manner.verb = "cancel";
      manner.actor = actor;
      manner.reason = reason;
      manner.ticket = ticket;
      authorise(manner, draft);
      call_off(draft, *waiting, manner, time_of_recording());
      if (journal_.append(draft.events())) return std::move(draft.events());
    }
    give_up();
  }

  /// Everything as it is now, whoever wrote it, with what was due done where this store can be written. Valid until
  /// the next call.
  const State& state() {
    look();
    return journal_.state();
  }

  /// Everything as it stood at a time, by when changes took effect.
  [[nodiscard]] State as_of(TimePoint time) {
    look();
    return state_as_of(journal_.store(), time);
  }

  /// Every event of one record, first to last.
  /// \throws RefusedError when there is no such record.
  [[nodiscard]] std::vector<Event> history(const Book& book, std::string_view id) {
    look();
    const Record* record = journal_.state().find(book, id);
    if (record == nullptr)
      throw RefusedError("there is no " + std::string{book.noun} + " " + in_quotes(id), "unknown_id");
    return events_back_from(journal_.store(), record->last);
  }

  /// Events after a sequence number, in order: what a subscriber has not seen yet.
  [[nodiscard]] std::vector<Event> changes(std::uint64_t since, std::uint64_t most = UINT64_MAX) {
    look();
    std::vector<Event> events;
    journal_.store().read(since, most, [&](const EntryView& entry) {
      events.push_back(event_from_bytes(entry.bytes));
      return true;
    });
    return events;
  }

  /// Puts the folded state by, so that the next opening is quick.
  void keep_state(std::uint64_t after_events = 1) { journal_.keep_state(after_events); }

  /// The end of the journal as it is now.
  [[nodiscard]] const Head& head() {
    catch_up();
    return journal_.head();
  }
  [[nodiscard]] Store& store() noexcept { return journal_.store(); }

 private:
  static constexpr int most_tries = 1000;

  void catch_up() {
    if (!authorising_) journal_.catch_up();
  }

  /// This machine's time, but never before the newest event; nothing when its clock is too far behind.
  [[nodiscard]] std::optional<TimePoint> time_now() const {
    const TimePoint now = options_.clock();
    if (!can_be_kept(now) || journal_.state().recorded() - now > options_.clock_tolerance) return {};
    return std::max(now, journal_.state().recorded());
  }

  [[nodiscard]] TimePoint time_of_recording() const {
    if (const auto now = time_now()) return *now;
    throw RefusedError("time goes forward: this machine's clock says " + to_text(options_.clock()) +
                           ", the newest event is of " + to_text(journal_.state().recorded()) + "; set the clock right",
                       "clock");
  }

  void authorise(const Command& command, const Draft& draft) {
    if (!options_.authoriser) return;
    const Record* record = draft.find(book_of(command.book), command.id);
    authorising_ = true;
    std::optional<std::string> veto;
    try {
      veto = options_.authoriser(command, record);
    } catch (...) {
      authorising_ = false;
      throw;
    }
    authorising_ = false;
    if (veto)
      throw RefusedError("'" + command.verb + "' by " + in_quotes(command.actor) + " was vetoed: " + *veto, "vetoed");
  }

  /// An authoriser may look at the registry (it sees it as it is, before the command), not change it.
  void refuse_from_authoriser() const {
    if (authorising_) throw RefusedError("an authoriser looks on: it cannot change the registry", "vetoed");
  }

  /// One of several commands; a refusal says which.
  void decide_one(Draft& draft, std::span<const Command> commands, std::size_t at, TimePoint now) {
    const auto told = [&](const AssayError& refused) {
      return "command " + std::to_string(at + 1) + " of " + std::to_string(commands.size()) + ": " + refused.what() +
             "; none of them was done";
    };
    try {
      authorise(commands[at], draft);
      decide(draft, commands[at], now);
    } catch (const RefusedError& refused) {
      if (commands.size() == 1) throw;
      throw RefusedError(told(refused), refused.rule(), refused.legal());
    } catch (const InputError& refused) {
      if (commands.size() == 1) throw;
      if (refused.wanted().empty()) throw InputError(told(refused));
      throw InputError(refused.wanted(), refused.got(), {refused.place().column, static_cast<std::int64_t>(at)},
                       "none of the commands was done");
    }
  }

  /// Catches up, then does the waiting commands whose time has come.
  void settle_due() {
    for (catch_up(); journal_.store().writable() && !authorising_ && !journal_.state().waiting().empty(); catch_up()) {
      const auto now = time_now();
      if (!now || journal_.state().waiting().begin()->first.first > *now) return;
      Draft draft{journal_.state()};
      carry_out(draft, journal_.state().waiting().begin()->second, *now);
      // not written: somebody else was first, and the next round sees what they did
      (void)journal_.append(draft.events());
    }
  }

  /// The same for whoever only looks: that what is due cannot be written now is no reason to see nothing.
  void look() {
    try {
      settle_due();
    } catch (const StoreError&) {
      catch_up();
    }
  }

  [[noreturn]] void give_up() const {
    throw StoreError("others write to " + journal_.store().place() +
                     " so often that this command found no turn; try again");
  }

  RegistryOptions options_;
  Follower journal_;
  bool authorising_{false};
};

}  // namespace assay::registry
