// What every store promises, proved of each of them by the same tests.

#include "places.hpp"

using namespace assay;
using namespace assay::registry;
using namespace assay::test;

#define ALL_STORES InMemory, InSqlite, InPostgresql

/// Opens the place, or leaves the test where this kind of store cannot be tested here.
#define OPEN(place, store)                       \
  TestType place;                                \
  const auto place##_url = place.url();          \
  if (!place##_url) return;                      \
  auto store##_owner = open_store(*place##_url); \
  Store& store = *store##_owner

TEMPLATE_TEST_CASE("a new journal is empty", "[store]", ALL_STORES) {
  OPEN(place, store);
  CHECK(store.head() == Head{});
  CHECK(read_all(store).empty());
  CHECK_FALSE(store.find_command("anything"));
  CHECK_FALSE(store.stored_state());
  CHECK(store.writable());
  CHECK_FALSE(store.place().empty());
}

TEMPLATE_TEST_CASE("entries come back in order, each chained to the one before", "[store]", ALL_STORES) {
  OPEN(place, store);
  const std::vector<NewEntry> first{entry("one", "c1"), entry("two")};
  const auto after_first = store.append({}, first);
  REQUIRE(after_first);
  CHECK(after_first->sequence == 2);
  CHECK(store.head() == *after_first);
  const std::vector<NewEntry> second{entry("three", "c3")};
  const auto after_second = store.append(*after_first, second);
  REQUIRE(after_second);

  const auto all = read_all(store);
  REQUIRE(all.size() == 3);
  Hash before{};
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].sequence == i + 1);
    CHECK(all[i].hash == chain(before, all[i].bytes));
    before = all[i].hash;
  }
  CHECK(all[0].bytes == bytes_of("one"));
  CHECK(all[0].command_id == "c1");
  CHECK(all[1].command_id.empty());
  CHECK(all[2].bytes == bytes_of("three"));
  CHECK(*after_second == Head{3, before});
  CHECK(store.head() == *after_second);
}

TEMPLATE_TEST_CASE("reading begins after a number and ends where it is told to", "[store]", ALL_STORES) {
  OPEN(place, store);
  append_all(store, {"1", "2", "3", "4", "5"});
  CHECK(read_all(store, 5).empty());
  CHECK(read_all(store, 6).empty());
  CHECK(read_all(store, no_end).empty());
  CHECK(read_all(store, 0, 0).empty());
  const auto middle = read_all(store, 2, 2);
  REQUIRE(middle.size() == 2);
  CHECK(middle[0].sequence == 3);
  CHECK(middle[1].sequence == 4);
  int seen = 0;
  store.read(0, no_end, [&](const EntryView&) { return ++seen < 3; });
  CHECK(seen == 3);
}

TEMPLATE_TEST_CASE("an append onto another head than the journal's writes nothing", "[store]", ALL_STORES) {
  OPEN(place, store);
  const Head head = append_all(store, {"one", "two"});
  const std::vector<NewEntry> more{entry("three", "c3")};
  Head other = head;
  other.hash[31] ^= std::byte{1};
  const Hash first = read_all(store)[0].hash;
  for (const Head& wrong : {Head{}, Head{1, first}, Head{3, head.hash}, other, Head{no_end, head.hash}}) {
    CHECK_FALSE(store.append(wrong, more));
    CHECK(store.head() == head);
  }
  CHECK_FALSE(store.find_command("c3"));
  CHECK(store.append(head, more));
}

TEMPLATE_TEST_CASE("no entries are no change, and still tell whether the head is right", "[store]", ALL_STORES) {
  OPEN(place, store);
  CHECK(store.append({}, {}) == Head{});
  const Head head = append_all(store, {"one"});
  CHECK(store.append(head, {}) == head);
  CHECK_FALSE(store.append({}, {}));
  CHECK(store.head() == head);
}

TEMPLATE_TEST_CASE("a command id is found, and taken only once", "[store]", ALL_STORES) {
  OPEN(place, store);
  const std::string strange{"\0'; DROP TABLE entry; --\xFF\n", 27};
  const std::vector<NewEntry> first{entry("a"), entry("b", "id"), entry("c", strange)};
  const auto head = store.append({}, first);
  REQUIRE(head);
  CHECK(store.find_command("id") == 2);
  CHECK(store.find_command(strange) == 3);
  CHECK_FALSE(store.find_command(""));
  CHECK_FALSE(store.find_command("ID"));
  CHECK_FALSE(store.find_command(std::string(most_command_id_bytes + 1, 'x')));
  CHECK(read_all(store)[2].command_id == strange);

  const std::vector<NewEntry> again{entry("d", "other"), entry("e", "id")};
  CHECK_FALSE(store.append(*head, again));
  CHECK(store.head() == *head);
  CHECK_FALSE(store.find_command("other"));
  // entries without an id are not in each other's way
  const std::vector<NewEntry> without{entry("d"), entry("d")};
  CHECK(store.append(*head, without));
}

TEMPLATE_TEST_CASE("a command id that stands twice in one append is refused by name", "[store]", ALL_STORES) {
  OPEN(place, store);
  const std::vector<NewEntry> twice{entry("a", "same"), entry("b", "same")};
  CHECK(message_of<InputError>([&] { static_cast<void>(store.append({}, twice)); }) ==
        "wanted every command id once, got 'same' twice among the entries of one append");
  CHECK(store.head() == Head{});
}

