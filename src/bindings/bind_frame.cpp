// Frames, plans and draws.

#include <charconv>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <assay/sampling/draw.hpp>
#include <assay/sampling/join_days.hpp>
#include <assay/sampling/unite.hpp>
#include <assay/score/judge_population.hpp>

#include "score_arguments.hpp"
#include "tables.hpp"

void bind_frame(pybind11::module_& m);

namespace assay::bindings {
namespace {

/// The table of a plan, and the plan behind it.
struct PlanTable : io::Table {
  Plan plan;

  explicit PlanTable(Plan own) : io::Table{own.table()}, plan{std::move(own)} {}
};

Frame read_frame(const py::object& table, const py::dict& arguments, const std::optional<int>& threads,
                 const py::object& progress) {
  FrameColumns columns;
  columns.case_id = argument<std::string>(arguments, "case");
  columns.decision = argument<std::string>(arguments, "decision");
  columns.by = argument<Names>(arguments, "by");
  columns.keep = argument<Names>(arguments, "keep");
  columns.at = argument<std::string>(arguments, "at");
  columns.reviewer = argument<std::string>(arguments, "reviewer");
  columns.policy_version = argument<std::string>(arguments, "policy_version");
  columns.labels = labels_of(arguments);
  columns.missing = argument<std::optional<std::string>>(arguments, "missing");
  const unsigned workers = threads_of(threads);
  const io::Progress watch = progress_of(progress);
  io::Stream stream = stream_of(table, columns.names());
  const py::gil_scoped_release unlocked;
  return Frame::read(std::move(columns), stream, workers, watch);
}

/// A value by stratum: None, a number, or a mapping from tuples of texts to numbers.
ByStratum by_stratum_of(const py::object& given) {
  if (given.is_none()) return {};
  if (!py::isinstance<py::dict>(given)) return given.cast<double>();
  std::map<Names, double> out;
  for (const auto& [values, number] : py::reinterpret_borrow<py::dict>(given))
    out[values.cast<Names>()] = number.cast<double>();
  return out;
}

Allocation allocation_of(const std::string& name) {
  if (name == "equal") return Allocation::equal;
  if (name == "neyman") return Allocation::neyman;
  return name == "optimal" ? Allocation::optimal : Allocation::proportional;
}

PlanTable make_plan(const Frame& frame, const py::dict& arguments, const std::optional<int>& threads) {
  PlanOptions options;
  options.size = argument<std::optional<std::int64_t>>(arguments, "size");
  options.share = argument<std::optional<double>>(arguments, "share");
  options.strata = argument<Names>(arguments, "strata");
  options.allocation = allocation_of(argument<std::string>(arguments, "allocation"));
  options.minimum = argument<std::int64_t>(arguments, "minimum");
  options.confidence = Confidence{argument<double>(arguments, "confidence")};
  options.max_audits = argument<std::optional<std::int64_t>>(arguments, "max_audits");
  options.budget = argument<std::optional<double>>(arguments, "budget");
  options.finite = argument<bool>(arguments, "finite");
  for (const auto& [value, columns, name] : {std::tuple{&options.expected, &options.expected_columns, "expected"},
                                             std::tuple{&options.cost, &options.cost_columns, "cost"},
                                             std::tuple{&options.maximum, &options.maximum_columns, "maximum"}}) {
    const auto pair = argument<py::tuple>(arguments, name);  // columns, values
    *columns = pair[0].cast<std::optional<Names>>();
    *value = by_stratum_of(pair[1]);
  }
  for (const py::handle each : argument<py::list>(arguments, "wishes")) {
    const auto wish = py::reinterpret_borrow<py::tuple>(each);
    options.wishes.push_back({wish[0].cast<Names>(), wish[1].cast<std::optional<double>>(),
                              wish[2].cast<std::optional<double>>(), wish[3].cast<std::int64_t>()});
  }
  const unsigned workers = threads_of(threads);
  const py::gil_scoped_release unlocked;
  return PlanTable{Plan{frame, std::move(options), workers}};
}

/// The non-null values of a column as texts, row by row.
class TextColumn {
 public:
  explicit TextColumn(std::size_t index) : index_{index} {}
  void begin(const io::Batch& batch) {
    column_ = batch.column(index_);
    encoder_.begin(column_);
  }
  [[nodiscard]] bool is_null(std::int64_t row) const { return column_.is_null(row); }
  [[nodiscard]] std::string text(std::int64_t row) {
    io::Code code = 0;
    encoder_.encode(row, 1, &code);
    return value_text(dictionary_->values, code);
  }

