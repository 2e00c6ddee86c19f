// How records stood when each row of a table was made: ids and times in, columns out.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <assay/io/arrow.hpp>
#include <assay/io/encode.hpp>
#include <assay/registry/books.hpp>
#include <assay/registry/standing.hpp>

#include "convert.hpp"
#include "desk.hpp"
#include "view.hpp"

void bind_standing(pybind11::module_& m);

namespace {

namespace py = pybind11;
using namespace pybind11::literals;
using namespace assay;
using namespace assay::bindings;
using registry::Standings;
using registry::Type;

/// The stream of a table, and the dictionaries that its library hands over apart from their keys.
io::Stream stream_of(const py::object& table, const py::dict& dictionaries) {
  const auto raw = [](const py::object& from) {
    const py::capsule capsule = from.attr("__arrow_c_stream__")();
    return io::Stream{static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), "arrow_array_stream"))};
  };
  io::Stream stream = raw(table);
  for (const auto& [name, values] : dictionaries) {
    io::Stream distinct = raw(py::reinterpret_borrow<py::object>(values));
    io::Batch batch;
    if (!distinct.next(batch)) batch = io::Batch{};
    const std::size_t index = stream.index_of(name.cast<std::string>());
    if (batch.rows() > 0) stream.attach_dictionary(index, distinct.fields(), batch);
  }
  return stream;
}

/// Every row's record and span, by number.
struct Rows {
  std::vector<io::Code> ids{};
  std::vector<const Standings::Span*> spans{};
  io::SharedDictionary names{};
  std::int64_t nameless{0};
  std::int64_t unknown{0};
  std::int64_t early{0};
  std::int64_t timeless{0};
  std::optional<std::int64_t> first_fault{};
  std::map<std::string, std::int64_t> examples{};  ///< ids that had no answer, with how often
};

void require_times(const io::Field& field) {
  const io::Type& type = field.type;
  if (type.meaning == io::Meaning::timestamp && !type.zone.empty() && !type.keys) return;
  throw InputError("timestamps with a zone", type.words(), {field.name, {}},
                   type.meaning == io::Meaning::timestamp ? "say which zone they are in (UTC, for instance)"
                                                          : "cast the column to timestamps with a zone");
}

void look_up(io::Stream& stream, const std::string& on, const std::string& at, const Standings& standings, Rows& rows) {
  constexpr std::size_t most_examples = 1000;
  const std::size_t id_index = stream.index_of(on);
  const std::size_t at_index = stream.index_of(at);
  require_times(stream.fields()[at_index]);
  io::Encoder encoder{rows.names, std::string{}, true};
  std::vector<const Standings::Spans*> known;
  io::Batch batch;
  while (stream.next(batch)) {
    const std::size_t before = rows.ids.size();
    rows.ids.resize(before + static_cast<std::size_t>(batch.rows()));
    encoder.begin(batch.column(id_index));
    encoder.encode(0, batch.rows(), rows.ids.data() + before);
    for (std::size_t code = known.size(); code < rows.names.values.size(); ++code)
      known.push_back(standings.of(rows.names.values.text(static_cast<io::Code>(code))));
    const io::Column times = batch.column(at_index);
    const auto* values = times.values<std::int64_t>();
    rows.spans.reserve(rows.ids.size());
    for (std::int64_t row = 0; row < batch.rows(); ++row) {
      const io::Code code = rows.ids[before + static_cast<std::size_t>(row)];
      const Standings::Spans* spans = known[code];
      const Standings::Span* span = nullptr;
      const bool null_time = times.is_null(row);
      if (spans != nullptr && !null_time)
        span =
            Standings::at(*spans, time_from_micros(io::Encoder::to_micros(values[row], times.field->type, times, row)));
      rows.spans.push_back(span);
      if (span != nullptr) continue;
      const std::string_view id = rows.names.values.text(code);
      std::int64_t& count = id.empty()         ? rows.nameless
                            : spans == nullptr ? rows.unknown
                            : null_time        ? rows.timeless
                                               : rows.early;
      ++count;
      if (!rows.first_fault) rows.first_fault = times.first_row + row;
      if (rows.examples.size() < most_examples || rows.examples.contains(std::string{id}))
        ++rows.examples[std::string{id}];
    }
  }
}

