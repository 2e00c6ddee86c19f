#pragma once
/// \file
/// What all stores do with entries before they write and after they read them.

#include <unistd.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <assay/registry/journal.hpp>

namespace assay::registry::store {

/// \throws InputError when an entry or a command id is too long.
void check_lengths(std::span<const NewEntry> entries);
/// \throws InputError when the state is too long.
void check_length(const StoredState& state);
/// \throws InputError when a command id stands twice among the entries.
void refuse_repeated(std::span<const NewEntry> entries);

/// The hash of each entry when they are appended to `head`.
[[nodiscard]] std::vector<Hash> chain_all(const Head& head, std::span<const NewEntry> entries);

/// What a stored state's own bytes must give, so that a damaged one is not used.
[[nodiscard]] Hash proof_of(const StoredState& state);

/// A hash as it was stored; bytes that are not 32 give a hash that fits no entry.
[[nodiscard]] Hash hash_from(const void* bytes, std::size_t size) noexcept;

/// Entries that were copied out of a store, so that no lock is held while they are looked at.
class Page {
 public:
  static constexpr std::uint64_t most_entries = 2'048;
  static constexpr std::size_t enough_bytes = std::size_t{4} << 20U;

  void clear() noexcept;
  void add(std::uint64_t sequence, const Hash& hash, ByteView bytes, std::string_view command_id);
  [[nodiscard]] bool full() const noexcept { return entries_.size() >= most_entries || arena_.size() >= enough_bytes; }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::uint64_t last_sequence() const { return entries_.back().sequence; }
  [[nodiscard]] EntryView operator[](std::size_t index) const;

 private:
  struct Placed {
    std::uint64_t sequence;
    Hash hash;
    std::size_t begin;
    std::size_t bytes;
    std::size_t command_id;
  };
  std::vector<Placed> entries_{};
  std::vector<std::byte> arena_{};
};

/// Hands entries on page by page. `fetch(after, last, most, page)` fills a page with the entries of
/// after < sequence <= last; an empty page ends the reading.
template <class Fetch>
void read_by_pages(std::uint64_t after, std::uint64_t last, std::uint64_t most, const Store::Reader& reader,
                   Fetch&& fetch) {
  Page page;
  while (most > 0 && after < last) {
    page.clear();
    fetch(after, last, most < Page::most_entries ? most : Page::most_entries, page);
    if (page.size() == 0) return;
    for (std::size_t i = 0; i < page.size(); ++i)
      if (!reader(page[i])) return;
    after = page.last_sequence();
    most -= page.size();
  }
}

/// Remembers the process that opened a store: locks and sockets do not survive a fork.
class OwnProcess {
 public:
  [[nodiscard]] bool here() const noexcept { return getpid() == process_; }
  /// \throws StoreError in any other process.
  void check(const std::string& place) const;

 private:
  pid_t process_{getpid()};
};

}  // namespace assay::registry::store
