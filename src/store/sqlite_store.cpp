#include "sqlite_store.hpp"

#include <filesystem>
#include <utility>

namespace assay::registry::store {

/// The connection and what is prepared on it, which is let go first.
struct SqliteStore::File {
  File(const std::string& path, const std::string& place, const StoreOptions& options, const Surroundings& surroundings)
      : connection{path,
                   SQLITE_OPEN_NOMUTEX | (options.read_only ? SQLITE_OPEN_READONLY
                                          : options.create  ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                            : SQLITE_OPEN_READWRITE),
                   surroundings.vfs, place, options.patience} {
    prepare_file(connection, place, options, surroundings);
    const auto prepare = [&](Statement& statement, const char* sql) { statement = Statement{connection, sql}; };
    prepare(begin, "BEGIN IMMEDIATE");
    prepare(commit, "COMMIT");
    prepare(head, "SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1");
    prepare(insert, "INSERT INTO entry (sequence, hash, bytes, command_id) VALUES (?1, ?2, ?3, ?4)");
    prepare(page,
            "SELECT sequence, hash, bytes, command_id FROM entry WHERE sequence > ?1 AND sequence <= ?2 "
            "ORDER BY sequence LIMIT ?3");
    prepare(hash, "SELECT hash FROM entry WHERE sequence = ?1");
    prepare(find, "SELECT sequence FROM entry WHERE command_id = ?1");
  }

  void run(Statement& statement) {
    const InUse use{statement};
    static_cast<void>(statement.step());
  }
  Head read_head() {
    const InUse use{head};
    if (!head.step()) return {};
    const ByteView found = head.bytes(1);
    return {static_cast<std::uint64_t>(head.integer(0)), hash_from(found.data(), found.size())};
  }
  bool holds(const Head& wanted) {
    if (wanted.sequence == 0) return wanted.hash == Hash{};
    const InUse use{hash};
    hash.bind(1, wanted.sequence);
    if (!hash.step()) return false;
    const ByteView found = hash.bytes(0);
    return hash_from(found.data(), found.size()) == wanted.hash;
  }

  Connection connection;
  Statement begin{};
  Statement commit{};
  Statement head{};
  Statement insert{};
  Statement page{};
  Statement hash{};
  Statement find{};
};

namespace {

/// A transaction that is undone unless it was committed.
class Undone {
 public:
  explicit Undone(Connection& connection) noexcept : connection_{connection} {}
  Undone(const Undone&) = delete;
  Undone& operator=(const Undone&) = delete;
  ~Undone() {
    if (connection_.in_transaction()) connection_.roll_back();
  }

 private:
  Connection& connection_;
};

bool harmless(const SqliteError& error) {
  return error.primary() == SQLITE_BUSY || error.primary() == SQLITE_CONSTRAINT;
}

}  // namespace

SqliteStore::SqliteStore(const std::string& path, const StoreOptions& options, Surroundings surroundings)
    : path_{std::filesystem::absolute(path).string()},  // begins with '/': SQLite never takes it for a URI
      place_{place_of(path_)},
      options_{options},
      surroundings_{std::move(surroundings)} {
  file();
  options_.create = false;  // a file that vanishes later is not replaced by an empty one
}

SqliteStore::~SqliteStore() {
  // closing in a forked child would undo what the parent is writing
  if (!process_.here()) static_cast<void>(file_.release());
}

SqliteStore::File& SqliteStore::file() {
  process_.check(place_);
  if (!file_) {
    check_path(path_, options_, surroundings_);
    file_ = std::make_unique<File>(path_, place_, options_, surroundings_);
  }
  return *file_;
}

void SqliteStore::drop() noexcept { file_.reset(); }

template <class Work>
auto SqliteStore::reading(Work&& work) {
  try {
    return work(file());
  } catch (const SqliteError& error) {
    if (!harmless(error)) drop();
    throw;
  }
}

void SqliteStore::refuse_writing_when_read_only() const {
  if (options_.read_only) throw StoreError("the journal at " + place_ + " was opened read-only");
}

Head SqliteStore::head() {
  return reading([](File& file) { return file.read_head(); });
}

std::optional<Head> SqliteStore::append(const Head& expected, std::span<const NewEntry> entries) {
  refuse_writing_when_read_only();
  check_lengths(entries);
  if (entries.empty()) return head() == expected ? std::optional{expected} : std::nullopt;
  const std::vector<Hash> hashes = chain_all(expected, entries);
  const Head wanted{expected.sequence + entries.size(), hashes.back()};
  bool committing = false;
  try {
    File& open = file();
    open.run(open.begin);
    const Undone undone{open.connection};
    if (open.read_head() != expected) return std::nullopt;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const InUse use{open.insert};
      open.insert.bind(1, expected.sequence + 1 + i);
      open.insert.bind(2, ByteView{hashes[i]});
      open.insert.bind(3, ByteView{entries[i].bytes});
      if (entries[i].command_id.empty())
        open.insert.bind_null(4);
      else
        open.insert.bind(4, std::string_view{entries[i].command_id});
      static_cast<void>(open.insert.step());
    }
    committing = true;
    open.run(open.commit);
    return wanted;
  } catch (const SqliteError& error) {
    if (error.primary() == SQLITE_CONSTRAINT) {  // the head was right, so it is a command id
      refuse_repeated(entries);
      return std::nullopt;
    }
    if (!harmless(error)) drop();
    if (!committing || harmless(error)) throw StoreError(std::string{error.what()} + "; nothing was written");
    return resolve(wanted, error.what());
  }
}

