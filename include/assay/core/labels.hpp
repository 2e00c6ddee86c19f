#pragma once
/// \file
/// The labels that decisions and verdicts may carry, and which of them mean action against the content.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>

namespace assay {

/// What a label says about the content. `undeclared` where the labels were never told apart.
enum class LabelKind : unsigned char { violating, not_violating, undecided, undeclared };

/// The declared vocabulary of one operation. Sorted, without repeats; equal sets are equal values.
///
/// With `violating` given, every other known label that is not `undecided` is not violating; with neither
/// `violating` nor `not_violating` given, labels can be compared but not judged (accuracy only).
class Labels {
 public:
  Labels() = default;

  /// \throws InputError when one label is declared twice with two meanings.
  Labels(std::vector<std::string> violating, std::vector<std::string> not_violating, std::vector<std::string> undecided)
      : violating_{tidy(std::move(violating))},
        not_violating_{tidy(std::move(not_violating))},
        undecided_{tidy(std::move(undecided))} {
    refuse_shared(violating_, not_violating_, "violating", "not_violating");
    refuse_shared(violating_, undecided_, "violating", "undecided");
    refuse_shared(not_violating_, undecided_, "not_violating", "undecided");
  }

  /// True when labels can be judged, not only compared.
  [[nodiscard]] bool judged() const noexcept { return !violating_.empty() || !not_violating_.empty(); }

  [[nodiscard]] LabelKind kind(std::string_view label) const {
    if (holds(undecided_, label)) return LabelKind::undecided;
    if (!judged()) return LabelKind::undeclared;
    if (holds(violating_, label)) return LabelKind::violating;
    if (holds(not_violating_, label)) return LabelKind::not_violating;
    return violating_.empty() ? LabelKind::violating : LabelKind::not_violating;
  }

  /// True when the label was declared by name under any meaning.
  [[nodiscard]] bool declares(std::string_view label) const {
    return holds(violating_, label) || holds(not_violating_, label) || holds(undecided_, label);
  }

  [[nodiscard]] const std::vector<std::string>& violating() const noexcept { return violating_; }
  [[nodiscard]] const std::vector<std::string>& not_violating() const noexcept { return not_violating_; }
  [[nodiscard]] const std::vector<std::string>& undecided() const noexcept { return undecided_; }

  friend bool operator==(const Labels&, const Labels&) = default;

 private:
  static std::vector<std::string> tidy(std::vector<std::string> labels) {
    std::sort(labels.begin(), labels.end());
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    return labels;
  }

  static bool holds(const std::vector<std::string>& sorted, std::string_view label) {
    return std::binary_search(sorted.begin(), sorted.end(), label, std::less<>{});
  }

  static void refuse_shared(const std::vector<std::string>& one, const std::vector<std::string>& other,
                            const std::string& one_name, const std::string& other_name) {
    for (const auto& label : one)
      if (holds(other, label))
        throw InputError("each label under one meaning",
                         in_quotes(label) + " in both " + one_name + " and " + other_name);
  }

  std::vector<std::string> violating_{};
  std::vector<std::string> not_violating_{};
  std::vector<std::string> undecided_{};
};

}  // namespace assay
