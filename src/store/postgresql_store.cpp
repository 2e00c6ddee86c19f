#include "postgresql_store.hpp"

#include <thread>
#include <utility>

#include "postgresql_schema.hpp"

namespace assay::registry::store {
namespace {

/// A transaction that is undone unless it was committed.
class Undone {
 public:
  explicit Undone(PostgresqlConnection& connection) noexcept : connection_{connection} {}
  Undone(const Undone&) = delete;
  Undone& operator=(const Undone&) = delete;
  ~Undone() {
    if (connection_.in_transaction()) connection_.roll_back();
  }

 private:
  PostgresqlConnection& connection_;
};

Head read_head(PostgresqlConnection& connection) {
  const Rows rows = connection.run("SELECT sequence, hash FROM assay_entry ORDER BY sequence DESC LIMIT 1", {});
  if (rows.size() == 0) return {};
  const ByteView hash = rows.bytes(0, 1);
  return {rows.integer(0, 0), hash_from(hash.data(), hash.size())};
}

bool holds(PostgresqlConnection& connection, const Head& wanted) {
  if (wanted.sequence == 0) return wanted.hash == Hash{};
  const Rows rows = connection.run("SELECT 1 FROM assay_entry WHERE sequence = $1 AND hash = $2",
                                   Parameters{}.add(wanted.sequence).add(ByteView{wanted.hash}));
  return rows.size() == 1;
}

void commit(PostgresqlConnection& connection) {
  const Rows done = connection.run("COMMIT");
  if (std::string_view{PQcmdStatus(done.get())} != "COMMIT")
    throw PostgresqlError("the journal at " + connection.place() + ": the server undid the transaction", "", false);
}

constexpr const char* page_query = R"(
SELECT sequence, hash, bytes, command_id FROM (
  SELECT page.*, sum(octet_length(bytes)) OVER (ORDER BY sequence ROWS UNBOUNDED PRECEDING) - octet_length(bytes) AS before
  FROM (SELECT sequence, hash, bytes, command_id FROM assay_entry WHERE sequence > $1 AND sequence <= $2
        ORDER BY sequence LIMIT $3) AS page
) AS sized WHERE before < $4 ORDER BY sequence)";

}  // namespace

PostgresqlStore::PostgresqlStore(const std::string& url, const StoreOptions& options) : url_{url}, options_{options} {
  // the first time there is no waiting: a wrong address should be told at once
  connection_ = std::make_unique<PostgresqlConnection>(url_, options_.patience);
  place_ = connection_->place();
  prepare_schema(*connection_, options_);
  options_.create = false;  // a journal that vanishes later is not replaced by an empty one
}

PostgresqlStore::~PostgresqlStore() {
  // closing in a forked child would end the parent's session
  if (!process_.here()) static_cast<void>(connection_.release());
}

