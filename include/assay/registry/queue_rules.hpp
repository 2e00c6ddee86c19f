#pragma once
/// \file
/// What guards each step of a queue's life, as pure functions of the command and the records it touches.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/registry/decision.hpp>

namespace assay::registry {

namespace queue {

enum State : std::uint8_t { draft = 1, active = 2, paused = 3, deactivated = 4, archived = 5 };

enum Fields : std::uint8_t {
  title = 1,
  owner,
  policies,
  languages,
  regions,
  sites,
  sla_hours,
  sla_share,
  review_due,
  retain_until,
  labels,
  standard,
  reroute_to,
  merged_into,
  merged_from,
  split_into,
  split_from,
  cloned_from,
  reviewed_on,
};

enum Arguments : std::uint8_t { open_cases = 1, reroute, into, parts, new_id, widen, next_review };

/// What must be known of a queue before cases may flow into it.
inline void complete(Decision& decision) {
  std::vector<std::string> missing;
  for (const std::uint8_t number : {owner, policies, languages, regions, sites, sla_hours, review_due})
    if (!is_set(decision.field(number)))
      missing.emplace_back(decision.book().fields[*decision.book().field(number)].name);
  if (missing.empty()) return;
  std::string listed;
  for (const std::string& each : missing) listed += (listed.empty() ? "" : ", ") + each;
  decision.refuse("incomplete", decision.name() + " cannot be active without: " + listed + "; amend it first", missing);
}

/// \throws RefusedError unless `id` is an active queue that takes every policy and language of this one.
inline void accepts(Decision& decision, std::string_view id, bool widened = false) {
  const Record* target = decision.other(id);
  const std::string quoted = "queue " + in_quotes(id);
  if (target == nullptr) decision.refuse("reroute", "cases cannot go to " + quoted + ": there is none");
  if (id == decision.id()) decision.refuse("reroute", "cases of " + decision.name() + " cannot go to itself");
  if (target->state != active)
    decision.refuse("reroute", "cases cannot go to " + quoted + ": it is " +
                                   std::string{decision.book().state_name(target->state)} + ", not active");
  decision.stood_as_now(*target);
  if (widened) return;
  for (const std::uint8_t number : {policies, languages}) {
    const auto* theirs = std::get_if<Texts>(&target->at(decision.book(), number));
    for (const std::string& each : decision.texts(number))
      if (theirs == nullptr || !std::binary_search(theirs->begin(), theirs->end(), each))
        decision.refuse("reroute", "cases cannot go to " + quoted + ": it does not take " +
                                       (number == policies ? "policy " : "language ") + in_quotes(each));
  }
}

/// The number of open cases that came with the command.
[[nodiscard]] inline std::int64_t known_open_cases(Decision& decision) {
  const auto* cases = decision.argument<std::int64_t>(open_cases);
  if (cases == nullptr)
    decision.refuse("open_cases",
                    "how many cases are open in " + decision.name() + "? Say open_cases=; unknown is not none");
  if (*cases < 0) decision.refuse("open_cases", "open_cases cannot be " + std::to_string(*cases));
  return *cases;
}

inline void deactivate(Decision& decision) {
  const std::int64_t cases = known_open_cases(decision);
  const auto* target = decision.argument<std::string>(reroute);
  if (cases > 0 && target == nullptr)
    decision.refuse("open_cases",
                    decision.name() + " holds " + std::to_string(cases) +
                        " open cases; say where they go: reroute_to= an active queue with its policies and languages");
  if (target != nullptr) {
    accepts(decision, *target);
    decision.set(reroute_to, *target);
  }
}

inline void reactivate(Decision& decision) {
  complete(decision);
  for (const std::uint8_t number : {reroute_to, merged_into, split_into}) decision.set(number, {});
}

inline void archive(Decision& decision) {
  const auto* day = std::get_if<Day>(&decision.field(retain_until));
  if (day != nullptr && decision.today() < *day)
    decision.refuse("retention", decision.name() + " is kept until " + to_text(Value{*day}) + "; today is " +
                                     to_text(Value{decision.today()}));
}

inline void review(Decision& decision) {
  const auto* next = decision.argument<Day>(next_review);
  if (next == nullptr) decision.refuse("incomplete", "a review says when the next is due: review_due=");
  if (*next <= decision.today())
    decision.refuse("review", "the next review must be after " + to_text(Value{decision.today()}) + ", got " +
                                  to_text(Value{*next}));
  decision.set(review_due, *next);
  decision.set(reviewed_on, decision.today());
}

[[nodiscard]] inline Texts with(const Value& set, const std::string& more) {
  const auto* texts = std::get_if<Texts>(&set);
  Texts out = texts == nullptr ? Texts{} : *texts;
  out.push_back(more);
  return texts_of(std::move(out));
}

inline void merge(Decision& decision) {
  (void)known_open_cases(decision);
  const auto* target_id = decision.argument<std::string>(into);
  if (target_id == nullptr) decision.refuse("incomplete", "merge says into= which queue");
  const auto* wide = decision.argument<bool>(widen);
  const bool widened = wide != nullptr && *wide;
  accepts(decision, *target_id, widened);
  const Record& target = *decision.other(*target_id);
  Values changes{{merged_from, with(target.at(decision.book(), merged_from), decision.id())}};
  if (widened)
    for (const std::uint8_t number : {policies, languages, regions, sites}) {
      Texts all = decision.texts(number);
      if (const auto* theirs = std::get_if<Texts>(&target.at(decision.book(), number)))
        all.insert(all.end(), theirs->begin(), theirs->end());
      if (!all.empty()) changes.emplace_back(number, texts_of(std::move(all)));
    }
  decision.set(merged_into, *target_id);
  decision.set(reroute_to, *target_id);
  decision.also(target, std::move(changes));
}

inline void split(Decision& decision) {
  (void)known_open_cases(decision);
  const auto* ids = decision.argument<Texts>(parts);
  if (ids == nullptr || ids->size() < 2) decision.refuse("incomplete", "split says into= which two or more queues");
  for (const std::uint8_t number : {policies, languages}) {
    Texts together;
    for (const std::string& id : *ids) {
      const Record* part = decision.other(id);
      if (part == nullptr || part->state != active || id == decision.id())
        decision.refuse("split", "every part of " + decision.name() + " must be another, active queue; " +
                                     in_quotes(id) + " is not");
      if (const auto* theirs = std::get_if<Texts>(&part->at(decision.book(), number)))
        together.insert(together.end(), theirs->begin(), theirs->end());
    }
    together = texts_of(std::move(together));
    for (const std::string& each : decision.texts(number))
      if (!std::binary_search(together.begin(), together.end(), each))
        decision.refuse("split", "no part of " + decision.name() + " takes " +
                                     (number == policies ? "policy " : "language ") + in_quotes(each));
  }
  decision.set(split_into, *ids);
  for (const std::string& id : *ids) {
    const Record& part = *decision.other(id);
    decision.also(part, {{split_from, with(part.at(decision.book(), split_from), decision.id())}});
  }
}

inline void clone(Decision& decision) {
  const auto* id = decision.argument<std::string>(new_id);
  if (id == nullptr) decision.refuse("incomplete", "clone says as_id= what the new queue is called");
  Values fields;
  for (const Field& field : decision.book().fields)
    if (!field.derived && is_set(decision.field(field.number)))
      fields.emplace_back(field.number, decision.field(field.number));
  fields.emplace_back(cloned_from, decision.id());
  decision.make(*id, draft, std::move(fields));
  decision.leave_alone();
}

/// A queue into which cases flow keeps what activation asked for; numbers are in their ranges.
inline void always(Decision& decision) {
  if (const auto* hours = std::get_if<double>(&decision.field(sla_hours)); hours != nullptr && !(*hours > 0))
    throw InputError("hours above 0", to_text(Value{*hours}), {"sla_hours", {}});
  if (const auto* share = std::get_if<double>(&decision.field(sla_share));
      share != nullptr && !(*share > 0 && *share <= 1))
    throw InputError("a share above 0 and at most 1", to_text(Value{*share}), {"sla_share", {}});
  const std::uint8_t after = decision.verb().to.value_or(decision.before().state);
  if ((after == active || after == paused) && decision.before().version > 0) complete(decision);
}

}  // namespace queue

}  // namespace assay::registry
