#pragma once
/// \file
/// The journal in a SQLite file.

#include <memory>
#include <string>

#include "entries.hpp"
#include "sqlite_file.hpp"

namespace assay::registry::store {

class SqliteStore final : public Store {
 public:
  /// \throws StoreError.
  SqliteStore(const std::string& path, const StoreOptions& options, Surroundings surroundings = {});
  ~SqliteStore() override;

  [[nodiscard]] Head head() override;
  [[nodiscard]] std::optional<Head> append(const Head& expected, std::span<const NewEntry> entries) override;
  void read(std::uint64_t after, std::uint64_t most, const Reader& reader) override;
  [[nodiscard]] std::optional<std::uint64_t> find_command(std::string_view command_id) override;
  [[nodiscard]] std::optional<StoredState> stored_state() override;
  void store_state(const StoredState& state) override;
  [[nodiscard]] bool writable() const override { return !options_.read_only; }
  [[nodiscard]] std::string place() const override { return place_; }

 private:
  struct File;

  /// The open file; opened anew where an error made the last one useless.
  File& file();
  /// Lets go of a file after an error that leaves its state in doubt.
  void drop() noexcept;
  template <class Work>
  auto reading(Work&& work);
  void refuse_writing_when_read_only() const;
  Head resolve(const Head& wanted, const std::string& failure);

  std::string path_;
  std::string place_;
  StoreOptions options_;
  Surroundings surroundings_;
  OwnProcess process_{};
  std::unique_ptr<File> file_{};
};

}  // namespace assay::registry::store
