// Several writers on one journal at the same time: nothing is lost, nothing is done twice, every story is exact.

#include <sys/wait.h>
#include <unistd.h>

#include <barrier>
#include <thread>

#include <assay_test.hpp>

#include <assay/registry/journal.hpp>
#include <assay/registry/registry.hpp>

#include "../store/places.hpp"
#include "acts.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::act;
using assay::test::complete;

namespace {

constexpr int each_writes = 60;

std::unique_ptr<Store> opened(const std::string& url) {
  StoreOptions options;
  options.patience = std::chrono::seconds{60};
  return open_store(url, options);
}

Command counting(const std::string& writer, int turn) {
  Command command = act("amend", "q", {{"name", writer + std::to_string(turn)}});
  command.actor = writer;
  command.command_id = writer + "-" + std::to_string(turn);
  return command;
}

/// Reads the version, then insists on it: as a person with a form open would. Begins anew when somebody was first.
void insist(Registry& registry, const std::string& writer) {
  for (int turn = 0; turn < each_writes;) {
    Command command = counting(writer, turn);
    command.expected_version = registry.state().find(queues(), "q")->version;
    try {
      registry.execute(command);
      ++turn;
    } catch (const RefusedError& refused) {
      if (refused.rule() != "version") throw;
    }
  }
}

/// Writes whatever the version is, and sends every third command twice.
void write_on(Registry& registry, const std::string& writer) {
  for (int turn = 0; turn < each_writes; ++turn) {
    const auto events = registry.execute(counting(writer, turn));
    if (turn % 3 == 0 && registry.execute(counting(writer, turn)) != events)
      throw std::runtime_error("sent again, it was done again");
  }
}

/// That the journal holds what each writer wrote, once and in its order, and nothing else.
void check_story(const std::string& url, const std::vector<std::string>& writers) {
  auto store = opened(url);
  CHECK(verify(*store).whole());
  Registry registry{std::move(store)};
  const auto story = registry.history(queues(), "q");
  REQUIRE(story.size() == 2 + writers.size() * each_writes);
  for (std::size_t i = 0; i < story.size(); ++i) {
    CHECK(story[i].version == i + 1);
    CHECK(story[i].previous == (i == 0 ? 0 : story[i - 1].sequence));
    CHECK((i == 0 || story[i].recorded >= story[i - 1].recorded));
  }
  for (const std::string& writer : writers) {
    int turn = 0;
    for (const Event& event : story)
      if (event.actor == writer) {
        CHECK(event.changes.at(0).second == Value{writer + std::to_string(turn)});
        ++turn;
      }
    CHECK(turn == each_writes);
  }
  CHECK(registry.state().find(queues(), "q")->at(queues(), queue::title) == story.back().changes.at(0).second);
}

void prepare(const std::string& url) {
  Registry registry{opened(url)};
  registry.execute(std::vector{act("create", "q", complete()), act("activate", "q")});
}

void in_threads(const std::string& url) {
  prepare(url);
  std::vector<std::string> failures(4);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      try {
        RegistryOptions options;
        options.store_state_every = 50;
        Registry registry{opened(url), options};
        const std::string writer(1, static_cast<char>('a' + i));
        if (i % 2 == 0)
          write_on(registry, writer);
        else
          insist(registry, writer);
      } catch (const std::exception& error) {
        failures[static_cast<std::size_t>(i)] = error.what();
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& failure : failures) CHECK(failure.empty());
  check_story(url, {"a", "b", "c", "d"});
}

}  // namespace

TEST_CASE("threads that write to one SQLite file lose no update", "[registry]") {
  const test::InSqlite place;
  in_threads(*place.url());
}

TEST_CASE("threads that write to one PostgreSQL journal lose no update", "[registry]") {
  const test::InPostgresql place;
  if (place.url()) in_threads(*place.url());
}

TEST_CASE("of two who change the version that both have seen, one is refused", "[registry]") {
  const test::InSqlite place;
  const std::string url = *place.url();
  prepare(url);
  constexpr int rounds = 25;
  std::barrier<> together{2};
  std::vector<int> won(2);
  std::vector<int> refused(2);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 2; ++i)
    threads.emplace_back([&, i] {
      Registry registry{opened(url)};
      for (int round = 0; round < rounds; ++round) {
        Command command = act("amend", "q", {{"name", std::to_string(i) + ":" + std::to_string(round)}});
        command.expected_version = registry.state().find(queues(), "q")->version;
        together.arrive_and_wait();
        try {
          registry.execute(command);
          ++won[i];
        } catch (const RefusedError& error) {
          if (error.rule() == "version") ++refused[i];
        }
        together.arrive_and_wait();
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(won[0] + won[1] == rounds);
  CHECK(refused[0] + refused[1] == rounds);
  Registry registry{opened(url)};
  CHECK(registry.state().find(queues(), "q")->version == 2 + rounds);
}

TEST_CASE("processes that write to one SQLite file lose no update", "[registry]") {
  const test::InSqlite place;
  const std::string url = *place.url();
  prepare(url);
  std::vector<pid_t> children;
  for (const char* const writer : {"a", "b"}) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {  // nothing of the test framework runs in here
      int code = 1;
      try {
        Registry registry{opened(url)};
        if (*writer == 'a')
          write_on(registry, writer);
        else
          insist(registry, writer);
        code = 0;
      } catch (...) {
      }
      _exit(code);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  check_story(url, {"a", "b"});
}

TEST_CASE("the same commands sent by two at once are done once", "[registry]") {
  const test::InSqlite place;
  const std::string url = *place.url();
  prepare(url);
  std::vector<std::vector<Event>> wrote(2);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 2; ++i)
    threads.emplace_back([&, i] {
      Registry registry{opened(url)};
      for (int turn = 0; turn < each_writes; ++turn) {
        const auto events = registry.execute(counting("a", turn));
        wrote[i].insert(wrote[i].end(), events.begin(), events.end());
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrote[0] == wrote[1]);
  check_story(url, {"a"});
}
