#pragma once
/// \file
/// Places for journals in tests: every store has one, so that one suite proves them all.

#include <unistd.h>

#include <assay/registry/journal.hpp>
#include <assay_test.hpp>
#include <atomic>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#ifdef ASSAY_WITH_POSTGRESQL
#include <libpq-fe.h>
#endif

namespace assay::test {

/// Tells places apart within this machine.
[[nodiscard]] inline std::string fresh_name() {
  static std::atomic<int> count{0};
  return "assay_test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
}

/// A folder that is removed with the object.
class Folder {
 public:
  Folder() : path_{std::filesystem::temp_directory_path() / fresh_name()} { std::filesystem::create_directory(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// The server for tests, or nothing: the reason is printed and the test should return. With ASSAY_REQUIRE_POSTGRESQL=1
/// it fails instead.
[[nodiscard]] inline std::optional<std::string> postgresql_server() {
  const auto set = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string{value == nullptr ? "" : value};
  };
  const std::string url = set("ASSAY_TEST_POSTGRESQL");
  if (!url.empty() && registry::has_postgresql()) return url;
  if (set("ASSAY_REQUIRE_POSTGRESQL") == "1")
    FAIL("ASSAY_REQUIRE_POSTGRESQL=1, but there is no PostgreSQL to test with");
  WARN("skipped: no PostgreSQL (run the tests by tools/with_postgresql, in a build with libpq)");
  return std::nullopt;
}

/// Runs SQL on the test server; the first column of the first row, if there is one.
inline std::string on_server(const std::string& url, const std::string& sql) {
#ifdef ASSAY_WITH_POSTGRESQL
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{PQconnectdb(url.c_str()), &PQfinish};
  PQsetNoticeReceiver(connection.get(), [](void*, const PGresult*) {}, nullptr);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result{PQexec(connection.get(), sql.c_str()), &PQclear};
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error{std::string{PQerrorMessage(connection.get())} + " in " + sql};
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
#else
  static_cast<void>(url);
  throw std::runtime_error{"no libpq for " + sql};
#endif
}

/// The three kinds of place. `url()` is nothing where this kind cannot be tested here.
struct InMemory {
  static constexpr bool lasting = false;
  [[nodiscard]] std::optional<std::string> url() const { return ":memory:"; }
};

class InSqlite {
 public:
  static constexpr bool lasting = true;
  [[nodiscard]] std::optional<std::string> url() const { return folder_ / "journal.db"; }

 private:
  Folder folder_{};
};

class InPostgresql {
 public:
  static constexpr bool lasting = true;
  InPostgresql() : server_{postgresql_server()} {
    if (server_) on_server(*server_, "CREATE SCHEMA " + schema_);
  }
  InPostgresql(const InPostgresql&) = delete;
  InPostgresql& operator=(const InPostgresql&) = delete;
  ~InPostgresql() {
    try {
      if (server_) on_server(*server_, "DROP SCHEMA IF EXISTS " + schema_ + " CASCADE");
    } catch (const std::exception& error) {
      WARN(error.what());
    }
  }
  [[nodiscard]] std::optional<std::string> url() const {
    if (!server_) return std::nullopt;
    return *server_ + (contains(*server_, "?") ? "&" : "?") + "options=-csearch_path%3D" + schema_;
  }
  [[nodiscard]] const std::string& schema() const { return schema_; }
  std::string run(const std::string& sql) const { return on_server(*url(), sql); }

 private:
  std::string schema_{fresh_name()};
  std::optional<std::string> server_;
};

[[nodiscard]] inline Bytes bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span{text});
  return {bytes.begin(), bytes.end()};
}

[[nodiscard]] inline registry::NewEntry entry(std::string_view text, std::string command_id = {}) {
  return {bytes_of(text), std::move(command_id)};
}

/// An entry that was read, kept.
struct Kept {
  std::uint64_t sequence{};
  registry::Hash hash{};
  Bytes bytes{};
  std::string command_id{};
};

inline constexpr auto no_end = std::numeric_limits<std::uint64_t>::max();

[[nodiscard]] inline std::vector<Kept> read_all(registry::Store& store, std::uint64_t after = 0,
                                                std::uint64_t most = no_end) {
  std::vector<Kept> out;
  store.read(after, most, [&](const registry::EntryView& each) {
    out.push_back({each.sequence, each.hash, {each.bytes.begin(), each.bytes.end()}, std::string{each.command_id}});
    return true;
  });
  return out;
}

/// Appends texts one by one; fails the test where one is not taken.
inline registry::Head append_all(registry::Store& store, const std::vector<std::string>& texts) {
  registry::Head head = store.head();
  for (const std::string& text : texts) {
    const std::vector<registry::NewEntry> entries{entry(text)};
    const auto now = store.append(head, entries);
    REQUIRE(now);
    head = *now;
  }
  return head;
}

}  // namespace assay::test
