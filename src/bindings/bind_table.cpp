// Tables: how any library's table becomes an Arrow stream, and how ours are offered to any library.

#include "tables.hpp"

#include <chrono>
#include <limits>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <assay/io/export.hpp>

void bind_table(pybind11::module_& m);

namespace assay::bindings {
namespace {

std::string type_name(const py::handle& object) { return py::str(py::type::handle_of(object).attr("__name__")); }

std::int64_t micros_of_datetime(const py::handle& value, const std::string& name, std::int64_t row) {
  if (value.attr("tzinfo").is_none())
    throw InputError("a time with a zone", "one without", {name, row}, "attach a zone: value.replace(tzinfo=...)");
  const py::module_ datetime = py::module_::import("datetime");
  const py::object epoch = datetime.attr("datetime")(1970, 1, 1, "tzinfo"_a = datetime.attr("timezone").attr("utc"));
  const py::object delta = value - epoch;
  return delta.attr("days").cast<std::int64_t>() * 86'400'000'000 +
         delta.attr("seconds").cast<std::int64_t>() * 1'000'000 + delta.attr("microseconds").cast<std::int64_t>();
}

bool is_missing(const py::handle& value) {
  if (value.is_none()) return true;
  if (py::isinstance<py::float_>(value)) return value.cast<double>() != value.cast<double>();
  const std::string name = type_name(value);
  return name == "NaTType" || name == "NAType";
}

/// The Arrow format that an object array's values ask for, from its first value.
std::string format_of(const py::list& values, const std::string& name) {
  for (const py::handle value : values) {
    if (is_missing(value)) continue;
    if (py::isinstance<py::str>(value)) return "u";
    if (py::isinstance<py::bool_>(value)) return "b";
    if (py::isinstance<py::int_>(value)) return "l";
    if (py::isinstance<py::float_>(value)) return "g";
    if (py::hasattr(value, "tzinfo")) return "tsu:UTC";
    throw InputError("text, numbers, true/false or times", "values of type " + type_name(value), {name, {}});
  }
  return "n";
}

std::shared_ptr<const io::ColumnData> from_objects(const std::string& name, const py::list& values) {
  std::string format = format_of(values, name);
  if (format == "n") format = "u";
  io::ColumnBuilder column{name, format};
  std::int64_t row = 0;
  for (const py::handle value : values) {
    const auto refuse = [&] {
      throw InputError("one kind of value in a column", "a value of type " + type_name(value) + " among others",
                       {name, row}, "make the column one type");
    };
    if (is_missing(value)) {
      column.append_null();
    } else if (format == "u") {
      if (!py::isinstance<py::str>(value)) refuse();
      Py_ssize_t size = 0;
      const char* text = PyUnicode_AsUTF8AndSize(value.ptr(), &size);
      if (text == nullptr) {
        PyErr_Clear();
        throw InputError("text that is valid Unicode", "a lone surrogate", {name, row});
      }
      column.append(std::string_view{text, static_cast<std::size_t>(size)});
    } else if (format == "b") {
      if (!py::isinstance<py::bool_>(value)) refuse();
      column.append(value.cast<bool>());
    } else if (format == "l") {
      if (!py::isinstance<py::int_>(value) || py::isinstance<py::bool_>(value)) refuse();
      const std::int64_t number = PyLong_AsLongLong(value.ptr());
      if (number == -1 && PyErr_Occurred() != nullptr) {
        PyErr_Clear();
        throw InputError("whole numbers below 2^63", std::string{py::str(value)}, {name, row});
      }
      column.append(number);
    } else if (format == "g") {
      if (!py::isinstance<py::float_>(value) && !py::isinstance<py::int_>(value)) refuse();
      column.append(value.cast<double>());
    } else {
      if (!py::hasattr(value, "tzinfo")) refuse();
      column.append(micros_of_datetime(value, name, row));
    }
    ++row;
  }
  return column.finish();
}

/// A NumPy array as a column; numbers are copied as they lie, everything else value by value.
std::shared_ptr<const io::ColumnData> column_of(const std::string& name, const py::handle& given) {
  const py::module_ numpy = py::module_::import("numpy");
  const auto dimensions = numpy.attr("ndim")(given).cast<int>();
  if (dimensions != 1)
    throw InputError("a column of one dimension", std::to_string(dimensions) + " dimensions", {name, {}});
  // What a masked array hides is null.
  if (py::hasattr(given, "mask") && py::hasattr(given, "filled")) return from_objects(name, given.attr("tolist")());
  const py::array array = numpy.attr("ascontiguousarray")(given);
  const py::dtype type = array.dtype();
  const char kind = type.kind();
  const auto width = static_cast<int>(type.itemsize());
  if (kind == 'b') {
    io::ColumnBuilder column{name, "b"};
    const auto* values = static_cast<const std::uint8_t*>(array.data());
    for (py::ssize_t i = 0; i < array.size(); ++i) column.append(values[i] != 0);
    return column.finish();
  }
  if (kind == 'U') return from_objects(name, array.attr("tolist")());
  if (kind == 'O') return from_objects(name, array.attr("tolist")());
  std::string format;
  if (kind == 'i') format = width == 1 ? "c" : width == 2 ? "s" : width == 4 ? "i" : "l";
  if (kind == 'u') format = width == 1 ? "C" : width == 2 ? "S" : width == 4 ? "I" : "L";
  if (kind == 'f' && width <= 8) format = width == 2 ? "e" : width == 4 ? "f" : "g";
  py::array numbers = array;
  if (kind == 'M') {
    numbers = array.attr("astype")("datetime64[us]").attr("view")("int64");
    format = "tsu:";
  }
  if (format.empty() || !type.attr("isnative").cast<bool>())
    throw InputError("numbers, true/false, text or times", "an array of type " + std::string{py::str(type)},
                     {name, {}});
  auto data = std::make_shared<io::ColumnData>();
  data->name = name;
  data->format = format;
  data->length = numbers.size();
  const auto* from = static_cast<const std::byte*>(numbers.data());
  data->values.assign(from, from + numbers.nbytes());
  if (kind == 'M') {
    io::ColumnBuilder column{name, format};
    const auto* micros = reinterpret_cast<const std::int64_t*>(from);
    for (std::int64_t i = 0; i < data->length; ++i) {
      if (micros[i] == std::numeric_limits<std::int64_t>::min())
        column.append_null();
      else
        column.append(micros[i]);
    }
    return column.finish();
  }
  return data;
}

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

/// A date, a time or a duration. Python raises where it has no such year.
py::object to_moment(std::int64_t number, const io::Type& type) {
  const py::module_ datetime = py::module_::import("datetime");
  if (type.meaning == io::Meaning::date && type.units_per_second == 0)
    return datetime.attr("date").attr("fromordinal")(number + 719'163);
  const std::int64_t per_second = std::max<std::int64_t>(type.units_per_second, 1);
  const py::object units = py::int_(number);
  const py::object micros = per_second > 1'000'000 ? units.attr("__floordiv__")(per_second / 1'000'000)
                                                   : units * py::int_(1'000'000 / per_second);
  const py::object elapsed = datetime.attr("timedelta")("microseconds"_a = micros);
  if (type.meaning == io::Meaning::duration) return elapsed;
  const py::object utc = datetime.attr("timezone").attr("utc");
  const py::object moment = datetime.attr("datetime")(1970, 1, 1, "tzinfo"_a = utc) + elapsed;
  if (type.zone.empty()) return moment.attr("replace")("tzinfo"_a = py::none());
  if (type.zone == "UTC") return moment;
  try {
    return moment.attr("astimezone")(py::module_::import("zoneinfo").attr("ZoneInfo")(type.zone));
  } catch (const py::error_already_set&) {
    return moment;
  }
}

/// A decimal, exactly.
py::object to_decimal(const io::ColumnData& column, std::int64_t row) {
  const io::Type type = io::detail::plain_type(column.format);
  const auto width = static_cast<std::size_t>(type.decimal_bytes);
  const auto* at = reinterpret_cast<const char*>(column.values.data()) + static_cast<std::size_t>(row) * width;
  const py::object whole =
      py::type::of(py::int_(0)).attr("from_bytes")(py::bytes(at, width), "little", "signed"_a = true);
  return py::module_::import("decimal").attr("Decimal")(std::string{py::str(whole)} + "E" +
                                                        std::to_string(-type.decimal_scale));
}

py::list to_list(const io::ColumnData& column) {
  py::list out;
  for (std::int64_t row = 0; row < column.length; ++row) out.append(to_python(column, row));
  return out;
}

}  // namespace

namespace {

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

py::object to_python(const io::ColumnData& column, std::int64_t row) {
  if (!column.is_null(row) && column.format == "L") return py::int_(column.at<std::uint64_t>(row));
  if (!column.is_null(row) && column.format.starts_with("d:")) return to_decimal(column, row);
  const io::Value value = column.value(row);
  if (std::holds_alternative<std::monostate>(value)) return py::none();
  if (const bool* truth = std::get_if<bool>(&value)) return py::bool_(*truth);
  if (const double* number = std::get_if<double>(&value)) return py::float_(*number);
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    PyObject* decoded = PyUnicode_DecodeUTF8(text->data(), static_cast<Py_ssize_t>(text->size()), "replace");
    if (decoded == nullptr) throw py::error_already_set();
    return py::reinterpret_steal<py::object>(decoded);
  }
  const std::int64_t number = std::get<std::int64_t>(value);
  const io::Type type = io::detail::plain_type(column.format);
  if (type.meaning == io::Meaning::plain) return py::int_(number);
  try {
    return to_moment(number, type);
  } catch (const py::error_already_set& error) {
    if (!error.matches(PyExc_OverflowError) && !error.matches(PyExc_ValueError)) throw;
    return py::str(std::to_string(number) + " (beyond the years that Python knows)");
  }
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
      .def(
          "__eq__", [](const Table& one, const Table& other) { return one == other; }, "other"_a, py::is_operator())
      .def("__repr__", [](const Table& self) {
        return "<Table of " + std::to_string(self.rows()) + " rows and " + std::to_string(self.columns().size()) +
               " columns>";
      });
}