TEMPLATE_TEST_CASE("what is too long is refused, what is as long as allowed is not", "[store]", ALL_STORES) {
  OPEN(place, store);
  const std::vector<NewEntry> longest{entry("a", std::string(most_command_id_bytes, 'x'))};
  const auto head = store.append({}, longest);
  REQUIRE(head);
  CHECK(store.find_command(longest[0].command_id) == 1);
  const std::vector<NewEntry> longer{entry("a", std::string(most_command_id_bytes + 1, 'x'))};
  CHECK(contains(message_of<InputError>([&] { static_cast<void>(store.append(*head, longer)); }),
                 "wanted a command id of at most 1000 bytes, got 1001"));
  const std::vector<NewEntry> large{{Bytes(most_entry_bytes + 1), {}}};
  CHECK(message_of<InputError>([&] { static_cast<void>(store.append(*head, large)); }) ==
        "wanted an entry of at most 67108864 bytes, got 67108865");
  CHECK(store.head() == *head);
}

TEMPLATE_TEST_CASE("bytes of any value and any number come back as they went in", "[store]", ALL_STORES) {
  OPEN(place, store);
  Bytes every;
  for (int value = 0; value < 256; ++value) every.push_back(static_cast<std::byte>(value));
  Bytes large(1U << 20U);
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<std::byte>(i * 2654435761U >> 13U);
  const std::vector<NewEntry> entries{{{}, {}}, {every, {}}, {large, "large"}, {{std::byte{0}}, {}}};
  REQUIRE(store.append({}, entries));
  const auto all = read_all(store);
  REQUIRE(all.size() == 4);
  CHECK(all[0].bytes.empty());
  CHECK(all[1].bytes == every);
  CHECK(all[2].bytes == large);
  CHECK(all[3].bytes == Bytes{std::byte{0}});
  CHECK(verify(store).whole());
}

TEMPLATE_TEST_CASE("large entries are read in pages that fit in memory, none left out", "[store]", ALL_STORES) {
  OPEN(place, store);
  const std::vector<NewEntry> entries(14, NewEntry{Bytes(std::size_t{1} << 20U, std::byte{7}), {}});
  REQUIRE(store.append({}, entries));
  std::uint64_t count = 0;
  store.read(0, no_end, [&](const EntryView& each) {
    CHECK(each.sequence == ++count);
    return each.bytes.size() == std::size_t{1} << 20U;
  });
  CHECK(count == 14);
  CHECK(read_all(store, 3, 9).size() == 9);
}

TEMPLATE_TEST_CASE("many small appends and one of many entries make one journal", "[store]", ALL_STORES) {
  OPEN(place, store);
  Head head;
  for (int i = 0; i < 60; ++i) head = append_all(store, {"small " + std::to_string(i)});
  std::vector<NewEntry> many;
  for (int i = 0; i < 5'000; ++i) many.push_back(entry("many " + std::to_string(i), "m" + std::to_string(i)));
  const auto after = store.append(head, many);
  REQUIRE(after);
  CHECK(after->sequence == 5'060);
  const auto all = read_all(store);
  REQUIRE(all.size() == 5'060);
  CHECK(all[59].bytes == bytes_of("small 59"));
  CHECK(all[60].bytes == bytes_of("many 0"));
  CHECK(all[5'059].bytes == bytes_of("many 4999"));
  CHECK(all[5'059].command_id == "m4999");
  CHECK(store.find_command("m2500") == 2'561);
  for (const unsigned threads : {1U, 2U, 5U}) {
    const Verdict verdict = verify(store, {}, {}, threads);
    CHECK(verdict.whole());
    CHECK(verdict.head == *after);
  }
}

TEMPLATE_TEST_CASE("the reader may use the store it reads from", "[store]", ALL_STORES) {
  OPEN(place, store);
  append_all(store, {"one", "two", "three"});
  std::vector<std::uint64_t> seen;
  store.read(0, no_end, [&](const EntryView& each) {
    seen.push_back(each.sequence);
    append_all(store, {"while reading"});
    return read_all(store, 0, 1).size() == 1;
  });
  CHECK(seen == std::vector<std::uint64_t>{1, 2, 3});  // what was appended meanwhile is not among them
  CHECK(store.head().sequence == 6);
  CHECK_THROWS_AS(store.read(0, no_end, [](const EntryView&) -> bool { throw std::logic_error{"mine"}; }),
                  std::logic_error);
  append_all(store, {"after an error of the reader"});
}

TEMPLATE_TEST_CASE("the newest stored state is kept, and only one that belongs to the journal", "[store]", ALL_STORES) {
  OPEN(place, store);
  const StoredState empty{{}, bytes_of("nothing yet")};
  store.store_state(empty);
  CHECK(store.stored_state() == empty);
  std::vector<StoredState> states;
  for (int i = 0; i < 4; ++i) {
    states.push_back({append_all(store, {"entry " + std::to_string(i)}), bytes_of("state " + std::to_string(i))});
    store.store_state(states.back());
    CHECK(store.stored_state() == states.back());
  }
  const StoredState large{states.back().head, Bytes(3U << 20U, std::byte{9})};
  store.store_state(large);  // the same head once more: the later one counts
  CHECK(store.stored_state() == large);
  store.store_state(states[1]);  // an older one does not take its place
  CHECK(store.stored_state() == large);

  StoredState foreign = large;
  foreign.head.hash[0] ^= std::byte{1};
  CHECK(contains(message_of<StoreError>([&] { store.store_state(foreign); }), "no entry 4 with the hash"));
  foreign.head.sequence = 5;
  CHECK(contains(message_of<StoreError>([&] { store.store_state(foreign); }), "no entry 5 with the hash"));
  foreign.head = {0, large.head.hash};
  CHECK(contains(message_of<StoreError>([&] { store.store_state(foreign); }), "no entry 0 with the hash"));
  CHECK(store.stored_state() == large);
  CHECK(store.head() == large.head);
}
