// Keys, checkpoints, verdicts, and copies of a journal.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <assay/registry/journal.hpp>

#include "convert.hpp"
#include "desk.hpp"

void bind_proof(pybind11::module_& m);

namespace {

namespace py = pybind11;
using namespace pybind11::literals;
using namespace assay;
using namespace assay::bindings;
using registry::Checkpoint;
using registry::Verdict;

template <std::size_t Size>
std::array<std::byte, Size> bytes_of(const py::bytes& given, const char* what) {
  const ByteView view = view_of(given);
  if (view.size() != Size)
    throw InputError(std::to_string(Size) + " bytes as " + what, std::to_string(view.size()) + " bytes");
  std::array<std::byte, Size> out{};
  std::copy(view.begin(), view.end(), out.begin());
  return out;
}

template <std::size_t Size>
py::bytes as_bytes(const std::array<std::byte, Size>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

registry::KeyPair pair_of(const py::bytes& seed) {
  return registry::key_pair_from_seed(bytes_of<32>(seed, "a secret key"));
}

const char* problem_word(Verdict::Problem problem) {
  switch (problem) {
    case Verdict::Problem::none:
      return "none";
    case Verdict::Problem::altered:
      return "altered";
    case Verdict::Problem::broken_order:
      return "broken_order";
    case Verdict::Problem::shorter:
      return "shorter";
    case Verdict::Problem::other_history:
      return "other_history";
    case Verdict::Problem::false_checkpoint:
      return "false_checkpoint";
    case Verdict::Problem::could_not_run:
      return "could_not_run";
  }
  return "unknown";
}

py::dict checkpoint_parts(const Checkpoint& checkpoint) {
  py::dict out;
  out["sequence"] = checkpoint.head.sequence;
  out["hash"] = as_bytes(checkpoint.head.hash);
  out["at"] = to_python(checkpoint.at);
  out["public_key"] = as_bytes(checkpoint.public_key);
  out["text"] = checkpoint.to_text();
  out["genuine"] = checkpoint.genuine();
  return out;
}

/// What a checkpoint is held against. A key of 32 bytes may be the public one or the secret one it belongs to.
struct Proof {
  std::optional<Checkpoint> checkpoint{};
  std::optional<registry::PublicKey> trusted{};

  Proof(const std::optional<std::string>& text, const std::optional<py::bytes>& key) {
    if (text) checkpoint = Checkpoint::from_text(*text);
    if (!key) return;
    trusted = bytes_of<32>(*key, "a key");
    const auto of_secret = pair_of(*key).public_key;
    if (checkpoint && checkpoint->public_key == of_secret) trusted = of_secret;
  }
};

py::tuple verdict_parts(const Verdict& verdict) {
  return py::make_tuple(problem_word(verdict.problem), verdict.position, verdict.head.sequence,
                        as_bytes(verdict.head.hash), verdict.words);
}

unsigned all_cores() { return std::max(1U, std::thread::hardware_concurrency()); }

/// Copies every entry of a store to an empty one, and puts the folded state beside them.
std::uint64_t copy_journal(registry::Registry& from, registry::Store& to) {
  constexpr std::size_t part = 50'000;
  constexpr std::size_t part_bytes = std::size_t{64} << 20U;
  registry::Head head = to.head();
  if (head.sequence != 0) throw StoreError(to.place() + " holds a journal already");
  std::vector<registry::NewEntry> entries;
  std::size_t held = 0;
  const auto write = [&] {
    const auto after = to.append(head, entries);
    if (!after) throw StoreError("somebody else writes to " + to.place());
    head = *after;
    entries.clear();
    held = 0;
  };
  const registry::Head wanted = from.head();
  const Bytes state = from.state().to_bytes();
  const registry::Head folded = from.head();
  from.store().read(0, folded.sequence, [&](const registry::EntryView& entry) {
    entries.push_back({{entry.bytes.begin(), entry.bytes.end()}, std::string{entry.command_id}});
    held += entry.bytes.size();
    if (entries.size() == part || held > part_bytes) write();
    return true;
  });
  if (!entries.empty()) write();
  if (head != folded && wanted.sequence <= folded.sequence)
    throw StoreError("the copy at " + to.place() + " does not end as the journal does: verify the journal");
  if (head.sequence > 0) to.store_state({head, state});
  return head.sequence;
}

}  // namespace

void bind_proof(py::module_& m) {
  m.def(
      "public_key", [](const py::bytes& seed) { return as_bytes(pair_of(seed).public_key); }, "secret"_a,
      "The public key that belongs to 32 secret bytes.");
  m.def(
      "checkpoint_parts", [](const std::string& text) { return checkpoint_parts(Checkpoint::from_text(text)); },
      "text"_a, "What a line of a checkpoint says.");
  m.def(
      "checkpoint",
      [](Desk& desk, const py::bytes& seed) {
        const registry::KeyPair pair = pair_of(seed);
        const TimePoint now = desk.now();
        return checkpoint_parts(
            desk.with([&](registry::Registry& open) { return registry::sign(open.head(), now, pair.secret_key); }));
      },
      "desk"_a, "secret"_a, "The signed head of a journal.");
  m.def(
      "verify",
      [](Desk& desk, const std::optional<std::string>& checkpoint, const std::optional<py::bytes>& key) {
        const Proof proof{checkpoint, key};
        return verdict_parts(desk.with([&](registry::Registry& open) {
          return registry::verify(open.store(), proof.checkpoint, proof.trusted, all_cores());
        }));
      },
      "desk"_a, "checkpoint"_a = py::none(), "key"_a = py::none(),
      "(problem, position, sequence, hash, words) of an open registry's journal.");
  m.def(
      "verify_place",
      [](const std::string& url, const std::optional<std::string>& checkpoint, const std::optional<py::bytes>& key) {
        const Proof proof{checkpoint, key};
        const auto found = [&] {
          const py::gil_scoped_release unlocked;
          const auto store = registry::open_store(url, {.read_only = true, .create = false});
          return registry::verify(*store, proof.checkpoint, proof.trusted, all_cores());
        }();
        return verdict_parts(found);
      },
      "url"_a, "checkpoint"_a = py::none(), "key"_a = py::none(),
      "The same for a journal that need not make sense: only its bytes are read.");
  m.def(
      "copy_journal",
      [](Desk& desk, const std::string& path) {
        return desk.with([&](registry::Registry& open) {
          const auto copy = registry::open_store(path);
          return copy_journal(open, *copy);
        });
      },
      "desk"_a, "path"_a, "Copy the journal into a new SQLite file; the number of its newest event.");
}
