#pragma once
/// \file
/// One open registry as Python holds it: many threads may use it, one at a time; the interpreter is let go meanwhile.

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <sys/types.h>

#include <assay/registry/journal.hpp>
#include <assay/registry/registry.hpp>

#include "bindings.hpp"

namespace assay::bindings {

class Desk {
 public:
  /// `authoriser` is called with (command as a mapping, record as a mapping or None) and answers None or the reason of
  /// its veto; `clock` gives microseconds since 1970. Either may be None.
  Desk(const std::string& url, const registry::StoreOptions& options, py::object authoriser, py::object clock);

  /// Calls `use` with the registry, without the interpreter's lock. Call it with that lock held.
  /// \throws StoreError after close or in a forked child; RefusedError from within the authoriser.
  template <class Use>
  decltype(auto) with(Use&& use) {
    refuse_misuse();
    const py::gil_scoped_release unlocked;
    const std::lock_guard alone{guard_};
    const Inside inside{inside_};
    return std::forward<Use>(use)(opened());
  }

  void close();
  [[nodiscard]] bool closed() const noexcept { return closed_; }
  [[nodiscard]] const std::string& place() const noexcept { return place_; }
  [[nodiscard]] TimePoint now() const { return clock_of_registry_(); }

 private:
  struct Inside {
    explicit Inside(std::atomic<std::thread::id>& whose_) : whose{whose_} { whose = std::this_thread::get_id(); }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() { whose = std::thread::id{}; }
    std::atomic<std::thread::id>& whose;
  };

  void refuse_misuse() const;
  [[nodiscard]] registry::Registry& opened() const;
  [[nodiscard]] std::optional<std::string> ask(const registry::Command& command, const registry::Record* record) const;

  py::object authoriser_;
  py::object clock_;
  registry::Clock clock_of_registry_{registry::system_time};
  pid_t process_;
  std::string place_{};
  std::atomic<bool> closed_{false};
  std::atomic<std::thread::id> inside_{};
  std::mutex guard_{};
  std::unique_ptr<registry::Registry> registry_{};
};

}  // namespace assay::bindings
