// fault_kills WRITER sqlite|postgresql|restarts ROUNDS [SEED]
//
// Starts a writer, and kills it (or restarts the server under it) at a random moment; then proves that every append
// that was acknowledged is there, none is there by half, and the journal is whole. The seed is printed, to do it again.

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <assay/registry/journal.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

using namespace assay::registry;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int skipped = 77;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error{what}; }

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// A writer in a process of its own, and what it has acknowledged.
class Writer {
 public:
  Writer(const std::string& program, const std::string& url, const std::string& seed) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) fail("no pipe");
    process_ = fork();
    if (process_ < 0) fail("no process");
    if (process_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      execl(program.c_str(), program.c_str(), url.c_str(), seed.c_str(), nullptr);
      _exit(127);
    }
    close(ends[1]);
    out_ = ends[0];
    fcntl(out_, F_SETFL, O_NONBLOCK);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() {
    if (process_ > 0) end();
    close(out_);
  }

  /// Reads for a while; true as soon as something new is acknowledged.
  bool acknowledges_within(std::chrono::milliseconds wait) {
    const auto until = Clock::now() + wait;
    const std::uint64_t before = acknowledged_;
    while (take(), acknowledged_ == before) {
      if (Clock::now() >= until) return false;
      std::this_thread::sleep_for(std::chrono::microseconds{200});
    }
    return true;
  }
  void end() {
    kill(process_, SIGKILL);
    int status = 0;
    waitpid(process_, &status, 0);
    process_ = -1;
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) fail("the writer ended by itself: " + troubles_);
    take();
  }
  [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }
  [[nodiscard]] const std::string& hash() const { return hash_; }
  [[nodiscard]] const std::string& troubles() const { return troubles_; }

 private:
  void take() {
    char buffer[65'536];
    for (ssize_t got = 0; (got = read(out_, buffer, sizeof buffer)) > 0;)
      text_.append(buffer, static_cast<std::size_t>(got));
    for (std::size_t end = 0; (end = text_.find('\n')) != std::string::npos; text_.erase(0, end + 1)) {
      const std::string line = text_.substr(0, end);
      if (line.starts_with("!"))
        troubles_ += line + "\n";
      else
        std::istringstream{line} >> acknowledged_ >> hash_;
    }
  }

  pid_t process_{-1};
  int out_{-1};
  std::string text_{};
  std::uint64_t acknowledged_{0};
  std::string hash_{};
  std::string troubles_{};
};

std::string hexadecimal(const Hash& hash) {
  std::string out;
  for (const std::byte each : hash) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", std::to_integer<unsigned>(each));
    out += two;
  }
  return out;
}

/// Everything that must hold after a writer died. Returns how many entries there are.
std::uint64_t prove(const std::string& url, std::uint64_t acknowledged, const std::string& hash) {
  const auto store = open_store(url, {.patience = std::chrono::seconds{30}});
  const Verdict verdict = verify(*store, {}, {}, 2);
  if (!verdict.whole()) fail(verdict.words);
  if (verdict.head.sequence < acknowledged)
    fail("entry " + std::to_string(acknowledged) + " was acknowledged, the journal ends at " +
         std::to_string(verdict.head.sequence));
  std::uint64_t wanted_which = 1;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  store->read(0, std::numeric_limits<std::uint64_t>::max(), [&](const EntryView& entry) {
    if (entry.sequence == acknowledged && hexadecimal(entry.hash) != hash) fail("an acknowledged entry is another now");
    std::istringstream text{std::string{reinterpret_cast<const char*>(entry.bytes.data()), entry.bytes.size()}};
    std::uint64_t got_first = 0;
    std::uint64_t got_count = 0;
    std::uint64_t which = 0;
    text >> got_first >> got_count >> which;
    if (which != wanted_which || (which > 1 && (got_first != first || got_count != count)) ||
        got_first + which - 1 != entry.sequence)
      fail("entry " + std::to_string(entry.sequence) + " is part of an append that is not whole");
    first = got_first;
    count = got_count;
    wanted_which = which == count ? 1 : which + 1;
    return true;
  });
  if (wanted_which != 1) fail("the last append is there by half");
  if (const auto state = store->stored_state()) {
    const std::string text = "state at " + std::to_string(state->head.sequence);
    const auto wanted = std::as_bytes(std::span{text});
    if (!std::equal(wanted.begin(), wanted.end(), state->bytes.begin(), state->bytes.end()))
      fail("a torn stored state");
  }
  return verdict.head.sequence;
}

void kills(const std::string& program, const std::string& url, int rounds, std::mt19937_64& random) {
  std::uint64_t entries = 0;
  std::uint64_t last = 0;
  std::string hash;
  for (int round = 0; round < rounds; ++round) {
    Writer writer{program, url, std::to_string(random())};
    // one in four dies while it opens the journal, the others while they write
    if (random() % 4 != 0 && !writer.acknowledges_within(std::chrono::seconds{60}))
      fail("the writer acknowledges nothing: " + writer.troubles());
    std::this_thread::sleep_for(std::chrono::microseconds{random() % 40'000});
    writer.end();
    if (writer.acknowledged() != 0) {
      last = writer.acknowledged();
      hash = writer.hash();
    }
    entries = prove(url, last, hash);
  }
  std::printf("%d kills, %llu entries: none lost, none half-written, the journal whole\n", rounds,
              static_cast<unsigned long long>(entries));
}

void restarts(const std::string& program, const std::string& url, int rounds, std::mt19937_64& random) {
  const std::string restart = setting("ASSAY_TEST_POSTGRESQL_RESTART");
  Writer writer{program, url, std::to_string(random())};
  for (int round = 0; round < rounds; ++round) {
    if (!writer.acknowledges_within(std::chrono::seconds{60}))
      fail("the writer acknowledges nothing: " + writer.troubles());
    std::this_thread::sleep_for(std::chrono::microseconds{random() % 200'000});
    if (std::system(restart.c_str()) != 0) fail("the server did not restart");
    if (!writer.acknowledges_within(std::chrono::seconds{60}))
      fail("the writer did not find the server again: " + writer.troubles());
    prove(url, writer.acknowledged(), writer.hash());
  }
  writer.end();
  const std::uint64_t entries = prove(url, writer.acknowledged(), writer.hash());
  std::printf("%d restarts, %llu entries: none lost, none half-written, the journal whole; the writer was told:\n%s",
              rounds, static_cast<unsigned long long>(entries), writer.troubles().c_str());
}

int run(const std::string& program, const std::string& kind, int rounds, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  if (kind == "sqlite") {
    const auto folder = std::filesystem::temp_directory_path() / ("fault_kills_" + std::to_string(getpid()));
    std::filesystem::create_directory(folder);
    kills(program, folder / "ops.db", rounds, random);
    std::filesystem::remove_all(folder);  // kept where something was found
    return 0;
  }
  const std::string url = setting("ASSAY_TEST_POSTGRESQL");
  if (url.empty() || !has_postgresql()) {
    std::printf("skipped: no PostgreSQL (ASSAY_TEST_POSTGRESQL is not set, or the build has no libpq)\n");
    return setting("ASSAY_REQUIRE_POSTGRESQL") == "1" ? 1 : skipped;
  }
  (kind == "restarts" ? restarts : kills)(program, url, rounds, random);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count < 4) return 2;
  try {
    return run(words[1], words[2], std::stoi(words[3]), count > 4 ? std::stoull(words[4]) : std::random_device{}());
  } catch (const std::exception& error) {
    std::printf("FAILED: %s\n", error.what());
    return 1;
  }
}
