#pragma once
/// \file
/// The book of findings: what the register audit found wrong, who mends it, and what became of it.

#include <cstdint>

#include <assay/registry/book.hpp>
#include <assay/registry/decision.hpp>

namespace assay::registry {

namespace finding {

enum State : std::uint8_t { open = 1, waived = 2, fixed = 3 };

enum Fields : std::uint8_t { rule = 1, severity, subject, owner, due, summary, evidence, waived_until, answer, source };

enum Arguments : std::uint8_t { until = 1 };

inline void raise(Decision& decision) {
  std::vector<std::string> missing;
  for (const std::uint8_t number : {rule, severity, subject, summary})
    if (!is_set(decision.field(number)))
      missing.emplace_back(decision.book().fields[*decision.book().field(number)].name);
  if (!missing.empty())
    decision.refuse("incomplete", "a finding says its rule, severity, subject and summary", missing);
}

inline void waive(Decision& decision) {
  const auto* day = decision.argument<Day>(until);
  if (day == nullptr) decision.refuse("incomplete", "a waiver ends on a day: until=");
  if (*day <= decision.today())
    decision.refuse("waiver",
                    "a waiver must end after " + to_text(Value{decision.today()}) + ", got " + to_text(Value{*day}));
  decision.set(waived_until, *day);
}

inline void clear_waiver(Decision& decision) { decision.set(waived_until, {}); }

}  // namespace finding

/// The book of findings (number 2).
[[nodiscard]] inline const Book& findings() {
  using enum finding::State;
  static const Book book{
      .number = 2,
      .name = "findings",
      .noun = "finding",
      .fields =
          {
              {finding::rule, "rule", Type::text, "The rule that found it."},
              {finding::severity, "severity", Type::text, "How bad it is: high, medium or low."},
              {finding::subject, "subject", Type::text, "What it is about: the id of a queue, or the name of a table."},
              {finding::owner, "owner", Type::text, "Who has to mend it."},
              {finding::due, "due", Type::day, "Day by which it has to be mended."},
              {finding::summary, "summary", Type::text, "What is wrong, in a sentence.", 2000},
              {finding::evidence, "evidence", Type::text, "What was seen.", 4000},
              {finding::waived_until, "waived_until", Type::day, "Day on which the waiver ends.", 500, true},
              {finding::answer, "answer", Type::text, "What its owner said about it.", 2000},
              {finding::source, "source", Type::text, "The table it was found in; empty: the register itself."},
          },
      .states =
          {
              {open, "open", "To be mended."},
              {waived, "waived", "Accepted until a day."},
              {fixed, "fixed", "Mended, or no longer found."},
          },
      .verbs =
          {
              {1, "raise", "raised", "Puts a fault on the record.", {}, open, TakesFields::any, {}, finding::raise},
              {2, "amend", "amended", "Changes fields.", {open, waived}, {}, TakesFields::any},
              {3,
               "waive",
               "waived",
               "Accepts it until a day.",
               {open, waived},
               waived,
               TakesFields::none,
               {{finding::until, "until", Type::day, "Day on which the waiver ends."}},
               finding::waive},
              {4, "fix", "fixed", "Closes it.", {open, waived}, fixed, TakesFields::none, {}, finding::clear_waiver},
              {5,
               "reopen",
               "reopened",
               "It is there again.",
               {fixed, waived},
               open,
               TakesFields::any,
               {},
               finding::clear_waiver},
          },
  };
  return book;
}

}  // namespace assay::registry
