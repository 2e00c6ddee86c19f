#pragma once
/// \file
/// Texts of at most 16 bytes and their codes, found by two words read straight from a column's memory.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include <assay/core/processor.hpp>
#include <assay/io/dictionary.hpp>

namespace assay::io {

/// What a short text is told apart by: two words and a length.
struct ShortText {
  static constexpr std::uint32_t most = 16;          ///< letters of a text in a buffer
  static constexpr std::uint32_t most_in_view = 12;  ///< letters of a text inside its view
  static constexpr std::uint32_t viewed = ~0U;

  std::uint64_t head{0};
  std::uint64_t tail{0};
  std::uint32_t length{0};

  /// Assumes at most 16 letters, and eight readable bytes from the first on.
  [[nodiscard]] static ASSAY_INLINE ShortText from_letters(const char* letters, std::uint32_t length) noexcept {
    ShortText text{0, 0, length};
    std::memcpy(&text.head, letters, 8);
    if (length > 8)
      std::memcpy(&text.tail, letters + length - 8, 8);
    else
      text.head &= letters_of[length];
    return text;
  }
  /// The sixteen bytes of a view that holds its text, the length among them.
  [[nodiscard]] static ASSAY_INLINE ShortText from_view(const std::byte* view) noexcept {
    ShortText text{0, 0, viewed};
    std::memcpy(&text.head, view, 8);
    std::memcpy(&text.tail, view + 8, 8);
    return text;
  }

 private:
  /// By number of letters, the bytes of a word that they take in memory.
  static constexpr std::array<std::uint64_t, 9> letters_of = [] {
    std::array<std::uint64_t, 9> masks{};
    for (std::size_t length = 0; length <= 8; ++length)
      for (std::size_t at = 0; at < length; ++at)
        masks[length] |= 0xFFULL << 8U * (std::endian::native == std::endian::little ? at : 7 - at);
    return masks;
  }();
};

/// A memory of some hundred short texts, so thinly filled that nearly each is found at the first look. It never forgets
/// a text, and takes no more once it is full: the dictionary knows the others.
class ShortTexts {
 public:
  static constexpr std::size_t most = 512;

  void clear() {
    entries_.clear();
    size_ = 0;
  }

  /// The code kept for a text, or no_code.
  [[nodiscard]] ASSAY_INLINE Code find(const ShortText& text) const noexcept {
    if (entries_.empty()) return no_code;
    for (std::size_t at = place(text);; at = (at + 1) % places) {
      const Entry& entry = entries_[at];
      if (entry.text.head == text.head && entry.text.tail == text.tail && entry.text.length == text.length)
        return entry.code;  // an empty place looks like the empty text without a code
      if (entry.code == no_code) return no_code;
    }
  }

  /// Assumes that the text is not kept yet.
  void keep(const ShortText& text, Code code) {
    if (size_ == most) return;
    if (entries_.empty()) entries_.resize(places);
    std::size_t at = place(text);
    while (entries_[at].code != no_code) at = (at + 1) % places;
    entries_[at] = {text, code};
    ++size_;
  }

  /// The codes of texts that lie one after the other: text i from offsets[i] to offsets[i + 1]. `slow(i)` is the code
  /// of a text that is long, not kept, or whose offsets make no sense. `Offset` has no sign: a negative one reads as a
  /// very large one.
  template <class Offset, class Slow>
  void encode(const Offset* offsets, const char* letters, std::int64_t count, Code* out, const Slow& slow) {
    // Two words of letters can be read from anywhere below `safe`: so many follow.
    const Offset end = offsets[count];
    const bool usable = letters != nullptr && end >= ShortText::most && end >> (8 * sizeof(Offset) - 1) == 0;
    const Offset safe = usable ? end - ShortText::most + 1 : 0;
    for (std::int64_t i = 0; i < count; ++i) {
      const Offset from = offsets[i];
      const Offset length = offsets[i + 1] - from;
      out[i] =
          length > ShortText::most || from >= safe
              ? slow(i)
              : known_or_kept(ShortText::from_letters(letters + from, static_cast<std::uint32_t>(length)), i, slow);
    }
  }

  /// The codes of texts in views.
  template <class Slow>
  void encode(const std::byte* views, std::int64_t count, Code* out, const Slow& slow) {
    for (std::int64_t i = 0; i < count; ++i) {
      std::uint32_t length = 0;
      std::memcpy(&length, views + 16 * i, 4);
      out[i] =
          length > ShortText::most_in_view ? slow(i) : known_or_kept(ShortText::from_view(views + 16 * i), i, slow);
    }
  }

 private:
  static constexpr std::size_t places = 4096;

  struct Entry {
    ShortText text{};
    Code code{no_code};
  };

  template <class Slow>
  ASSAY_INLINE Code known_or_kept(const ShortText& text, std::int64_t i, const Slow& slow) {
    Code code = find(text);
    if (code == no_code) keep(text, code = slow(i));
    return code;
  }

  [[nodiscard]] static ASSAY_INLINE std::size_t place(const ShortText& text) noexcept {
    const std::uint64_t mixed = (text.head * 0x9E3779B97F4A7C15ULL) ^ (text.tail * 0xD6E8FEB86659FD93ULL);
    return static_cast<std::size_t>(mixed >> 52U);
  }

  std::vector<Entry> entries_{};
  std::size_t size_{0};
};

}  // namespace assay::io
