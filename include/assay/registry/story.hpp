#pragma once
/// \file
/// Events as people read them: who did what to a record, what changed from what to what, and why.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assay/core/time.hpp>
#include <assay/registry/book.hpp>
#include <assay/registry/event.hpp>
#include <assay/registry/value.hpp>

namespace assay::registry {

/// One sentence of a record's story, in its parts.
struct Sentence {
  std::uint64_t sequence{0};
  TimePoint when{};
  std::string who{};
  std::string act{};     ///< "deactivated it"
  std::string detail{};  ///< "12 open cases to q-eu"
  std::string why{};
  std::string ticket{};

  /// "2026-11-22 23:42 UTC  ops-analyst deactivated it (12 open cases to q-eu): merged [OPS-12]"
  [[nodiscard]] std::string text() const;
};

namespace detail {

/// "2026-11-22 23:42 UTC"
[[nodiscard]] inline std::string minute_words(TimePoint time) {
  const std::string text = assay::to_text(time);
  const auto zone = text.find('T');
  return text.substr(0, zone) + " " + text.substr(zone + 1, 5) + " UTC";
}

/// At most 120 bytes of a value; letters stay whole.
[[nodiscard]] inline std::string short_words(const Value& value) {
  constexpr std::size_t most = 120;
  std::string text = to_text(value);
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

[[nodiscard]] inline std::string plain_name(std::string_view name) {
  std::string out{name};
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

/// "owner: ana → ben", "languages: +de -fr", "owner: ben" where nothing is known of before.
[[nodiscard]] inline std::string change_words(const Field& field, const Value& before, const Value& after) {
  const std::string name = plain_name(field.name) + ": ";
  if (!is_set(before)) return name + (is_set(after) ? short_words(after) : "nothing");
  if (!is_set(after)) return name + short_words(before) + " → nothing";
  const auto* was = std::get_if<Texts>(&before);
  const auto* is = std::get_if<Texts>(&after);
  if (was == nullptr || is == nullptr) return name + short_words(before) + " → " + short_words(after);
  std::string out;
  const auto tell = [&out](const Texts& of, const Texts& not_in, const char* sign) {
    for (const std::string& each : of)
      if (!std::binary_search(not_in.begin(), not_in.end(), each)) out += (out.empty() ? "" : " ") + (sign + each);
  };
  tell(*is, *was, "+");
  tell(*was, *is, "-");
  return name + out;
}

/// "12 open cases to q-eu", "review due 2027-01-31": a number goes before its name, a text that says where after it.
[[nodiscard]] inline std::string argument_words(const Verb& verb, const Values& arguments) {
  std::string out;
  for (const Argument& argument : verb.arguments)
    for (const auto& [number, value] : arguments) {
      if (number != argument.number || !is_set(value)) continue;
      const std::string name = plain_name(argument.name);
      std::string words = name + " " + short_words(value);
      bool joined = false;
      if (const auto* flag = std::get_if<bool>(&value)) {
        if (!*flag) continue;
        words = name;
      } else if (argument.type == Type::whole) {
        words = short_words(value) + " " + name;
      } else if (argument.type == Type::text || argument.type == Type::texts) {
        joined = name == "into" || name.ends_with(" to");
        if (name.ends_with(" to")) words = "to " + short_words(value);
      }
      out += (out.empty() ? "" : joined ? " " : "; ") + words;
    }
  return out;
}

}  // namespace detail

inline std::string Sentence::text() const {
  std::string out = detail::minute_words(when) + "  " + who + " " + act;
  if (!detail.empty()) out += " (" + detail + ")";
  if (!why.empty()) out += ": " + why;
  if (!ticket.empty()) out += " [" + ticket + "]";
  return out;
}

/// Tells the events of one record. Events from the first on are told with what each field was before; where the telling
/// begins later, only what it became is known.
class Storyteller {
 public:
  explicit Storyteller(const Book& book) : book_{&book} {}

  /// The next event. A verb or a field of a newer release is told by its number.
  [[nodiscard]] Sentence tell(const Event& event) {
    const Verb* verb = book_->verb(event.verb);
    const std::string name = verb == nullptr ? "verb " + std::to_string(event.verb) : detail::plain_name(verb->name);
    const std::string past = verb == nullptr ? "did " + name + " to" : std::string{verb->past};
    Sentence out{event.sequence, event.effective, event.actor, past + " it", {}, event.reason, event.ticket};
    switch (event.kind) {
      case EventKind::change:
        if (event.together == 0) out.act = past + " another " + std::string{book_->noun} + ", which changed this one";
        break;
      case EventKind::scheduled:
        out.when = event.recorded;
        out.act = "planned for " + detail::minute_words(event.effective) + ": " + name;
        break;
      case EventKind::lapsed:
        out.act = "had planned: " + name + ". It was not done, for it was refused";
        break;
      case EventKind::cancelled:
        out.act = "called off what event " + std::to_string(event.cause) + " had planned: " + name;
        break;
    }
    if (event.kind == EventKind::change || event.kind == EventKind::scheduled) out.detail = details(event, verb);
    if (event.kind == EventKind::change) remember(event);
    return out;
  }

 private:
  [[nodiscard]] std::string details(const Event& event, const Verb* verb) const {
    std::string out = verb == nullptr || event.together == 0 ? "" : detail::argument_words(*verb, event.arguments);
    for (const auto& [number, value] : event.changes) {
      if (event.together != 0 && told(event.arguments, value)) continue;
      const auto position = book_->field(number);
      const auto before = known_.find(number);
      const Value nothing{};
      out += out.empty() ? "" : "; ";
      out += position ? detail::change_words(book_->fields[*position],
                                             before == known_.end() ? nothing : before->second, value)
                      : "field " + std::to_string(number) + ": " + detail::short_words(value);
    }
    if (event.kind == EventKind::change && event.recorded - event.effective >= std::chrono::minutes{1})
      out += (out.empty() ? "" : "; ") + ("put on record " + detail::minute_words(event.recorded));
    return out;
  }

  /// Whether an argument has said it already.
  [[nodiscard]] static bool told(const Values& arguments, const Value& value) {
    return std::any_of(arguments.begin(), arguments.end(), [&](const auto& each) { return each.second == value; });
  }

  void remember(const Event& event) {
    for (const auto& [number, value] : event.changes) known_.insert_or_assign(number, value);
  }

  const Book* book_;
  std::map<std::uint8_t, Value> known_{};
};

/// The story of one record, from its events, first to last.
[[nodiscard]] inline std::vector<Sentence> story(const Book& book, std::span<const Event> events) {
  Storyteller teller{book};
  std::vector<Sentence> out;
  out.reserve(events.size());
  for (const Event& event : events) out.push_back(teller.tell(event));
  return out;
}

}  // namespace assay::registry
