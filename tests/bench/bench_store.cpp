// How fast journals are written and read, beside what SQLite itself can do on the same disk in the same run.
//
//     bench_store [FOLDER] [POSTGRESQL-URL]
//
// Ratios are what counts: the disk decides the rest.

#include <sqlite3.h>

#include <algorithm>
#include <assay/registry/journal.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace assay::registry;
using Clock = std::chrono::steady_clock;

constexpr std::size_t entry_bytes = 200;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

std::vector<NewEntry> some_entries(std::size_t count, std::size_t first, bool with_ids) {
  std::vector<NewEntry> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    out[i].bytes.resize(entry_bytes);
    for (std::size_t at = 0; at < entry_bytes; ++at)
      out[i].bytes[at] = static_cast<std::byte>((first + i) * 31 + at * 7);
    if (with_ids) out[i].command_id = "command-" + std::to_string(first + i);
  }
  return out;
}

void line(const char* what, double rate, const std::string& beside) {
  std::printf("%-62s %12.0f /s  %s\n", what, rate, beside.c_str());
  std::fflush(stdout);
}

std::string against(double rate, double aim) {
  char text[64];
  std::snprintf(text, sizeof text, "%.2f of the aim of %.0f", rate / aim, aim);
  return text;
}

double batches(Store& store, std::size_t total, std::size_t batch, bool with_ids) {
  Head head = store.head();
  double spent = 0;
  for (std::size_t done = 0; done < total; done += batch) {
    const auto entries = some_entries(batch, head.sequence, with_ids);
    const auto begin = Clock::now();
    head = store.append(head, entries).value();
    spent += seconds_since(begin);
  }
  return static_cast<double>(total) / spent;
}

/// An application's own table: one insert and one commit each, as durable as the journal or by SQLite's defaults.
class Bare {
 public:
  Bare(const std::string& path, const char* durability) {
    sqlite3_open(path.c_str(), &database_);
    run(durability);
    run("CREATE TABLE event (sequence INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
    sqlite3_prepare_v2(database_, "BEGIN IMMEDIATE", -1, &begin_, nullptr);
    sqlite3_prepare_v2(database_, "INSERT INTO event (bytes) VALUES (?1)", -1, &insert_, nullptr);
    sqlite3_prepare_v2(database_, "COMMIT", -1, &commit_, nullptr);
  }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;
  ~Bare() {
    for (sqlite3_stmt* each : {begin_, insert_, commit_}) sqlite3_finalize(each);
    sqlite3_close(database_);
  }
  void append(const assay::Bytes& bytes) {
    step(begin_);
    sqlite3_bind_blob(insert_, 1, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
    step(insert_);
    step(commit_);
  }

 private:
  void run(const char* sql) { sqlite3_exec(database_, sql, nullptr, nullptr, nullptr); }
  static void step(sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) std::abort();
    sqlite3_reset(statement);
  }
  sqlite3* database_{};
  sqlite3_stmt* begin_{};
  sqlite3_stmt* insert_{};
  sqlite3_stmt* commit_{};
};

/// Takes turns with the bare loops, so that all meet the same disk.
void one_each(const std::string& folder) {
  const auto store = open_store(folder + "/each.db");
  Bare full{folder + "/full.db", "PRAGMA synchronous = FULL"};
  Bare extra{folder + "/extra.db", "PRAGMA synchronous = EXTRA"};
  constexpr std::size_t rounds = 20;
  constexpr std::size_t each = 50;
  double ours = 0;
  double bare_full = 0;
  double bare_extra = 0;
  Head head;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto entries = some_entries(each, round * each, false);
    auto begin = Clock::now();
    for (const NewEntry& entry : entries) head = store->append(head, {&entry, 1}).value();
    ours += seconds_since(begin);
    begin = Clock::now();
    for (const NewEntry& entry : entries) full.append(entry.bytes);
    bare_full += seconds_since(begin);
    begin = Clock::now();
    for (const NewEntry& entry : entries) extra.append(entry.bytes);
    bare_extra += seconds_since(begin);
  }
  constexpr auto count = static_cast<double>(rounds * each);
  char text[96];
  std::snprintf(text, sizeof text, "%.0f %% of bare FULL, %.0f %% of bare EXTRA (aim: 80 %%)", 100 * bare_full / ours,
                100 * bare_extra / ours);
  line("SQLite, one durable transaction each: journal", count / ours, text);
  line("SQLite, one durable transaction each: bare, synchronous=FULL", count / bare_full, "");
  line("SQLite, one durable transaction each: bare, synchronous=EXTRA", count / bare_extra, "");
}

void reading(Store& store, const char* name, double aim_plain, double aim_proved) {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;
  auto begin = Clock::now();
  store.read(0, ~std::uint64_t{0}, [&](const EntryView& entry) {
    ++count;
    sum += entry.bytes.size();
    return true;
  });
  const double plain = static_cast<double>(count) / seconds_since(begin);
  line((std::string{name} + ", read").c_str(), plain, against(plain, aim_plain));
  for (const unsigned threads : {1U, 2U}) {
    begin = Clock::now();
    const Verdict verdict = verify(store, {}, {}, threads);
    const double proved = static_cast<double>(count) / seconds_since(begin);
    if (!verdict.whole()) std::printf("%s\n", verdict.words.c_str());
    line((std::string{name} + ", verify on " + std::to_string(threads) + " threads").c_str(), proved,
         against(proved, aim_proved));
  }
}

}  // namespace

int main(int count, char** words) {
  const std::string folder = (count > 1 ? std::filesystem::path{words[1]} : std::filesystem::temp_directory_path()) /
                             ("bench_store_" + std::to_string(Clock::now().time_since_epoch().count()));
  std::filesystem::create_directory(folder);
  std::printf("entries of %zu bytes; SQLite %s; %u processors\n", entry_bytes, sqlite3_libversion(),
              std::thread::hardware_concurrency());
  {
    const auto store = open_store(folder + "/batches.db");
    double rate = batches(*store, 300'000, 10'000, false);
    line("SQLite, appended in batches of 10,000", rate, against(rate, 100'000));
    rate = batches(*store, 100'000, 10'000, true);
    line("SQLite, appended in batches of 10,000, each with a command id", rate, against(rate, 100'000));
    reading(*store, "SQLite", 1e6, 5e5);
  }
  one_each(folder);
  if (count > 2) {
    const auto store = open_store(words[2]);
    const double rate = batches(*store, 100'000, 10'000, false);
    line("PostgreSQL, appended in batches of 10,000", rate, against(rate, 100'000));
    const auto begin = Clock::now();
    for (const NewEntry& entry : some_entries(300, 0, false))
      static_cast<void>(store->append(store->head(), {&entry, 1}));
    line("PostgreSQL, one durable transaction each", 300 / seconds_since(begin), "");
    reading(*store, "PostgreSQL", 1e6, 5e5);
  }
  std::filesystem::remove_all(folder);
}
