#pragma once
/// \file
/// VarOpt: a weighted sample of a stream with chances exactly proportional to weight, and totals that are exact.

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
#include <assay/sampling/stream.hpp>
#include <assay/sampling/weighted_reservoir.hpp>

namespace assay::sampling {

/// Keeps `size` cases of a stream, each with the inclusion probability min(1, weight / threshold): the same as
/// `inclusion_probabilities(weights, size)` would give had all weights been known before.
///
/// Use when: cases stream by with sizes (views, amounts) and totals over any slice will be asked: the recommended
/// weighted stream.
/// Not for: equal bytes whatever the order of merging (`WeightedReservoir`). Here the order of the stream and of merges
/// shapes the sample, though not its law: a merged sample is a VarOpt sample of all cases.
/// The estimated total of the weights, sum of weight / probability, is exact at all times, and among all designs of
/// this size none has a smaller average variance for slices of any size.
///
/// Cases above the threshold are kept with certainty, in a heap; of the others one leaves for each that comes. Cost:
/// O(log size) a case.
///
/// Reference: Cohen, Duffield, Kaplan, Lund & Thorup (2009), "Stream sampling for variance-optimal estimation of subset
/// sums", SODA, 1255-1264; (2011) SIAM J. Computing 40(5):1402-1431, doi:10.1137/10079817X.
class VarOpt {
 public:
  VarOpt() = default;
  /// \throws InputError unless 1 <= size < 2^31.
  VarOpt(std::int64_t size, std::uint64_t seed) : size_{detail::checked_size(size)}, seeds_{seed} {}

  /// \throws InputError for a weight that is not finite and above 0, and for a sample of no size.
  void add(StreamCase name, double weight) {
    if (size_ == 0) throw InputError("a sample with a size", "an empty one");
    detail::refuse_unless_weight(weight, seen_);
    ++seen_;
    take({weight, weight, std::move(name)});
  }

  /// Cases of the other sample are taken with the weights they stand for.
  /// \throws InputError when the sizes differ, or a seed is in both.
  void merge(const VarOpt& other) {
    if (other.size_ == 0) return;
    if (size_ == 0) {
      *this = other;
      return;
    }
    if (size_ != other.size_)
      throw InputError("a sample of size " + std::to_string(size_), "one of size " + std::to_string(other.size_));
    seeds_.merge(other.seeds_);
    seen_ += other.seen_;
    for (const Held& each : other.canonical(other.heavy_)) take(each);
    for (const Held& each : other.canonical(other.light_)) take({other.threshold(), each.weight, each.name});
  }

  /// The cases in ascending order, with the probabilities to estimate with.
  [[nodiscard]] std::vector<Weighted> sample() const {
    std::vector<Weighted> out;
    for (const Held& each : heavy_) out.push_back({each.name, each.weight, each.weight / each.stands_for});
    for (const Held& each : light_) out.push_back({each.name, each.weight, each.weight / threshold()});
    std::sort(out.begin(), out.end(), [](const Weighted& a, const Weighted& b) {
      return std::tie(a.name, a.weight) < std::tie(b.name, b.weight);
    });
    return out;
  }

  /// Cases of at least this weight are certain; 0 while every case is kept.
  [[nodiscard]] double threshold() const noexcept {
    return light_.empty() ? 0.0 : light_total_ / static_cast<double>(light_.size());
  }
  [[nodiscard]] std::int64_t size() const noexcept { return static_cast<std::int64_t>(size_); }
  [[nodiscard]] std::uint64_t seen() const noexcept { return seen_; }

  [[nodiscard]] Bytes to_bytes() const {
    io::Writer out;
    out.compact(size_);
    out.compact(seen_);
    out.compact(steps_);
    out.real(light_total_);
    seeds_.write(out);
    for (const auto* each : {&heavy_, &light_}) {
      out.compact(each->size());
      for (const Held& held : each == &heavy_ ? canonical(*each) : *each) {
        out.real(held.stands_for);
        out.real(held.weight);
        detail::write(out, held.name);
      }
    }
    return out.finish(io::Kind::var_opt, 1);
  }

