// What only SQLite files can get wrong: whose file it is, where it lies, who else has it open.

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <store/sqlite_store.hpp>

#include "places.hpp"
#include "sqlite_tools.hpp"

using namespace assay;
using namespace assay::registry;
using namespace assay::test;
using store::FileSystem;
using store::SqliteStore;
using store::Surroundings;

namespace {

std::string refusal(const std::string& path, const StoreOptions& options = {}, const Surroundings& surroundings = {}) {
  return message_of<StoreError>([&] { SqliteStore{path, options, surroundings}; });
}

Surroundings on(FileSystem system) {
  Surroundings out;
  out.file_system = [system](const std::string&) { return std::optional{system}; };
  return out;
}

Surroundings with_version(int version) {
  Surroundings out;
  out.library_version = version;
  return out;
}

}  // namespace

TEST_CASE("directories, missing folders and things that are no files are refused", "[store][sqlite]") {
  const Folder folder;
  CHECK(contains(refusal(folder.path()), "it is a directory, not a file"));
  CHECK(contains(refusal(folder / "absent/ops.db"), "/absent' does not exist or cannot be reached"));
  CHECK(contains(refusal("/dev/null"), "it is not a regular file"));
  CHECK(contains(refusal(folder / "ops.db", {.create = false}), "there is no such file"));
  CHECK(contains(refusal(folder / "ops.db", {.read_only = true}), "there is no such file"));
  CHECK_FALSE(std::filesystem::exists(folder / "ops.db"));
}

