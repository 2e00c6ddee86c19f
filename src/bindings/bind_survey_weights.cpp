// Survey designs with other weights: adjusted to known totals, trimmed, replicated; and with variances of their own.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <assay/survey/calibrate.hpp>
#include <assay/survey/joint_variance.hpp>
#include <assay/survey/post_stratify.hpp>
#include <assay/survey/pps.hpp>
#include <assay/survey/rake.hpp>
#include <assay/survey/read_margin.hpp>
#include <assay/survey/replicate_variance.hpp>
#include <assay/survey/trim.hpp>
#include <assay/survey/two_phase.hpp>

#include "survey_values.hpp"
#include "tables.hpp"

void bind_survey_weights(pybind11::module_& m);

namespace assay::bindings {
namespace {

/// Columns, levels and totals of a margin, as Python hands them over.
using Margin = std::tuple<Names, std::vector<Names>, std::vector<double>>;

survey::Margin margin_of(const SurveyDesign& self, const Margin& margin, unsigned threads) {
  return survey::read_margin(*self.survey, {std::get<0>(margin), std::get<1>(margin), std::get<2>(margin)}, threads);
}

SurveyDesign post_stratify(const SurveyDesign& self, const Margin& margin, const std::optional<int>& threads) {
  const unsigned workers = threads_of(threads);
  const py::gil_scoped_release unlocked;
  return self.with(survey::post_stratified(self.survey->design, margin_of(self, margin, workers)));
}

SurveyDesign rake(const SurveyDesign& self, const std::vector<Margin>& margins, bool by_weight,
                  const std::optional<int>& threads) {
  const unsigned workers = threads_of(threads);
  const py::gil_scoped_release unlocked;
  std::vector<survey::Margin> all;
  for (const Margin& margin : margins) all.push_back(margin_of(self, margin, workers));
  return self.with(
      survey::raked(self.survey->design, std::move(all),
                    by_weight ? survey::RakingResiduals::design_weights : survey::RakingResiduals::r_survey));
}

SurveyDesign calibrate(const SurveyDesign& self, std::optional<double> size,
                       const std::vector<std::pair<std::string, double>>& numbers, const std::vector<Margin>& margins,
                       const std::string& method, const std::optional<std::pair<double, double>>& bounds,
                       const std::optional<int>& threads) {
  const unsigned workers = threads_of(threads);
  const py::gil_scoped_release unlocked;
  const survey::Design& design = self.survey->design;
  survey::Auxiliaries known{static_cast<std::size_t>(design.rows())};
  if (size) known.add_size(*size);
  for (const auto& [name, total] : numbers)
    known.add_number(
        name,
        survey::number_column(self.survey->table, name, false, "fill the row: every row takes part in the totals")
            .values,
        total);
  for (const Margin& margin : margins) known.add_margin(margin_of(self, margin, workers));
  std::optional<Interval> limits;
  if (bounds) limits = Interval{bounds->first, bounds->second};
  const auto distance = method == "raking"  ? survey::Distance::raking
                        : method == "logit" ? survey::Distance::logit
                        : bounds            ? survey::Distance::truncated
                                            : survey::Distance::linear;
  return self.with(survey::calibrated(design, std::move(known), survey::Factor{distance, limits}));
}

SurveyDesign trim(const SurveyDesign& self, double lower, double upper, bool strict) {
  const py::gil_scoped_release unlocked;
  return self.with(survey::trimmed(self.survey->design, lower, upper, strict));
}

SurveyDesign replicates(const SurveyDesign& self, const std::string& method, std::size_t count, std::uint64_t seed,
                        double fay, bool pair_up, bool mse, const std::optional<int>& threads) {
  const unsigned workers = threads_of(threads);
  const py::gil_scoped_release unlocked;
  survey::ReplicationSpec spec;
  spec.method = method == "jackknife"   ? survey::Replication::jackknife
                : method == "bootstrap" ? survey::Replication::bootstrap
                                        : survey::Replication::balanced;
  spec.count = count;
  spec.seed = seed;
  spec.fay = fay;
  spec.pair_up = pair_up;
  spec.about_the_estimate = mse;
  return self.with(survey::replicated(self.survey->design, spec, workers));
}

survey::PairEstimator estimator_of(const std::string& name) {
  return name == "yates_grundy" ? survey::PairEstimator::yates_grundy : survey::PairEstimator::horvitz_thompson;
}

SurveyDesign pps(const SurveyDesign& self, const std::string& chances, const std::string& estimator,
                 std::optional<double> squares) {
  const py::gil_scoped_release unlocked;
  const auto known = chances == "brewer"        ? survey::PairChances::brewer
                     : chances == "deville"     ? survey::PairChances::deville
                     : chances == "overton"     ? survey::PairChances::overton
                     : chances == "hartley_rao" ? survey::PairChances::hartley_rao
                                                : survey::PairChances::poisson;
  const survey::Design& design = self.survey->design;
  return self.with(design.with_variance(
      std::make_shared<const survey::UnequalProbabilities>(design, known, estimator_of(estimator), squares)));
}

SurveyDesign joint(const SurveyDesign& self,
                   const py::array_t<double, py::array::c_style | py::array::forcecast>& matrix,
                   const std::string& estimator) {
  std::vector<double> values(matrix.data(), matrix.data() + matrix.size());
  const py::gil_scoped_release unlocked;
  const survey::Design& design = self.survey->design;
  return self.with(design.with_variance(
      std::make_shared<const survey::JointProbabilities>(design, std::move(values), estimator_of(estimator))));
}

SurveyDesign two_phase(const SurveyDesign& self, const std::string& screened, std::optional<double> population) {
  const py::gil_scoped_release unlocked;
  const std::vector<double> counts =
      survey::number_column(self.survey->table, screened, false, "say how many cases of the stratum were screened")
          .values;
  return self.with(survey::two_phase(self.survey->design, counts, screened, population));
}

}  // namespace
}  // namespace assay::bindings

