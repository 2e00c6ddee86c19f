#pragma once
/// \file
/// A second registry, as plain as can be, written from what a registry must do and not from how the library does it:
/// maps of records, and for every command the set of all rules it breaks.

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assay/registry/command.hpp>

namespace assay::test {

using registry::Command;
using registry::Day;
using registry::Labels;
using registry::Texts;
using registry::Value;

class Model {
 public:
  /// A record; what is not set is not in `fields`.
  struct Thing {
    std::string state{};
    std::uint64_t version{0};
    TimePoint created{};
    TimePoint changed{};
    std::map<std::string, Value> fields{};
  };
  using Name = std::pair<std::string, std::string>;  ///< book, id
  struct Step {
    Name name;
    Thing after;
  };

  std::map<Name, Thing> things{};
  std::vector<Step> steps{};  ///< every version of everything
  std::map<std::pair<TimePoint, std::uint64_t>, Command> waiting{};
  std::uint64_t sequence{0};

  struct VerbOf {
    std::vector<std::string> from;
    std::string to;  ///< empty: the state stays
    bool fields{false};
    std::map<std::string, char> arguments{};  ///< t text, s set, w whole, f flag, d day
  };
  static const std::map<std::string, VerbOf>& verbs(const std::string& book) {
    static const std::vector<std::string> any{"draft", "active", "paused", "deactivated"};
    static const std::map<std::string, VerbOf> queues{
        {"create", {{}, "draft", true}},
        {"amend", {any, "", true}},
        {"activate", {{"draft"}, "active"}},
        {"pause", {{"active"}, "paused"}},
        {"resume", {{"paused"}, "active"}},
        {"deactivate", {{"active", "paused"}, "deactivated", false, {{"open_cases", 'w'}, {"reroute_to", 't'}}}},
        {"reactivate", {{"deactivated"}, "active"}},
        {"archive", {{"deactivated"}, "archived"}},
        {"discard", {{"draft"}, "archived"}},
        {"review", {any, "", false, {{"review_due", 'd'}}}},
        {"merge", {{"active", "paused"}, "deactivated", false, {{"open_cases", 'w'}, {"into", 't'}, {"widen", 'f'}}}},
        {"split", {{"active", "paused"}, "deactivated", false, {{"open_cases", 'w'}, {"into", 's'}}}},
        {"clone", {{"draft", "active", "paused", "deactivated", "archived"}, "", false, {{"as_id", 't'}}}}};
    static const std::map<std::string, VerbOf> findings{
        {"raise", {{}, "open", true}},
        {"amend", {{"open", "waived"}, "", true}},
        {"waive", {{"open", "waived"}, "waived", false, {{"until", 'd'}}}},
        {"fix", {{"open", "waived"}, "fixed"}},
        {"reopen", {{"fixed", "waived"}, "open", true}}};
    return book == "queues" ? queues : findings;
  }
  static const std::map<std::string, std::pair<char, std::size_t>>& fields(const std::string& book) {
    static const std::map<std::string, std::pair<char, std::size_t>> queues{
        {"name", {'t', 500}},     {"owner", {'t', 500}},      {"policies", {'s', 500}}, {"languages", {'s', 500}},
        {"regions", {'s', 500}},  {"sites", {'s', 500}},      {"sla_hours", {'r', 0}},  {"sla_share", {'r', 0}},
        {"review_due", {'d', 0}}, {"retain_until", {'d', 0}}, {"labels", {'l', 500}},   {"standard", {'t', 500}}};
    static const std::map<std::string, std::pair<char, std::size_t>> findings{
        {"rule", {'t', 500}},      {"severity", {'t', 500}}, {"subject", {'t', 500}},
        {"owner", {'t', 500}},     {"due", {'d', 0}},        {"summary", {'t', 2000}},
        {"evidence", {'t', 4000}}, {"answer", {'t', 2000}},  {"source", {'t', 500}}};
    return book == "queues" ? queues : findings;
  }

