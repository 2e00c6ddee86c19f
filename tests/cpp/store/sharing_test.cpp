// What lasting stores promise beyond one object: opening again, several connections, readers and writers side by side.

#include <sqlite3.h>
#include <sys/wait.h>

#include <mutex>
#include <thread>

#include "places.hpp"

using namespace assay;
using namespace assay::registry;
using namespace assay::test;

namespace {
/// What went wrong on other threads.
class Troubles {
 public:
  void add(const std::string& what) {
    const std::lock_guard lock{guard_};
    words_ += what + "\n";
  }
  [[nodiscard]] std::string words() {
    const std::lock_guard lock{guard_};
    return words_;
  }

 private:
  std::mutex guard_{};
  std::string words_{};
};
}  // namespace

#define LASTING_STORES InSqlite, InPostgresql

#define PLACE(place, url)               \
  TestType place;                       \
  const auto url##_found = place.url(); \
  if (!url##_found) return;             \
  const std::string url = *url##_found

TEMPLATE_TEST_CASE("what was appended is there when the journal is opened again", "[store]", LASTING_STORES) {
  PLACE(place, url);
  Head head;
  const StoredState state = [&] {
    const auto store = open_store(url);
    head = append_all(*store, {"one", "two"});
    StoredState out{head, bytes_of("state")};
    store->store_state(out);
    return out;
  }();
  const auto store = open_store(url, {.create = false});
  CHECK(store->head() == head);
  CHECK(read_all(*store).at(1).bytes == bytes_of("two"));
  CHECK(store->stored_state() == state);
  append_all(*store, {"three"});
  CHECK(verify(*store).whole());
}

TEMPLATE_TEST_CASE("a journal that must exist is not created", "[store]", LASTING_STORES) {
  PLACE(place, url);
  const auto message = message_of<StoreError>([&] { static_cast<void>(open_store(url, {.create = false})); });
  CHECK((contains(message, "no such file") || contains(message, "holds no journal yet")));
  CHECK_THROWS_AS(open_store(url, {.read_only = true}), StoreError);
  CHECK_THROWS_AS(open_store(url, {.create = false}), StoreError);  // the attempts left nothing behind
}

TEMPLATE_TEST_CASE("a journal opened read-only is read and never written", "[store]", LASTING_STORES) {
  PLACE(place, url);
  const auto writer = open_store(url);
  const Head head = append_all(*writer, {"one"});
  const auto reader = open_store(url, {.read_only = true});
  CHECK_FALSE(reader->writable());
  CHECK(reader->head() == head);
  CHECK(read_all(*reader).size() == 1);
  CHECK(verify(*reader).whole());
  const std::vector<NewEntry> more{entry("two")};
  CHECK(contains(message_of<StoreError>([&] { static_cast<void>(reader->append(head, more)); }), "read-only"));
  CHECK(contains(message_of<StoreError>([&] { reader->store_state({head, {}}); }), "read-only"));
  append_all(*writer, {"two"});
  CHECK(reader->head().sequence == 2);  // it sees what others write
}

TEMPLATE_TEST_CASE("of two connections that append to one head, one wins and the other writes nothing", "[store]",
                   LASTING_STORES) {
  PLACE(place, url);
  const auto one = open_store(url);
  const auto two = open_store(url);
  const std::vector<NewEntry> by_one{entry("by one", "id")};
  const std::vector<NewEntry> by_two{entry("by two"), entry("by two again")};
  const auto head = one->append({}, by_one);
  REQUIRE(head);
  CHECK_FALSE(two->append({}, by_two));
  CHECK(two->head() == *head);
  CHECK(two->find_command("id") == 1);
  CHECK(two->append(*head, by_two));
  CHECK(one->head().sequence == 3);
}

TEMPLATE_TEST_CASE("connections that race write every entry once, without a gap", "[store]", LASTING_STORES) {
  PLACE(place, url);
  constexpr int writers = 4;
  constexpr int each = 25;
  Troubles troubles;
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer)
    threads.emplace_back([&, writer] {
      try {
        const auto store = open_store(url, {.patience = std::chrono::seconds{30}});  // they race to create it, too
        for (int i = 0; i < each;) {
          const std::string id = std::to_string(writer) + ":" + std::to_string(i);
          const std::vector<NewEntry> entries{entry(id, id), entry(id + " b")};
          if (store->append(store->head(), entries)) ++i;  // else somebody else was faster
        }
      } catch (const std::exception& error) {
        troubles.add(error.what());
      }
    });
  for (std::thread& thread : threads) thread.join();
  REQUIRE(troubles.words() == "");
  const auto store = open_store(url);
  const auto all = read_all(*store);
  REQUIRE(all.size() == 2 * writers * each);
  for (std::size_t i = 0; i < all.size(); i += 2) {  // what was appended together stands together
    Bytes pair = all[i].bytes;
    for (const char letter : {' ', 'b'}) pair.push_back(static_cast<std::byte>(letter));
    CHECK(all[i + 1].bytes == pair);
  }
  CHECK(verify(*store, {}, {}, 2).whole());
}

