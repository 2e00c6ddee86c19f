#pragma once
/// \file
/// Chances about Poisson samples of a given size, exact to rounding: what conditional Poisson and Sampford rest on.

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

#include <assay/sampling/inclusion.hpp>

namespace assay::sampling::detail {

using Complex = std::complex<double>;

/// A Poisson sample of chances p (strictly between 0 and 1), whose size is hoped to be n; assumes that the chances add
/// up to about n.
///
/// The chance of a size is a Fourier coefficient of the product of q_i = 1 - p_i + p_i e^{it}, and leaving a case out
/// is a division by its q_i. The product dies off like a normal density away from t = 0, so some twenty nodes t are
/// enough, whatever the number of cases: sums of products (elementary symmetric sums) never appear, and nothing can
/// overflow or cancel. Cost: O(cases * nodes).
///
/// Reference: Chen & Liu (1997), Statistica Sinica 7:875-892 (these chances); Hong (2013), Computational Statistics &
/// Data Analysis 59:41-51 (by Fourier coefficients).
class PoissonBinomial {
 public:
  PoissonBinomial(RealView chances, std::int64_t n) : p_(chances.begin(), chances.end()) {
    double spread = 0.0;
    for (const double p : p_) spread += p * (1.0 - p);
    // Sizes further from n than `reach` have chances below 1e-18 beside that of n (Bernstein), so they may be counted
    // as n; where there are fewer sizes than that, nothing is counted wrongly. Odd, so that t = pi is no node.
    const double reach = std::ceil(14.0 + std::sqrt(196.0 + 84.0 * spread));
    auto nodes = static_cast<std::int64_t>(std::min(reach, static_cast<double>(p_.size()) + 1.0));
    nodes |= 1;
    const auto count = static_cast<double>(nodes);
    for (std::int64_t r = 0; 2 * r < nodes; ++r) {
      const double t = 2.0 * std::numbers::pi * static_cast<double>(r) / count;
      const double half = std::sin(0.5 * t);
      Node node{.lag = 2.0 * half * half, .sine = std::sin(t), .turn = std::polar(1.0, t)};
      const Complex product = product_at(node);
      if (std::abs(product) < 1e-45) continue;
      // the angle t n, reduced in whole numbers
      const double angle = 2.0 * std::numbers::pi * static_cast<double>(r * (n % nodes) % nodes) / count;
      node.weight = product * std::polar((r == 0 ? 1.0 : 2.0) / count, -angle);
      nodes_.push_back(node);
    }
  }

  [[nodiscard]] std::size_t cases() const noexcept { return p_.size(); }

  /// The chance that the size is n.
  [[nodiscard]] double size_chance() const noexcept {
    double sum = 0.0;
    for (const Node& node : nodes_) sum += node.weight.real();
    return sum;
  }

  /// For each case: the chance that it is in and the size is n.
  [[nodiscard]] std::vector<double> with_each() const {
    std::vector<double> out(p_.size());
    for (const Node& node : nodes_) {
      const Complex z = node.weight * node.turn;
      for (std::size_t i = 0; i < p_.size(); ++i) out[i] += p_[i] * real_of_quotient(z, node, p_[i]);
    }
    return out;
  }

  /// For each case i: the sum over the cases j of v_j times the chance that both are in and the size is n. The case
  /// itself counts as a pair with itself.
  [[nodiscard]] std::vector<double> with_pairs(RealView v) const {
    std::vector<double> out(p_.size());
    for (const Node& node : nodes_) {
      Complex others{};
      for (std::size_t j = 0; j < p_.size(); ++j) others += p_[j] * v[j] * inverse(node, p_[j]);
      const Complex z = node.weight * node.turn * node.turn;
      const Complex own = node.weight * node.turn;
      for (std::size_t i = 0; i < p_.size(); ++i) {
        const Complex part = inverse(node, p_[i]);
        out[i] += p_[i] * (part * (z * (others - p_[i] * v[i] * part) + own * v[i])).real();
      }
    }
    return out;
  }

