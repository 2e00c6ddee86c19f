#pragma once
/// \file
/// Reconciliation: what a register and another system's table say of the same records, field by field.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/registry/likeness.hpp>
#include <assay/registry/sheet.hpp>
#include <assay/registry/value.hpp>

namespace assay::registry {

/// One field of ours and the column of theirs that should say the same.
struct FieldPair {
  std::string here{};
  std::string there{};
  Likening how{};
  bool always{false};  ///< compared also for records of which only the existence counts (see Reconciliation::compared)
};

/// What is reconciled with what.
struct ReconciliationSpec {
  std::string key_here{"id"};
  std::string key_there{"queue"};
  std::vector<FieldPair> fields{};
  /// One entry a row of the register; empty: all of them. `expected`: must be in the other table. `compared`: all
  /// fields are compared, not only those that always are.
  std::vector<bool> expected{};
  std::vector<bool> compared{};
};

/// One field of one record on which the two disagree.
struct Difference {
  std::size_t row_here{0};
  std::size_t row_there{0};
  std::size_t field{0};  ///< position in the spec
};

/// What was found. Rows count from 0 in their tables; every list is in the order of rows.
struct Reconciliation {
  std::vector<Difference> differences{};
  std::vector<std::size_t> only_here{};    ///< rows of the register that should be there and are not
  std::vector<std::size_t> only_there{};   ///< rows of the other table whose key the register does not know
  std::vector<std::size_t> blank_there{};  ///< rows of the other table without a key
  /// A key that the other table has twice or more, and its rows. The first row is the one that is compared.
  std::vector<std::pair<std::string, std::vector<std::size_t>>> twice_there{};
  std::size_t matched{0};  ///< records that both have
};

namespace detail {

/// A key as text without blanks around it; empty where there is none.
[[nodiscard]] inline std::string key_text(const Value& value) {
  const std::string text = to_text(value);
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == std::string::npos ? std::string{} : text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

/// Where the keys of a register are: as they are written first, then without regard to capitals where that is not
/// ambiguous.
class Keys {
 public:
  Keys(const std::vector<Value>& keys, const std::string& column) {
    exact_.reserve(keys.size());
    for (std::size_t row = 0; row < keys.size(); ++row) {
      std::string key = key_text(keys[row]);
      if (key.empty())
        throw InputError("a key in every row of the register", "nothing", {column, static_cast<std::int64_t>(row)});
      if (!exact_.emplace(std::move(key), row).second)
        throw InputError("each key once in the register", in_quotes(key_text(keys[row])) + " again",
                         {column, static_cast<std::int64_t>(row)});
    }
  }
  /// The row of a key, or `none`.
  [[nodiscard]] std::size_t row_of(const std::string& key) {
    if (const auto found = exact_.find(key); found != exact_.end()) return found->second;
    if (folded_.empty())
      for (const auto& [own, row] : exact_) {
        const auto [known, fresh] = folded_.emplace(registry::folded(own), row);
        if (!fresh) known->second = none;
      }
    const auto found = folded_.find(registry::folded(key));
    return found == folded_.end() ? none : found->second;
  }

  static constexpr std::size_t none = static_cast<std::size_t>(-1);

 private:
  std::unordered_map<std::string, std::size_t> exact_{};
  std::unordered_map<std::string, std::size_t> folded_{};  ///< made when a key is not found as it is written
};

}  // namespace detail

/// Matches two tables on their keys and compares the fields of what both have.
///
/// Assumes: keys are unique in the register.
/// Use when: a routing tool, a BI platform or a roster keeps a copy of what the register says.
/// Not for: tables without a key in common.
/// No data: an empty other table misses every record that it should have.
/// \throws InputError when a column is missing or cannot be read, a key of the register is missing or stands twice, or
/// `expected` or `compared` has another length than the register.
[[nodiscard]] inline Reconciliation reconcile(const Sheet& here, const Sheet& there, const ReconciliationSpec& spec) {
  for (const auto* mask : {&spec.expected, &spec.compared})
    if (!mask->empty() && mask->size() != here.rows())
      throw InputError("one entry for each of " + std::to_string(here.rows()) + " rows", std::to_string(mask->size()));
  const auto says = [](const std::vector<bool>& mask, std::size_t row) { return mask.empty() || mask[row]; };
  detail::Keys keys{here.at(spec.key_here), spec.key_here};
  const std::vector<Value>& their_keys = there.at(spec.key_there);
  std::vector<std::pair<const std::vector<Value>*, const std::vector<Value>*>> columns;
  for (const FieldPair& pair : spec.fields) columns.emplace_back(&here.at(pair.here), &there.at(pair.there));

  Reconciliation out;
  std::vector<std::size_t> match(here.rows(), detail::Keys::none);
  std::unordered_map<std::string, std::size_t> strangers;  // to a row of only_there
  std::unordered_map<std::size_t, std::size_t> twice;      // from a first row there to a position in twice_there
  const auto again = [&](const std::string& key, std::size_t first, std::size_t row) {
    const auto [position, fresh] = twice.emplace(first, out.twice_there.size());
    if (fresh) out.twice_there.push_back({key, {first}});
    out.twice_there[position->second].second.push_back(row);
  };
  for (std::size_t row = 0; row < there.rows(); ++row) {
    const std::string key = detail::key_text(their_keys[row]);
    if (key.empty()) {
      out.blank_there.push_back(row);
      continue;
    }
    const std::size_t ours = keys.row_of(key);
    if (ours == detail::Keys::none) {
      const auto [known, fresh] = strangers.emplace(key, row);
      if (fresh)
        out.only_there.push_back(row);
      else
        again(key, known->second, row);
    } else if (match[ours] == detail::Keys::none) {
      match[ours] = row;
    } else {
      again(key, match[ours], row);
    }
  }
  for (std::size_t row = 0; row < here.rows(); ++row) {
    if (match[row] == detail::Keys::none) {
      if (says(spec.expected, row)) out.only_here.push_back(row);
      continue;
    }
    ++out.matched;
    for (std::size_t field = 0; field < columns.size(); ++field) {
      if (!spec.fields[field].always && !says(spec.compared, row)) continue;
      const auto& [ours, theirs] = columns[field];
      if (!alike((*ours)[row], (*theirs)[match[row]], spec.fields[field].how))
        out.differences.push_back({row, match[row], field});
    }
  }
  return out;
}

}  // namespace assay::registry
