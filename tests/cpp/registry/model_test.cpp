// Random commands, right and wrong, to a registry and to a plain model of one. What the model says must come out: who
// is refused and by which rule, how many events are written, what every record is, now and at any time before.
//
// ASSAY_MODEL_SEED=n begins elsewhere, ASSAY_MODEL_COMMANDS=n runs longer.

#include <unistd.h>

#include <filesystem>
#include <iostream>

#include <assay_test.hpp>

#include <assay/core/random.hpp>
#include <assay/registry/journal.hpp>
#include <assay/registry/registry.hpp>

#include "../store/places.hpp"
#include "acts.hpp"
#include "author.hpp"
#include "model.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::Author;
using assay::test::Model;
using assay::test::noon;

namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : std::strtoull(value, nullptr, 10);
}

bool same(const Book& book, const Record* record, const Model::Thing* wanted) {
  if (record == nullptr || wanted == nullptr) return record == nullptr && wanted == nullptr;
  const Model::Thing& thing = *wanted;
  if (book.state_name(record->state) != thing.state || record->version != thing.version ||
      record->created != thing.created || record->changed != thing.changed)
    return false;
  std::size_t set = 0;
  for (std::size_t i = 0; i < book.fields.size(); ++i) {
    if (!is_set(record->fields[i])) continue;
    ++set;
    const auto found = thing.fields.find(std::string{book.fields[i].name});
    if (found == thing.fields.end() || found->second != record->fields[i]) return false;
  }
  return set == thing.fields.size();
}

/// Whether a state is what the model holds, record by record.
bool same(const State& state, const std::map<Model::Name, Model::Thing>& things) {
  std::size_t records = 0;
  for (const Book* book : books()) records += state.records(*book).size();
  if (records != things.size()) return false;
  return std::all_of(things.begin(), things.end(), [&](const auto& each) {
    const Book& book = book_of(each.first.first);
    return same(book, state.find(book, each.first.second), &each.second);
  });
}

struct Course {
  std::uint64_t seed;
  std::uint64_t commands;
  std::uint64_t most_together;  ///< commands in one call
  bool shared;                  ///< the place can be opened twice
};

struct Counts {
  std::uint64_t done{0}, refused{0}, together{0}, replayed{0}, events{0}, lapsed{0}, cancelled{0}, reopened{0};
  std::map<std::string, std::uint64_t> rules{};
};

