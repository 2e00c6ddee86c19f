// A SQLite journal in wrong hands: what cannot be done by mistake, and what verify finds.

#include "places.hpp"
#include "sqlite_tools.hpp"

using namespace assay;
using namespace assay::registry;
using namespace assay::test;

TEST_CASE("the past cannot be altered by mistake, not even with another tool", "[store][sqlite]") {
  const Folder folder;
  const std::string path = folder / "ops.db";
  append_all(*open_store(path), {"one", "two"});
  CHECK(contains(with_tool(path, "UPDATE entry SET bytes = x'00'"), "never altered"));
  CHECK(contains(with_tool(path, "DELETE FROM entry"), "never removed"));
  for (const std::string number : {"1", "2", "4", "0", "-1"}) {
    const std::string row = " INTO entry (sequence, hash, bytes) VALUES (" + number + ", zeroblob(32), x'')";
    CHECK_FALSE(with_tool(path, "INSERT" + row).empty());
    CHECK_FALSE(with_tool(path, "INSERT OR REPLACE" + row).empty());
  }
  CHECK_FALSE(with_tool(path, "INSERT INTO entry (sequence, hash, bytes) VALUES (3, x'00', x'')").empty());
  CHECK_FALSE(with_tool(path, "INSERT INTO entry (sequence, hash, bytes) VALUES (3, 'text', x'')").empty());
  const auto store = open_store(path);
  CHECK(store->head().sequence == 2);
  CHECK(verify(*store).whole());
}

TEST_CASE("a command id cannot push an older entry out with another tool", "[store][sqlite]") {
  const Folder folder;
  const std::string path = folder / "ops.db";
  {
    const auto store = open_store(path);
    const std::vector<NewEntry> first{entry("one", "id")};
    REQUIRE(store->append({}, first));
  }
  CHECK_FALSE(with_tool(path, "INSERT OR REPLACE INTO entry VALUES (2, zeroblob(32), x'', 'id')").empty());
  CHECK(open_store(path)->find_command("id") == 1);
}

TEST_CASE("who takes the triggers away and alters the past is found", "[store][sqlite]") {
  const Folder folder;
  const std::string path = folder / "ops.db";
  append_all(*open_store(path), {"one", "two", "three", "four"});
  const auto after = [&](const std::string& sql) {
    std::filesystem::copy_file(path, folder / "copy.db", std::filesystem::copy_options::overwrite_existing);
    REQUIRE(with_tool(folder / "copy.db",
                      "DROP TRIGGER entry_is_never_altered; DROP TRIGGER entry_is_never_removed; "
                      "DROP TRIGGER entry_is_appended; " +
                          sql)
                .empty());
    return verify(*open_store(folder / "copy.db"));
  };
  using Problem = Verdict::Problem;
  CHECK(after("").whole());
  const Verdict altered = after("UPDATE entry SET bytes = x'00' WHERE sequence = 2");
  CHECK(altered.problem == Problem::altered);
  CHECK(altered.position == 2);
  const Verdict hash = after("PRAGMA ignore_check_constraints = 1; UPDATE entry SET hash = x'00' WHERE sequence = 3");
  CHECK(hash.problem == Problem::altered);
  CHECK(hash.position == 3);
  const Verdict removed = after("DELETE FROM entry WHERE sequence = 2");
  CHECK(removed.problem == Problem::broken_order);
  CHECK(removed.position == 2);
  const Verdict swapped = after(
      "UPDATE entry SET sequence = 9 WHERE sequence = 2; UPDATE entry SET sequence = 2 WHERE sequence = 3; "
      "UPDATE entry SET sequence = 3 WHERE sequence = 9");
  CHECK(swapped.problem == Problem::broken_order);
  CHECK(swapped.position == 2);
  CHECK(after("DELETE FROM entry WHERE sequence = 4").whole());  // only a checkpoint shows this
}

TEST_CASE("a byte flipped anywhere in the file is never taken for a whole journal of other entries",
          "[store][sqlite]") {
  const Folder folder;
  const std::string path = folder / "ops.db";
  std::vector<std::string> texts;
  for (int i = 0; i < 40; ++i) texts.push_back("entry number " + std::to_string(i) + std::string(30, '.'));
  Head head;
  {
    const auto store = open_store(path);
    std::vector<NewEntry> entries;
    for (const auto& text : texts) entries.push_back(entry(text));
    head = store->append({}, entries).value();
  }
  const std::string good = contents(path);
  const std::string copy = folder / "copy.db";
  int found = 0;
  for (std::size_t at = 0; at < good.size(); at += 37) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x20);
    write(copy, bad);
    try {
      const auto store = open_store(copy, {.read_only = true});
      const Verdict verdict = verify(*store);
      if (!verdict.whole()) {
        ++found;
        continue;
      }
      const auto all = read_all(*store);  // whole: what it holds is a beginning of what was written
      REQUIRE(all.size() <= texts.size());
      for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i].bytes == bytes_of(texts[i]));
    } catch (const StoreError&) {
      ++found;  // the file does not even open
    }
  }
  CHECK(found > 50);
}

TEST_CASE("a state that was damaged is not used, the one before it is", "[store][sqlite]") {
  const Folder folder;
  const std::string path = folder / "ops.db";
  const auto store = open_store(path);
  const StoredState first{append_all(*store, {"one"}), bytes_of("first")};
  store->store_state(first);
  const StoredState second{append_all(*store, {"two"}), bytes_of("second")};
  store->store_state(second);
  REQUIRE(with_tool(path, "UPDATE state SET bytes = x'00' WHERE sequence = 2").empty());
  CHECK(store->stored_state() == first);
  REQUIRE(with_tool(path, "UPDATE state SET hash = zeroblob(32) WHERE sequence = 1").empty());
  CHECK_FALSE(store->stored_state());
  store->store_state(second);
  CHECK(store->stored_state() == second);
}
