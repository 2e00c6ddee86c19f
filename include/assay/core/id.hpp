#pragma once
/// \file
/// Identifiers that cannot be mistaken for one another.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <assay/core/error.hpp>

namespace assay {

/// Text that names one thing of the kind `Tag`. Whole numbers become their decimal text, so 7 and "7" name the same
/// thing.
template <class Tag>
class Id {
 public:
  /// \throws InputError when the text is empty.
  explicit Id(std::string text) : text_{std::move(text)} {
    if (text_.empty()) throw InputError("an id", "empty text");
  }
  explicit Id(std::int64_t number) : text_{std::to_string(number)} {}

  [[nodiscard]] std::string_view text() const noexcept { return text_; }

  friend bool operator==(const Id&, const Id&) = default;
  friend std::strong_ordering operator<=>(const Id&, const Id&) = default;

 private:
  std::string text_;
};

/// One decision that can be drawn for audit.
using CaseId = Id<struct CaseTag>;

}  // namespace assay
