#pragma once
/// \file
/// What is asked of a sample and its audits, and what their join answers.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <assay/score/design.hpp>
#include <assay/tally/tally.hpp>

namespace assay {

/// What a sample's columns are called and what its labels mean; `sample_design` of a drawn sample says most of it.
struct SampleSpec {
  std::string case_id{};
  std::string decision{};
  std::vector<std::string> by{};  ///< columns of the sample or of the audits that name slices
  std::vector<std::vector<std::string>> groupings{};
  std::vector<std::string> strata{};  ///< the columns the strata were made of
  std::string verdict{};
  std::string correct{};
  std::string exclude{};
  Labels labels{};
  std::set<std::string> known_labels{};        ///< labels of the frame's decisions
  std::map<std::string, std::string> types{};  ///< kind of value of `by` columns in the frame ("l", "u", ...)
  std::vector<Measure> measures{};
  std::optional<std::string> missing{};
  std::optional<std::int64_t> drawn_strata{};  ///< strata and cases of the draw, to notice what got lost on the way
  std::optional<std::int64_t> drawn_cases{};
  bool kinds_as_drawn{true};  ///< labels mean what they meant to the frame, so decision_population can be believed
};

/// The audited cases one by one, kept so that two scores that share cases can be compared fairly.
struct CaseEvidence {
  io::Dictionary ids{};
  std::vector<std::vector<io::Code>> codes{};  ///< by dimension of the tally, then by case
  std::vector<std::uint8_t> outcomes{};
  std::vector<double> weights{};
};

/// A sample with its audits, counted.
struct AuditedSample {
  Tally tally{};
  ScoreDesign design{};
  std::shared_ptr<const CaseEvidence> cases{};
  std::int64_t drawn{0};     ///< cases whose audits were waited for
  std::int64_t answered{0};  ///< of them, those that came back
  std::int64_t excluded{0};
};

}  // namespace assay
