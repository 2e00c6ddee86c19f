#pragma once
/// \file
/// Reading one stream with several workers: each takes the next range of rows until none is left.

#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include <assay/io/arrow.hpp>

namespace assay::io {

/// Told how many rows are done; answers false to stop. Called on the caller's own thread only.
using Progress = std::function<bool(std::int64_t rows_done)>;

/// Thrown when `Progress` asked to stop.
class Cancelled : public AssayError {
 public:
  Cancelled() : AssayError("stopped on request; nothing was kept") {}
};

/// Lets the workers read the stream. A worker has begin(const Batch&) and run(first row in the batch, rows), and may
/// have finish(), which is called on its own thread when nothing is left to read.
///
/// One worker runs on the calling thread, one thread is started for each other once the table proves large enough.
/// Ranges are handed out in order, so of several faulty rows the one reported is always that of the first faulty range.
template <class Worker>
void read_in_parallel(Stream& stream, std::vector<Worker>& workers, const Progress& progress = {}) {
  constexpr std::int64_t range_rows = 1 << 16;
  struct Failure {
    std::int64_t first_row{std::numeric_limits<std::int64_t>::max()};
    std::exception_ptr error{};
  };
  std::mutex guard;
  Failure failure;
  Batch current;
  std::int64_t next_in_current = 0;
  std::int64_t batch_number = 0;
  bool exhausted = false;
  std::int64_t handed_out = 0;

  const auto note = [&](std::int64_t first_row, std::exception_ptr error) {
    if (first_row < failure.first_row || !failure.error) failure = {first_row, std::move(error)};
  };
  // `alone`: no other worker has started. It stops as soon as the table turns out to be worth company.
  const auto work = [&](Worker& worker, bool on_calling_thread, bool alone) {
    std::int64_t begun = -1;
    Batch batch;
    while (true) {
      std::int64_t first = 0;
      std::int64_t count = 0;
      std::int64_t number = 0;
      {
        const std::lock_guard lock{guard};
        if (failure.error) return;
        if (!exhausted && next_in_current >= current.rows()) {
          try {
            exhausted = !stream.next(current);
          } catch (...) {
            note(stream.rows_read(), std::current_exception());
            return;
          }
          next_in_current = 0;
          ++batch_number;
        }
        if (exhausted) break;
        if (alone && handed_out + current.rows() - next_in_current > range_rows) return;
        first = next_in_current;
        count = std::min(range_rows, current.rows() - first);
        next_in_current += count;
        handed_out += count;
        number = batch_number;
        if (number != begun) batch = current;
      }
      try {
        if (number != begun) worker.begin(batch);
        begun = number;
        worker.run(first, count);
        if (on_calling_thread && progress && !progress(batch.first_row() + first + count)) throw Cancelled{};
      } catch (...) {
        const std::lock_guard lock{guard};
        note(batch.first_row() + first, std::current_exception());
        return;
      }
    }
    if constexpr (requires { worker.finish(); }) {
      try {
        worker.finish();
      } catch (...) {
        const std::lock_guard lock{guard};
        note(stream.rows_read(), std::current_exception());
      }
    }
  };

  if (workers.size() > 1) work(workers.front(), true, true);
  const bool worth_company = !exhausted && !failure.error;
  std::vector<std::thread> threads;
  threads.reserve(workers.size());
  try {
    for (std::size_t i = 1; worth_company && i < workers.size(); ++i)
      threads.emplace_back([&, i] { work(workers[i], false, false); });
  } catch (const std::system_error&) {
    // The machine has no more threads to give: those there are do all the work, with the same answer.
  }
  if (workers.size() == 1 || worth_company) work(workers.front(), true, false);
  for (std::thread& thread : threads) thread.join();
  if (failure.error) std::rethrow_exception(failure.error);
}

}  // namespace assay::io
