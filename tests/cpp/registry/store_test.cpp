// Opening: which places there are, and which are refused. What stores do is proved in ../store.

#include <assay/registry/store.hpp>

#include "../store/places.hpp"

using namespace assay;
using namespace assay::registry;
using namespace assay::test;

namespace {
std::string input_error(const std::string& url, const StoreOptions& options = {}) {
  return message_of<InputError>([&] { static_cast<void>(open_store(url, options)); });
}
std::string store_error(const std::string& url, const StoreOptions& options = {}) {
  return message_of<StoreError>([&] { static_cast<void>(open_store(url, options)); });
}
}  // namespace

TEST_CASE("a place that is none is refused by name", "[store]") {
  CHECK(input_error("") == "wanted a path, postgresql://... or :memory:, got empty text");
  CHECK(input_error(std::string{"a\0b", 3}) ==
        "wanted a path, postgresql://... or :memory:, got text with a zero byte");
  CHECK(input_error("mysql://host/database") ==
        "wanted a path, postgresql://... or :memory:, got 'mysql' before ://; give the path of a SQLite file alone");
  CHECK(contains(input_error("sqlite:///ops.db"), "'sqlite' before ://"));
}

TEST_CASE("a journal in memory is always a new one", "[store]") {
  CHECK(contains(store_error(":memory:", {.read_only = true}), "always a new one"));
  CHECK(contains(store_error(":memory:", {.create = false}), "always a new one"));
  const auto one = open_store(":memory:");
  const auto two = open_store(":memory:");
  append_all(*one, {"mine"});
  CHECK(two->head() == Head{});
  CHECK(one->place() == ":memory:");
}

TEST_CASE("paths that look like something else are paths", "[store]") {
  const Folder folder;
  for (const std::string name : {"file:ops.db?mode=memory", "ops.db'; --", ":memory:", "a b\nc"}) {
    append_all(*open_store(folder / name), {"one"});
    CHECK(std::filesystem::exists(folder / name));
  }
  CHECK(contains(open_store(folder / "a b\nc")->place(), "a b\\nc'"));  // messages stay on one line
}

TEST_CASE("PostgreSQL is opened where it was built in, and else refused by name", "[store]") {
  const std::string message = store_error("postgresql://nobody:s3cret@127.0.0.1:1/none", {});
  if (has_postgresql())
    CHECK(contains(message, "127.0.0.1"));
  else
    CHECK(message == "this build of Assay opens no postgresql://: it was made without libpq");
  CHECK_FALSE(contains(message, "s3cret"));
}
