#pragma once
/// \file
/// Columns from what Python holds: NumPy arrays, lists of objects.

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include <assay/io/table.hpp>

#include "bindings.hpp"

namespace assay::bindings {

inline std::string type_name(const py::handle& object) { return py::str(py::type::handle_of(object).attr("__name__")); }

inline std::int64_t micros_of_datetime(const py::handle& value, const std::string& name, std::int64_t row) {
  if (value.attr("tzinfo").is_none())
    throw InputError("a time with a zone", "one without", {name, row}, "attach a zone: value.replace(tzinfo=...)");
  const py::module_ datetime = py::module_::import("datetime");
  const py::object epoch = datetime.attr("datetime")(1970, 1, 1, "tzinfo"_a = datetime.attr("timezone").attr("utc"));
  const py::object delta = value - epoch;
  return delta.attr("days").cast<std::int64_t>() * 86'400'000'000 +
         delta.attr("seconds").cast<std::int64_t>() * 1'000'000 + delta.attr("microseconds").cast<std::int64_t>();
}

inline bool is_missing(const py::handle& value) {
  if (value.is_none()) return true;
  if (py::isinstance<py::float_>(value)) return value.cast<double>() != value.cast<double>();
  const std::string name = type_name(value);
  return name == "NaTType" || name == "NAType";
}

/// The Arrow format that an object array's values ask for, from its first value.
inline std::string format_of(const py::list& values, const std::string& name) {
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

inline std::shared_ptr<const io::ColumnData> from_objects(const std::string& name, const py::list& values) {
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
inline std::shared_ptr<const io::ColumnData> column_of(const std::string& name, const py::handle& given) {
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

}  // namespace assay::bindings
