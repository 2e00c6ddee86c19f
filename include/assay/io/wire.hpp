#pragma once
/// \file
/// The wire format of every state: little-endian bytes in an envelope that says what they are and shows damage.
///
/// Envelope: "ASSY" · kind (u16) · version (u16) · payload length (u64) · payload · checksum of all before (u64).
/// A reader checks lengths before it allocates; hostile bytes end in a FormatError, never in a crash.

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <assay/core/error.hpp>
#include <assay/core/random.hpp>
#include <assay/core/sketch.hpp>

namespace assay::io {

/// What an envelope holds. Numbers are never given twice.
enum class Kind : std::uint16_t { tally = 1, registry = 2, reservoir = 10, weighted_reservoir = 11, var_opt = 12 };

namespace detail {

/// Eight bytes as a number, the least first; compilers make one load of it.
[[nodiscard]] inline std::uint64_t word(const std::byte* bytes) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
  return value;
}

}  // namespace detail

/// A checksum against accidents (not against forgers): words folded through a bijective scramble.
[[nodiscard]] inline std::uint64_t checksum(ByteView bytes) noexcept {
  std::uint64_t state = scramble(bytes.size());
  const std::size_t whole = bytes.size() / 8 * 8;
  for (std::size_t at = 0; at < whole; at += 8) state = scramble(state ^ detail::word(bytes.data() + at));
  if (whole < bytes.size()) {
    std::array<std::byte, 8> last{};
    std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(whole), bytes.end(), last.begin());
    state = scramble(state ^ detail::word(last.data()));
  }
  return state;
}

/// Appends values to a payload.
class Writer {
 public:
  template <std::unsigned_integral Number>
  void number(Number value) {
    std::array<std::byte, sizeof(Number)> bytes;
    for (std::size_t i = 0; i < sizeof(Number); ++i) bytes[i] = static_cast<std::byte>(value >> (8 * i) & 0xFFU);
    payload_.insert(payload_.end(), bytes.begin(), bytes.end());
  }
  void integer(std::int64_t value) { number(static_cast<std::uint64_t>(value)); }
  void real(double value) { number(std::bit_cast<std::uint64_t>(value)); }
  /// Unsigned, 7 bits a byte: small numbers take one byte.
  void compact(std::uint64_t value) {
    for (; value >= 0x80U; value >>= 7U) payload_.push_back(static_cast<std::byte>(value | 0x80U));
    payload_.push_back(static_cast<std::byte>(value));
  }
  void text(std::string_view value) {
    compact(value.size());
    raw(std::as_bytes(std::span{value}));
  }
  /// Bytes as they are; whoever reads them must know how many there are.
  void raw(ByteView bytes) { payload_.insert(payload_.end(), bytes.begin(), bytes.end()); }
  /// Makes room for so many more bytes at once.
  void reserve(std::size_t more) { payload_.reserve(payload_.size() + more); }

  /// The payload as it is, for bytes that another mechanism protects.
  [[nodiscard]] Bytes take() { return std::move(payload_); }

  /// The payload in its envelope.
  [[nodiscard]] Bytes finish(Kind kind, std::uint16_t version) const {
    Writer out;
    out.reserve(payload_.size() + 24);
    out.raw(std::as_bytes(std::span{std::string_view{"ASSY"}}));
    out.number(static_cast<std::uint16_t>(kind));
    out.number(version);
    out.number(static_cast<std::uint64_t>(payload_.size()));
    out.raw(payload_);
    out.number(checksum(out.payload_));
    return out.take();
  }

 private:
  Bytes payload_{};
};

