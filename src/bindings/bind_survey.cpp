// Survey estimation: designs, and what is asked of them.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/survey/answer.hpp>
#include <assay/survey/limits.hpp>
#include <assay/survey/read.hpp>

#include "survey_values.hpp"
#include "tables.hpp"

void bind_survey(pybind11::module_& m);

namespace assay::bindings {
namespace {

using survey::Lonely;
using survey::Statistic;

template <class Choice>
Choice one_of(const std::string& what, const std::string& name,
              const std::vector<std::pair<const char*, Choice>>& choices) {
  std::string wanted;
  for (const auto& [word, choice] : choices) {
    if (name == word) return choice;
    wanted += (wanted.empty() ? "" : ", ") + std::string{word};
  }
  throw InputError(what + " as one of " + wanted, in_quotes(name));
}

SurveyDesign design_of(const py::object& table, const py::dict& arguments, const std::optional<int>& threads) {
  survey::DesignColumns columns;
  columns.strata = given<std::vector<Names>>(arguments, "strata");
  columns.clusters = given<Names>(arguments, "clusters");
  columns.weight = given<std::string>(arguments, "weight");
  columns.probability = given<std::string>(arguments, "probability");
  columns.population = given<Names>(arguments, "population");
  columns.population_size = given<std::optional<double>>(arguments, "population_size");
  columns.missing = given<std::optional<std::string>>(arguments, "missing");
  columns.nest = given<bool>(arguments, "nest");
  columns.lonely = one_of<Lonely>("lonely=", given<std::string>(arguments, "lonely"),
                                  {{"refuse", Lonely::refuse},
                                   {"certainty", Lonely::certainty},
                                   {"remove", Lonely::remove},
                                   {"adjust", Lonely::adjust},
                                   {"average", Lonely::average}});
  const unsigned workers = threads_of(threads);
  io::Stream stream = stream_of(table);
  const py::gil_scoped_release unlocked;
  return {std::make_shared<const survey::Survey>(survey::read_survey(std::move(columns), stream, workers))};
}

/// What all questions have in common.
struct Asked {
  std::vector<Names> groupings;
  bool drop;
  bool design_effect;
  Confidence confidence;
  unsigned threads;

  Asked(const py::dict& arguments, const std::optional<int>& workers)
      : groupings{given<std::vector<Names>>(arguments, "by")},
        drop{given<bool>(arguments, "drop")},
        design_effect{given<bool>(arguments, "design_effect")},
        confidence{given<double>(arguments, "confidence")},
        threads{threads_of(workers)} {}

  [[nodiscard]] std::vector<std::shared_ptr<const survey::Grouping>> groups(const survey::Survey& survey) const {
    std::vector<std::shared_ptr<const survey::Grouping>> out;
    for (const Names& by : groupings)
      out.push_back(std::make_shared<const survey::Grouping>(survey::grouping(survey, by, threads)));
    return out;
  }
};

constexpr const char* drop_mend = "mend the row, or pass missing=\"drop\" to ask about the rows that have a value";

std::vector<survey::Measure> measures_of(const survey::HeldTable& table, const Names& y, const Names& x, bool drop) {
  std::vector<survey::Measure> out;
  for (std::size_t i = 0; i < y.size(); ++i) {
    survey::Measure measure;
    survey::NumberColumn values = survey::number_column(table, y[i], drop, drop_mend);
    measure.metric = y[i];
    measure.any_missing = values.missing > 0;
    measure.y = std::move(values.values);
    if (!x.empty()) {
      survey::NumberColumn under = survey::number_column(table, x[i], drop, drop_mend);
      measure.metric += " / " + x[i];
      measure.any_missing = measure.any_missing || under.missing > 0;
      measure.x = std::move(under.values);
    }
    out.push_back(std::move(measure));
  }
  return out;
}

SurveyTable estimate(const SurveyDesign& self, const std::string& statistic, const Names& y, const Names& x,
                     const py::dict& arguments, const std::optional<int>& threads) {
  const auto which = one_of<Statistic>("a statistic", statistic,
                                       {{"mean", Statistic::mean},
                                        {"total", Statistic::total},
                                        {"ratio", Statistic::ratio},
                                        {"variance", Statistic::variance}});
  const Asked asked{arguments, threads};
  const py::gil_scoped_release unlocked;
  const survey::Survey& survey = *self.survey;
  auto answers = std::make_shared<const survey::Answers>(survey::answer(
      survey, asked.groups(survey), measures_of(survey.table, y, x, asked.drop), which, asked.design_effect));
  const survey::Limits limits = [&](const survey::Estimates& own, std::size_t domain) {
    return survey::student_limits(own.point.estimate[domain], own.standard_error(domain),
                                  own.degrees_of_freedom[domain], asked.confidence);
  };
  io::Table table = survey::table_of(*answers, asked.confidence, "Student t", "measured", limits);
  return {std::move(table), std::move(answers)};
}

py::array_t<double> covariance_of(const SurveyTable& self) {
  std::vector<double> matrix;
  {
    const py::gil_scoped_release unlocked;
    matrix = self.answers->covariance();
  }
  const auto side = static_cast<py::ssize_t>(self.answers->rows.size());
  return py::array_t<double>{{side, side}, matrix.data()};
}

}  // namespace
}  // namespace assay::bindings

void bind_survey(pybind11::module_& m) {
  namespace py = pybind11;
  using namespace pybind11::literals;
  using namespace assay::bindings;

  auto room = m.def_submodule("survey", "Survey estimation. Import assay.survey instead: the names here may change.");
  py::class_<SurveyTable, assay::io::Table>(room, "SurveyTable", "The table of a survey's answers.")
      .def("covariance", &covariance_of, "The matrix of all rows' covariances; NaN where a row has no variance.");
  py::class_<SurveyDesign>(room, "SurveyDesign", "A table with its sampling design.")
      .def_property_readonly(
          "rows", [](const SurveyDesign& self) { return self.survey->design.rows(); }, "Rows.")
      .def_property_readonly(
          "degrees_of_freedom", [](const SurveyDesign& self) { return self.survey->design.degrees_of_freedom(); },
          "Units of the first stage minus strata.")
      .def_property_readonly(
          "words", [](const SurveyDesign& self) { return self.survey->design.words(); }, "The design in words.")
      .def_property_readonly(
          "finite", [](const SurveyDesign& self) { return self.survey->design.finite(); },
          "True where the size of a stratum is known.")
      .def_property_readonly(
          "weighted", [](const SurveyDesign& self) { return self.survey->design.weighted(); },
          "True where weights, probabilities or populations are known.")
      .def_property_readonly(
          "stages",
          [](const SurveyDesign& self) {
            py::list out;
            for (const auto& stage : self.survey->design.stages())
              out.append(py::make_tuple(stage.groups.size(), stage.units()));
            return out;
          },
          "By stage, how many groups were drawn from, and how many units.")
      .def(
          "weights",
          [](const SurveyDesign& self) {
            const auto weights = self.survey->design.weights();
            return py::array_t<double>{static_cast<py::ssize_t>(weights.size()), weights.data()};
          },
          "What each row stands for.")
      .def("estimate", &estimate, "statistic"_a, "y"_a, "x"_a, "arguments"_a, "threads"_a = py::none(),
           "Means, totals, ratios or variances by domain.");
  room.def("design", &design_of, "table"_a, "arguments"_a, "threads"_a = py::none(), "Read a table and its design.");
}
