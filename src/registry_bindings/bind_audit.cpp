// The compiled part of the register audit: tables as plain values, rules about rows, reconciliation, names, traffic,
// feeds.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assay/registry/feed_facts.hpp>
#include <assay/registry/near_names.hpp>
#include <assay/registry/reconcile.hpp>
#include <assay/registry/register_rules.hpp>
#include <assay/registry/sheet.hpp>
#include <assay/registry/traffic.hpp>

#include "convert.hpp"

void bind_audit(pybind11::module_& m);

namespace {

namespace py = pybind11;
using namespace pybind11::literals;
using namespace assay;
using assay::bindings::to_python;
using registry::Sheet;
using registry::Value;

ArrowArrayStream* stream_in(const py::object& capsule) {
  return static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), "arrow_array_stream"));
}

registry::Day day_from(int days) { return registry::Day{std::chrono::days{days}}; }
int number_of(registry::Day day) { return static_cast<int>(day.time_since_epoch().count()); }

std::string type_name(const py::handle& object) {
  return py::str(py::type::handle_of(object).attr("__name__")).cast<std::string>();
}

/// Python's own values as those of a register; what a register cannot hold is named instead.
class ValueReader {
 public:
  std::optional<Value> operator()(py::handle object, std::string& unreadable) const {
    const py::object plain = plain_of(object);
    if (plain.is_none()) return Value{};
    if (py::isinstance<py::bool_>(plain)) return plain.cast<bool>();
    if (py::isinstance<py::str>(plain)) return plain.cast<std::string>();
    if (py::isinstance<py::int_>(plain)) {
      int overflow = 0;
      const long long whole = PyLong_AsLongLongAndOverflow(plain.ptr(), &overflow);
      if (overflow == 0) return static_cast<std::int64_t>(whole);
      unreadable = "whole numbers beyond 64 bits";
      return {};
    }
    if (py::isinstance<py::float_>(plain)) {
      const double number = plain.cast<double>();
      return std::isnan(number) ? Value{} : Value{number};
    }
    if (py::isinstance(plain, datetime_)) {
      if (plain.attr("tzinfo").is_none()) {
        unreadable = "times without a zone";
        return {};
      }
      const py::object since = plain - epoch_;
      const auto micros = since.attr("days").cast<std::int64_t>() * 86'400'000'000 +
                          since.attr("seconds").cast<std::int64_t>() * 1'000'000 +
                          since.attr("microseconds").cast<std::int64_t>();
      return time_from_micros(micros);
    }
    if (py::isinstance(plain, date_)) return day_from(plain.attr("toordinal")().cast<int>() - 719'163);
    if (py::isinstance<py::list>(plain) || py::isinstance<py::tuple>(plain) || py::isinstance<py::set>(plain) ||
        py::isinstance<py::frozenset>(plain)) {
      registry::Texts texts;
      for (const py::handle each : plain) {
        if (!py::isinstance<py::str>(each)) {
          unreadable = "lists of " + type_name(each);
          return {};
        }
        texts.push_back(each.cast<std::string>());
      }
      return texts.empty() ? Value{} : Value{registry::texts_of(std::move(texts))};
    }
    unreadable = "values of type " + type_name(plain);
    return {};
  }

 private:
  /// What lies behind a NumPy scalar.
  static py::object plain_of(py::handle object) {
    auto own = py::reinterpret_borrow<py::object>(object);
    return py::hasattr(own, "dtype") && py::hasattr(own, "item") ? own.attr("item")() : own;
  }
  py::module_ module_{py::module_::import("datetime")};
  py::object datetime_{module_.attr("datetime")};
  py::object date_{module_.attr("date")};
  py::object epoch_{datetime_(1970, 1, 1, "tzinfo"_a = module_.attr("timezone").attr("utc"))};
};

Sheet sheet_from(const py::list& columns) {
  const ValueReader read;
  std::vector<registry::SheetColumn> out;
  for (const py::handle item : columns) {
    const auto parts = py::reinterpret_borrow<py::sequence>(item);
    registry::SheetColumn column{parts[0].cast<std::string>(), {}, {}};
    for (const py::handle value : parts[1]) {
      auto got = read(value, column.unreadable);
      if (!got) break;
      column.values.push_back(std::move(*got));
    }
    out.push_back(std::move(column));
  }
  return Sheet{std::move(out)};
}

py::list list_of(const std::vector<Value>& values) {
  py::list out{values.size()};
  for (std::size_t row = 0; row < values.size(); ++row) out[row] = to_python(values[row]);
  return out;
}

py::dict row_of(const Sheet& sheet, std::size_t row) {
  if (row >= sheet.rows()) throw py::index_error("no such row");
  py::dict out;
  for (const registry::SheetColumn& column : sheet.columns())
    if (column.unreadable.empty()) out[py::str(column.name)] = to_python(column.values[row]);
  return out;
}

/// The same sheet with columns in which nothing is set, for those of the names that it lacks.
Sheet with_columns(const Sheet& sheet, const std::vector<std::string>& names) {
  std::vector<registry::SheetColumn> columns = sheet.columns();
  for (const std::string& name : names)
    if (sheet.find(name) == nullptr) columns.push_back({name, std::vector<Value>(sheet.rows()), {}});
  return Sheet{std::move(columns)};
}

/// The kind of a column's values, "text", "texts", ...; "mixed", "unreadable", or "nothing" where none is set.
std::string kind_of(const registry::SheetColumn& column) {
  if (!column.unreadable.empty()) return "unreadable";
  std::string kind = "nothing";
  for (const Value& value : column.values) {
    if (!registry::is_set(value)) continue;
    const std::string_view word = bindings::type_word(registry::type_of(value));
    if (kind == "nothing")
      kind = word;
    else if (kind != word)
      return "mixed";
  }
  return kind;
}

registry::Test test_of(const std::string& word) {
  using enum registry::Test;
  constexpr std::pair<std::string_view, registry::Test> known[] = {
      {"is", is},       {"is_not", is_not},   {"missing", missing},   {"present", present},
      {"below", below}, {"at_most", at_most}, {"at_least", at_least}, {"above", above},
      {"holds", holds}, {"lacks", lacks},     {"like", like}};
  for (const auto& [name, test] : known)
    if (name == word) return test;
  throw InputError("a test that is known", in_quotes(word));
}

/// ("any", [condition, ...]) or (field, test, "values" | "field" | "today", operand).
registry::Condition condition_of(const py::handle& object, const ValueReader& read) {
  const auto parts = py::reinterpret_borrow<py::tuple>(object);
  registry::Condition out;
  if (parts.size() == 2) {
    for (const py::handle each : parts[1]) out.any.push_back(condition_of(each, read));
    return out;
  }
  out.field = parts[0].cast<std::string>();
  out.test = test_of(parts[1].cast<std::string>());
  const auto kind = parts[2].cast<std::string>();
  if (kind == "field") {
    out.operand = registry::OtherField{parts[3].cast<std::string>()};
  } else if (kind == "today") {
    out.operand = registry::FromToday{parts[3].cast<int>()};
  } else {
    std::vector<Value> values;
    for (const py::handle each : parts[3]) {
      std::string unreadable;
      auto value = read(each, unreadable);
      if (!value) throw InputError("a value that a register can hold", unreadable, {out.field, {}});
      values.push_back(std::move(*value));
    }
    out.operand = std::move(values);
  }
  return out;
}

py::list faults(const Sheet& sheet, const std::string& id, const py::list& when, std::vector<std::string> require,
                const std::string& text, int today) {
  const ValueReader read;
  registry::RegisterRule rule{id, {}, std::move(require), text};
  for (const py::handle each : when) rule.when.push_back(condition_of(each, read));
  py::list out;
  for (const registry::Fault& each : faults_of(rule, sheet, day_from(today)))
    out.append(py::make_tuple(each.row, each.summary, each.evidence));
  return out;
}

registry::Likeness likeness_of(const std::string& word) {
  using enum registry::Likeness;
  constexpr std::pair<std::string_view, registry::Likeness> known[] = {
      {"exact", exact}, {"text", folded}, {"set", set}, {"number", number}, {"day", day}, {"flag", flag}};
  for (const auto& [name, likeness] : known)
    if (name == word) return likeness;
  throw InputError("exact, text, set, number, day or flag", in_quotes(word));
}

/// (here, there, as, tolerance, separators, [(their word, [our words])], always)
registry::FieldPair pair_of(const py::handle& object) {
  const auto parts = py::reinterpret_borrow<py::tuple>(object);
  registry::FieldPair out;
  out.here = parts[0].cast<std::string>();
  out.there = parts[1].cast<std::string>();
  out.how.likeness = likeness_of(parts[2].cast<std::string>());
  out.how.tolerance = parts[3].cast<double>();
  out.how.separators = parts[4].cast<std::string>();
  for (const auto& [theirs, ours] : parts[5].cast<std::vector<std::pair<std::string, std::vector<std::string>>>>()) {
    std::vector<std::string> meanings;
    for (const std::string& each : ours) meanings.push_back(registry::folded(each));
    out.how.meanings.emplace_back(registry::folded(theirs), std::move(meanings));
  }
  out.always = parts[6].cast<bool>();
  return out;
}

py::dict reconciled(const Sheet& here, const Sheet& there, const std::string& key_here, const std::string& key_there,
                    const py::list& fields, std::vector<bool> expected, std::vector<bool> compared) {
  registry::ReconciliationSpec spec{key_here, key_there, {}, std::move(expected), std::move(compared)};
  for (const py::handle each : fields) spec.fields.push_back(pair_of(each));
  registry::Reconciliation found;
  {
    const py::gil_scoped_release unlocked;
    found = reconcile(here, there, spec);
  }
  py::list differences;
  for (const registry::Difference& each : found.differences) {
    const registry::FieldPair& pair = spec.fields[each.field];
    differences.append(py::make_tuple(each.row_here, each.row_there, each.field,
                                      registry::to_text(here.at(pair.here)[each.row_here]),
                                      registry::to_text(there.at(pair.there)[each.row_there])));
  }
  py::dict out;
  out["differences"] = differences;
  out["only_here"] = found.only_here;
  out["only_there"] = found.only_there;
  out["blank_there"] = found.blank_there;
  out["twice_there"] = found.twice_there;
  out["matched"] = found.matched;
  return out;
}

py::tuple near(const std::vector<std::string>& names, const std::vector<std::vector<std::string>>& scopes,
               std::size_t most, double same_word) {
  registry::NamePairs found;
  {
    const py::gil_scoped_release unlocked;
    found = registry::name_pairs(names, scopes, most, same_word);
  }
  return py::make_tuple(found.pairs, found.crowded);
}

py::list traffic(const py::object& capsule, const std::string& queue, const std::string& at, const std::string& cases,
                 int since) {
  io::Stream stream{stream_in(capsule)};
  std::vector<registry::QueueTraffic> found;
  {
    const py::gil_scoped_release unlocked;
    found = registry::traffic_of(std::move(stream), {queue, at, cases}, day_from(since));
  }
  py::list out;
  for (const registry::QueueTraffic& each : found)
    out.append(
        py::make_tuple(each.queue, each.cases, each.recent, each.last ? to_python(Value{*each.last}) : py::none()));
  return out;
}

/// A feed may have come in another shape than its contract says: a column of times or keys that is not there, or cannot
/// be one, is left out, and the answer says so.
py::dict feed(const py::object& capsule, const std::string& at, const std::vector<std::string>& key) {
  io::Stream stream{stream_in(capsule)};
  const auto type_of = [&](const std::string& name) -> const io::Type* {
    const io::Type* found = nullptr;
    for (const io::Field& field : stream.fields())
      if (field.name == name) found = found == nullptr ? &field.type : found;
    return found;
  };
  const io::Type* time = type_of(at);
  const bool timed =
      time != nullptr && !time->keys &&
      (time->meaning == io::Meaning::date || (time->meaning == io::Meaning::timestamp && !time->zone.empty()));
  const bool keyed = !key.empty() && std::all_of(key.begin(), key.end(), [&](const std::string& name) {
    const io::Type* type = type_of(name);
    return type != nullptr && type->storage != io::Storage::unsupported && !type->is_real() &&
           type->meaning != io::Meaning::duration;
  });
  registry::FeedFacts found;
  {
    const py::gil_scoped_release unlocked;
    found = registry::facts_of(std::move(stream), timed ? at : "", keyed ? key : std::vector<std::string>{});
  }
  py::list columns;
  for (const registry::FeedColumn& each : found.columns)
    columns.append(py::make_tuple(each.name, each.type, each.nulls));
  py::list days;
  for (const auto& [day, rows] : found.days) days.append(py::make_tuple(number_of(day), rows));
  py::dict out;
  out["rows"] = found.rows;
  out["columns"] = columns;
  out["days"] = days;
  out["newest"] = found.newest ? to_python(*found.newest) : py::none();
  out["repeated"] = found.repeated;
  out["examples"] = found.examples;
  out["timed"] = timed;
  out["keyed"] = keyed;
  return out;
}

}  // namespace

