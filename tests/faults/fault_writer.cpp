// fault_writer URL SEED: appends for ever, a line "<sequence> <hash>" on standard output for each append that returned.
// What went wrong goes to standard output too, as a line that begins with '!'; then it tries again.

#include <unistd.h>

#include <assay/registry/journal.hpp>
#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace assay::registry;

namespace {

void say(const std::string& line) {
  if (write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::exit(0);
}

std::string hexadecimal(const Hash& hash) {
  std::string out;
  for (const std::byte each : hash)
    for (const unsigned half : {std::to_integer<unsigned>(each) >> 4U, std::to_integer<unsigned>(each) & 15U})
      out += "0123456789abcdef"[half];
  return out;
}

assay::Bytes bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span{text});
  return {bytes.begin(), bytes.end()};
}

/// Each entry tells which append it belongs to: "<first> <how many> <which> filling".
std::vector<NewEntry> next_entries(std::uint64_t first, std::mt19937_64& random) {
  const std::uint64_t count = 1 + random() % 6;
  std::vector<NewEntry> out;
  for (std::uint64_t which = 1; which <= count; ++which) {
    const std::size_t filling = random() % 8 == 0 ? 6'000 : random() % 300;
    out.push_back({bytes_of(std::to_string(first) + " " + std::to_string(count) + " " + std::to_string(which) + " " +
                            std::string(filling, '.')),
                   which == 1 ? "append " + std::to_string(first) : ""});
  }
  return out;
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return 2;
  std::mt19937_64 random{std::stoull(words[2])};
  std::unique_ptr<Store> store;
  while (true) {
    try {
      if (!store) store = open_store(words[1], {.patience = std::chrono::seconds{10}});
      const Head head = store->head();
      if (const auto now = store->append(head, next_entries(head.sequence + 1, random))) {
        say(std::to_string(now->sequence) + " " + hexadecimal(now->hash) + "\n");
        if (random() % 7 == 0) store->store_state({*now, bytes_of("state at " + std::to_string(now->sequence))});
      }
    } catch (const assay::StoreError& error) {
      std::string line = "! " + std::string{error.what()};
      for (char& letter : line)
        if (letter == '\n') letter = ' ';
      say(line + "\n");
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  }
}
