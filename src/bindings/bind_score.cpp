// Scores and comparisons.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <assay/score/compare.hpp>
#include <assay/score/judge_rows.hpp>
#include <assay/score/judged.hpp>
#include <assay/score/recorded.hpp>
#include <assay/tally/read.hpp>

#include "score_arguments.hpp"
#include "tables.hpp"

void bind_score(pybind11::module_& m);

namespace assay::bindings {
namespace {

/// A table that was read once and can be streamed again.
struct HeldTable {
  std::shared_ptr<const std::vector<io::Field>> fields;
  std::vector<io::Batch> batches;

  [[nodiscard]] io::Stream stream() const { return {fields, batches}; }
};

HeldTable hold(const py::object& table) {
  io::Stream stream = stream_of(table);
  HeldTable held{stream.shared_fields(), {}};
  const py::gil_scoped_release unlocked;
  io::Batch batch;
  while (stream.next(batch)) held.batches.push_back(batch);
  return held;
}

/// The table of a score result, and the result behind it.
struct ScoreTable : io::Table {
  ScoreResult result;
  std::int64_t drawn{0};
  std::int64_t answered{0};

  ScoreTable(io::Table table, ScoreResult own) : io::Table{std::move(table)}, result{std::move(own)} {}
};

ScoreOptions options_of(const py::dict& arguments) {
  ScoreOptions options;
  options.metrics = argument<Names>(arguments, "metrics");
  options.groupings = argument<std::vector<Names>>(arguments, "answers");
  options.about = argument<std::string>(arguments, "about") == "process" ? About::process : About::queue;
  options.confidence = Confidence{argument<double>(arguments, "confidence")};
  return options;
}

/// A judge as assay.scores hands it over: columns, the metrics' columns by position, its weight, whether the totals
/// in the rows can be believed, and the frame if there is one.
struct AskedJudge {
  Names columns{};
  std::vector<std::size_t> source{};
  JudgeWeight weight{JudgeWeight::tuned};
  bool totals_as_drawn{true};
  std::optional<Frame> frame{};
};

std::optional<AskedJudge> judge_of(const py::dict& arguments) {
  if (!arguments.contains("judge") || arguments["judge"].is_none()) return std::nullopt;
  const auto given = arguments["judge"].cast<py::dict>();
  AskedJudge out;
  out.columns = argument<Names>(given, "columns");
  out.source = argument<std::vector<std::size_t>>(given, "source");
  const auto weight = argument<std::string>(given, "weight");
  out.weight = weight == "full" ? JudgeWeight::full : weight == "none" ? JudgeWeight::none : JudgeWeight::tuned;
  out.totals_as_drawn = argument<bool>(arguments, "kinds_as_drawn");
  if (!given["frame"].is_none()) out.frame = given["frame"].cast<Frame>();
  return out;
}

/// Lets the judge help the scores of a sample.
void help(ScoreResult& result, const SampleSpec& spec, io::Stream sample, const AskedJudge& asked) {
  const PredictionReading reading{spec.labels, spec.known_labels, result.tally->spec().judged()};
  Judge judge;
  judge.source = asked.source;
  judge.weight = asked.weight;
  std::vector<Names> apart;  // groupings that are not made of whole strata
  for (const Names& grouping : result.options.groupings)
    if (!std::all_of(grouping.begin(), grouping.end(), [&](const std::string& name) {
          return name == "stratum" || std::find(spec.strata.begin(), spec.strata.end(), name) != spec.strata.end();
        }))
      apart.push_back(grouping);
  for (const Names& grouping : apart)
    for (const std::string& name : grouping)
      if (result.design.audit_columns.contains(name))
        throw InputError("slices of columns that every case of the frame has, beside prediction=", in_quotes(name), {},
                         "what only audits know, the judge cannot be asked: leave out prediction= for this slice");
  const bool rows_alone = !asked.frame;
  if (rows_alone && !(apart.empty() && asked.totals_as_drawn))
    throw InputError("frame=, the frame that the sample was drawn from, beside prediction=",
                     !apart.empty() ? "slices by " + TallySpec::listed(apart.front()) + ", which cut through strata"
                                    : "labels that mean something else than when the sample was drawn",
                     {}, "pass frame=, or ask for slices that are made of whole strata");
  judge.sample = judge_rows(sample, spec.decision, asked.columns, reading, rows_alone ? &judge.population : nullptr);
  if (!rows_alone) {
    const Strata strata{*asked.frame, spec.strata};
    judge.population = judge_population(*asked.frame, strata, asked.columns, reading, apart);
    const auto dimension = result.tally->spec().grouping_of({"stratum"}).front();
    for (const auto& [codes, facts] : result.design.facts) {
      const std::string name = result.tally->dictionaries()[dimension].words(codes.front());
      const auto found = judge.population.strata.find(name);
      const double held = found == judge.population.strata.end() ? 0.0 : found->second.front().cases;
      if (held != facts.population)
        throw InputError("the frame that the sample was drawn from, with " + to_text(facts.population) +
                             " cases in stratum " + in_quotes(name),
                         to_text(held) + " cases", {}, "pass the frame of the same rows as frame=");
    }
  }
  assist(result, judge);
}

ScoreTable finish(ScoreResult result) {
  result.scored = score(*result.tally, result.design, result.options);
  io::Table table = table_of(result);
  return {std::move(table), std::move(result)};
}

ScoreTable score_tally(const Tally& tally, const py::dict& arguments) {
  ScoreResult result;
  result.options = options_of(arguments);
  result.targets = argument<std::map<std::string, double>>(arguments, "targets");
  const PopulationSizes population = population_of(arguments);
  const py::gil_scoped_release unlocked;
  result.tally = std::make_shared<const Tally>(tally);
  result.design = design_of(*result.tally, population);
  return finish(std::move(result));
}

/// All rows by stratum; nothing where no strata are asked for, or the table cannot be read again.
StratumRows count_again(const py::object& table, const Names& strata, const std::optional<std::string>& missing) {
  if (strata.empty()) return {};
  try {
    io::Stream stream = stream_of(table, strata);
    const py::gil_scoped_release unlocked;
    return rows_by_stratum(stream, strata, missing);
  } catch (const InputError&) {
    return {};
  }
}

ScoreTable score_table(const py::object& table, const py::dict& arguments, const std::optional<int>& threads,
                       const py::object& progress) {
  ScoreResult result;
  result.options = options_of(arguments);
  result.targets = argument<std::map<std::string, double>>(arguments, "targets");
  const PopulationSizes population = population_of(arguments);
  TallySpec spec = spec_of(arguments);
  spec.chances = argument<bool>(arguments, "chances");
  const bool naive = argument<bool>(arguments, "naive");
  const bool chosen = argument<bool>(arguments, "chosen");
  const unsigned workers = threads_of(threads);
  const io::Progress watch = progress_of(progress);
  io::Stream stream = stream_of(table, spec.columns());
  {
    const py::gil_scoped_release unlocked;
    result.tally = std::make_shared<const Tally>(tally_table(spec, stream, workers, true, watch));
  }
  const StratumRows rows = count_again(table, strata_to_count(*result.tally, population), spec.missing);
  const py::gil_scoped_release unlocked;
  result.design = design_of(*result.tally, population, rows);
  result.design.naive = naive;
  result.design.chosen = chosen;
  if (spec.chances && !population.known()) estimate_populations(*result.tally, result.design);
  return finish(std::move(result));
}

/// A sample is read by one worker, which no number of threads forbids.
ScoreTable score_sample(const HeldTable& sample, const py::object& audits, const py::dict& arguments,
                        const std::optional<int>& threads, const py::object& progress) {
  ScoreResult result;
  result.options = options_of(arguments);
  result.targets = argument<std::map<std::string, double>>(arguments, "targets");
  SampleSpec spec;
  spec.case_id = argument<std::string>(arguments, "case");
  spec.decision = argument<std::string>(arguments, "decision");
  spec.by = argument<Names>(arguments, "by");
  spec.groupings = argument<std::vector<Names>>(arguments, "groupings");
  spec.strata = argument<Names>(arguments, "strata");
  spec.verdict = argument<std::string>(arguments, "verdict");
  spec.correct = argument<std::string>(arguments, "correct");
  spec.exclude = argument<std::string>(arguments, "exclude");
  spec.labels = labels_of(arguments);
  const Names known = argument<Names>(arguments, "known_labels");
  spec.known_labels = {known.begin(), known.end()};
  spec.types = argument<std::map<std::string, std::string>>(arguments, "types");
  spec.measures = measures_of(arguments);
  spec.missing = argument<std::optional<std::string>>(arguments, "missing");
  spec.drawn_strata = argument<std::optional<std::int64_t>>(arguments, "drawn_strata");
  spec.drawn_cases = argument<std::optional<std::int64_t>>(arguments, "drawn_cases");
  spec.kinds_as_drawn = argument<bool>(arguments, "kinds_as_drawn");
  (void)threads_of(threads);
  const io::Progress watch = progress_of(progress);
  io::Stream drawn = sample.stream();
  io::Stream found = stream_of(audits);
  const std::optional<AskedJudge> judge = judge_of(arguments);
  const py::gil_scoped_release unlocked;
  AuditedSample joined = join(spec, drawn, found, watch);
  result.tally = std::make_shared<const Tally>(std::move(joined.tally));
  result.design = std::move(joined.design);
  result.design.naive = argument<bool>(arguments, "naive");
  result.cases = std::move(joined.cases);
  if (judge && (joined.answered < joined.drawn || joined.excluded > 0))
    throw InputError(
        "audits of every drawn case beside prediction=",
        joined.excluded > 0 ? "cases that are excluded" : to_text(joined.answered) + " of " + to_text(joined.drawn), {},
        "score without prediction=: how the judge does where audits are missing is not known");
  if (judge) {
    result.scored = score(*result.tally, result.design, result.options);
    help(result, spec, sample.stream(), *judge);
  }
  ScoreTable out = judge ? ScoreTable{table_of(result), result} : finish(std::move(result));
  out.drawn = joined.drawn;
  out.answered = joined.answered;
  return out;
}

/// (name, title, definition, denominator in words, "higher" | "lower" | "neither"); own measures by their columns.
py::list definitions_of(const ScoreTable& table) {
  py::list out;
  constexpr const char* better[] = {"higher", "lower", "neither"};
  for (const Wanted& wanted : table.result.scored.wanted) {
    if (wanted.metric != nullptr) {
      out.append(py::make_tuple(wanted.metric->name, wanted.metric->title, wanted.metric->definition,
                                wanted.metric->denominator_words, better[static_cast<int>(wanted.metric->better)]));
    } else {
      const Measure& measure = table.result.tally->spec().measures[wanted.measure];
      out.append(py::make_tuple(measure.name, py::none(), measure.numerator, measure.denominator,
                                better[static_cast<int>(wanted.better)]));
    }
  }
  return out;
}

}  // namespace
}  // namespace assay::bindings

