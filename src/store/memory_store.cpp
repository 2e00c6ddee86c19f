#include "memory_store.hpp"

#include <algorithm>

namespace assay::registry::store {

MemoryStore::MemoryStore(const StoreOptions& options) {
  if (options.read_only || !options.create)
    throw StoreError(
        "the journal at :memory: is always a new one: it cannot be opened read-only or without creating it");
}

Head MemoryStore::head() {
  if (entries_.empty()) return {};
  return {entries_.size(), entries_.back().hash};
}

std::optional<Head> MemoryStore::append(const Head& expected, std::span<const NewEntry> entries) {
  check_lengths(entries);
  if (head() != expected) return std::nullopt;
  const bool taken = std::any_of(entries.begin(), entries.end(),
                                 [&](const NewEntry& entry) { return commands_.contains(entry.command_id); });
  refuse_repeated(entries);
  if (taken) return std::nullopt;
  // whatever can fail for want of memory is made before anything is changed
  const std::vector<Hash> hashes = chain_all(expected, entries);
  std::vector<Kept> more;
  std::map<std::string, std::uint64_t, std::less<>> commands;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    more.push_back({hashes[i], entries[i]});
    if (!entries[i].command_id.empty()) commands.emplace(entries[i].command_id, expected.sequence + 1 + i);
  }
  if (entries_.capacity() < entries_.size() + more.size())
    entries_.reserve(std::max(entries_.size() + more.size(), 2 * entries_.size()));
  commands_.merge(commands);
  std::move(more.begin(), more.end(), std::back_inserter(entries_));
  return head();
}

void MemoryStore::read(std::uint64_t after, std::uint64_t most, const Reader& reader) {
  const auto fetch = [this](std::uint64_t from, std::uint64_t last, std::uint64_t count, Page& page) {
    for (std::uint64_t at = from; at < last && count > 0 && !page.full(); ++at, --count)
      page.add(at + 1, entries_[at].hash, entries_[at].entry.bytes, entries_[at].entry.command_id);
  };
  read_by_pages(after, entries_.size(), most, reader, fetch);
}

std::optional<std::uint64_t> MemoryStore::find_command(std::string_view command_id) {
  const auto found = commands_.find(command_id);
  return found == commands_.end() ? std::nullopt : std::optional{found->second};
}

void MemoryStore::store_state(const StoredState& state) {
  check_length(state);
  const std::uint64_t sequence = state.head.sequence;
  const bool known = sequence == 0 ? state.head.hash == Hash{}
                                   : sequence <= entries_.size() && entries_[sequence - 1].hash == state.head.hash;
  if (!known)
    throw StoreError("the journal at :memory: has no entry " + std::to_string(sequence) +
                     " with the hash that the state names; the state was not stored");
  if (!state_ || state_->head.sequence <= sequence) state_ = state;
}

}  // namespace assay::registry::store
