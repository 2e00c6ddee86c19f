#pragma once
/// \file
/// A store in front of another, which fails or is late on demand; and registries that share one journal.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <assay/registry/journal.hpp>
#include <assay/registry/registry.hpp>

namespace assay::test {

class StandIn : public registry::Store {
 public:
  explicit StandIn(std::shared_ptr<registry::Store> behind) : behind_{std::move(behind)} {}

  std::function<void()> before_append{};  ///< may throw, or write through another registry
  std::function<void()> after_append{};   ///< may throw, when the entries are there
  std::function<void()> before_read{};
  std::function<void()> before_state{};  ///< may throw
  bool may_write{true};
  std::uint64_t states_stored{0};

  [[nodiscard]] registry::Head head() override { return behind_->head(); }
  [[nodiscard]] std::optional<registry::Head> append(const registry::Head& expected,
                                                     std::span<const registry::NewEntry> entries) override {
    if (before_append) before_append();
    auto head = behind_->append(expected, entries);
    if (after_append) after_append();
    return head;
  }
  void read(std::uint64_t after, std::uint64_t most, const Reader& reader) override {
    if (before_read) before_read();
    behind_->read(after, most, reader);
  }
  [[nodiscard]] std::optional<std::uint64_t> find_command(std::string_view command_id) override {
    return behind_->find_command(command_id);
  }
  [[nodiscard]] std::optional<registry::StoredState> stored_state() override { return behind_->stored_state(); }
  void store_state(const registry::StoredState& state) override {
    if (before_state) before_state();
    behind_->store_state(state);
    ++states_stored;
  }
  [[nodiscard]] bool writable() const override { return may_write && behind_->writable(); }
  [[nodiscard]] std::string place() const override { return behind_->place(); }

 private:
  std::shared_ptr<registry::Store> behind_;
};

/// A journal in memory on which several registries work, each behind its own stand-in, at a time that tests set.
struct Office {
  std::shared_ptr<registry::Store> journal{registry::open_store(":memory:")};
  TimePoint now{};

  struct Seat {
    StandIn* store;
    std::unique_ptr<registry::Registry> registry;
    registry::Registry* operator->() const { return registry.get(); }
    registry::Registry& operator*() const { return *registry; }
  };
  [[nodiscard]] Seat seat(registry::RegistryOptions options = {}) {
    options.clock = [this] { return now; };
    auto store = std::make_unique<StandIn>(journal);
    StandIn* kept = store.get();
    return {kept, std::make_unique<registry::Registry>(std::move(store), std::move(options))};
  }
};

}  // namespace assay::test
