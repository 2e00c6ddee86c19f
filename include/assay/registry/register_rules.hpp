#pragma once
/// \file
/// Rules about a register as data: conditions on the fields of a row, and the sentence that says what is wrong.
///
/// Nothing is evaluated but comparisons: a rule that comes from a file can read rows and no more.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/registry/iso_day.hpp>
#include <assay/registry/sheet.hpp>
#include <assay/registry/value.hpp>

namespace assay::registry {

/// How a field is compared. A field that is not set fulfils `missing` alone.
enum class Test : std::uint8_t { is, is_not, missing, present, below, at_most, at_least, above, holds, lacks, like };

/// The day of the audit, or some days before (negative) or after it.
struct FromToday {
  int days{0};
};
/// What another field of the same row holds.
struct OtherField {
  std::string name{};
};

/// What a field is compared with: any one of some values, another field, or a day near today.
using Operand = std::variant<std::vector<Value>, OtherField, FromToday>;

/// One comparison; or, where `any` is not empty, at least one of those.
struct Condition {
  std::string field{};
  Test test{Test::is};
  Operand operand{};
  std::vector<Condition> any{};
};

/// A row is at fault when all of `when` hold and, where `require` names fields, one of those is not set.
///
/// `text` may name fields of the row in braces, and {today} and {missing}: "Owner {owner} has left.". Of a time it
/// shows the day.
struct RegisterRule {
  std::string id{};
  std::vector<Condition> when{};
  std::vector<std::string> require{};
  std::string text{};
};

/// One fault of one row.
struct Fault {
  std::size_t row{0};
  std::string summary{};
  std::string evidence{};  ///< the fields that were looked at, as they are
};

namespace detail {

/// Less (-1), equal (0) or more (1); nothing where the two cannot be compared.
[[nodiscard]] inline std::optional<int> order(const Value& one, const Value& other) {
  const auto sign = [](auto a, auto b) { return a < b ? -1 : a > b ? 1 : 0; };
  const auto number = [](const Value& value) -> std::optional<double> {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return {};
  };
  if (const auto a = number(one), b = number(other); a && b) return sign(*a, *b);
  if (one.index() == other.index() && std::holds_alternative<TimePoint>(one))
    return sign(std::get<TimePoint>(one), std::get<TimePoint>(other));
  const bool dated = type_of(one) == Type::day || type_of(one) == Type::time || type_of(other) == Type::day ||
                     type_of(other) == Type::time;
  if (dated) {
    if (const auto a = day_of(one), b = day_of(other); a && b) return sign(*a, *b);
    return {};
  }
  if (one.index() != other.index()) return {};
  if (const auto* text = std::get_if<std::string>(&one)) return sign(*text, std::get<std::string>(other));
  return one == other ? std::optional{0} : std::optional<int>{};
}

/// Whether the text fits the pattern, in which * stands for any letters and nothing else is special.
[[nodiscard]] inline bool fits(std::string_view text, std::string_view pattern) {
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string_view::npos;
  std::size_t mark = 0;
  while (at < text.size()) {
    if (in < pattern.size() && pattern[in] == '*') {
      star = in++;
      mark = at;
    } else if (in < pattern.size() && pattern[in] == text[at]) {
      ++in;
      ++at;
    } else if (star != std::string_view::npos) {
      in = star + 1;
      at = ++mark;
    } else {
      return false;
    }
  }
  while (in < pattern.size() && pattern[in] == '*') ++in;
  return in == pattern.size();
}

class RuleReader {
 public:
  RuleReader(const RegisterRule& rule, const Sheet& sheet, Day today) : rule_{rule}, sheet_{sheet}, today_{today} {}

  [[nodiscard]] bool holds(const Condition& condition, std::size_t row) const {
    if (!condition.any.empty())
      return std::any_of(condition.any.begin(), condition.any.end(),
                         [&](const Condition& each) { return holds(each, row); });
    const Value& value = sheet_.at(condition.field)[row];
    if (condition.test == Test::missing) return !is_set(value);
    if (condition.test == Test::present) return is_set(value);
    if (!is_set(value)) return false;
    if (const auto* values = std::get_if<std::vector<Value>>(&condition.operand)) {
      const auto one = [&](const Value& wanted) { return compare(condition, value, wanted); };
      if (condition.test == Test::is_not || condition.test == Test::lacks)
        return std::all_of(values->begin(), values->end(), one);
      return std::any_of(values->begin(), values->end(), one);
    }
    if (const auto* near = std::get_if<FromToday>(&condition.operand))
      return compare(condition, value, Value{today_ + std::chrono::days{near->days}});
    const Value& other = sheet_.at(std::get<OtherField>(condition.operand).name)[row];
    return is_set(other) && compare(condition, value, other);
  }

