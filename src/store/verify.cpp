#include <algorithm>
#include <exception>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include <assay/registry/journal.hpp>

#include "link_checker.hpp"

namespace assay::registry {
namespace {

using Problem = Verdict::Problem;

Verdict found(Problem problem, std::uint64_t position, const Head& head, std::string words) {
  return {problem, position, head, std::move(words)};
}

std::string entries(std::uint64_t count) { return std::to_string(count) + (count == 1 ? " entry" : " entries"); }

/// Why the checkpoint itself cannot be believed, or nothing.
std::optional<std::string> disbelief(const Checkpoint& checkpoint, const std::optional<PublicKey>& trusted) {
  if (!checkpoint.genuine()) return "the checkpoint's signature does not belong to what it says";
  if (trusted && *trusted != checkpoint.public_key)
    return "the checkpoint was signed with another key than the trusted one";
  return std::nullopt;
}

/// After a link that does not hold: the entry that this one was written after, if it is still there. Then it stands in
/// the wrong place rather than having been altered.
std::optional<std::uint64_t> true_place(Store& store, std::uint64_t position) {
  Bytes bytes;
  Hash hash{};
  store.read(position - 1, 1, [&](const EntryView& entry) {
    bytes.assign(entry.bytes.begin(), entry.bytes.end());
    hash = entry.hash;
    return true;
  });
  std::optional<std::uint64_t> out;
  if (chain(Hash{}, bytes) == hash) out = 0;
  if (!out)
    store.read(0, std::numeric_limits<std::uint64_t>::max(), [&](const EntryView& entry) {
      if (chain(entry.hash, bytes) == hash) out = entry.sequence;
      return !out;
    });
  return out;
}

Verdict broken_link(Store& store, std::uint64_t position, const Head& proved) {
  const std::string entry = "entry " + std::to_string(position);
  std::optional<std::uint64_t> after;
  try {
    after = true_place(store, position);
  } catch (const std::exception&) {  // the finding stands without its explanation
  }
  if (after)
    return found(Problem::broken_order, position, proved,
                 entry + " does not belong there: it was written after entry " + std::to_string(*after) +
                     (*after + 1 < position ? "; it is repeated or out of order" : "; it is out of order"));
  return found(Problem::altered, position, proved,
               entry +
                   " does not follow from the entry before it: its bytes or its hash were altered, or an entry "
                   "between them was removed");
}

Verdict against_checkpoint(const Checkpoint& checkpoint, const Hash& there, const Head& head) {
  const std::string sequence = std::to_string(checkpoint.head.sequence);
  if (checkpoint.head.sequence > head.sequence)
    return found(Problem::shorter, head.sequence + 1, head,
                 "the journal ends after " + entries(head.sequence) + ", but the checkpoint saw " +
                     entries(checkpoint.head.sequence) + ": its end was cut off");
  if (checkpoint.head.hash != there)
    return found(Problem::other_history, checkpoint.head.sequence, head,
                 "entry " + sequence + " has another hash than the checkpoint saw: the journal was written anew");
  return found(Problem::none, 0, head,
               "whole: " + entries(head.sequence) +
                   ", each chained to the one before, and as the checkpoint saw it at entry " + sequence);
}

Verdict prove(Store& store, const std::optional<Checkpoint>& checkpoint, unsigned threads, Head& proved) {
  store::LinkChecker checker{threads};
  std::uint64_t wanted = 1;
  std::optional<std::uint64_t> in_its_place;
  Hash before{};
  Hash at_checkpoint{};
  store.read(0, std::numeric_limits<std::uint64_t>::max(), [&](const EntryView& entry) {
    if (entry.sequence != wanted) {
      in_its_place = entry.sequence;
      return false;
    }
    checker.add(entry, before);
    before = entry.hash;
    if (checkpoint && checkpoint->head.sequence == wanted) at_checkpoint = entry.hash;
    ++wanted;
    return !checker.failed();
  });
  if (const auto failure = checker.finish()) {
    proved = {failure->position - 1, failure->before};
    return broken_link(store, failure->position, proved);
  }
  proved = {wanted - 1, before};
  if (in_its_place)
    return found(Problem::broken_order, wanted, proved,
                 "entry " + std::to_string(wanted) + " is missing: entry " + std::to_string(*in_its_place) +
                     " stands in its place");
  if (checkpoint) return against_checkpoint(*checkpoint, at_checkpoint, proved);
  return found(Problem::none, 0, proved,
               "whole: " + entries(proved.sequence) +
                   ", each chained to the one before; entries cut off at the end, or a "
                   "journal written anew, would show only against a checkpoint that was kept elsewhere");
}

}  // namespace

Verdict verify(Store& store, const std::optional<Checkpoint>& checkpoint, const std::optional<PublicKey>& trusted,
               unsigned threads) {
  Head proved{};
  try {
    if (checkpoint)
      if (const auto why = disbelief(*checkpoint, trusted)) return found(Problem::false_checkpoint, 0, {}, *why);
    return prove(store, checkpoint, std::max(threads, 1U), proved);
  } catch (const std::exception& error) {
    return found(Problem::could_not_run, 0, {},
                 std::string{"the journal could not be read to its end, so nothing is said about it: "} + error.what());
  }
}

}  // namespace assay::registry
