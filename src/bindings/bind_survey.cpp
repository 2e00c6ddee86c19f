// Survey estimation: designs, and what is asked of them.

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/survey/answer.hpp>
#include <assay/survey/difference.hpp>
#include <assay/survey/limits.hpp>
#include <assay/survey/quantile.hpp>
#include <assay/survey/read.hpp>
#include <assay/survey/result.hpp>
#include <assay/survey/shares.hpp>

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

  [[nodiscard]] survey::ResultWords words(std::string method) const {
    survey::ResultWords out;
    out.method = std::move(method);
    out.confidence = confidence.value();
    return out;
  }

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
  survey::ResultWords words = asked.words("Student t");
  words.design_effect = asked.design_effect;
  io::Table table = table_of(survey.design, answers->groupings, rows_of(*answers, limits), words);
  return {std::move(table), std::move(answers)};
}

/// (column, the value that counts or none)
using Indicators = std::vector<std::pair<std::string, std::optional<std::string>>>;

EffectiveSize effective_of(const py::dict& arguments) {
  return one_of<EffectiveSize>("effective_n=", given<std::string>(arguments, "effective_n"),
                               {{"plug_in", EffectiveSize::plug_in}, {"smaller", EffectiveSize::smaller}});
}

std::vector<survey::Measure> shares_of(const survey::HeldTable& table, const Indicators& y, const Asked& asked) {
  std::vector<survey::Measure> out;
  for (const auto& [name, value] : y)
    for (survey::Measure& each : survey::share_measures(table, name, value, asked.drop, drop_mend, asked.threads))
      out.push_back(std::move(each));
  return out;
}

bool any_level(const std::vector<survey::Measure>& measures) {
  return std::any_of(measures.begin(), measures.end(), [](const auto& each) { return each.level.has_value(); });
}

SurveyTable proportion(const SurveyDesign& self, const Indicators& y, const py::dict& arguments,
                       const std::optional<int>& threads) {
  const Asked asked{arguments, threads};
  const survey::ShareInterval& interval = survey::share_interval(given<std::string>(arguments, "interval"));
  const EffectiveSize size = effective_of(arguments);
  const py::gil_scoped_release unlocked;
  const survey::Survey& survey = *self.survey;
  std::vector<survey::Measure> measures = shares_of(survey.table, y, asked);
  survey::ResultWords words = asked.words(interval.title);
  words.levels = any_level(measures);
  words.design_effect = asked.design_effect;
  auto answers = std::make_shared<const survey::Answers>(
      survey::answer(survey, asked.groups(survey), measures, Statistic::mean, asked.design_effect));
  const survey::Limits limits = [&](const survey::Estimates& own, std::size_t domain) -> std::optional<Interval> {
    if (!std::isfinite(own.point.estimate[domain])) return std::nullopt;
    return interval.limits(survey::designed_share(own, domain), asked.confidence, size);
  };
  io::Table table = table_of(survey.design, answers->groupings, rows_of(*answers, limits), words);
  return {std::move(table), std::move(answers)};
}

SurveyTable quantile(const SurveyDesign& self, const Names& y, const std::vector<double>& q, const std::string& rule,
                     const py::dict& arguments, const std::optional<int>& threads) {
  using survey::QuantileRule;
  const auto between = one_of<QuantileRule>("rule=", rule,
                                            {{"math", QuantileRule::math},
                                             {"school", QuantileRule::school},
                                             {"hf7", QuantileRule::hf7},
                                             {"hf8", QuantileRule::hf8}});
  const Asked asked{arguments, threads};
  const py::gil_scoped_release unlocked;
  const survey::Survey& survey = *self.survey;
  const auto groupings = asked.groups(survey);
  const auto measures = measures_of(survey.table, y, {}, asked.drop);
  const auto seen = survey::observed(measures);
  std::vector<survey::ResultRow> rows;
  for (std::size_t g = 0; g < groupings.size(); ++g) {
    std::vector<std::vector<survey::Quantiles>> found;
    const auto cells =
        std::make_shared<const survey::DomainCells>(survey.design, survey::domains_of(*groupings[g], seen));
    for (const survey::Measure& measure : measures) {
      found.push_back(survey::quantiles(survey.design, cells, measure.y, q, between, asked.confidence));
    }
    for (std::size_t domain = 0; domain < groupings[g]->crossed.count; ++domain)
      for (std::size_t m = 0; m < measures.size(); ++m)
        for (std::size_t k = 0; k < q.size(); ++k) {
          const survey::Quantiles& one = found[m][k];
          survey::ResultRow row;
          row.grouping = g;
          row.table_row = groupings[g]->crossed.first_row[domain];
          row.metric = measures[m].metric + " at " + to_text(q[k]);
          row.quantile = q[k];
          row.estimate = one.value[domain];
          row.standard_error = one.standard_error[domain];
          row.limits = one.limits[domain];
          row.n = one.shares.point.rows[domain];
          row.n_effective = std::min(one.shares.kish(domain), static_cast<double>(row.n));
          row.numerator = row.denominator = std::numeric_limits<double>::quiet_NaN();
          row.degrees_of_freedom = one.shares.degrees_of_freedom[domain];
          rows.push_back(std::move(row));
        }
  }
  survey::ResultWords words = asked.words("Woodruff, " + rule);
  words.quantile = true;
  return {table_of(survey.design, groupings, rows, words), nullptr};
}

