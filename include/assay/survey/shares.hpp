#pragma once
/// \file
/// Columns as indicators: what a share is the share of.

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/survey/answer.hpp>

namespace assay::survey {

namespace detail {

/// What nulls are called while they are told apart from values; no text of a table begins so by chance.
inline const std::string unnamed{"\0\0null", 6};

inline Measure indicator(const CodedColumn& column, Code level, Code missing, std::string words) {
  Measure out;
  out.metric = column.name + " = " + words;
  out.level = std::move(words);
  out.share = true;
  out.y.resize(column.codes.size());
  for (std::size_t row = 0; row < out.y.size(); ++row) {
    const Code code = column.codes[row];
    out.y[row] = code == level ? 1.0 : 0.0;
    if (code == missing) {
      out.y[row] = std::numeric_limits<double>::quiet_NaN();
      out.any_missing = true;
    }
  }
  return out;
}

}  // namespace detail

/// The indicators that a column holds: one for true/false (or 0 and 1), one a level for text, one alone where `value`
/// says which level counts.
///
/// \throws InputError for other numbers, a value that no row has, more than 1,000 levels, and missing values without
///         `drop`.
[[nodiscard]] inline std::vector<Measure> share_measures(const HeldTable& table, const std::string& name,
                                                         const std::optional<std::string>& value, bool drop,
                                                         const std::string& mend, unsigned threads) {
  const io::Type& type = table.field(name).type;
  std::vector<Measure> out;
  const bool number = type.storage == io::Storage::boolean || type.is_integer() || type.is_real() ||
                      type.storage == io::Storage::decimal;
  if (!value && number && type.meaning == io::Meaning::plain) {
    NumberColumn column = number_column(table, name, drop, mend);
    for (std::size_t row = 0; row < column.values.size(); ++row)
      if (column.values[row] != 0.0 && column.values[row] != 1.0 && !std::isnan(column.values[row]))
        throw InputError("true or false (or 1 or 0)", to_text(column.values[row]),
                         {name, static_cast<std::int64_t>(row)},
                         "name the value that counts, (column, value), or ask for the mean");
    Measure measure;
    measure.metric = name;
    measure.any_missing = column.missing > 0;
    measure.share = true;
    measure.y = std::move(column.values);
    out.push_back(std::move(measure));
    return out;
  }
  const CodedColumn column =
      code_column(table, name, drop ? std::optional{detail::unnamed} : std::nullopt, threads, mend);
  Code missing = no_code;
  for (Code code = 0; code < column.count(); ++code)
    if (drop && column.words(code) == detail::unnamed) missing = code;
  if (!value && column.count() > 1000)
    throw InputError("at most 1,000 levels", std::to_string(column.count()), {name, {}},
                     "name the level that counts: (column, value)");
  for (Code code = 0; code < column.count(); ++code)
    if (code != missing && (!value || column.words(code) == *value))
      out.push_back(detail::indicator(column, code, missing, column.words(code)));
  if (out.empty())
    throw InputError(value ? "a value that some row has" : "a column with values",
                     value ? in_quotes(*value) : "nothing but nulls", {name, {}});
  return out;
}

}  // namespace assay::survey