/// A wished column: "state", "now", or a field by its name; and what it is to be called.
struct Wish {
  std::string what;
  std::string name;
};

ViewColumn column_of(const Wish& wish, const Rows& rows, const Standings& standings) {
  const registry::Book& book = standings.book();
  if (wish.what == "now") {
    std::vector<std::string_view> heirs;
    for (io::Code code = 0; code < rows.names.values.size(); ++code) {
      const std::string_view id = rows.names.values.text(code);
      heirs.push_back(standings.of(id) == nullptr ? std::string_view{} : standings.now(id));
    }
    ViewColumnBuilder column{wish.name, Type::text};
    for (std::size_t row = 0; row < rows.ids.size(); ++row) {
      if (heirs[rows.ids[row]].empty())
        column.append_null();
      else
        column.append(heirs[rows.ids[row]]);
    }
    return column.finish();
  }
  if (wish.what == "state") {
    ViewColumnBuilder column{wish.name, Type::text};
    for (const Standings::Span* span : rows.spans) {
      if (span == nullptr)
        column.append_null();
      else
        column.append(book.state_name(span->state));
    }
    return column.finish();
  }
  const registry::Field& field = book.fields[*book.field(std::string_view{wish.what})];
  std::size_t position = 0;
  while (standings.fields()[position] != field.number) ++position;
  ViewColumnBuilder column{wish.name, field.type};
  const registry::Value nothing{};
  for (const Standings::Span* span : rows.spans)
    column.append(span == nullptr ? nothing : standings.value(*span, position));
  return column.finish();
}

py::tuple enrich(Desk& desk, const py::object& table, const py::dict& dictionaries, const std::string& on,
                 const std::string& at, const std::vector<std::pair<std::string, std::string>>& wished,
                 const std::string& book_name, const std::string& heir) {
  const registry::Book& book = registry::book_of(book_name);
  std::vector<std::uint8_t> fields;
  std::vector<Wish> wishes;
  for (const auto& [what, name] : wished) {
    wishes.push_back({what, name});
    if (what == "now" || what == "state") continue;
    const auto position = book.field(std::string_view{what});
    if (!position) throw InputError("a field of book '" + std::string{book.name} + "', state or now", in_quotes(what));
    fields.push_back(book.fields[*position].number);
  }
  const auto heir_position = book.field(std::string_view{heir});
  io::Stream stream = stream_of(table, dictionaries);
  Rows rows;
  std::vector<ViewColumn> columns;
  {
    const Standings standings = desk.with([&](registry::Registry& open) {
      (void)open.state();  // what is due is done first
      return registry::standings(open.store(), book, fields, heir_position ? book.fields[*heir_position].number : 0);
    });
    const py::gil_scoped_release unlocked;
    look_up(stream, on, at, standings, rows);
    columns.reserve(wishes.size());
    for (const Wish& wish : wishes) columns.push_back(column_of(wish, rows, standings));
  }
  py::dict faults;
  faults["nameless"] = rows.nameless;
  faults["unknown"] = rows.unknown;
  faults["early"] = rows.early;
  faults["timeless"] = rows.timeless;
  faults["first_row"] = rows.first_fault;
  faults["examples"] = rows.examples;
  return py::make_tuple(View{std::move(columns)}, static_cast<std::int64_t>(rows.ids.size()), faults);
}

}  // namespace

void bind_standing(py::module_& m) {
  m.def("enrich", &enrich, "desk"_a, "table"_a, "dictionaries"_a, "on"_a, "at"_a, "wished"_a, "book"_a, "heir"_a,
        "How the record named in column `on` stood at the time in column `at`, for every row: (columns, rows, faults). "
        "`wished` pairs a field, state or now with the name of its column.");
}