// A commit that failed has been undone, or will be by the next who opens the file, unless the very last step failed:
// then the entries are there, but perhaps not yet safe from a power cut. The file itself tells.
Head SqliteStore::resolve(const Head& wanted, const std::string& failure) {
  bool there = false;
  try {
    there = file().holds(wanted);
    if (there) sync_again(file().connection);
  } catch (const StoreError& again) {
    drop();
    throw OutcomeUnknown(failure + "; whether the entries were written cannot be told yet: " + again.what());
  }
  if (!there) throw StoreError(failure + "; nothing was written");
  return wanted;
}

void SqliteStore::read(std::uint64_t after, std::uint64_t most, const Reader& reader) {
  const auto fetch = [this](std::uint64_t from, std::uint64_t last, std::uint64_t count, Page& page) {
    reading([&](File& file) {
      const InUse use{file.page};
      file.page.bind(1, from);
      file.page.bind(2, last);
      file.page.bind(3, count);
      while (!page.full() && file.page.step()) {
        const ByteView hash = file.page.bytes(1);
        page.add(static_cast<std::uint64_t>(file.page.integer(0)), hash_from(hash.data(), hash.size()),
                 file.page.bytes(2), file.page.text(3));
      }
    });
  };
  read_by_pages(after, head().sequence, most, reader, fetch);
}

std::optional<std::uint64_t> SqliteStore::find_command(std::string_view command_id) {
  if (command_id.empty() || command_id.size() > most_command_id_bytes) return std::nullopt;
  return reading([&](File& file) -> std::optional<std::uint64_t> {
    const InUse use{file.find};
    file.find.bind(1, command_id);
    if (!file.find.step()) return std::nullopt;
    return static_cast<std::uint64_t>(file.find.integer(0));
  });
}

std::optional<StoredState> SqliteStore::stored_state() {
  return reading([](File& file) -> std::optional<StoredState> {
    Statement states{file.connection, "SELECT sequence, hash, bytes, proof FROM state ORDER BY sequence DESC"};
    while (states.step()) {
      StoredState state;
      const ByteView hash = states.bytes(1);
      state.head = {static_cast<std::uint64_t>(states.integer(0)), hash_from(hash.data(), hash.size())};
      const ByteView bytes = states.bytes(2);
      state.bytes.assign(bytes.begin(), bytes.end());
      const ByteView proof = states.bytes(3);
      if (hash_from(proof.data(), proof.size()) == proof_of(state) && file.holds(state.head)) return state;
    }
    return std::nullopt;
  });
}

void SqliteStore::store_state(const StoredState& state) {
  refuse_writing_when_read_only();
  check_length(state);
  reading([&](File& file) {
    file.run(file.begin);
    const Undone undone{file.connection};
    if (!file.holds(state.head))
      throw StoreError("the journal at " + place_ + " has no entry " + std::to_string(state.head.sequence) +
                       " with the hash that the state names; the state was not stored");
    Statement insert{file.connection,
                     "INSERT OR REPLACE INTO state (sequence, hash, bytes, proof) VALUES (?1, ?2, ?3, ?4)"};
    const Hash proof = proof_of(state);
    insert.bind(1, state.head.sequence);
    insert.bind(2, ByteView{state.head.hash});
    insert.bind(3, ByteView{state.bytes});
    insert.bind(4, ByteView{proof});
    static_cast<void>(insert.step());
    file.connection.run(
        "DELETE FROM state WHERE sequence NOT IN (SELECT sequence FROM state ORDER BY sequence DESC LIMIT 2)");
    file.run(file.commit);
  });
}

}  // namespace assay::registry::store
