#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <string_view>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/registry/journal.hpp>

namespace assay::registry {
namespace {

static_assert(crypto_sign_PUBLICKEYBYTES == std::tuple_size_v<PublicKey>);
static_assert(crypto_sign_SECRETKEYBYTES == std::tuple_size_v<SecretKey>);
static_assert(crypto_sign_SEEDBYTES == 32);

constexpr char domain[] = "assay journal checkpoint 1";  // the zero byte at its end is part of what is signed
constexpr std::string_view first_word = "assay-checkpoint-1";

void start() {
  if (sodium_init() < 0) throw AssayError("libsodium found no source of randomness");
}

template <class Byte>
auto* raw(Byte* bytes) noexcept {
  if constexpr (std::is_const_v<Byte>)
    return reinterpret_cast<const unsigned char*>(bytes);
  else
    return reinterpret_cast<unsigned char*>(bytes);
}

/// What is signed: the domain, the sequence number and the time as eight bytes, lowest first, and the hash.
Bytes statement(const Head& head, TimePoint at) {
  Bytes out;
  for (const char letter : domain) out.push_back(static_cast<std::byte>(letter));
  const auto put = [&](std::uint64_t number) {
    for (unsigned shift = 0; shift < 64; shift += 8) out.push_back(static_cast<std::byte>(number >> shift & 0xFFU));
  };
  put(head.sequence);
  put(static_cast<std::uint64_t>(micros_of(at)));
  out.insert(out.end(), head.hash.begin(), head.hash.end());
  return out;
}

std::string hexadecimal(ByteView bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const std::byte each : bytes) {
    out += digits[std::to_integer<unsigned>(each) >> 4U];
    out += digits[std::to_integer<unsigned>(each) & 15U];
  }
  return out;
}

[[noreturn]] void refuse(const std::string& why) { throw FormatError("this is no checkpoint: " + why); }

template <std::size_t size>
std::array<std::byte, size> bytes_from(std::string_view text, const char* what) {
  const auto digit = [&](char letter) -> unsigned {
    if (letter >= '0' && letter <= '9') return static_cast<unsigned>(letter - '0');
    if (letter >= 'a' && letter <= 'f') return static_cast<unsigned>(letter - 'a') + 10;
    refuse(std::string{"its "} + what + " is not in hexadecimal");
  };
  if (text.size() != 2 * size)
    refuse(std::string{"wanted "} + std::to_string(2 * size) + " letters of " + what + ", got " +
           std::to_string(text.size()));
  std::array<std::byte, size> out{};
  for (std::size_t i = 0; i < size; ++i)
    out[i] = static_cast<std::byte>(digit(text[2 * i]) << 4U | digit(text[2 * i + 1]));
  return out;
}

/// The time whose text this is, to the letter.
TimePoint time_from(std::string_view text) {
  const auto part = [&](std::size_t begin, std::size_t length) {
    int out = -1;
    if (text.size() == 27) std::from_chars(text.data() + begin, text.data() + begin + length, out);
    return out;
  };
  using namespace std::chrono;
  const year_month_day day{year{part(0, 4)}, month{static_cast<unsigned>(part(5, 2))},
                           std::chrono::day{static_cast<unsigned>(part(8, 2))}};
  if (day.ok()) {
    const TimePoint out =
        sys_days{day} + hours{part(11, 2)} + minutes{part(14, 2)} + seconds{part(17, 2)} + microseconds{part(20, 6)};
    if (to_text(out) == text) return out;
  }
  refuse("its time is not like 2026-11-22T23:42:54.000000Z");
}

}  // namespace

KeyPair make_key_pair() {
  start();
  KeyPair out;
  crypto_sign_keypair(raw(out.public_key.data()), raw(out.secret_key.data()));
  return out;
}

KeyPair key_pair_from_seed(std::span<const std::byte, 32> seed) {
  start();
  KeyPair out;
  crypto_sign_seed_keypair(raw(out.public_key.data()), raw(out.secret_key.data()), raw(seed.data()));
  return out;
}

Checkpoint sign(const Head& head, TimePoint at, const SecretKey& key) {
  start();
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(at)};
  if (day.year() < std::chrono::year{0} || day.year() > std::chrono::year{9999})
    throw InputError("a time within the years 0 to 9999", "the year " + std::to_string(static_cast<int>(day.year())));
  Checkpoint out{head, at, {}, {}};
  crypto_sign_ed25519_sk_to_pk(raw(out.public_key.data()), raw(key.data()));
  const Bytes message = statement(head, at);
  crypto_sign_detached(raw(out.signature.data()), nullptr, raw(message.data()), message.size(), raw(key.data()));
  return out;
}

bool Checkpoint::genuine() const {
  start();
  const Bytes message = statement(head, at);
  return crypto_sign_verify_detached(raw(signature.data()), raw(message.data()), message.size(),
                                     raw(public_key.data())) == 0;
}

std::string Checkpoint::to_text() const {
  return std::string{first_word} + " " + std::to_string(head.sequence) + " " + hexadecimal(head.hash) + " " +
         assay::to_text(at) + " " + hexadecimal(public_key) + " " + hexadecimal(signature);
}

Checkpoint Checkpoint::from_text(const std::string& text) {
  std::string_view rest{text};
  while (!rest.empty() && (rest.back() == '\n' || rest.back() == '\r')) rest.remove_suffix(1);
  std::vector<std::string_view> words;
  for (std::size_t end = 0; end != std::string_view::npos && words.size() < 7;) {
    end = rest.find(' ');
    words.push_back(rest.substr(0, end));
    if (end != std::string_view::npos) rest.remove_prefix(end + 1);
  }
  if (words.front() != first_word) refuse("it does not begin with " + std::string{first_word});
  if (words.size() != 6)
    refuse("wanted 6 words, got " + std::to_string(words.size()) + (words.size() > 6 ? " or more" : ""));
  Checkpoint out;
  const auto [end, problem] = std::from_chars(words[1].data(), words[1].data() + words[1].size(), out.head.sequence);
  if (problem != std::errc{} || std::to_string(out.head.sequence) != words[1])
    refuse("its sequence number is not a whole number");
  out.head.hash = bytes_from<32>(words[2], "hash");
  out.at = time_from(words[3]);
  out.public_key = bytes_from<32>(words[4], "public key");
  out.signature = bytes_from<64>(words[5], "signature");
  return out;
}

}  // namespace assay::registry
