#pragma once
/// \file
/// The journal in a PostgreSQL database, for teams.

#include <memory>
#include <string>

#include "entries.hpp"
#include "postgresql_connection.hpp"

namespace assay::registry::store {

class PostgresqlStore final : public Store {
 public:
  /// \throws StoreError.
  PostgresqlStore(const std::string& url, const StoreOptions& options);
  ~PostgresqlStore() override;

  [[nodiscard]] Head head() override;
  [[nodiscard]] std::optional<Head> append(const Head& expected, std::span<const NewEntry> entries) override;
  void read(std::uint64_t after, std::uint64_t most, const Reader& reader) override;
  [[nodiscard]] std::optional<std::uint64_t> find_command(std::string_view command_id) override;
  [[nodiscard]] std::optional<StoredState> stored_state() override;
  void store_state(const StoredState& state) override;
  [[nodiscard]] bool writable() const override { return !options_.read_only; }
  [[nodiscard]] std::string place() const override { return place_; }

 private:
  /// The connection; made anew, for as long as patience lasts, where the last one was lost.
  PostgresqlConnection& connection();
  /// Does work that changes nothing, once more where the connection turns out to have been lost since the last call.
  template <class Work>
  auto again_if_lost(Work&& work);
  void refuse_writing_when_read_only() const;
  void insert(const Head& expected, std::span<const NewEntry> entries, std::span<const Hash> hashes);
  Head resolve(const Head& wanted, const std::string& failure);

  std::string url_;
  std::string place_{};
  StoreOptions options_;
  OwnProcess process_{};
  std::unique_ptr<PostgresqlConnection> connection_{};
};

}  // namespace assay::registry::store
