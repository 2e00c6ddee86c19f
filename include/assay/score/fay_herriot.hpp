#pragma once
/// \file
/// Small slices whose estimates come with known variances: drawn towards a regression on what is known of each slice.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/numeric/linear.hpp>

namespace assay {

/// How the variance between slices is estimated.
enum class BetweenMethod : std::uint8_t {
  restricted_likelihood,  ///< REML: allows for the regression's coefficients; the default
  likelihood,             ///< ML
  moments,                ///< Fay & Herriot's own equation: asks nothing of the shape of the rates
};

/// One slice: its own estimate, the variance of it, and what is known besides (1 first, for a common mean).
struct SmallArea {
  double estimate{0.0};
  double variance{0.0};
  std::vector<double> covariates{1.0};
};

struct ShrunkArea {
  double estimate{0.0};
  double mean_squared_error{0.0};  ///< second order: with what the model itself leaves open
  double shrinkage{0.0};           ///< weight on the regression: 0 the slice's own estimate, 1 the regression's
};

struct FayHerriot {
  double between{0.0};  ///< variance between slices that the covariates leave
  std::vector<double> coefficients{};
  double log_likelihood{0.0};
  bool converged{true};
  std::vector<ShrunkArea> areas{};
};

namespace detail {

/// What Fay and Herriot's model comes to at one variance between slices.
struct AreaFit {
  SquareMatrix inverse{};  ///< of X' V^-1 X
  std::vector<double> coefficients{};
  std::vector<double> residuals{};
  double score{0.0};
  double information{0.0};
};

/// Sum over slices of x x' / V^power.
[[nodiscard]] inline SquareMatrix products(std::span<const SmallArea> areas, double between, int power) {
  const std::size_t p = areas.front().covariates.size();
  SquareMatrix out{p};
  for (const SmallArea& area : areas) {
    const double weight = std::pow(between + area.variance, -power);
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t j = 0; j < p; ++j) out(i, j) += weight * area.covariates[i] * area.covariates[j];
  }
  return out;
}

[[nodiscard]] inline SquareMatrix multiply(const SquareMatrix& a, const SquareMatrix& b) {
  SquareMatrix out{a.size()};
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < a.size(); ++j)
      for (std::size_t k = 0; k < a.size(); ++k) out(i, j) += a(i, k) * b(k, j);
  return out;
}

[[nodiscard]] inline double trace(const SquareMatrix& a) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a(i, i);
  return sum;
}

[[nodiscard]] inline AreaFit fit_areas(std::span<const SmallArea> areas, double between, BetweenMethod method) {
  const std::size_t p = areas.front().covariates.size();
  AreaFit fit;
  const SymmetricSolver solver{products(areas, between, 1)};
  if (solver.rank() < p)
    throw InputError("covariates of which none follows from the others",
                     "rank " + std::to_string(solver.rank()) + " of " + std::to_string(p));
  fit.inverse = SquareMatrix{p};
  std::vector<double> unit(p, 0.0);
  for (std::size_t j = 0; j < p; ++j) {
    unit[j] = 1.0;
    const std::vector<double> column = solver.solve(unit);
    for (std::size_t i = 0; i < p; ++i) fit.inverse(i, j) = column[i];
    unit[j] = 0.0;
  }
  std::vector<double> right(p, 0.0);
  for (const SmallArea& area : areas)
    for (std::size_t i = 0; i < p; ++i) right[i] += area.covariates[i] * area.estimate / (between + area.variance);
  fit.coefficients = solver.solve(right);
  double inverse1 = 0.0;
  double inverse2 = 0.0;
  double squares1 = 0.0;
  double squares2 = 0.0;
  for (const SmallArea& area : areas) {
    double residual = area.estimate;
    for (std::size_t i = 0; i < p; ++i) residual -= area.covariates[i] * fit.coefficients[i];
    const double v = between + area.variance;
    inverse1 += 1.0 / v;
    inverse2 += 1.0 / (v * v);
    squares1 += residual * residual / v;
    squares2 += residual * residual / (v * v);
    fit.residuals.push_back(residual);
  }
  const auto m = static_cast<double>(areas.size());
  switch (method) {
    case BetweenMethod::restricted_likelihood: {
      const SquareMatrix second = multiply(fit.inverse, products(areas, between, 2));
      const SquareMatrix third = multiply(fit.inverse, products(areas, between, 3));
      fit.score = 0.5 * (squares2 - inverse1 + trace(second));
      fit.information = 0.5 * (inverse2 - 2.0 * trace(third) + trace(multiply(second, second)));
      break;
    }
    case BetweenMethod::likelihood:
      fit.score = 0.5 * (squares2 - inverse1);
      fit.information = 0.5 * inverse2;
      break;
    case BetweenMethod::moments:
      fit.score = squares1 - (m - static_cast<double>(p));
      fit.information = squares2;  // minus the slope of the equation
      break;
  }
  return fit;
}

}  // namespace detail

