#pragma once
/// \file
/// The texts met lately and their codes: in a column that names slices nearly every row repeats one of them.

#include <array>
#include <string_view>
#include <vector>

#include <assay/core/processor.hpp>
#include <assay/io/dictionary.hpp>

namespace assay::io {

/// A memory of fixed size with two places for each text. What it answers is right; what it forgets, the dictionary
/// knows.
class RecentTexts {
 public:
  void clear() { entries_.assign(places, Entry{}); }

  /// The code kept for a text, or no_code. `known` is the dictionary whose codes `own` are.
  [[nodiscard]] ASSAY_INLINE Code find(std::string_view text, const Dictionary& known) const {
    const detail::TextKey key{text};
    const std::size_t at = place(key);
    for (const std::size_t each : {at, at ^ 1U}) {
      const Entry& entry = entries_[each];
      if (entry.key == key && entry.code != no_code && (key.length <= 16 || known.text(entry.own) == text))
        return entry.code;
    }
    return no_code;
  }

  void keep(std::string_view text, Code own, Code code) {
    const detail::TextKey key{text};
    const std::size_t at = place(key);
    entries_[entries_[at].code == no_code ? at : at ^ 1U] = {key, own, code};
  }

 private:
  static constexpr std::size_t places = 2048;

  struct Entry {
    detail::TextKey key{std::int64_t{0}};
    Code own{no_code};
    Code code{no_code};
  };

  [[nodiscard]] static ASSAY_INLINE std::size_t place(const detail::TextKey& key) noexcept {
    const std::uint64_t mixed =
        (key.head * 0x9E3779B97F4A7C15ULL) ^ (key.tail * 0xD6E8FEB86659FD93ULL) ^ (key.length << 40U);
    return static_cast<std::size_t>(mixed >> 48U) % places;
  }

  std::vector<Entry> entries_ = std::vector<Entry>(places);
};

}  // namespace assay::io
