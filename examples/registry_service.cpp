// A service that works on a registry beside everybody else's: it creates, asks, obeys an authoriser, and follows what
// others change.
//
//     registry_service PLACE NAME [QUEUES [FOLLOW]]
//
// PLACE is a path, postgresql://... or :memory:. It makes QUEUES queues called NAME-1, NAME-2, ... and then follows the
// journal until it has seen FOLLOW queues being created by anybody (its own QUEUES where nothing is said), or nothing
// new for 30 seconds. Each line it prints begins with what it is about.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <assay/registry/books.hpp>
#include <assay/registry/journal.hpp>
#include <assay/registry/registry.hpp>
#include <assay/registry/story.hpp>

namespace {

using namespace assay::registry;

/// Who may do what: trainees look after drafts, nothing else.
std::optional<std::string> authorise(const Command& command, const Record* queue) {
  const bool trainee = command.actor.starts_with("trainee-");
  if (trainee && queue != nullptr && queue->state != queue::draft) return "trainees change drafts only";
  return std::nullopt;
}

Command create(const std::string& id, const std::string& actor) {
  return {.book = "queues",
          .verb = "create",
          .id = id,
          .values = {{"owner", actor},
                     {"policies", Texts{"spam"}},
                     {"languages", Texts{"de", "fr"}},
                     {"regions", Texts{"eu"}},
                     {"sites", Texts{"berlin"}},
                     {"sla_hours", 24.0},
                     {"review_due", std::chrono::floor<std::chrono::days>(system_time()) + std::chrono::days{90}}},
          .actor = actor,
          .reason = "made by a service",
          .command_id = "service/create/" + id};  // sent again after a crash, it does no harm
}

/// Makes the queues and opens the first one for cases.
void work(Registry& registry, const std::string& name, int count) {
  for (int i = 1; i <= count; ++i) registry.execute(create(name + "-" + std::to_string(i), name));
  if (count == 0) return;
  Command command{.book = "queues", .verb = "activate", .id = name + "-1", .actor = name, .reason = "staffed"};
  command.command_id = "service/activate/" + command.id;
  registry.execute(command);

  const Record* queue = registry.state().find(queues(), command.id);  // valid until the next call
  std::cout << "queue " << queue->id << ' ' << queues().state_name(queue->state) << ' '
            << to_text(queue->at(queues(), queue::languages)) << '\n';
  try {
    registry.execute(Command{
        .book = "queues", .verb = "pause", .id = command.id, .actor = "trainee-" + name, .reason = "too much to do"});
  } catch (const assay::RefusedError& refused) {
    std::cout << "refused " << refused.rule() << ": " << refused.what() << '\n';
  }
}

/// Follows the journal, whoever writes it; how many queues it saw being created.
int follow(Registry& registry, int wanted) {
  constexpr auto patience = std::chrono::seconds{30};
  std::map<std::pair<std::uint8_t, std::string>, Storyteller> tellers;
  std::uint64_t seen = 0;  // a service that was stopped goes on from where it was
  int created = 0;
  for (auto last = std::chrono::steady_clock::now(); created < wanted;) {
    for (const Event& event : registry.changes(seen, 1000)) {
      const Book& book = book_of(event.book);
      Storyteller& teller = tellers.try_emplace({event.book, event.id}, book).first->second;
      std::cout << "event " << event.sequence << ' ' << book.noun << ' ' << event.id << ": "
                << teller.tell(event).text() << '\n';
      if (const Verb* verb = book.verb(event.verb); verb != nullptr && verb->name == "create") ++created;
      seen = event.sequence;
      last = std::chrono::steady_clock::now();
    }
    if (std::chrono::steady_clock::now() - last > patience) break;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return created;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::cerr << "registry_service PLACE NAME [QUEUES [FOLLOW]]\n";
    return 2;
  }
  const std::string name = arguments[2];
  const int queues_to_make = count > 3 ? std::atoi(arguments[3]) : 1;
  const int wanted = count > 4 ? std::atoi(arguments[4]) : queues_to_make;
  try {
    Registry registry{open_store(arguments[1], {.patience = std::chrono::seconds{30}}), {.authoriser = authorise}};
    work(registry, name, queues_to_make);
    const int created = follow(registry, wanted);
    const Verdict verdict = verify(registry.store());
    std::cout << "proof " << verdict.words << '\n' << "done " << created << " queues seen" << std::endl;
    return created >= wanted && verdict.whole() ? 0 : 1;
  } catch (const assay::AssayError& error) {
    std::cerr << "registry_service: " << error.what() << '\n';
    return 1;
  }
}