  [[nodiscard]] const Thing* find(const std::string& book, const std::string& id) const {
    const auto found = things.find({book, id});
    return found == things.end() ? nullptr : &found->second;
  }

  /// Every rule that a command breaks; nothing: it must be done. "input" stands for a value that is no answer.
  [[nodiscard]] std::set<std::string> broken(const Command& command, TimePoint now) const {
    std::set<std::string> out;
    if (command.book != "queues" && command.book != "findings") return {"unknown_book"};
    const auto verb = verbs(command.book).find(command.verb);
    if (verb == verbs(command.book).end()) return {"unknown_verb"};
    const VerbOf& does = verb->second;
    if (blank(command.actor)) out.insert("blank_actor");
    if (blank(command.reason)) out.insert("blank_reason");
    const bool id_bad = bad_id(command.id);
    if (id_bad || bad(command.actor, 200) || bad(command.reason, 2000) || bad(command.ticket, 200) ||
        bad(command.command_id, 200))
      out.insert("text");
    check_values(command, does, out);

    const Thing* thing = find(command.book, command.id);
    const TimePoint time = command.at.value_or(now);
    const bool makes = does.from.empty();
    if (makes && thing != nullptr) out.insert("id_taken");
    if (!makes && thing == nullptr) out.insert("unknown_id");
    if (command.expected_version && *command.expected_version != (thing == nullptr ? 0 : thing->version))
      out.insert("version");
    if (makes && time > now) out.insert("time_order");
    if (!out.empty()) return out;
    check_ranges(command, out);
    if (time > now) return out;  // the rest is for later

    if (!makes) {
      if (std::find(does.from.begin(), does.from.end(), thing->state) == does.from.end())
        out.insert("illegal_transition");
      if (time < thing->changed) out.insert("time_order");
    }
    if (command.book == "queues")
      check_queue(command, thing, time, out);
    else
      check_finding(command, time, out);
    return out;
  }

  /// Does a command that breaks no rule; the number of events it must give.
  std::size_t carry_out(const Command& command, TimePoint now, bool was_due = false) {
    const std::uint64_t before = sequence;
    const VerbOf& does = verbs(command.book).at(command.verb);
    const TimePoint time = command.at.value_or(now);
    if (time > now) {
      ++sequence;
      waiting[{time, sequence}] = command;
      return 1;
    }
    const Thing* old = find(command.book, command.id);
    Thing thing = old == nullptr ? Thing{} : *old;
    for (const auto& [name, value] : command.values)
      if (does.fields && fields(command.book).count(name) > 0)
        put(thing, name, plain(value, fields(command.book).at(name).first));
    const auto argument = [&](const char* name) { return plain(given(command, name), ' '); };
    if (command.verb == "clone") {
      Thing copy;
      for (const auto& [name, type] : fields("queues"))
        if (thing.fields.count(name) > 0) copy.fields[name] = thing.fields[name];
      copy.fields["cloned_from"] = command.id;
      copy.state = "draft";
      write({"queues", std::get<std::string>(argument("as_id"))}, copy, time);
      return static_cast<std::size_t>(sequence - before);
    }
    if (command.verb == "deactivate" && has_text(argument("reroute_to")))
      thing.fields["reroute_to"] = argument("reroute_to");
    if (command.verb == "reactivate")
      for (const char* gone : {"reroute_to", "merged_into", "split_into"}) thing.fields.erase(gone);
    if (command.verb == "review") {
      thing.fields["review_due"] = argument("review_due");
      thing.fields["reviewed_on"] = std::chrono::floor<std::chrono::days>(time);
    }
    if (command.verb == "merge") thing.fields["merged_into"] = thing.fields["reroute_to"] = argument("into");
    if (command.verb == "split") thing.fields["split_into"] = argument("into");
    if (command.verb == "waive") thing.fields["waived_until"] = argument("until");
    if (command.verb == "fix" || command.verb == "reopen") thing.fields.erase("waived_until");

    const bool idle = old != nullptr && does.to.empty() && thing.fields == old->fields;
    if (idle && (was_due || command.command_id.empty())) return 0;
    if (!does.to.empty()) thing.state = does.to;
    const Thing was = old == nullptr ? Thing{} : *old;
    write({command.book, command.id}, thing, time);
    if (command.verb == "merge") {
      const auto into = std::get<std::string>(argument("into"));
      Thing target = things.at({"queues", into});
      add(target, "merged_from", Texts{command.id});
      if (given(command, "widen") == Value{true})
        for (const char* set : {"policies", "languages", "regions", "sites"})
          if (was.fields.count(set) > 0) add(target, set, std::get<Texts>(was.fields.at(set)));
      write({"queues", into}, target, time);
    }
    if (command.verb == "split")
      for (const Value into = argument("into"); const std::string& part : std::get<Texts>(into)) {
        Thing target = things.at({"queues", part});
        add(target, "split_from", Texts{command.id});
        write({"queues", part}, target, time);
      }
    return static_cast<std::size_t>(sequence - before);
  }

