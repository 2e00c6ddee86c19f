#pragma once
/// \file
/// A weighted sample of a stream: successive sampling, one case after the other with chances in proportion to weight.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
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

/// A case of a stream's sample, with its weight and the chance to estimate with.
struct Weighted {
  StreamCase name{};
  double weight{0.0};
  double probability{1.0};

  friend bool operator==(const Weighted&, const Weighted&) = default;
};

namespace detail {

/// \throws InputError unless the weight is finite and above 0.
inline void refuse_unless_weight(double weight, std::uint64_t row) {
  if (!(weight > 0.0 && std::isfinite(weight)))
    throw InputError("a finite weight above 0", to_text(weight), {"weight", static_cast<std::int64_t>(row)});
}

}  // namespace detail

/// Keeps `size` cases of a stream as if drawn one after the other, each time with chances proportional to the weights
/// of those still there.
///
/// Use when: heavier cases shall be likelier, one pass, mergeable to equal bytes.
/// Not for: chances exactly proportional to weight: successive sampling is flatter than that (successive.hpp has its
/// true inclusion probabilities); VarOpt (var_opt.hpp) has exact proportions and estimates totals better.
/// Order: as for `Reservoir`: the sample depends on seed and order, the law and merging do not.
///
/// Each case has the key E / weight, E exponential; kept are the smallest keys, and one more, the threshold. Given the
/// keys of all others a case is in with chance 1 - exp(-weight * threshold): with that `probability`, sums of y / p are
/// unbiased. (The unconditional chances need the weights of the whole stream.)
///
/// Reference: Efraimidis & Spirakis (2006), "Weighted random sampling with a reservoir", Information Processing Letters
/// 97(5):181-185, doi:10.1016/j.ipl.2005.11.003 (A-ExpJ); Cohen & Kaplan (2007), PODC (rank conditioning).
class WeightedReservoir {
 public:
  WeightedReservoir() = default;
  /// \throws InputError unless 1 <= size < 2^31.
  WeightedReservoir(std::int64_t size, std::uint64_t seed) : size_{detail::checked_size(size)}, seeds_{seed} {}

  /// \throws InputError for a weight that is not finite and above 0, and for a reservoir of no size.
  void add(StreamCase name, double weight) {
    if (size_ == 0) throw InputError("a reservoir with a size", "an empty one");
    detail::refuse_unless_weight(weight, seen_);
    ++seen_;
    const bool full = kept_.size() > size_;
    if (full && weight < jump_) {
      jump_ -= weight;
      return;
    }
    Random random = seeds_.random(seen_);
    const double key = full ? standard_exponential_below(kept_.front().key * weight, random) / weight
                            : standard_exponential(random) / weight;
    if (full) {
      std::pop_heap(kept_.begin(), kept_.end());
      kept_.pop_back();
    }
    kept_.push_back({key, weight, std::move(name)});
    std::push_heap(kept_.begin(), kept_.end());
    look_ahead(random);
  }

  /// \throws InputError when the sizes differ, or a seed is in both.
  void merge(const WeightedReservoir& other) {
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
    if (kept_.size() > size_ + 1) kept_.resize(size_ + 1);
    std::make_heap(kept_.begin(), kept_.end());
    Random random = seeds_.random(seen_);
    look_ahead(random);
  }

  /// The cases, in the order in which they would have been drawn.
  [[nodiscard]] std::vector<Weighted> sample() const {
    std::vector<Kept> sorted = kept_;
    std::sort(sorted.begin(), sorted.end());
    const double limit = threshold();
    std::vector<Weighted> out;
    for (std::size_t i = 0; i < std::min(sorted.size(), size_); ++i)
      out.push_back(
          {sorted[i].name, sorted[i].weight, std::isinf(limit) ? 1.0 : -std::expm1(-sorted[i].weight * limit)});
    return out;
  }

  /// The smallest key that was not kept; infinite while every case is.
  [[nodiscard]] double threshold() const noexcept {
    return kept_.size() > size_ ? kept_.front().key : std::numeric_limits<double>::infinity();
  }
  [[nodiscard]] std::int64_t size() const noexcept { return static_cast<std::int64_t>(size_); }
  [[nodiscard]] std::uint64_t seen() const noexcept { return seen_; }

  [[nodiscard]] Bytes to_bytes() const {
    io::Writer out;
    out.compact(size_);
    out.compact(seen_);
    out.real(jump_);
    seeds_.write(out);
    std::vector<Kept> sorted = kept_;
    std::sort(sorted.begin(), sorted.end());
    out.compact(sorted.size());
    for (const Kept& each : sorted) {
      out.real(each.key);
      out.real(each.weight);
      detail::write(out, each.name);
    }
    return out.finish(io::Kind::weighted_reservoir, 1);
  }

  /// \throws FormatError for bytes that are not a whole, undamaged reservoir of a known version.
  [[nodiscard]] static WeightedReservoir from_bytes(ByteView bytes) {
    io::Reader in{bytes, io::Kind::weighted_reservoir, 1};
    WeightedReservoir out;
    out.size_ = static_cast<std::size_t>(in.compact());
    out.seen_ = in.compact();
    out.jump_ = detail::read_real(in, 0.0);
    out.seeds_ = detail::Seeds::read(in);
    const std::size_t count = in.count(18);
    for (std::size_t i = 0; i < count; ++i) {
      const double key = detail::read_real(in, 0.0);
      const double weight = detail::read_real(in, 0x1p-1074);
      out.kept_.push_back({key, weight, detail::read_case(in)});
      if (i > 0 && out.kept_[i] < out.kept_[i - 1]) throw FormatError("kept cases out of order: damaged bytes");
    }
    in.done();
    const std::uint64_t most = out.size_ == 0 ? 0 : static_cast<std::uint64_t>(out.size_) + 1;
    if (out.size_ >= std::uint64_t{1} << 31U || count != std::min(most, out.seen_) ||
        (out.size_ == 0) != out.seeds_.empty() || (out.size_ == 0 && out.seen_ > 0) ||
        (count < most && std::bit_cast<std::uint64_t>(out.jump_) != 0))
      throw FormatError("counts that do not fit together: damaged bytes");
    std::make_heap(out.kept_.begin(), out.kept_.end());
    return out;
  }

  friend bool operator==(const WeightedReservoir& a, const WeightedReservoir& b) {
    return a.to_bytes() == b.to_bytes();
  }

 private:
  struct Kept {
    double key;
    double weight;
    StreamCase name;
    friend bool operator<(const Kept& a, const Kept& b) {
      return std::tie(a.key, a.name, a.weight) < std::tie(b.key, b.name, b.weight);
    }
  };

  /// How much weight is passed over before the next case is kept.
  void look_ahead(Random& random) {
    jump_ = 0.0;
    if (kept_.size() > size_)
      jump_ = std::min(standard_exponential(random) / std::max(kept_.front().key, 0x1p-1000), 0x1p1000);
  }

  std::size_t size_{0};
  std::uint64_t seen_{0};
  double jump_{0.0};
  detail::Seeds seeds_{};
  std::vector<Kept> kept_{};  // a heap, the largest key first
};

}  // namespace assay::sampling
