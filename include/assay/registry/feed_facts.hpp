#pragma once
/// \file
/// What a data feed brought: its shape, its volume by day, its newest row, and rows that came twice.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/io/arrow.hpp>
#include <assay/io/encode.hpp>
#include <assay/registry/traffic.hpp>

namespace assay::registry {

/// One column of a feed as it came.
struct FeedColumn {
  std::string name{};
  std::string type{};  ///< in words: "text", "whole numbers", "timestamps in UTC"
  std::int64_t nulls{0};
};

/// A feed as it came.
struct FeedFacts {
  std::int64_t rows{0};
  std::vector<FeedColumn> columns{};
  std::map<Day, std::int64_t> days{};    ///< rows by day, where the time column was given
  std::optional<TimePoint> newest{};     ///< the newest time in it
  std::int64_t repeated{0};              ///< rows whose key was there before
  std::vector<std::int64_t> examples{};  ///< the first such rows, at most five
};

namespace detail {

struct KeyHash {
  [[nodiscard]] std::size_t operator()(const std::vector<io::Code>& codes) const noexcept {
    std::uint64_t hash = 0x9E3779B97F4A7C15ULL;
    for (const io::Code code : codes) {
      hash = (hash ^ code) * 0xD6E8FEB86659FD93ULL;
      hash ^= hash >> 32U;
    }
    return static_cast<std::size_t>(hash);
  }
};

[[nodiscard]] inline std::int64_t nulls_in(const io::Column& column) {
  if (column.field->type.storage == io::Storage::none) return column.length;
  std::int64_t count = 0;
  if (column.validity() == nullptr) return 0;
  for (std::int64_t row = 0; row < column.length; ++row) count += column.is_null(row) ? 1 : 0;
  return count;
}

}  // namespace detail

/// Looks at a feed in one pass. `at` names the column of times (empty: none), `key` those that together are unique.
///
/// No data: no rows, and the columns that an empty table has.
/// \throws InputError when a column that is named is missing, or of a type that holds no times or no keys.
[[nodiscard]] inline FeedFacts facts_of(io::Stream stream, const std::string& at, const std::vector<std::string>& key) {
  FeedFacts out;
  for (const io::Field& field : stream.fields()) out.columns.push_back({field.name, field.type.words(), 0});
  const std::size_t time_at = at.empty() ? 0 : stream.index_of(at);
  std::vector<io::SharedDictionary> dictionaries(key.size());
  std::vector<io::Encoder> encoders;
  std::vector<std::size_t> key_at;
  for (std::size_t i = 0; i < key.size(); ++i) {
    key_at.push_back(stream.index_of(key[i]));
    encoders.emplace_back(dictionaries[i], "(null)", true);
  }
  std::unordered_map<std::vector<io::Code>, char, detail::KeyHash> met;
  std::vector<std::vector<io::Code>> codes(key.size());
  std::vector<io::Code> one(key.size());
  for (io::Batch batch; stream.next(batch);) {
    for (std::size_t i = 0; i < out.columns.size(); ++i) out.columns[i].nulls += detail::nulls_in(batch.column(i));
    if (!at.empty()) {
      const detail::Days days{batch.column(time_at)};
      for (std::int64_t row = 0; row < batch.rows(); ++row) {
        const auto day = days[row];
        if (!day) continue;
        ++out.days[*day];
        const TimePoint moment = days.moment(row);
        if (!out.newest || *out.newest < moment) out.newest = moment;
      }
    }
    for (std::size_t i = 0; i < key.size(); ++i) {
      codes[i].resize(static_cast<std::size_t>(batch.rows()));
      const io::Column column = batch.column(key_at[i]);
      encoders[i].begin(column);
      encoders[i].encode(0, batch.rows(), codes[i].data());
    }
    for (std::size_t row = 0; !key.empty() && row < static_cast<std::size_t>(batch.rows()); ++row) {
      for (std::size_t i = 0; i < key.size(); ++i) one[i] = codes[i][row];
      if (met.emplace(one, '\0').second) continue;
      ++out.repeated;
      if (out.examples.size() < 5) out.examples.push_back(batch.first_row() + static_cast<std::int64_t>(row));
    }
    out.rows += batch.rows();
  }
  return out;
}

}  // namespace assay::registry
