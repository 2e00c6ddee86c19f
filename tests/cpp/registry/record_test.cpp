#include <assay_test.hpp>

#include <assay/registry/queues.hpp>
#include <assay/registry/record.hpp>

#include "acts.hpp"

using namespace assay;
using namespace assay::registry;
using assay::test::at;
using assay::test::day;
using assay::test::message_of;
using assay::test::noon;

namespace {

Event event(std::uint64_t version, Values changes = {}) {
  return Event{.sequence = 10 + version,
               .book = 1,
               .verb = 2,
               .state = 1,
               .version = version,
               .effective = noon,
               .id = "q",
               .changes = std::move(changes)};
}

std::string refused(const Record& record, const Event& next) {
  return message_of<FormatError>([&] { check(queues(), record, next); });
}

}  // namespace

TEST_CASE("a record is made by its first event, and changed by the next", "[registry]") {
  Record record;
  apply(queues(), record, event(1, {{queue::owner, std::string{"ana"}}, {queue::sla_hours, 24.0}}));
  CHECK(record.id == "q");
  CHECK(record.version == 1);
  CHECK(record.last == 11);
  CHECK(record.state == 1);
  CHECK(record.created == noon);
  CHECK(record.changed == noon);
  CHECK(record.fields.size() == queues().fields.size());
  CHECK(record.at(queues(), queue::owner) == Value{std::string{"ana"}});

  Event second = event(2, {{queue::sla_hours, Value{}}});
  second.state = 3;
  second.effective = noon + std::chrono::hours{1};
  apply(queues(), record, std::move(second));
  CHECK(record.at(queues(), queue::owner) == Value{std::string{"ana"}});
  CHECK_FALSE(is_set(record.at(queues(), queue::sla_hours)));
  CHECK(record.state == 3);
  CHECK(record.version == 2);
  CHECK(record.last == 12);
  CHECK(record.created == noon);
  CHECK(record.changed == noon + std::chrono::hours{1});
}

TEST_CASE("an event that does not follow on a record is refused before anything changes", "[registry][refusal]") {
  Record record;
  apply(queues(), record, event(1));
  CHECK_NOTHROW(check(queues(), record, event(2)));
  CHECK(refused(record, event(3)) ==
        "wanted version 2 of queue 'q', got version 3 at event 13: the journal is damaged");
  CHECK(refused(record, event(1)) ==
        "wanted version 2 of queue 'q', got version 1 at event 11: the journal is damaged");
  Event waits = event(1);  // what waits does not change the version
  waits.kind = EventKind::scheduled;
  CHECK_NOTHROW(check(queues(), record, waits));
  CHECK(refused(record, event(2, {{queue::owner, 1.0}})) ==
        "wanted text in field 2 of book 'queues' at event 12, got a number: the journal is damaged");
  CHECK_NOTHROW(check(queues(), record, event(2, {{queue::owner, Value{}}})));
}

TEST_CASE("what a newer release added to a book is refused by name", "[registry][refusal]") {
  const Record none;
  CHECK(refused(none, event(1, {{200, std::string{"x"}}})) ==
        "field 200 of book 'queues' at event 11 was written by a newer release of Assay; open the journal with that");
  Event next = event(1);
  next.verb = 99;
  CHECK(refused(none, next) ==
        "verb 99 of book 'queues' at event 11 was written by a newer release of Assay; open the journal with that");
  next = event(1);
  next.state = 9;
  CHECK(refused(none, next) ==
        "state 9 of book 'queues' at event 11 was written by a newer release of Assay; open the journal with that");
}
