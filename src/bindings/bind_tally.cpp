// The tally: how Python makes, feeds and scores the mergeable state.

#include <pybind11/typing.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/tally/read.hpp>

#include "score_arguments.hpp"
#include "tables.hpp"

void bind_tally(pybind11::module_& m);

namespace {

/// Shows in the stubs, and lets anything in to be refused by our own words.
using OneOrNone = pybind11::typing::Union<pybind11::int_, pybind11::none>;

/// True of a table without columns and rows, as an empty list of rows becomes: it adds nothing.
bool holds_nothing(assay::io::Stream& stream) {
  assay::io::Batch batch;
  return stream.fields().empty() && !stream.next(batch);
}

}  // namespace

void bind_tally(pybind11::module_& m) {
  namespace py = pybind11;
  using namespace pybind11::literals;
  using assay::Tally;
  using assay::TallySpec;
  using namespace assay::bindings;

  bind_sketch<Tally>(
      m, "Tally",
      "Audited decisions, counted: a state that can be fed in parts, merged in any order and sent as bytes.\n\n"
      "Use it when rows arrive in batches, days, processes or Spark tasks; for one table, assay.score is simpler. Any "
      "split of\n"
      "the rows and any order of merging gives equal bytes. An empty table adds nothing.")
      .def(py::init([](const py::object& decision, const py::object& verdict, const py::object& correct,
                       const py::object& by, const py::object& violating, const py::object& not_violating,
                       const py::object& undecided, const py::object& weight, const py::object& strata,
                       const py::object& exclude, const py::object& missing) {
             const py::dict arguments =
                 py::module_::import("assay._score_arguments")
                     .attr("tally_arguments")("decision"_a = decision, "verdict"_a = verdict, "correct"_a = correct,
                                              "by"_a = by, "violating"_a = violating, "not_violating"_a = not_violating,
                                              "undecided"_a = undecided, "weight"_a = weight, "strata"_a = strata,
                                              "exclude"_a = exclude, "missing"_a = missing);
             return Tally{spec_of(arguments)};
           }),
           py::kw_only(), "decision"_a = py::none(), "verdict"_a = py::none(), "correct"_a = py::none(),
           "by"_a = py::tuple{}, "violating"_a = py::none(), "not_violating"_a = py::none(),
           "undecided"_a = py::tuple{}, "weight"_a = py::none(), "strata"_a = py::tuple{}, "exclude"_a = py::none(),
           "missing"_a = py::none(),
           "Columns by name, as in assay.score(table, ...). `by` may be assay.cube(...) or assay.rollup(...).")
      .def(
          "add",
          [](const py::object& self, const py::object& table, const OneOrNone& threads) {
            const TallySpec spec = self.cast<const Tally&>().spec();
            const unsigned workers =
                threads_of(py::module_::import("assay._checks").attr("threads_of")(threads).cast<std::optional<int>>());
            assay::io::Stream stream = stream_of(table, spec.columns());
            if (holds_nothing(stream)) return;
            const assay::io::Progress progress = progress_of(py::none());
            Tally part;
            {
              const py::gil_scoped_release unlocked;
              part = assay::tally_table(spec, stream, workers, false, progress);
            }
            fold(self, part);
          },
          "table"_a, py::kw_only(), "threads"_a = py::none(),
          "Count the rows of a table. A table that is refused adds nothing at all. `threads` never changes a bit of "
          "the state.")
      .def_property_readonly("rows", &Tally::rows, "Rows that were scored.")
      .def_property_readonly("undecided", &Tally::undecided,
                             "Rows set aside because their decision or verdict was undecided.")
      .def_property_readonly("excluded", &Tally::excluded, "Rows set aside because they were excluded.")
      .def(
          "score",
          [](const py::object& self, const py::kwargs& arguments) {
            return py::module_::import("assay.scores").attr("_score_tally")(self, **arguments);
          },
          "The scores of what was counted: metrics=, by=, total=, about=, target=, population=, confidence=, as in "
          "assay.score.")
      .def("__repr__",
           [](const Tally& self) { return "<Tally of " + std::to_string(self.rows()) + " audited decisions>"; });
  m.def(
      "groupings_of", [](const Tally& tally) { return tally.spec().groupings; }, "tally"_a,
      "The groupings a tally was made for.");
}
