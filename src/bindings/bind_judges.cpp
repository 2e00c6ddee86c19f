// Means with a judge, from arrays: one row of a table for each answer.

#include <pybind11/numpy.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <assay/core/probability.hpp>
#include <assay/io/table.hpp>
#include <assay/numeric/special.hpp>
#include <assay/score/actively_audited.hpp>
#include <assay/score/prediction_powered.hpp>
#include <assay/score/prediction_powered_quantile.hpp>

#include "bindings.hpp"

void bind_judges(pybind11::module_& m);

namespace assay::bindings {
namespace {

using Reals = py::array_t<double, py::array::c_style | py::array::forcecast>;
using Codes = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;

/// What every answer says.
struct Mean {
  double value{0.0};
  double variance{0.0};
  double lambda{0.0};
  double n{0.0};
  double cases{0.0};
  double degrees_of_freedom{1.0};
  const char* method{""};
  const char* about{""};
  std::optional<Interval> limits{};  ///< where they are not Student's t about the mean
};

/// The row of an answer. `side`: "both", "lower" or "upper"; a limit that was not asked for is null.
io::Table row_of(const Mean& mean, const std::string& side, double confidence) {
  const double alpha = 1.0 - Confidence{confidence}.value();
  const double t =
      student_t_quantile(side == "both" ? 1.0 - 0.5 * alpha : 1.0 - alpha, std::max(1.0, mean.degrees_of_freedom));
  const double half = t * std::sqrt(mean.variance);
  std::vector<std::shared_ptr<const io::ColumnData>> out;
  const auto real = [&](const char* name, std::optional<double> value) {
    io::ColumnBuilder column{name, "g"};
    column.append(value);
    out.push_back(column.finish());
  };
  const auto count = [&](const char* name, double value) {
    io::ColumnBuilder column{name, "l"};
    column.append(static_cast<std::int64_t>(value));
    out.push_back(column.finish());
  };
  const auto words = [&](const char* name, const char* value) {
    io::ColumnBuilder column{name, "u"};
    column.append(value);
    out.push_back(column.finish());
  };
  real("estimate", mean.value);
  real("standard_error", std::sqrt(mean.variance));
  const Interval limits = mean.limits.value_or(Interval{mean.value - half, mean.value + half});
  real("lower", side == "upper" ? std::nullopt : std::optional{limits.lower});
  real("upper", side == "lower" ? std::nullopt : std::optional{limits.upper});
  real("confidence", confidence);
  count("n", mean.n);
  count("cases", mean.cases);
  real("lambda", mean.lambda);
  words("method", mean.method);
  words("about", mean.about);
  words("basis", "measured");
  return io::Table{std::move(out)};
}

void require_finite(double value, const char* column, py::ssize_t row) {
  if (!std::isfinite(value)) throw InputError("a finite number", to_text(value), {column, row});
}

/// A queue: predictions of all, audits (NaN: none) of some, by stratum.
io::Table assisted(const Reals& prediction, const Reals& truth, const Codes& stratum, std::size_t strata,
                   const std::string& judge, bool finite, const std::string& side, double confidence) {
  std::vector<JudgedStratum> all(strata);
  const auto f = prediction.unchecked<1>();
  const auto y = truth.unchecked<1>();
  const auto h = stratum.unchecked<1>();
  double audits = 0.0;
  for (py::ssize_t i = 0; i < f.shape(0); ++i) {
    require_finite(f(i), "prediction", i);
    JudgedStratum& own = all[static_cast<std::size_t>(h(i))];
    own.population += 1.0;
    own.predicted += f(i);
    if (std::isnan(y(i))) continue;
    require_finite(y(i), "truth", i);
    own.audited.add(y(i), f(i));
    audits += 1.0;
  }
  const JudgeWeight weight = judge == "full"   ? JudgeWeight::full
                             : judge == "none" ? JudgeWeight::none
                                               : JudgeWeight::tuned;
  const JudgedEstimate got = judge_assisted(all, weight);
  const double df = audits - static_cast<double>(strata) * (weight == JudgeWeight::tuned ? 2.0 : 1.0);
  return row_of({got.value, finite ? got.finite_variance : got.process_variance, got.lambda, audits,
                 static_cast<double>(f.shape(0)), df, "judge-assisted, Student's t", finite ? "queue" : "process"},
                side, confidence);
}

/// Hands over audited cases (truth, prediction, stratum), and others that only the judge has seen (prediction,
/// stratum).
template <class Audited, class Other>
void each_powered(const Reals& truth, const Reals& prediction, const Codes& stratum, const Reals& others,
                  const Codes& other_stratum, const Audited& audited, const Other& other) {
  const auto y = truth.unchecked<1>();
  const auto f = prediction.unchecked<1>();
  const auto h = stratum.unchecked<1>();
  const auto u = others.unchecked<1>();
  const auto g = other_stratum.unchecked<1>();
  for (py::ssize_t i = 0; i < y.shape(0); ++i) {
    require_finite(y(i), "truth", i);
    require_finite(f(i), "prediction", i);
    audited(y(i), f(i), static_cast<std::size_t>(h(i)));
  }
  for (py::ssize_t i = 0; i < u.shape(0); ++i) {
    require_finite(u(i), "others", i);
    other(u(i), static_cast<std::size_t>(g(i)));
  }
}

/// A mean of a process, from audited cases and others that only the judge has seen.
io::Table powered(const Reals& truth, const Reals& prediction, const Codes& stratum, const Reals& others,
                  const Codes& other_stratum, std::size_t strata, std::optional<double> lambda, const std::string& side,
                  double confidence) {
  std::vector<PoweredStratum> all(strata);
  each_powered(
      truth, prediction, stratum, others, other_stratum,
      [&](double y, double f, std::size_t h) { all[h].audited.add(y, f); },
      [&](double f, std::size_t h) { all[h].predicted.add(f); });
  const PoweredEstimate got = prediction_powered(all, lambda);
  const auto n = static_cast<double>(truth.size());
  const double df = n - static_cast<double>(strata) * (lambda ? 1.0 : 2.0);
  return row_of({got.value, got.variance, got.lambda, n, n + static_cast<double>(others.size()), df,
                 "prediction-powered, Student's t", "process"},
                side, confidence);
}

/// A quantile of a process, from audited cases and others that only the judge has seen.
io::Table powered_quantile(const Reals& truth, const Reals& prediction, const Codes& stratum, const Reals& others,
                           const Codes& other_stratum, std::size_t strata, double q, std::optional<double> lambda,
                           const std::string& side, double confidence) {
  std::vector<PoweredCase> cases;
  each_powered(
      truth, prediction, stratum, others, other_stratum,
      [&](double y, double f, std::size_t h) { cases.push_back({f, y, h}); },
      [&](double f, std::size_t h) { cases.push_back({f, std::nullopt, h}); });
  const double alpha = 1.0 - Confidence{confidence}.value();
  PoweredQuantile got;
  {
    const py::gil_scoped_release unlocked;
    got = prediction_powered_quantile(cases, strata, q, side == "both" ? 0.5 * alpha : alpha, lambda);
  }
  // After Woodruff: the distance of the limits, over the standard errors between them.
  const double error = got.limits.width() / (2.0 * got.critical);
  return row_of({got.value, error * error, got.lambda, static_cast<double>(truth.size()),
                 static_cast<double>(truth.size() + others.size()), 1.0, "prediction-powered quantile, Woodruff",
                 "process", got.limits},
                side, confidence);
}

/// A queue whose cases were drawn one by one, each with its own chance.
io::Table active(const Reals& prediction, const Reals& truth, const Reals& probability, std::optional<double> lambda,
                 bool finite, const std::string& side, double confidence) {
  std::vector<ActiveCase> cases;
  const auto f = prediction.unchecked<1>();
  const auto y = truth.unchecked<1>();
  const auto p = probability.unchecked<1>();
  double audits = 0.0;
  for (py::ssize_t i = 0; i < f.shape(0); ++i) {
    cases.push_back({f(i), p(i), std::isnan(y(i)) ? std::nullopt : std::optional{y(i)}});
    audits += std::isnan(y(i)) ? 0.0 : 1.0;
  }
  const ActiveEstimate got = actively_audited(cases, lambda);
  return row_of({got.value, finite ? got.finite_variance : got.process_variance, got.lambda, audits,
                 static_cast<double>(f.shape(0)), audits - (lambda ? 1.0 : 2.0), "actively audited, Student's t",
                 finite ? "queue" : "process"},
                side, confidence);
}

}  // namespace
}  // namespace assay::bindings

void bind_judges(pybind11::module_& m) {
  namespace py = pybind11;
  using namespace pybind11::literals;
  m.def("judge_assisted", &assay::bindings::assisted, "prediction"_a, "truth"_a, "stratum"_a, "strata"_a, "judge"_a,
        "finite"_a, "side"_a, "confidence"_a, "The mean of a queue that a judge has seen whole.");
  m.def("prediction_powered", &assay::bindings::powered, "truth"_a, "prediction"_a, "stratum"_a, "others"_a,
        "other_stratum"_a, "strata"_a, "given_lambda"_a, "side"_a, "confidence"_a,
        "The mean of a process, from audited cases and others.");
  m.def("prediction_powered_quantile", &assay::bindings::powered_quantile, "truth"_a, "prediction"_a, "stratum"_a,
        "others"_a, "other_stratum"_a, "strata"_a, "q"_a, "given_lambda"_a, "side"_a, "confidence"_a,
        "A quantile of a process, from audited cases and others.");
  m.def("actively_audited", &assay::bindings::active, "prediction"_a, "truth"_a, "probability"_a, "given_lambda"_a,
        "finite"_a, "side"_a, "confidence"_a, "The mean of a queue audited by recorded chances.");
}
