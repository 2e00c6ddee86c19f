// The registry for Python: one object an open journal, tables and events as they leave it. python/assay/registry gives
// them their faces.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/registry/books.hpp>
#include <assay/registry/decide.hpp>
#include <assay/registry/draft.hpp>

#include "convert.hpp"
#include "desk.hpp"
#include "pages.hpp"
#include "view.hpp"

void bind_registry(pybind11::module_& m);

namespace {

namespace py = pybind11;
using namespace pybind11::literals;
using namespace assay;
using namespace assay::bindings;
using registry::Book;
using registry::Command;
using registry::Event;
using registry::Registry;

/// Events that were written or read: immutable.
struct EventLog {
  std::vector<Event> events{};
};

py::capsule stream_capsule(const View& view) {
  auto stream = std::make_unique<ArrowArrayStream>();
  view.to_stream(stream.get());
  return {stream.release(), "arrow_array_stream", [](void* held) {
            auto* own = static_cast<ArrowArrayStream*>(held);
            if (own->release != nullptr) own->release(own);
            delete own;
          }};
}

/// A table from (name, type, values) triples.
View view_from(const py::list& columns) {
  std::vector<ViewColumn> out;
  for (const py::handle item : columns) {
    const auto parts = py::reinterpret_borrow<py::sequence>(item);
    const auto name = parts[0].cast<std::string>();
    const registry::Type type = type_from_word(parts[1].cast<std::string>());
    ViewColumnBuilder column{name, type};
    for (const py::handle value : parts[2]) column.append(value_of(value, type, name));
    out.push_back(column.finish());
    if (out.back().rows() != out.front().rows())
      throw InputError("columns of " + std::to_string(out.front().rows()) + " rows", std::to_string(out.back().rows()),
                       {name, {}});
  }
  return View{std::move(out)};
}

py::dict to_pydict(const View& view, std::optional<std::int64_t> most) {
  py::dict out;
  for (const ViewColumn& column : view.columns()) out[py::str(column.data->name)] = to_list(column, most);
  return out;
}

/// What there is to know of a book, for the makers of its Python face.
py::dict description_of(const Book& book) {
  const auto argument_dict = [](const auto& each) {
    py::dict out;
    out["name"] = each.name;
    out["type"] = type_word(each.type);
    out["meaning"] = each.meaning;
    return out;
  };
  py::dict out;
  out["name"] = book.name;
  out["noun"] = book.noun;
  py::list fields;
  for (const registry::Field& field : book.fields) {
    py::dict each = argument_dict(field);
    each["derived"] = field.derived;
    fields.append(each);
  }
  py::list states;
  for (const registry::StateOfRecord& state : book.states) {
    py::dict each;
    each["name"] = state.name;
    each["meaning"] = state.meaning;
    states.append(each);
  }
  py::list verbs;
  for (const registry::Verb& verb : book.verbs) {
    py::dict each;
    each["name"] = verb.name;
    each["meaning"] = verb.meaning;
    each["creates"] = verb.creates();
    each["takes_fields"] = verb.fields == registry::TakesFields::any;
    py::list from;
    for (const std::uint8_t state : verb.from) from.append(book.state_name(state));
    each["from"] = from;
    each["to"] = verb.to ? py::object{py::cast(book.state_name(*verb.to))} : py::none();
    py::list arguments;
    for (const registry::Argument& argument : verb.arguments) arguments.append(argument_dict(argument));
    each["arguments"] = arguments;
    verbs.append(each);
  }
  out["fields"] = fields;
  out["states"] = states;
  out["verbs"] = verbs;
  return out;
}

/// A fault found by trying a command on a draft: its group, its position there, the rule, the message, the column.
struct Fault {
  std::size_t group;
  std::size_t position;
  std::string rule;
  std::string message;
  std::string column;
  std::vector<std::string> legal;
};

/// Tries commands, group by group, without writing; of a group that is refused the rest is left out.
std::vector<Fault> try_out(Registry& open, const std::vector<std::vector<Command>>& groups, TimePoint now) {
  registry::Draft draft{open.state()};
  now = std::max(now, open.state().recorded());
  std::vector<Fault> faults;
  for (std::size_t group = 0; group < groups.size(); ++group)
    for (std::size_t position = 0; position < groups[group].size(); ++position) {
      try {
        registry::decide(draft, groups[group][position], now);
        continue;
      } catch (const RefusedError& refused) {
        faults.push_back({group, position, refused.rule(), refused.what(), {}, refused.legal()});
      } catch (const InputError& refused) {
        faults.push_back({group, position, "value", refused.what(), refused.place().column, {}});
      }
      break;
    }
  return faults;
}

registry::StoreOptions options_of(bool read_only, bool create, double patience, bool write_ahead_log) {
  if (!(patience >= 0 && patience <= 86'400)) throw InputError("a patience of 0 to 86400 seconds", to_text(patience));
  return {read_only, create, std::chrono::milliseconds{static_cast<std::int64_t>(patience * 1000)}, write_ahead_log};
}

std::optional<TimePoint> time_or_none(const std::optional<std::int64_t>& micros) {
  if (!micros) return {};
  return time_from_micros(*micros);
}

void bind_tables(py::module_& m) {
  py::class_<View>(m, "View", "An immutable table of the registry; any Arrow library reads it without a copy.")
      .def_property_readonly(
          "column_names",
          [](const View& self) {
            std::vector<std::string> names;
            for (const ViewColumn& each : self.columns()) names.push_back(each.data->name);
            return names;
          },
          "The names of the columns, in order.")
      .def("__len__", &View::rows)
      .def(
          "column", [](const View& self, const std::string& name) { return to_list(self.column(name)); }, "name"_a,
          "One column as a list; None where it is null, a list of texts where it is a set.")
      .def(
          "to_pydict", [](const View& self) { return to_pydict(self, std::nullopt); }, "All columns as lists.")
      .def(
          "first", [](const View& self, std::int64_t rows) { return to_pydict(self, std::max<std::int64_t>(rows, 0)); },
          "rows"_a, "The first rows of all columns as lists.")
      .def(
          "column_types",
          [](const View& self) {
            std::vector<std::string> types;
            for (const ViewColumn& each : self.columns()) types.emplace_back(type_word(each.type));
            return types;
          },
          "The kinds of the columns, in order.")
      .def(
          "__arrow_c_stream__", [](const View& self, const py::object&) { return stream_capsule(self); },
          "requested_schema"_a = py::none(), "The table as an Arrow C stream.")
      .def(
          "__eq__", [](const View& one, const View& other) { return one == other; }, "other"_a, py::is_operator())
      .def("__repr__", [](const View& self) {
        return "<View of " + std::to_string(self.rows()) + " rows and " + std::to_string(self.columns().size()) +
               " columns>";
      });
  m.def("view", &view_from, "columns"_a, "A table from (name, type, values) triples.");

  py::class_<EventLog>(m, "EventLog", "Events as they stand in the journal; immutable.")
      .def(py::init<>(), "No events.")
      .def("__len__", [](const EventLog& self) { return self.events.size(); })
      .def(
          "event",
          [](const EventLog& self, std::size_t position) {
            if (position >= self.events.size()) throw py::index_error("no such event");
            return to_python(self.events[position]);
          },
          "position"_a, "One event as a mapping.")
      .def(
          "view", [](const EventLog& self) { return events_view(self.events); }, "The events as a table.")
      .def(
          "sentences", [](const EventLog& self) { return sentences_of(self.events); },
          "The events as people read them.");
}

void bind_desk(py::module_& m) {
  py::class_<Desk>(m, "Desk", "One open registry; threads take turns.")
      .def(py::init([](const std::string& url, bool read_only, bool create, double patience, bool write_ahead_log,
                       const py::object& authoriser, const py::object& clock) {
             return std::make_unique<Desk>(url, options_of(read_only, create, patience, write_ahead_log), authoriser,
                                           clock);
           }),
           "url"_a, py::kw_only(), "read_only"_a = false, "create"_a = true, "patience"_a = 5.0,
           "write_ahead_log"_a = false, "authoriser"_a = py::none(), "clock"_a = py::none())
      .def("close", &Desk::close, "Let the journal go; every later call is refused.")
      .def_property_readonly("closed", &Desk::closed, "Whether it was closed.")
      .def_property_readonly("place", &Desk::place, "Where the journal is, in words.")
      .def_property_readonly(
          "writable", [](Desk& self) { return self.with([](Registry& open) { return open.store().writable(); }); },
          "Whether this user may write.")
      .def(
          "execute",
          [](Desk& self, const py::list& given) {
            const std::vector<Command> commands = commands_of(given);
            return self.with([&](Registry& open) { return EventLog{open.execute(commands)}; });
          },
          "commands"_a, "Do all commands or none; the events written.")
      .def(
          "try_out",
          [](Desk& self, const py::list& given) {
            std::vector<std::vector<Command>> groups;
            for (const py::handle group : given) groups.push_back(commands_of(py::reinterpret_borrow<py::list>(group)));
            const TimePoint now = self.now();
            py::list out;
            for (const Fault& each : self.with([&](Registry& open) { return try_out(open, groups, now); }))
              out.append(py::make_tuple(each.group, each.position, each.rule, each.message, each.column, each.legal));
            return out;
          },
          "groups"_a,
          "Try groups of commands, one after the other, without writing: (group, position, rule, message, column, "
          "legal) "
          "for each that would be refused. What an authoriser would say is not asked.")
      .def(
          "cancel",
          [](Desk& self, std::uint64_t event, const std::string& actor, const std::string& reason,
             const std::string& ticket) {
            return self.with([&](Registry& open) { return EventLog{open.cancel(event, actor, reason, ticket)}; });
          },
          "event"_a, "actor"_a, "reason"_a, "ticket"_a, "Call off a command that waits under an event.")
      .def(
          "record",
          [](Desk& self, const std::string& book_name, const std::string& id) -> py::object {
            const Book& book = registry::book_of(book_name);
            const auto found = self.with([&](Registry& open) -> std::optional<registry::Record> {
              const registry::Record* record = open.state().find(book, id);
              if (record == nullptr) return {};
              return *record;
            });
            if (!found) return py::none();
            return to_python(book, *found);
          },
          "book"_a, "id"_a, "One record as a mapping, or None.")
      .def(
          "ids",
          [](Desk& self, const std::string& book_name) {
            const Book& book = registry::book_of(book_name);
            return self.with([&](Registry& open) {
              std::vector<std::string> ids;
              for (const registry::Record* record : open.state().sorted(book)) ids.push_back(record->id);
              return ids;
            });
          },
          "book"_a, "The ids of a book, in order.")
      .def(
          "count",
          [](Desk& self, const std::string& book_name) {
            const Book& book = registry::book_of(book_name);
            return self.with([&](Registry& open) { return open.state().records(book).size(); });
          },
          "book"_a, "How many records a book has.")
      .def(
          "table",
          [](Desk& self, const std::string& book_name, const std::optional<std::int64_t>& as_of) {
            const Book& book = registry::book_of(book_name);
            const auto time = time_or_none(as_of);
            return self.with([&](Registry& open) {
              if (time) return book_view(open.as_of(*time), book);
              return book_view(open.state(), book);
            });
          },
          "book"_a, "as_of"_a = py::none(), "A book as a table, now or as it stood at a time.")
      .def(
          "history",
          [](Desk& self, const std::string& book_name, const std::string& id) {
            const Book& book = registry::book_of(book_name);
            return self.with([&](Registry& open) { return EventLog{open.history(book, id)}; });
          },
          "book"_a, "id"_a, "Every event of one record, first to last.")
      .def(
          "changes",
          [](Desk& self, std::uint64_t since, const std::optional<std::uint64_t>& most) {
            return self.with([&](Registry& open) { return EventLog{open.changes(since, most.value_or(UINT64_MAX))}; });
          },
          "since"_a, "most"_a = py::none(), "Events after a sequence number.")
      .def(
          "scheduled", [](Desk& self) { return self.with([](Registry& open) { return waiting_view(open.state()); }); },
          "What waits for its time.")
      .def(
          "done_before",
          [](Desk& self, const std::vector<std::string>& command_ids) {
            return self.with([&](Registry& open) {
              std::vector<bool> done;
              done.reserve(command_ids.size());
              for (const std::string& each : command_ids) done.push_back(open.store().find_command(each).has_value());
              return done;
            });
          },
          "command_ids"_a, "Which of these command ids stand in the journal.")
      .def(
          "sequence", [](Desk& self) { return self.with([](Registry& open) { return open.head().sequence; }); },
          "The number of the newest event.");
}

}  // namespace

void bind_registry(py::module_& m) {
  bind_tables(m);
  bind_desk(m);
  m.def(
      "books",
      [] {
        py::list out;
        for (const Book* book : registry::books()) out.append(description_of(*book));
        return out;
      },
      "The books there are: fields, states and verbs.");
  m.def("has_postgresql", &registry::has_postgresql, "Whether postgresql:// places can be opened.");
}