/// Estimates of small slices that borrow strength from one another and from covariates.
///
/// Assumes: each slice's own estimate is about normal about its truth with the variance given, which is taken for
/// known; truths scatter about a linear regression with one variance. Smooth variances of rates before (a rate of 0
/// has no variance of 0).
/// Use when: slices come from weighted or stratified samples, so that counts alone do not say how sure they are.
/// Not for: plain counts of right and wrong (shrunk_rates), fewer slices than covariates and two more.
/// No data: slices without an estimate are left out by the caller.
///
/// The variance between slices is found when a step changes it by less than `relative_step` of itself.
///
/// \throws InputError when there are too few slices, a variance is not above 0, covariates differ in number or follow
/// from one another, or a number is not finite.
///
/// Reference: Fay & Herriot (1979), JASA 74:269-277; Prasad & Rao (1990), JASA 85:163-171; Datta & Lahiri (2000),
/// Statistica Sinica 10:613-627; Datta, Rao & Smith (2005), Biometrika 92:183-196 (mean squared errors).
[[nodiscard]] inline FayHerriot fay_herriot(std::span<const SmallArea> areas,
                                            BetweenMethod method = BetweenMethod::restricted_likelihood,
                                            double relative_step = 1e-13) {
  if (areas.empty()) throw InputError("at least one slice", "none");
  const std::size_t p = areas.front().covariates.size();
  if (areas.size() < p + 2)
    throw InputError("at least " + std::to_string(p + 2) + " slices for " + std::to_string(p) + " covariates",
                     std::to_string(areas.size()));
  std::vector<double> variances;
  for (std::size_t i = 0; i < areas.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    if (areas[i].covariates.size() != p)
      throw InputError(std::to_string(p) + " covariates", std::to_string(areas[i].covariates.size()), {"", row});
    if (!std::isfinite(areas[i].estimate)) throw InputError("a finite estimate", to_text(areas[i].estimate), {"", row});
    if (!(areas[i].variance > 0.0) || std::isinf(areas[i].variance))
      throw InputError("a variance above 0", to_text(areas[i].variance), {"", row});
    for (const double each : areas[i].covariates)
      if (!std::isfinite(each)) throw InputError("a finite covariate", to_text(each), {"", row});
    variances.push_back(areas[i].variance);
  }
  if (!(relative_step > 0.0)) throw InputError("a relative step above 0", to_text(relative_step));
  // Scoring steps from the median variance, kept at or above 0.
  std::sort(variances.begin(), variances.end());
  const std::size_t middle = variances.size() / 2;
  double between = variances.size() % 2 == 1 ? variances[middle] : 0.5 * (variances[middle - 1] + variances[middle]);
  bool converged = false;
  for (int step = 0; step < 1000 && !converged; ++step) {
    const detail::AreaFit fit = detail::fit_areas(areas, between, method);
    const double next = std::max(0.0, between + fit.score / fit.information);
    converged = std::abs(next - between) <= relative_step * between;
    between = next;
  }
  const detail::AreaFit fit = detail::fit_areas(areas, between, method);
  FayHerriot out{.between = between, .coefficients = fit.coefficients, .converged = converged};

  const auto m = static_cast<double>(areas.size());
  double inverse1 = 0.0;
  double inverse2 = 0.0;
  for (const SmallArea& area : areas) {
    inverse1 += 1.0 / (between + area.variance);
    inverse2 += 1.0 / ((between + area.variance) * (between + area.variance));
  }
  const bool by_moments = method == BetweenMethod::moments;
  const double variance_of_between = by_moments ? 2.0 * m / (inverse1 * inverse1) : 2.0 / inverse2;
  double bias = 0.0;
  if (by_moments) bias = 2.0 * (m * inverse2 - inverse1 * inverse1) / (inverse1 * inverse1 * inverse1);
  if (method == BetweenMethod::likelihood)
    bias = -detail::trace(detail::multiply(fit.inverse, detail::products(areas, between, 2))) / inverse2;
  for (std::size_t i = 0; i < areas.size(); ++i) {
    const SmallArea& area = areas[i];
    const double v = between + area.variance;
    const double shrinkage = area.variance / v;
    double leverage = 0.0;
    for (std::size_t j = 0; j < p; ++j)
      for (std::size_t k = 0; k < p; ++k) leverage += area.covariates[j] * fit.inverse(j, k) * area.covariates[k];
    const double own = between * shrinkage;
    const double of_between = shrinkage * shrinkage / v * variance_of_between;
    out.log_likelihood -= 0.5 * (std::log(2.0 * 3.14159265358979323846 * v) + fit.residuals[i] * fit.residuals[i] / v);
    out.areas.push_back({area.estimate - shrinkage * fit.residuals[i],
                         own + shrinkage * shrinkage * leverage + 2.0 * of_between - bias * shrinkage * shrinkage,
                         shrinkage});
  }
  return out;
}

}  // namespace assay