  /// Does what was to be done by now, in the order in which it fell due.
  void settle(TimePoint now) {
    while (!waiting.empty() && waiting.begin()->first.first <= now) {
      const Command command = waiting.begin()->second;
      waiting.erase(waiting.begin());
      const bool done = broken_when_due(command).empty() && carry_out(command, *command.at, true) > 0;
      if (!done) ++sequence;  // it lapses
    }
  }

  /// Everything as it stood at a time.
  [[nodiscard]] std::map<Name, Thing> as_of(TimePoint time) const {
    std::map<Name, Thing> out;
    for (const Step& step : steps)
      if (step.after.changed <= time) out[step.name] = step.after;
    return out;
  }

  /// Goes back to how things were when `mark` was taken.
  struct Mark {
    std::size_t steps;
    std::uint64_t sequence;
    std::map<std::pair<TimePoint, std::uint64_t>, Command> waiting;
  };
  [[nodiscard]] Mark mark() const { return {steps.size(), sequence, waiting}; }
  void back_to(const Mark& mark) {
    std::set<Name> touched;
    for (std::size_t i = mark.steps; i < steps.size(); ++i) touched.insert(steps[i].name);
    steps.resize(mark.steps);
    for (const Name& name : touched) things.erase(name);
    for (auto step = steps.rbegin(); step != steps.rend() && !touched.empty(); ++step)
      if (touched.erase(step->name) > 0) things[step->name] = step->after;
    sequence = mark.sequence;
    waiting = mark.waiting;
  }

  [[nodiscard]] static Value given(const Command& command, std::string_view name) {
    for (const auto& [each, value] : command.values)
      if (each == name) return value;
    return {};
  }

 private:
  std::set<std::string> broken_when_due(Command command) const {
    command.expected_version.reset();
    command.command_id.clear();
    return broken(command, *command.at);
  }

  void write(const Name& name, Thing thing, TimePoint time) {
    if (thing.version == 0) thing.created = time;
    ++thing.version;
    thing.changed = time;
    ++sequence;
    steps.push_back({name, thing});
    things[name] = std::move(thing);
  }
  static void put(Thing& thing, const std::string& name, Value value) {
    if (value.index() == 0)
      thing.fields.erase(name);
    else
      thing.fields[name] = std::move(value);
  }
  static void add(Thing& thing, const std::string& name, const Texts& more) {
    std::set<std::string> all(more.begin(), more.end());
    if (thing.fields.count(name) > 0)
      for (const std::string& each : std::get<Texts>(thing.fields[name])) all.insert(each);
    thing.fields[name] = Texts(all.begin(), all.end());
  }

