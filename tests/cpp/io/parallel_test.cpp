#include <atomic>
#include <mutex>
#include <set>

#include <assay/io/parallel.hpp>
#include <assay_test.hpp>
#include <tables.hpp>

using namespace assay;
using namespace assay::io;
using namespace assay::test;

namespace {

constexpr std::int64_t range = 1 << 16;

/// A stream of batches of these sizes; nobody looks at the values.
Stream of_sizes(const std::vector<std::size_t>& sizes, const std::string& failure = {}) {
  Batches batches{{"x"}};
  for (const std::size_t size : sizes) batches.add({nothing(size)}, size);
  if (!failure.empty()) batches.then_fail(failure);
  return batches.stream();
}

struct Log {
  std::mutex guard{};
  std::multiset<std::int64_t> rows{};  ///< first rows of ranges, over the whole table
  std::int64_t count{0};
  std::set<std::int64_t> faulty{};
};

class Recorder {
 public:
  explicit Recorder(Log& log) : log_{&log} {}
  void begin(const Batch& batch) { batch_ = batch; }
  void run(std::int64_t first, std::int64_t count) {
    const std::int64_t from = batch_.first_row() + first;
    const std::lock_guard lock{log_->guard};
    const auto bad = log_->faulty.lower_bound(from);
    if (bad != log_->faulty.end() && *bad < from + count) throw InputError("row " + std::to_string(*bad));
    log_->rows.insert(from);
    log_->count += count;
  }

 private:
  Log* log_;
  Batch batch_{};
};

std::string run(Log& log, Stream stream, std::size_t workers, const Progress& progress = {}) {
  std::vector<Recorder> recorders(workers, Recorder{log});
  return message_of<AssayError>([&] { read_in_parallel(stream, recorders, progress); });
}

}  // namespace

TEST_CASE("every row is read once, by any number of workers", "[law][io][parallel]") {
  for (std::size_t workers = 1; workers <= 8; ++workers) {
    Log log;
    CHECK(run(log, of_sizes({10, 0, 3 * range + 1, 1, range}), workers) == "(nothing was thrown)");
    CHECK(log.count == 10 + 3 * range + 1 + 1 + range);
    CHECK(log.rows == std::multiset<std::int64_t>{0, 10, 10 + range, 10 + 2 * range, 10 + 3 * range, 11 + 3 * range,
                                                  12 + 3 * range});
  }
  Log log;
  CHECK(run(log, of_sizes({0}), 3) == "(nothing was thrown)");
  CHECK(log.count == 0);
}

TEST_CASE("of several faulty rows the first is reported, by any number of workers", "[law][io][parallel]") {
  for (int trial = 0; trial < 20; ++trial)
    for (std::size_t workers = 1; workers <= 8; ++workers) {
      Log log;
      log.faulty = {4 * range + 7, 5 * range, 6 * range + 1, 9 * range};
      REQUIRE(run(log, of_sizes({static_cast<std::size_t>(5 * range), static_cast<std::size_t>(6 * range)}), workers) ==
              "row " + std::to_string(4 * range + 7));
    }
}

TEST_CASE("a faulty row comes before a producer that fails after it", "[io][parallel]") {
  for (std::size_t workers = 1; workers <= 4; ++workers) {
    Log faulty;
    faulty.faulty = {5};
    CHECK(run(faulty, of_sizes({10, 10}, "broken pipe"), workers) == "row 5");
    Log good;
    CHECK(contains(run(good, of_sizes({10, 10}, "broken pipe"), workers), "broken pipe"));
    CHECK(good.count == 20);
  }
}

TEST_CASE("progress is told on the calling thread and can stop the reading", "[io][parallel]") {
  for (const std::size_t workers : {1U, 4U}) {
    Log log;
    const auto caller = std::this_thread::get_id();
    std::int64_t last = 0;
    bool elsewhere = false;
    CHECK(run(log, of_sizes({static_cast<std::size_t>(9 * range)}), workers, [&](std::int64_t rows) {
            elsewhere = elsewhere || std::this_thread::get_id() != caller || rows <= last;
            last = rows;
            return true;
          }) == "(nothing was thrown)");
    CHECK_FALSE(elsewhere);
    CHECK(last <= 9 * range);
  }
  Log log;
  CHECK(run(log, of_sizes({static_cast<std::size_t>(9 * range)}), 1, [](std::int64_t) { return false; }) ==
        "stopped on request; nothing was kept");
  CHECK(log.count == range);
  std::vector<Recorder> recorders(1, Recorder{log});
  Stream stream = of_sizes({5});
  CHECK_THROWS_AS(read_in_parallel(stream, recorders, [](std::int64_t) { return false; }), Cancelled);
}

namespace {

/// Counts its rows and says on which thread it finished.
class Finisher {
 public:
  void begin(const Batch&) {}
  void run(std::int64_t, std::int64_t count) {
    thread = std::this_thread::get_id();
    rows += count;
  }
  void finish() {
    if (faulty) throw InputError("no room to finish");
    ++finished;
    on_own_thread = rows == 0 || thread == std::this_thread::get_id();
  }

  bool faulty{false};
  std::int64_t rows{0};
  int finished{0};
  bool on_own_thread{true};
  std::thread::id thread{};
};

}  // namespace

TEST_CASE("a worker that can finish does so once, on its own thread", "[law][io][parallel]") {
  for (const std::size_t size : {std::size_t{10}, static_cast<std::size_t>(9 * range)})
    for (std::size_t number = 1; number <= 4; ++number) {
      std::vector<Finisher> workers(number);
      Stream stream = of_sizes({size});
      read_in_parallel(stream, workers);
      for (const Finisher& worker : workers) {
        CHECK(worker.on_own_thread);
        CHECK(worker.finished == (&worker == &workers.front() || size > 10 ? 1 : 0));
      }
    }
  std::vector<Finisher> workers(2);
  workers.front().faulty = true;
  Stream stream = of_sizes({10});
  CHECK(message_of<InputError>([&] { read_in_parallel(stream, workers); }) == "no room to finish");
}
