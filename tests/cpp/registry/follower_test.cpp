#include <new>
#include <stdexcept>

#include <assay_test.hpp>

#include <assay/registry/follower.hpp>

#include "acts.hpp"
#include "stand_in.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::act;
using assay::test::contains;
using assay::test::Desk;
using assay::test::message_of;
using assay::test::noon;
using assay::test::StandIn;

namespace {

struct Rig {
  std::shared_ptr<Store> journal{open_store(":memory:")};
  StandIn* store{nullptr};
  std::unique_ptr<Follower> follower{};

  explicit Rig(std::uint64_t keep_every = 0) { open(keep_every); }
  void open(std::uint64_t keep_every) {
    auto made = std::make_unique<StandIn>(journal);
    store = made.get();
    follower = std::make_unique<Follower>(std::move(made), keep_every);
  }
  Follower* operator->() const { return follower.get(); }

  /// Events that follow on what the follower knows.
  [[nodiscard]] std::vector<Event> next(const std::string& id, int count = 1) const {
    Draft draft{follower->state()};
    for (int i = 0; i < count; ++i) decide(draft, act("create", id + (i == 0 ? "" : std::to_string(i))), noon);
    return std::move(draft.events());
  }
};

}  // namespace

TEST_CASE("what is appended is in the journal and in the state", "[registry]") {
  Rig rig;
  const auto events = rig.next("q", 3);
  CHECK(rig->append(events));
  CHECK(rig->head().sequence == 3);
  CHECK(rig->head() == rig.journal->head());
  CHECK(rig->state().sequence() == 3);
  CHECK(rig->state() == assay::test::replay(events));
  CHECK(rig->append({}));
  CHECK(&rig->store() == rig.store);
}

TEST_CASE("whoever was second writes nothing, catches up and can try again", "[registry]") {
  Rig one;
  Rig two;
  two.journal = one.journal;
  two.open(0);
  const auto stale = two.next("q");
  REQUIRE(one->append(one.next("p")));
  CHECK_FALSE(two->append(stale));
  CHECK(two->state().sequence() == 0);
  two->catch_up();
  CHECK(two->state() == one->state());
  CHECK(two->append(two.next("q")));
  one->catch_up();
  CHECK(one->state() == two->state());
}

TEST_CASE("a journal opened again gives the same state, with a stored state or without", "[law][registry]") {
  for (const std::uint64_t every : {0, 1, 3, 100}) {
    Rig rig{every};
    for (int i = 0; i < 10; ++i) REQUIRE(rig->append(rig.next("q" + std::to_string(i))));
    CHECK(rig.store->states_stored == (every == 0 ? 0U : every == 1 ? 10U : every == 3 ? 3U : 0U));
    const State wanted = rig->state();
    rig.open(every);
    CHECK(rig->state() == wanted);
    CHECK(rig->head() == rig.journal->head());
    CHECK(rig->append(rig.next("z")));
  }
}

TEST_CASE("a state is kept when asked for, and not anew without new events", "[registry]") {
  Rig rig;
  REQUIRE(rig->append(rig.next("q", 5)));
  rig->keep_state(6);
  CHECK(rig.store->states_stored == 0);
  rig->keep_state(0);
  CHECK(rig.store->states_stored == 0);
  rig->keep_state();
  CHECK(rig.store->states_stored == 1);
  rig->keep_state();
  CHECK(rig.store->states_stored == 1);
  rig.store->may_write = false;
  REQUIRE(rig->append(rig.next("r")));
  rig->keep_state();
  CHECK(rig.store->states_stored == 1);
}

TEST_CASE("a stored state that cannot be read, or is of another moment, costs time and nothing else", "[registry]") {
  Rig rig;
  REQUIRE(rig->append(rig.next("q", 5)));
  const State wanted = rig->state();
  const Bytes good = wanted.to_bytes();
  Bytes bad = good;
  bad[20] ^= std::byte{1};
  State empty;
  for (const Bytes& bytes : {bad, empty.to_bytes(), Bytes{}, good}) {
    rig.journal->store_state({rig.journal->head(), bytes});
    rig.open(0);
    CHECK(rig->state() == wanted);
    CHECK(rig->append({}));
  }
}