PostgresqlConnection& PostgresqlStore::connection() {
  process_.check(place_);
  const auto end = std::chrono::steady_clock::now() + options_.patience;
  while (!connection_) {
    try {
      auto made = std::make_unique<PostgresqlConnection>(url_, options_.patience);
      prepare_schema(*made, options_);
      connection_ = std::move(made);
    } catch (const PostgresqlError& error) {
      if (!error.lost() || std::chrono::steady_clock::now() >= end) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
  }
  return *connection_;
}

template <class Work>
auto PostgresqlStore::again_if_lost(Work&& work) {
  for (bool first = true;; first = false) {
    try {
      return work(connection());
    } catch (const PostgresqlError& error) {
      if (!error.lost() || !connection_) throw;  // without a connection patience has already run out
      connection_.reset();
      if (!first) throw;
    }
  }
}

void PostgresqlStore::refuse_writing_when_read_only() const {
  if (options_.read_only) throw StoreError("the journal at " + place_ + " was opened read-only");
}

Head PostgresqlStore::head() { return again_if_lost(read_head); }

std::optional<Head> PostgresqlStore::append(const Head& expected, std::span<const NewEntry> entries) {
  refuse_writing_when_read_only();
  check_lengths(entries);
  if (entries.empty()) return head() == expected ? std::optional{expected} : std::nullopt;
  const std::vector<Hash> hashes = chain_all(expected, entries);
  const Head wanted{expected.sequence + entries.size(), hashes.back()};
  again_if_lost([this](PostgresqlConnection& open) { begin_alone(open, options_.patience); });
  bool committing = false;
  try {
    const Undone undone{*connection_};
    if (read_head(*connection_) != expected) return std::nullopt;
    insert(expected, entries, hashes);
    committing = true;
    commit(*connection_);
    return wanted;
  } catch (const PostgresqlError& error) {
    if (error.lost()) connection_.reset();
    if (error.state() == "23505") {  // unique_violation
      refuse_repeated(entries);
      return std::nullopt;
    }
    if (committing && error.lost()) return resolve(wanted, error.what());
    throw StoreError(std::string{error.what()} + "; nothing was written");
  }
}

// The connection broke while the server committed. Whoever holds the journal's lock after that sees the outcome: the
// lost session has either finished its commit or lost its transaction.
Head PostgresqlStore::resolve(const Head& wanted, const std::string& failure) {
  bool there = false;
  try {
    there = again_if_lost([&](PostgresqlConnection& open) {
      begin_alone(open, options_.patience);
      const Undone undone{open};
      return holds(open, wanted);
    });
  } catch (const StoreError& again) {
    throw OutcomeUnknown(failure + "; whether the entries were written cannot be told yet: " + again.what());
  }
  if (!there) throw StoreError(failure + "; nothing was written");
  return wanted;
}

void PostgresqlStore::insert(const Head& expected, std::span<const NewEntry> entries, std::span<const Hash> hashes) {
  constexpr const char* sql =
      "INSERT INTO assay_entry (sequence, hash, bytes, command_id) "
      "SELECT $1 + place, hash, bytes, command_id "
      "FROM unnest($2, $3, $4) WITH ORDINALITY AS each (hash, bytes, command_id, place)";
  constexpr std::size_t enough = std::size_t{8} << 20U;
  static constexpr std::byte nothing{};
  for (std::size_t begin = 0; begin < entries.size();) {
    std::vector<ByteView> parts_hash;
    std::vector<ByteView> parts_bytes;
    std::vector<ByteView> parts_command;
    std::size_t size = 0;
    std::size_t end = begin;
    for (; end < entries.size() && size < enough; ++end) {
      const NewEntry& entry = entries[end];
      parts_hash.emplace_back(hashes[end]);
      parts_bytes.push_back(entry.bytes.empty() ? ByteView{&nothing, 0} : ByteView{entry.bytes});
      parts_command.push_back(entry.command_id.empty() ? ByteView{} : std::as_bytes(std::span{entry.command_id}));
      size += entry.bytes.size() + 128;
    }
    connection_->run(sql,
                     Parameters{}.add(expected.sequence + begin).add(parts_hash).add(parts_bytes).add(parts_command));
    begin = end;
  }
}

void PostgresqlStore::read(std::uint64_t after, std::uint64_t most, const Reader& reader) {
  const auto fetch = [this](std::uint64_t from, std::uint64_t last, std::uint64_t count, Page& page) {
    const Rows rows = again_if_lost([&](PostgresqlConnection& open) {
      return open.run(page_query, Parameters{}.add(from).add(last).add(count).add(std::uint64_t{Page::enough_bytes}));
    });
    for (int row = 0; row < rows.size(); ++row) {
      const ByteView hash = rows.bytes(row, 1);
      page.add(rows.integer(row, 0), hash_from(hash.data(), hash.size()), rows.bytes(row, 2), rows.text(row, 3));
    }
  };
  read_by_pages(after, head().sequence, most, reader, fetch);
}

std::optional<std::uint64_t> PostgresqlStore::find_command(std::string_view command_id) {
  if (command_id.empty() || command_id.size() > most_command_id_bytes) return std::nullopt;
  const Rows rows = again_if_lost([&](PostgresqlConnection& open) {
    return open.run("SELECT sequence FROM assay_entry WHERE command_id = $1",
                    Parameters{}.add(std::as_bytes(std::span{command_id})));
  });
  return rows.size() == 0 ? std::nullopt : std::optional{rows.integer(0, 0)};
}

std::optional<StoredState> PostgresqlStore::stored_state() {
  const Rows rows = again_if_lost([](PostgresqlConnection& open) {
    return open.run(
        "SELECT sequence, hash, bytes, proof FROM assay_state s WHERE sequence = 0 OR EXISTS (SELECT FROM assay_entry "
        "e "
        "WHERE e.sequence = s.sequence AND e.hash = s.hash) ORDER BY sequence DESC",
        {});
  });
  for (int row = 0; row < rows.size(); ++row) {
    StoredState state;
    const ByteView hash = rows.bytes(row, 1);
    state.head = {rows.integer(row, 0), hash_from(hash.data(), hash.size())};
    const ByteView bytes = rows.bytes(row, 2);
    state.bytes.assign(bytes.begin(), bytes.end());
    const ByteView proof = rows.bytes(row, 3);
    if (hash_from(proof.data(), proof.size()) == proof_of(state)) return state;
  }
  return std::nullopt;
}

void PostgresqlStore::store_state(const StoredState& state) {
  refuse_writing_when_read_only();
  check_length(state);
  const Hash proof = proof_of(state);
  again_if_lost([&](PostgresqlConnection& open) {
    begin_alone(open, options_.patience);
    const Undone undone{open};
    if (!holds(open, state.head))
      throw StoreError("the journal at " + place_ + " has no entry " + std::to_string(state.head.sequence) +
                       " with the hash that the state names; the state was not stored");
    open.run(
        "DELETE FROM assay_state WHERE sequence = $1 OR sequence NOT IN "
        "(SELECT sequence FROM assay_state ORDER BY sequence DESC LIMIT 1)",
        Parameters{}.add(state.head.sequence));
    open.run(
        "INSERT INTO assay_state (sequence, hash, bytes, proof) VALUES ($1, $2, $3, $4)",
        Parameters{}.add(state.head.sequence).add(ByteView{state.head.hash}).add(state.bytes).add(ByteView{proof}));
    commit(open);
  });
}

}  // namespace assay::registry::store
