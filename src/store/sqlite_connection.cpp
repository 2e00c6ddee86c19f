#include "sqlite_connection.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace assay::registry::store {
namespace {

std::string words(int code, std::chrono::milliseconds patience) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "somebody else has held its lock for longer than " + std::to_string(patience.count()) + " ms";
    case SQLITE_FULL:
      return "the disk is full";
    case SQLITE_READONLY:
      if (code == SQLITE_READONLY_DBMOVED) return "the file was removed or renamed after it was opened";
      return "this user may not write it";
    case SQLITE_CORRUPT:
      return "the file is damaged";
    case SQLITE_NOTADB:
      return "the file is foreign, not a SQLite file";
    case SQLITE_IOERR:
      return "reading or writing the file failed";
    case SQLITE_CANTOPEN:
      return "the file, or one beside it, cannot be opened";
    default:
      return "the database failed";
  }
}

int narrow(std::size_t size) {  // lengths are checked long before they reach SQLite
  return static_cast<int>(std::min(size, static_cast<std::size_t>(std::numeric_limits<int>::max())));
}

}  // namespace

Connection::Connection(const std::string& path, int flags, const char* vfs, std::string place,
                       std::chrono::milliseconds patience)
    : place_{std::move(place)}, patience_{patience} {
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &database, flags | SQLITE_OPEN_EXRESCODE, vfs);
  database_.reset(database);  // there is one to close also when opening failed
  if (code != SQLITE_OK) fail(code);
  const auto wait = std::clamp<std::int64_t>(patience.count(), 0, std::numeric_limits<int>::max());
  sqlite3_busy_timeout(database, static_cast<int>(wait));
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

void Connection::fail(int code) const {
  const char* said = get() == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(get());
  throw SqliteError("the journal at " + place_ + ": " + words(code, patience_) + " (SQLite " + std::to_string(code) +
                        ": " + said + ")",
                    code);
}

void Connection::run(const char* sql) {
  const int code = sqlite3_exec(get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

std::int64_t Connection::integer(const char* sql) {
  Statement statement{*this, sql};
  return statement.step() ? statement.integer(0) : 0;
}

std::string Connection::text(const char* sql) {
  Statement statement{*this, sql};
  return statement.step() ? std::string{statement.text(0)} : std::string{};
}

Statement::Statement(Connection& connection, const char* sql) : connection_{&connection} {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  check(code);
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) connection_->fail(code);
}

void Statement::bind(int place, std::uint64_t number) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  check(sqlite3_bind_int64(get(), place, static_cast<sqlite3_int64>(std::min(number, most))));
}

void Statement::bind(int place, ByteView bytes) {
  // an empty span has no address, and SQLite would take that for NULL
  if (bytes.empty())
    check(sqlite3_bind_zeroblob(get(), place, 0));
  else
    check(sqlite3_bind_blob(get(), place, bytes.data(), narrow(bytes.size()), SQLITE_STATIC));
}

void Statement::bind(int place, std::string_view text) {
  check(sqlite3_bind_text(get(), place, text.data(), narrow(text.size()), SQLITE_STATIC));
}

void Statement::bind_null(int place) { check(sqlite3_bind_null(get(), place)); }

bool Statement::step() {
  const int code = sqlite3_step(get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  connection_->fail(code);
}

void Statement::rewind() noexcept { sqlite3_reset(get()); }

ByteView Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(get(), column);
  return {static_cast<const std::byte*>(data), static_cast<std::size_t>(sqlite3_column_bytes(get(), column))};
}

std::string_view Statement::text(int column) const {
  const unsigned char* data = sqlite3_column_text(get(), column);
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(get(), column))};
}

}  // namespace assay::registry::store
