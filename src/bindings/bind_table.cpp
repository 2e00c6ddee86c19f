// Tables: how any library's table becomes an Arrow stream, and how ours are offered to any library.

#include "tables.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <assay/io/concatenate.hpp>
#include <assay/io/export.hpp>

#include "columns_in.hpp"
#include "columns_out.hpp"

void bind_table(pybind11::module_& m);

namespace assay::bindings {
namespace {

io::Stream stream_of_mapping(const py::object& mapping) {
  std::vector<std::shared_ptr<const io::ColumnData>> columns;
  for (const py::handle item : mapping.attr("items")()) {
    const py::tuple pair = py::reinterpret_borrow<py::tuple>(item);
    if (!py::isinstance<py::str>(pair[0]))
      throw InputError("column names that are text", "a name of type " + type_name(pair[0]));
    columns.push_back(column_of(pair[0].cast<std::string>(), pair[1]));
  }
  ArrowArrayStream stream{};
  io::export_stream(io::Table{std::move(columns)}, &stream);
  return io::Stream{&stream};
}

io::Stream stream_of_capsule(const py::object& capsule) {
  if (PyCapsule_IsValid(capsule.ptr(), "arrow_array_stream") == 0)
    throw InputError("an Arrow stream capsule from __arrow_c_stream__", "a value of type " + type_name(capsule));
  return io::Stream{static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), "arrow_array_stream"))};
}

void release_stream_capsule(PyObject* capsule) {
  auto* stream = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule, "arrow_array_stream"));
  if (stream != nullptr && stream->release != nullptr) stream->release(stream);
  delete stream;
}

py::object stream_capsule(const io::Table& table) {
  auto stream = std::make_unique<ArrowArrayStream>();
  io::export_stream(table, stream.get());
  PyObject* capsule = PyCapsule_New(stream.get(), "arrow_array_stream", &release_stream_capsule);
  if (capsule == nullptr) throw py::error_already_set();
  stream.release();
  return py::reinterpret_steal<py::object>(capsule);
}

io::Stream raw_stream_of(const py::object& table) {
  if (py::hasattr(table, "__arrow_c_stream__")) return stream_of_capsule(table.attr("__arrow_c_stream__")());
  if (py::hasattr(table, "items") && py::hasattr(table, "keys") && !py::hasattr(table, "iloc"))
    return stream_of_mapping(table);
  throw InputError(
      "a table (pandas, polars, pyarrow, DuckDB, anything with __arrow_c_stream__, or a mapping from names to NumPy "
      "arrays)",
      "a value of type " + type_name(table));
}

}  // namespace

io::Stream stream_of(const py::object& table, const std::optional<std::vector<std::string>>& columns) {
  const auto prepared =
      py::module_::import("assay._tables").attr("prepared")(table, columns).cast<std::pair<py::object, py::dict>>();
  io::Stream stream = raw_stream_of(prepared.first);
  for (const auto& [name, values] : prepared.second) {
    io::Stream distinct = raw_stream_of(py::reinterpret_borrow<py::object>(values));
    io::Batch batch;
    if (!distinct.next(batch)) batch = io::Batch{};
    const std::size_t index = stream.index_of(name.cast<std::string>());
    if (batch.rows() > 0) stream.attach_dictionary(index, distinct.fields(), batch);
  }
  return stream;
}

io::Progress progress_of(const py::object& callback) {
  using Clock = std::chrono::steady_clock;
  return [callback, last = Clock::now()](std::int64_t rows) mutable {
    const auto now = Clock::now();
    if (now - last < std::chrono::milliseconds{100}) return true;
    last = now;
    const py::gil_scoped_acquire held;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    if (!callback.is_none()) callback(rows);
    return true;
  };
}

unsigned threads_of(const std::optional<int>& threads) {
  if (!threads) return std::max(1U, std::thread::hardware_concurrency());
  if (*threads < 1) throw InputError("threads of 1 or more, or None for all cores", std::to_string(*threads));
  return static_cast<unsigned>(std::min(*threads, 256));
}

}  // namespace assay::bindings

void bind_table(pybind11::module_& m) {
  namespace py = pybind11;
  using namespace pybind11::literals;
  using assay::io::Table;
  py::class_<Table>(m, "Table", "An immutable table of named columns; any Arrow library reads it without a copy.")
      .def_property_readonly(
          "column_names",
          [](const Table& self) {
            std::vector<std::string> names;
            for (const auto& column : self.columns()) names.push_back(column->name);
            return names;
          },
          "The names of the columns, in order.")
      .def("__len__", &Table::rows)
      .def(
          "column",
          [](const Table& self, const std::string& name) {
            const assay::io::ColumnData* column = self.find(name);
            if (column == nullptr) throw assay::InputError("a column of the table", assay::in_quotes(name));
            return assay::bindings::to_list(*column);
          },
          "name"_a, "One column as a list; None where it is null.")
      .def(
          "to_pydict",
          [](const Table& self) {
            py::dict out;
            for (const auto& column : self.columns()) out[py::str(column->name)] = assay::bindings::to_list(*column);
            return out;
          },
          "All columns as lists.")
      .def(
          "__arrow_c_stream__",
          [](const Table& self, const py::object&) { return assay::bindings::stream_capsule(self); },
          "requested_schema"_a = py::none(), "The table as an Arrow C stream.")
      .def("__reduce__",
           [](const py::object& self) -> py::tuple {
             return py::make_tuple(py::module_::import("assay._core").attr("_table_of_state"),
                                   py::make_tuple(assay::bindings::state_of(self.cast<const Table&>())));
           })
      .def(
          "__eq__", [](const Table& one, const Table& other) { return one == other; }, "other"_a, py::is_operator())
      .def("__repr__", [](const Table& self) {
        return "<Table of " + std::to_string(self.rows()) + " rows and " + std::to_string(self.columns().size()) +
               " columns>";
      });
  m.def(
      "take", [](const Table& table, const std::vector<std::int64_t>& rows) { return assay::io::take(table, rows); },
      "table"_a, "rows"_a, "Some rows of a table.");
  m.def("_table_of_state", &assay::bindings::table_of_state, "state"_a, "The table that was pickled.");
}