 private:
  std::size_t index_;
  std::unique_ptr<io::SharedDictionary> dictionary_{std::make_unique<io::SharedDictionary>()};
  io::Encoder encoder_{*dictionary_, {}};
  io::Column column_{};
};

/// Error rates by stratum from a table of them: (stratum's values as texts, metric or "", rate), rows that name no
/// stratum or no rate left out, and rows where one of `others` is not null.
std::vector<std::tuple<Names, std::string, double>> rates_in(const py::object& table, const Names& strata,
                                                             const Names& others) {
  io::Stream stream = stream_of(table);
  const bool plain = stream.has("rate");
  if (!plain && !stream.has("estimate"))
    throw InputError("a table of expected error rates with a column 'rate' or 'estimate'", "one without", {},
                     "name the column of rates 'rate'");
  const std::size_t rate = stream.index_of(plain ? "rate" : "estimate");
  std::vector<TextColumn> columns;
  for (const std::string& name : strata) columns.emplace_back(stream.index_of(name));
  std::vector<std::size_t> other;
  for (const std::string& name : others) other.push_back(stream.index_of(name));
  std::optional<TextColumn> metric;
  if (!plain && stream.has("metric")) metric.emplace(stream.index_of("metric"));
  std::vector<std::tuple<Names, std::string, double>> out;
  for (io::Batch batch; stream.next(batch);) {
    for (TextColumn& column : columns) column.begin(batch);
    if (metric) metric->begin(batch);
    const io::Column rates = batch.column(rate);
    const io::Numbers numbers{rates};
    for (std::int64_t row = 0; row < batch.rows(); ++row) {
      bool named = !rates.is_null(row) && !(metric && metric->is_null(row));
      for (const TextColumn& column : columns) named = named && !column.is_null(row);
      for (const std::size_t index : other) named = named && batch.column(index).is_null(row);
      if (!named) continue;
      Names values;
      for (TextColumn& column : columns) values.push_back(column.text(row));
      double value = 0.0;
      numbers.read(row, 1, &value);
      out.emplace_back(std::move(values), metric ? metric->text(row) : std::string{}, value);
    }
  }
  return out;
}

io::Table without(const io::Table& table, const std::string& name) {
  std::vector<std::shared_ptr<const io::ColumnData>> kept;
  for (const auto& column : table.columns())
    if (column->name != name) kept.push_back(column);
  return io::Table{std::move(kept)};
}

io::Table draw_from(const PlanTable& self, const py::bytes& key, const std::string& period, const Names& lost,
                    const std::optional<int>& threads, const py::object& progress) {
  const std::string secret = key;
  const unsigned workers = threads_of(threads);
  const io::Progress watch = progress_of(progress);
  const py::gil_scoped_release unlocked;
  const Plan plan =
      lost.empty() ? self.plan : self.plan.resized(sizes_with_replacements(self.plan, secret, period, lost, workers));
  return with_judge_totals(draw(plan, secret, period, workers, watch), plan.frame(), plan.strata());
}

/// The texts of a column, whole numbers as decimal text.
Names texts_of(const io::Table& table, const std::string& name) {
  const io::ColumnData* column = table.find(name);
  if (column == nullptr) throw InputError("a sample with the column " + in_quotes(name), "one without");
  Names out;
  for (std::int64_t row = 0; row < column->length; ++row) {
    const io::Value value = column->value(row);
    if (const auto* text = std::get_if<std::string_view>(&value))
      out.emplace_back(*text);
    else if (const auto* number = std::get_if<std::int64_t>(&value))
      out.push_back(std::to_string(*number));
    else
      throw InputError("text or whole numbers", "a null or another kind of value", {name, row});
  }
  return out;
}

/// One sample of several as Python hands it over: (label, table, case column, strata columns, audited already).
EarlierDraw earlier_draw(const py::tuple& given) {
  EarlierDraw draw;
  draw.label = given[0].cast<std::string>();
  io::Stream stream = stream_of(given[1]);
  const auto case_column = given[2].cast<std::string>();
  draw.strata = given[3].cast<Names>();
  draw.audited = given[4].cast<bool>();
  const py::gil_scoped_release unlocked;
  const io::Table table = io::whole_table(stream);
  draw.cases = texts_of(table, case_column);
  draw.stratum = texts_of(table, "stratum");
  for (const std::string& population : texts_of(table, "stratum_population")) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(population.data(), population.data() + population.size(), number);
    if (error != std::errc{} || end != population.data() + population.size())
      throw InputError("whole numbers", in_quotes(population), {"stratum_population", {}});
    draw.populations.push_back(number);
  }
  return draw;
}

io::Table unite_samples(const Frame& frame, const Names& cells, const py::list& samples, const std::string& period,
                        const std::optional<int>& threads) {
  std::vector<EarlierDraw> draws;
  for (const py::handle each : samples) draws.push_back(earlier_draw(py::reinterpret_borrow<py::tuple>(each)));
  const unsigned workers = threads_of(threads);
  const py::gil_scoped_release unlocked;
  const Strata united{frame, cell_columns(frame, cells, draws), workers};
  return with_judge_totals(unite(frame, cells, draws, period, workers), frame, united);
}

io::Table join_samples(const py::list& samples, const std::string& case_column, const std::string& design) {
  std::vector<NamedSample> named;
  for (const py::handle each : samples) {
    const auto pair = py::reinterpret_borrow<py::tuple>(each);
    io::Stream stream = stream_of(pair[1]);
    named.push_back({pair[0].cast<std::string>(), io::whole_table(stream)});
  }
  const py::gil_scoped_release unlocked;
  return join_days(named, case_column, design);
}

}  // namespace
}  // namespace assay::bindings

