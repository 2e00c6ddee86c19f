#pragma once
/// \file
/// The ids of a table's cases: read as they lie, checked, numbered at random, compared.

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/random.hpp>
#include <assay/core/text.hpp>
#include <assay/core/wide.hpp>
#include <assay/io/gather.hpp>
#include <assay/io/parallel.hpp>
#include <assay/sampling/keyed.hpp>

namespace assay {

/// \throws InputError unless the column can name cases: text or whole numbers, dictionaries of them included.
inline void require_case_ids(const io::Field& field) {
  const io::Type& type = field.type;
  if (type.meaning == io::Meaning::plain && (type.is_text() || type.is_integer())) return;
  throw InputError("case ids that are text or whole numbers", type.words(), {field.name, {}},
                   type.is_real() ? "cast them to whole numbers (nulls among them may have made them real)"
                                  : "cast the column to text");
}

/// Calls use(i, id) for rows begin + i; an id is a std::string_view or a whole number of the column's own type.
/// Assumes that no row is null. \throws InputError for dictionary keys that point at nothing.
template <class Use>
void each_case_id(const io::Column& column, std::int64_t begin, std::int64_t count, const Use& use) {
  const io::Type& type = column.field->type;
  if (!type.keys) {
    if (type.is_text()) {
      const io::Texts texts{column};
      for (std::int64_t i = 0; i < count; ++i) use(i, texts[begin + i]);
    } else {
      io::with_integers(type.storage, column.array->buffers[1], [&](const auto* values) {
        const auto* from = values + column.offset + begin;
        for (std::int64_t i = 0; i < count; ++i) use(i, from[i]);
      });
    }
    return;
  }
  const io::Column values = column.dictionary();
  const auto each_key = [&](const auto& value_at) {
    io::with_integers(*type.keys, column.array->buffers[1], [&](const auto* keys) {
      for (std::int64_t i = 0; i < count; ++i) {
        const auto key = static_cast<std::int64_t>(keys[column.offset + begin + i]);
        if (key < 0 || key >= values.length)
          throw InputError("dictionary keys below " + std::to_string(values.length), std::to_string(key),
                           column.place(begin + i));
        if (values.is_null(key)) io::refuse_null(column, begin + i, "a case id", "drop the row, or give it an id");
        use(i, value_at(key));
      }
    });
  };
  if (type.is_text()) {
    const io::Texts texts{values};
    each_key([&](std::int64_t key) { return texts[key]; });
  } else {
    io::with_integers(type.storage, values.array->buffers[1], [&](const auto* typed) {
      each_key([&](std::int64_t key) { return typed[values.offset + key]; });
    });
  }
}

/// The id of one row as text; whole numbers as decimal text.
[[nodiscard]] inline std::string case_id_text(std::span<const io::Batch> batches, std::size_t column,
                                              std::int64_t row) {
  const io::Batch& batch = io::batch_of(batches, row);
  std::string out;
  each_case_id(batch.column(column), row - batch.first_row(), 1, [&](std::int64_t, const auto id) {
    if constexpr (std::integral<std::remove_cvref_t<decltype(id)>>)
      out = std::to_string(id);
    else
      out = id;
  });
  return out;
}

/// The permanent random numbers of some rows.
inline void number_cases(const io::Column& column, const DrawKey& key, std::int64_t begin, std::int64_t count,
                         std::uint64_t* out) {
  each_case_id(column, begin, count, [&](std::int64_t i, const auto id) { out[i] = permanent_random_number(key, id); });
}

namespace detail {

/// An id as something that can be compared with others of its column: a number, or a text that lies in the table.
struct ComparableId {
  std::uint64_t number{0};
  std::string_view text{};

