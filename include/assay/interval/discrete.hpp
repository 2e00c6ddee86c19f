#pragma once
/// \file
/// Chances of single counts, binomial and hypergeometric, to nearly all digits at any size.
///
/// Reference: Loader (2000), "Fast and accurate computation of binomial probabilities": Stirling's error and the
/// deviance part carry everything, so nothing large is subtracted from anything large.

#include <array>
#include <cmath>
#include <cstdint>

namespace assay::detail {

/// ln n! - ln(sqrt(2 pi n) (n / e)^n) for a whole n > 0.
inline double stirling_error(double n) noexcept {
  constexpr std::array<double, 16> small{
      0.0,
      0.0810614667953272582,
      0.0413406959554092941,
      0.0276779256849983391,
      0.0207906721037650931,
      0.0166446911898211922,
      0.013876128823070748,
      0.0118967099458917701,
      0.0104112652619720965,
      0.00925546218271273292,
      0.00833056343336287126,
      0.00757367548795184079,
      0.00694284010720952987,
      0.00640899418800420707,
      0.00595137011275884774,
      0.00555473355196280137,
  };
  if (n < 16.0) return small[static_cast<std::size_t>(n)];
  const double h = 1.0 / (n * n);
  return (1.0 / 12 - h * (1.0 / 360 - h * (1.0 / 1260 - h * (1.0 / 1680 - h * (1.0 / 1188 - h * (691.0 / 360360)))))) /
         n;
}

/// x ln(x / m) + m - x, for x >= 0 and m > 0, also where x is close to m.
inline double deviance(double x, double m) noexcept {
  if (x == 0.0) return m;
  const double d = x - m;
  if (std::abs(d) < 0.1 * (x + m)) {
    const double v = d / (x + m);
    double sum = d * v, power = 2.0 * x * v;
    for (int odd = 3; odd < 1000; odd += 2) {
      power *= v * v;
      const double next = sum + power / odd;
      if (next == sum) break;
      sum = next;
    }
    return sum;
  }
  return x * std::log(x / m) - d;
}

/// P(X = x) of a binomial count, x and n whole and 0 <= x <= n, q = 1 - p given apart.
inline double binomial_chance(double x, double n, double p, double q) noexcept {
  if (p == 0.0) return x == 0.0 ? 1.0 : 0.0;
  if (q == 0.0) return x == n ? 1.0 : 0.0;
  if (x == 0.0) return std::exp(n * (p < 0.5 ? std::log1p(-p) : std::log(q)));
  if (x == n) return std::exp(n * (q < 0.5 ? std::log1p(-q) : std::log(p)));
  const double exponent =
      stirling_error(n) - stirling_error(x) - stirling_error(n - x) - deviance(x, n * p) - deviance(n - x, n * q);
  return std::exp(exponent) * std::sqrt(n / (6.283185307179586477 * x * (n - x)));
}

/// P(X = x) of the number of successes in a sample of n, drawn without replacement from N cases with M successes.
/// All whole, 0 <= M <= N, 0 < n <= N; 0 outside the support.
inline double hypergeometric_chance(double x, double N, double M, double n) noexcept {
  if (x < 0.0 || x > n || x > M || n - x > N - M) return 0.0;
  if (n == N) return 1.0;
  const double p = n / N, q = (N - n) / N;
  return binomial_chance(x, M, p, q) * (binomial_chance(n - x, N - M, p, q) / binomial_chance(n, N, p, q));
}

/// P(X >= x) by adding up from x outwards until nothing changes; quick where x is not far below the mode.
inline double hypergeometric_upper_tail(double x, double N, double M, double n) noexcept {
  if (x <= 0.0 || n - x >= N - M) return 1.0;
  if (x > n || x > M) return 0.0;
  const double first = hypergeometric_chance(x, N, M, n);
  double sum = 1.0, term = 1.0;
  const double spare = N - M - n, last = n < M ? n : M;
  for (double y = x; y < last; y += 1.0) {
    term *= (M - y) * (n - y) / ((y + 1.0) * (spare + y + 1.0));
    sum += term;
    if (term < 1e-17 * sum) break;
  }
  return first * sum;
}

}  // namespace assay::detail
