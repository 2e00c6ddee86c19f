#pragma once
/// \file
/// Opening, proving and signing journals. Compiled: link Assay::store.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <assay/core/time.hpp>
#include <assay/registry/store.hpp>

namespace assay::registry {

/// How a store is opened.
///
/// A SQLite file must not be opened by two copies of the SQLite library in one process: the copy that closes it drops
/// the locks of the other, and a second writer gets in. Assay uses the system's shared library. In the same process
/// look at a journal through the Store alone; other programs may open the file with any tool, to read.
struct StoreOptions {
  bool read_only{false};
  /// False refuses a place that holds no journal yet.
  bool create{true};
  /// How long another writer, or a server that went away, is waited for before StoreError.
  std::chrono::milliseconds patience{5'000};
  /// SQLite only: write-ahead log instead of the rollback journal. Refused with an SQLite older than 3.51.3, whose
  /// write-ahead log can corrupt a file that several processes write.
  bool write_ahead_log{false};
};

/// Opens the journal at a place: a path (SQLite), "postgresql://..." or "postgres://..." (PostgreSQL, where built
/// with it), or ":memory:" (gone with the object).
/// \throws StoreError when the file is foreign, of a newer format, on a network file system, locked or not reachable.
/// \throws InputError when the place is empty or of a kind that is not known.
[[nodiscard]] std::unique_ptr<Store> open_store(const std::string& url, const StoreOptions& options = {});

/// True when this build can open postgresql:// places.
[[nodiscard]] bool has_postgresql() noexcept;

/// The link from one entry to the next: SHA-256("assay journal entry 1" 0x00, before, bytes).
[[nodiscard]] Hash chain(const Hash& before, ByteView bytes);

/// Ed25519 keys. The secret key stays away from the registry's machine; whoever holds it can sign a false journal.
using PublicKey = std::array<std::byte, 32>;
using SecretKey = std::array<std::byte, 64>;
struct KeyPair {
  PublicKey public_key{};
  SecretKey secret_key{};
};
/// A fresh pair from the system's source of randomness.
[[nodiscard]] KeyPair make_key_pair();
/// The pair that belongs to 32 secret bytes: the same bytes, the same pair.
[[nodiscard]] KeyPair key_pair_from_seed(std::span<const std::byte, 32> seed);

/// A signed statement that a journal had this head at this time. It is meant to leave the machine: only a checkpoint
/// kept elsewhere shows that a journal was cut short or written anew from its beginning.
struct Checkpoint {
  Head head{};
  TimePoint at{};
  PublicKey public_key{};
  std::array<std::byte, 64> signature{};

  /// One line of text, "assay-checkpoint-1 <sequence> <hash> <time> <public key> <signature>": hexadecimal, but for the
  /// sequence number in decimal and the time as 2026-11-22T23:42:54.000000Z.
  [[nodiscard]] std::string to_text() const;
  /// \throws FormatError when the text is not such a line.
  static Checkpoint from_text(const std::string& text);
  /// Whether the signature belongs to what the checkpoint says.
  [[nodiscard]] bool genuine() const;

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};
/// \throws InputError when the time is not within the years 0 to 9999.
[[nodiscard]] Checkpoint sign(const Head& head, TimePoint at, const SecretKey& key);

/// What was found when a journal was proved: whole, or what is wrong and at which entry.
struct Verdict {
  enum class Problem : std::uint8_t {
    none,
    altered,           ///< an entry's bytes do not give its hash
    broken_order,      ///< an entry is missing, repeated or out of order
    shorter,           ///< the journal ends before the checkpoint
    other_history,     ///< the entry at the checkpoint has another hash: the journal was written anew
    false_checkpoint,  ///< the checkpoint's signature does not belong to it, or another key signed it
    could_not_run,     ///< the store could not be read to its end: nothing is said about the journal
  };
  Problem problem{Problem::none};
  std::uint64_t position{0};  ///< the entry at which it was found; 0 where no entry is to blame
  Head head{};                ///< as far as the journal was proved
  std::string words{};        ///< the same, as a sentence

  [[nodiscard]] bool whole() const noexcept { return problem == Problem::none; }
};

/// Proves a journal from its first entry: every hash, every number, and the checkpoint if one is given. `trusted` is
/// the key that the checkpoint must have been signed with. Entries are hashed on `threads` threads (0 counts as 1).
/// Never throws for what the store does or holds: `could_not_run` is told apart from tampering.
[[nodiscard]] Verdict verify(Store& store, const std::optional<Checkpoint>& checkpoint = {},
                             const std::optional<PublicKey>& trusted = {}, unsigned threads = 1);

}  // namespace assay::registry
