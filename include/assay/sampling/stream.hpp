#pragma once
/// \file
/// What samples of streams share: the names of cases, and the seeds that must not meet twice.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/random.hpp>
#include <assay/core/text.hpp>
#include <assay/io/wire.hpp>

namespace assay::sampling {

/// The name of a case that streams by: a whole number or a text.
using StreamCase = std::variant<std::int64_t, std::string>;

namespace detail {

inline void write(io::Writer& out, const StreamCase& name) {
  out.number(static_cast<std::uint8_t>(name.index()));
  if (const auto* number = std::get_if<std::int64_t>(&name))
    out.integer(*number);
  else
    out.text(std::get<std::string>(name));
}

[[nodiscard]] inline StreamCase read_case(io::Reader& in) {
  const auto kind = in.number<std::uint8_t>();
  if (kind == 0) return in.integer();
  if (kind == 1) return in.text();
  throw FormatError("a case that is neither a number nor a text: damaged bytes");
}

/// \throws FormatError unless the number is finite and at least `least`.
[[nodiscard]] inline double read_real(io::Reader& in, double least) {
  const double value = in.real();
  if (!(value >= least && std::isfinite(value))) throw FormatError("a number out of its range: damaged bytes");
  return value;
}

/// The seeds of all streams that went into a sample, ascending. Two parts with one seed would have drawn the same
/// numbers, so they do not merge.
class Seeds {
 public:
  Seeds() = default;
  explicit Seeds(std::uint64_t seed) : seeds_{seed} {}

  [[nodiscard]] bool empty() const noexcept { return seeds_.empty(); }

  /// \throws InputError when a seed is in both.
  void merge(const Seeds& other) {
    std::vector<std::uint64_t> all;
    std::merge(seeds_.begin(), seeds_.end(), other.seeds_.begin(), other.seeds_.end(), std::back_inserter(all));
    const auto twice = std::adjacent_find(all.begin(), all.end());
    if (twice != all.end())
      throw InputError("parts drawn with different seeds", "seed " + std::to_string(*twice) + " twice", {},
                       "give every worker a seed of its own; the same seed draws the same numbers");
    seeds_ = std::move(all);
  }

  /// Random numbers for what follows a merge: they depend on the seeds and on how many cases were seen, not on the
  /// order in which parts were merged.
  [[nodiscard]] Random random(std::uint64_t seen) const noexcept {
    std::uint64_t mixed = scramble(seen);
    for (const auto seed : seeds_) mixed = scramble(mixed ^ seed);
    return Random{mixed};
  }

  void write(io::Writer& out) const {
    out.compact(seeds_.size());
    for (const auto seed : seeds_) out.number(seed);
  }
  [[nodiscard]] static Seeds read(io::Reader& in) {
    Seeds out;
    const std::size_t count = in.count(8);
    for (std::size_t i = 0; i < count; ++i) {
      out.seeds_.push_back(in.number<std::uint64_t>());
      if (i > 0 && out.seeds_[i] <= out.seeds_[i - 1]) throw FormatError("seeds out of order: damaged bytes");
    }
    return out;
  }

  friend bool operator==(const Seeds&, const Seeds&) = default;

 private:
  std::vector<std::uint64_t> seeds_{};
};

/// \throws InputError unless 1 <= size < 2^31.
[[nodiscard]] inline std::size_t checked_size(std::int64_t size) {
  if (size < 1 || size >= std::int64_t{1} << 31U)
    throw InputError("a sample size between 1 and 2^31 - 1", to_text(size));
  return static_cast<std::size_t>(size);
}

}  // namespace detail

}  // namespace assay::sampling
