#pragma once
/// \file
/// How values read in messages: numbers in their shortest exact form, text in quotes and never endless.

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

/// Shortest text that reads back to the same double ("0.95", "1e-07", "nan").
[[nodiscard]] inline std::string to_text(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

[[nodiscard]] inline std::string to_text(std::int64_t value) { return std::to_string(value); }

namespace detail {

/// The letter at the start of UTF-8 text, and how many bytes it takes; a byte that begins no letter stands for itself,
/// with a length of 0.
struct Letter {
  char32_t code;
  std::size_t length;
};

[[nodiscard]] inline Letter letter_at(std::string_view text) noexcept {
  const auto byte = [&](std::size_t at) { return static_cast<char32_t>(static_cast<unsigned char>(text[at])); };
  const char32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return {first, 0};
  char32_t code = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {first, 0};
    code = code << 6U | (byte(i) & 0x3FU);
  }
  if (code < least[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {first, 0};
  return {code, length};
}

/// Letters that show nothing, or that turn the letters around them: control codes, marks of direction and width, line
/// and paragraph separators, tags.
[[nodiscard]] constexpr bool invisible(char32_t code) noexcept {
  constexpr std::array<std::array<char32_t, 2>, 12> ranges{{{0x00, 0x1F},
                                                            {0x7F, 0x9F},
                                                            {0xAD, 0xAD},
                                                            {0x61C, 0x61C},
                                                            {0x180E, 0x180E},
                                                            {0x200B, 0x200F},
                                                            {0x2028, 0x202E},
                                                            {0x2060, 0x206F},
                                                            {0xFE00, 0xFE0F},
                                                            {0xFEFF, 0xFEFF},
                                                            {0xFFF9, 0xFFFB},
                                                            {0xE0000, 0xE0FFF}}};
  for (const auto& [first, last] : ranges)
    if (code >= first && code <= last) return true;
  return false;
}

/// "\n", "\x7f", "\u202e" or "\U000e0001", as Python writes them.
[[nodiscard]] inline std::string escaped(char32_t code) {
  if (code == U'\n') return "\\n";
  if (code == U'\r') return "\\r";
  if (code == U'\t') return "\\t";
  constexpr std::string_view digits = "0123456789abcdef";
  const unsigned width = code < 0x100 ? 2 : code < 0x10000 ? 4 : 8;
  std::string out{width == 2 ? "\\x" : width == 4 ? "\\u" : "\\U"};
  for (unsigned i = width; i-- > 0;) out += digits[code >> (4 * i) & 15U];
  return out;
}

}  // namespace detail

/// Text as it is quoted in a message: in single quotes, what nobody would see (and bytes that are no UTF-8) as escapes,
/// cut after 60 bytes.
[[nodiscard]] inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 60;
  std::string out{"'"};
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, length] = detail::letter_at(text.substr(at));
    const std::size_t taken = length == 0 ? 1 : length;
    if (at + taken > most) {
      out += "...";
      break;
    }
    if (length == 0 || detail::invisible(code))
      out += detail::escaped(code);
    else
      out += text.substr(at, length);
    at += taken;
  }
  return out + "'";
}

}  // namespace assay