TEST_CASE("that a state cannot be stored does not undo what was written, nor keep anybody from reading", "[registry]") {
  Rig rig{1};
  rig.store->before_state = [] { throw StoreError("disk full"); };
  CHECK(rig->append(rig.next("q")));
  CHECK(rig.journal->head().sequence == 1);
  CHECK(rig->state().sequence() == 1);
  rig.store->before_state = [] { throw InputError("too long"); };
  CHECK(rig->append(rig.next("r")));
  rig.store->before_state = {};
  CHECK(rig->append(rig.next("s")));
  CHECK(rig.store->states_stored == 1);

  Rig asked;
  asked.store->before_state = [] { throw StoreError("disk full"); };
  REQUIRE(asked->append(asked.next("q")));
  CHECK(message_of<StoreError>([&] { asked->keep_state(); }) == "disk full");  // who asks for it is told
}

TEST_CASE("a failure that leaves it open whether the entries were written is settled by the journal", "[registry]") {
  Rig rig;
  rig.store->after_append = [] { throw OutcomeUnknown("the line broke"); };
  CHECK_THROWS_AS((void)rig->append(rig.next("q")), OutcomeUnknown);
  CHECK(rig->state().sequence() == 0);
  rig.store->after_append = {};
  rig->catch_up();
  CHECK(rig->state().sequence() == 1);
  CHECK(rig->append(rig.next("r")));
}

TEST_CASE("a failure before anything was written leaves no trace", "[registry]") {
  Rig rig;
  rig.store->before_append = [] { throw StoreError("locked"); };
  CHECK_THROWS_AS((void)rig->append(rig.next("q")), StoreError);
  rig.store->before_append = {};
  rig->catch_up();
  CHECK(rig->state() == State{});
  CHECK(rig->append(rig.next("q")));
}

TEST_CASE("an error from anywhere while catching up leaves the state in step", "[registry]") {
  Rig rig;
  Rig other;
  other.journal = rig.journal;
  other.open(0);
  REQUIRE(other->append(other.next("q", 3)));
  rig.store->before_read = [] { throw std::bad_alloc{}; };
  CHECK_THROWS_AS(rig->catch_up(), std::bad_alloc);
  rig.store->before_read = {};
  rig->catch_up();
  CHECK(rig->state() == other->state());
  CHECK(rig->append(rig.next("r")));
}

TEST_CASE("an event of a newer release stops the reading, by name, as often as it is tried", "[registry][refusal]") {
  Rig rig;
  REQUIRE(rig->append(rig.next("q")));
  Event event{.sequence = 2,
              .book = 1,
              .verb = 1,
              .state = 1,
              .version = 1,
              .effective = noon,
              .recorded = noon,
              .id = "r",
              .changes = {{99, std::string{"x"}}}};
  REQUIRE(rig.journal->append(rig.journal->head(), std::vector<NewEntry>{{to_bytes(event), ""}}).has_value());
  for (int i = 0; i < 2; ++i)
    CHECK(message_of<FormatError>([&] { rig->catch_up(); }) ==
          "field 99 of book 'queues' at event 2 was written by a newer release of Assay; open the journal with that");
  CHECK(rig->state().sequence() == 1);
  CHECK(rig->state().find(queues(), "r") == nullptr);
  CHECK_FALSE(rig->append(rig.next("s")));  // and nothing is written onto what is not understood
}

TEST_CASE("a journal that was cut short or written anew while it was open is refused", "[registry][refusal]") {
  struct Switch : StandIn {
    using StandIn::StandIn;
    std::shared_ptr<Store> other{open_store(":memory:")};
    bool away{false};
    Head head() override { return away ? other->head() : StandIn::head(); }
    std::optional<Head> append(const Head& expected, std::span<const NewEntry> entries) override {
      return away ? other->append(expected, entries) : StandIn::append(expected, entries);
    }
  };
  auto store = std::make_unique<Switch>(open_store(":memory:"));
  Switch* seam = store.get();
  Follower follower{std::move(store), 0};
  const auto next = [&](const std::string& id) {
    Draft draft{follower.state()};
    decide(draft, act("create", id), noon);
    return std::move(draft.events());
  };
  REQUIRE(follower.append(next("q")));
  seam->away = true;
  const std::string words = "the journal in :memory: was cut short or written anew while it was open";
  CHECK(message_of<StoreError>([&] { (void)follower.append(next("r")); }) == words);
  REQUIRE(seam->other->append({}, std::vector<NewEntry>{{to_bytes(next("x").front()), ""}}).has_value());
  CHECK(message_of<StoreError>([&] { (void)follower.append(next("r")); }) == words);
}
