#pragma once
/// \file
/// Linear algebra: the one header that names Eigen (3.4 or newer).
///
/// Matrices cross this border as row-major numbers in a std::vector, so that no other header has to know Eigen.

#include <Eigen/Eigenvalues>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>

namespace assay {

/// A square matrix, row by row.
class SquareMatrix {
 public:
  SquareMatrix() = default;
  explicit SquareMatrix(std::size_t size) : size_{size}, values_(size * size, 0.0) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] double operator()(std::size_t row, std::size_t column) const noexcept {
    return values_[row * size_ + column];
  }
  [[nodiscard]] double& operator()(std::size_t row, std::size_t column) noexcept {
    return values_[row * size_ + column];
  }
  [[nodiscard]] const std::vector<double>& values() const noexcept { return values_; }

 private:
  std::size_t size_{0};
  std::vector<double> values_{};
};

/// Solves A x = b for a symmetric A without negative directions: the shortest x that comes nearest to b. Directions in
/// which A says nothing (margins that add up to the same whole, a constant column given twice) are left alone.
///
/// Assumes: A is a matrix of products, X'WX. Its columns are brought to one scale first, so units do not matter.
/// Use when: calibrating or residualising on totals of which some may be redundant.
/// Not for: matrices of thousands of columns (an eigenvalue decomposition, cubic in the size).
/// No data: a matrix of size 0 answers an empty x.
///
/// Reference: Golub & Van Loan (2013), Matrix Computations, 4th edition, section 5.5.
class SymmetricSolver {
 public:
  /// \throws InputError where an entry is not finite.
  explicit SymmetricSolver(const SquareMatrix& a) : scale_(a.size()), inverse_(a.size()) {
    const auto n = static_cast<Eigen::Index>(a.size());
    for (const double value : a.values())
      if (!std::isfinite(value)) throw InputError("a matrix of finite numbers", to_text(value));
    for (std::size_t i = 0; i < a.size(); ++i) scale_[i] = a(i, i) > 0.0 ? 1.0 / std::sqrt(a(i, i)) : 0.0;
    if (n == 0) return;
    Eigen::MatrixXd scaled(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
      for (Eigen::Index j = 0; j < n; ++j) {
        const auto row = static_cast<std::size_t>(i), column = static_cast<std::size_t>(j);
        scaled(i, j) = a(row, column) * scale_[row] * scale_[column];
      }
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver{scaled};
    const double least = 1e-12 * static_cast<double>(n) * std::max(1.0, solver.eigenvalues().maxCoeff());
    Eigen::VectorXd one_over = Eigen::VectorXd::Zero(n);
    for (Eigen::Index i = 0; i < n; ++i)
      if (solver.eigenvalues()(i) > least) one_over(i) = 1.0 / solver.eigenvalues()(i), ++rank_;
    const Eigen::MatrixXd inverse = solver.eigenvectors() * one_over.asDiagonal() * solver.eigenvectors().transpose();
    for (Eigen::Index i = 0; i < n; ++i)
      for (Eigen::Index j = 0; j < n; ++j) {
        const auto row = static_cast<std::size_t>(i), column = static_cast<std::size_t>(j);
        inverse_(row, column) = inverse(i, j) * scale_[row] * scale_[column];
      }
  }

  /// How many directions A knows of.
  [[nodiscard]] std::size_t rank() const noexcept { return rank_; }

  /// \throws InputError when b has another size than A.
  [[nodiscard]] std::vector<double> solve(std::span<const double> b) const {
    if (b.size() != scale_.size())
      throw InputError("a right side of " + std::to_string(scale_.size()) + " numbers", std::to_string(b.size()));
    std::vector<double> x(b.size(), 0.0);
    for (std::size_t i = 0; i < x.size(); ++i)
      for (std::size_t j = 0; j < x.size(); ++j) x[i] += inverse_(i, j) * b[j];
    return x;
  }

 private:
  std::vector<double> scale_;
  SquareMatrix inverse_;
  std::size_t rank_{0};
};

}  // namespace assay
