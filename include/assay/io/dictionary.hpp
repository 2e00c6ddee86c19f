#pragma once
/// \file
/// Distinct values and the small numbers that stand for them.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/core/wide.hpp>

namespace assay::io {

using Code = std::uint32_t;
inline constexpr Code no_code = std::numeric_limits<Code>::max();

namespace detail {

/// What decides whether two texts are equal, for texts of up to 16 bytes all of it: two words and the length.
struct TextKey {
  std::uint64_t head{0};
  std::uint64_t tail{0};
  std::uint64_t length{0};

  explicit TextKey(std::string_view text) noexcept : length{text.size()} {
    const char* at = text.data();
    if (length >= 8) {
      std::memcpy(&head, at, 8);
      std::memcpy(&tail, at + length - 8, 8);
    } else if (length >= 4) {
      std::uint32_t low = 0;
      std::uint32_t high = 0;
      std::memcpy(&low, at, 4);
      std::memcpy(&high, at + length - 4, 4);
      head = low;
      tail = high;
    } else if (length > 0) {
      head = static_cast<std::uint64_t>(static_cast<unsigned char>(at[0])) |
             static_cast<std::uint64_t>(static_cast<unsigned char>(at[length / 2])) << 8U |
             static_cast<std::uint64_t>(static_cast<unsigned char>(at[length - 1])) << 16U;
    }
  }
  explicit TextKey(std::int64_t number) noexcept : head{static_cast<std::uint64_t>(number)} {}

  [[nodiscard]] std::uint64_t hash() const noexcept {
    const Uint128 product =
        static_cast<Uint128>(head ^ 0x9E3779B97F4A7C15ULL ^ length << 56U) * (tail ^ 0xD6E8FEB86659FD93ULL);
    const auto folded = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
    return (folded ^ (folded >> 29U)) * 0xBF58476D1CE4E5B9ULL;
  }
  friend bool operator==(const TextKey&, const TextKey&) = default;
};

}  // namespace detail

/// The distinct values of one column, numbered in the order in which they were first seen.
///
/// All values of one dictionary are of one kind, named by an Arrow format: "u" text, "l" whole numbers, "b" true/false,
/// "tdD" days, "tsu:<zone>" microseconds; "n" until the first value decides.
class Dictionary {
 public:
  Dictionary() = default;
  explicit Dictionary(std::string format) : format_{std::move(format)} {}

  [[nodiscard]] const std::string& format() const noexcept { return format_; }
  [[nodiscard]] bool is_text() const noexcept { return format_ == "u"; }
  [[nodiscard]] Code size() const noexcept { return size_; }

  /// Settles the kind of the values, or checks that it is the settled one.
  /// \throws InputError when the same column held another kind before.
  void settle(const std::string& format, const std::string& column) {
    if (format_ == "n") format_ = format;
    if (format != format_ && format != "n")
      throw InputError(kind_in_words(format_), kind_in_words(format), {column, {}},
                       "make the column one kind of value everywhere");
  }

  [[nodiscard]] std::string_view text(Code code) const { return texts_[code]; }
  [[nodiscard]] std::int64_t integer(Code code) const { return integers_[code]; }
  /// A value as people read it.
  [[nodiscard]] std::string words(Code code) const {
    if (is_text()) return texts_[code];
    return format_ == "b" ? (integers_[code] != 0 ? "true" : "false") : std::to_string(integers_[code]);
  }

  /// The code of a value, a new one at first sight.
  Code code_of(std::string_view value) {
    return place(detail::TextKey{value}, value, [&] { texts_.emplace_back(value); });
  }
  Code code_of(std::int64_t value) {
    return place(detail::TextKey{value}, {}, [&] { integers_.push_back(value); });
  }

  /// The code of a value, or no_code.
  [[nodiscard]] Code find(std::string_view value) const { return look_up(detail::TextKey{value}, value); }
  [[nodiscard]] Code find(std::int64_t value) const { return look_up(detail::TextKey{value}, {}); }

  /// The codes in the order of their values: text by bytes, numbers by size.
  [[nodiscard]] std::vector<Code> sorted() const {
    std::vector<Code> order(size_);
    std::iota(order.begin(), order.end(), Code{0});
    if (is_text())
      std::sort(order.begin(), order.end(), [&](Code a, Code b) { return texts_[a] < texts_[b]; });
    else
      std::sort(order.begin(), order.end(), [&](Code a, Code b) { return integers_[a] < integers_[b]; });
    return order;
  }

  /// Adds the other's values; answers, for each code of the other, the code here.
  std::vector<Code> absorb(const Dictionary& other, const std::string& column) {
    settle(other.format_, column);
    std::vector<Code> codes(other.size_);
    for (Code code = 0; code < other.size_; ++code)
      codes[code] = other.is_text() ? code_of(std::string_view{other.texts_[code]}) : code_of(other.integers_[code]);
    return codes;
  }

  [[nodiscard]] static std::string kind_in_words(const std::string& format) {
    if (format == "u") return "text";
    if (format == "l") return "whole numbers";
    if (format == "b") return "true/false";
    if (format == "tdD") return "dates";
    if (format.starts_with("tsu:")) return "timestamps in " + format.substr(4);
    return "nulls";
  }

 private:
  struct Entry {
    detail::TextKey key{std::int64_t{0}};
    Code code{no_code};
  };

  [[nodiscard]] bool same(const Entry& entry, const detail::TextKey& key, std::string_view text) const {
    return entry.key == key && (key.length <= 16 || texts_[entry.code] == text);
  }

  [[nodiscard]] Code look_up(const detail::TextKey& key, std::string_view text) const {
    if (entries_.empty()) return no_code;
    for (std::uint64_t at = key.hash() & mask_;; at = (at + 1) & mask_) {
      const Entry& entry = entries_[at];
      if (entry.code == no_code || same(entry, key, text)) return entry.code;
    }
  }

  template <class Keep>
  Code place(const detail::TextKey& key, std::string_view text, const Keep& keep) {
    if (entries_.empty()) grow();
    std::uint64_t at = key.hash() & mask_;
    for (; entries_[at].code != no_code; at = (at + 1) & mask_)
      if (same(entries_[at], key, text)) return entries_[at].code;
    if (size_ == no_code - 1) throw InputError("fewer than four billion distinct values", "more");
    keep();
    entries_[at] = {key, size_};
    if (std::uint64_t{++size_} * 2 > mask_) grow();
    return size_ - 1;
  }

  void grow() {
    std::vector<Entry> old = std::move(entries_);
    entries_.assign(std::max<std::size_t>(16, old.size() * 2), Entry{});
    mask_ = entries_.size() - 1;
    for (const Entry& entry : old) {
      if (entry.code == no_code) continue;
      std::uint64_t at = entry.key.hash() & mask_;
      while (entries_[at].code != no_code) at = (at + 1) & mask_;
      entries_[at] = entry;
    }
  }

  std::string format_{"n"};
  std::deque<std::string> texts_{};
  std::vector<std::int64_t> integers_{};
  std::vector<Entry> entries_{};
  std::uint64_t mask_{0};
  Code size_{0};
};

}  // namespace assay::io
