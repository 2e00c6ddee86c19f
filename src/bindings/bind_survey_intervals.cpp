// assay._core.survey_intervals: intervals of shares from complex samples. Arguments have been read in
// assay._survey_intervals, where the words are.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/interval/arcsine.hpp>
#include <assay/interval/beta.hpp>
#include <assay/interval/designed_agresti_coull.hpp>
#include <assay/interval/designed_jeffreys.hpp>
#include <assay/interval/designed_wilson.hpp>
#include <assay/interval/korn_graubard.hpp>
#include <assay/interval/likelihood.hpp>
#include <assay/interval/logit.hpp>
#include <assay/interval/stratified_exact.hpp>
#include <assay/interval/wald.hpp>

#include "bindings.hpp"

void bind_survey_intervals(pybind11::module_& m);

namespace {

namespace py = pybind11;
using namespace pybind11::literals;
using assay::Confidence;
using assay::DesignedShare;
using assay::EffectiveSize;
using assay::InputError;
using assay::Interval;

Interval designed(double share, double standard_error, double n, double effective, double degrees_of_freedom,
                  const std::string& method, double confidence, bool plug_in) {
  const DesignedShare d{share, standard_error, n, effective, degrees_of_freedom};
  const Confidence c{confidence};
  const EffectiveSize size = plug_in ? EffectiveSize::plug_in : EffectiveSize::smaller;
  if (method == "wilson") return assay::wilson(d, c, size);
  if (method == "korn_graubard") return assay::korn_graubard(d, c, size);
  if (method == "logit") return assay::logit(d, c, size);
  if (method == "likelihood") return assay::likelihood(d, c, size);
  if (method == "beta") return assay::beta(d, c, size);
  if (method == "arcsine") return assay::arcsine(d, c, size);
  if (method == "jeffreys") return assay::jeffreys(d, c, size);
  if (method == "agresti_coull") return assay::agresti_coull(d, c, size);
  if (method == "wald") return assay::wald(d, c, size);
  throw InputError(
      "a method among wilson, korn_graubard, logit, likelihood, beta, arcsine, jeffreys, agresti_coull, wald",
      assay::in_quotes(method));
}

Interval stratified_exact(const std::vector<std::int64_t>& events, const std::vector<std::int64_t>& trials,
                          const std::vector<double>& weights, const std::vector<std::int64_t>& populations,
                          double confidence) {
  if (trials.size() != events.size() || weights.size() != events.size() ||
      (!populations.empty() && populations.size() != events.size()))
    throw InputError("one number of trials, weight and population for each stratum",
                     std::to_string(events.size()) + ", " + std::to_string(trials.size()) + ", " +
                         std::to_string(weights.size()) + " and " + std::to_string(populations.size()));
  std::vector<assay::StratumCount> strata;
  for (std::size_t h = 0; h < events.size(); ++h)
    strata.push_back({assay::Trials{events[h], trials[h]}, weights[h],
                      populations.empty() ? std::nullopt : std::optional<std::int64_t>{populations[h]}});
  return assay::stratified_exact(strata, Confidence{confidence});
}

}  // namespace

void bind_survey_intervals(py::module_& m) {
  py::module_ room = m.def_submodule("survey_intervals", "Intervals for shares from complex samples.");
  room.def("designed", &designed, "share"_a, "standard_error"_a, "n"_a, "effective"_a, "degrees_of_freedom"_a,
           "method"_a, "confidence"_a, "plug_in"_a, py::call_guard<py::gil_scoped_release>(),
           "The interval of a share from a complex sample.");
  room.def("stratified_exact", &stratified_exact, "events"_a, "trials"_a, "weights"_a, "populations"_a, "confidence"_a,
           py::call_guard<py::gil_scoped_release>(), "Limits that hold at every configuration of the strata.");
}
