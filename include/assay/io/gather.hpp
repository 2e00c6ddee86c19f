#pragma once
/// \file
/// Batches that stay in memory: keeping them, sharing out work on them, fetching single rows.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <assay/io/arrow.hpp>
#include <assay/io/read.hpp>
#include <assay/io/table.hpp>

namespace assay::io {

/// All batches of a stream, their memory shared, nothing copied. \throws InputError when the producer fails.
[[nodiscard]] inline std::vector<Batch> keep_all(Stream& stream) {
  std::vector<Batch> batches;
  for (Batch batch; stream.next(batch);) batches.push_back(batch);
  return batches;
}

/// Shares tasks 0 .. tasks - 1 out among workers: `work(worker, task)`. Worker 0 is the calling thread.
///
/// Tasks are handed out in order, and none after a failure, so of several failures the one that leaves here is always
/// that of the first task to fail.
template <class Work>
void share_out(std::size_t tasks, std::size_t workers, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stopped{false};
  std::mutex guard;
  std::size_t failed = std::numeric_limits<std::size_t>::max();
  std::exception_ptr error;
  const auto run = [&](std::size_t worker) {
    while (!stopped) {
      const std::size_t task = next++;
      if (task >= tasks) return;
      try {
        work(worker, task);
      } catch (...) {
        const std::lock_guard lock{guard};
        stopped = true;
        if (task < failed) {
          failed = task;
          error = std::current_exception();
        }
      }
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t worker = 1; worker < std::min(workers, tasks); ++worker) threads.emplace_back(run, worker);
  run(0);
  for (std::thread& thread : threads) thread.join();
  if (error) std::rethrow_exception(error);
}

/// The batch that holds a row of the table. Assumes there is such a row.
[[nodiscard]] inline const Batch& batch_of(std::span<const Batch> batches, std::int64_t row) noexcept {
  const auto after = std::partition_point(batches.begin(), batches.end(),
                                          [row](const Batch& batch) { return batch.first_row() <= row; });
  return *(after - 1);
}

/// True when single rows of a column of this type can be fetched: numbers, true/false, text, decimals, dates, times
/// since an epoch, durations, their dictionaries, and columns of nothing but nulls.
[[nodiscard]] inline bool can_gather(const Type& type) noexcept {
  return type.storage == Storage::none || type.storage == Storage::boolean || type.is_text() || width_of(type) > 0;
}

namespace detail {

/// Appends one row of a column without dictionary.
inline void append_row(ColumnBuilder& out, const Column& column, std::int64_t row) {
  const Type& type = column.field->type;
  if (column.is_null(row)) return out.append_null();
  if (type.is_text()) return out.append(Texts{column}[row]);
  const std::int64_t at = column.offset + row;
  const void* values = column.array->buffers[1];
  if (type.storage == Storage::boolean) return out.append(Column::bit(static_cast<const std::uint8_t*>(values), at));
  const auto width = static_cast<std::size_t>(width_of(type));
  out.append_raw(static_cast<const std::byte*>(values) + static_cast<std::size_t>(at) * width, width);
}

}  // namespace detail

/// The values of some rows of one column, in the order asked for, of the column's own type: dictionaries come out as
/// their values, every layout of text as plain text, a column of nothing but nulls as text. Nulls stay nulls.
///
/// Rows count over the whole table. \throws InputError for a row there is not, or a type that cannot be gathered.
[[nodiscard]] inline std::shared_ptr<const ColumnData> gather(std::span<const Batch> batches, const Field& field,
                                                              std::size_t column, std::span<const std::int64_t> rows) {
  if (!can_gather(field.type))
    throw InputError("a column of numbers, text, true/false, dates or times", field.type.words(), {field.name, {}},
                     "cast the column to text");
  const std::int64_t end = batches.empty() ? 0 : batches.back().first_row() + batches.back().rows();
  const bool text = field.type.is_text() || field.type.storage == Storage::none;
  ColumnBuilder out{field.name, text ? "u" : field.type.format};
  Column from;
  for (const std::int64_t row : rows) {
    if (row < 0 || row >= end) throw InputError("a row below " + std::to_string(end), std::to_string(row));
    if (from.array == nullptr || row < from.first_row || row >= from.first_row + from.length)
      from = batch_of(batches, row).column(column);
    const std::int64_t at = row - from.first_row;
    if (!field.type.keys || from.is_null(at)) {
      detail::append_row(out, from, at);
      continue;
    }
    const Column values = from.dictionary();
    with_integers(*field.type.keys, from.array->buffers[1], [&](const auto* keys) {
      const auto key = static_cast<std::uint64_t>(keys[from.offset + at]);
      if (key >= static_cast<std::uint64_t>(values.length))
        throw InputError("dictionary keys below " + std::to_string(values.length),
                         std::to_string(static_cast<std::int64_t>(key)), from.place(at));
      detail::append_row(out, values, static_cast<std::int64_t>(key));
    });
  }
  return out.finish();
}

}  // namespace assay::io
