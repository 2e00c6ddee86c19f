#pragma once
/// \file
/// The journal in memory: for trials and tests; gone with the object.

#include <map>
#include <string>
#include <vector>

#include "entries.hpp"

namespace assay::registry::store {

class MemoryStore final : public Store {
 public:
  /// \throws StoreError where there would have to be a journal already.
  explicit MemoryStore(const StoreOptions& options);

  [[nodiscard]] Head head() override;
  [[nodiscard]] std::optional<Head> append(const Head& expected, std::span<const NewEntry> entries) override;
  void read(std::uint64_t after, std::uint64_t most, const Reader& reader) override;
  [[nodiscard]] std::optional<std::uint64_t> find_command(std::string_view command_id) override;
  [[nodiscard]] std::optional<StoredState> stored_state() override { return state_; }
  void store_state(const StoredState& state) override;
  [[nodiscard]] bool writable() const override { return true; }
  [[nodiscard]] std::string place() const override { return ":memory:"; }

 private:
  struct Kept {
    Hash hash;
    NewEntry entry;
  };
  std::vector<Kept> entries_{};
  std::map<std::string, std::uint64_t, std::less<>> commands_{};
  std::optional<StoredState> state_{};
};

}  // namespace assay::registry::store
