#pragma once
/// \file
/// How much went through each queue, and when last: one pass over decisions, or over counts of them.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/io/arrow.hpp>
#include <assay/io/encode.hpp>
#include <assay/io/read.hpp>
#include <assay/registry/iso_day.hpp>

namespace assay::registry {

/// What went through one queue.
struct QueueTraffic {
  std::string queue{};
  double cases{0.0};          ///< in the whole table
  double recent{0.0};         ///< on `since` and after it; all of them where there are no days
  std::optional<Day> last{};  ///< the last day with cases
  std::int64_t rows{0};       ///< of the table
};

/// Which columns say it: the queue, and where there are such, the day or time and the number of cases (else a row is a
/// case).
struct TrafficColumns {
  std::string queue{"queue"};
  std::string at{};
  std::string cases{};
};

namespace detail {

/// The days of some rows of a column: dates, times with a zone, or text that begins with an ISO date.
class Days {
 public:
  /// \throws InputError when the column holds none of these.
  explicit Days(const io::Column& column) : column_{column} {
    const io::Type& type = column.field->type;
    const bool dated = type.meaning == io::Meaning::date ||
                       (type.meaning == io::Meaning::timestamp && !type.zone.empty()) || type.is_text();
    if (!dated || type.keys)
      throw InputError("dates, or times with a zone", type.words(), {column.field->name, {}}, "cast the column");
  }
  /// Nothing where the row is null. \throws InputError for text that is no date.
  [[nodiscard]] std::optional<Day> operator[](std::int64_t row) const {
    if (column_.is_null(row)) return {};
    const io::Type& type = column_.field->type;
    if (type.is_text()) {
      const std::string_view text = io::Texts{column_}[row];
      const auto day = iso_day(text);
      if (!day) throw InputError("a date such as 2026-11-30", in_quotes(text), column_.place(row));
      return day;
    }
    return std::chrono::floor<std::chrono::days>(moment(row));
  }
  /// The time of a row that is not null; a date is its first moment.
  [[nodiscard]] TimePoint moment(std::int64_t row) const {
    const io::Type& type = column_.field->type;
    if (type.is_text()) return *(*this)[row];
    const std::int64_t raw = io::with_integers(type.storage, column_.array->buffers[1], [&](const auto* values) {
      return static_cast<std::int64_t>(values[column_.offset + row]);
    });
    if (type.meaning == io::Meaning::timestamp)
      return time_from_micros(io::Encoder::to_micros(raw, type, column_, row));
    const std::int64_t in_a_day = type.units_per_second == 0 ? 1 : 86'400 * type.units_per_second;
    const std::int64_t day = raw / in_a_day - (raw % in_a_day < 0 ? 1 : 0);
    if (day < -100'000'000 || day > 100'000'000)
      throw InputError("a date within 270,000 years of 1970", std::to_string(day), column_.place(row));
    return Day{std::chrono::days{static_cast<int>(day)}};
  }

 private:
  io::Column column_;
};

}  // namespace detail

/// Counts cases by queue. Queues are in the order in which they were first met.
///
/// No data: an empty table is no traffic at all.
/// \throws InputError when a column is missing or of another type, a queue or a number of cases is null, or a number of
/// cases is negative or not finite.
[[nodiscard]] inline std::vector<QueueTraffic> traffic_of(io::Stream stream, const TrafficColumns& columns, Day since) {
  const std::size_t queue_at = stream.index_of(columns.queue);
  const std::size_t day_at = columns.at.empty() ? 0 : stream.index_of(columns.at);
  const std::size_t cases_at = columns.cases.empty() ? 0 : stream.index_of(columns.cases);
  io::SharedDictionary queues;
  io::Encoder encoder{queues, std::nullopt, true};
  encoder.on_null("a queue in every row", "drop the row, or name its queue");
  std::vector<QueueTraffic> out;
  constexpr std::int64_t step = 4096;
  std::vector<io::Code> codes(step);
  std::vector<double> cases(step, 1.0);
  for (io::Batch batch; stream.next(batch);) {
    const io::Column queue_column = batch.column(queue_at);
    encoder.begin(queue_column);
    std::optional<detail::Days> days;
    if (!columns.at.empty()) days.emplace(batch.column(day_at));
    std::optional<io::Numbers> numbers;
    if (!columns.cases.empty()) numbers.emplace(batch.column(cases_at));
    for (std::int64_t begin = 0; begin < batch.rows(); begin += step) {
      const std::int64_t count = std::min(step, batch.rows() - begin);
      encoder.encode(begin, count, codes.data());
      if (numbers) numbers->read(begin, count, cases.data());
      for (std::int64_t i = 0; i < count; ++i) {
        const auto row = static_cast<std::size_t>(i);
        if (!(cases[row] >= 0) || !std::isfinite(cases[row]))
          throw InputError("a number of cases of 0 or more", assay::to_text(cases[row]),
                           {columns.cases, batch.first_row() + begin + i});
        if (codes[row] >= out.size()) out.resize(codes[row] + 1U);
        QueueTraffic& of = out[codes[row]];
        const auto day = days ? (*days)[begin + i] : std::nullopt;
        ++of.rows;
        of.cases += cases[row];
        if (!days || (day && *day >= since)) of.recent += cases[row];
        if (day && cases[row] > 0 && (!of.last || *of.last < *day)) of.last = day;
      }
    }
  }
  for (std::size_t code = 0; code < out.size(); ++code)
    out[code].queue = queues.values.text(static_cast<io::Code>(code));
  std::erase_if(out, [](const QueueTraffic& each) { return each.rows == 0; });  // a category that no row has
  return out;
}

}  // namespace assay::registry