SurveyTable difference(const SurveyDesign& self, const Names& y, const Indicators& indicators,
                       const survey::Contrast& contrast, const py::dict& arguments, const std::optional<int>& threads) {
  Asked asked{arguments, threads};
  const survey::ShareInterval& interval = survey::share_interval(given<std::string>(arguments, "interval"));
  const EffectiveSize size = effective_of(arguments);
  for (Names& by : asked.groupings) by.push_back(contrast.between);
  const py::gil_scoped_release unlocked;
  const survey::Survey& survey = *self.survey;
  std::vector<survey::Measure> measures;
  Names numbers;
  for (const std::string& name : y) {
    const bool truth = survey.table.field(name).type.storage == io::Storage::boolean;
    auto some = truth ? survey::share_measures(survey.table, name, {}, asked.drop, drop_mend, asked.threads)
                      : measures_of(survey.table, {name}, {}, asked.drop);
    for (auto& each : some) measures.push_back(std::move(each));
  }
  for (survey::Measure& each : shares_of(survey.table, indicators, asked)) measures.push_back(std::move(each));
  const auto groupings = asked.groups(survey);
  std::vector<survey::ResultRow> rows;
  for (std::size_t g = 0; g < groupings.size(); ++g) {
    const survey::Answers answers = survey::answer(survey, {groupings[g]}, measures, Statistic::mean, false);
    for (survey::ResultRow& row : survey::differences(answers, contrast, interval, size, measures, asked.confidence)) {
      row.grouping = g;
      rows.push_back(std::move(row));
    }
  }
  // The column of the sides is told by both of them together.
  std::vector<std::shared_ptr<const survey::Grouping>> slices;
  for (const auto& each : groupings) {
    auto kept = std::make_shared<survey::Grouping>(*each);
    kept->columns.pop_back();
    slices.push_back(std::move(kept));
  }
  const bool shares = std::any_of(measures.begin(), measures.end(), [](const auto& each) { return each.share; });
  survey::ResultWords words = asked.words(shares ? std::string{"MOVER, "} + interval.title : "Student t");
  words.levels = any_level(measures);
  words.between = contrast.between;
  return {table_of(survey.design, slices, rows, words), nullptr};
}

py::array_t<double> covariance_of(const SurveyTable& self) {
  if (!self.answers)
    throw InputError("answers whose covariances are known", "quantiles or differences", {},
                     "ask for means, totals, shares or ratios");
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
           "Means, totals, ratios or variances by domain.")
      .def("proportion", &proportion, "y"_a, "arguments"_a, "threads"_a = py::none(), "Shares by domain.")
      .def("quantile", &quantile, "y"_a, "q"_a, "rule"_a, "arguments"_a, "threads"_a = py::none(),
           "Quantiles by domain.")
      .def(
          "difference",
          [](const SurveyDesign& self, const Names& y, const Indicators& indicators, const std::string& between,
             const std::optional<std::pair<std::string, std::string>>& pair, const py::dict& arguments,
             const std::optional<int>& threads) {
            return difference(self, y, indicators, {between, pair}, arguments, threads);
          },
          "y"_a, "indicators"_a, "between"_a, "pair"_a, "arguments"_a, "threads"_a = py::none(),
          "Differences between domains.");
  room.def("design", &design_of, "table"_a, "arguments"_a, "threads"_a = py::none(), "Read a table and its design.");
}
