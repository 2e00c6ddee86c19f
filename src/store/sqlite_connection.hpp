#pragma once
/// \file
/// The SQLite C interface with owners: a connection closes itself, a statement is finished, an error is thrown.

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <assay/core/error.hpp>
#include <assay/core/sketch.hpp>

namespace assay::registry::store {

/// A StoreError that remembers SQLite's own (extended) result code.
class SqliteError : public StoreError {
 public:
  SqliteError(const std::string& message, int code) : StoreError(message), code_{code} {}
  [[nodiscard]] int code() const noexcept { return code_; }
  [[nodiscard]] int primary() const noexcept { return code_ & 0xFF; }

 private:
  int code_;
};

class Connection;

/// A prepared statement. What is bound to it must live until `rewind`.
class Statement {
 public:
  Statement() = default;
  Statement(Connection& connection, const char* sql);

  void bind(int place, std::uint64_t number);
  void bind(int place, ByteView bytes);
  void bind(int place, std::string_view text);
  void bind_null(int place);

  /// True while there is a row. \throws SqliteError.
  [[nodiscard]] bool step();
  void rewind() noexcept;

  [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(get(), column); }
  [[nodiscard]] ByteView bytes(int column) const;
  [[nodiscard]] std::string_view text(int column) const;

 private:
  [[nodiscard]] sqlite3_stmt* get() const noexcept { return statement_.get(); }
  void check(int code) const;

  struct Finish {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  Connection* connection_{nullptr};
  std::unique_ptr<sqlite3_stmt, Finish> statement_{};
};

/// Rewinds a statement when the scope ends, so that it holds no lock.
class InUse {
 public:
  explicit InUse(Statement& statement) noexcept : statement_{statement} {}
  InUse(const InUse&) = delete;
  InUse& operator=(const InUse&) = delete;
  ~InUse() { statement_.rewind(); }

 private:
  Statement& statement_;
};

/// One open database. Never moved: statements point to it.
class Connection {
 public:
  /// \param place how messages name it; \param vfs SQLite's operating-system layer, nullptr for the usual one
  Connection(const std::string& path, int flags, const char* vfs, std::string place,
             std::chrono::milliseconds patience);

  [[nodiscard]] sqlite3* get() const noexcept { return database_.get(); }
  /// Runs statements that answer nothing.
  void run(const char* sql);
  /// The first column of the first row.
  [[nodiscard]] std::int64_t integer(const char* sql);
  [[nodiscard]] std::string text(const char* sql);
  [[nodiscard]] bool in_transaction() const noexcept { return sqlite3_get_autocommit(get()) == 0; }
  void roll_back() noexcept { sqlite3_exec(get(), "ROLLBACK", nullptr, nullptr, nullptr); }
  [[noreturn]] void fail(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
  };
  std::string place_;
  std::chrono::milliseconds patience_;
  std::unique_ptr<sqlite3, Close> database_{};
};

}  // namespace assay::registry::store
