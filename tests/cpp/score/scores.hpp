#pragma once
/// \file
/// Small tables in memory, and scores of them.

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <assay/io/export.hpp>
#include <assay/score/population.hpp>
#include <assay/score/result.hpp>
#include <assay/tally/read.hpp>
#include <assay_test.hpp>

namespace assay::test {

using Words = std::vector<std::string>;
using Wholes = std::vector<std::int64_t>;
using Numbers = std::vector<double>;
using Column = std::pair<std::string, std::variant<Words, Wholes, Numbers>>;

[[nodiscard]] inline io::Stream stream_of(const std::vector<Column>& columns) {
  std::vector<std::shared_ptr<const io::ColumnData>> out;
  for (const auto& [name, values] : columns) {
    io::ColumnBuilder builder{name, std::holds_alternative<Words>(values)    ? "u"
                                    : std::holds_alternative<Wholes>(values) ? "l"
                                                                             : "g"};
    std::visit(
        [&](const auto& each) {
          for (const auto& value : each) {
            if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>)
              builder.append(std::string_view{value});
            else
              builder.append(value);
          }
        },
        values);
    out.push_back(builder.finish());
  }
  ArrowArrayStream raw{};
  io::export_stream(io::Table{std::move(out)}, &raw);
  return io::Stream{&raw};
}

/// A table's spec: decision "d", verdict "v", "remove" and "spam" violating.
[[nodiscard]] inline TallySpec judged_spec(const std::vector<Words>& groupings = {{}}, const Words& strata = {}) {
  TallySpec spec;
  spec.groupings = groupings;
  for (const Words& names : groupings)
    for (const std::string& name : names)
      if (std::find(spec.by.begin(), spec.by.end(), name) == spec.by.end()) spec.by.push_back(name);
  spec.strata = strata;
  spec.decision = "d";
  spec.verdict = "v";
  spec.labels = Labels{{"remove", "spam"}, {}, {}};
  return spec;
}

[[nodiscard]] inline Tally tally_of(const TallySpec& spec, const std::vector<Column>& columns, unsigned threads = 1) {
  io::Stream stream = stream_of(columns);
  return tally_table(spec, stream, threads);
}

/// A result, ready to be shown or compared.
[[nodiscard]] inline ScoreResult result_of(const TallySpec& spec, const std::vector<Column>& columns,
                                           const ScoreOptions& options = {}, const PopulationSizes& population = {}) {
  ScoreResult result;
  result.tally = std::make_shared<const Tally>(tally_of(spec, columns));
  result.design = design_of(*result.tally, population);
  result.options = options;
  result.scored = score(*result.tally, result.design, options);
  return result;
}

/// `right` of `n` decisions upheld, all by the label "allow".
[[nodiscard]] inline std::vector<Column> upheld(std::size_t right, std::size_t n) {
  Words verdicts(n, "remove");
  std::fill_n(verdicts.begin(), right, "allow");
  return {{"d", Words(n, "allow")}, {"v", verdicts}};
}

}  // namespace assay::test