  ComparableId() = default;
  explicit ComparableId(std::string_view id) noexcept : text{id} {}
  template <std::integral Number>
  explicit ComparableId(Number id) noexcept : number{static_cast<std::uint64_t>(id)} {
    if constexpr (std::signed_integral<Number>) number ^= std::uint64_t{1} << 63U;  // negative numbers first
  }
  friend bool operator==(const ComparableId&, const ComparableId&) = default;
  friend bool operator<(const ComparableId& a, const ComparableId& b) noexcept {
    return a.number != b.number ? a.number < b.number : a.text < b.text;
  }
  [[nodiscard]] std::string words(bool is_signed) const {
    if (!text.empty()) return in_quotes(text);
    if (!is_signed) return std::to_string(number);
    return std::to_string(static_cast<std::int64_t>(number ^ std::uint64_t{1} << 63U));
  }
};

/// A number that differs for different ids: always for whole numbers, next to always for texts. Only speed rests on it.
template <std::integral Number>
[[nodiscard]] std::uint64_t quick_hash(Number id) noexcept {
  return scramble(static_cast<std::uint64_t>(id));
}
[[nodiscard]] inline std::uint64_t quick_hash(std::string_view id) noexcept {
  constexpr std::uint64_t one = 0xA0761D6478BD642FULL;  // any odd numbers with many bits will do
  constexpr std::uint64_t two = 0xE7037ED1A0B428DBULL;
  const auto fold = [](std::uint64_t a, std::uint64_t b) {
    const Uint128 product = static_cast<Uint128>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
  };
  const char* at = id.data();
  std::size_t left = id.size();
  std::uint64_t hash = two ^ id.size();
  for (; left > 16; at += 16, left -= 16) hash = fold(little_endian(at, 8) ^ one, little_endian(at + 8, 8) ^ hash);
  const std::size_t head = std::min<std::size_t>(left, 8);
  return fold(fold(little_endian(at, head) ^ one, little_endian(at + head, left - head) ^ hash), two);
}

/// Sorts the hashes of ids into parts small enough for a fast cache, by their highest bits.
class HashWorker {
 public:
  HashWorker(std::size_t column, unsigned bits, std::size_t rows_each) : column_{column}, shift_{64U - bits} {
    parts_.resize(std::size_t{1} << bits);
    for (auto& part : parts_) part.reserve(rows_each);
  }
  void begin(const io::Batch& batch) { ids_ = batch.column(column_); }
  void run(std::int64_t begin, std::int64_t count) {
    each_case_id(ids_, begin, count, [&](std::int64_t, const auto id) {
      const std::uint64_t hash = quick_hash(id);
      parts_[hash >> shift_].push_back(hash);
    });
  }
  [[nodiscard]] const std::vector<std::uint64_t>& part(std::size_t index) const noexcept { return parts_[index]; }

