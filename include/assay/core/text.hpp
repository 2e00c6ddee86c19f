#pragma once
/// \file
/// How values read in messages: numbers in their shortest exact form, text in quotes and never endless.

#include <array>
#include <charconv>
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

/// Text as it is quoted in a message: in single quotes, control characters shown as '?', cut after 60 bytes.
[[nodiscard]] inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 60;
  std::string out{"'"};
  std::size_t length = text.size() < most ? text.size() : most;
  while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;
  for (const char letter : text.substr(0, length))
    out += (static_cast<unsigned char>(letter) < 0x20U || letter == 0x7F) ? '?' : letter;
  if (length < text.size()) out += "...";
  return out + "'";
}

}  // namespace assay
