#pragma once
/// \file
/// Where a journal is kept: an append-only row of entries, each chained to the one before by its hash.
///
/// A store knows nothing of queues or rules. What it promises, and what one conformance suite proves of every store:
/// an append is wholly there or not at all, is durable when the call returns, and happens only onto the head that the
/// caller has seen; an entry once written is never altered.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <assay/core/error.hpp>
#include <assay/core/sketch.hpp>

namespace assay::registry {

/// SHA-256 of a domain tag, the hash before, and an entry's bytes. All zero before the first entry.
using Hash = std::array<std::byte, 32>;

/// The end of a journal: how many entries it holds, and the hash of the last.
struct Head {
  std::uint64_t sequence{0};
  Hash hash{};

  friend bool operator==(const Head&, const Head&) = default;
};

/// The most that one entry, one command id and one stored state may hold; more is an InputError in every store.
inline constexpr std::size_t most_entry_bytes = std::size_t{64} << 20U;
inline constexpr std::size_t most_command_id_bytes = 1'000;
inline constexpr std::size_t most_state_bytes = std::size_t{512} << 20U;

/// What is to be appended. `command_id` is empty or, over the whole journal, unique.
struct NewEntry {
  Bytes bytes{};
  std::string command_id{};
};

/// One entry as it is stored; it lives until the reader returns.
struct EntryView {
  std::uint64_t sequence{0};  ///< 1, 2, 3, ... without a gap
  const Hash& hash;
  ByteView bytes{};
  std::string_view command_id{};
};

/// A state that was folded from all entries up to and including `head`: a cache, never the truth.
struct StoredState {
  Head head{};
  Bytes bytes{};

  friend bool operator==(const StoredState&, const StoredState&) = default;
};

/// The one failure after which it is not known whether the entries were written: the store broke away while it
/// committed and did not come back in time. Reading the journal tells, once it can be read; appending the same entries
/// to the same head, or the same command id, again can do no harm.
class OutcomeUnknown : public StoreError {
 public:
  using StoreError::StoreError;
};

/// \throws StoreError from every member when the store cannot be reached or fails; nothing was written then, but for
/// OutcomeUnknown. The next call tries to reach the store anew.
///
/// One object is used by one thread at a time; many objects, threads and processes may share one journal. An object
/// does not survive a fork: the child's calls are refused, so that the parent's journal is not disturbed.
class Store {
 public:
  /// Reads one entry; false ends the reading.
  using Reader = std::function<bool(const EntryView&)>;

  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  /// The end of the journal as it is now, whoever wrote it.
  [[nodiscard]] virtual Head head() = 0;

  /// Appends all entries, durably, if the journal still ends at `expected`; else writes nothing. No entries: nothing is
  /// written, and the answer tells whether the journal still ends there.
  /// \return the new head, or nothing when somebody else has appended meanwhile or an entry's command id is taken.
  /// \throws InputError when an entry or a command id is too long, or a command id stands twice among the entries.
  [[nodiscard]] virtual std::optional<Head> append(const Head& expected, std::span<const NewEntry> entries) = 0;

  /// Reads entries after a sequence number, in order, `most` at the most, up to the journal's end at the time of the
  /// call. No lock is held while `reader` runs: others write meanwhile, and it may itself use this store.
  virtual void read(std::uint64_t after, std::uint64_t most, const Reader& reader) = 0;

  /// The sequence number of the entry with this command id.
  [[nodiscard]] virtual std::optional<std::uint64_t> find_command(std::string_view command_id) = 0;

  /// The newest stored state that belongs to this journal and is undamaged. Losing one costs time, never truth.
  [[nodiscard]] virtual std::optional<StoredState> stored_state() = 0;
  /// Keeps a state, and the one before it.
  /// \throws StoreError when the state's head is not an entry of this journal. \throws InputError when it is too long.
  virtual void store_state(const StoredState& state) = 0;

  /// False where this user may look but not write; append and store_state throw StoreError then.
  [[nodiscard]] virtual bool writable() const = 0;

  /// The place in words, for messages: no passwords.
  [[nodiscard]] virtual std::string place() const = 0;
};

}  // namespace assay::registry
