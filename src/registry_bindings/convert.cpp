#include "convert.hpp"

#include <pybind11/gil_safe_call_once.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>
#include <variant>

#include <assay/registry/books.hpp>

#include "pages.hpp"

namespace assay::bindings {

using registry::Command;
using registry::Day;
using registry::Event;
using registry::EventKind;
using registry::Labels;
using registry::Texts;
using registry::Type;
using registry::Value;

namespace {

constexpr std::array<std::string_view, 9> type_words{"",     "text", "texts", "whole", "real",
                                                     "flag", "day",  "time",  "labels"};

std::string text_of(const py::handle& object, const std::string& name) {
  if (!py::isinstance<py::str>(object))
    throw InputError("text", "a value of type " + std::string{py::str(py::type::handle_of(object).attr("__name__"))},
                     {name, {}});
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(object.ptr(), &size);
  if (text == nullptr) {
    PyErr_Clear();
    throw InputError("text that UTF-8 can hold", "text with a lone surrogate", {name, {}});
  }
  return {text, static_cast<std::size_t>(size)};
}

std::int64_t whole_of(const py::handle& object, const std::string& name) {
  int overflow = 0;
  const std::int64_t number =
      PyLong_Check(object.ptr()) != 0 ? PyLong_AsLongLongAndOverflow(object.ptr(), &overflow) : 0;
  if (PyLong_Check(object.ptr()) == 0 || overflow != 0)
    throw InputError("a whole number below 2^63", std::string{py::str(object)}, {name, {}});
  return number;
}

/// What datetime is needed for, looked up once.
struct Moments {
  py::object date;
  py::object epoch;
  py::object delta;

