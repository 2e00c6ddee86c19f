#include <set>

#include <assay_test.hpp>

#include <assay/registry/books.hpp>

#include "acts.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::contains;
using assay::test::message_of;
using assay::test::refusal_of;

TEST_CASE("a book is found by number and by name", "[registry]") {
  CHECK(&book_of(std::uint8_t{1}) == &queues());
  CHECK(&book_of("findings") == &findings());
  for (std::size_t i = 0; i < books().size(); ++i) CHECK(books()[i]->number == i + 1);
}

TEST_CASE("a book that is not there is refused: by name with those there are, by number as of a newer release",
          "[registry][refusal]") {
  const auto refused = refusal_of([] { (void)book_of("tickets"); });
  CHECK(refused.rule == "unknown_book");
  CHECK(refused.legal == std::vector<std::string>{"queues", "findings"});
  CHECK(refused.words == "there is no book 'tickets'; there are: queues, findings");
  for (const int number : {0, 3, 255})
    CHECK(message_of<FormatError>([&] { (void)book_of(static_cast<std::uint8_t>(number)); }) ==
          "book " + std::to_string(number) + " was written by a newer release of Assay; open it with that");
}

TEST_CASE("every book is sound: numbers and names once, states that exist, texts for people", "[law][registry]") {
  for (const Book* book : books()) {
    INFO(book->name);
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < book->fields.size(); ++i) {
      const Field& field = book->fields[i];
      CHECK(field.number == i + 1);  // positions are numbers: what is stored is in order
      CHECK(names.insert(field.name).second);
      CHECK_FALSE(field.meaning.empty());
      CHECK(field.most_bytes > 0);
    }
    for (const std::string_view taken : {"id", "state", "version", "created", "changed", "reason", "ticket", "at",
                                         "command_id", "expected_version", "actor"})
      CHECK(names.count(taken) == 0);
    std::set<std::string_view> states;
    for (const StateOfRecord& state : book->states) {
      CHECK(state.number > 0);
      CHECK(states.insert(state.name).second);
      CHECK_FALSE(state.meaning.empty());
    }
    std::set<std::string_view> verbs;
    std::set<int> numbers;
    std::size_t makers = 0;
    for (const Verb& verb : book->verbs) {
      INFO(verb.name);
      CHECK(verbs.insert(verb.name).second);
      CHECK(numbers.insert(verb.number).second);
      CHECK(verb.number > 0);
      CHECK_FALSE(verb.past.empty());
      CHECK_FALSE(verb.meaning.empty());
      for (const std::uint8_t from : verb.from) CHECK(book->has_state(from));
      if (verb.to) CHECK(book->has_state(*verb.to));
      if (verb.creates()) {
        ++makers;
        CHECK(verb.to.has_value());
      }
      std::set<std::string_view> arguments;
      std::set<int> argument_numbers;
      for (const Argument& argument : verb.arguments) {
        CHECK(argument.number > 0);
        CHECK(arguments.insert(argument.name).second);
        CHECK(argument_numbers.insert(argument.number).second);
        if (verb.fields == TakesFields::any) CHECK_FALSE(book->field(argument.name).has_value());
      }
    }
    CHECK(makers == 1);
  }
}
