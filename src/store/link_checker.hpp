#pragma once
/// \file
/// Checks the links of a chain on several threads. Each link stands for itself: an entry's bytes and the stored hash
/// before it must give the stored hash.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <assay/registry/journal.hpp>

namespace assay::registry::store {

/// One thread adds entries in order; `threads` - 1 others hash them, and it hashes itself when they are all busy.
class LinkChecker {
 public:
  struct Failure {
    std::uint64_t position{0};
    Hash before{};  ///< the stored hash before it
  };

  explicit LinkChecker(unsigned threads);
  LinkChecker(const LinkChecker&) = delete;
  LinkChecker& operator=(const LinkChecker&) = delete;
  ~LinkChecker();

  void add(const EntryView& entry, const Hash& before);
  /// Some link is known not to hold: adding more is of no use.
  [[nodiscard]] bool failed() const noexcept { return failed_.load(std::memory_order_relaxed); }
  /// Waits for all links; the first that does not hold.
  [[nodiscard]] std::optional<Failure> finish();

 private:
  struct Link {
    std::uint64_t sequence;
    Hash before;
    Hash hash;
    std::size_t begin;
    std::size_t size;
  };
  struct Batch {
    std::vector<Link> links{};
    std::vector<std::byte> bytes{};
  };

  void hand_over();
  void check(const Batch& batch);
  void work();
  void stop() noexcept;

  std::vector<std::thread> threads_{};
  Batch filling_{};
  std::mutex guard_{};
  std::condition_variable more_{};
  std::deque<Batch> waiting_{};
  std::vector<Batch> spare_{};
  bool closed_{false};
  std::optional<Failure> failure_{};
  std::atomic<bool> failed_{false};
};

}  // namespace assay::registry::store