  static bool has_text(const Value& value) { return std::holds_alternative<std::string>(value); }
  static bool blank(const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == ' ' || (text[i] >= 0 && text[i] < 0x20)) continue;
      if (text.compare(i, 2, "\xc2\xa0") != 0) return false;
      ++i;
    }
    return true;
  }
  static bool bad(const std::string& text, std::size_t most) {
    if (text.size() > most || text.find("\xe2\x80\xae") != std::string::npos) return true;
    return std::any_of(text.begin(), text.end(), [](char each) {
      const auto byte = static_cast<unsigned char>(each);
      return byte < 0x20 || byte == 0x7f || byte == 0xff;
    });
  }
  static bool bad_id(const std::string& id) {
    return bad(id, 200) || blank(id) || id.front() == ' ' || id.back() == ' ' ||
           id.find("\xc2\xa0") != std::string::npos;
  }
  static char kind(const Value& value) { return "?tswrfd?l"[value.index()]; }

  /// The one form of a value: sets in order, blank text and empty sets as nothing.
  static Value plain(const Value& value, char type) {
    if (const auto* texts = std::get_if<Texts>(&value)) {
      const std::set<std::string> all(texts->begin(), texts->end());
      return all.empty() ? Value{} : Value{Texts(all.begin(), all.end())};
    }
    if (const auto* labels = std::get_if<Labels>(&value)) {
      Labels all = *labels;
      std::sort(all.begin(), all.end());
      return all.empty() ? Value{} : Value{all};
    }
    if (const auto* text = std::get_if<std::string>(&value)) return blank(*text) ? Value{} : value;
    if (const auto* whole = std::get_if<std::int64_t>(&value); whole != nullptr && type == 'r')
      return static_cast<double>(*whole);
    return value;
  }

  static void check_values(const Command& command, const VerbOf& does, std::set<std::string>& out) {
    for (const auto& [name, value] : command.values) {
      const auto argument = does.arguments.find(name);
      const auto field = fields(command.book).find(name);
      const bool is_argument = argument != does.arguments.end();
      if (!is_argument && (!does.fields || field == fields(command.book).end())) {
        out.insert("unknown_field");
        continue;
      }
      if (value.index() == 0) continue;
      const char wanted = is_argument ? argument->second : field->second.first;
      const std::size_t most = is_argument ? 2000 : field->second.second;
      if (kind(value) != wanted && !(wanted == 'r' && kind(value) == 'w')) out.insert("input");
      if (has_text(value) && bad(std::get<std::string>(value), most)) out.insert("text");
      if (kind(value) == 's')
        for (const std::string& each : std::get<Texts>(value))
          if (bad(each, most) || blank(each)) out.insert("text");
      if (kind(value) == 'l')
        for (const auto& [label, text] : std::get<Labels>(value))
          if (bad(label, most) || blank(label) || bad(text, most)) out.insert("text");
    }
  }

  static void check_ranges(const Command& command, std::set<std::string>& out) {
    for (const auto& [name, value] : command.values) {
      const Value number = plain(value, 'r');
      if (kind(number) != 'r') continue;
      if (name == "sla_hours" && std::get<double>(number) <= 0) out.insert("input");
      if (name == "sla_share" && (std::get<double>(number) <= 0 || std::get<double>(number) > 1)) out.insert("input");
    }
  }

  [[nodiscard]] static bool covers(const Thing& target, const Thing& own, const char* set) {
    const auto needed = own.fields.find(set);
    if (needed == own.fields.end()) return true;
    const auto has = target.fields.find(set);
    if (has == target.fields.end()) return false;
    const Texts& all = std::get<Texts>(has->second);
    for (const std::string& each : std::get<Texts>(needed->second))
      if (std::find(all.begin(), all.end(), each) == all.end()) return false;
    return true;
  }

  /// Cases can go to an active queue that takes them.
  void check_target(const Command& command, const Thing& own, const std::string& id, bool widen, TimePoint time,
                    std::set<std::string>& out) const {
    const Thing* target = find("queues", id);
    if (target == nullptr || id == command.id || target->state != "active") {
      out.insert("reroute");
      return;
    }
    if (target->changed > time) out.insert("time_order");
    if (!widen && (!covers(*target, own, "policies") || !covers(*target, own, "languages"))) out.insert("reroute");
  }

  void check_queue(const Command& command, const Thing* thing, TimePoint time, std::set<std::string>& out) const {
    const std::string& verb = command.verb;
    const VerbOf& does = verbs("queues").at(verb);
    const Day today = std::chrono::floor<std::chrono::days>(time);
    Thing after = thing == nullptr ? Thing{} : *thing;
    if (does.fields)
      for (const auto& [name, value] : command.values)
        if (fields("queues").count(name) > 0) put(after, name, plain(value, fields("queues").at(name).first));
    const std::string state = does.to.empty() ? after.state : does.to;
    if (state == "active" || state == "paused")
      for (const char* needed : {"owner", "policies", "languages", "regions", "sites", "sla_hours", "review_due"})
        if (after.fields.count(needed) == 0) out.insert("incomplete");

    const auto argument = [&](const char* name) { return plain(given(command, name), ' '); };
    const Value cases = argument("open_cases");
    if (does.arguments.count("open_cases") > 0 && (kind(cases) != 'w' || std::get<std::int64_t>(cases) < 0))
      out.insert("open_cases");
    if (verb == "deactivate") {
      const Value target = argument("reroute_to");
      if (kind(cases) == 'w' && std::get<std::int64_t>(cases) > 0 && !has_text(target)) out.insert("open_cases");
      if (has_text(target)) check_target(command, after, std::get<std::string>(target), false, time, out);
    }
    if (verb == "merge") {
      const Value into = argument("into");
      if (!has_text(into))
        out.insert("incomplete");
      else
        check_target(command, after, std::get<std::string>(into), given(command, "widen") == Value{true}, time, out);
    }
    if (verb == "split") {
      const Value into = argument("into");
      if (kind(into) != 's' || std::get<Texts>(into).size() < 2) {
        out.insert("incomplete");
        return;
      }
      Thing all;
      for (const std::string& id : std::get<Texts>(into)) {
        const Thing* part = find("queues", id);
        if (part == nullptr || id == command.id || part->state != "active") {
          out.insert("split");
          continue;
        }
        if (part->changed > time) out.insert("time_order");
        for (const char* set : {"policies", "languages"})
          if (part->fields.count(set) > 0) add(all, set, std::get<Texts>(part->fields.at(set)));
      }
      if (!covers(all, after, "policies") || !covers(all, after, "languages")) out.insert("split");
    }
    if (verb == "archive" || verb == "discard") {
      const auto until = after.fields.find("retain_until");
      if (until != after.fields.end() && today < std::get<Day>(until->second)) out.insert("retention");
    }
    if (verb == "review") {
      const Value next = argument("review_due");
      if (kind(next) != 'd')
        out.insert("incomplete");
      else if (std::get<Day>(next) <= today)
        out.insert("review");
    }
    if (verb == "clone") {
      const Value id = argument("as_id");
      if (!has_text(id))
        out.insert("incomplete");
      else if (bad_id(std::get<std::string>(id)))
        out.insert("text");
      else if (find("queues", std::get<std::string>(id)) != nullptr)
        out.insert("id_taken");
    }
  }

  static void check_finding(const Command& command, TimePoint time, std::set<std::string>& out) {
    const auto argument = [&](const char* name) { return plain(given(command, name), ' '); };
    if (command.verb == "raise")
      for (const char* needed : {"rule", "severity", "subject", "summary"})
        if (argument(needed).index() == 0) out.insert("incomplete");
    if (command.verb != "waive") return;
    const Value until = argument("until");
    if (kind(until) != 'd')
      out.insert("incomplete");
    else if (std::get<Day>(until) <= std::chrono::floor<std::chrono::days>(time))
      out.insert("waiver");
  }
};

}  // namespace assay::test