void bind_score(pybind11::module_& m) {
  namespace py = pybind11;
  using namespace pybind11::literals;
  using namespace assay::bindings;

  py::class_<HeldTable>(m, "HeldTable", "A table that was read once and can be read again.")
      .def_property_readonly("column_names",
                             [](const HeldTable& self) {
                               Names names;
                               for (const auto& field : *self.fields) names.push_back(field.name);
                               return names;
                             })
      .def(
          "first_text",
          [](const HeldTable& self, const std::string& name) -> std::optional<std::string> {
            assay::io::Stream stream = self.stream();
            assay::io::Batch batch;
            if (!stream.has(name) || !stream.next(batch)) return std::nullopt;
            const assay::io::Column column = batch.column(stream.index_of(name));
            if (!column.field->type.is_text()) return std::nullopt;
            if (!column.field->type.keys)
              return column.is_null(0) ? std::nullopt : std::optional{std::string{assay::io::Texts{column}[0]}};
            assay::io::SharedDictionary dictionary;
            assay::io::Encoder encoder{dictionary, "", true};
            encoder.begin(column);
            assay::io::Code code = 0;
            encoder.encode(0, 1, &code);
            return std::string{dictionary.values.text(code)};
          },
          "name"_a, "The text in the first row of a column; None where there is none.");
  m.def("hold", &hold, "table"_a, "Read any table once, to use it several times.");

  py::class_<ScoreTable, assay::io::Table>(m, "ScoreTable", "The table of a score, with what is needed to compare it.")
      .def_property_readonly("columns", [](const ScoreTable& self) { return self.result.columns(); })
      .def_property_readonly("definitions", &definitions_of)
      .def_property_readonly("undecided", [](const ScoreTable& self) { return self.result.tally->undecided(); })
      .def_property_readonly("excluded", [](const ScoreTable& self) { return self.result.tally->excluded(); })
      .def_readonly("drawn", &ScoreTable::drawn)
      .def_readonly("answered", &ScoreTable::answered)
      .def("__reduce__", [](const ScoreTable&) -> py::object {
        throw py::type_error(
            "scores cannot be pickled; send their rows, .to_frame(), or an assay.Tally, which scores where it arrives");
      });
  m.def("score_tally", &score_tally, "tally"_a, "arguments"_a, "Score what a tally counted.");
  m.def("score_table", &score_table, "table"_a, "arguments"_a, "threads"_a, "progress"_a,
        "Score a table that holds decisions and verdicts.");
  m.def("score_sample", &score_sample, "sample"_a, "audits"_a, "arguments"_a, "threads"_a, "progress"_a,
        "Score a drawn sample with its audits.");
  m.def(
      "compare",
      [](const ScoreTable& a, const ScoreTable& b, const std::string& about, double margin) {
        const auto which = about == "queue" ? assay::About::queue : assay::About::process;
        const py::gil_scoped_release unlocked;
        const assay::Comparison comparison = assay::compare(a.result, b.result, which);
        return std::pair{assay::table_of(a.result, comparison, which, margin), comparison.only_in_one};
      },
      "a"_a, "b"_a, "about"_a, "margin"_a,
      "The table of differences a - b, and how many slices only one of them holds.");
}
