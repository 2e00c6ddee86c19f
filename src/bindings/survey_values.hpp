#pragma once
/// \file
/// Survey values as Python holds them: a table with its design, and answers that remember where they are from.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <assay/survey/answer.hpp>
#include <assay/survey/read.hpp>

#include "bindings.hpp"

namespace assay::bindings {

using Names = std::vector<std::string>;

/// One of the checked arguments that assay.survey hands over.
template <class Value>
[[nodiscard]] Value given(const py::dict& arguments, const char* name) {
  return arguments[name].cast<Value>();
}

/// The table of answers, and the answers behind it.
struct SurveyTable : io::Table {
  std::shared_ptr<const survey::Answers> answers;

  SurveyTable(io::Table table, std::shared_ptr<const survey::Answers> own)
      : io::Table{std::move(table)}, answers{std::move(own)} {}
};

/// A design over a table, as Python's own `Design` wraps it.
struct SurveyDesign {
  std::shared_ptr<const survey::Survey> survey;

  /// The same table under another design (adjusted weights, another source of variances).
  [[nodiscard]] SurveyDesign with(survey::Design design) const {
    return {std::make_shared<const survey::Survey>(survey::Survey{survey->table, survey->columns, std::move(design)})};
  }
};

}  // namespace assay::bindings