  [[nodiscard]] std::vector<std::string> missing(std::size_t row) const {
    std::vector<std::string> out;
    for (const std::string& field : rule_.require)
      if (!is_set(sheet_.at(field)[row])) out.push_back(field);
    return out;
  }

  [[nodiscard]] std::string filled(std::size_t row, const std::string& missing) const {
    std::string out;
    const std::string_view text = rule_.text;
    for (std::size_t at = 0; at < text.size();) {
      const auto open = text.find('{', at);
      const auto close = open == std::string_view::npos ? open : text.find('}', open);
      if (close == std::string_view::npos) return out += text.substr(at);
      out += text.substr(at, open - at);
      const std::string_view name = text.substr(open + 1, close - open - 1);
      if (name == "today")
        out += to_text(Value{today_});
      else if (name == "missing")
        out += missing;
      else
        out += words(sheet_.at(name)[row]);
      at = close + 1;
    }
    return out;
  }

  [[nodiscard]] std::string evidence(std::size_t row) const {
    std::vector<std::string> seen;
    for (const Condition& each : rule_.when) collect(each, seen);
    std::string out;
    for (const std::string& field : seen) {
      const Value& value = sheet_.at(field)[row];
      out += (out.empty() ? "" : "; ") + field + (is_set(value) ? " = " + to_text(value) : " is not set");
    }
    return out;
  }

 private:
  /// A value inside a sentence: of a time, the day is enough.
  [[nodiscard]] static std::string words(const Value& value) {
    return std::holds_alternative<TimePoint>(value) ? to_text(Value{*day_of(value)}) : to_text(value);
  }

  static void collect(const Condition& condition, std::vector<std::string>& out) {
    for (const Condition& each : condition.any) collect(each, out);
    const auto add = [&](const std::string& name) {
      if (!name.empty() && std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    };
    add(condition.field);
    if (const auto* other = std::get_if<OtherField>(&condition.operand)) add(other->name);
  }

  [[nodiscard]] bool compare(const Condition& condition, const Value& value, const Value& wanted) const {
    if (condition.test == Test::holds || condition.test == Test::lacks) {
      const auto* set = std::get_if<Texts>(&value);
      const auto* text = std::get_if<std::string>(&wanted);
      if (set == nullptr || text == nullptr) refuse(condition, value, wanted);
      return std::binary_search(set->begin(), set->end(), *text) == (condition.test == Test::holds);
    }
    if (condition.test == Test::like) {
      const auto* text = std::get_if<std::string>(&value);
      const auto* pattern = std::get_if<std::string>(&wanted);
      if (text == nullptr || pattern == nullptr) refuse(condition, value, wanted);
      return fits(*text, *pattern);
    }
    const bool equality = condition.test == Test::is || condition.test == Test::is_not;
    const auto which = order(value, wanted);
    if (!which && equality && value.index() == wanted.index()) return condition.test == Test::is_not;
    if (!which) refuse(condition, value, wanted);
    switch (condition.test) {
      case Test::is:
        return *which == 0;
      case Test::is_not:
        return *which != 0;
      case Test::below:
        return *which < 0;
      case Test::at_most:
        return *which <= 0;
      case Test::at_least:
        return *which >= 0;
      default:
        return *which > 0;
    }
  }

  [[noreturn]] void refuse(const Condition& condition, const Value& value, const Value& wanted) const {
    throw InputError("in rule " + in_quotes(rule_.id) + " a comparison of like with like",
                     std::string{to_text(type_of(value))} + " against " +
                         (is_set(wanted) ? std::string{to_text(type_of(wanted))} : "nothing"),
                     {condition.field, {}});
  }

  const RegisterRule& rule_;
  const Sheet& sheet_;
  Day today_;
};

}  // namespace detail

/// The rows of a register that are at fault under a rule, in their order.
///
/// No data: a register without rows is without fault.
/// \throws InputError naming the rule when it compares what cannot be compared, or names a column that is not there.
[[nodiscard]] inline std::vector<Fault> faults_of(const RegisterRule& rule, const Sheet& sheet, Day today) {
  std::vector<Fault> out;
  const detail::RuleReader reader{rule, sheet, today};
  for (std::size_t row = 0; row < sheet.rows(); ++row) {
    if (!std::all_of(rule.when.begin(), rule.when.end(),
                     [&](const Condition& each) { return reader.holds(each, row); }))
      continue;
    std::string missing;
    for (const std::string& field : reader.missing(row)) missing += (missing.empty() ? "" : ", ") + field;
    if (!rule.require.empty() && missing.empty()) continue;
    out.push_back({row, reader.filled(row, missing), reader.evidence(row)});
  }
  return out;
}

}  // namespace assay::registry
