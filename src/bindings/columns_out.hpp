#pragma once
/// \file
/// Columns as Python has them: lists of values, and the state of a table that is pickled.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <assay/io/table.hpp>

#include "bindings.hpp"

namespace assay::bindings {

/// A date, a time or a duration. Python raises where it has no such year.
inline py::object to_moment(std::int64_t number, const io::Type& type) {
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
inline py::object to_decimal(const io::ColumnData& column, std::int64_t row) {
  const io::Type type = io::detail::plain_type(column.format);
  const auto width = static_cast<std::size_t>(type.decimal_bytes);
  const auto* at = reinterpret_cast<const char*>(column.values.data()) + static_cast<std::size_t>(row) * width;
  const py::object whole =
      py::type::of(py::int_(0)).attr("from_bytes")(py::bytes(at, width), "little", "signed"_a = true);
  return py::module_::import("decimal").attr("Decimal")(std::string{py::str(whole)} + "E" +
                                                        std::to_string(-type.decimal_scale));
}

/// One value as Python has it: None, bool, int, float, str, date, datetime with zone.
inline py::object to_python(const io::ColumnData& column, std::int64_t row) {
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

inline py::list to_list(const io::ColumnData& column) {
  py::list out;
  for (std::int64_t row = 0; row < column.length; ++row) out.append(to_python(column, row));
  return out;
}

/// A table as one tuple a column: name, format, rows, nulls, and the three buffers as bytes.
inline py::list state_of(const io::Table& table) {
  py::list out;
  for (const auto& column : table.columns())
    out.append(py::make_tuple(column->name, column->format, column->length, column->null_count,
                              to_python(column->validity), to_python(column->values), to_python(column->letters)));
  return out;
}

/// \throws FormatError where the buffers are not what the rest says they are, so that nothing is read beyond them.
inline void require_whole(const io::ColumnData& column) {
  const auto refuse = [&](bool wrong) {
    if (wrong) throw FormatError("the column " + in_quotes(column.name) + " of a pickled table: damaged bytes");
  };
  refuse(column.length < 0 || column.length > (std::int64_t{1} << 48U));
  const auto rows = static_cast<std::size_t>(column.length);
  const std::size_t bits = (rows + 7) / 8;
  std::int64_t nulls = 0;
  if (!column.validity.empty()) {
    refuse(column.validity.size() < bits);
    for (std::int64_t row = 0; row < column.length; ++row) nulls += column.is_null(row) ? 1 : 0;
  }
  refuse(nulls != column.null_count);
  if (column.format == "b") return refuse(column.values.size() < bits);
  if (column.format != "u" && column.format != "U") {
    const int width = io::width_of(io::detail::plain_type(column.format));
    return refuse(width <= 0 || column.values.size() != rows * static_cast<std::size_t>(width));
  }
  const std::size_t width = column.format == "u" ? 4 : 8;
  refuse(column.values.size() != (rows + 1) * width);
  std::int64_t before = 0;
  for (std::int64_t row = 0; row <= column.length; ++row) {
    const std::int64_t at = width == 4 ? column.at<std::int32_t>(row) : column.at<std::int64_t>(row);
    refuse(row == 0 ? at != 0 : at < before);
    before = at;
  }
  refuse(before != static_cast<std::int64_t>(column.letters.size()));
}

/// The table that `state_of` wrote. \throws FormatError for anything else.
inline io::Table table_of_state(const py::list& state) {
  std::vector<std::shared_ptr<const io::ColumnData>> columns;
  for (const py::handle each : state) {
    auto column = std::make_shared<io::ColumnData>();
    const auto parts = py::isinstance<py::tuple>(each) ? py::reinterpret_borrow<py::tuple>(each) : py::tuple{};
    try {
      if (parts.size() != 7) throw FormatError("a column of a pickled table without its seven parts: damaged bytes");
      column->name = parts[0].cast<std::string>();
      column->format = parts[1].cast<std::string>();
      column->length = parts[2].cast<std::int64_t>();
      column->null_count = parts[3].cast<std::int64_t>();
      const auto bytes = [&](std::size_t part) {
        const auto view = view_of(parts[part].cast<py::bytes>());
        return std::vector<std::byte>{view.begin(), view.end()};
      };
      column->validity = bytes(4);
      column->values = bytes(5);
      column->letters = bytes(6);
    } catch (const py::cast_error&) {
      throw FormatError("a column of a pickled table of other types than were written: damaged bytes");
    }
    require_whole(*column);
    columns.push_back(std::move(column));
  }
  try {
    return io::Table{std::move(columns)};
  } catch (const InputError&) {
    throw FormatError("columns of a pickled table that differ in length: damaged bytes");
  }
}

}  // namespace assay::bindings
