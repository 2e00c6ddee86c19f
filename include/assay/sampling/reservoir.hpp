#pragma once
/// \file
/// A simple random sample of a stream of unknown length.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/random.hpp>
#include <assay/core/text.hpp>
#include <assay/io/wire.hpp>
#include <assay/sampling/exponential.hpp>
#include <assay/sampling/stream.hpp>

namespace assay::sampling {

/// Keeps `size` cases of a stream, every subset equally likely, and passes over the others without a look: after n
/// cases about size * (1 + log(n / size)) have cost anything.
///
/// Use when: cases stream by, nobody knows how many, and a seed shall describe the sample.
/// Not for: draws that several machines must agree on (bottom_k.hpp with permanent random numbers).
/// Order: the sample depends on the seed and on the order of the stream. Its law does not, and merging does not: parts
/// merge in any order to equal bytes, into a simple random sample of all their cases.
/// No data: fewer cases than the size are all kept, with certainty.
///
/// Each kept case has an exponential key; the sample is the cases with the smallest keys. How many cases are passed
/// over before one undercuts the largest key follows at once from one more random number.
///
/// Reference: Li (1994), "Reservoir-sampling algorithms of time complexity O(n(1 + log(N/n)))", ACM TOMS 20(4):481-493,
/// doi:10.1145/198429.198435 (algorithm L); Efraimidis & Spirakis (2006) for keys, which make it mergeable.
class Reservoir {
 public:
  Reservoir() = default;
  /// \throws InputError unless 1 <= size < 2^31.
  Reservoir(std::int64_t size, std::uint64_t seed) : size_{detail::checked_size(size)}, seeds_{seed} {}

  /// \throws InputError for a reservoir of no size.
  void add(StreamCase name) {
    if (size_ == 0) throw InputError("a reservoir with a size", "an empty one");
    ++seen_;
    if (passes()) return;
    Random random = seeds_.random(seen_);
    if (kept_.size() < size_) {
      kept_.push_back({standard_exponential(random), std::move(name)});
      std::push_heap(kept_.begin(), kept_.end());
    } else {
      const double key = standard_exponential_below(kept_.front().key, random);
      std::pop_heap(kept_.begin(), kept_.end());
      kept_.back() = {key, std::move(name)};
      std::push_heap(kept_.begin(), kept_.end());
    }
    look_ahead(random);
  }

  /// Adds `count` cases; `name_of(i)` is asked only for those that are kept.
  template <class NameOf>
  void add(std::uint64_t count, const NameOf& name_of) {
    for (std::uint64_t i = 0; i < count; ++i) {
      if (kept_.size() == size_ && seen_ + 1 < next_) {
        const std::uint64_t passed = std::min(next_ - seen_ - 1, count - i);
        seen_ += passed;
        i += passed - 1;
        continue;
      }
      add(name_of(i));
    }
  }

  /// \throws InputError when the sizes differ, or a seed is in both.
  void merge(const Reservoir& other) {
    if (other.size_ == 0) return;
    if (size_ == 0) {
      *this = other;
      return;
    }
    if (size_ != other.size_)
      throw InputError("a reservoir of size " + std::to_string(size_), "one of size " + std::to_string(other.size_));
    seeds_.merge(other.seeds_);
    seen_ += other.seen_;
    kept_.insert(kept_.end(), other.kept_.begin(), other.kept_.end());
    std::sort(kept_.begin(), kept_.end());
    if (kept_.size() > size_) kept_.resize(size_);
    std::make_heap(kept_.begin(), kept_.end());
    Random random = seeds_.random(seen_);
    look_ahead(random);
  }

  /// The cases kept, in ascending order (numbers before texts).
  [[nodiscard]] std::vector<StreamCase> sample() const {
    std::vector<StreamCase> out;
    for (const Kept& each : kept_) out.push_back(each.name);
    std::sort(out.begin(), out.end());
    return out;
  }

  [[nodiscard]] std::int64_t size() const noexcept { return static_cast<std::int64_t>(size_); }
  [[nodiscard]] std::uint64_t seen() const noexcept { return seen_; }
  /// Of every case of the stream.
  [[nodiscard]] double inclusion_probability() const noexcept {
    return seen_ <= size_ ? 1.0 : static_cast<double>(size_) / static_cast<double>(seen_);
  }

  [[nodiscard]] Bytes to_bytes() const {
    io::Writer out;
    out.compact(size_);
    out.compact(seen_);
    out.compact(next_);
    seeds_.write(out);
    std::vector<Kept> sorted = kept_;
    std::sort(sorted.begin(), sorted.end());
    out.compact(sorted.size());
    for (const Kept& each : sorted) {
      out.real(each.key);
      detail::write(out, each.name);
    }
    return out.finish(io::Kind::reservoir, 1);
  }

  /// \throws FormatError for bytes that are not a whole, undamaged reservoir of a known version.
  [[nodiscard]] static Reservoir from_bytes(ByteView bytes) {
    io::Reader in{bytes, io::Kind::reservoir, 1};
    Reservoir out;
    out.size_ = static_cast<std::size_t>(in.compact());
    out.seen_ = in.compact();
    out.next_ = in.compact();
    out.seeds_ = detail::Seeds::read(in);
    const std::size_t count = in.count(10);
    for (std::size_t i = 0; i < count; ++i) {
      const double key = detail::read_real(in, 0.0);
      out.kept_.push_back({key, detail::read_case(in)});
      if (i > 0 && out.kept_[i] < out.kept_[i - 1]) throw FormatError("kept cases out of order: damaged bytes");
    }
    in.done();
    const bool full = out.size_ > 0 && count == out.size_;
    if (out.size_ >= std::uint64_t{1} << 31U || count != std::min<std::uint64_t>(out.size_, out.seen_) ||
        (out.size_ == 0) != out.seeds_.empty() || (out.size_ == 0 && out.seen_ > 0) ||
        (full ? out.next_ <= out.seen_ : out.next_ != 0))
      throw FormatError("counts that do not fit together: damaged bytes");
    std::make_heap(out.kept_.begin(), out.kept_.end());
    return out;
  }

  friend bool operator==(const Reservoir& a, const Reservoir& b) { return a.to_bytes() == b.to_bytes(); }

 private:
  struct Kept {
    double key;
    StreamCase name;
    friend bool operator<(const Kept& a, const Kept& b) { return std::tie(a.key, a.name) < std::tie(b.key, b.name); }
  };

  [[nodiscard]] bool passes() const noexcept { return kept_.size() == size_ && seen_ < next_; }

  /// Which case is the next to be kept.
  void look_ahead(Random& random) {
    next_ = 0;
    if (kept_.size() < size_) return;
    constexpr double furthest = 0x1p62;
    const double passed = std::floor(standard_exponential(random) / std::max(kept_.front().key, 0x1p-200));
    next_ = seen_ + 1 + static_cast<std::uint64_t>(std::min(passed, furthest));
  }

  std::size_t size_{0};
  std::uint64_t seen_{0};
  std::uint64_t next_{0};  // counted as seen; 0 until the reservoir is full
  detail::Seeds seeds_{};
  std::vector<Kept> kept_{};  // a heap, the largest key first
};

}  // namespace assay::sampling
