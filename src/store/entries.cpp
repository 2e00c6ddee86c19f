#include "entries.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_set>

#include <assay/core/text.hpp>

namespace assay::registry::store {

void check_lengths(std::span<const NewEntry> entries) {
  for (const NewEntry& entry : entries) {
    if (entry.bytes.size() > most_entry_bytes)
      throw InputError("an entry of at most " + std::to_string(most_entry_bytes) + " bytes",
                       std::to_string(entry.bytes.size()));
    if (entry.command_id.size() > most_command_id_bytes)
      throw InputError("a command id of at most " + std::to_string(most_command_id_bytes) + " bytes",
                       std::to_string(entry.command_id.size()) + ": " + in_quotes(entry.command_id));
  }
}

void check_length(const StoredState& state) {
  if (state.bytes.size() > most_state_bytes)
    throw InputError("a state of at most " + std::to_string(most_state_bytes) + " bytes",
                     std::to_string(state.bytes.size()));
}

void refuse_repeated(std::span<const NewEntry> entries) {
  std::unordered_set<std::string_view> seen;
  for (const NewEntry& entry : entries)
    if (!entry.command_id.empty() && !seen.insert(entry.command_id).second)
      throw InputError("every command id once", in_quotes(entry.command_id) + " twice among the entries of one append");
}

std::vector<Hash> chain_all(const Head& head, std::span<const NewEntry> entries) {
  std::vector<Hash> out;
  out.reserve(entries.size());
  for (const NewEntry& entry : entries) out.push_back(chain(out.empty() ? head.hash : out.back(), entry.bytes));
  return out;
}

Hash proof_of(const StoredState& state) { return chain(state.head.hash, state.bytes); }

Hash hash_from(const void* bytes, std::size_t size) noexcept {
  Hash out{};
  if (bytes != nullptr && size == out.size()) std::memcpy(out.data(), bytes, size);
  return out;
}

void Page::clear() noexcept {
  entries_.clear();
  arena_.clear();
}

void Page::add(std::uint64_t sequence, const Hash& hash, ByteView bytes, std::string_view command_id) {
  entries_.push_back({sequence, hash, arena_.size(), bytes.size(), command_id.size()});
  arena_.insert(arena_.end(), bytes.begin(), bytes.end());
  const auto text = std::as_bytes(std::span{command_id});
  arena_.insert(arena_.end(), text.begin(), text.end());
}

EntryView Page::operator[](std::size_t index) const {
  const Placed& placed = entries_[index];
  const std::byte* begin = arena_.data() + placed.begin;
  return {placed.sequence,
          placed.hash,
          {begin, placed.bytes},
          {reinterpret_cast<const char*>(begin + placed.bytes), placed.command_id}};
}

void OwnProcess::check(const std::string& place) const {
  if (!here())
    throw StoreError("the journal at " + place + " was opened before this process was forked; open it again here");
}

}  // namespace assay::registry::store
