#pragma once
/// \file
/// The PostgreSQL C interface with owners: a connection ends itself, a result is freed, an error is thrown.

#include <libpq-fe.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/sketch.hpp>

namespace assay::registry::store {

/// A StoreError that remembers PostgreSQL's five letters, and whether the server went away.
class PostgresqlError : public StoreError {
 public:
  PostgresqlError(const std::string& message, std::string state, bool lost)
      : StoreError(message), state_{std::move(state)}, lost_{lost} {}
  [[nodiscard]] const std::string& state() const noexcept { return state_; }
  [[nodiscard]] bool lost() const noexcept { return lost_; }

 private:
  std::string state_;
  bool lost_;
};

/// What must never be shown of a URL: every text in it that may be a password, the longest first.
[[nodiscard]] std::vector<std::string> secrets_of(const std::string& url);
/// A text with every secret replaced.
[[nodiscard]] std::string without(const std::vector<std::string>& secrets, std::string text);

/// Parameters of one statement, in PostgreSQL's binary form.
class Parameters {
 public:
  Parameters& add(std::uint64_t number);
  Parameters& add(ByteView bytes);
  /// An array of bytea; an element without an address is NULL.
  Parameters& add(const std::vector<ByteView>& elements);

 private:
  friend class PostgresqlConnection;
  std::vector<Bytes> values_{};
  std::vector<Oid> types_{};
};

/// The rows that a statement answered, in binary form.
class Rows {
 public:
  explicit Rows(PGresult* result) noexcept : result_{result} {}
  [[nodiscard]] PGresult* get() const noexcept { return result_.get(); }
  [[nodiscard]] int size() const noexcept { return PQntuples(get()); }
  [[nodiscard]] bool is_null(int row, int column) const noexcept { return PQgetisnull(get(), row, column) != 0; }
  [[nodiscard]] std::uint64_t integer(int row, int column) const;  ///< of a bigint
  [[nodiscard]] bool boolean(int row, int column) const;
  [[nodiscard]] ByteView bytes(int row, int column) const;
  [[nodiscard]] std::string_view text(int row, int column) const;

 private:
  struct Clear {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
  };
  std::unique_ptr<PGresult, Clear> result_;
};

class PostgresqlConnection {
 public:
  /// \throws PostgresqlError, `lost`, when there is no server or it does not let this user in.
  PostgresqlConnection(const std::string& url, std::chrono::milliseconds patience);

  /// Runs statements without parameters; the answer is that of the last. \throws PostgresqlError.
  Rows run(const std::string& sql);
  /// Runs one statement with parameters.
  Rows run(const char* sql, const Parameters& parameters);

  [[nodiscard]] bool in_transaction() const noexcept { return PQtransactionStatus(get()) != PQTRANS_IDLE; }
  void roll_back() noexcept { PQclear(PQexec(get(), "ROLLBACK")); }
  /// "postgresql://user@host:port/database"
  [[nodiscard]] const std::string& place() const noexcept { return place_; }

 private:
  [[nodiscard]] PGconn* get() const noexcept { return connection_.get(); }
  Rows checked(PGresult* result);
  [[noreturn]] void fail(const std::string& what, const std::string& state, bool lost) const;

  struct Finish {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  };
  std::string place_{};
  std::vector<std::string> secrets_;
  std::unique_ptr<PGconn, Finish> connection_{};
};

}  // namespace assay::registry::store
