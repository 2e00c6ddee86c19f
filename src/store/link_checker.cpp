#include "link_checker.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace assay::registry::store {
namespace {

constexpr std::size_t enough_links = 1'024;
constexpr std::size_t enough_bytes = std::size_t{1} << 20U;
constexpr unsigned most_threads = 256;

}  // namespace

LinkChecker::LinkChecker(unsigned threads) {
  spare_.reserve(3 * static_cast<std::size_t>(std::min(threads, most_threads)));
  try {
    for (unsigned i = 1; i < std::min(threads, most_threads); ++i) threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    // The machine has no more threads to give: those there are do all the work, with the same answer.
  }
}

LinkChecker::~LinkChecker() { stop(); }

void LinkChecker::add(const EntryView& entry, const Hash& before) {
  filling_.links.push_back({entry.sequence, before, entry.hash, filling_.bytes.size(), entry.bytes.size()});
  filling_.bytes.insert(filling_.bytes.end(), entry.bytes.begin(), entry.bytes.end());
  if (filling_.links.size() >= enough_links || filling_.bytes.size() >= enough_bytes) hand_over();
}

void LinkChecker::hand_over() {
  {
    const std::lock_guard lock{guard_};
    if (waiting_.size() < 2 * threads_.size()) {
      waiting_.push_back(std::move(filling_));
      filling_ = {};
      if (!spare_.empty()) {
        filling_ = std::move(spare_.back());
        spare_.pop_back();
      }
      more_.notify_one();
      return;
    }
  }
  check(filling_);
  filling_.links.clear();
  filling_.bytes.clear();
}

void LinkChecker::check(const Batch& batch) {
  for (const Link& link : batch.links) {
    if (chain(link.before, ByteView{batch.bytes}.subspan(link.begin, link.size)) == link.hash) continue;
    const std::lock_guard lock{guard_};
    if (!failure_ || link.sequence < failure_->position) failure_ = {link.sequence, link.before};
    failed_.store(true, std::memory_order_relaxed);
    return;
  }
}

void LinkChecker::work() {
  std::unique_lock lock{guard_};
  while (true) {
    more_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Batch batch = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    check(batch);
    batch.links.clear();
    batch.bytes.clear();
    lock.lock();
    spare_.push_back(std::move(batch));
  }
}

void LinkChecker::stop() noexcept {
  {
    const std::lock_guard lock{guard_};
    closed_ = true;
  }
  more_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

std::optional<LinkChecker::Failure> LinkChecker::finish() {
  check(filling_);
  filling_ = {};
  stop();
  return failure_;
}

}  // namespace assay::registry::store
