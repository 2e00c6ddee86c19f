#pragma once
/// \file
/// Random commands to a registry: mostly nearly right, for what a model of it holds.

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include <assay/core/random.hpp>

#include "acts.hpp"
#include "model.hpp"

namespace assay::test {

/// Makes up commands that are mostly nearly right.
class Author {
 public:
  Author(Random& random, const Model& model, const TimePoint& now) : random_{random}, model_{model}, now_{now} {}

  bool one_in(std::uint64_t n) { return random_.below(n) == 0; }
  template <class Choices>
  const auto& any(const Choices& choices) {
    return *std::next(std::begin(choices), static_cast<std::ptrdiff_t>(random_.below(std::size(choices))));
  }

  Command command() {
    ++count_;
    Command out = act("", "");
    out.book = one_in(12) ? "findings" : "queues";
    const std::string prefix = out.book == "queues" ? "q" : "f";
    const Model::Thing* thing = nullptr;
    for (int i = 0; i < 4 && (i == 0 || (thing != nullptr && thing->state == "archived")); ++i) {
      out.id = prefix + std::to_string(count_ / 100 + random_.below(24));
      thing = model_.find(out.book, out.id);
    }
    std::vector<std::string> legal;
    std::vector<std::string> all;
    for (const auto& [name, verb] : Model::verbs(out.book)) {
      all.push_back(name);
      const bool fits = thing == nullptr
                            ? verb.from.empty()
                            : std::find(verb.from.begin(), verb.from.end(), thing->state) != verb.from.end();
      if (fits) legal.push_back(name);
    }
    for (int i = 0; i < 3 && (out.verb.empty() || out.verb == "clone"); ++i)
      out.verb = one_in(6) ? any(all) : any(legal);
    fill(out, thing);
    if (thing != nullptr && one_in(8)) out.expected_version = thing->version + (one_in(3) ? 1 : 0);
    if (one_in(8)) out.ticket = "OPS-" + std::to_string(random_.below(100));
    if (one_in(4)) out.command_id = "c" + std::to_string(count_);
    if (one_in(6)) out.at = now_ - Microseconds{static_cast<std::int64_t>(random_.below(90'000'000'000))};
    if (thing != nullptr && one_in(10))
      out.at = now_ + Microseconds{static_cast<std::int64_t>(1 + random_.below(90'000'000'000))};
    if (one_in(12)) spoil(out);
    return out;
  }

 private:
  std::string queue_id() {
    if (one_in(12)) return "nobody";
    return "q" + std::to_string(count_ / 100 + random_.below(24));
  }
  std::string active_id() {
    for (int i = 0; i < 12; ++i) {
      std::string id = queue_id();
      const Model::Thing* thing = model_.find("queues", id);
      if (thing != nullptr && thing->state == "active") return id;
    }
    return queue_id();
  }
  Texts some(const std::vector<std::string>& of) {
    Texts out;
    for (const std::string& each : of)
      if (!one_in(3)) out.push_back(each);
    if (out.empty()) out.push_back(of.front());
    if (one_in(4)) std::reverse(out.begin(), out.end());
    if (one_in(8)) out.push_back(out.front());
    return out;
  }
  Day a_day() {
    return std::chrono::floor<std::chrono::days>(now_) + std::chrono::days{static_cast<int>(random_.below(60)) - 10};
  }
  Value field(const std::string& name) {
    if (name == "policies") return some({"fraud", "spam"});
    if (name == "languages") return some({"de", "fr"});
    if (name == "regions") return some({"eu", "us"});
    if (name == "sites") return some({"lisbon", "manila", "riga"});
    if (name == "sla_hours") return one_in(3) ? Value{std::int64_t{24}} : Value{0.5 + random_.uniform() * 40};
    if (name == "sla_share") return 1.0 - random_.uniform();
    if (name == "review_due" || name == "retain_until" || name == "due") return a_day();
    if (name == "labels") return Labels{{"tier", std::to_string(random_.below(3))}, {"a", ""}};
    return std::string{any(std::vector<std::string>{"ana", "ben", "cem", "=1+1", "o'neil \xe2\x82\xac"})};
  }

  void fill(Command& out, const Model::Thing* thing) {
    const auto& verb = Model::verbs(out.book).at(out.verb);
    if (verb.from.empty()) {
      for (const auto& [name, type] : Model::fields(out.book))
        if (name == "retain_until" || name == "sla_share" || name == "standard" ? one_in(4) : !one_in(40))
          out.values.emplace_back(name, field(name));
    } else if (verb.fields) {
      for (const auto& [name, type] : Model::fields(out.book))
        if (one_in(6)) out.values.emplace_back(name, one_in(6) ? Value{} : field(name));
      if (thing != nullptr && one_in(6)) {  // what it is already
        out.values.clear();
        for (const auto& [name, value] : thing->fields)
          if (Model::fields(out.book).count(name) > 0 && one_in(3)) out.values.emplace_back(name, value);
      }
    }
    for (const auto& [name, type] : verb.arguments) {
      if (one_in(12)) continue;
      if (name == "open_cases")
        out.values.emplace_back(name, static_cast<std::int64_t>(random_.below(4)) - (one_in(12) ? 2 : 0));
      if (name == "reroute_to" && one_in(2)) out.values.emplace_back(name, active_id());
      if (name == "into" && type == 't') out.values.emplace_back(name, active_id());
      if (name == "into" && type == 's') out.values.emplace_back(name, Texts{active_id(), active_id(), active_id()});
      if (name == "widen" && one_in(2)) out.values.emplace_back(name, !one_in(3));
      if (name == "as_id") out.values.emplace_back(name, one_in(2) ? queue_id() : "k'" + std::to_string(count_ / 3));
      if (type == 'd') out.values.emplace_back(name, a_day());
    }
  }

  /// One thing wrong.
  void spoil(Command& out) {
    const auto bad_text = [&] {
      return any(
          std::vector<std::string>{"a\nb", "\xff", std::string(4001, 'x'), "x\xe2\x80\xae", std::string{"\0", 1}});
    };
    const auto set = [&](const std::string& name, const Value& value) {
      std::erase_if(out.values, [&](const auto& each) { return each.first == name; });
      out.values.emplace_back(name, value);
    };
    switch (random_.below(16)) {
      case 0:
        out.actor = any(std::vector<std::string>{"", "  ", bad_text()});
        break;
      case 1:
        out.reason = any(std::vector<std::string>{"", " \xc2\xa0", bad_text()});
        break;
      case 2:
        out.ticket = bad_text();
        break;
      case 3:
        out.command_id = bad_text();
        break;
      case 4:
        out.id = any(std::vector<std::string>{"", " q", "q ", "q\xc2\xa0", bad_text()});
        break;
      case 5:
        out.id = "nobody";
        break;
      case 6:
        out.book = "tickets";
        break;
      case 7:
        out.verb = any(std::vector<std::string>{"destroy", "", "create;--"});
        break;
      case 8:
        set("colour", std::string{"red"});
        break;
      case 9:
        set(one_in(2) ? "merged_into" : "waived_until", std::string{"x"});
        break;
      case 10:
        set("owner", one_in(2) ? Value{1.0} : Value{bad_text()});
        break;
      case 11:
        set("policies", any(std::vector<Value>{Texts{"spam", " "}, Texts{bad_text()}, std::string{"spam"}}));
        break;
      case 12:
        set("sla_hours", any(std::vector<Value>{0.0, -1.0, std::int64_t{0}, std::string{"24"}}));
        break;
      case 13:
        set("sla_share", any(std::vector<Value>{0.0, 1.5, true}));
        break;
      case 14:
        set("labels",
            any(std::vector<Value>{Labels{{" ", "x"}}, Labels{{bad_text(), "x"}}, Labels{{"x", bad_text()}}}));
        break;
      default:
        set("as_id", any(std::vector<std::string>{" x", std::string(201, 'y'), ""}));
    }
  }

  Random& random_;
  const Model& model_;
  const TimePoint& now_;
  std::uint64_t count_{0};
};

}  // namespace assay::test
