#pragma once
/// \file
/// What every C++ test includes: Catch2 2.13 or 3 behind one name, messages of errors, and the shared golden files.

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_approx.hpp>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#else
#include <catch2/catch.hpp>
namespace Catch {
using Detail::Approx;
}  // namespace Catch
#endif

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using Catch::Approx;

namespace assay::test {

[[nodiscard]] inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// What the error says that `call` throws; an error of another kind goes on its way and fails the test.
///
///     CHECK(message_of<InputError>([] { Confidence{2.0}; }) == "wanted ..., got 2");
template <class Error, class Call>
[[nodiscard]] std::string message_of(Call&& call) {
  try {
    std::forward<Call>(call)();
  } catch (const Error& error) {
    return error.what();
  }
  return "(nothing was thrown)";
}

/// A file of the shared folder ($ASSAY_SHARED, else ../shared beside the repository), for instance
/// shared_file("golden/B_intervals/binomial_intervals.csv").
///
/// Nothing where the folder is absent: the reason is printed and the test should return. With
/// ASSAY_REQUIRE_SHARED=1 in the environment it fails instead.
[[nodiscard]] inline std::optional<std::filesystem::path> shared_file(const std::string& name) {
  const char* given = std::getenv("ASSAY_SHARED");
  const std::filesystem::path folder{given != nullptr && *given != '\0' ? given : ASSAY_SHARED_BESIDE};
  const std::filesystem::path file = folder / name;
  if (std::filesystem::exists(file)) return file;
  const char* required = std::getenv("ASSAY_REQUIRE_SHARED");
  if (required != nullptr && std::string_view{required} == "1")
    FAIL("ASSAY_REQUIRE_SHARED=1, but there is no shared file " << name << " in " << folder.string());
  WARN("skipped: no shared file " << name << " (set ASSAY_SHARED to the folder that holds it)");
  return std::nullopt;
}

class Table;

/// One line of a golden file, read by column name. An unknown column, or a number that is none, throws.
class Row {
 public:
  Row(const Table& table, std::size_t index) : table_{&table}, index_{index} {}

  [[nodiscard]] const std::string& text(std::string_view column) const;
  [[nodiscard]] double number(std::string_view column) const;
  [[nodiscard]] std::int64_t integer(std::string_view column) const;
  /// True where the cell is neither empty nor NA.
  [[nodiscard]] bool holds(std::string_view column) const {
    const std::string& cell = text(column);
    return !cell.empty() && cell != "NA";
  }

 private:
  const Table* table_;
  std::size_t index_;
};

/// A golden file in memory: comma-separated, quotes honoured, blanks around a cell dropped.
class Table {
 public:
  explicit Table(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) throw std::runtime_error("cannot read " + file.string());
    read(std::string{std::istreambuf_iterator<char>{in}, {}});
  }
  /// From text, for tests of this reader.
  [[nodiscard]] static Table of(const std::string& text) {
    Table table;
    table.read(text);
    return table;
  }

  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return columns_; }
  [[nodiscard]] bool has(std::string_view column) const noexcept {
    for (const auto& name : columns_)
      if (name == column) return true;
    return false;
  }
  [[nodiscard]] Row row(std::size_t index) const { return {*this, index}; }
  [[nodiscard]] std::vector<Row> rows() const {
    std::vector<Row> out;
    for (std::size_t index = 0; index < size(); ++index) out.push_back(row(index));
    return out;
  }
  /// A whole column as numbers.
  [[nodiscard]] std::vector<double> numbers(std::string_view column) const {
    std::vector<double> out;
    for (const Row& each : rows()) out.push_back(each.number(column));
    return out;
  }

  [[nodiscard]] const std::string& cell(std::size_t index, std::string_view column) const {
    for (std::size_t at = 0; at < columns_.size(); ++at)
      if (columns_[at] == column) return rows_.at(index).at(at);
    throw std::runtime_error("no column '" + std::string{column} + "' in the golden file");
  }

 private:
  Table() = default;

  void read(const std::string& text) {
    std::vector<std::string> line;
    std::string cell;
    bool quoted = false;
    const auto end_cell = [&] {
      const auto first = cell.find_first_not_of(" \t");
      const auto last = cell.find_last_not_of(" \t");
      line.push_back(first == std::string::npos ? std::string{} : cell.substr(first, last - first + 1));
      cell.clear();
    };
    const auto end_line = [&] {
      if (line.empty() && cell.empty()) return;
      end_cell();
      if (columns_.empty()) {
        columns_ = std::move(line);
      } else if (line.size() != columns_.size()) {
        throw std::runtime_error("line " + std::to_string(rows_.size() + 2) + " has " + std::to_string(line.size()) +
                                 " cells, the header " + std::to_string(columns_.size()));
      } else {
        rows_.push_back(std::move(line));
      }
      line.clear();
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
      const char letter = text[at];
      if (letter == '"') {
        const bool doubled = quoted && at + 1 < text.size() && text[at + 1] == '"';
        if (doubled)
          cell += text[++at];
        else
          quoted = !quoted;
      } else if (!quoted && letter == ',') {
        end_cell();
      } else if (!quoted && letter == '\n') {
        end_line();
      } else if (quoted || letter != '\r') {
        cell += letter;
      }
    }
    end_line();
  }

  std::vector<std::string> columns_{};
  std::vector<std::vector<std::string>> rows_{};
};

inline const std::string& Row::text(std::string_view column) const { return table_->cell(index_, column); }

namespace detail {
template <class Number>
[[nodiscard]] Number parsed(const std::string& cell, std::string_view column) {
  Number out{};
  const auto [end, problem] = std::from_chars(cell.data(), cell.data() + cell.size(), out);
  if (problem != std::errc{} || end != cell.data() + cell.size())
    throw std::runtime_error("'" + cell + "' in column '" + std::string{column} + "' is no such number");
  return out;
}
}  // namespace detail

inline double Row::number(std::string_view column) const { return detail::parsed<double>(text(column), column); }
inline std::int64_t Row::integer(std::string_view column) const {
  return detail::parsed<std::int64_t>(text(column), column);
}

}  // namespace assay::test
