#pragma once
/// \file
/// The file of a SQLite journal: may it be opened, is it ours, what is in it.

#include <optional>
#include <string>

#include "file_system.hpp"
#include "sqlite_connection.hpp"

#include <assay/registry/journal.hpp>

namespace assay::registry::store {

/// What a SQLite store takes from its surroundings; tests give others.
struct Surroundings {
  FileSystemProbe file_system{file_system_of};
  int library_version{sqlite3_libversion_number()};
  const char* vfs{nullptr};
};

/// The first SQLite whose write-ahead log may be written by several processes (its "WAL-reset" fault is mended).
inline constexpr int write_ahead_log_version = 3'051'003;

/// How messages name a file.
[[nodiscard]] std::string place_of(const std::string& path);

/// \throws StoreError for a directory, a folder that is not there, a network file system, a file that is not there
/// though it should be, and a write-ahead log that this SQLite cannot be trusted with.
void check_path(const std::string& path, const StoreOptions& options, const Surroundings& surroundings);

/// Sets durability, tells whose file it is, and creates the tables in an empty one. \throws StoreError.
void prepare_file(Connection& connection, const std::string& place, const StoreOptions& options,
                  const Surroundings& surroundings);

/// Writes something that changes nothing, so that whatever the file holds is synced once more. \throws SqliteError.
void sync_again(Connection& connection);

}  // namespace assay::registry::store
