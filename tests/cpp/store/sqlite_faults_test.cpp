// The disk fails at every point where it can, one after the other: nothing is ever half-written, and what append says
// is what the file then holds.

#include <functional>
#include <store/sqlite_store.hpp>

#include "fault_vfs.hpp"
#include "places.hpp"

using namespace assay;
using namespace assay::registry;
using namespace assay::test;
using store::SqliteStore;
using store::Surroundings;

namespace {

using Kind = FaultVfs::Kind;

enum class Answer { written, not_written, unknown };

struct Fault {
  Kind kind;
  int code;
  bool for_ever;
};

const std::vector<Fault> faults{
    {Kind::write, SQLITE_FULL, false},
    {Kind::write, SQLITE_FULL, true},
    {Kind::half_write, SQLITE_FULL, true},
    {Kind::write, SQLITE_IOERR_WRITE, false},
    {Kind::half_write, SQLITE_IOERR_WRITE, true},
    {Kind::sync, SQLITE_IOERR_FSYNC, false},
    {Kind::sync, SQLITE_IOERR_FSYNC, true},
    {Kind::truncate, SQLITE_IOERR_TRUNCATE, false},
    {Kind::truncate, SQLITE_IOERR_TRUNCATE, true},
    {Kind::remove, SQLITE_IOERR_DELETE, true},
};

struct Counted {
  int points{0};
  int written{0};
  int not_written{0};
  int unknown{0};
};

/// Lets `act` meet the fault at its first, second, ... call until it no longer meets it. `check` sees the store's place
/// after each.
Counted at_every_point(FaultVfs& vfs, const Fault& fault, const std::string& good,
                       const std::function<void(Store&)>& act,
                       const std::function<void(const std::string&, Store&, Answer)>& check) {
  const Folder folder;
  const std::string path = folder / "ops.db";
  Surroundings surroundings;
  surroundings.vfs = FaultVfs::name;
  Counted out;
  for (int nth = 1; nth < 1'000; ++nth) {
    std::filesystem::remove(path + "-journal");
    std::filesystem::copy_file(good, path, std::filesystem::copy_options::overwrite_existing);
    SqliteStore store{path, {}, surroundings};
    vfs.arm(fault.kind, nth, fault.code, fault.for_ever);
    Answer answer = Answer::written;
    try {
      act(store);
    } catch (const OutcomeUnknown&) {
      answer = Answer::unknown;
    } catch (const StoreError&) {
      answer = Answer::not_written;
    }
    const bool fired = vfs.fired();
    vfs.disarm();
    INFO("fault " << fault.code << " at point " << nth << (fault.for_ever ? " and ever after" : ""));
    check(path, store, answer);
    if (!fired) {
      REQUIRE(answer == Answer::written);
      return out;
    }
    ++out.points;
    ++(answer == Answer::written ? out.written : answer == Answer::unknown ? out.unknown : out.not_written);
  }
  FAIL("the fault never ran out");
  return out;
}

}  // namespace

TEST_CASE("an append that meets a failing disk at any point is wholly there or not at all, as it says",
          "[store][faults]") {
  FaultVfs vfs;
  const Folder folder;
  const std::string good = folder / "good.db";
  const Head before = append_all(*open_store(good), {"one", "two", "three"});
  std::vector<NewEntry> entries;
  for (int i = 0; i < 60; ++i) entries.push_back(entry(std::string(300, 'x'), "id" + std::to_string(i)));

  Counted all;
  for (const Fault& fault : faults) {
    std::optional<Head> got;
    const auto act = [&](Store& store) {
      got.reset();
      got = store.append(before, entries);
    };
    const Counted met =
        at_every_point(vfs, fault, good, act, [&](const std::string& path, Store& store, Answer answer) {
          const auto fresh = open_store(path);
          const Verdict verdict = verify(*fresh);
          REQUIRE(verdict.whole());
          const Head head = fresh->head();
          if (answer == Answer::written) {
            REQUIRE(got);
            REQUIRE(head == *got);
          }
          if (answer == Answer::not_written) REQUIRE(head == before);
          REQUIRE((head.sequence == 3 || head.sequence == 63));
          // once the disk is well again, the same object goes on
          const std::vector<NewEntry> more{entry("afterwards")};
          REQUIRE(store.head() == head);
          REQUIRE(store.append(head, more));
          REQUIRE(verify(*fresh).head.sequence == head.sequence + 1);
        });
    all.points += met.points;
    all.written += met.written;
    all.not_written += met.not_written;
    all.unknown += met.unknown;
  }
  INFO(all.points << " points: " << all.not_written << " not written, " << all.written << " written all the same, "
                  << all.unknown << " unknown");
  CHECK(all.points > 100);
  CHECK(all.not_written > 50);
  CHECK(all.not_written + all.written > all.unknown);
}

TEST_CASE("a stored state that meets a failing disk at any point loses no truth", "[store][faults]") {
  FaultVfs vfs;
  const Folder folder;
  const std::string good = folder / "good.db";
  const StoredState first = [&] {
    const auto store = open_store(good);
    StoredState out{append_all(*store, {"one"}), bytes_of("first")};
    store->store_state(out);
    append_all(*store, {"two"});
    return out;
  }();
  const Head head = open_store(good)->head();
  const StoredState second{head, Bytes(20'000, std::byte{1})};
  int points = 0;
  for (const Fault& fault : faults) {
    const auto act = [&](Store& store) { store.store_state(second); };
    points += at_every_point(vfs, fault, good, act, [&](const std::string& path, Store&, Answer answer) {
                const auto fresh = open_store(path);
                REQUIRE(verify(*fresh).whole());
                REQUIRE(fresh->head() == head);
                const auto state = fresh->stored_state();
                REQUIRE(state);
                REQUIRE((*state == first || *state == second));
                if (answer == Answer::written) REQUIRE(*state == second);
              }).points;
  }
  CHECK(points > 20);
}

TEST_CASE("a full disk is called a full disk", "[store][faults]") {
  FaultVfs vfs;
  const Folder folder;
  Surroundings surroundings;
  surroundings.vfs = FaultVfs::name;
  SqliteStore store{folder / "ops.db", {}, surroundings};
  const Head head = append_all(store, {"one"});
  const std::vector<NewEntry> more{entry("two")};
  vfs.arm(Kind::write, 1, SQLITE_FULL, true);
  const auto message = message_of<StoreError>([&] { static_cast<void>(store.append(head, more)); });
  CHECK(contains(message, "the disk is full"));
  CHECK(contains(message, "nothing was written"));
  vfs.disarm();
  CHECK(store.append(head, more));
}

TEST_CASE("creating a journal on a failing disk leaves none, or a whole one", "[store][faults]") {
  FaultVfs vfs;
  Surroundings surroundings;
  surroundings.vfs = FaultVfs::name;
  for (const Fault& fault : faults) {
    bool fired = true;
    for (int nth = 1; fired; ++nth) {
      REQUIRE(nth < 200);
      const Folder folder;
      const std::string path = folder / "ops.db";
      vfs.arm(fault.kind, nth, fault.code, fault.for_ever);
      try {
        SqliteStore{path, {}, surroundings};
      } catch (const StoreError&) {
      }
      fired = vfs.fired();
      vfs.disarm();
      append_all(*open_store(path), {"one"});
      CHECK(open_store(path, {.create = false})->head().sequence == 1);
    }
  }
}
