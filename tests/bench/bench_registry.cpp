// How fast the registry's engine is: commands decided and appended in batches, a journal folded, a register opened.
//
//   bench_registry [events] [queues] [file]     by default 1,000,000 events of 20,000 queues in a file that is removed
//
// Prints one line a measure: what, how many a second or how long, the aim, and whether it was met.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/random.hpp>
#include <assay/registry/journal.hpp>
#include <assay/registry/registry.hpp>

using namespace assay;
using namespace assay::registry;

namespace {

/// Seconds this process has been computing; the rest of a measure is waiting for the disk and for others.
double computing() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }
double computed = 0;

double seconds_of(const std::function<void()>& work) {
  const double before = computing();
  const auto begin = std::chrono::steady_clock::now();
  work();
  computed = computing() - before;
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void rate(const char* what, double count, double seconds, double aim) {
  std::printf("%-58s %12.0f /s   aim %9.0f   %-6s (computing: %.0f /s)\n", what, count / seconds, aim,
              count / seconds >= aim ? "met" : "MISSED", count / computed);
  std::fflush(stdout);
}
void lasts(const char* what, double seconds, double aim) {
  std::printf("%-58s %12.3f s    aim %9.3f   %-6s (computing: %.3f s)\n", what, seconds, aim,
              seconds <= aim ? "met" : "MISSED", computed);
  std::fflush(stdout);
}

/// A life of queues: made, opened, then amended, paused and resumed by turns.
class Life {
 public:
  explicit Life(std::uint64_t queues) : queues_{queues} {}

  Command next() {
    Command out;
    const std::uint64_t step = count_++;
    const std::uint64_t turn = step / queues_;
    const std::uint64_t queue = step % queues_;
    out.book = "queues";
    out.id = "q-eu-" + std::to_string(queue);
    out.actor = "ops-analyst";
    out.reason = "weekly round of the register";
    if (turn == 0) {
      out.verb = "create";
      out.values = {{"name", "Queue number " + std::to_string(queue)},
                    {"owner", "team-" + std::to_string(queue % 97)},
                    {"policies", Texts{"counterfeit", "fraud", "spam"}},
                    {"languages", Texts{"de", "en", "fr"}},
                    {"regions", Texts{"eu"}},
                    {"sites", Texts{"lisbon", "manila"}},
                    {"sla_hours", 24.0},
                    {"review_due", Day{std::chrono::days{21'000}}}};
    } else if (turn == 1) {
      out.verb = "activate";
    } else if (turn % 3 == 2) {
      out.verb = "amend";
      out.values = {{"owner", "team-" + std::to_string((queue + turn) % 97)},
                    {"sla_hours", static_cast<double>(8 + turn % 40)}};
      out.ticket = "OPS-" + std::to_string(step % 10'000);
    } else {
      out.verb = turn % 3 == 0 ? "pause" : "resume";
    }
    return out;
  }

 private:
  std::uint64_t queues_;
  std::uint64_t count_{0};
};

}  // namespace

int main(int count, char* words[]) {
  const std::uint64_t events = count > 1 ? std::strtoull(words[1], nullptr, 10) : 1'000'000;
  const std::uint64_t queues_wanted = count > 2 ? std::strtoull(words[2], nullptr, 10) : 20'000;
  const std::filesystem::path file =
      count > 3 ? std::filesystem::path{words[3]} : std::filesystem::temp_directory_path() / "assay_bench_registry.db";
  std::filesystem::remove(file);
  constexpr std::uint64_t batch = 1'000;
  TimePoint now{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  RegistryOptions options;
  options.clock = [&now] { return now += Microseconds{1'000}; };

  std::vector<std::vector<Command>> batches;
  Life life{queues_wanted};
  for (std::uint64_t done = 0; done < events; done += batch) {
    batches.emplace_back();
    for (std::uint64_t i = 0; i < batch; ++i) batches.back().push_back(life.next());
  }
  const auto all = static_cast<double>(events);

  {  // without a disk: what the engine itself costs
    State state;
    const double seconds = seconds_of([&] {
      for (std::size_t i = 0; i < batches.size() / 4; ++i) {
        Draft draft{state};
        for (const Command& command : batches[i]) decide(draft, command, now);
        for (const Event& event : draft.events()) state.apply(event);
      }
    });
    rate("commands decided and applied, no store", all / 4, seconds, 200'000);
  }
  {
    Registry registry{open_store(file.string()), options};
    const double seconds = seconds_of([&] {
      for (const auto& each : batches) registry.execute(each);
    });
    rate("commands decided and appended by 1,000 to SQLite", all, seconds, 100'000);
  }
  {  // larger batches wait less often for the disk
    const std::filesystem::path other = file.string() + ".large";
    std::filesystem::remove(other);
    Registry registry{open_store(other.string()), options};
    std::vector<std::vector<Command>> large;
    for (std::size_t i = 0; i < batches.size() / 4; ++i) {
      if (i % 10 == 0) large.emplace_back();
      large.back().insert(large.back().end(), batches[i].begin(), batches[i].end());
    }
    const double seconds = seconds_of([&] {
      for (const auto& each : large) registry.execute(each);
    });
    rate("commands decided and appended by 10,000 to SQLite", all / 4, seconds, 100'000);
    std::filesystem::remove(other);
  }
  std::vector<Bytes> entries;
  {
    auto store = open_store(file.string());
    const double seconds = seconds_of([&] {
      store->read(0, UINT64_MAX, [&](const EntryView& entry) {
        entries.emplace_back(entry.bytes.begin(), entry.bytes.end());
        return true;
      });
    });
    std::printf("%-58s %12.0f /s   %.0f bytes each\n", "  (entries read from SQLite and copied)", all / seconds,
                static_cast<double>(entries.at(entries.size() / 2).size()));
  }
  State folded;
  rate("entries decoded and applied, from memory", all, seconds_of([&] {
         for (const Bytes& each : entries) folded.apply(event_from_bytes(each, Part::state));
       }),
       1'000'000);
  entries = {};
  std::unique_ptr<Registry> registry;
  lasts("register opened with its stored state", seconds_of([&] {
          registry = std::make_unique<Registry>(open_store(file.string()), options);
          (void)registry->state();
        }),
        2.0);
  if (registry->state().to_bytes() != folded.to_bytes()) return std::puts("the states differ"), 1;
  rate("as of a time, events replayed from SQLite", all, seconds_of([&] { (void)registry->as_of(now); }), 1'000'000);
  Bytes bytes;
  lasts("state of the register to bytes", seconds_of([&] { bytes = folded.to_bytes(); }), 0.1);
  lasts("state of the register from bytes", seconds_of([&] { (void)State::from_bytes(bytes); }), 0.1);
  registry.reset();
  {  // the same journal without any stored state
    const std::filesystem::path bare = file.string() + ".bare";
    std::filesystem::remove(bare);
    auto from = open_store(file.string());
    auto to = open_store(bare.string());
    Head head;
    std::vector<NewEntry> part;
    const auto flush = [&] {
      head = to->append(head, part).value();
      part.clear();
    };
    from->read(0, UINT64_MAX, [&](const EntryView& entry) {
      part.push_back({Bytes(entry.bytes.begin(), entry.bytes.end()), std::string{entry.command_id}});
      if (part.size() == 20'000) flush();
      return true;
    });
    flush();
    to.reset();
    RegistryOptions plain = options;
    plain.store_state_every = 0;
    lasts("register opened without a stored state", seconds_of([&] {
            registry = std::make_unique<Registry>(open_store(bare.string()), plain);
            (void)registry->state();
          }),
          2.0);
    registry.reset();
    std::filesystem::remove(bare);
  }
  std::filesystem::remove(file);
  return 0;
}
