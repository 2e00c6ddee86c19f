#include "postgresql_connection.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace assay::registry::store {
namespace {

constexpr Oid bigint_type = 20;
constexpr Oid bytea_type = 17;
constexpr Oid bytea_array_type = 1001;

void put32(Bytes& out, std::uint32_t number) {
  for (unsigned shift = 32; shift > 0; shift -= 8) out.push_back(static_cast<std::byte>(number >> (shift - 8) & 0xFFU));
}

std::string unescaped(std::string_view text) {  // %41 becomes A
  const auto digit = [](char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    const char small = static_cast<char>(letter | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
  };
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size() && digit(text[at + 1]) >= 0 && digit(text[at + 2]) >= 0) {
      out += static_cast<char>(digit(text[at + 1]) * 16 + digit(text[at + 2]));
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> secrets_of(const std::string& url) {
  std::vector<std::string> out;
  const auto keep = [&](std::string_view secret) {
    if (secret.empty()) return;
    out.emplace_back(secret);
    out.push_back(unescaped(secret));
  };
  const std::string_view text{url};
  const std::size_t begin = text.find("://");
  const std::string_view after = begin == std::string_view::npos ? text : text.substr(begin + 3);
  // A password that was not escaped may itself hold '@' and '/': every end it may have is tried.
  if (const std::size_t colon = after.find(':'); colon != std::string_view::npos)
    for (std::size_t end = after.find('@', colon); end != std::string_view::npos; end = after.find('@', end + 1)) {
      keep(after.substr(colon + 1, end - colon - 1));
      // what libpq would take for the host when the password holds '@'
      const std::size_t next = after.find('@', end + 1);
      if (next != std::string_view::npos) keep(after.substr(end + 1, next - end - 1));
    }
  for (const std::string_view name : {"password=", "sslpassword="})
    for (std::size_t at = after.find(name); at != std::string_view::npos; at = after.find(name, at + 1)) {
      const std::string_view rest = after.substr(at + name.size());
      keep(rest.substr(0, rest.find('&')));
    }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return out;
}

std::string without(const std::vector<std::string>& secrets, std::string text) {
  for (const std::string& secret : secrets)
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3))
      text.replace(at, secret.size(), "***");
  return text;
}

Parameters& Parameters::add(std::uint64_t number) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  number = std::min(number, most);
  Bytes& value = values_.emplace_back();
  put32(value, static_cast<std::uint32_t>(number >> 32U));
  put32(value, static_cast<std::uint32_t>(number & 0xFFFFFFFFU));
  types_.push_back(bigint_type);
  return *this;
}

Parameters& Parameters::add(ByteView bytes) {
  values_.emplace_back(bytes.begin(), bytes.end());
  types_.push_back(bytea_type);
  return *this;
}

Parameters& Parameters::add(const std::vector<ByteView>& elements) {
  std::size_t size = 20;
  for (const ByteView element : elements) size += 4 + element.size();
  Bytes& value = values_.emplace_back();
  value.reserve(size);
  put32(value, 1);  // dimensions
  put32(value, 1);  // there may be NULLs
  put32(value, bytea_type);
  put32(value, static_cast<std::uint32_t>(elements.size()));
  put32(value, 1);  // the first index
  for (const ByteView element : elements) {
    if (element.data() == nullptr) {
      put32(value, 0xFFFFFFFFU);
      continue;
    }
    put32(value, static_cast<std::uint32_t>(element.size()));
    value.insert(value.end(), element.begin(), element.end());
  }
  types_.push_back(bytea_array_type);
  return *this;
}

std::uint64_t Rows::integer(int row, int column) const {
  std::uint64_t out = 0;
  for (const std::byte each : bytes(row, column)) out = out << 8U | std::to_integer<std::uint64_t>(each);
  return out;
}

bool Rows::boolean(int row, int column) const {
  const ByteView found = bytes(row, column);
  return !found.empty() && found[0] != std::byte{0};
}

ByteView Rows::bytes(int row, int column) const {
  return {reinterpret_cast<const std::byte*>(PQgetvalue(get(), row, column)),
          static_cast<std::size_t>(PQgetlength(get(), row, column))};
}

std::string_view Rows::text(int row, int column) const {
  return {PQgetvalue(get(), row, column), static_cast<std::size_t>(PQgetlength(get(), row, column))};
}

PostgresqlConnection::PostgresqlConnection(const std::string& url, std::chrono::milliseconds patience)
    : secrets_{secrets_of(url)} {
  const auto seconds = std::to_string(std::clamp<std::int64_t>((patience.count() + 999) / 1'000, 2, 3'600));
  // what stands before dbname gives way to the URL, what stands after it does not
  const std::array<const char*, 5> names{"connect_timeout", "fallback_application_name", "dbname", "client_encoding",
                                         nullptr};
  const std::array<const char*, 5> values{seconds.c_str(), "assay", url.c_str(), "UTF8", nullptr};
  connection_.reset(PQconnectdbParams(names.data(), values.data(), 1));
  if (!connection_) throw std::bad_alloc{};
  PQsetNoticeReceiver(get(), [](void*, const PGresult*) {}, nullptr);  // libpq would print them
  const auto part = [](const char* text) { return std::string{text == nullptr ? "" : text}; };
  if (const std::string password = part(PQpass(get())); !password.empty()) secrets_.insert(secrets_.begin(), password);
  if (PQstatus(get()) != CONNECTION_OK) {
    place_ = "PostgreSQL";  // a URL that could not be read may hold a secret anywhere
    std::string said = part(PQerrorMessage(get()));
    while (!said.empty() && said.back() == '\n') said.pop_back();
    fail(said, "", true);
  }
  place_ = "postgresql://" + part(PQuser(get())) + "@" + part(PQhost(get())) + ":" + part(PQport(get())) + "/" +
           part(PQdb(get()));
}

void PostgresqlConnection::fail(const std::string& what, const std::string& state, bool lost) const {
  throw PostgresqlError("the journal at " + place_ + ": " + without(secrets_, what), state, lost);
}

Rows PostgresqlConnection::checked(PGresult* result) {
  Rows rows{result};
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return rows;
  const bool lost = PQstatus(get()) != CONNECTION_OK;
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* said = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);  // without the details: they quote rows
  std::string what = lost ? "the connection to the server was lost" : "the server refused";
  if (said != nullptr) what += std::string{" ("} + (state == nullptr ? "" : state) + ": " + said + ")";
  fail(what, state == nullptr ? "" : state, lost);
}

Rows PostgresqlConnection::run(const std::string& sql) { return checked(PQexec(get(), sql.c_str())); }

Rows PostgresqlConnection::run(const char* sql, const Parameters& parameters) {
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const Bytes& value : parameters.values_) {
    values.push_back(value.empty() ? "" : reinterpret_cast<const char*>(value.data()));
    lengths.push_back(static_cast<int>(value.size()));
  }
  const std::vector<int> binary(values.size(), 1);
  return checked(PQexecParams(get(), sql, static_cast<int>(values.size()), parameters.types_.data(), values.data(),
                              lengths.data(), binary.data(), 1));
}

}  // namespace assay::registry::store
