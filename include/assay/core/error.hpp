#pragma once
/// \file
/// Errors. One root and four kinds, the same in C++ and Python; a message says what was wanted, what was got and where.

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/text.hpp>

namespace assay {

/// The root of every error Assay throws on purpose.
class AssayError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where in a table something was found. Rows count from 0, over the whole table, not over one batch of it.
struct Place {
  std::string column{};
  std::optional<std::int64_t> row{};

  [[nodiscard]] std::string text() const {
    std::string out;
    if (!column.empty()) out += " in column " + in_quotes(column);
    if (row) out += (out.empty() ? " at row " : ", row ") + std::to_string(*row) + " (counting from 0)";
    return out;
  }
};

/// A value, a column or a table that cannot be used.
///
/// `wanted` and `got` are whole phrases: InputError("a weight above 0", "-2", {"weight", 7}, "drop or mend the row")
/// reads "wanted a weight above 0, got -2 in column 'weight', row 7 (counting from 0); drop or mend the row".
class InputError : public AssayError {
 public:
  explicit InputError(const std::string& message) : AssayError(message) {}

  InputError(std::string wanted, std::string got, Place place = {}, const std::string& mend = {})
      : AssayError("wanted " + wanted + ", got " + got + place.text() + (mend.empty() ? "" : "; " + mend)),
        wanted_{std::move(wanted)},
        got_{std::move(got)},
        place_{std::move(place)} {}

  [[nodiscard]] const std::string& wanted() const noexcept { return wanted_; }
  [[nodiscard]] const std::string& got() const noexcept { return got_; }
  [[nodiscard]] const Place& place() const noexcept { return place_; }

 private:
  std::string wanted_{};
  std::string got_{};
  Place place_{};
};

/// Bytes that are not what they claim to be: cut short, altered, or of a newer format.
class FormatError : public AssayError {
 public:
  using AssayError::AssayError;
};

/// A command against the registry's rules: which rule, and what would have been legal.
class RefusedError : public AssayError {
 public:
  RefusedError(const std::string& message, std::string rule, std::vector<std::string> legal = {})
      : AssayError(message), rule_{std::move(rule)}, legal_{std::move(legal)} {}

  [[nodiscard]] const std::string& rule() const noexcept { return rule_; }
  [[nodiscard]] const std::vector<std::string>& legal() const noexcept { return legal_; }

 private:
  std::string rule_;
  std::vector<std::string> legal_;
};

/// The store failed; nothing was written.
class StoreError : public AssayError {
 public:
  using AssayError::AssayError;
};

}  // namespace assay
