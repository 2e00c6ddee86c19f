#pragma once
/// \file
/// A state kept in step with its journal.

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/registry/event.hpp>
#include <assay/registry/state.hpp>
#include <assay/registry/store.hpp>

namespace assay::registry {

/// Folds a journal, follows it while others write, and writes to its end.
///
/// The journal is the truth, the state a copy: whatever fails, the two are in step or the state is folded anew.
class Follower {
 public:
  /// A folded state is put by after `keep_every` new events, so that the next opening is quick; 0: never.
  /// \throws StoreError when the store cannot be read; FormatError when a newer release wrote it or it is damaged.
  Follower(std::unique_ptr<Store> store, std::uint64_t keep_every) : store_{std::move(store)}, keep_every_{keep_every} {
    restore();
    catch_up();
    keep_quietly();
  }

  /// As far as the journal was followed. Valid until the next call that is not const.
  [[nodiscard]] const State& state() const noexcept { return state_; }
  [[nodiscard]] const Head& head() const noexcept { return head_; }
  [[nodiscard]] Store& store() const noexcept { return *store_; }

  /// Takes in what others have written.
  void catch_up() {
    try {
      store_->read(head_.sequence, UINT64_MAX, [this](const EntryView& entry) {
        state_.apply(event_from_bytes(entry.bytes, Part::state));
        head_ = {entry.sequence, entry.hash};
        return true;
      });
    } catch (const AssayError&) {
      throw;  // up to the entry before, state and head are in step
    } catch (...) {
      forget();
      throw;
    }
  }

  /// Writes events that were decided on this state; false when somebody else was first.
  /// \throws StoreError (nothing was written), also when the journal is no longer the one that was followed.
  [[nodiscard]] bool append(const std::vector<Event>& events) {
    std::vector<NewEntry> entries;
    entries.reserve(events.size());
    for (const Event& event : events) entries.push_back({to_bytes(event), event.command_id});
    if (entries.empty()) return true;
    const auto head = store_->append(head_, entries);
    if (!head) {
      const Head now = store_->head();
      if (now.sequence < head_.sequence || (now.sequence == head_.sequence && now.hash != head_.hash))
        throw StoreError("the journal in " + store_->place() + " was cut short or written anew while it was open");
      return false;
    }
    try {
      for (const Event& event : events) state_.apply(event);
      head_ = *head;
    } catch (...) {
      forget();  // what was written is safe, so the call has succeeded
    }
    keep_quietly();
    return true;
  }

  /// Puts the folded state by, if there are so many events since the last time.
  void keep_state(std::uint64_t after_events = 1) {
    if (after_events == 0 || !store_->writable() || state_.sequence() < kept_ + after_events) return;
    store_->store_state({head_, state_.to_bytes()});
    kept_ = state_.sequence();
  }

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

  /// Losing a folded state costs time, never truth: a full disk is no reason to fail.
  void keep_quietly() {
    try {
      keep_state(keep_every_);
    } catch (const std::exception&) {
      kept_ = state_.sequence();  // it is tried again after as many events
    }
  }

  void forget() noexcept {
    state_ = State{};
    head_ = Head{};
    kept_ = 0;
  }

  std::unique_ptr<Store> store_;
  std::uint64_t keep_every_;
  State state_{};
  Head head_{};
  std::uint64_t kept_{0};
};

}  // namespace assay::registry
