#pragma once
/// \file
/// The books there are. A new book is its own header and one line here.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/registry/book.hpp>
#include <assay/registry/findings.hpp>
#include <assay/registry/queues.hpp>

namespace assay::registry {

inline constexpr std::size_t book_count = 2;

/// All books, by their numbers: books()[n - 1] is book n.
[[nodiscard]] inline const std::array<const Book*, book_count>& books() {
  static const std::array<const Book*, book_count> all{&queues(), &findings()};
  return all;
}

/// \throws FormatError when there is no such book: a newer release wrote it.
[[nodiscard]] inline const Book& book_of(std::uint8_t number) {
  if (number == 0 || number > books().size())
    throw FormatError("book " + std::to_string(number) + " was written by a newer release of Assay; open it with that");
  return *books()[number - 1U];
}

/// \throws RefusedError when there is no such book.
[[nodiscard]] inline const Book& book_of(std::string_view name) {
  std::vector<std::string> names;
  for (const Book* book : books()) {
    if (book->name == name) return *book;
    names.emplace_back(book->name);
  }
  std::string listed;
  for (const std::string& each : names) listed += (listed.empty() ? "" : ", ") + each;
  throw RefusedError("there is no book " + in_quotes(name) + "; there are: " + listed, "unknown_book", names);
}

}  // namespace assay::registry