/// REQUIRE, but words are made only where it fails.
#define MUST(what) \
  if (!(what)) FAIL("seed " << course_.seed << ", after " << step_ << " commands: " << said_ << " | not so: " #what)

/// A registry that is driven beside the model.
class Trial {
 public:
  Trial(std::function<std::unique_ptr<Store>()> open, Course course)
      : open_{std::move(open)}, course_{course}, random_{course.seed} {
    registries_.push_back(make());
    if (course_.shared) registries_.push_back(make());
  }

  Counts run() {
    for (std::uint64_t commands = 0; commands < course_.commands;) {
      step_ = commands;
      now_ += Microseconds{static_cast<std::int64_t>(random_.below(3'600'000'000))};
      // whole comparisons are for all records: some dozens of them in a run
      const std::uint64_t calls = std::max<std::uint64_t>(course_.commands * 2 / (course_.most_together + 1), 40);
      const std::uint64_t kind = random_.below(1'000);
      if (author_.one_in(calls / 16)) reopen();
      if (author_.one_in(calls / 8) || commands == 0) look_back();
      if (kind < 20) cancel();
      if (kind >= 20 && kind < 50) replay();
      commands += execute();
    }
    reopen();
    look_back();
    check_all();
    return tally_;
  }

 private:
  std::unique_ptr<Registry> make() {
    RegistryOptions options;
    options.clock = [this] { return now_; };
    options.store_state_every = random_.below(3) == 0 ? 0 : 500 + random_.below(3'000);
    return std::make_unique<Registry>(open_(), std::move(options));
  }
  Registry& registry() { return *registries_[random_.below(registries_.size())]; }

  std::uint64_t execute() {
    const std::uint64_t size =
        course_.most_together == 1 || random_.below(3) == 0 ? 1 : 1 + random_.below(course_.most_together);
    Registry& used = registry();
    model_.settle(now_);
    const auto mark = model_.mark();
    std::vector<Command> commands;
    std::set<std::string> broken;
    std::size_t events = 0;
    while (commands.size() < size && broken.empty()) {
      commands.push_back(author_.command());
      // many wrong ones would leave long bulks never done
      for (int again = 0; size > 3 && again < 9 && !model_.broken(commands.back(), now_).empty() && !author_.one_in(60);
           ++again)
        commands.back() = author_.command();
      broken = model_.broken(commands.back(), now_);
      if (broken.empty()) events += model_.carry_out(commands.back(), now_);
    }
    if (!broken.empty() && author_.one_in(2)) commands.push_back(author_.command());  // nobody gets to that one
    std::set<std::string> ids;
    for (const Command& each : commands)
      if (!each.command_id.empty() && !ids.insert(each.command_id).second) broken.insert("command_id_reused");
    if (!broken.empty()) model_.back_to(mark);

    said_ = commands.back().book + " " + commands.back().verb + " " + commands.back().id;
    const Head before = used.head();
    std::string rule;
    std::vector<Event> written;
    try {
      written = used.execute(commands);
    } catch (const RefusedError& refused) {
      rule = refused.rule();
      said_ += std::string{": "} + refused.what();
    } catch (const InputError& refused) {
      rule = "input";
      said_ += std::string{": "} + refused.what();
    }
    if (!broken.empty()) {
      said_ += " | refused as '" + rule + "', the model says:";
      for (const std::string& each : broken) said_ += " " + each;
      MUST(broken.count(rule) == 1);
      ++tally_.refused;
      ++tally_.rules[rule];
      // nothing is left but, where something fell due, what was due
      MUST(used.head().sequence == model_.sequence);
      MUST((used.head().sequence > before.sequence || used.head() == before));
      const State& state = used.state();
      for (const Command& each : commands) {
        const Model::Thing* thing = model_.find(each.book, each.id);
        if (each.book != "tickets") MUST(same(book_of(each.book), state.find(book_of(each.book), each.id), thing));
      }
      return commands.size();
    }
    said_ += " | refused as '" + rule + "'";
    MUST(rule.empty());
    MUST(written.size() == events);
    MUST(used.head().sequence == model_.sequence);
    tally_.done += commands.size();
    tally_.together += commands.size() > 1 ? 1 : 0;
    check_touched(used, written);
    if (!commands.empty() &&
        std::all_of(commands.begin(), commands.end(), [](const Command& c) { return !c.command_id.empty(); }))
      remembered_.emplace_back(commands, written);
    return commands.size();
  }

  void check_touched(Registry& used, const std::vector<Event>& written) {
    const State& state = used.state();
    for (const Event& event : written) {
      const Book& book = book_of(event.book);
      const Model::Thing* thing = model_.find(std::string{book.name}, event.id);
      MUST(thing != nullptr);
      MUST(same(book, state.find(book, event.id), thing));
    }
  }

  void check_all() {
    model_.settle(now_);
    const Bytes bytes = registries_[0]->state().to_bytes();
    for (const auto& each : registries_) {
      const State& state = each->state();
      MUST(same(state, model_.things));
      MUST(state.waiting().size() == model_.waiting.size());
      for (const auto& [due, command] : model_.waiting) MUST(state.waiting().count(due) == 1);
      MUST(state.to_bytes() == bytes);
    }
  }

  /// Commands sent again are not done again.
  void replay() {
    if (remembered_.empty()) return;
    const auto& [commands, written] = author_.any(remembered_);
    model_.settle(now_);
    MUST(registry().execute(commands) == written);
    std::vector<Command> other = commands;
    other.front().verb = other.front().verb == "amend" ? "review" : "amend";
    std::string rule;
    try {
      registry().execute(other);
    } catch (const RefusedError& refused) {
      rule = refused.rule();
    }
    MUST(rule == "command_id_reused");
    MUST(registry().head().sequence == model_.sequence);
    ++tally_.replayed;
  }

  void cancel() {
    model_.settle(now_);
    if (model_.waiting.empty()) return;
    const std::uint64_t sequence = author_.any(model_.waiting).first.second;
    const auto events = registry().cancel(sequence, "ana", "not after all");
    MUST(events.size() == 1);
    std::erase_if(model_.waiting, [&](const auto& each) { return each.first.second == sequence; });
    ++model_.sequence;
    MUST(events[0].sequence == model_.sequence);
    ++tally_.cancelled;
  }

  void reopen() {
    if (course_.shared)
      for (auto& each : registries_) {
        if (random_.below(2) == 0) each->keep_state();
        each.reset();
        each = make();
        ++tally_.reopened;
      }
    check_all();
  }

  /// What was, at some time; and the stories, which together are the journal.
  void look_back() {
    model_.settle(now_);
    const TimePoint time = now_ - Microseconds{static_cast<std::int64_t>(random_.below(400'000'000'000))};
    Registry& used = registry();
    MUST(same(used.as_of(time), model_.as_of(time)));
    const std::vector<Event> all = used.changes(0);
    MUST(all.size() == model_.sequence);
    State state;
    for (const Event& event : all) state.apply(event);
    MUST(state.to_bytes() == used.state().to_bytes());
    tally_.events = all.size();
    tally_.lapsed = 0;
    for (const Event& event : all) tally_.lapsed += event.kind == EventKind::lapsed ? 1 : 0;
    if (model_.things.empty()) return;
    const Model::Name name = author_.any(model_.things).first;
    const Book& book = book_of(name.first);
    std::vector<Event> story;
    for (const Event& event : all)
      if (event.book == book.number && event.id == name.second) story.push_back(event);
    MUST(used.history(book, name.second) == story);
  }

  std::function<std::unique_ptr<Store>()> open_;
  Course course_;
  Random random_;
  TimePoint now_{noon};
  Model model_{};
  Author author_{random_, model_, now_};
  std::vector<std::unique_ptr<Registry>> registries_{};
  std::vector<std::pair<std::vector<Command>, std::vector<Event>>> remembered_{};
  Counts tally_{};
  std::uint64_t step_{0};
  std::string said_{};
};

/// Runs a trial; and sees that it was one: that every kind of thing happened, and every rule was broken.
void run(const std::function<std::unique_ptr<Store>()>& open, Course course) {
  course.seed += from_environment("ASSAY_MODEL_SEED", 0);
  course.commands = from_environment("ASSAY_MODEL_COMMANDS", course.commands);
  const Counts tally = Trial{open, course}.run();
  std::string rules;
  for (const auto& [rule, count] : tally.rules) rules += " " + rule + "=" + std::to_string(count);
  INFO("seed " << course.seed << ": done " << tally.done << ", refused calls " << tally.refused << ", bulks "
               << tally.together << ", sent again " << tally.replayed << ", events " << tally.events << ", lapsed "
               << tally.lapsed << ", called off " << tally.cancelled << ", opened again " << tally.reopened << ";"
               << rules);
  if (std::getenv("ASSAY_MODEL_TELL") != nullptr) WARN("told");
  if (course.commands < 10'000) return;
  for (const char* rule : {"blank_actor", "blank_reason", "text", "unknown_book", "unknown_verb", "unknown_field",
                           "unknown_id", "id_taken", "version", "illegal_transition", "time_order", "incomplete",
                           "open_cases", "reroute", "retention", "review", "split", "waiver", "input"})
    CHECK(tally.rules.count(rule) == 1);
  CHECK(tally.done > course.commands / 4);
  CHECK(tally.refused > course.commands / 100);
  CHECK(tally.replayed > 0);
  CHECK(tally.lapsed > 0);
  CHECK(tally.cancelled > 0);
  CHECK((tally.together > 0) == (course.most_together > 1));
}

/// In memory a journal is gone with its store: this one is opened again.
class Borrowed final : public Store {
 public:
  explicit Borrowed(std::shared_ptr<Store> of) : of_{std::move(of)} {}
  Head head() override { return of_->head(); }
  std::optional<Head> append(const Head& expected, std::span<const NewEntry> entries) override {
    return of_->append(expected, entries);
  }
  void read(std::uint64_t after, std::uint64_t most, const Reader& reader) override { of_->read(after, most, reader); }
  std::optional<std::uint64_t> find_command(std::string_view id) override { return of_->find_command(id); }
  std::optional<StoredState> stored_state() override { return of_->stored_state(); }
  void store_state(const StoredState& state) override { of_->store_state(state); }
  bool writable() const override { return true; }
  std::string place() const override { return of_->place(); }

 private:
  std::shared_ptr<Store> of_;
};

}  // namespace

TEST_CASE("in memory, a registry does what a plain model of one does", "[law][registry]") {
  for (const Course course : {Course{1, 60'000, 1, true}, Course{2, 60'000, 12, true}}) {
    const std::shared_ptr<Store> kept = open_store(":memory:");
    run([&] { return std::make_unique<Borrowed>(kept); }, course);
  }
}

TEST_CASE("in SQLite, a registry does what a plain model of one does", "[law][registry]") {
  {
    const test::InSqlite place;  // on a disk, where what is written is waited for
    run([&] { return open_store(*place.url()); }, {3, 4'000, 4, true});
  }
  // where there is a file system in memory, the rest is on it
  const std::filesystem::path quick{"/dev/shm"};
  const bool there = std::filesystem::is_directory(quick) && ::access(quick.c_str(), W_OK) == 0;
  const std::filesystem::path folder =
      (there ? quick : std::filesystem::temp_directory_path()) / assay::test::fresh_name();
  std::filesystem::create_directory(folder);
  run([&] { return open_store((folder / "journal.db").string()); }, {4, 100'000, there ? 12U : 40U, true});
  std::filesystem::remove_all(folder);
}

TEST_CASE("in PostgreSQL, a registry does what a plain model of one does", "[law][registry]") {
  const test::InPostgresql place;
  if (!place.url()) return;
  run([&] { return open_store(*place.url()); }, {5, 100'000, 60, true});
}
