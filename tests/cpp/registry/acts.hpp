#pragma once
/// \file
/// Commands, times and a desk without a store, for tests of the registry.

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assay/registry/decide.hpp>

namespace assay::test {

[[nodiscard]] inline registry::Day day(int year, unsigned month, unsigned of_month) {
  return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{of_month};
}
[[nodiscard]] inline TimePoint at(int year, unsigned month, unsigned of_month, int hour = 0) {
  return TimePoint{day(year, month, of_month)} + std::chrono::hours{hour};
}

/// Noon of a day on which most tests take place.
inline const TimePoint noon = at(2026, 11, 23, 12);

/// The fields that activation asks for.
[[nodiscard]] inline registry::Named complete() {
  using registry::Texts;
  return {{"owner", std::string{"ana"}},   {"policies", Texts{"spam", "fraud"}}, {"languages", Texts{"de", "fr"}},
          {"regions", Texts{"eu"}},        {"sites", Texts{"lisbon"}},           {"sla_hours", 24.0},
          {"review_due", day(2027, 1, 31)}};
}
[[nodiscard]] inline registry::Named with(registry::Named values, std::string name, registry::Value value) {
  for (auto& [each, old] : values)
    if (each == name) {
      old = std::move(value);
      return values;
    }
  values.emplace_back(std::move(name), std::move(value));
  return values;
}

[[nodiscard]] inline registry::Command act(std::string verb, std::string id, registry::Named values = {}) {
  registry::Command command;
  command.book = "queues";
  command.verb = std::move(verb);
  command.id = std::move(id);
  command.values = std::move(values);
  command.actor = "ana";
  command.reason = "because";
  return command;
}
[[nodiscard]] inline registry::Command act_at(TimePoint time, std::string verb, std::string id,
                                              registry::Named values = {}) {
  registry::Command command = act(std::move(verb), std::move(id), std::move(values));
  command.at = time;
  return command;
}
[[nodiscard]] inline registry::Command found(std::string verb, std::string id, registry::Named values = {}) {
  registry::Command command = act(std::move(verb), std::move(id), std::move(values));
  command.book = "findings";
  return command;
}

/// A state to which commands are done one after another, without a store.
struct Desk {
  registry::State state{};
  std::vector<registry::Event> journal{};

  std::vector<registry::Event> operator()(const registry::Command& command, TimePoint now = noon,
                                          std::uint64_t cause = 0) {
    registry::Draft draft{state};
    registry::decide(draft, command, now, cause);
    for (const registry::Event& event : draft.events()) {
      state.apply(event);
      journal.push_back(event);
    }
    return std::move(draft.events());
  }
  [[nodiscard]] const registry::Record& queue(std::string_view id) const {
    const registry::Record* found = state.find(registry::queues(), id);
    if (found == nullptr) throw std::out_of_range("no queue " + std::string{id});
    return *found;
  }
  [[nodiscard]] registry::Value field(std::string_view id, std::string_view name) const {
    return queue(id).fields.at(*registry::queues().field(name));
  }
  /// A queue brought to a state.
  void has(const std::string& id, std::string_view in, TimePoint now = noon,
           const registry::Named& fields = complete()) {
    (*this)(act("create", id, fields), now);
    if (in == "draft") return;
    (*this)(act("activate", id), now);
    if (in == "paused") (*this)(act("pause", id), now);
    if (in == "deactivated" || in == "archived") (*this)(act("deactivate", id, {{"open_cases", std::int64_t{0}}}), now);
    if (in == "archived") (*this)(act("archive", id), now);
  }
};

/// What a refusal said; the rule is empty where nothing was refused.
struct Refusal {
  std::string rule{};
  std::vector<std::string> legal{};
  std::string words{};
};
template <class Call>
[[nodiscard]] Refusal refusal_of(Call&& call) {
  try {
    std::forward<Call>(call)();
  } catch (const RefusedError& refused) {
    return {refused.rule(), refused.legal(), refused.what()};
  }
  return {};
}

[[nodiscard]] inline registry::State replay(std::span<const registry::Event> events) {
  registry::State state;
  for (const registry::Event& event : events) state.apply(event);
  return state;
}

[[nodiscard]] inline std::string hex(ByteView bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const std::byte each : bytes) {
    out += digits[static_cast<std::size_t>(each) >> 4U];
    out += digits[static_cast<std::size_t>(each) & 15U];
  }
  return out;
}

}  // namespace assay::test