  /// For each pair i < j, row by row: the chance that both are in and the size is n. Where there are weights, each
  /// sample counts as much as the sum of the weights of the cases that are not in it.
  [[nodiscard]] std::vector<double> with_each_pair(RealView weights = {}) const {
    const std::size_t count = p_.size();
    std::vector<double> out(count * (count - 1) / 2);
    std::vector<double> real(count), imaginary(count), left_real(count), left_imaginary(count);
    for (const Node& node : nodes_) {
      Complex whole{};
      for (std::size_t i = 0; i < count; ++i) {
        const Complex part = p_[i] * inverse(node, p_[i]);
        real[i] = part.real(), imaginary[i] = part.imag();
        if (weights.empty()) continue;
        const Complex left = weights[i] * (1.0 - p_[i]) * inverse(node, p_[i]);
        const Complex product = multiplied(part, left);
        left_real[i] = product.real(), left_imaginary[i] = product.imag();
        whole += left;
      }
      const Complex z = node.weight * node.turn * node.turn;
      double* row = out.data();
      for (std::size_t i = 0; i < count; ++i) {
        const Complex own = multiplied(z, {real[i], imaginary[i]});
        const std::size_t others = count - i - 1;
        if (weights.empty()) {
          add_real_parts(row, own, &real[i] + 1, &imaginary[i] + 1, others);
        } else {
          const Complex left = weights[i] * (1.0 - p_[i]) * inverse(node, p_[i]);
          add_real_parts(row, multiplied(own, whole - left), &real[i] + 1, &imaginary[i] + 1, others);
          add_real_parts(row, -own, &left_real[i] + 1, &left_imaginary[i] + 1, others);
        }
        row += others;
      }
    }
    return out;
  }

  /// The chance that the size is n, each sample counting as much as the weights of those not in it.
  [[nodiscard]] double weighted_size_chance(RealView weights) const {
    double sum = 0.0;
    for (const Node& node : nodes_) {
      Complex whole{};
      for (std::size_t i = 0; i < p_.size(); ++i) whole += weights[i] * (1.0 - p_[i]) * inverse(node, p_[i]);
      sum += multiplied(node.weight, whole).real();
    }
    return sum;
  }

 private:
  struct Node {
    double lag;  ///< 1 - cos t
    double sine;
    Complex turn;      ///< e^{it}
    Complex weight{};  ///< the product, turned by -n t, times the share of the node (and of its mirror image)
  };

  /// out[k] += the real part of z times (real[k] + i imaginary[k])
  static void add_real_parts(double* out, const Complex& z, const double* real, const double* imaginary,
                             std::size_t count) noexcept {
    const double x = z.real(), y = z.imag();
    for (std::size_t k = 0; k < count; ++k) out[k] += x * real[k] - y * imaginary[k];
  }

  /// Complex products without the standard's care for infinities, which never occur here.
  [[nodiscard]] static Complex multiplied(const Complex& a, const Complex& b) noexcept {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
  }

  [[nodiscard]] Complex product_at(const Node& node) const noexcept {
    Complex product{1.0, 0.0};
    for (std::size_t i = 0; i < p_.size(); ++i) {
      product = multiplied(product, {1.0 - p_[i] * node.lag, p_[i] * node.sine});
      if ((i & 63U) == 63U && std::norm(product) < 1e-100) return {};
    }
    return product;
  }

  /// 1 / q
  [[nodiscard]] static Complex inverse(const Node& node, double p) noexcept {
    const double a = 1.0 - p * node.lag;
    const double b = p * node.sine;
    const double size = 1.0 / (a * a + b * b);
    return {a * size, -b * size};
  }

  /// The real part of z / q.
  [[nodiscard]] static double real_of_quotient(const Complex& z, const Node& node, double p) noexcept {
    const double a = 1.0 - p * node.lag;
    const double b = p * node.sine;
    return (z.real() * a + z.imag() * b) / (a * a + b * b);
  }

  std::vector<double> p_;
  std::vector<Node> nodes_{};
};

}  // namespace assay::sampling::detail