void bind_audit(py::module_& m) {
  py::class_<Sheet>(m, "Sheet", "A table as plain values; immutable.")
      .def_static(
          "from_stream", [](const py::object& capsule) { return registry::read_sheet(stream_in(capsule)); },
          "capsule"_a, "The rows of an Arrow C stream.")
      .def_static("from_columns", &sheet_from, "columns"_a, "A sheet from (name, values) pairs of Python's values.")
      .def_property_readonly(
          "column_names",
          [](const Sheet& self) {
            std::vector<std::string> names;
            for (const registry::SheetColumn& each : self.columns()) names.push_back(each.name);
            return names;
          },
          "The names of the columns, in order.")
      .def("__len__", &Sheet::rows)
      .def(
          "column", [](const Sheet& self, const std::string& name) { return list_of(self.at(name)); }, "name"_a,
          "One column as a list; None where it is not set, a tuple where it is a set.")
      .def("row", &row_of, "row"_a, "One row as a mapping; columns that cannot be read are left out.")
      .def("with_columns", &with_columns, "names"_a,
           "The same with columns in which nothing is set, for those of the names that it lacks.")
      .def(
          "kind",
          [](const Sheet& self, const std::string& name) {
            const registry::SheetColumn* column = self.find(name);
            if (column == nullptr) (void)self.at(name);
            return kind_of(*column);
          },
          "name"_a, "The kind of a column: text, texts, whole, real, flag, day, time, mixed, nothing or unreadable.");
  m.def("faults", &faults, "sheet"_a, "id"_a, "when"_a, "require"_a, "text"_a, "today"_a,
        "The rows at fault under one rule: (row, summary, evidence).");
  m.def("reconcile", &reconciled, "here"_a, "there"_a, "key_here"_a, "key_there"_a, "fields"_a, "expected"_a,
        "compared"_a, "What two tables disagree on.");
  m.def("name_pairs", &near, "names"_a, "scopes"_a, "most"_a, "same_word"_a,
        "Pairs of positions of names worth comparing, and how many blocks were too crowded to pair.");
  m.def("traffic", &traffic, "capsule"_a, "queue"_a, "at"_a, "cases"_a, "since"_a,
        "(queue, cases, recent cases, last day) of each queue that a table names.");
  m.def("feed_facts", &feed, "capsule"_a, "at"_a, "key"_a, "What a feed brought.");
}
