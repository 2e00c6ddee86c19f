#include "postgresql_schema.hpp"

#include <algorithm>
#include <limits>

namespace assay::registry::store {
namespace {

constexpr std::uint64_t format = 1;
constexpr const char* lock_class = "1098085241";  // "Assy"; with 0 for creating, with the table's number for appending

constexpr const char* schema = R"(
CREATE TABLE assay_journal (format bigint NOT NULL);
CREATE TABLE assay_entry (
  sequence bigint PRIMARY KEY CHECK (sequence > 0),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  bytes bytea NOT NULL,
  command_id bytea CHECK (octet_length(command_id) > 0)
);
CREATE UNIQUE INDEX assay_entry_command_id ON assay_entry (command_id) WHERE command_id IS NOT NULL;
CREATE FUNCTION assay_entries_stay() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'entries of a journal are never altered or removed'; END $$;
CREATE TRIGGER assay_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON assay_entry
  FOR EACH STATEMENT EXECUTE FUNCTION assay_entries_stay();
CREATE TABLE assay_state (
  sequence bigint PRIMARY KEY CHECK (sequence >= 0),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  bytes bytea NOT NULL,
  proof bytea NOT NULL CHECK (octet_length(proof) = 32)
);
INSERT INTO assay_journal (format) VALUES (1);
)";

// Looks in the first schema of the path alone: a journal further down it belongs to somebody else. It reads the
// catalogue itself, because to_regclass may remember what was so before the lock was granted.
bool there(PostgresqlConnection& connection) {
  const Rows rows = connection.run(
      "SELECT current_schema() IS NOT NULL, EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
      "ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relname = 'assay_journal')",
      {});
  if (!rows.boolean(0, 0))
    throw StoreError("the journal at " + connection.place() + ": no schema of the search path exists");
  return rows.boolean(0, 1);
}

void check_format(PostgresqlConnection& connection) {
  const Rows rows = connection.run("SELECT format FROM assay_journal", {});
  const std::uint64_t found = rows.size() == 1 ? rows.integer(0, 0) : 0;
  if (found != format)
    throw StoreError("the journal at " + connection.place() + " has format " + std::to_string(found) +
                     ", this library reads format " + std::to_string(format) +
                     (found > format ? "; a newer Assay wrote it" : "; its tables are damaged"));
}

void check_writable(PostgresqlConnection& connection) {
  const Rows rows = connection.run(
      "SELECT NOT pg_is_in_recovery() AND has_table_privilege('assay_entry', 'INSERT') "
      "AND has_table_privilege('assay_state', 'INSERT, DELETE')",
      {});
  if (!rows.boolean(0, 0))
    throw StoreError("the journal at " + connection.place() + ": this user may not write it; open it read-only");
}

}  // namespace

void begin_alone(PostgresqlConnection& connection, std::chrono::milliseconds patience) {
  const auto wait = std::clamp<std::int64_t>(patience.count(), 1, std::numeric_limits<std::int32_t>::max());
  try {
    connection.run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = " + std::to_string(wait) +
                   "; SELECT set_config('synchronous_commit', 'on', true) "
                   "WHERE current_setting('synchronous_commit') IN ('off', 'local'); "
                   "SELECT pg_advisory_xact_lock(" +
                   lock_class + ", 'assay_entry'::regclass::oid::int)");
  } catch (const PostgresqlError& error) {
    if (!error.lost()) connection.roll_back();
    if (error.state() != "55P03") throw;
    throw StoreError("the journal at " + connection.place() + ": somebody else has held its lock for longer than " +
                     std::to_string(wait) + " ms; nothing was written");
  }
}

void prepare_schema(PostgresqlConnection& connection, const StoreOptions& options) {
  if (!there(connection)) {
    if (options.read_only || !options.create)
      throw StoreError("the schema at " + connection.place() + " holds no journal yet");
    connection.run(std::string{"BEGIN; SELECT pg_advisory_xact_lock("} + lock_class + ", 0)");
    try {
      if (!there(connection)) connection.run(schema);  // else somebody else has just created it
      connection.run("COMMIT");
    } catch (...) {
      connection.roll_back();
      throw;
    }
  }
  check_format(connection);
  if (!options.read_only) check_writable(connection);
}

}  // namespace assay::registry::store