TEMPLATE_TEST_CASE("readers see whole appends only, while others write", "[store]", LASTING_STORES) {
  PLACE(place, url);
  static_cast<void>(open_store(url));
  std::atomic<bool> done{false};
  Troubles troubles;
  std::thread writer{[&] {
    try {
      const auto store = open_store(url, {.patience = std::chrono::seconds{30}});
      Head head;
      for (int i = 0; i < 40; ++i) {
        const std::vector<NewEntry> three{entry("a"), entry("b"), entry("c")};
        head = store->append(head, three).value();
      }
    } catch (const std::exception& error) {
      troubles.add(error.what());
    }
    done = true;
  }};
  const auto store = open_store(url, {.read_only = true, .patience = std::chrono::seconds{30}});
  int torn = 0;
  while (!done) torn += read_all(*store).size() % 3 != 0 || store->head().sequence % 3 != 0;
  writer.join();
  CHECK(troubles.words() == "");
  CHECK(torn == 0);
  CHECK(read_all(*store).size() == 120);
}

TEMPLATE_TEST_CASE("a writer that holds the journal is waited for, and then named", "[store]", LASTING_STORES) {
  PLACE(place, url);
  const auto holder = open_store(url);
  append_all(*holder, {"one"});
  const auto store = open_store(url, {.patience = std::chrono::milliseconds{60}});
  const std::vector<NewEntry> more{entry("two")};

  const auto while_held = [&](const auto& test) {
    if constexpr (std::is_same_v<TestType, InPostgresql>) {
#ifdef ASSAY_WITH_POSTGRESQL
      const std::unique_ptr<PGconn, decltype(&PQfinish)> other{PQconnectdb(url.c_str()), &PQfinish};
      PQclear(
          PQexec(other.get(), "BEGIN; SELECT pg_advisory_xact_lock(1098085241, 'assay_entry'::regclass::oid::int)"));
      test();
#endif
    } else {
      sqlite3* other = nullptr;
      REQUIRE(sqlite3_open(url.c_str(), &other) == SQLITE_OK);
      REQUIRE(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
      test();
      sqlite3_close(other);
    }
  };
  while_held([&] {
    const auto begin = std::chrono::steady_clock::now();
    const auto message = message_of<StoreError>([&] { static_cast<void>(store->append(Head{}, more)); });
    CHECK(contains(message, "somebody else has held its lock for longer than 60 ms"));
    CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds{50});
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{5});
  });
  CHECK(store->append(store->head(), more));
}

TEMPLATE_TEST_CASE("a forked child is refused, and its parent goes on", "[store]", LASTING_STORES) {
  PLACE(place, url);
  auto store = open_store(url);
  const Head head = append_all(*store, {"one"});
  const pid_t child = fork();
  if (child == 0) {
    int code = 1;
    try {
      static_cast<void>(store->head());
    } catch (const StoreError& error) {
      code = contains(error.what(), "forked") ? 0 : 2;
    }
    store.reset();  // must not end what the parent uses
    _exit(code);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(store->head() == head);
  append_all(*store, {"two"});
}