void bind_frame(pybind11::module_& m) {
  namespace py = pybind11;
  using namespace pybind11::literals;
  using namespace assay::bindings;
  using assay::Frame;

  py::class_<Frame>(m, "Frame", "Decisions that can be drawn, checked and encoded.")
      .def_property_readonly("rows", &Frame::rows)
      .def_property_readonly("decided", &Frame::decided)
      .def_property_readonly("undecided", &Frame::undecided)
      .def_property_readonly("case", [](const Frame& self) { return self.columns().case_id; })
      .def_property_readonly("decision", [](const Frame& self) { return self.columns().decision; })
      .def_property_readonly("by", [](const Frame& self) { return self.columns().by; })
      .def_property_readonly(
          "by_sizes",
          [](const Frame& self) {
            std::vector<std::size_t> out;
            for (std::size_t d = 0; d < self.columns().by.size(); ++d) out.push_back(self.values(d).size());
            return out;
          },
          "How many values each column of `by` has.")
      .def_property_readonly(
          "never_met",
          [](const Frame& self) {
            Names out;
            const assay::Labels& labels = self.columns().labels;
            for (const auto* names : {&labels.violating(), &labels.not_violating(), &labels.undecided()})
              for (const std::string& label : *names)
                if (const auto code = self.labels().find(label); code == assay::io::no_code || self.count(code) == 0)
                  out.push_back(label);
            return out;
          },
          "Declared labels that no decision has.")
      .def("labels", &Frame::summary, "One row a label: label, kind, cases, share.");
  m.def("read_frame", &read_frame, "table"_a, "arguments"_a, "threads"_a, "progress"_a,
        "Read and check a table of decisions.");

  py::class_<PlanTable, assay::io::Table>(m, "PlanTable", "The table of a plan, with the plan behind it.")
      .def_property_readonly("strata", [](const PlanTable& self) { return self.plan.options().strata; })
      .def(
          "names",
          [](const PlanTable& self) {
            Names out;
            for (std::size_t h = 0; h < self.plan.strata().size(); ++h) out.push_back(self.plan.strata().name(h));
            return out;
          },
          "The strata in words, as a sample names them.")
      .def_property_readonly(
          "by_sizes",
          [](const PlanTable& self) {
            std::vector<std::size_t> out;
            const assay::Frame& frame = self.plan.frame();
            for (std::size_t d = 0; d < frame.columns().by.size(); ++d) out.push_back(frame.values(d).size());
            return out;
          },
          "How many values each column of the frame's `by` has.")
      .def_property_readonly(
          "cost", [](const PlanTable& self) { return self.plan.cost(); }, "What the audits cost.")
      .def_property_readonly(
          "proof",
          [](const PlanTable& self) -> std::optional<std::tuple<double, double, double, double>> {
            const auto proof = self.plan.proof();
            if (!proof) return std::nullopt;
            return std::tuple{proof->cost, proof->lower_bound, proof->minimum_price, proof->cap_price};
          },
          "Cost, lower bound, and the prices of minimum and cap; None where nothing was wished.")
      .def(
          "slices",
          [](const PlanTable& self, const std::vector<Names>& groupings) {
            const py::gil_scoped_release unlocked;
            return self.plan.slices_table(groupings);
          },
          "groupings"_a, "One row a slice: what was wished, what to expect, what the wish costs.")
      .def_property_readonly("frame", [](const PlanTable& self) { return self.plan.frame(); })
      .def("draw", &draw_from, "key"_a, "period"_a, "lost"_a, "threads"_a, "progress"_a, "Draw the cases.")
      .def("__reduce__", [](const PlanTable&) -> py::object {
        throw py::type_error(
            "a plan cannot be pickled; it holds its frame: make it where the rows are, and send what it draws");
      });
  m.def("make_plan", &make_plan, "frame"_a, "arguments"_a, "threads"_a, "Share out a sample among strata.");
  m.def("rates_in", &rates_in, "table"_a, "strata"_a, "others"_a,
        "Expected error rates in a table: (the stratum's values as texts, metric, rate).");
  m.def("unite", &unite_samples, "frame"_a, "cells"_a, "samples"_a, "period"_a, "threads"_a,
        "Several draws from one frame as one sample, stratified by cells.");
  m.def("join_samples", &join_samples, "samples"_a, "case_column"_a, "design"_a,
        "Samples of different cases, one below the other.");
  m.def("without", &without, "table"_a, "name"_a, "The table without one column.");
}