  static const Moments& get() {
    PYBIND11_CONSTINIT static py::gil_safe_call_once_and_store<Moments> stored;
    return stored
        .call_once_and_store_result([] {
          const py::module_ datetime = py::module_::import("datetime");
          return Moments{datetime.attr("date").attr("fromordinal"),
                         datetime.attr("datetime")(1970, 1, 1, "tzinfo"_a = datetime.attr("timezone").attr("utc")),
                         datetime.attr("timedelta")};
        })
        .get_stored();
  }
};

py::object day_of(std::int64_t days) { return Moments::get().date(days + 719'163); }

py::object moment_of(std::int64_t micros) {
  const Moments& moments = Moments::get();
  return moments.epoch + moments.delta(0, 0, micros);
}

py::str text_to_python(std::string_view text) {
  PyObject* out = PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
  if (out == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(out);
}

Value labels_of(const py::handle& object, const std::string& name) {
  Labels labels;
  for (const py::handle item : object) {
    const auto pair = py::reinterpret_borrow<py::sequence>(item);
    labels.emplace_back(text_of(pair[0], name), text_of(pair[1], name));
  }
  return labels;
}

/// The type that a book declares for a field or an argument of a verb; nothing where it has none of this name.
std::optional<Type> declared(const Command& command, const std::string& name) {
  for (const registry::Book* book : registry::books()) {
    if (book->name != command.book) continue;
    if (const registry::Verb* verb = book->verb(std::string_view{command.verb}))
      for (const registry::Argument& argument : verb->arguments)
        if (argument.name == name) return argument.type;
    if (const auto position = book->field(std::string_view{name})) return book->fields[*position].type;
  }
  return {};
}

py::dict named(const registry::Book& book, const registry::Values& values, const registry::Verb* verb) {
  py::dict out;
  for (const auto& [number, value] : values) {
    std::string name = "field " + std::to_string(number);
    if (verb != nullptr) {
      for (const registry::Argument& argument : verb->arguments)
        if (argument.number == number) name = argument.name;
    } else if (const auto position = book.field(number)) {
      name = book.fields[*position].name;
    }
    out[py::str(name)] = to_python(value);
  }
  return out;
}

}  // namespace

std::string_view type_word(Type type) noexcept { return type_words[static_cast<std::size_t>(type)]; }

Type type_from_word(const std::string& word) {
  for (std::size_t i = 1; i < type_words.size(); ++i)
    if (type_words[i] == word) return static_cast<Type>(i);
  throw InputError("a type of a column", in_quotes(word));
}

Value value_of(const py::handle& object, Type type, const std::string& name) {
  if (object.is_none()) return {};
  switch (type) {
    case Type::text:
      return text_of(object, name);
    case Type::texts: {
      Texts texts;
      for (const py::handle item : object) texts.push_back(text_of(item, name));
      return texts;
    }
    case Type::whole:
      return whole_of(object, name);
    case Type::real:
      return PyLong_Check(object.ptr()) != 0 ? static_cast<double>(whole_of(object, name)) : object.cast<double>();
    case Type::flag:
      return object.cast<bool>();
    case Type::day:
      return Day{std::chrono::days{static_cast<int>(whole_of(object, name))}};
    case Type::time:
      return time_from_micros(whole_of(object, name));
    case Type::labels:
      return labels_of(object, name);
  }
  return {};
}

py::object to_python(TimePoint time) { return moment_of(micros_of(time)); }

py::object to_python(const Value& value) {
  struct Put {
    py::object operator()(std::monostate) const { return py::none(); }
    py::object operator()(const std::string& text) const { return text_to_python(text); }
    py::object operator()(const Texts& texts) const {
      py::tuple out(texts.size());
      for (std::size_t i = 0; i < texts.size(); ++i) out[i] = text_to_python(texts[i]);
      return out;
    }
    py::object operator()(std::int64_t number) const { return py::int_(number); }
    py::object operator()(double number) const { return py::float_(number); }
    py::object operator()(bool flag) const { return py::bool_(flag); }
    py::object operator()(Day day) const { return day_of(day.time_since_epoch().count()); }
    py::object operator()(TimePoint time) const { return moment_of(micros_of(time)); }
    py::object operator()(const Labels& labels) const {
      py::dict out;
      for (const auto& [name, text] : labels) out[text_to_python(name)] = text_to_python(text);
      return out;
    }
  };
  return std::visit(Put{}, value);
}

py::object to_python(const Value& value, Type type) {
  if (!registry::is_set(value) && type == Type::texts) return py::tuple{};
  if (!registry::is_set(value) && type == Type::labels) return py::dict{};
  return to_python(value);
}

Command command_of(const py::tuple& parts) {
  if (parts.size() != 10) throw InputError("a command of 10 parts", std::to_string(parts.size()));
  Command command;
  command.book = text_of(parts[0], "book");
  command.verb = text_of(parts[1], "verb");
  command.id = text_of(parts[2], "id");
  for (const py::handle item : parts[3]) {
    const auto pair = py::reinterpret_borrow<py::sequence>(item);
    std::string name = text_of(pair[0], "a name");
    const auto type = declared(command, name);
    command.values.emplace_back(name, type ? value_of(pair[1], *type, name) : Value{});
  }
  command.actor = text_of(parts[4], "actor");
  command.reason = text_of(parts[5], "reason");
  command.ticket = text_of(parts[6], "ticket");
  if (!parts[7].is_none()) command.at = time_from_micros(whole_of(parts[7], "at"));
  command.command_id = text_of(parts[8], "command_id");
  if (!parts[9].is_none()) {
    const std::int64_t version = whole_of(parts[9], "expected_version");
    if (version < 0) throw InputError("an expected_version of 0 or more", std::to_string(version));
    command.expected_version = static_cast<std::uint64_t>(version);
  }
  return command;
}

std::vector<Command> commands_of(const py::list& given) {
  std::vector<Command> out;
  out.reserve(given.size());
  for (const py::handle item : given) out.push_back(command_of(py::reinterpret_borrow<py::tuple>(item)));
  return out;
}

py::dict to_python(const Event& event) {
  const registry::Book& book = registry::book_of(event.book);
  const registry::Verb* verb = book.verb(event.verb);
  py::dict out;
  out["sequence"] = event.sequence;
  out["kind"] = kind_word(event.kind);
  out["book"] = book.name;
  out["verb"] = verb == nullptr ? std::string_view{"unknown"} : verb->name;
  out["id"] = text_to_python(event.id);
  out["state"] = book.state_name(event.state);
  out["version"] = event.version;
  out["effective"] = to_python(event.effective);
  out["recorded"] = to_python(event.recorded);
  out["actor"] = text_to_python(event.actor);
  out["reason"] = text_to_python(event.reason);
  out["ticket"] = event.ticket.empty() ? py::object{py::none()} : text_to_python(event.ticket);
  out["command_id"] = event.command_id.empty() ? py::object{py::none()} : text_to_python(event.command_id);
  out["cause"] = event.cause == 0 ? py::object{py::none()} : py::int_(event.cause);
  out["changes"] = named(book, event.changes, nullptr);
  out["arguments"] = verb == nullptr ? py::dict{} : named(book, event.arguments, verb);
  return out;
}

py::dict to_python(const registry::Book& book, const registry::Record& record) {
  py::dict out;
  out["id"] = text_to_python(record.id);
  out["state"] = book.state_name(record.state);
  out["version"] = record.version;
  out["created"] = to_python(record.created);
  out["changed"] = to_python(record.changed);
  for (std::size_t i = 0; i < book.fields.size(); ++i)
    out[py::str(std::string{book.fields[i].name})] = to_python(record.fields[i], book.fields[i].type);
  return out;
}

py::list to_list(const ViewColumn& column, std::optional<std::int64_t> most) {
  const std::int64_t rows = most ? std::min(*most, column.rows()) : column.rows();
  const io::ColumnData& data = *column.data;
  py::list out(static_cast<std::size_t>(rows));
  for (std::int64_t row = 0; row < rows; ++row) {
    py::object cell = py::none();
    if (column.is_list()) {
      const auto from = column.ends[static_cast<std::size_t>(row)];
      const auto to = column.ends[static_cast<std::size_t>(row) + 1];
      py::list items(static_cast<std::size_t>(to - from));
      for (std::int32_t i = from; i < to; ++i) items[static_cast<std::size_t>(i - from)] = text_to_python(data.text(i));
      cell = std::move(items);
    } else if (!data.is_null(row)) {
      const io::Value value = data.value(row);
      if (const auto* text = std::get_if<std::string_view>(&value))
        cell = text_to_python(*text);
      else if (const auto* real = std::get_if<double>(&value))
        cell = py::float_(*real);
      else if (const auto* flag = std::get_if<bool>(&value))
        cell = py::bool_(*flag);
      else if (const auto* number = std::get_if<std::int64_t>(&value))
        cell = column.type == Type::day    ? day_of(*number)
               : column.type == Type::time ? moment_of(*number)
                                           : py::object{py::int_(*number)};
    }
    out[static_cast<std::size_t>(row)] = std::move(cell);
  }
  return out;
}

}  // namespace assay::bindings
