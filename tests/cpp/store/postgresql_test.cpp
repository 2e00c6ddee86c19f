// What only PostgreSQL can get wrong: secrets in URLs, lost connections, commits of unknown outcome.

#ifdef ASSAY_WITH_POSTGRESQL

#include <store/postgresql_connection.hpp>

#include "places.hpp"
#include "postgresql_proxy.hpp"

using namespace assay;
using namespace assay::registry;
using namespace assay::test;

namespace {

#define SERVER(place, url)              \
  const InPostgresql place;             \
  const auto url##_found = place.url(); \
  if (!url##_found) return;             \
  const std::string url = *url##_found

/// Ends every other session that works in this schema's journal.
void end_sessions(const InPostgresql& place) {
  place.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '" + place.schema() + "'");
}

std::string named(const std::string& url, const InPostgresql& place) {
  return url + "&application_name=" + place.schema();
}

/// A proxy for the server of the tests where that listens on a socket in the file system; else nothing.
std::unique_ptr<Proxy> proxy_for(const std::string& url) {
  const std::size_t at = url.find("host=/");
  if (at == std::string::npos) {
    WARN("skipped: the PostgreSQL of the tests does not listen on a socket in the file system");
    return nullptr;
  }
  const std::string folder = url.substr(at + 5, url.find('&', at) - at - 5);
  return std::make_unique<Proxy>(folder + "/.s.PGSQL.5432");
}

std::string through(const Proxy& proxy, const InPostgresql& place) {
  return "postgresql://postgres@127.0.0.1:" + std::to_string(proxy.port()) +
         "/postgres?sslmode=disable&gssencmode=disable&options=-csearch_path%3D" + place.schema();
}

}  // namespace

TEST_CASE("no text of a URL that may be a password is shown", "[store][postgresql]") {
  const auto shown = [](const std::string& url, const std::string& text) {
    return store::without(store::secrets_of(url), text);
  };
  CHECK(shown("postgresql://me:s3cret@host/db", "no s3cret for me@host") == "no *** for me@host");
  CHECK(shown("postgresql://me:a%20b@host/db", "'a b' and 'a%20b'") == "'***' and '***'");
  CHECK(shown("postgresql://host/db?password=s3cret&user=me", "s3cret") == "***");
  CHECK(shown("postgresql://host/db?sslpassword=k3y", "k3y") == "***");
  CHECK(shown("postgresql://host:5432/db", "host:5432/db") == "host:5432/db");
  // not escaped: libpq takes the rest of the password for the host
  CHECK(shown("postgresql://me:s3c@ret@host/db", "no host \"ret@host\"; s3c@ret; s3c") ==
        "no host \"***@host\"; ***; ***");
}

TEST_CASE("an error of opening says where, and never the password", "[store][postgresql]") {
  for (const std::string url :
       {"postgresql://me:s3cretword@127.0.0.1:1/db", "postgresql://me:s3cret@word@127.0.0.1:1/db",
        "postgresql://me:s3cretword@127.0.0.1:port/db", "postgresql://me:s3cretword@[::1/db",
        "postgres://127.0.0.1:1/db?user=me&password=s3cretword", "postgresql://me:%zzs3cretword@127.0.0.1:1/db"}) {
    const std::string message = message_of<StoreError>([&] { static_cast<void>(open_store(url)); });
    INFO(message);
    CHECK(contains(message, "the journal at PostgreSQL"));
    CHECK_FALSE(contains(message, "s3cret"));
    CHECK_FALSE(contains(message, "word@"));
  }
}

TEST_CASE("the place names user, server and database", "[store][postgresql]") {
  SERVER(place, url);
  CHECK(contains(open_store(url)->place(), "postgresql://postgres@"));
  CHECK(contains(open_store(url)->place(), "/postgres"));
}

TEST_CASE("a schema that is not there, or holds a newer journal, is refused by name", "[store][postgresql]") {
  SERVER(place, url);
  const auto refusal = [&](const std::string& where, const StoreOptions& options = {}) {
    return message_of<StoreError>([&] { static_cast<void>(open_store(where, options)); });
  };
  std::string nowhere = url;
  nowhere.replace(nowhere.find(place.schema()), place.schema().size(), "no_such_schema");
  CHECK(contains(refusal(nowhere), "no schema of the search path exists"));
  CHECK(contains(refusal(url, {.create = false}), "holds no journal yet"));
  append_all(*open_store(url), {"one"});
  place.run("UPDATE assay_journal SET format = 2");
  CHECK(contains(refusal(url), "has format 2, this library reads format 1; a newer Assay wrote it"));
  place.run("DELETE FROM assay_journal");
  CHECK(contains(refusal(url), "has format 0, this library reads format 1; its tables are damaged"));
}

TEST_CASE("the past cannot be altered by mistake in SQL, and who does it on purpose is found", "[store][postgresql]") {
  SERVER(place, url);
  const auto store = open_store(url);
  append_all(*store, {"one", "two", "three"});
  for (const char* sql : {"UPDATE assay_entry SET bytes = 'x'", "DELETE FROM assay_entry", "TRUNCATE assay_entry"})
    CHECK(contains(message_of<std::runtime_error>([&] { place.run(sql); }), "never altered or removed"));
  CHECK(verify(*store).whole());
  place.run("ALTER TABLE assay_entry DISABLE TRIGGER USER; UPDATE assay_entry SET bytes = 'x' WHERE sequence = 2");
  CHECK(verify(*store).problem == Verdict::Problem::altered);
  CHECK(verify(*store).position == 2);
  place.run("DELETE FROM assay_entry WHERE sequence = 1");
  CHECK(verify(*store).problem == Verdict::Problem::broken_order);
  CHECK(verify(*store).position == 1);
}

TEST_CASE("a state that was damaged is not used", "[store][postgresql]") {
  SERVER(place, url);
  const auto store = open_store(url);
  const StoredState first{append_all(*store, {"one"}), bytes_of("first")};
  store->store_state(first);
  store->store_state({append_all(*store, {"two"}), bytes_of("second")});
  place.run("UPDATE assay_state SET bytes = 'x' WHERE sequence = 2");
  CHECK(store->stored_state() == first);
  place.run("UPDATE assay_state SET hash = decode(repeat('00', 32), 'hex') WHERE sequence = 1");
  CHECK_FALSE(store->stored_state());
}

TEST_CASE("a user who may not write is told to open read-only", "[store][postgresql]") {
  SERVER(place, url);
  append_all(*open_store(url), {"one"});
  place.run("CREATE ROLE " + place.schema() + "_r LOGIN; GRANT USAGE ON SCHEMA " + place.schema() + " TO " +
            place.schema() + "_r; GRANT SELECT ON ALL TABLES IN SCHEMA " + place.schema() + " TO " + place.schema() +
            "_r");
  std::string theirs = url;
  theirs.replace(theirs.find("postgres@"), 9, place.schema() + "_r@");
  CHECK(contains(message_of<StoreError>([&] { static_cast<void>(open_store(theirs)); }),
                 "this user may not write it; open it read-only"));
  CHECK(open_store(theirs, {.read_only = true})->head().sequence == 1);
  place.run("DROP OWNED BY " + place.schema() + "_r; DROP ROLE " + place.schema() + "_r");
}

TEST_CASE("sessions that were ended between two calls are not noticed by the caller", "[store][postgresql]") {
  SERVER(place, url);
  const auto store = open_store(named(url, place));
  Head head = append_all(*store, {"one"});
  end_sessions(place);
  CHECK(store->head() == head);
  end_sessions(place);
  const std::vector<NewEntry> more{entry("two", "id")};
  const auto after = store->append(head, more);
  REQUIRE(after);
  end_sessions(place);
  CHECK(store->find_command("id") == 2);
  end_sessions(place);
  store->store_state({*after, bytes_of("state")});
  end_sessions(place);
  CHECK(store->stored_state());
  int seen = 0;
  store->read(0, no_end, [&](const EntryView&) {
    end_sessions(place);
    return ++seen < 5;
  });
  CHECK(seen == 2);
  CHECK(verify(*store).whole());
}

TEST_CASE("a session that ends in the middle of an append writes nothing, and the next call goes on",
          "[store][postgresql]") {
  SERVER(place, url);
  const auto store = open_store(url);
  const Head head = append_all(*store, {"one"});
  const std::vector<NewEntry> more{entry("two"), entry("three")};
  const auto failing_when = [&](const std::string& trigger) {
    place.run(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
        "pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END $$; " +
        trigger);
    const auto message = message_of<StoreError>([&] { static_cast<void>(store->append(head, more)); });
    place.run("DROP FUNCTION die CASCADE");
    CHECK(contains(message, "the connection to the server was lost"));
    CHECK(contains(message, "nothing was written"));
    CHECK(store->head() == head);
  };
  failing_when("CREATE TRIGGER dies AFTER INSERT ON assay_entry FOR EACH ROW EXECUTE FUNCTION die()");
  // at the commit itself: the outcome has to be looked up
  failing_when(
      "CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON assay_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
      "EXECUTE FUNCTION die()");
  CHECK(store->append(head, more));
  CHECK(verify(*store).whole());
}

TEST_CASE("a server that refuses an append or its commit is heard, and nothing is written", "[store][postgresql]") {
  SERVER(place, url);
  const auto store = open_store(url);
  const Head head = append_all(*store, {"one"});
  const std::vector<NewEntry> more{entry("two")};
  for (const std::string kind : {"TRIGGER no", "CONSTRAINT TRIGGER no"}) {
    place.run(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$; "
        "CREATE " +
        kind + " AFTER INSERT ON assay_entry " + (kind.starts_with("C") ? "DEFERRABLE INITIALLY DEFERRED " : "") +
        "FOR EACH ROW EXECUTE FUNCTION no()");
    const auto message = message_of<StoreError>([&] { static_cast<void>(store->append(head, more)); });
    place.run("DROP FUNCTION no CASCADE");
    CHECK(contains(message, "not today"));
    CHECK(contains(message, "nothing was written"));
    CHECK(store->head() == head);
  }
  CHECK(store->append(head, more));
}

TEST_CASE("a commit whose answer is lost is looked up, never guessed", "[store][postgresql]") {
  SERVER(place, url);
  const auto proxy = proxy_for(url);
  if (!proxy) return;
  const auto store = open_store(through(*proxy, place), {.patience = std::chrono::milliseconds{1'500}});
  Head head = append_all(*store, {"one"});
  const std::vector<NewEntry> two{entry("two", "id two")};

  proxy->breaks = Proxy::Breaks::before_commit_arrives;
  CHECK(contains(message_of<StoreError>([&] { static_cast<void>(store->append(head, two)); }), "nothing was written"));
  proxy->breaks = Proxy::Breaks::never;
  CHECK(store->head() == head);

  proxy->breaks = Proxy::Breaks::after_commit_was_answered;
  const auto after = store->append(head, two);  // the connection breaks; the entries are there, and it says so
  REQUIRE(after);
  proxy->breaks = Proxy::Breaks::never;
  CHECK(store->head() == *after);
  CHECK(after->sequence == 2);
  CHECK(store->find_command("id two") == 2);

  // the server does not come back in time: then, and only then, the outcome is unknown
  proxy->breaks = Proxy::Breaks::after_commit_was_answered;
  proxy->refuses = true;
  const std::vector<NewEntry> three{entry("three", "id three")};
  const auto begin = std::chrono::steady_clock::now();
  const auto message = message_of<OutcomeUnknown>([&] { static_cast<void>(store->append(*after, three)); });
  CHECK(contains(message, "whether the entries were written cannot be told yet"));
  CHECK_FALSE(contains(message, "nothing was written"));
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds{1'400});  // patience, once
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::milliseconds{2'900});
  CHECK_THROWS_AS(store->head(), StoreError);
  proxy->breaks = Proxy::Breaks::never;
  proxy->refuses = false;
  CHECK(store->find_command("id three") == 3);  // once the server is back, the journal tells
  CHECK_FALSE(store->append(*after, three));
  CHECK(verify(*store).whole());
}

#endif