void bind_survey_weights(pybind11::module_& m) {
  namespace py = pybind11;
  using namespace pybind11::literals;
  using namespace assay::bindings;

  py::module_ room = m.attr("survey");
  room.def("post_stratify", &post_stratify, "design"_a, "margin"_a, "threads"_a = py::none(),
           "Weights that meet the total of each cell.");
  room.def("rake", &rake, "design"_a, "margins"_a, "by_weight"_a, "threads"_a = py::none(),
           "Weights that meet several margins.");
  room.def("calibrate", &calibrate, "design"_a, "size"_a, "numbers"_a, "margins"_a, "method"_a, "bounds"_a,
           "threads"_a = py::none(), "The nearest weights that meet known totals.");
  room.def("trim", &trim, "design"_a, "lower"_a, "upper"_a, "strict"_a, "Weights within limits, with the same sum.");
  room.def("replicates", &replicates, "design"_a, "method"_a, "count"_a, "seed"_a, "fay"_a, "pair_up"_a, "mse"_a,
           "threads"_a = py::none(), "Variances from replicate weights.");
  room.def("pps", &pps, "design"_a, "chances"_a, "estimator"_a, "squares"_a,
           "Variances of unequal probabilities without replacement.");
  room.def("joint", &joint, "design"_a, "matrix"_a, "estimator"_a, "Variances from joint inclusion probabilities.");
  room.def("two_phase", &two_phase, "design"_a, "screened"_a, "population"_a,
           "A second phase drawn within strata of the first.");
  room.def(
      "margin_of_table",
      [](const py::object& table, const std::optional<int>& threads) {
        const unsigned workers = threads_of(threads);
        assay::io::Stream stream = stream_of(table);
        assay::survey::MarginSpec spec;
        {
          const py::gil_scoped_release unlocked;
          spec = assay::survey::margin_from_table(stream, workers);
        }
        return std::make_tuple(spec.columns, spec.levels, spec.totals);
      },
      "table"_a, "threads"_a = py::none(), "Columns, levels and totals of a table of totals.");
}
