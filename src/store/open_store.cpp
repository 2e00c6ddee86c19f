#include <string_view>

#include <assay/core/text.hpp>
#include <assay/registry/journal.hpp>

#include "memory_store.hpp"
#include "sqlite_store.hpp"
#ifdef ASSAY_WITH_POSTGRESQL
#include "postgresql_store.hpp"
#endif

namespace assay::registry {
namespace {

/// The text before "://", or nothing.
std::string_view scheme(std::string_view url) {
  const std::size_t end = url.find("://");
  return end == std::string_view::npos ? std::string_view{} : url.substr(0, end);
}

}  // namespace

bool has_postgresql() noexcept {
#ifdef ASSAY_WITH_POSTGRESQL
  return true;
#else
  return false;
#endif
}

std::unique_ptr<Store> open_store(const std::string& url, const StoreOptions& options) {
  constexpr const char* wanted = "a path, postgresql://... or :memory:";
  if (url.empty()) throw InputError(wanted, "empty text");
  if (url.find('\0') != std::string::npos) throw InputError(wanted, "text with a zero byte");
  if (url == ":memory:") return std::make_unique<store::MemoryStore>(options);
  const std::string_view kind = scheme(url);
  if (kind == "postgresql" || kind == "postgres") {
#ifdef ASSAY_WITH_POSTGRESQL
    return std::make_unique<store::PostgresqlStore>(url, options);
#else
    throw StoreError("this build of Assay opens no " + std::string{kind} + "://: it was made without libpq");
#endif
  }
  if (!kind.empty() && kind.find_first_of("/.") == std::string_view::npos)
    throw InputError(wanted, in_quotes(kind) + " before ://", {}, "give the path of a SQLite file alone");
  return std::make_unique<store::SqliteStore>(url, options);
}

}  // namespace assay::registry