  /// \throws FormatError for bytes that are not a whole, undamaged sample of a known version.
  [[nodiscard]] static VarOpt from_bytes(ByteView bytes) {
    io::Reader in{bytes, io::Kind::var_opt, 1};
    VarOpt out;
    out.size_ = static_cast<std::size_t>(in.compact());
    out.seen_ = in.compact();
    out.steps_ = in.compact();
    out.light_total_ = detail::read_real(in, 0.0);
    out.seeds_ = detail::Seeds::read(in);
    for (auto* each : {&out.heavy_, &out.light_}) {
      const std::size_t count = in.count(18);
      for (std::size_t i = 0; i < count; ++i) {
        const double stands_for = detail::read_real(in, 0x1p-1074);
        const double weight = detail::read_real(in, 0x1p-1074);
        each->push_back({stands_for, weight, detail::read_case(in)});
        if (weight > stands_for) throw FormatError("a case that stands for less than itself: damaged bytes");
        if (each == &out.heavy_ && i > 0 && (*each)[i] < (*each)[i - 1])
          throw FormatError("kept cases out of order: damaged bytes");
      }
    }
    in.done();
    const std::uint64_t held = out.heavy_.size() + out.light_.size();
    if (out.size_ >= std::uint64_t{1} << 31U || held != std::min<std::uint64_t>(out.size_, out.seen_) ||
        (out.size_ == 0) != out.seeds_.empty() || (out.size_ == 0 && out.seen_ + out.steps_ > 0) ||
        out.steps_ > out.seen_ || out.light_.empty() != (out.light_total_ == 0.0) ||
        (out.light_.empty() && std::signbit(out.light_total_)))
      throw FormatError("counts that do not fit together: damaged bytes");
    std::make_heap(out.heavy_.begin(), out.heavy_.end(), heavier);
    return out;
  }

  friend bool operator==(const VarOpt& a, const VarOpt& b) { return a.to_bytes() == b.to_bytes(); }

 private:
  struct Held {
    double stands_for;  ///< the weight in the estimate; of light cases the threshold, whatever is written here
    double weight;      ///< its own
    StreamCase name;
    friend bool operator<(const Held& a, const Held& b) {
      return std::tie(a.stands_for, a.name, a.weight) < std::tie(b.stands_for, b.name, b.weight);
    }
  };

  static bool heavier(const Held& a, const Held& b) { return b < a; }

  [[nodiscard]] static std::vector<Held> canonical(std::vector<Held> held) {
    std::sort(held.begin(), held.end());
    return held;
  }

  void take(Held held) {
    ++steps_;
    const std::size_t before = heavy_.size() + light_.size();
    heavy_.push_back(std::move(held));
    std::push_heap(heavy_.begin(), heavy_.end(), heavier);
    if (before < size_) return;

    // Cases below the new threshold join the light ones, whose total is then shared by all of them but one.
    double total = light_total_;
    std::vector<Held> joining;
    while (!heavy_.empty()) {
      const auto others = static_cast<double>(light_.size() + joining.size()) - 1.0;
      if (total < others * heavy_.front().stands_for) break;
      total += heavy_.front().stands_for;
      std::pop_heap(heavy_.begin(), heavy_.end(), heavier);
      joining.push_back(std::move(heavy_.back()));
      heavy_.pop_back();
    }
    const double limit = total / static_cast<double>(light_.size() + joining.size() - 1);
    Random random = seeds_.random(steps_);
    double mark = random.uniform();
    std::size_t gone = joining.size();
    for (std::size_t i = 0; i < joining.size() && gone == joining.size(); ++i) {
      const double leaves = 1.0 - joining[i].stands_for / limit;
      if (mark < leaves)
        gone = i;
      else
        mark -= leaves;
    }
    if (gone == joining.size() && !light_.empty()) {
      const auto one = static_cast<std::size_t>(random.below(light_.size()));
      light_[one] = std::move(light_.back());
      light_.pop_back();
    } else {
      joining.erase(joining.begin() + static_cast<std::ptrdiff_t>(std::min(gone, joining.size() - 1)));
    }
    for (Held& each : joining) light_.push_back(std::move(each));
    light_total_ = total;
  }

  std::size_t size_{0};
  std::uint64_t seen_{0};
  std::uint64_t steps_{0};  // cases taken, of the stream or of another sample
  double light_total_{0.0};
  detail::Seeds seeds_{};
  std::vector<Held> heavy_{};  // a heap, the smallest first
  std::vector<Held> light_{};  // all with one chance of staying; their order is that of the stream
};

}  // namespace assay::sampling
