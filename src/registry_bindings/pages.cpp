#include "pages.hpp"

#include <map>
#include <string>
#include <utility>

#include <assay/registry/books.hpp>
#include <assay/registry/story.hpp>

namespace assay::bindings {

using registry::Book;
using registry::Event;
using registry::EventKind;
using registry::Type;
using registry::Values;
using registry::Verb;

namespace {

/// Columns that are filled row by row.
class Columns {
 public:
  ViewColumnBuilder& add(std::string name, Type type) {
    builders_.emplace_back(std::move(name), type);
    return builders_.back();
  }
  ViewColumnBuilder& operator[](std::size_t at) { return builders_[at]; }
  [[nodiscard]] View finish() {
    std::vector<ViewColumn> out;
    out.reserve(builders_.size());
    for (ViewColumnBuilder& each : builders_) out.push_back(each.finish());
    return View{std::move(out)};
  }

 private:
  std::vector<ViewColumnBuilder> builders_{};
};

void append_or_null(ViewColumnBuilder& column, const std::string& text) {
  if (text.empty())
    column.append_null();
  else
    column.append(text);
}

std::string name_of(const Verb* verb) { return verb == nullptr ? "unknown" : std::string{verb->name}; }

}  // namespace

std::string_view kind_word(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::change:
      return "change";
    case EventKind::scheduled:
      return "scheduled";
    case EventKind::lapsed:
      return "lapsed";
    case EventKind::cancelled:
      return "cancelled";
  }
  return "unknown";
}

std::string json_of(const Book& book, const Values& values, const Verb* arguments_of) {
  std::string out;
  for (const auto& [number, value] : values) {
    std::string name = std::to_string(number);
    if (arguments_of != nullptr) {
      for (const registry::Argument& argument : arguments_of->arguments)
        if (argument.number == number) name = argument.name;
    } else if (const auto position = book.field(number)) {
      name = book.fields[*position].name;
    }
    out += (out.empty() ? "" : ", ") + json_text(name) + ": " + to_json(value);
  }
  return "{" + out + "}";
}

View book_view(const registry::State& state, const Book& book) {
  Columns columns;
  columns.add("id", Type::text);
  columns.add("state", Type::text);
  columns.add("version", Type::whole);
  columns.add("created", Type::time);
  columns.add("changed", Type::time);
  for (const registry::Field& field : book.fields) columns.add(std::string{field.name}, field.type);
  for (const registry::Record* record : state.sorted(book)) {
    columns[0].append(record->id);
    columns[1].append(book.state_name(record->state));
    columns[2].append(record->version);
    columns[3].append(record->created);
    columns[4].append(record->changed);
    for (std::size_t i = 0; i < book.fields.size(); ++i) columns[5 + i].append(record->fields[i]);
  }
  return columns.finish();
}

std::vector<std::string> sentences_of(std::span<const Event> events) {
  std::map<std::pair<std::uint8_t, std::string_view>, registry::Storyteller> tellers;
  std::vector<std::string> out;
  out.reserve(events.size());
  for (const Event& event : events) {
    const Book& book = registry::book_of(event.book);
    const auto teller = tellers.try_emplace({event.book, std::string_view{event.id}}, book).first;
    out.push_back(teller->second.tell(event).text());
  }
  return out;
}

View events_view(std::span<const Event> events) {
  Columns columns;
  for (const auto& [name, type] : {std::pair{"sequence", Type::whole},
                                   {"kind", Type::text},
                                   {"book", Type::text},
                                   {"verb", Type::text},
                                   {"id", Type::text},
                                   {"state", Type::text},
                                   {"version", Type::whole},
                                   {"effective", Type::time},
                                   {"recorded", Type::time},
                                   {"actor", Type::text},
                                   {"reason", Type::text},
                                   {"ticket", Type::text},
                                   {"command_id", Type::text},
                                   {"cause", Type::whole},
                                   {"changes", Type::text},
                                   {"arguments", Type::text},
                                   {"story", Type::text}})
    columns.add(name, type);
  const std::vector<std::string> sentences = sentences_of(events);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Event& event = events[i];
    const Book& book = registry::book_of(event.book);
    const Verb* verb = book.verb(event.verb);
    columns[0].append(event.sequence);
    columns[1].append(kind_word(event.kind));
    columns[2].append(book.name);
    columns[3].append(name_of(verb));
    columns[4].append(event.id);
    columns[5].append(book.state_name(event.state));
    columns[6].append(event.version);
    columns[7].append(event.effective);
    columns[8].append(event.recorded);
    columns[9].append(event.actor);
    columns[10].append(event.reason);
    append_or_null(columns[11], event.ticket);
    append_or_null(columns[12], event.command_id);
    if (event.cause == 0)
      columns[13].append_null();
    else
      columns[13].append(event.cause);
    columns[14].append(json_of(book, event.changes, nullptr));
    columns[15].append(verb == nullptr ? std::string{"{}"} : json_of(book, event.arguments, verb));
    columns[16].append(sentences[i]);
  }
  return columns.finish();
}

View waiting_view(const registry::State& state) {
  Columns columns;
  for (const auto& [name, type] : {std::pair{"event", Type::whole},
                                   {"due", Type::time},
                                   {"book", Type::text},
                                   {"verb", Type::text},
                                   {"id", Type::text},
                                   {"actor", Type::text},
                                   {"reason", Type::text},
                                   {"ticket", Type::text},
                                   {"recorded", Type::time},
                                   {"changes", Type::text},
                                   {"arguments", Type::text}})
    columns.add(name, type);
  for (const auto& [due, event] : state.waiting()) {
    const Book& book = registry::book_of(event.book);
    const Verb* verb = book.verb(event.verb);
    columns[0].append(due.second);
    columns[1].append(due.first);
    columns[2].append(book.name);
    columns[3].append(name_of(verb));
    columns[4].append(event.id);
    columns[5].append(event.actor);
    columns[6].append(event.reason);
    append_or_null(columns[7], event.ticket);
    columns[8].append(event.recorded);
    columns[9].append(json_of(book, event.changes, nullptr));
    columns[10].append(verb == nullptr ? std::string{"{}"} : json_of(book, event.arguments, verb));
  }
  return columns.finish();
}

}  // namespace assay::bindings
