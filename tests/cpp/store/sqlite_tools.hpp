#pragma once
/// \file
/// What other tools do to a SQLite file.

#include <sqlite3.h>

#include <assay_test.hpp>
#include <fstream>
#include <iterator>
#include <string>

namespace assay::test {

/// Does to a file what another tool might; SQLite's own message, or nothing.
inline std::string with_tool(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  char* message = nullptr;
  sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message);
  const std::string out = message == nullptr ? "" : message;
  sqlite3_free(message);
  sqlite3_close(database);
  return out;
}

inline std::string contents(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline void write(const std::string& path, const std::string& text) { std::ofstream{path, std::ios::binary} << text; }

}  // namespace assay::test