TEST_CASE("a foreign file is refused and left as it was", "[store][sqlite]") {
  const Folder folder;
  const std::string text = folder / "notes.txt";
  write(text, std::string(5'000, 'x'));
  CHECK(contains(refusal(text), "the file is foreign, not a SQLite file"));
  CHECK(contents(text) == std::string(5'000, 'x'));

  const std::string theirs = folder / "theirs.db";
  with_tool(theirs, "CREATE TABLE t (x)");
  const std::string before = contents(theirs);
  CHECK(contains(refusal(theirs), "is foreign: a SQLite database, but no journal of Assay's"));
  with_tool(theirs, "PRAGMA application_id = 77");
  CHECK(contains(refusal(theirs), "is foreign"));
  with_tool(theirs, "PRAGMA application_id = 0");
  CHECK(contents(theirs).size() == before.size());

  write(folder / "empty.db", "");
  CHECK(contains(refusal(folder / "empty.db", {.create = false}), "holds no journal yet"));
  CHECK(SqliteStore{folder / "empty.db", {}}.head() == Head{});
}

TEST_CASE("a file of a newer format is refused by its number", "[store][sqlite]") {
  const Folder folder;
  append_all(*open_store(folder / "ops.db"), {"one"});
  with_tool(folder / "ops.db", "PRAGMA user_version = 2");
  CHECK(contains(refusal(folder / "ops.db"), "has format 2, this library reads format 1; a newer Assay wrote it"));
  with_tool(folder / "ops.db", "PRAGMA user_version = 0");
  CHECK(contains(refusal(folder / "ops.db"), "has format 0, this library reads format 1; the file is damaged"));
}

TEST_CASE("a network file system is refused by its name", "[store][sqlite]") {
  const Folder folder;
  CHECK(contains(refusal(folder / "ops.db", {}, on({0x6969, {}})), "it lies on a network file system (NFS)"));
  CHECK(contains(refusal(folder / "ops.db", {}, on({0x65735546, "fuse.sshfs"})), "(fuse.sshfs)"));
  CHECK_FALSE(std::filesystem::exists(folder / "ops.db"));
  append_all(*open_store(folder / "ops.db"), {"one"});
  CHECK(contains(refusal(folder / "ops.db", {.read_only = true}, on({0xFF534D42, {}})), "(CIFS)"));
  CHECK(SqliteStore{folder / "ops.db", {}, on({0xEF53, {}})}.head().sequence == 1);
  Surroundings silent;
  silent.file_system = [](const std::string&) { return std::nullopt; };
  CHECK(SqliteStore{folder / "ops.db", {}, silent}.head().sequence == 1);
}

TEST_CASE("a file that this user may not write is opened only to read", "[store][sqlite]") {
  const Folder folder;
  const std::string path = folder / "ops.db";
  append_all(*open_store(path), {"one"});
  REQUIRE(chmod(path.c_str(), 0444) == 0);
  REQUIRE(chmod(folder.path().c_str(), 0755) == 0);
  const auto test = [&] {
    if (!contains(refusal(path), "this user may not write the file; open it read-only")) return 1;
    if (SqliteStore{path, {.read_only = true}}.head().sequence != 1) return 2;
    return contains(refusal(folder / "new.db"), "cannot be opened") ? 0 : 3;
  };
  // root may write anything, so a child gives that up
  const pid_t child = fork();
  if (child == 0) {
    if (getuid() == 0 && (setgid(65'534) != 0 || setuid(65'534) != 0)) _exit(9);
    int code = 8;
    try {
      if (getuid() != 65'534) static_cast<void>(chmod(folder.path().c_str(), 0555));
      code = test();
    } catch (...) {
    }
    _exit(code);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  chmod(folder.path().c_str(), 0755);
}

TEST_CASE("a second connection that closes leaves the first one's lock alone", "[store][sqlite]") {
  // With two copies of the SQLite library in one process it would not: POSIX locks go with any close of the file.
  const Folder folder;
  const std::string path = folder / "ops.db";
  append_all(*open_store(path), {"one"});
  sqlite3* holder = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &holder) == SQLITE_OK);
  REQUIRE(sqlite3_exec(holder, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(open_store(path, {.read_only = true})->head().sequence == 1);  // opened, read and closed
  const pid_t child = fork();
  if (child == 0) {  // another process: does it get the lock?
    int code = 1;
    try {
      const auto store = open_store(path, {.patience = std::chrono::milliseconds{30}});
      const std::vector<NewEntry> more{entry("two")};
      static_cast<void>(store->append(store->head(), more));
    } catch (const StoreError& error) {
      code = contains(error.what(), "somebody else has held its lock") ? 0 : 2;
    }
    _exit(code);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 0);
  sqlite3_close(holder);
}

TEST_CASE("a file removed or replaced under an open journal takes no more entries", "[store][sqlite]") {
  const Folder folder;
  const std::string path = folder / "ops.db";
  const auto store = open_store(path);
  const Head head = append_all(*store, {"one"});
  std::filesystem::rename(path, folder / "elsewhere.db");
  const std::vector<NewEntry> more{entry("two")};
  CHECK(contains(message_of<StoreError>([&] { static_cast<void>(store->append(head, more)); }), "removed or renamed"));
  CHECK(
      contains(message_of<StoreError>([&] { static_cast<void>(store->append(head, more)); }), "there is no such file"));
  CHECK_FALSE(std::filesystem::exists(path));  // it is not replaced by an empty one
  std::filesystem::rename(folder / "elsewhere.db", path);
  CHECK(store->append(head, more));
}

TEST_CASE("a write-ahead log is used only where it is asked for and safe", "[store][sqlite]") {
  const Folder folder;
  const std::string path = folder / "ops.db";
  const auto old = with_version(3'051'002);
  const auto mended = with_version(3'051'003);
  CHECK(contains(
      refusal(path, {.write_ahead_log = true}, old),
      "write_ahead_log needs SQLite 3.51.3 or newer, whose write-ahead log several processes can write without "
      "harm; this is 3.51.2"));
  CHECK_FALSE(std::filesystem::exists(path));
  {
    SqliteStore logged{path, {.write_ahead_log = true}, mended};
    append_all(logged, {"one"});
    CHECK(std::filesystem::exists(path + "-wal"));
    CHECK(contains(refusal(path, {}, old), "the file is kept with a write-ahead log"));
    CHECK(contains(refusal(path, {.read_only = true}, old), "the file is kept with a write-ahead log"));
    CHECK(contains(refusal(path, {.patience = std::chrono::milliseconds{30}}, mended), "lock"));
    append_all(logged, {"two"});
  }
  SqliteStore back{path, {}, mended};  // nobody else has it open: it goes back to the rollback journal
  append_all(back, {"three"});
  CHECK_FALSE(std::filesystem::exists(path + "-wal"));
  CHECK(verify(back).whole());
  SqliteStore plain{path, {}, old};
  CHECK(plain.head().sequence == 3);
}

TEST_CASE("a process that died while writing leaves a journal that the next one mends", "[store][sqlite]") {
  const Folder folder;
  const std::string path = folder / "ops.db";
  append_all(*open_store(path), {"one"});
  const pid_t child = fork();
  if (child == 0) {  // dies in the middle of a transaction that has reached the file
    sqlite3* database = nullptr;
    sqlite3_open(path.c_str(), &database);
    sqlite3_exec(database, "PRAGMA cache_size = 1; BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
    for (int i = 2; i < 500; ++i)
      sqlite3_exec(
          database,
          ("INSERT INTO entry (sequence, hash, bytes) VALUES (" + std::to_string(i) + ", zeroblob(32), zeroblob(900))")
              .c_str(),
          nullptr, nullptr, nullptr);
    _exit(sqlite3_changes(database) == 1 ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WEXITSTATUS(status) == 0);
  REQUIRE(std::filesystem::exists(path + "-journal"));
  const auto store = open_store(path);
  CHECK(store->head().sequence == 1);
  CHECK(verify(*store).whole());
  append_all(*store, {"two"});
}
