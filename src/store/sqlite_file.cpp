#include "sqlite_file.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include <assay/core/text.hpp>

namespace assay::registry::store {
namespace {

constexpr std::int64_t application = 0x41737379;  // "Assy"
constexpr std::int64_t format = 1;

// Nobody alters the past by mistake, not even with another tool: the triggers stand in the file. Somebody who takes
// them away is found by verify.
constexpr const char* schema = R"(
CREATE TABLE entry (
  sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  bytes BLOB NOT NULL,
  command_id TEXT CHECK (command_id <> '')
) STRICT;
CREATE UNIQUE INDEX entry_command_id ON entry (command_id) WHERE command_id IS NOT NULL;
CREATE TRIGGER entry_is_never_altered BEFORE UPDATE ON entry
  BEGIN SELECT RAISE(ABORT, 'entries of a journal are never altered'); END;
CREATE TRIGGER entry_is_never_removed BEFORE DELETE ON entry
  BEGIN SELECT RAISE(ABORT, 'entries of a journal are never removed'); END;
CREATE TRIGGER entry_is_appended BEFORE INSERT ON entry
  WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM entry)
  BEGIN SELECT RAISE(ABORT, 'entries are appended to the end of a journal'); END;
CREATE TRIGGER entry_command_id_is_taken_once BEFORE INSERT ON entry
  WHEN EXISTS (SELECT 1 FROM entry WHERE command_id = NEW.command_id)
  BEGIN SELECT RAISE(ABORT, 'the command id is taken'); END;
CREATE TABLE state (
  sequence INTEGER PRIMARY KEY CHECK (sequence >= 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  bytes BLOB NOT NULL,
  proof BLOB NOT NULL CHECK (length(proof) = 32)
) STRICT;
)";

enum class Whose { ours, nobodys };

/// To be asked within a transaction: else another process may create the tables between two of the questions.
Whose whose(Connection& connection, const std::string& place) {
  const std::int64_t mark = connection.integer("PRAGMA application_id");
  const std::int64_t version = connection.integer("PRAGMA user_version");
  if (mark == application) {
    if (version == format) return Whose::ours;
    throw StoreError("the journal at " + place + " has format " + std::to_string(version) +
                     ", this library reads format " + std::to_string(format) +
                     (version > format ? "; a newer Assay wrote it" : "; the file is damaged"));
  }
  if (mark == 0 && version == 0 && connection.integer("SELECT count(*) FROM sqlite_schema") == 0) return Whose::nobodys;
  throw StoreError("the file at " + place + " is foreign: a SQLite database, but no journal of Assay's");
}

template <class Work>
auto in_transaction(Connection& connection, const char* begin, Work&& work) {
  connection.run(begin);
  try {
    const auto out = work();
    connection.run("COMMIT");
    return out;
  } catch (...) {
    connection.roll_back();
    throw;
  }
}

void create(Connection& connection, const std::string& place) {
  in_transaction(connection, "BEGIN IMMEDIATE", [&] {
    const Whose now = whose(connection, place);
    if (now == Whose::nobodys) {  // else another process has just created them
      connection.run(schema);
      connection.run(("PRAGMA application_id = " + std::to_string(application)).c_str());
      connection.run(("PRAGMA user_version = " + std::to_string(format)).c_str());
    }
    return now;
  });
}

[[noreturn]] void refuse_write_ahead_log(const std::string& place, int version, const std::string& what) {
  throw StoreError("the journal at " + place + ": " + what +
                   " needs SQLite 3.51.3 or newer, whose write-ahead log several "
                   "processes can write without harm; this is " +
                   std::to_string(version / 1'000'000) + "." + std::to_string(version / 1'000 % 1'000) + "." +
                   std::to_string(version % 1'000));
}

}  // namespace

std::string place_of(const std::string& path) {
  std::string out{"'"};  // in_quotes, letter by letter: a path is shown to its end
  for (std::string_view rest{path}; !rest.empty();) {
    const std::size_t length = std::max<std::size_t>(detail::letter_at(rest).length, 1);
    const std::string letter = in_quotes(rest.substr(0, length));
    out += letter.substr(1, letter.size() - 2);
    rest.remove_prefix(length);
  }
  return out + "'";
}

void check_path(const std::string& path, const StoreOptions& options, const Surroundings& surroundings) {
  const std::string place = place_of(path);
  const auto refuse = [&](const std::string& why) { throw StoreError("the journal at " + place + ": " + why); };
  if (options.write_ahead_log && surroundings.library_version < write_ahead_log_version)
    refuse_write_ahead_log(place, surroundings.library_version, "write_ahead_log");
  std::error_code problem;
  const auto found = std::filesystem::status(path, problem);
  if (found.type() == std::filesystem::file_type::directory) refuse("it is a directory, not a file");
  const bool there = std::filesystem::exists(found);
  if (there && !std::filesystem::is_regular_file(found)) refuse("it is not a regular file");
  const std::filesystem::path folder = std::filesystem::path{path}.parent_path();
  if (!there) {
    if (!std::filesystem::is_directory(folder, problem))
      refuse("the folder " + place_of(folder.string()) + " does not exist or cannot be reached");
    if (options.read_only || !options.create) refuse("there is no such file");
  }
  if (const auto system = surroundings.file_system(there ? path : folder.string()))
    if (const auto network = network_name(*system))
      refuse("it lies on a network file system (" + *network +
             "), where file locks cannot be trusted; keep it on a local disk, or use PostgreSQL");
}

void prepare_file(Connection& connection, const std::string& place, const StoreOptions& options,
                  const Surroundings& surroundings) {
  sqlite3_db_config(connection.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  const Whose file = in_transaction(connection, "BEGIN", [&] { return whose(connection, place); });
  if (file == Whose::nobodys && (options.read_only || !options.create))
    throw StoreError("the file at " + place + " holds no journal yet");
  if (!options.read_only && sqlite3_db_readonly(connection.get(), "main") != 0)
    throw StoreError("the journal at " + place + ": this user may not write the file; open it read-only");

  const bool logged = connection.text("PRAGMA journal_mode") == "wal";
  if (logged && surroundings.library_version < write_ahead_log_version)
    refuse_write_ahead_log(place, surroundings.library_version, "the file is kept with a write-ahead log, which");
  sqlite3_db_config(connection.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  if (options.read_only) return;
  // FULL syncs the truncated rollback journal too, so that no power cut takes back a commit that was reported; with
  // journal_mode = delete that would need EXTRA and a sync of the folder, which costs more.
  connection.run("PRAGMA synchronous = FULL");
  connection.run("PRAGMA cache_size = -16384");
  const char* wanted = options.write_ahead_log ? "wal" : "truncate";
  const std::string got = connection.text(("PRAGMA journal_mode = " + std::string{wanted}).c_str());
  if (got != wanted)
    throw StoreError("the journal at " + place + ": wanted journal mode " + wanted + ", got " + got +
                     "; somebody else has the file open in that mode");
  if (file == Whose::nobodys) create(connection, place);
}

void sync_again(Connection& connection) { connection.run(("PRAGMA user_version = " + std::to_string(format)).c_str()); }

}  // namespace assay::registry::store
