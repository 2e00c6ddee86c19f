#pragma once
/// \file
/// What an audit can find: the classes into which audited decisions are counted.

#include <cstdint>
#include <string_view>

#include <assay/core/labels.hpp>

namespace assay {

/// What an audit found. "Clear" means: without action against the content.
///
/// Where labels are judged (violating or not is known) the first eight are used; where they can only be compared, the
/// last three. Numbers are part of the wire format.
enum class Outcome : std::uint8_t {
  upheld_violating = 0,       ///< action was right
  upheld_clear = 1,           ///< no action was right
  over_enforcement = 2,       ///< action where none was due
  leakage = 3,                ///< no action where one was due
  wrong_label_violating = 4,  ///< right to act, with another label
  wrong_label_clear = 5,      ///< right not to act, with another label
  unanswered_violating = 6,   ///< action, no audit came back
  unanswered_clear = 7,       ///< no action, no audit came back
  upheld = 0,                 ///< unjudged: decision and verdict agree
  wrong = 1,                  ///< unjudged: they do not
  unanswered = 2,             ///< unjudged: no audit came back
};

/// Classes a cell counts: enough for judged or for unjudged labels.
[[nodiscard]] constexpr std::size_t outcome_classes(bool judged) noexcept { return judged ? 8 : 4; }

/// A set of outcomes, one bit each.
using OutcomeSet = std::uint8_t;

template <class... Outcomes>
[[nodiscard]] constexpr OutcomeSet outcomes(Outcomes... members) noexcept {
  return static_cast<OutcomeSet>((0U | ... | (1U << static_cast<unsigned>(members))));
}

/// The outcome of a decided case whose verdict is decided too.
[[nodiscard]] inline Outcome outcome_of(LabelKind decision, LabelKind verdict, bool same_label) noexcept {
  const bool acted = decision == LabelKind::violating;
  const bool due = verdict == LabelKind::violating;
  if (decision == LabelKind::undeclared) return same_label ? Outcome::upheld : Outcome::wrong;
  if (acted != due) return acted ? Outcome::over_enforcement : Outcome::leakage;
  if (same_label) return acted ? Outcome::upheld_violating : Outcome::upheld_clear;
  return acted ? Outcome::wrong_label_violating : Outcome::wrong_label_clear;
}

}  // namespace assay