 private:
  std::size_t column_;
  unsigned shift_;
  io::Column ids_{};
  std::vector<std::vector<std::uint64_t>> parts_{};
};

/// Hashes that occur more than once.
inline std::vector<std::uint64_t> repeated_hashes(io::Stream stream, std::size_t column, std::int64_t rows,
                                                  unsigned threads) {
  const auto wanted = static_cast<std::uint64_t>(rows) >> 14U;
  const unsigned bits = std::clamp<unsigned>(static_cast<unsigned>(std::bit_width(wanted)), 1, 12);
  const auto each = static_cast<std::size_t>(rows) / (threads << bits) * 9 / 8 + 16;
  std::vector<HashWorker> workers(threads, HashWorker{column, bits, 0});
  for (auto& worker : workers) worker = HashWorker{column, bits, each};
  io::read_in_parallel(stream, workers);

  std::vector<std::vector<std::uint64_t>> tables(threads);
  std::vector<std::vector<std::uint64_t>> found(threads);
  io::share_out(std::size_t{1} << bits, threads, [&](std::size_t worker, std::size_t part) {
    std::size_t size = 0;
    for (const auto& each_worker : workers) size += each_worker.part(part).size();
    auto& table = tables[worker];
    table.assign(std::bit_ceil(2 * size + 1), 0);  // 0 is an empty place; a hash of 0 is looked at as 1
    const std::uint64_t mask = table.size() - 1;
    for (const auto& each_worker : workers)
      for (const std::uint64_t hash : each_worker.part(part)) {
        const std::uint64_t entry = hash == 0 ? 1 : hash;
        std::uint64_t at = entry & mask;
        while (table[at] != 0 && table[at] != entry) at = (at + 1) & mask;
        if (table[at] == entry) found[worker].push_back(entry);
        table[at] = entry;
      }
  });
  std::vector<std::uint64_t> all;
  for (const auto& some : found) all.insert(all.end(), some.begin(), some.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace detail

/// Refuses two rows with one id, by the first row that repeats an earlier one.
///
/// Cost: two passes over the ids, eight bytes a row of memory; only where hashes agree are ids compared.
/// \throws InputError naming the id and both rows.
inline void refuse_repeated_cases(const std::shared_ptr<const std::vector<io::Field>>& fields,
                                  const std::vector<io::Batch>& batches, std::size_t column, unsigned threads = 1) {
  const std::int64_t rows = batches.empty() ? 0 : batches.back().first_row() + batches.back().rows();
  const auto suspects = detail::repeated_hashes({fields, batches}, column, rows, std::max(threads, 1U));
  if (suspects.empty()) return;
  std::unordered_multimap<std::uint64_t, std::pair<detail::ComparableId, std::int64_t>> seen;
  for (const io::Batch& batch : batches) {
    const io::Column ids = batch.column(column);
    each_case_id(ids, 0, batch.rows(), [&](std::int64_t i, const auto id) {
      const std::uint64_t hash = std::max<std::uint64_t>(detail::quick_hash(id), 1);
      if (!std::binary_search(suspects.begin(), suspects.end(), hash)) return;
      const detail::ComparableId own{id};
      const auto [from, to] = seen.equal_range(hash);
      for (auto each = from; each != to; ++each)
        if (each->second.first == own)
          throw InputError("each case once",
                           own.words(std::is_signed_v<std::remove_cvref_t<decltype(id)>>) + " again (first at row " +
                               std::to_string(each->second.second) + ")",
                           ids.place(i), "where one item has several decisions, name the column of the decision's id");
      seen.emplace(hash, std::pair{own, ids.first_row + i});
    });
  }
}

/// Whether ids follow one another in strictly ascending order, which spares the search for repeated ones. One a worker;
/// a worker's ranges may come in any order.
class AscendingCases {
 public:
  /// Takes a range of rows. \throws InputError for ids that are null or empty.
  void add(const io::Column& column, std::int64_t begin, std::int64_t count) {
    if (column.may_have_nulls())
      for (std::int64_t i = 0; i < count; ++i)
        if (column.is_null(begin + i))
          io::refuse_null(column, begin + i, "a case id", "drop the row, or give it an id");
    bool ascending = true;
    detail::ComparableId first;
    detail::ComparableId last;
    each_case_id(column, begin, count, [&](std::int64_t i, const auto id) {
      if constexpr (!std::integral<std::remove_cvref_t<decltype(id)>>)
        if (id.empty())
          throw InputError("a case id", "empty text", column.place(begin + i), "drop the row, or give it an id");
      const detail::ComparableId own{id};
      ascending = i == 0 || (ascending && last < own);
      if (i == 0) first = own;
      last = own;
    });
    ranges_.push_back({column.first_row + begin, ascending, first, last});
  }

  /// True when all rows that all of them saw ascend.
  [[nodiscard]] static bool all(std::span<const AscendingCases> parts) {
    std::vector<Range> ranges;
    for (const auto& part : parts) ranges.insert(ranges.end(), part.ranges_.begin(), part.ranges_.end());
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.row < b.row; });
    for (std::size_t i = 0; i < ranges.size(); ++i)
      if (!ranges[i].ascending || (i > 0 && !(ranges[i - 1].last < ranges[i].first))) return false;
    return true;
  }

 private:
  struct Range {
    std::int64_t row;
    bool ascending;
    detail::ComparableId first;
    detail::ComparableId last;
  };
  std::vector<Range> ranges_{};
};

}  // namespace assay
