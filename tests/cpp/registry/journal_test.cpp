// The chain, keys and checkpoints, and the proof of a journal: what is whole, what was done to it, and where.

#include <assay/registry/journal.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "../store/places.hpp"

using namespace assay;
using namespace assay::registry;
using namespace assay::test;

namespace {

std::string hexadecimal(ByteView bytes) {
  std::string out;
  for (const std::byte each : bytes)
    for (const unsigned half : {std::to_integer<unsigned>(each) >> 4U, std::to_integer<unsigned>(each) & 15U})
      out += "0123456789abcdef"[half];
  return out;
}

template <std::size_t size>
std::array<std::byte, size> from_hexadecimal(const std::string& text) {
  std::array<std::byte, size> out{};
  for (std::size_t i = 0; i < size; ++i)
    out[i] = static_cast<std::byte>(std::stoul(text.substr(2 * i, 2), nullptr, 16));
  return out;
}

/// RFC 8032, 7.1, test 1.
KeyPair published_pair() {
  return key_pair_from_seed(from_hexadecimal<32>("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
}

Bytes all_byte_values() {
  Bytes out;
  for (int value = 0; value < 256; ++value) out.push_back(static_cast<std::byte>(value));
  return out;
}

/// A journal as somebody might have left it: any rows, also such as no store would write.
class Tampered final : public Store {
 public:
  explicit Tampered(std::vector<Kept> rows) : rows_{std::move(rows)} {}
  [[nodiscard]] Head head() override { return rows_.empty() ? Head{} : Head{rows_.back().sequence, rows_.back().hash}; }
  [[nodiscard]] std::optional<Head> append(const Head&, std::span<const NewEntry>) override { return {}; }
  void read(std::uint64_t after, std::uint64_t most, const Reader& reader) override {
    for (const Kept& row : rows_) {
      if (row.sequence == fails_at) throw StoreError("the cable was pulled");
      if (row.sequence <= after) continue;
      if (most-- == 0 || !reader({row.sequence, row.hash, row.bytes, row.command_id})) return;
    }
  }
  [[nodiscard]] std::optional<std::uint64_t> find_command(std::string_view) override { return {}; }
  [[nodiscard]] std::optional<StoredState> stored_state() override { return {}; }
  void store_state(const StoredState&) override {}
  [[nodiscard]] bool writable() const override { return false; }
  [[nodiscard]] std::string place() const override { return "a test"; }

  std::uint64_t fails_at{0};

 private:
  std::vector<Kept> rows_;
};

std::vector<Kept> good_rows(std::uint64_t count) {
  std::vector<Kept> out;
  Hash before{};
  for (std::uint64_t sequence = 1; sequence <= count; ++sequence) {
    const Bytes bytes = bytes_of("entry " + std::to_string(sequence));
    before = chain(before, bytes);
    out.push_back({sequence, before, bytes, {}});
  }
  return out;
}

Verdict verdict_of(std::vector<Kept> rows, unsigned threads = 1, const std::optional<Checkpoint>& checkpoint = {},
                   const std::optional<PublicKey>& trusted = {}) {
  Tampered store{std::move(rows)};
  return verify(store, checkpoint, trusted, threads);
}

Checkpoint checkpoint_at(const std::vector<Kept>& rows, std::size_t sequence) {
  const Head head = sequence == 0 ? Head{} : Head{sequence, rows.at(sequence - 1).hash};
  return sign(head, time_from_micros(1), published_pair().secret_key);
}

using Problem = Verdict::Problem;

}  // namespace

TEST_CASE("a link is the SHA-256 of domain, hash before and bytes", "[golden][journal]") {
  // computed with Python's hashlib: sha256(b"assay journal entry 1\0" + before + bytes)
  CHECK(hexadecimal(chain({}, {})) == "83ede78df4692439776a3a7f9884202ca0f516b996d83fcb038fc010acda3023");
  const Hash first = chain({}, bytes_of("first"));
  CHECK(hexadecimal(first) == "8ab822cb7965a9205bc70fba60f1cfc412645f4ccf90959d2e20153c70954c1a");
  CHECK(hexadecimal(chain(first, all_byte_values())) ==
        "2648b81aeff9b196fc7c134d3f79455c5d4d4d8bdaeb2676bca2303a92c7f43c");
}

TEST_CASE("keys are those of RFC 8032, and fresh ones differ", "[golden][journal]") {
  CHECK(hexadecimal(published_pair().public_key) == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const KeyPair one = make_key_pair();
  const KeyPair two = make_key_pair();
  CHECK(one.public_key != two.public_key);
  CHECK(sign({}, {}, one.secret_key).public_key == one.public_key);
  CHECK(sign({}, {}, one.secret_key).genuine());
}

TEST_CASE("a checkpoint is one line of text, signed as another implementation signs it", "[golden][journal]") {
  // the signature was made with OpenSSL over the domain, sequence and time as eight bytes (lowest first), and the hash
  const Head head{2, chain(chain({}, bytes_of("first")), all_byte_values())};
  const Checkpoint checkpoint = sign(head, time_from_micros(1'795'390'974'000'001), published_pair().secret_key);
  const std::string line =
      "assay-checkpoint-1 2 2648b81aeff9b196fc7c134d3f79455c5d4d4d8bdaeb2676bca2303a92c7f43c "
      "2026-11-22T23:42:54.000001Z "
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a "
      "1d934f4c98344f583c78e8a699a5f1c259a5c47ca770bd1bee40aad29c35b342205f953ee425fbb9c4eb7e0d0696be7ff22ed2ad04bcb1f2"
      "a8388513d5a84409";
  CHECK(checkpoint.to_text() == line);
  CHECK(checkpoint.genuine());
  CHECK(Checkpoint::from_text(line) == checkpoint);
  CHECK(Checkpoint::from_text(line + "\r\n") == checkpoint);
}

TEST_CASE("a checkpoint of which anything was altered is not genuine", "[journal]") {
  const Checkpoint good = sign({7, chain({}, {})}, time_from_micros(5), published_pair().secret_key);
  REQUIRE(good.genuine());
  Checkpoint bad = good;
  bad.head.sequence = 8;
  CHECK_FALSE(bad.genuine());
  bad = good;
  bad.head.hash[0] ^= std::byte{1};
  CHECK_FALSE(bad.genuine());
  bad = good;
  bad.at += Microseconds{1};
  CHECK_FALSE(bad.genuine());
  bad = good;
  bad.public_key = make_key_pair().public_key;
  CHECK_FALSE(bad.genuine());
  for (std::size_t i = 0; i < good.signature.size(); ++i) {
    bad = good;
    bad.signature[i] ^= std::byte{4};
    CHECK_FALSE(bad.genuine());
  }
}

TEST_CASE("text that is no checkpoint is refused by name", "[journal]") {
  const std::string good = sign({7, chain({}, {})}, time_from_micros(5), published_pair().secret_key).to_text();
  const auto why = [](const std::string& text) {
    return message_of<FormatError>([&] { static_cast<void>(Checkpoint::from_text(text)); });
  };
  CHECK(why("") == "this is no checkpoint: it does not begin with assay-checkpoint-1");
  CHECK(contains(why("assay-checkpoint-2" + good.substr(18)), "does not begin with assay-checkpoint-1"));
  CHECK(contains(why("assay-checkpoint-1 7"), "wanted 6 words, got 2"));
  CHECK(contains(why(good + " more"), "wanted 6 words, got 7"));
  CHECK(contains(why(good + " "), "wanted 6 words, got 7"));
  CHECK(contains(why(" " + good), "does not begin"));
  for (std::size_t length = 0; length < good.size(); ++length)
    CHECK_THROWS_AS(Checkpoint::from_text(good.substr(0, length)), FormatError);

  const auto with_word = [&](std::size_t place, const std::string& word) {
    std::string out;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < 6; ++i) {
      const std::size_t end = good.find(' ', begin);
      out += (i == 0 ? "" : " ") + (i == place ? word : good.substr(begin, end - begin));
      begin = end + 1;
    }
    return out;
  };
  for (const char* number : {"x", "-1", "07", "7x", "18446744073709551616"})
    CHECK(contains(why(with_word(1, number)), "its sequence number is not a whole number"));
  CHECK(contains(why(with_word(2, "00")), "wanted 64 letters of hash, got 2"));
  CHECK(contains(why(with_word(2, std::string(64, 'A'))), "its hash is not in hexadecimal"));
  CHECK(contains(why(with_word(4, std::string(64, 'g'))), "its public key is not in hexadecimal"));
  CHECK(contains(why(with_word(5, std::string(64, '0'))), "wanted 128 letters of signature, got 64"));
  for (const char* time : {"now", "2026-13-22T23:42:54.000000Z", "2026-11-31T23:42:54.000000Z",
                           "2026-11-22T24:42:54.000000Z", "2026-11-22_23:42:54.000000Z", "2026-11-22T23:42:5x.000000Z"})
    CHECK(contains(why(with_word(3, time)), "its time is not like 2026-11-22T23:42:54.000000Z"));
}

TEST_CASE("a time that the line cannot hold is not signed", "[journal]") {
  const SecretKey key = published_pair().secret_key;
  const auto at = [](int year) {
    return TimePoint{std::chrono::sys_days{std::chrono::year{year} / std::chrono::January / 1}};
  };
  CHECK(Checkpoint::from_text(sign({}, at(0), key).to_text()).at == at(0));
  CHECK(Checkpoint::from_text(sign({}, at(9999), key).to_text()).at == at(9999));
  CHECK(message_of<InputError>([&] { static_cast<void>(sign({}, at(10'000), key)); }) ==
        "wanted a time within the years 0 to 9999, got the year 10000");
  CHECK_THROWS_AS(sign({}, at(-1), key), InputError);
}

TEST_CASE("a journal that nobody touched is whole on any number of threads", "[journal]") {
  for (const std::uint64_t count : {0U, 1U, 1'024U, 5'000U})
    for (const unsigned threads : {0U, 1U, 2U, 3U, 8U}) {
      const auto rows = good_rows(count);
      const Verdict verdict = verdict_of(rows, threads);
      CHECK(verdict.whole());
      CHECK(verdict.position == 0);
      CHECK(verdict.head == (count == 0 ? Head{} : Head{count, rows.back().hash}));
      CHECK(contains(verdict.words, "only against a checkpoint"));
    }
}

TEST_CASE("any flipped byte is found, with its entry", "[journal]") {
  const auto good = good_rows(6);
  for (std::uint64_t position = 1; position <= 6; ++position) {
    const auto altered = [&](const std::function<std::byte&(Kept&)>& part) {
      auto rows = good;
      part(rows[position - 1]) ^= std::byte{0x40};
      const Verdict verdict = verdict_of(rows);
      CHECK(verdict.problem == Problem::altered);
      CHECK(verdict.position == position);
      CHECK(verdict.head == (position == 1 ? Head{} : Head{position - 1, good[position - 2].hash}));
      CHECK(contains(verdict.words, "entry " + std::to_string(position)));
    };
    for (std::size_t i = 0; i < good[0].bytes.size(); ++i)
      altered([&](Kept& row) -> std::byte& { return row.bytes[i]; });
    for (std::size_t i = 0; i < 32; ++i) altered([&](Kept& row) -> std::byte& { return row.hash[i]; });
  }
  auto longer = good;
  longer[3].bytes.push_back(std::byte{0});
  CHECK(verdict_of(longer).position == 4);
  auto shorter = good;
  shorter[3].bytes.pop_back();
  CHECK(verdict_of(shorter).position == 4);
}

TEST_CASE("of several altered entries the first is named, on any number of threads", "[journal]") {
  auto rows = good_rows(9'000);
  for (const std::size_t at : {8'999U, 5'000U, 4'990U, 2'500U}) rows[at].bytes[0] ^= std::byte{1};
  for (const unsigned threads : {1U, 2U, 4U, 7U}) {
    const Verdict verdict = verdict_of(rows, threads);
    CHECK(verdict.problem == Problem::altered);
    CHECK(verdict.position == 2'501);
    CHECK(verdict.head.sequence == 2'500);
  }
}

TEST_CASE("a removed entry is found, also when the rest is numbered anew", "[journal]") {
  const auto good = good_rows(5);
  for (std::size_t removed = 1; removed <= 4; ++removed) {
    auto rows = good;
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(removed - 1));
    const Verdict gap = verdict_of(rows, 2);
    CHECK(gap.problem == Problem::broken_order);
    CHECK(gap.position == removed);
    CHECK(contains(gap.words, "entry " + std::to_string(removed) + " is missing"));
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].sequence = i + 1;
    const Verdict renumbered = verdict_of(rows);
    CHECK_FALSE(renumbered.whole());
    CHECK(renumbered.position == removed);
    CHECK(contains(renumbered.words, "removed"));
  }
}

TEST_CASE("entries out of order or repeated are found", "[journal]") {
  const auto good = good_rows(6);
  auto swapped = good;
  std::swap(swapped[2], swapped[3]);
  CHECK(verdict_of(swapped).problem == Problem::broken_order);
  CHECK(verdict_of(swapped).position == 3);
  std::swap(swapped[2].sequence, swapped[3].sequence);
  const Verdict out_of_order = verdict_of(swapped);
  CHECK(out_of_order.problem == Problem::broken_order);
  CHECK(out_of_order.position == 3);
  CHECK(contains(out_of_order.words, "it was written after entry"));

  auto repeated = good;
  repeated.insert(repeated.begin() + 3, good[2]);
  CHECK(verdict_of(repeated).problem == Problem::broken_order);
  CHECK(verdict_of(repeated).position == 4);
  for (std::size_t i = 0; i < repeated.size(); ++i) repeated[i].sequence = i + 1;
  const Verdict again = verdict_of(repeated);
  CHECK(again.problem == Problem::broken_order);
  CHECK(again.position == 4);
  CHECK(contains(again.words, "it was written after entry 2; it is repeated or out of order"));

  auto first_again = good;
  first_again[4] = {5, good[0].hash, good[0].bytes, {}};
  CHECK(verdict_of(first_again).problem == Problem::broken_order);
  CHECK(contains(verdict_of(first_again).words, "written after entry 0"));
}

TEST_CASE("a journal cut off at its end is found only against a checkpoint", "[journal]") {
  const auto good = good_rows(5);
  const Checkpoint checkpoint = checkpoint_at(good, 5);
  CHECK(verdict_of(good, 1, checkpoint).whole());
  CHECK(contains(verdict_of(good, 1, checkpoint).words, "as the checkpoint saw it at entry 5"));
  for (std::size_t left = 0; left < 5; ++left) {
    const std::vector<Kept> cut{good.begin(), good.begin() + static_cast<std::ptrdiff_t>(left)};
    CHECK(verdict_of(cut).whole());
    const Verdict verdict = verdict_of(cut, 1, checkpoint);
    CHECK(verdict.problem == Problem::shorter);
    CHECK(verdict.position == left + 1);
    CHECK(verdict.head.sequence == left);
    CHECK(contains(verdict.words, "the checkpoint saw 5 entries"));
  }
}

TEST_CASE("a journal written anew is found against a checkpoint, one that grew is not", "[journal]") {
  const auto good = good_rows(5);
  for (std::size_t sequence = 0; sequence <= 5; ++sequence)
    CHECK(verdict_of(good, 2, checkpoint_at(good, sequence)).whole());
  auto anew = good_rows(2);
  Hash before = anew.back().hash;
  for (std::uint64_t sequence = 3; sequence <= 6; ++sequence) {
    before = chain(before, bytes_of("forged"));
    anew.push_back({sequence, before, bytes_of("forged"), {}});
  }
  CHECK(verdict_of(anew).whole());
  CHECK(verdict_of(anew, 1, checkpoint_at(good, 2)).whole());
  const Verdict verdict = verdict_of(anew, 1, checkpoint_at(good, 4));
  CHECK(verdict.problem == Problem::other_history);
  CHECK(verdict.position == 4);
  Checkpoint no_start = sign({0, good[0].hash}, {}, published_pair().secret_key);
  CHECK(verdict_of(good, 1, no_start).problem == Problem::other_history);
}

TEST_CASE("a checkpoint that is forged, or signed by a stranger, proves nothing", "[journal]") {
  const auto good = good_rows(3);
  Checkpoint checkpoint = checkpoint_at(good, 3);
  const PublicKey trusted = checkpoint.public_key;
  CHECK(verdict_of(good, 1, checkpoint, trusted).whole());
  CHECK(verdict_of(good, 1, {}, trusted).whole());

  const KeyPair stranger = make_key_pair();
  const Checkpoint theirs = sign(checkpoint.head, checkpoint.at, stranger.secret_key);
  CHECK(verdict_of(good, 1, theirs).whole());
  const Verdict by_stranger = verdict_of(good, 1, theirs, trusted);
  CHECK(by_stranger.problem == Problem::false_checkpoint);
  CHECK(contains(by_stranger.words, "another key than the trusted one"));
  checkpoint.head.sequence = 2;
  CHECK(verdict_of(good, 1, checkpoint).problem == Problem::false_checkpoint);
  CHECK(contains(verdict_of(good, 1, checkpoint).words, "signature does not belong"));
}

TEST_CASE("a journal that cannot be read is not called tampered", "[journal]") {
  for (const unsigned threads : {1U, 3U}) {
    auto rows = good_rows(4'000);
    Tampered store{rows};
    store.fails_at = 3'500;
    const Verdict verdict = verify(store, {}, {}, threads);
    CHECK(verdict.problem == Problem::could_not_run);
    CHECK_FALSE(verdict.whole());
    CHECK(verdict.position == 0);
    CHECK(verdict.words ==
          "the journal could not be read to its end, so nothing is said about it: the cable was pulled");
  }
}