/// Reads a payload back, refusing what does not fit.
class Reader {
 public:
  /// Opens an envelope. \throws FormatError when it is not one, is damaged, holds another kind or a newer version.
  Reader(ByteView envelope, Kind kind, std::uint16_t newest) : rest_{envelope} {
    constexpr std::size_t head = 16;
    constexpr std::size_t tail = 8;
    if (envelope.size() < head + tail)
      throw FormatError("wanted the bytes of a state, got " + std::to_string(envelope.size()) + " bytes: cut short");
    if (std::memcmp(envelope.data(), "ASSY", 4) != 0)
      throw FormatError("wanted the bytes of a state, got bytes that do not begin with its mark");
    rest_ = envelope.subspan(4);
    const auto got_kind = number<std::uint16_t>();
    version_ = number<std::uint16_t>();
    const auto length = number<std::uint64_t>();
    if (length != envelope.size() - head - tail)
      throw FormatError("wanted a payload of " + std::to_string(length) + " bytes, got " +
                        std::to_string(envelope.size() - head - tail) + ": cut short or joined with something else");
    rest_ = envelope.last(tail);
    if (number<std::uint64_t>() != checksum(envelope.first(envelope.size() - tail)))
      throw FormatError("the checksum does not match: the bytes were altered on their way");
    if (got_kind != static_cast<std::uint16_t>(kind))
      throw FormatError("wanted a state of kind " + std::to_string(static_cast<int>(kind)) + ", got kind " +
                        std::to_string(got_kind));
    if (version_ == 0 || version_ > newest)
      throw FormatError("wanted format version 1 to " + std::to_string(newest) + ", got " + std::to_string(version_) +
                        "; read it with the release that wrote it or a newer one");
    rest_ = envelope.subspan(head, length);
  }

  /// Reads bytes that have no envelope.
  explicit Reader(ByteView payload) noexcept : rest_{payload} {}

  [[nodiscard]] std::uint16_t version() const noexcept { return version_; }
  [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }

  template <std::unsigned_integral Number>
  [[nodiscard]] Number number() {
    const ByteView bytes = take(sizeof(Number));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
    return static_cast<Number>(value);
  }
  [[nodiscard]] std::int64_t integer() { return static_cast<std::int64_t>(number<std::uint64_t>()); }
  [[nodiscard]] double real() { return std::bit_cast<double>(number<std::uint64_t>()); }

  [[nodiscard]] std::uint64_t compact() {
    if (!rest_.empty() && static_cast<std::uint8_t>(rest_[0]) < 0x80U) return static_cast<std::uint64_t>(take(1)[0]);
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<std::uint64_t>(take(1)[0]);
      value |= (byte & 0x7FU) << shift;
      if (byte < 0x80U) {
        if (shift == 63 && byte > 1) break;
        if (shift > 0 && byte == 0) throw FormatError("a compact number is longer than need be: damaged bytes");
        return value;
      }
    }
    throw FormatError("a compact number runs past 64 bits: damaged bytes");
  }

  /// A count of things that take at least `bytes_each` bytes each, so that no hostile count allocates.
  [[nodiscard]] std::size_t count(std::size_t bytes_each) {
    const std::uint64_t value = compact();
    if (value > rest_.size() / std::max<std::size_t>(bytes_each, 1))
      throw FormatError("wanted " + std::to_string(value) + " entries, got " + std::to_string(rest_.size()) +
                        " bytes for them: damaged bytes");
    return static_cast<std::size_t>(value);
  }

  [[nodiscard]] std::string text() {
    const ByteView bytes = take(count(1));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  /// \throws FormatError when anything is left over.
  void done() const {
    if (!rest_.empty()) throw FormatError(std::to_string(rest_.size()) + " bytes left over: damaged bytes");
  }

 private:
  [[nodiscard]] ByteView take(std::size_t bytes) {
    if (bytes > rest_.size()) cut_short(bytes);
    const ByteView head = rest_.first(bytes);
    rest_ = rest_.subspan(bytes);
    return head;
  }
  [[noreturn]] void cut_short(std::size_t wanted) const {
    throw FormatError("wanted " + std::to_string(wanted) + " more bytes, got " + std::to_string(rest_.size()) +
                      ": cut short");
  }

  ByteView rest_;
  std::uint16_t version_{0};
};

}  // namespace assay::io
