#pragma once
/// \file
/// The tables of a PostgreSQL journal. They lie in the first schema of the search path.

#include "postgresql_connection.hpp"

#include <assay/registry/journal.hpp>

namespace assay::registry::store {

/// Tells whether the schema holds a journal that this library can use, and creates one where there is none.
/// \throws StoreError.
void prepare_schema(PostgresqlConnection& connection, const StoreOptions& options);

/// Begins a transaction that nobody else's append overlaps: appends to one journal wait for each other here.
/// \throws PostgresqlError when that takes longer than `patience`.
void begin_alone(PostgresqlConnection& connection, std::chrono::milliseconds patience);

}  // namespace assay::registry::store
